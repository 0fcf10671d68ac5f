"""Planning a convoy and changing the plan, adding to its history, and opening it to partners."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.errors import RuleBroken
from incidents.forms.records import PartyField, PlaceField, RecordForm, SourceField, label_of, offer_once, offered, placed
from incidents.forms.values import ClockField, CountField, DayField, EvidenceField, MomentField
from incidents.models import Agreement, CargoLine, Checkpoint, Convoy, ConvoyEvent, Party, Place
from incidents.queries import convoys, visibility
from incidents.queries.visibility import Reader
from incidents.rules import timespans
from incidents.rules.journeys import ConvoyStep
from incidents.vocabulary import CargoKind, ConvoyMode, ConvoyStatus, DestinationClass, TimePrecision

FEWEST_ROWS, SPARE_ROWS, MOST_ROWS = 3, 2, 200
PEOPLE = tuple(f"people_{stage}{bound}" for stage in ("requested", "approved", "reached") for bound in ("_low", "", "_high"))
TRUCKS = ("trucks_planned", "trucks_departed", "trucks_arrived", "trucks_lost")

_of_convoy, _of_event, _of_cargo = partial(label_of, Convoy), partial(label_of, ConvoyEvent), partial(label_of, CargoLine)
_of_checkpoint = partial(label_of, Checkpoint)


class PlanConvoy(RecordForm):
    """A convoy, planned or past. What is left empty is not known."""

    shown_at = {"destination_as_worded": "destination"}

    reference = forms.CharField(label=_of_convoy("reference"), max_length=100)
    agreement = forms.ModelChoiceField(Agreement.objects.none(), label=_of_convoy("agreement"), required=False, to_field_name="slug")
    term = forms.CharField(label=_("Term, by its number"), required=False, max_length=20)
    operator = PartyField(label=_of_convoy("operator"))
    agencies = forms.ModelMultipleChoiceField(Party.objects.order_by("name"), label=_of_convoy("agencies"), required=False, to_field_name="slug")
    mode = forms.ChoiceField(label=_of_convoy("mode"), required=False, choices=lambda: offered(ConvoyMode, empty=True))
    origin = PlaceField(label=_of_convoy("origin"), required=False)
    destination = PlaceField(label=_of_convoy("destination"))
    destination_class = forms.ChoiceField(
        label=_of_convoy("destination_class"), required=False, choices=lambda: offered(DestinationClass, empty=True)
    )
    planned_on = DayField(label=_of_convoy("planned_on"), required=False)
    ended_on = DayField(label=_of_convoy("ended_on"), required=False)
    source = SourceField(label=_of_convoy("source"))
    link = EvidenceField(label=_of_convoy("link"), required=False, max_length=2000)
    note = forms.CharField(label=_of_convoy("note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Mapping[str, Any] | None = None, *, reader: Reader, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["agreement"].queryset = visibility.agreements(reader)  # type: ignore[attr-defined]
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]
        for name in (*PEOPLE, *TRUCKS):
            self._add(name, CountField(label=_of_convoy(name), required=False))
        for step in ConvoyStep:
            self._add(f"due_{step}", MomentField(label=step.label, required=False))
        self.checkpoint_rows, self.cargo_rows = self._rows("checkpoint_name"), self._rows("cargo_kind")
        for number in self.checkpoint_rows:
            self._add(f"checkpoint_name_{number}", forms.CharField(label=_of_checkpoint("name"), required=False, max_length=200))
            self._add(f"checkpoint_place_{number}", PlaceField(label=_of_checkpoint("place"), required=False))
            self._add(f"checkpoint_by_{number}", PartyField(label=_of_checkpoint("controlled_by"), required=False))
        for number in self.cargo_rows:
            kinds = forms.ChoiceField(label=_of_cargo("kind"), required=False, choices=lambda: offered(CargoKind, empty=True))
            self._add(f"cargo_kind_{number}", kinds)
            self._add(f"cargo_quantity_{number}", CountField(label=_of_cargo("quantity"), required=False))
            self._add(f"cargo_unit_{number}", forms.CharField(label=_of_cargo("unit"), required=False, max_length=40))
            self._add(f"cargo_removed_{number}", CountField(label=_of_cargo("removed"), required=False))
            self._add(f"cargo_by_{number}", PartyField(label=_of_cargo("removed_by"), required=False))
            self._add(f"cargo_at_{number}", CountField(label=_("removed at checkpoint number"), required=False))
            self._add(f"cargo_words_{number}", forms.CharField(label=_of_cargo("as_worded"), required=False, max_length=300))
        offer_once([field for field in self.fields.values() if isinstance(field, PartyField)])

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        self._dress(field)

    def _rows(self, prefix: str) -> range:
        """Return the numbers of the rows: those filled and some to spare, so that a form with more of them loses none."""
        said = self.data if self.is_bound else self.initial
        numbers = (name.removeprefix(f"{prefix}_") for name in said if name.startswith(f"{prefix}_") and said[name])
        last = max((int(number) for number in numbers if number.isdecimal() and int(number) <= MOST_ROWS), default=0)
        return range(1, max(FEWEST_ROWS, last + SPARE_ROWS) + 1)

    def sections(self) -> Iterator[tuple[Any, list[Any]]]:
        """Yield the parts of the form, each with its fields."""
        first = ("reference", "agreement", "term", "operator", "agencies", "mode", "origin", "destination", "destination_class")
        yield "", [self[name] for name in (*first, "planned_on", "ended_on")]
        yield _("Checkpoints, in order"), [self[f"checkpoint_{name}_{number}"] for number in self.checkpoint_rows for name in ("name", "place", "by")]
        yield _("Due"), [self[f"due_{step}"] for step in ConvoyStep]
        yield _("People"), [self[name] for name in PEOPLE]
        yield _("Trucks"), [self[name] for name in TRUCKS]
        names = ("kind", "quantity", "unit", "removed", "by", "at", "words")
        yield _("Cargo"), [self[f"cargo_{name}_{number}"] for number in self.cargo_rows for name in names]
        yield _("Source"), [self[name] for name in ("source", "link", "note")]

    def clean(self) -> dict[str, Any]:
        """Return the values, with the article as the agreement has it."""
        values = super().clean() or {}
        number, agreement = values.get("term"), values.get("agreement")
        values["term"] = agreement.terms.filter(number=number).first() if number and agreement else None
        if number and values["term"] is None and "agreement" not in self.errors:
            self.add_error("term", _("This agreement has no article of this number."))
        return values

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule at its field; one in a row of a list at that row."""
        part, _dot, rest = error.field.partition(".")
        if part == "due":
            error = RuleBroken(error.code, error.message, f"due_{rest}")
        elif rest:
            index, _dot, name = rest.partition(".")
            rows = self._filled("checkpoint_name" if part == "checkpoints" else "cargo_kind")
            shown = {"controlled_by": "by", "removed_by": "by", "removed_at": "at", "as_worded": "words"}.get(name, name)
            error = RuleBroken(error.code, error.message, f"{part.removesuffix('s')}_{shown}_{rows[int(index)]}")
        elif part == "checkpoints":
            error = RuleBroken(error.code, error.message, "checkpoint_name_1")
        super().add_rule(error)

    def facts(self) -> dict[str, Any]:
        """Return the convoy as the action takes it."""
        values = self.cleaned_data
        names = ("reference", "agreement", "term", "operator", "mode", "destination_class", "planned_on", "ended_on", "source", "link", "note")
        ways = placed(values["origin"], "origin") | placed(values["destination"], "destination")
        zone = values["agreement"].zone if values["agreement"] else ZoneInfo("UTC")
        return (
            {name: values[name] for name in (*names, *PEOPLE, *TRUCKS)}
            | ways
            | {
                "agencies": list(values["agencies"]),
                "checkpoints": [self._checkpoint(number) for number in self._filled("checkpoint_name")],
                "cargo": [self._cargo(number) for number in self._filled("cargo_kind")],
                "due": {step: _due(local, zone) for step in ConvoyStep if (local := values[f"due_{step}"])},
            }
        )

    def _filled(self, prefix: str) -> list[int]:
        rows = self.checkpoint_rows if prefix == "checkpoint_name" else self.cargo_rows
        return [number for number in rows if self.cleaned_data.get(f"{prefix}_{number}")]

    def _checkpoint(self, number: int) -> CheckpointStated:
        name, place, by = (self.cleaned_data[f"checkpoint_{part}_{number}"] for part in ("name", "place", "by"))
        return CheckpointStated(name.strip(), place if isinstance(place, Place) else None, by)

    def _cargo(self, number: int) -> CargoStated:
        kind, quantity, unit, removed, by, at, words = (
            self.cleaned_data[f"cargo_{part}_{number}"] for part in ("kind", "quantity", "unit", "removed", "by", "at", "words")
        )
        amounts = [None if amount is None else Decimal(amount) for amount in (quantity, removed)]
        return CargoStated(CargoKind(kind), amounts[0], unit, amounts[1], by, at, words)


