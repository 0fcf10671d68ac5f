"""Convoys: aid movements, their way, cargo and history. Where one will be is a secret that people die of."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Facts, Record, at_most_one, in_order, not_negative, once_in_agreement, one_of, together
from incidents.rules.journeys import ConvoyStep
from incidents.vocabulary import CargoKind, ConvoyMode, ConvoyStatus, DestinationClass, TimePrecision

PEOPLE = ("people_requested", "people_approved", "people_reached")
TRUCKS = ("trucks_planned", "trucks_departed", "trucks_arrived", "trucks_lost")


class ConvoyQuerySet(models.QuerySet["Convoy"]):
    def released(self) -> Self:
        """Return the convoys that partners may know of: released by two people, and the time for it come by the database's clock."""
        return self.filter(release_confirmed_by__isnull=False, released_at__lte=Now())


class Convoy(Record):
    """An aid movement from request to delivery. People and trucks are counts; null is not known.

    A number of people may be hedged by the lowest and highest that it may be; without them it is exact as far as anybody says.
    """

    reference = models.CharField(_("reference"), max_length=100)
    agreement = models.ForeignKey("Agreement", models.PROTECT, null=True, blank=True, related_name="convoys", verbose_name=_("agreement"))
    term = models.ForeignKey("Term", models.PROTECT, null=True, blank=True, related_name="convoys", verbose_name=_("term"))
    incident = models.ForeignKey("Incident", models.PROTECT, null=True, blank=True, related_name="convoys", verbose_name=_("incident"))
    operator = models.ForeignKey("Party", models.PROTECT, related_name="convoys_run", verbose_name=_("operator"))
    agencies: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        "Party", blank=True, related_name="convoys_joined", verbose_name=_("agencies")
    )
    mode = models.CharField(_("mode"), max_length=20, choices=ConvoyMode.choices, blank=True)
    origin = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("origin"))
    origin_as_worded = models.CharField(_("origin, as worded"), max_length=300, blank=True)
    destination = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="convoys", verbose_name=_("destination"))
    destination_as_worded = models.CharField(_("destination, as worded"), max_length=300, blank=True)
    destination_class = models.CharField(_("class of destination"), max_length=20, choices=DestinationClass.choices, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    ended_on = models.DateField(_("over by"), null=True, blank=True, help_text=_("Where no source reports an end: the day by which it was over."))
    people_requested = models.PositiveIntegerField(_("people requested for"), null=True, blank=True)
    people_requested_low = models.PositiveIntegerField(_("people requested for, at least"), null=True, blank=True)
    people_requested_high = models.PositiveIntegerField(_("people requested for, at most"), null=True, blank=True)
    people_approved = models.PositiveIntegerField(_("people approved"), null=True, blank=True)
    people_approved_low = models.PositiveIntegerField(_("people approved, at least"), null=True, blank=True)
    people_approved_high = models.PositiveIntegerField(_("people approved, at most"), null=True, blank=True)
    people_reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    people_reached_low = models.PositiveIntegerField(_("people reached, at least"), null=True, blank=True)
    people_reached_high = models.PositiveIntegerField(_("people reached, at most"), null=True, blank=True)
    trucks_planned = models.PositiveIntegerField(_("trucks planned"), null=True, blank=True)
    trucks_departed = models.PositiveIntegerField(_("trucks departed"), null=True, blank=True)
    trucks_arrived = models.PositiveIntegerField(_("trucks arrived"), null=True, blank=True)
    trucks_lost = models.PositiveIntegerField(_("trucks lost"), null=True, blank=True)
    source = models.ForeignKey("Source", models.PROTECT, related_name="convoys", verbose_name=_("source"))
    link = models.TextField(_("link"), blank=True)
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=1)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="convoys_entered")
    external_id = models.CharField(_("id where it came from"), max_length=200, null=True, blank=True)

    released_at = models.DateTimeField(_("open to partners from"), null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="convoys_released")
    release_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="convoy_releases_confirmed"
    )

    objects = ConvoyQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-id"]
        constraints = [
            once_in_agreement("reference", "convoy_reference_once_in_agreement"),
            once_in_agreement("external_id", "convoy_external_id_once_in_agreement"),
            one_of("mode", ConvoyMode, "convoy_mode_known", blank=True),
            one_of("destination_class", DestinationClass, "convoy_destination_class_known", blank=True),
            not_negative([*PEOPLE, *TRUCKS], "convoy_counts_not_negative"),
            *(in_order(f"{name}_low", name, f"{name}_high", name=f"convoy_{name}_in_order") for name in PEOPLE),
            in_order("trucks_arrived", "trucks_departed", name="convoy_no_more_arrive_than_left"),
            together("released_at", "released_by", name="convoy_release_is_dated"),
            models.CheckConstraint(
                condition=Q(release_confirmed_by__isnull=True) | Q(released_by__isnull=False), name="convoy_release_begun_before_confirmed"
            ),
            models.CheckConstraint(
                condition=Q(release_confirmed_by__isnull=True) | ~Q(release_confirmed_by=F("released_by")), name="convoy_released_by_two"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def facts(self) -> Facts:
        """Return the convoy with its agencies, checkpoints and cargo, as the change log keeps them."""
        return super().facts() | {
            "agencies": sorted(party.slug for party in self.agencies.all()),
            "checkpoints": [row.facts() for row in self.checkpoints.all()],
            "cargo": [row.facts() for row in self.cargo.all()],
            "due": {row.step: row.due_at.isoformat() for row in self.planned_steps.all()},
        }


class Checkpoint(models.Model):
    """A point of a convoy's way, in order, with who controls it."""

    convoy = models.ForeignKey(Convoy, models.CASCADE, related_name="checkpoints")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=200)
    place = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    controlled_by = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("controlled by"))

    class Meta:
        ordering = ["convoy", "position"]
        constraints = [models.UniqueConstraint(fields=["convoy", "position"], name="checkpoint_position_once_in_convoy")]

    def __str__(self) -> str:
        return self.name

    def facts(self) -> Facts:
        """Return the checkpoint as plain JSON values."""
        return {
            "position": self.position,
            "name": self.name,
            "place": self.place and self.place.slug,
            "controlled_by": self.controlled_by and self.controlled_by.slug,
        }


