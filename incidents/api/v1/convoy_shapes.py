"""The shapes of convoys over the wire: what is shown of one, and what is taken of one."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.api.fields import Day, Instant, Named, Strict, Text, WholeNumber, Word
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.places import PlaceNamed
from incidents.api.v1.reports import TermNamed
from incidents.api.v1.sources import SourceNamed, Withholding
from incidents.errors import RuleBroken
from incidents.models import Convoy, ConvoyEvent
from incidents.queries import convoys
from incidents.queries.convoys import Journey
from incidents.rules.journeys import ConvoyStep
from incidents.rules.timeline import ConvoyState, Disputed, Progress
from incidents.vocabulary import CargoKind, ConvoyMode, ConvoyStatus, DestinationClass, TimePrecision

MOST_ROWS = 200


class Amount(serializers.DecimalField):
    """An amount in a unit of its own: zero or more. Null is not known."""

    default_error_messages = {"invalid": gettext_lazy("Write a number, not in quotes.")}

    def __init__(self, **options: Any) -> None:
        common: dict[str, Any] = {"max_digits": 12, "decimal_places": 2, "min_value": Decimal(0), "coerce_to_string": False}
        super().__init__(**common | {"allow_null": True, "required": False} | options)

    def to_internal_value(self, data: Any) -> Any:
        """Return the amount exactly as it was written."""
        if type(data) not in {int, float}:
            self.fail("invalid")
        return super().to_internal_value(repr(data))

    def to_representation(self, value: Any) -> Any:
        """Return a JSON number."""
        return float(value)


class CheckpointOut(serializers.Serializer[Any]):
    """A point of the way; `position` counts from 1."""

    position = serializers.IntegerField()
    name = serializers.CharField()
    place = PlaceNamed(allow_null=True)
    controlled_by = PartyNamed(allow_null=True)


class CargoOut(serializers.Serializer[Any]):
    """What is carried, and what of it was taken off. Null is not known."""

    kind = Word(CargoKind)
    quantity = Amount()
    unit = serializers.CharField()
    removed = Amount()
    removed_by = PartyNamed(allow_null=True)
    removed_at = serializers.IntegerField(source="removed_at.position", default=None, allow_null=True, help_text="Position of a checkpoint.")
    as_worded = serializers.CharField()


class EventOut(Withholding):
    """What one source reports of the convoy. Contradictory ones stand side by side."""

    id = serializers.UUIDField(source="public_id")
    status = Word(ConvoyStatus)
    happened = serializers.BooleanField(help_text="False: the source says that it did not happen.")
    occurred_on = Day(allow_null=True, help_text="Local day; null where it spans several days or the day is unknown.")
    starts_at = Instant(allow_null=True)
    ends_at = Instant(allow_null=True)
    time_precision = Word(TimePrecision)
    place = PlaceNamed(allow_null=True)
    checkpoint = serializers.IntegerField(source="checkpoint.position", default=None, allow_null=True, help_text="Position of a checkpoint.")
    responsible = PartyNamed(allow_null=True, help_text="Who, by this source, denied, delayed or removed.")
    reason = serializers.CharField(allow_null=True)
    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    link = serializers.CharField(allow_null=True)
    wording = serializers.CharField(allow_null=True)
    report = serializers.UUIDField(source="seen_report_id", allow_null=True, help_text="Id of the report that says so.")
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: ConvoyEvent) -> tuple[str, ...]:
        """Return what goes with a protected source."""
        return convoys.withheld(reader, instance)


class StepOut(serializers.Serializer[Any]):
    """One of the seven steps, derived from the events. `late_minutes` null: not late, or it cannot be said."""

    step = Word(ConvoyStep)
    progress = Word(Progress)
    due = Instant(allow_null=True)
    starts_at = Instant(allow_null=True)
    ends_at = Instant(allow_null=True)
    late_minutes = serializers.IntegerField(allow_null=True)
    events = serializers.ListField(child=serializers.UUIDField())


class DisputeOut(serializers.Serializer[Any]):
    """Two events that contradict each other."""

    about = Word(Disputed)
    step = Word(ConvoyStep)
    events = serializers.ListField(child=serializers.UUIDField())


class DwellOut(serializers.Serializer[Any]):
    """The time at one checkpoint, as exactly as its events are dated."""

    checkpoint = serializers.IntegerField(help_text="Position of a checkpoint.")
    at_least_minutes = serializers.IntegerField(allow_null=True)
    at_most_minutes = serializers.IntegerField(allow_null=True)
    has_left = serializers.BooleanField()


class RemovedOut(serializers.Serializer[Any]):
    """What is known to be taken off in one unit, and its share of the same lines' load. Units are never added."""

    unit = serializers.CharField()
    removed = serializers.FloatField(allow_null=True)
    loaded = serializers.FloatField(allow_null=True)
    share = serializers.FloatField(allow_null=True, help_text="Null: nothing states both numbers.")
    lines_unknown = serializers.IntegerField(source="unknown", help_text="Lines that do not state both numbers.")


