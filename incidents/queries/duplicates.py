"""Which reports on file may be of the same event as a draft, asked while it is typed: first by place and time, then by what both say.

The database finds a handful through btrees on (square of the map, time) and (place, time), and on the address; `rules.matching` then
compares each with the draft. A report without coordinates stands where its place does, one without a place beside others without.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import MD5, Abs, Cast, Coalesce, Trim

from incidents.models import Agreement, NotTheSame, Place, Report
from incidents.permissions import Capability, reach
from incidents.queries import visibility
from incidents.queries.visibility import Reader
from incidents.rules import matching
from incidents.rules.areas import METRES_PER_DEGREE, Point
from incidents.rules.matching import Match, Sketch
from incidents.rules.reasons import Reason
from incidents.rules.timespans import Timespan
from incidents.vocabulary import METRES_OF, PlacePrecision, TimePrecision, ViolationType

# With what is computed beside their own columns, which the type of a report does not have.
Reports = QuerySet[Any]

# What scores less has too little in common to interrupt anybody for.
LEAST_SCORE = 0.4
# Of so many the wording is compared: the nearest by place, time and type.
CONSIDERED = 60
AT_ADDRESS = 20
UNDATED = 20

# Squares per degree, as in the migration that indexes them.
FINE, COARSE = 20, 5
TOWN_KM, DISTRICT_KM = 3.0, 15.0
KM_PER_DEGREE = METRES_PER_DEGREE / 1000

# A day, also one on which clocks were set back.
SHORT = timedelta(hours=25)
NO_TIME = timedelta(0)
# Reports that last longer are compared where they begin in the time of the draft, not wherever they overlap it.
LONGEST = timedelta(days=32)


@dataclass(frozen=True)
class Draft:
    """A report as far as it has been typed. `report` is the saved one, if there is one: it is no duplicate of itself."""

    agreement: Agreement | None = None
    violation_type: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    occurred_on: date | None = None
    time_precision: str = TimePrecision.DAY
    place: Place | None = None
    latitude: Decimal | float | None = None
    longitude: Decimal | float | None = None
    place_precision: str = ""
    source_id: int | None = None
    link: str = ""
    wording: str = ""
    summary: str = ""
    report: Report | None = None

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return what a report that is on file says, to find what was logged of the same event before or since."""
        names = (
            *("agreement", "violation_type", "starts_at", "ends_at", "occurred_on", "time_precision", "place", "latitude", "longitude"),
            *("place_precision", "source_id", "link", "wording", "summary"),
        )
        return cls(**{name: getattr(report, name) for name in names}, report=report if report.pk else None)

    @property
    def zone(self) -> ZoneInfo:
        return self.agreement.zone if self.agreement else ZoneInfo("UTC")


@dataclass(frozen=True)
class Candidate:
    """A report that may be of the same event, how alike it is, and in what."""

    report: Report
    score: float
    reasons: tuple[Reason, ...]


def candidates(reader: Reader, draft: Draft, limit: int = 5) -> list[Candidate]:
    """Return the reports this reader may see that may be of the draft's event, the most alike first.

    What somebody said is another event than the saved draft is not asked again. A report at the same address is always among them.
    """
    found = sorted(_matches(reader, draft), key=lambda pair: (-pair[1].score, -pair[0]))[:limit]
    # Each further join costs more in planning than all that is read here.
    reports = visibility.reports(reader).select_related("claimant", "accused_party", "place", "source")
    shown = reports.in_bulk([pk for pk, _match in found])
    visibility.look(reader, shown.values())  # what is alike of source, address or wording tells of the source
    return [Candidate(shown[pk], match.score, match.reasons) for pk, match in found if pk in shown]


def nearby(reader: Reader, draft: Draft) -> list[dict[str, Any]]:
    """Return what is compared of the reports near the draft in place and time, or at its address: one query, some dozens of rows."""
    branches = [branch.values("pk") for branch in _branches(reader, draft)]
    if not branches:
        return []
    near = branches[0].union(*branches[1:], all=True) if branches[1:] else branches[0]
    return list(_compared(reader, visibility.reports(reader).filter(pk__in=near)).values(*_COLUMNS))


def cells(point: Point, km: float, per_degree: int) -> list[int]:
    """Return the squares of the map that a circle may touch, numbered as the index numbers them."""
    south, west, north, east = _box(point, km)
    around = 360 * per_degree
    rows = range(math.floor((max(-90.0, south) + 90) * per_degree), math.floor((min(90.0, north) + 90) * per_degree) + 1)
    columns = {column % around for column in range(math.floor((west + 180) * per_degree), math.floor((east + 180) * per_degree) + 1)}
    # Longitude 180 has squares of its own, which touch those of -180.
    columns |= {around} if 0 in columns else set()
    numbers = sorted(row * 10_000 + column for row in rows for column in columns)
    return [-1 - number for number in numbers] if per_degree == COARSE else numbers


