"""Aggregate claims: totals that parties publish. Records of their own, never a tally, never added to one."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Facts, Record, at_most_one, in_order, not_negative, once_in_agreement, one_of, together
from incidents.models.casualties import StatedHarm
from incidents.vocabulary import Basis, HarmGroup, HarmKind, Qualifier, Unit, ViolationType


class AggregateClaimQuerySet(models.QuerySet["AggregateClaim"]):
    def current(self) -> Self:
        """Return the statements that still stand: not superseded, not retracted."""
        return self.filter(superseded_by=None, retracted_at=None)


class AggregateClaim(Record):
    """A published total: who claims how many, against whom, over which local days, and where it stands printed."""

    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="aggregate_claims", verbose_name=_("agreement"))
    claimant = models.ForeignKey("Party", models.PROTECT, related_name="aggregate_claims", verbose_name=_("claimant"))
    spoken_by = models.CharField(_("spoken by"), max_length=200, blank=True)
    accused_as_worded = models.CharField(_("accused, as worded"), max_length=300, blank=True)
    count = models.PositiveIntegerField(_("number"), null=True, blank=True)
    qualifier = models.CharField(_("as stated"), max_length=20, choices=Qualifier.choices, default=Qualifier.EXACTLY)
    unit = models.CharField(_("unit"), max_length=20, choices=Unit.choices, default=Unit.VIOLATION)
    basis = models.CharField(_("basis"), max_length=20, choices=Basis.choices)
    counted_from = models.DateField(_("counted from"), null=True, blank=True)
    period_start = models.DateField(_("period from"), null=True, blank=True)
    period_end = models.DateField(_("period to, or as of"))
    area = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area it speaks of"))
    counterpart = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("counterpart"))
    confirmed_count = models.PositiveIntegerField(_("confirmed by the counterpart"), null=True, blank=True)
    covers_24_hours = models.BooleanField(_("for the 24 hours before publication"), default=False)
    published_on = models.DateField(_("published on"))
    source = models.ForeignKey("Source", models.PROTECT, related_name="aggregate_claims", verbose_name=_("source"))
    link = models.TextField(_("link"), blank=True)
    wording = models.TextField(_("wording received"), blank=True)
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=1)

    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="aggregate_claims_entered")
    supersedes = models.OneToOneField("AggregateClaim", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    retracted_at = models.DateTimeField(null=True, blank=True)
    retraction_reason = models.TextField(null=True, blank=True)
    external_id = models.CharField(_("id where it came from"), max_length=200, null=True, blank=True)

    objects = AggregateClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "-id"]
        indexes = [models.Index(fields=["agreement", "-id"], name="aggregate_claim_newest")]
        constraints = [
            once_in_agreement("external_id", "aggregate_claim_external_id_once_in_agreement"),
            one_of("unit", Unit, "aggregate_claim_unit_known"),
            one_of("basis", Basis, "aggregate_claim_basis_known"),
            one_of("qualifier", Qualifier, "aggregate_claim_qualifier_known"),
            in_order("period_start", "period_end", name="aggregate_claim_period_in_order"),
            in_order("counted_from", "period_end", name="aggregate_claim_counts_forward"),
            models.CheckConstraint(
                condition=Q(basis=Basis.CUMULATIVE, counted_from__isnull=False)
                | Q(basis=Basis.PERIODIC, counted_from__isnull=True, period_start__isnull=False),
                name="aggregate_claim_says_since_when",
            ),
            not_negative(["count"], "aggregate_claim_not_negative"),
            together("retracted_at", "retraction_reason", name="aggregate_claim_retraction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_count__isnull=True) | Q(counterpart__isnull=False), name="aggregate_claim_confirmed_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claimant}: {self.count if self.count is not None else '?'} ({self.published_on})"

    def facts(self) -> Facts:
        """Return the statement with those it accuses, its parts and its harm, as the change log keeps them."""
        return super().facts() | {
            "accused": [row.facts() for row in self.accused.all()],
            "parts": [row.facts() for row in self.parts.all()],
            "harm": [row.facts() for row in self.harm.all()],
        }


class Accused(models.Model):
    """One party or one side that a statement accuses. A statement with no such row accuses nobody in particular."""

    claim = models.ForeignKey(AggregateClaim, models.CASCADE, related_name="accused")
    party = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+")
    side = models.ForeignKey("Side", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["claim", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(party__isnull=False, side__isnull=True) | Q(party__isnull=True, side__isnull=False), name="accused_is_a_party_or_a_side"
            ),
        ]

    def __str__(self) -> str:
        return str(self.party or self.side)

    def facts(self) -> Facts:
        """Return who is accused as plain JSON values: the party's slug or the side's letter."""
        return {"party": self.party and self.party.slug, "side": self.side and self.side.code}


class AggregateClaimPart(models.Model):
    """A row of the printed breakdown, by area, accused, type or unit; rows may have rows of their own. Kept as printed."""

    claim = models.ForeignKey(AggregateClaim, models.CASCADE, related_name="parts")
    parent = models.ForeignKey("AggregateClaimPart", models.CASCADE, null=True, blank=True, related_name="parts")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(_("as printed"), max_length=200)
    count = models.PositiveIntegerField(_("number"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, choices=Unit.choices, blank=True)
    place = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+")
    accused_party = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+")
    accused_side = models.ForeignKey("Side", models.PROTECT, null=True, blank=True, related_name="+")
    violation_type = models.CharField(_("type"), max_length=30, choices=ViolationType.choices, blank=True)

    class Meta:
        ordering = ["claim", "position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "position"], name="part_position_once_in_claim"),
            at_most_one("accused_party", "accused_side", name="part_accuses_a_party_or_a_side"),
            one_of("unit", Unit, "part_unit_known", blank=True),
            one_of("violation_type", ViolationType, "part_type_known", blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.count}"

    def facts(self) -> Facts:
        """Return the row as plain JSON values; `parent` is the position of the row it belongs to."""
        return {
            "position": self.position,
            "parent": self.parent and self.parent.position,
            "label": self.label,
            "count": self.count,
            "unit": self.unit,
            "place": self.place and self.place.slug,
            "party": self.accused_party and self.accused_party.slug,
            "side": self.accused_side and self.accused_side.code,
            "violation_type": self.violation_type,
        }


class AggregateClaimHarm(StatedHarm):
    """Harm as a statement totals it. Never mixed with the harm of incidents."""

    claim = models.ForeignKey(AggregateClaim, models.CASCADE, related_name="harm")

    class Meta:
        ordering = ["claim", "id"]
        constraints = [
            in_order("low", "best", "high", name="aggregate_harm_in_order"),
            not_negative(["low", "best", "high"], "aggregate_harm_not_negative"),
            one_of("kind", HarmKind, "aggregate_harm_kind_known"),
            one_of("group", HarmGroup, "aggregate_harm_group_known"),
            one_of("qualifier", Qualifier, "aggregate_harm_qualifier_known"),
            models.UniqueConstraint(fields=["claim", "kind", "group"], name="aggregate_harm_once_per_kind_and_group"),
        ]