class TimelineOut(serializers.Serializer[Any]):
    """What the rules make of the events; it replaces none of them."""

    state = Word(ConvoyState)
    stands_at = Word(ConvoyStep)
    steps = StepOut(many=True)
    disputes = DisputeOut(many=True)
    dwells = DwellOut(many=True)
    share_reached = serializers.FloatField(allow_null=True, help_text="Of the people requested for. Null: either number is not known.")
    removed = RemovedOut(many=True)


class ConvoyOut(Withholding):
    """A convoy. People and trucks are counts; null is not known, 0 is none."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="convoy-detail", lookup_field="public_id", lookup_url_kwarg="id")
    reference = serializers.CharField()
    version = serializers.IntegerField()
    agreement = AgreementNamed(allow_null=True)
    term = TermNamed(allow_null=True)
    incident = serializers.UUIDField(source="seen_incident_id", allow_null=True, help_text="Id of the incident that it is part of.")
    operator = PartyNamed()
    agencies = PartyNamed(many=True, source="agencies.all")
    mode = Word(ConvoyMode, allow_null=True)
    origin = PlaceNamed(allow_null=True)
    origin_as_worded = serializers.CharField()
    destination = PlaceNamed(allow_null=True)
    destination_as_worded = serializers.CharField()
    destination_class = Word(DestinationClass, allow_null=True)
    planned_on = Day(allow_null=True)
    ended_on = Day(allow_null=True, help_text="Where no source reports an end: the day by which it was over.")
    people_requested = serializers.IntegerField(allow_null=True)
    people_requested_low = serializers.IntegerField(allow_null=True)
    people_requested_high = serializers.IntegerField(allow_null=True)
    people_approved = serializers.IntegerField(allow_null=True)
    people_approved_low = serializers.IntegerField(allow_null=True)
    people_approved_high = serializers.IntegerField(allow_null=True)
    people_reached = serializers.IntegerField(allow_null=True)
    people_reached_low = serializers.IntegerField(allow_null=True)
    people_reached_high = serializers.IntegerField(allow_null=True)
    trucks_planned = serializers.IntegerField(allow_null=True)
    trucks_departed = serializers.IntegerField(allow_null=True)
    trucks_arrived = serializers.IntegerField(allow_null=True)
    trucks_lost = serializers.IntegerField(allow_null=True)
    obstructions = serializers.IntegerField(help_text="Current reports of a hindrance that this key may see.")
    checkpoints = CheckpointOut(many=True, source="checkpoints.all")
    cargo = CargoOut(many=True, source="cargo.all")
    events = EventOut(many=True, source="events.all")
    timeline = serializers.SerializerMethodField()
    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    link = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True, help_text="Its id where it came from.")
    released_at = Instant(allow_null=True, help_text="Open to partners from here on, once a second person confirmed it.")
    is_released = serializers.SerializerMethodField(help_text="Whether two people have released it.")
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: Convoy) -> tuple[str, ...]:
        """Return what this reader may not see of the convoy."""
        return convoys.withheld(reader, instance)

    def get_is_released(self, convoy: Convoy) -> bool:
        return convoy.release_confirmed_by_id is not None

    @extend_schema_field(TimelineOut)
    def get_timeline(self, convoy: Convoy) -> Any:
        return TimelineOut(_told(convoys.journey(convoy))).data


def _told(journey: Journey) -> dict[str, Any]:
    found = journey.timeline
    return {
        "state": found.state,
        "stands_at": found.stands_at,
        "steps": [
            {
                "step": row.step,
                "progress": row.progress,
                "due": row.due,
                "starts_at": row.actual.starts_at if row.actual else None,
                "ends_at": row.actual.ends_at if row.actual else None,
                "late_minutes": None if row.late is None else int(row.late.total_seconds() // 60),
                "events": list(row.events),
            }
            for row in found.steps
        ],
        "disputes": [{"about": row.about, "step": row.step, "events": list(row.events)} for row in found.disputes],
        "dwells": [
            {
                "checkpoint": int(row.checkpoint),
                "at_least_minutes": None if row.at_least is None else int(row.at_least.total_seconds() // 60),
                "at_most_minutes": None if row.at_most is None else int(row.at_most.total_seconds() // 60),
                "has_left": row.has_left,
            }
            for row in journey.dwells
        ],
        "share_reached": None if journey.reached is None else float(journey.reached),
        "removed": journey.removed,
    }


class CheckpointIn(Strict):
    """A point of the way; its position is its place in the list."""

    name = Text(max_length=200, required=True, allow_blank=False)
    place = Named(records.places, required=False, allow_null=True)
    controlled_by = Named(records.parties, required=False, allow_null=True)


class CargoIn(Strict):
    """What is carried."""

    kind = Word(CargoKind)
    quantity = Amount()
    unit = Text(max_length=40)
    removed = Amount()
    removed_by = Named(records.parties, required=False, allow_null=True)
    removed_at = WholeNumber(min_value=1, help_text="Position of a checkpoint.")
    as_worded = Text(max_length=300)


class PlannedIn(Strict):
    """By when each of the seven steps is to be done; null or left out where nothing is planned."""

    requested = Instant(required=False, allow_null=True)
    approved = Instant(required=False, allow_null=True)
    loaded = Instant(required=False, allow_null=True)
    departed = Instant(required=False, allow_null=True)
    checkpoint = Instant(required=False, allow_null=True)
    arrived = Instant(required=False, allow_null=True)
    delivered = Instant(required=False, allow_null=True)


class ConvoyIn(Strict):
    """A convoy to enter. Partners do not see it until two people release it."""

    reference = Text(max_length=100, required=True, allow_blank=False, help_text="Once under its agreement, or among convoys of none.")
    agreement = Named(records.agreements, required=False, allow_null=True, help_text="Slug of the agreement.")
    term = Text(max_length=20, allow_null=True, allow_blank=False, help_text="Number of the article; with `agreement`.")
    incident = Named(records.incidents, required=False, allow_null=True, help_text="Slug of the incident.")
    operator = Named(records.parties, help_text="Slug of who runs it.")
    agencies = serializers.ListField(child=Named(records.parties), required=False, max_length=MOST_ROWS)
    mode = Word(ConvoyMode, required=False, allow_null=True)
    origin = Named(records.places, required=False, allow_null=True)
    origin_as_worded = Text(max_length=300)
    destination = Named(records.places, required=False, allow_null=True)
    destination_as_worded = Text(max_length=300)
    destination_class = Word(DestinationClass, required=False, allow_null=True)
    planned_on = Day(required=False, allow_null=True)
    ended_on = Day(required=False, allow_null=True, help_text="Where no source reports an end: the day by which it was over.")
    people_requested = WholeNumber()
    people_requested_low = WholeNumber()
    people_requested_high = WholeNumber()
    people_approved = WholeNumber()
    people_approved_low = WholeNumber()
    people_approved_high = WholeNumber()
    people_reached = WholeNumber()
    people_reached_low = WholeNumber()
    people_reached_high = WholeNumber()
    trucks_planned = WholeNumber()
    trucks_departed = WholeNumber()
    trucks_arrived = WholeNumber()
    trucks_lost = WholeNumber()
    checkpoints = CheckpointIn(many=True, required=False)
    cargo = CargoIn(many=True, required=False)
    due = PlannedIn(required=False, allow_null=True, help_text="By when each step is to be done.")
    source = Named(records.sources, help_text="Slug of the source.")  # type: ignore[assignment]
    link = Text(max_length=2_000, help_text="Kept code point for code point.")
    note = Text(help_text="Ours; partners do not see it.")
    external_id = Text(max_length=200, allow_null=True, allow_blank=False, help_text="Its id where it came from; once under its agreement.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the convoy as the action takes it."""
        agreement, number = attrs.get("agreement"), attrs.get("term")
        attrs["term"] = _term(agreement, number)
        attrs["mode"], attrs["destination_class"] = attrs.get("mode") or "", attrs.get("destination_class") or ""
        return attrs | _rows({"checkpoints": [], "cargo": [], "due": None} | attrs)


