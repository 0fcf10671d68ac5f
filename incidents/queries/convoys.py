"""Convoys as tables, pages and JSON show them. Every one starts from what this reader may see: to partners an unreleased convoy does not exist."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from incidents.models import Agreement, Convoy, ConvoyEvent, Incident, Party, Report
from incidents.permissions import Capability, may
from incidents.queries import convoy_filters, cursors, reports, visibility, withholding
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.queries.cursors import Page
from incidents.queries.visibility import Reader
from incidents.rules import dwells, journeys, shares, timeline
from incidents.rules.dwells import Dwell
from incidents.rules.journeys import ConvoyStep, Plan, StatusEvent
from incidents.rules.shares import Removed
from incidents.rules.timeline import ConvoyState, Timeline
from incidents.rules.timespans import Timespan
from incidents.vocabulary import OBSTRUCTIONS, CargoKind, ConvoyStatus, ReportState, TimePrecision

# What a person should look at, among how many of the newest convoys of an agreement.
PRESSING = frozenset({ConvoyState.LATE, ConvoyState.DENIED, ConvoyState.STRUCK})
LOOKED_AT = 200


@dataclass(frozen=True)
class Journey:
    """One convoy with its history, and what the rules make of it."""

    convoy: Convoy
    zone: ZoneInfo
    events: list[ConvoyEvent]
    timeline: Timeline
    dwells: tuple[Dwell, ...]
    reached: Decimal | None
    removed: tuple[Removed, ...]

    @property
    def first_day(self) -> date | None:
        """Return the local day of the first event whose day or hour is known."""
        days = [day for event in self.events if (day := day_of(event, self.zone))]
        return min(days, default=None)

    @property
    def departures(self) -> list[ConvoyEvent]:
        """Return what is reported of its setting out; what sources contradict one another about stands side by side."""
        return [event for event in self.events if event.status == ConvoyStatus.DEPARTED and event.checkpoint is None]

    @property
    def latest(self) -> ConvoyEvent | None:
        """Return the event last in time."""
        by_id = {str(event.public_id): event for event in self.events}
        ordered = sorted(map(self._plain, self.events), key=lambda event: event.order)
        return by_id[ordered[-1].id] if ordered else None

    def _plain(self, event: ConvoyEvent) -> StatusEvent:
        return status_event(event, self.zone)


@dataclass(frozen=True)
class Hanging:
    """What hangs on a convoy, as far as this reader may see."""

    reports: list[Report]
    incident: Incident | None


def filtered(reader: Reader, asked: ConvoyFilter) -> QuerySet[Convoy]:
    """Return the convoys that this reader may see and asks for, newest first, joined for a table."""
    return joined(reader, convoy_filters.asked_for(reader, asked)).order_by("-id")


def joined(reader: Reader, found: QuerySet[Convoy]) -> QuerySet[Convoy]:
    """Return the convoys with all that a table or a page shows of each, in a constant number of queries.

    `obstructions` counts the current reports that tell of a hindrance; `seen_incident_id` is the incident's public id, `seen_report_id` that
    of the report behind an event: each None where this reader may not see it.
    """
    told = visibility.reports(reader).filter(state=ReportState.SUBMITTED, violation_type__in=OBSTRUCTIONS)
    # Apart, since the database finds either by an index, and both at once only by reading all reports.
    own = _number(told.filter(convoy=OuterRef("pk")))
    of_events = _number(told.filter(convoy_events__convoy=OuterRef("pk")).exclude(convoy=OuterRef("pk")))
    incident = visibility.incidents(reader).filter(pk=OuterRef("incident_id")).order_by().values("public_id")
    report = visibility.reports(reader).filter(pk=OuterRef("report_id")).order_by().values("public_id")
    told_of = (
        visibility.convoy_events(reader).select_related("place", "checkpoint", "responsible", "source").annotate(seen_report_id=Subquery(report[:1]))
    )
    return (
        found.select_related("agreement", "term", "operator", "origin", "destination", "source", "released_by", "release_confirmed_by")
        .prefetch_related(
            "agencies",
            "planned_steps",
            Prefetch("checkpoints", queryset=visibility.checkpoints(reader).select_related("place", "controlled_by").order_by("position")),
            Prefetch("cargo", queryset=visibility.cargo(reader).select_related("removed_by", "removed_at").order_by("id")),
            Prefetch("events", queryset=told_of.order_by("id")),
        )
        .annotate(obstructions=own + of_events, seen_incident_id=Subquery(incident[:1]))
    )


def _number(found: QuerySet[Report]) -> Coalesce:
    """Return how many reports these are, each once, for a question about convoys."""
    number = found.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk", distinct=True)).values("number")
    return Coalesce(Subquery(number[:1]), 0)


def count(reader: Reader, asked: ConvoyFilter) -> int:
    """Return how many convoys this reader may see and asks for."""
    return cursors.count(convoy_filters.asked_for(reader, asked))[0]


def page(reader: Reader, asked: ConvoyFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Convoy]:
    """Return one page of convoys, newest first."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def one(reader: Reader, public_id: Any) -> Convoy:
    """Return the convoy. Raise Convoy.DoesNotExist alike for one that is not there and one that this reader may not see."""
    return joined(reader, visibility.convoys(reader)).get(public_id=public_id)