class _Cell(Func):
    function = "truce_cell"
    output_field = BigIntegerField()


class _Begins(Func):
    function = "truce_begins"
    output_field = DateTimeField()


class _Seconds(Func):
    template = "EXTRACT(EPOCH FROM %(expressions)s)::float8"
    output_field = FloatField()


class _AtAnyOf(Func):
    """The first is one of the second, an array. Unlike `IN (SELECT ...)` this leaves the time of an index to be used with the place."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


_COLUMNS = (
    *("id", "violation_type", "starts_at", "ends_at", "occurred_on", "time_precision", "place_id", "summary"),
    *("at_latitude", "at_longitude", "as_exactly_as", "at_source", "at_link", "said"),
)


def _matches(reader: Reader, draft: Draft) -> Iterator[tuple[int, Match]]:
    sketch = _sketch_of_draft(draft)
    for row in nearby(reader, draft):
        match = matching.compared(sketch, _sketch_of_row(row, draft.zone))
        if (match.is_possible and match.score >= LEAST_SCORE) or matching.is_same_address(draft.link, row["at_link"]):
            yield row["id"], match


def _branches(reader: Reader, draft: Draft) -> Iterator[Reports]:
    """Yield the reports near the draft by each way there is to be near it, each a handful."""
    standing = _standing(reader, draft)
    when, point = _span(draft.starts_at, draft.ends_at, draft.occurred_on, draft.time_precision, draft.zone), _point(draft)
    if link := draft.link.strip():
        yield _at_address(reader, standing, link)
    if point is None and draft.place is None:
        here = [standing.filter(agreement=draft.agreement, latitude=None, place=None)] if draft.agreement else []
    else:
        here = [standing.filter(_AtAnyOf("place_id", ArraySubquery(_places(draft, point).values("pk"))), latitude=None, place__isnull=False)]
    if point is not None:
        here.append(standing.filter(latitude__isnull=False, cell__in=_cells(point)))
    for reports in here:
        if when is not None or point is not None or draft.place is not None:
            yield _at_the_time(reports, draft, when, point)


def _standing(reader: Reader, draft: Draft) -> Reports:
    """Return the current reports this reader may see, without the draft itself and what was told apart from it."""
    reports: Reports = visibility.reports(reader).current().order_by()
    if draft.report:
        mine = draft.report.pk
        apart = NotTheSame.objects.filter(Q(first=mine, second=OuterRef("pk")) | Q(first=OuterRef("pk"), second=mine))
        reports = reports.exclude(pk=mine).exclude(Exists(apart))
    standing: Reports = reports.alias(
        cell=_Cell("latitude", "longitude", Cast("place_precision", TextField())),
        begins=_Begins("starts_at", "occurred_on"),
        lasting=F("ends_at") - F("starts_at"),
    )
    return standing


def _at_address(reader: Reader, reports: Reports, link: str) -> Reports:
    if not reach(reader, Capability.READ_PROTECTED_SOURCES).is_everywhere:
        reports = reports.filter(visibility.open_sources(reader))
    found: Reports = reports.alias(address=MD5(Trim("link"))).filter(address=MD5(Value(link))).exclude(link="")
    return found.order_by("-id")[:AT_ADDRESS]


def _compared(reader: Reader, reports: Reports) -> Reports:
    """Return the reports with what is compared of each. Where a source is withheld, neither it nor its words make anything a candidate."""
    shown: dict[str, Any] = {"at_source": F("source_id"), "at_link": F("link"), "said": F("wording")}
    if not reach(reader, Capability.READ_PROTECTED_SOURCES).is_everywhere:
        is_open = visibility.open_sources(reader)
        shown = {"at_source": Case(When(is_open, then="source_id"))} | {
            name: Case(When(is_open, then=shown[name]), default=Value(""), output_field=TextField()) for name in ("at_link", "said")
        }
    found: Reports = reports.order_by().annotate(
        at_latitude=Cast(Coalesce("latitude", "place__latitude"), FloatField()),
        at_longitude=Cast(Coalesce("longitude", "place__longitude"), FloatField()),
        as_exactly_as=Case(When(~Q(place_precision=""), then="place_precision"), default="place__precision"),
        **shown,
    )
    return found


def _at_the_time(reports: Reports, draft: Draft, when: Timespan | None, point: tuple[Point, PlacePrecision] | None) -> Reports:
    """Return the nearest of the reports whose time is near the draft's or unknown. A draft without a time is compared with such others alone."""
    is_undated = Q(begins=None)
    if when is None or when.starts_at is None or when.ends_at is None:
        return reports.filter(is_undated).order_by("-id")[:UNDATED]
    lo, hi = when.starts_at - matching.GRACE, min(when.ends_at, when.starts_at + LONGEST) + matching.GRACE
    # A day without an instant is filed under its midnight in UTC, and is taken to be a day of the draft's zone.
    shift = when.starts_at.astimezone(draft.zone).utcoffset() or NO_TIME
    begins_near = Q(begins__range=(lo - SHORT + min(shift, NO_TIME), hi + max(shift, NO_TIME)))
    begins_near &= Q(starts_at=None) | Q(starts_at__lte=hi, ends_at__gte=lo)
    lasts_until = Q(begins__range=(lo - LONGEST, lo - SHORT), lasting__gt=SHORT, ends_at__gte=lo)
    far: Any = Case(When(violation_type=draft.violation_type, then=0.0), default=0.5, output_field=FloatField())
    far += Coalesce(Abs(_Seconds(F("begins") - Value(when.starts_at))) / 86_400.0, 1.0)
    if point is not None:
        degrees = (matching.reach_km(point[1]) or DISTRICT_KM) / KM_PER_DEGREE
        at = {name: Cast(Coalesce(name, Value(getattr(point[0], name))), FloatField()) for name in ("latitude", "longitude")}
        far += (Abs(at["latitude"] - point[0].latitude) + Abs(at["longitude"] - point[0].longitude)) / (2 * degrees)
    return reports.filter(begins_near | lasts_until | is_undated).order_by(far, "-id")[:CONSIDERED]


