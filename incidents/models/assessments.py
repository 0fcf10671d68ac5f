"""Assessments: our judgement of one incident under one agreement. One event may breach two agreements, or none."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Facts, Record, at_most_one, one_of, together
from incidents.vocabulary import Attribution, HarmGrade, Occurrence, ScopeAnswer


class Assessment(Record):
    """An editor's judgement, confirmed by a second editor. Occurrence, attribution and scope are each to a standard of their own."""

    incident = models.ForeignKey("Incident", models.PROTECT, related_name="assessments", verbose_name=_("incident"))
    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="assessments", verbose_name=_("agreement"))
    version = models.PositiveIntegerField(default=1)

    occurrence = models.CharField(_("occurrence"), max_length=20, choices=Occurrence.choices, default=Occurrence.UNVERIFIED)
    term = models.ForeignKey("Term", models.PROTECT, null=True, blank=True, related_name="assessments", verbose_name=_("term broken"))
    attribution = models.CharField(_("attribution"), max_length=20, choices=Attribution.choices, default=Attribution.NOT_ESTABLISHED)
    attributed_party = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("attributed to a party"))
    attributed_side = models.ForeignKey("Side", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("attributed to a side"))
    harm_grade = models.CharField(_("harm grade"), max_length=20, choices=HarmGrade.choices, blank=True)
    target_as_assessed = models.CharField(_("target, as assessed"), max_length=300, blank=True)
    target_party = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party struck, as assessed"))

    in_force = models.CharField(_("in force?"), max_length=20, choices=ScopeAnswer.choices, default=ScopeAnswer.UNKNOWN)
    party_bound = models.CharField(_("party bound?"), max_length=20, choices=ScopeAnswer.choices, default=ScopeAnswer.UNKNOWN)
    target_excluded = models.CharField(_("target excluded?"), max_length=20, choices=ScopeAnswer.choices, default=ScopeAnswer.UNKNOWN)
    place_covered = models.CharField(_("place covered?"), max_length=20, choices=ScopeAnswer.choices, default=ScopeAnswer.UNKNOWN)
    scope_reasons = models.JSONField(_("reasons for the scope answers"), default=dict, blank=True)

    reason = models.TextField(_("reason, internal"), blank=True)
    public_summary = models.TextField(_("public summary"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assessments_decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assessments_confirmed")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    # Who entered a report that was behind the case when it was decided, or at any time since.
    report_authors = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "agreement"], name="assessment_once_per_incident_and_agreement"),
            together("decided_by", "decided_at", name="assessment_decision_is_dated"),
            together("confirmed_by", "confirmed_at", name="assessment_confirmation_is_dated"),
            models.CheckConstraint(condition=Q(confirmed_by__isnull=True) | Q(decided_by__isnull=False), name="assessment_decided_before_confirmed"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("decided_by")), name="assessment_confirmed_by_a_second_editor"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | ~Q(report_authors__contains=[F("decided_by")]) & ~Q(report_authors__contains=[F("confirmed_by")]),
                name="assessment_confirmed_by_no_author_of_its_reports",
            ),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(reason=""), name="assessment_decision_has_a_reason"),
            at_most_one("attributed_party", "attributed_side", name="assessment_attributed_to_a_party_or_a_side"),
            models.CheckConstraint(
                condition=Q(attribution=Attribution.ATTRIBUTED) & (Q(attributed_party__isnull=False) | Q(attributed_side__isnull=False))
                | ~Q(attribution=Attribution.ATTRIBUTED) & Q(attributed_party__isnull=True, attributed_side__isnull=True),
                name="assessment_names_whom_exactly_when_attributed",
            ),
            one_of("occurrence", Occurrence, "assessment_occurrence_known"),
            one_of("attribution", Attribution, "assessment_attribution_known"),
            one_of("harm_grade", HarmGrade, "assessment_harm_grade_known", blank=True),
            *(one_of(name, ScopeAnswer, f"assessment_{name}_known") for name in ("in_force", "party_bound", "target_excluded", "place_covered")),
        ]

    def facts(self) -> Facts:
        """Return what the change log keeps. Who entered reports is told by their own changes, to whom they are told."""
        return {name: value for name, value in super().facts().items() if name != "report_authors"}

    def __str__(self) -> str:
        return f"{self.incident}: {self.get_occurrence_display()}"