class ConvoyChange(ConvoyIn):
    """What is said otherwise than before. What is left out stays; the way, the cargo and the plan are given whole, in place of what they were."""

    version = WholeNumber(allow_null=False, help_text="As last read, or in If-Match: 409 if it changed since, and nothing is done.")
    reason = Text(max_length=4_000, help_text="Why; kept with the change.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what the action is to change."""
        if "term" in attrs:
            attrs["term"] = _term(attrs.get("agreement", self.context["convoy"].agreement), attrs["term"])
        for name in ("mode", "destination_class"):
            if name in attrs:
                attrs[name] = attrs[name] or ""
        return attrs | _rows(attrs)


def _term(agreement: Any, number: str | None) -> Any:
    if number is not None and agreement is None:
        raise RuleBroken("agreement_required", _("An article belongs to an agreement: say to which."), "agreement")
    return records.term_of(agreement, number, "term") if agreement else None


def _rows(attrs: dict[str, Any]) -> dict[str, Any]:
    """Return the way, the cargo and the plan as the action takes them, those of them that are said."""
    said: dict[str, Any] = {}
    for name, stated in (("checkpoints", CheckpointStated), ("cargo", CargoStated)):
        if len(attrs.get(name, [])) > MOST_ROWS:
            raise RuleBroken("too_many", _("A convoy has %(most)d rows of these at most.") % {"most": MOST_ROWS}, name)
        if name in attrs:
            said[name] = [stated(**row) for row in attrs[name]]
    if "due" in attrs:
        said["due"] = {ConvoyStep(step): at for step, at in (attrs["due"] or {}).items() if at}
    return said


class ReleaseIn(Strict):
    """From when partners may see the convoy, once a second person confirms it; left out: at once."""

    opens_at = Instant(required=False, allow_null=True)
    note = Text(max_length=4_000)


class ConfirmReleaseIn(Strict):
    """What the second person read: the release is of that."""

    version = WholeNumber(required=True, allow_null=False, help_text="As last read: 409 if it changed since, and nothing is done.")
    note = Text(max_length=4_000)


class WithdrawReleaseIn(Strict):
    """Why the convoy is closed again, or its release no longer begun."""

    reason = Text(required=True, allow_blank=False, max_length=1_000)


class EventIn(Strict):
    """What one source reports of a convoy. Say when by `occurred_on`, or by `starts_at` and `ends_at`; or leave it unknown."""

    status = Word(ConvoyStatus)
    happened = serializers.BooleanField(default=True, help_text="False: the source says that it did not, such as never requested.")
    occurred_on = Day(required=False, allow_null=True)
    starts_at = Instant(required=False, allow_null=True)
    ends_at = Instant(required=False, allow_null=True, help_text="The first instant no longer meant; `starts_at` where it is exact.")
    time_precision = Word(TimePrecision, required=False)
    place = Named(records.places, required=False, allow_null=True, help_text="Slug; this or `checkpoint`.")
    checkpoint = WholeNumber(min_value=1, help_text="Position of a checkpoint of this convoy.")
    responsible = Named(records.parties, required=False, allow_null=True, help_text="Slug of who denied, delayed or removed.")
    reason = Text()
    source = Named(records.sources, help_text="Slug of the source.")  # type: ignore[assignment]
    link = Text(max_length=2_000, help_text="Kept code point for code point.")
    wording = Text(help_text="Kept code point for code point.")
    report = serializers.UUIDField(required=False, allow_null=True, help_text="Id of the report that says so.")