def _places(draft: Draft, point: tuple[Point, PlacePrecision] | None) -> QuerySet[Place]:
    """Return the places that reports near the draft may name: its own, the two that it lies in, and those around it."""
    own = draft.place
    above = own.parent if own else None
    named = Q(pk__in=[pk for pk in (own and own.pk, own and own.parent_id, above and above.parent_id) if pk])
    if point is not None:
        # A report may say that it means the district of a town, so that every place within a district's reach is asked.
        south, west, north, east = _box(point[0], max(matching.reach_km(point[1]) or 0, DISTRICT_KM))
        named |= Q(latitude__range=(south, north), longitude__range=(west, east))
    return Place.objects.filter(named).order_by()


def _box(point: Point, km: float) -> tuple[float, float, float, float]:
    """Return the southern, western, northern and eastern edge of what lies within so many kilometres."""
    high = km / KM_PER_DEGREE
    wide = min(180.0, high / max(0.01, math.cos(math.radians(point.latitude))))
    return point.latitude - high, point.longitude - wide, point.latitude + high, point.longitude + wide


def _cells(point: tuple[Point, PlacePrecision]) -> list[int]:
    """Return the squares in which reports near a point may lie. Where the draft is exact, others may be as vague as a town or a district."""
    at, reach = point[0], matching.reach_km(point[1]) or 0
    return [*cells(at, max(reach, TOWN_KM), FINE), *cells(at, max(reach, DISTRICT_KM), COARSE)]


def _point(draft: Draft) -> tuple[Point, PlacePrecision] | None:
    """Return where the draft is and how exactly that is known: by its coordinates, or by its place's."""
    precision = draft.place_precision or (draft.place.precision if draft.place else "")
    latitude, longitude = draft.latitude, draft.longitude
    if (latitude is None or longitude is None) and draft.place:
        latitude, longitude = draft.place.latitude, draft.place.longitude
    if latitude is None or longitude is None:
        return None
    known = PlacePrecision(precision) if precision in PlacePrecision.values else PlacePrecision.POINT
    return Point(float(latitude), float(longitude), METRES_OF[known]), known


def _span(starts_at: datetime | None, ends_at: datetime | None, day: date | None, precision: str, zone: ZoneInfo) -> Timespan | None:
    """Return when it was: the instants known, or the whole local day where only that is."""
    known = TimePrecision(precision)
    if starts_at is not None:
        return Timespan(known, starts_at, ends_at or starts_at, day)
    if day is None:
        return None
    starts_at = datetime.combine(day, time(), zone).astimezone(UTC)
    return Timespan(known, starts_at, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC), day)


def _sketch_of_draft(draft: Draft) -> Sketch:
    point = _point(draft)
    return Sketch(
        type=ViolationType(draft.violation_type) if draft.violation_type in ViolationType.values else None,
        when=_span(draft.starts_at, draft.ends_at, draft.occurred_on, draft.time_precision, draft.zone),
        point=point[0] if point else None,
        precision=point[1] if point else None,
        place=str(draft.place.pk) if draft.place else "",
        source=str(draft.source_id or ""),
        link=draft.link,
        wording=draft.wording or draft.summary,
    )


def _sketch_of_row(row: dict[str, Any], zone: ZoneInfo) -> Sketch:
    precision = PlacePrecision(row["as_exactly_as"]) if row["as_exactly_as"] else None
    return Sketch(
        type=ViolationType(row["violation_type"]),
        when=_span(row["starts_at"], row["ends_at"], row["occurred_on"], row["time_precision"], zone),
        point=Point(row["at_latitude"], row["at_longitude"]) if row["at_latitude"] is not None else None,
        precision=precision,
        place=str(row["place_id"] or ""),
        source=str(row["at_source"] or ""),
        link=row["at_link"],
        wording=row["said"] or row["summary"],
    )