class ChangeConvoy(PlanConvoy):
    """A convoy as it is said to be now, over what it was said to be before."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def filled(convoy: Convoy) -> dict[str, Any]:
    """Return every field as one would type it to say what is on record of this convoy."""
    names = ("reference", "mode", "destination_class", "link", "note", "version", *PEOPLE, *TRUCKS)
    values: dict[str, Any] = {name: getattr(convoy, name) for name in names}
    values |= {name: (record := getattr(convoy, name)) and record.slug for name in ("agreement", "operator", "source")}
    values |= {name: (day := getattr(convoy, name)) and f"{day:%Y-%m-%d}" for name in ("planned_on", "ended_on")}
    values |= {
        "term": convoy.term.number if convoy.term else "",
        "agencies": [party.slug for party in convoy.agencies.all()],
        "origin": convoy.origin.name if convoy.origin else convoy.origin_as_worded,
        "destination": convoy.destination.name if convoy.destination else convoy.destination_as_worded,
    }
    for point in convoy.checkpoints.all():
        values[f"checkpoint_name_{point.position}"] = point.name
        values[f"checkpoint_place_{point.position}"] = point.place.name if point.place else ""
        values[f"checkpoint_by_{point.position}"] = point.controlled_by.slug if point.controlled_by else ""
    for number, line in enumerate(convoy.cargo.all(), start=1):
        values |= {f"cargo_{name}_{number}": getattr(line, name) for name in ("kind", "unit")}
        values |= {f"cargo_{name}_{number}": _whole(getattr(line, name)) for name in ("quantity", "removed")}
        values[f"cargo_by_{number}"] = line.removed_by.slug if line.removed_by else ""
        values[f"cargo_at_{number}"] = line.removed_at.position if line.removed_at else ""
        values[f"cargo_words_{number}"] = line.as_worded
    zone = convoys.zone_of(convoy)
    return values | {f"due_{row.step}": f"{row.due_at.astimezone(zone):%Y-%m-%d %H:%M}" for row in convoy.planned_steps.all()}


def _whole(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def _due(local: timespans.Local, zone: ZoneInfo) -> datetime:
    """Return the instant by which a step is due; a day alone means by its end."""
    if local.clock is None:
        return datetime.combine(local.day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(local.day, local.clock, zone).astimezone(UTC)


class AddEvent(RecordForm):
    """What one source reports of a convoy."""

    shown_at = {"starts_at": "day", "ends_at": "until", "occurred_on": "day"}

    status = forms.ChoiceField(label=_of_event("status"), choices=lambda: offered(ConvoyStatus))
    refuted = forms.BooleanField(label=_("The source says that it did not happen"), required=False)
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
        if precision == TimePrecision.EXACT and values.get("clock") is None:
            precision = TimePrecision.DAY if day else TimePrecision.UNKNOWN
        on_the_clock = precision in {TimePrecision.EXACT, TimePrecision.HOUR, TimePrecision.PART_OF_DAY}
        start = timespans.Local(day, values.get("clock") if on_the_clock else None) if day else None
        end = timespans.Local(day, values["until"]) if day and on_the_clock and values.get("until") else None
        return timespans.timespan(precision, convoys.zone_of(self.convoy), start, end, now=timezone.now())

    def quick(self) -> list[Any]:
        """Return the fields that most events need."""
        return [self[name] for name in ("status", "day", "clock", "checkpoint", "source", "reason")]

    def more(self) -> list[Any]:
        """Return the fields that are folded away until they are needed."""
        return [self[name] for name in ("time_precision", "until", "place", "responsible", "link", "wording", "refuted")]

    @property
    def is_more_shown(self) -> bool:
        """Return whether something that is folded away is wrong, or said."""
        usual = {None, "", False, TimePrecision.EXACT, str(TimePrecision.EXACT)}
        return any(field.errors or field.value() not in usual for field in self.more())

    def facts(self) -> dict[str, Any]:
        """Return the event as the action takes it."""
        values, span = self.cleaned_data, self.cleaned_data["span"]
        at = values["checkpoint"]
        names = ("status", "place", "responsible", "reason", "source", "link", "wording")
        return {name: values[name] for name in names} | {
            "happened": not values["refuted"],
            "checkpoint": next((point for point in self.convoy.checkpoints.all() if str(point.position) == at), None),
            "occurred_on": span.day,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "time_precision": span.precision,
        }


class BeginRelease(RecordForm):
    """From when partners may see a convoy, once a second person confirms it. Left empty: at once."""

    shown_at = {"released_at": "opens_at"}

    opens_at = MomentField(label=_("Open to partners from (empty: at once)"), required=False)

    def facts(self, convoy: Convoy) -> dict[str, Any]:
        """Return what the action takes; a day alone means from its beginning."""
        local = self.cleaned_data["opens_at"]
        if local is None:
            return {}
        return {"opens_at": datetime.combine(local.day, local.clock or time(), convoys.zone_of(convoy)).astimezone(UTC)}


class WithdrawRelease(RecordForm):
    """Why a convoy is closed again."""

    reason = forms.CharField(label=_("Reason"), max_length=1000)
