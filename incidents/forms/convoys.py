"""Planning a convoy, adding to its history, and opening it to partners."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.errors import RuleBroken
from incidents.forms.records import PartyField, PlaceField, RecordForm, SourceField, label_of, offered, placed
from incidents.forms.values import ClockField, CountField, DayField, EvidenceField
from incidents.models import Agreement, CargoLine, Convoy, ConvoyEvent, Place
from incidents.queries import convoys, visibility
from incidents.queries.visibility import Reader
from incidents.rules import timespans
from incidents.vocabulary import CargoKind, ConvoyMode, ConvoyStatus, DestinationClass, TimePrecision

CARGO_ROWS = 3
COUNTS = ("people_requested", "people_approved", "people_reached", "trucks_planned", "trucks_departed", "trucks_arrived", "trucks_lost")

_of_convoy, _of_event, _of_cargo = partial(label_of, Convoy), partial(label_of, ConvoyEvent), partial(label_of, CargoLine)


class PlanConvoy(RecordForm):
    """A convoy, planned or past. What is left empty is not known."""

    shown_at = {"destination_as_worded": "destination"}

    reference = forms.CharField(label=_of_convoy("reference"), max_length=100)
    agreement = forms.ModelChoiceField(Agreement.objects.none(), label=_of_convoy("agreement"), required=False, to_field_name="slug")
    operator = PartyField(label=_of_convoy("operator"))
    mode = forms.ChoiceField(label=_of_convoy("mode"), required=False, choices=lambda: offered(ConvoyMode, empty=True))
    origin = PlaceField(label=_of_convoy("origin"), required=False)
    destination = PlaceField(label=_of_convoy("destination"))
    destination_class = forms.ChoiceField(
        label=_of_convoy("destination_class"), required=False, choices=lambda: offered(DestinationClass, empty=True)
    )
    planned_on = DayField(label=_of_convoy("planned_on"), required=False)
    people_requested = CountField(label=_of_convoy("people_requested"), required=False)
    people_approved = CountField(label=_of_convoy("people_approved"), required=False)
    people_reached = CountField(label=_of_convoy("people_reached"), required=False)
    trucks_planned = CountField(label=_of_convoy("trucks_planned"), required=False)
    trucks_departed = CountField(label=_of_convoy("trucks_departed"), required=False)
    trucks_arrived = CountField(label=_of_convoy("trucks_arrived"), required=False)
    trucks_lost = CountField(label=_of_convoy("trucks_lost"), required=False)
    checkpoints = forms.CharField(label=_("Checkpoints, one on each line, in order"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = SourceField(label=_of_convoy("source"))
    link = EvidenceField(label=_of_convoy("link"), required=False, max_length=2000)
    note = forms.CharField(label=_of_convoy("note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Mapping[str, Any] | None = None, *, reader: Reader, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["agreement"].queryset = visibility.agreements(reader)  # type: ignore[attr-defined]
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]
        for number in range(1, CARGO_ROWS + 1):
            for name, field in (
                (f"cargo_kind_{number}", forms.ChoiceField(label=_of_cargo("kind"), required=False, choices=lambda: offered(CargoKind, empty=True))),
                (f"cargo_quantity_{number}", CountField(label=_of_cargo("quantity"), required=False)),
                (f"cargo_unit_{number}", forms.CharField(label=_of_cargo("unit"), required=False, max_length=40)),
            ):
                self.fields[name] = field
                self._dress(field)

    def facts(self) -> dict[str, Any]:
        """Return the convoy as the action takes it."""
        values = self.cleaned_data
        names = ("reference", "agreement", "operator", "mode", "destination_class", "planned_on", "source", "link", "note", *COUNTS)
        ways = placed(values["origin"], "origin") | placed(values["destination"], "destination")
        points = [CheckpointStated(line.strip()) for line in values["checkpoints"].splitlines() if line.strip()]
        return {name: values[name] for name in names} | ways | {"checkpoints": points, "cargo": list(self._cargo())}

    def _cargo(self) -> Any:
        for number in range(1, CARGO_ROWS + 1):
            kind, quantity, unit = (self.cleaned_data[f"cargo_{name}_{number}"] for name in ("kind", "quantity", "unit"))
            if kind:
                yield CargoStated(CargoKind(kind), None if quantity is None else Decimal(quantity), unit)


class AddEvent(RecordForm):
    """What one source reports of a convoy."""

    shown_at = {"starts_at": "day", "ends_at": "until", "occurred_on": "day"}

    status = forms.ChoiceField(label=_of_event("status"), choices=lambda: offered(ConvoyStatus))
    day = DayField(label=_("Date"), required=False)
    clock = ClockField(label=_("Time"), required=False)
    until = ClockField(label=_("Until"), required=False)
    time_precision = forms.ChoiceField(label=_of_event("time_precision"), choices=lambda: offered(TimePrecision), initial=TimePrecision.EXACT)
    checkpoint = forms.ChoiceField(label=_of_event("checkpoint"), required=False)
    place = PlaceField(label=_of_event("place"), required=False)
    responsible = PartyField(label=_of_event("responsible"), required=False)
    reason = forms.CharField(label=_of_event("reason"), required=False)
    source = SourceField(label=_of_event("source"))
    link = EvidenceField(label=_of_event("link"), required=False, max_length=2000)
    wording = EvidenceField(label=_of_event("wording"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Mapping[str, Any] | None = None, *, convoy: Convoy, reader: Reader, **options: Any) -> None:
        super().__init__(data, **options)
        self.convoy = convoy
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]
        points = [(str(point.position), f"{point.position}. {point.name}") for point in convoy.checkpoints.all()]
        self.fields["checkpoint"].choices = [("", "—"), *points]  # type: ignore[attr-defined]

    def clean_place(self) -> Place | None:
        """Return the place; an event has no words of its own for one."""
        place = self.cleaned_data["place"]
        if isinstance(place, Place):
            return place
        if place:
            raise forms.ValidationError(_("No place of this name is on record."), code="no_such_place")
        return None

    def clean(self) -> dict[str, Any]:
        """Return the values with the time as a span."""
        values = super().clean() or {}
        if not {"day", "clock", "until", "time_precision"} & self.errors.keys():
            try:
                values["span"] = self._span(values)
            except RuleBroken as error:
                self.add_rule(error)
        return values

    def _span(self, values: dict[str, Any]) -> timespans.Timespan:
        precision, day = TimePrecision(values["time_precision"]), values.get("day")
        on_the_clock = precision in {TimePrecision.EXACT, TimePrecision.HOUR, TimePrecision.PART_OF_DAY}
        start = timespans.Local(day, values.get("clock") if on_the_clock else None) if day else None
        end = timespans.Local(day, values["until"]) if day and on_the_clock and values.get("until") else None
        return timespans.timespan(precision, convoys.zone_of(self.convoy), start, end, now=timezone.now())

    def facts(self) -> dict[str, Any]:
        """Return the event as the action takes it."""
        values, span = self.cleaned_data, self.cleaned_data["span"]
        at = values["checkpoint"]
        names = ("status", "place", "responsible", "reason", "source", "link", "wording")
        return {name: values[name] for name in names} | {
            "checkpoint": next((point for point in self.convoy.checkpoints.all() if str(point.position) == at), None),
            "occurred_on": span.day,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "time_precision": span.precision,
        }


class WithdrawRelease(RecordForm):
    """Why a convoy is closed again."""

    reason = forms.CharField(label=_("Reason"), max_length=1000)