class PlannedStep(models.Model):
    """By when one of the seven steps was to be done."""

    convoy = models.ForeignKey(Convoy, models.CASCADE, related_name="planned_steps")
    step = models.CharField(_("step"), max_length=20, choices=ConvoyStep.choices)
    due_at = models.DateTimeField(_("due"))

    class Meta:
        ordering = ["convoy", "due_at", "id"]
        constraints = [
            one_of("step", ConvoyStep, "planned_step_known"),
            models.UniqueConstraint(fields=["convoy", "step"], name="planned_step_once_in_convoy"),
        ]

    def __str__(self) -> str:
        return f"{self.convoy}: {self.get_step_display()}"


class CargoLine(models.Model):
    """What a convoy carries, and what of it was taken off, by whom and where."""

    convoy = models.ForeignKey(Convoy, models.CASCADE, related_name="cargo")
    kind = models.CharField(_("kind"), max_length=20, choices=CargoKind.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    removed = models.DecimalField(_("removed"), max_digits=12, decimal_places=2, null=True, blank=True)
    removed_by = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("removed by"))
    removed_at = models.ForeignKey(Checkpoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("removed at"))
    as_worded = models.CharField(_("as worded"), max_length=300, blank=True)

    class Meta:
        ordering = ["convoy", "id"]
        constraints = [
            one_of("kind", CargoKind, "cargo_kind_known"),
            not_negative(["quantity", "removed"], "cargo_not_negative"),
            in_order("removed", "quantity", name="cargo_no_more_removed_than_loaded"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.quantity} {self.unit}"

    def facts(self) -> Facts:
        """Return the line as plain JSON values."""
        return {
            "kind": self.kind,
            "quantity": None if self.quantity is None else str(self.quantity),
            "unit": self.unit,
            "removed": None if self.removed is None else str(self.removed),
            "removed_by": self.removed_by and self.removed_by.slug,
            "removed_at": self.removed_at and self.removed_at.position,
            "as_worded": self.as_worded,
        }


class ConvoyEvent(Record):
    """One report of a convoy's status: what, when, where, who answers for it, who says so. Contradictory ones stand side by side."""

    convoy = models.ForeignKey(Convoy, models.PROTECT, related_name="events", verbose_name=_("convoy"))
    status = models.CharField(_("status"), max_length=30, choices=ConvoyStatus.choices)
    happened = models.BooleanField(_("it happened"), default=True, help_text=_("No: the source says that it did not, such as never requested."))
    occurred_on = models.DateField(_("local day"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    time_precision = models.CharField(_("time precision"), max_length=20, choices=TimePrecision.choices)
    place = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("checkpoint"))
    responsible = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who denied, delayed, removed"))
    reason = models.TextField(_("reason"), blank=True)
    source = models.ForeignKey("Source", models.PROTECT, related_name="+", verbose_name=_("source"))
    link = models.TextField(_("link"), blank=True)
    wording = models.TextField(_("wording received"), blank=True)
    report = models.ForeignKey("Report", models.PROTECT, null=True, blank=True, related_name="convoy_events", verbose_name=_("report"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["convoy", "starts_at", "id"]
        constraints = [
            one_of("status", ConvoyStatus, "convoy_status_known"),
            one_of("time_precision", TimePrecision, "convoy_event_time_precision_known"),
            together("starts_at", "ends_at", name="convoy_event_span_has_both_ends"),
            in_order("starts_at", "ends_at", name="convoy_event_ends_after_it_begins"),
            at_most_one("place", "checkpoint", name="convoy_event_at_a_place_or_a_checkpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.convoy}: {self.get_status_display()}"