def journey(convoy: Convoy, now: datetime | None = None) -> Journey:
    """Return what the rules make of a convoy that `filtered` or `one` gave."""
    zone = zone_of(convoy)
    at = _until(convoy, now or timezone.now(), zone)
    told = list(convoy.events.all())
    said = [status_event(event, zone) for event in told]
    way = plan_of(convoy)
    cargo = [shares.Cargo(CargoKind(line.kind), line.unit, line.quantity, line.removed) for line in convoy.cargo.all()]
    return Journey(
        convoy=convoy,
        zone=zone,
        events=sorted(told, key=lambda event: status_event(event, zone).order),
        timeline=timeline.timeline(said, way, now=at),
        dwells=dwells.dwells(said, way.route, now=at),
        reached=shares.reached(convoy.people_reached, convoy.people_requested),
        removed=shares.removed(cargo),
    )


def _until(convoy: Convoy, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant up to which a convoy is late or stands somewhere: now, or the end of the day by which it was over."""
    return min(now, datetime.combine(convoy.ended_on + timedelta(days=1), time(), zone)) if convoy.ended_on else now


def needing_attention(reader: Reader, agreement: Agreement, now: datetime | None = None) -> list[Journey]:
    """Return the journeys, newest first, that are late, refused or struck where they stand."""
    found = joined(reader, visibility.convoys(reader).filter(agreement=agreement)).order_by("-id")[:LOOKED_AT]
    journeys_found = (journey(convoy, now) for convoy in found)
    return [row for row in journeys_found if row.timeline.state in PRESSING]


def hanging(reader: Reader, convoy: Convoy) -> Hanging:
    """Return the incident of a convoy and the reports of either, as far as this reader may see them."""
    told = visibility.reports(reader).exclude(state=ReportState.DRAFT).order_by()
    ties = [Q(convoy=convoy), Q(convoy_events__convoy=convoy), *([Q(incident=convoy.incident_id)] if convoy.incident_id is not None else [])]
    first, *others = [told.filter(tie).values_list("pk") for tie in ties]
    found = [pk for (pk,) in first.union(*others)]
    return Hanging(
        reports=list(reports.joined(reader, visibility.reports(reader).filter(pk__in=found)).order_by("id")),
        incident=visibility.incidents(reader).filter(convoys=convoy).first(),
    )


def withheld(reader: Reader, record: Convoy | ConvoyEvent) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of a convoy, or of an event in its history."""
    if isinstance(record, ConvoyEvent):
        return _withheld_of_event(reader, record)
    notes = () if may(reader, Capability.READ_INTERNAL_NOTES, record) else ("note",)
    return notes if visibility.shows_source(reader, record.source, record) else (*notes, "source", "link", "external_id")


def _withheld_of_event(reader: Reader, event: ConvoyEvent) -> tuple[str, ...]:
    on_the_way = withholding.ON_THE_WAY if withholding.hides_checkpoints(reader) else ()
    if not visibility.shows_source(reader, event.source, event.convoy):
        return ("source", "link", "wording", *(name for name in on_the_way if name != "wording"))
    return on_the_way or (() if visibility.shows_wording(reader) else ("wording",))


def zone_of(convoy: Convoy) -> ZoneInfo:
    """Return the zone in which the convoy's days are counted: that of its agreement, UTC for one under none."""
    return convoy.agreement.zone if convoy.agreement else ZoneInfo("UTC")


def status_event(event: ConvoyEvent, zone: ZoneInfo) -> StatusEvent:
    """Return an event as the rules take it; its checkpoint is named by its position."""
    return StatusEvent(
        id=str(event.public_id),
        status=ConvoyStatus(event.status),
        when=span_of(event, zone),
        source=str(event.source_id),
        checkpoint=str(event.checkpoint.position) if event.checkpoint else "",
        happened=event.happened,
    )


def span_of(event: ConvoyEvent, zone: ZoneInfo) -> Timespan:
    """Return when it happened; a local day without hours is that whole day."""
    precision = TimePrecision(event.time_precision)
    if event.starts_at is not None or event.occurred_on is None:
        return Timespan(precision, event.starts_at, event.ends_at, event.occurred_on)
    begins = datetime.combine(event.occurred_on, time(), zone)
    return Timespan(precision, begins, begins + timedelta(days=1), event.occurred_on)


def day_of(event: ConvoyEvent, zone: ZoneInfo) -> date | None:
    """Return the local day of an event, or the first one of a longer time."""
    return event.occurred_on or (event.starts_at.astimezone(zone).date() if event.starts_at else None)


def plan_of(convoy: Convoy) -> Plan:
    """Return the way as planned. A planned day is the one by whose end it is to have set out."""
    due = {ConvoyStep(row.step): row.due_at for row in convoy.planned_steps.all()}
    if convoy.planned_on and ConvoyStep.DEPARTED not in due:
        due[ConvoyStep.DEPARTED] = datetime.combine(convoy.planned_on + timedelta(days=1), time(), zone_of(convoy))
    return Plan(route=tuple(str(point.position) for point in convoy.checkpoints.all()), due=due)


def counts_of(convoy: Convoy) -> journeys.Counts:
    """Return the counts of a convoy as the rules take them."""
    return journeys.Counts(**{name: getattr(convoy, name) for name in journeys.Counts.__dataclass_fields__})


def operators(reader: Reader) -> QuerySet[Party]:
    """Return the parties that run convoys this reader may see, by name."""
    return Party.objects.filter(pk__in=visibility.convoys(reader).order_by().values("operator")).order_by("name")
