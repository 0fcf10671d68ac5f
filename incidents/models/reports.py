"""Reports: what one source said of one happening. A report is a claim, never a fact."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Facts, Record, at_most_one, in_order, once_in_agreement, one_of, together
from incidents.vocabulary import Bucket, Credibility, PlacePrecision, ReportState, TimePrecision, Unit, ViolationType


class ReportQuerySet(models.QuerySet["Report"]):
    def current(self) -> Self:
        """Return what "logged" counts: submitted, and not duplicate, superseded or retracted."""
        return self.filter(state=ReportState.SUBMITTED)


class Report(Record):
    """A claim by one party about one happening, in the wording received. It is superseded or retracted, never rewritten."""

    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="reports", verbose_name=_("agreement"))
    incident = models.ForeignKey("Incident", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("incident"))
    state = models.CharField(_("state"), max_length=20, choices=ReportState.choices, default=ReportState.SUBMITTED)
    version = models.PositiveIntegerField(default=1)

    claimant = models.ForeignKey("Party", models.PROTECT, related_name="reports_made", verbose_name=_("claimant"))
    spoken_by = models.CharField(_("spoken by"), max_length=200, blank=True)
    relayed_by = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("relayed by"))
    accused_party = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="reports_against", verbose_name=_("accused party"))
    accused_side = models.ForeignKey("Side", models.PROTECT, null=True, blank=True, related_name="reports_against", verbose_name=_("accused side"))
    accused_as_worded = models.CharField(_("accused, as worded"), max_length=300, blank=True)

    violation_type = models.CharField(_("type"), max_length=30, choices=ViolationType.choices)
    term = models.ForeignKey("Term", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("term"))
    target_as_claimed = models.CharField(_("target, as claimed"), max_length=300, blank=True)
    target_party = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party struck, as claimed"))
    stated_count = models.PositiveIntegerField(_("how many it counts"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, choices=Unit.choices, default=Unit.VIOLATION)

    occurred_on = models.DateField(_("local day"), null=True, blank=True, help_text=_("Empty: spans several days, or the day is unknown."))
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    time_precision = models.CharField(_("time precision"), max_length=20, choices=TimePrecision.choices)
    time_as_worded = models.CharField(_("time, as worded"), max_length=200, blank=True)

    place = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("place"))
    place_as_worded = models.CharField(_("place, as worded"), max_length=300, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    place_precision = models.CharField(_("place precision"), max_length=20, choices=PlacePrecision.choices, blank=True)

    convoy = models.ForeignKey("Convoy", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("convoy"))
    checkpoint = models.ForeignKey("Checkpoint", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("checkpoint"))
    source = models.ForeignKey("Source", models.PROTECT, related_name="reports", verbose_name=_("source"))
    published_on = models.DateField(_("published on"), null=True, blank=True)
    link = models.TextField(_("link or reference"), blank=True)
    wording = models.TextField(_("wording received"), blank=True)
    summary = models.TextField(_("summary"), blank=True)
    credibility = models.CharField(_("credibility"), max_length=1, choices=Credibility.choices, default=Credibility.UNJUDGED)

    may_be_duplicate = models.BooleanField(
        _("saved beside possible duplicates"), default=False, help_text=_("It was saved while candidates were shown and not answered.")
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="reports_entered")
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    supersedes = models.OneToOneField("Report", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    retracted_at = models.DateTimeField(null=True, blank=True)
    retraction_reason = models.TextField(null=True, blank=True)
    external_id = models.CharField(_("id where it came from"), max_length=200, null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The report list: an agreement's reports, newest first, paged by row value.
            models.Index(fields=["agreement", "-id"], name="report_newest"),
            models.Index(fields=["agreement", "occurred_on"], name="report_by_day"),
            # What lies in a box on the map.
            models.Index(fields=["latitude", "longitude"], condition=Q(latitude__isnull=False), name="report_by_point"),
        ]
        constraints = [
            once_in_agreement("external_id", "report_external_id_once_in_agreement"),
            one_of("state", ReportState, "report_state_known"),
            one_of("violation_type", ViolationType, "report_type_known"),
            one_of("unit", Unit, "report_unit_known"),
            one_of("time_precision", TimePrecision, "report_time_precision_known"),
            one_of("place_precision", PlacePrecision, "report_place_precision_known", blank=True),
            one_of("credibility", Credibility, "report_credibility_known"),
            models.CheckConstraint(condition=Q(checkpoint__isnull=True) | Q(convoy__isnull=False), name="report_at_a_checkpoint_of_a_convoy"),
            at_most_one("accused_party", "accused_side", name="report_accuses_a_party_or_a_side"),
            in_order("starts_at", "ends_at", name="report_ends_after_it_begins"),
            together("starts_at", "ends_at", name="report_span_has_both_ends"),
            together("latitude", "longitude", name="report_has_both_coordinates"),
            models.CheckConstraint(condition=Q(latitude__isnull=True) | Q(latitude__range=(-90, 90)), name="report_latitude_in_range"),
            models.CheckConstraint(condition=Q(longitude__isnull=True) | Q(longitude__range=(-180, 180)), name="report_longitude_in_range"),
            models.CheckConstraint(condition=Q(latitude__isnull=True) | ~Q(place_precision=""), name="report_coordinates_have_a_precision"),
            together("retracted_at", "retraction_reason", name="report_retraction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state=ReportState.RETRACTED, retracted_at__isnull=False)
                | (~Q(state=ReportState.RETRACTED) & Q(retracted_at__isnull=True)),
                name="report_retracted_exactly_when_dated",
            ),
            models.CheckConstraint(condition=Q(state=ReportState.DRAFT) | Q(submitted_at__isnull=False), name="report_beyond_draft_was_submitted"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """Return the short name by which people call this report."""
        return f"R-{self.pk:04d}"

    @property
    def bucket(self) -> Bucket | None:
        """Return NOBODY or SIDE where the report itself says so; None where a party's membership on the day decides."""
        if self.accused_side_id:
            return Bucket.SIDE
        return None if self.accused_party_id else Bucket.NOBODY

    def facts(self) -> Facts:
        """Return the report's fields with its casualty claims, as the change log keeps them."""
        return super().facts() | {"harm": [claim.facts() for claim in self.casualty_claims.all()]}
