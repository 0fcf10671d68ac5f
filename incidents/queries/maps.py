"""Reports on a map: gathered in the database into the cells of a grid, as this reader is shown points, with how many accuse each side.

What the reader may not see is in no cell and in no number: all begins at `reports.narrowed`. The marks of a window hold exactly the
reports that the list has for the same box.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, FloatField, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Floor

from incidents.models import Agreement, Place, Report
from incidents.queries import narrowing, reports, sides, visibility, withholding
from incidents.queries.filters import MapFilter, ReportFilter
from incidents.queries.visibility import Reader
from incidents.rules import zooms
from incidents.rules.boxes import Box
from incidents.vocabulary import PlacePrecision

NOBODY = ""
# Where all that is asked for lies at one point, this much around it is shown, in degrees.
AROUND = Decimal("0.15")
# What fills a window is gathered at this zoom level first: cells of others before it are made of its cells.
FINE = 9
# So many places are named on a map, and of these kinds.
NAMES = 60
TOWNS = (PlacePrecision.TOWN, PlacePrecision.NEIGHBOURHOOD, PlacePrecision.POINT)


@dataclass(frozen=True)
class Mark:
    """Reports that lie near one another: in the middle of them, what they span, and how many accuse each side.

    `NOBODY` collects whoever is on no side. `place` is the one that most of them name, and `places` how many they name. A mark of
    a single report has that.
    """

    latitude: float
    longitude: float
    box: Box
    counts: dict[str, int]
    place: Place | None
    places: int
    report: Report | None = None

    @property
    def total(self) -> int:
        """Return how many reports lie here."""
        return sum(self.counts.values())

    @property
    def is_point(self) -> bool:
        """Return whether all of them lie at one point: no zoom takes them apart."""
        return (self.box.west, self.box.south) == (self.box.east, self.box.north)


@dataclass(frozen=True)
class Marks:
    """The marks of a window, those of most reports first; the window; and how many reports asked for have no coordinates, or lie outside of it."""

    marks: list[Mark] = field(default_factory=list)
    window: Box | None = None
    zoom: int = zooms.LEAST
    unplaced: int = 0
    outside: int = 0

    @property
    def total(self) -> int:
        """Return how many reports lie in the window."""
        return sum(mark.total for mark in self.marks)


def of(reader: Reader, agreement: Agreement, asked: MapFilter, width: int, height: int) -> Marks:
    """Return the marks of the window asked for; without one, of the window of so many pixels that shows all there is."""
    rows = _located(reports.narrowed(reader, of_reports(replace(asked, box=None))))
    if asked.box is None:
        return _of_all(reader, agreement, rows, width, height)
    zoom = asked.zoom or zooms.fits(asked.box, width, height)
    inside = _located(reports.narrowed(reader, of_reports(asked)))
    marks = _marks(reader, agreement, _parts(agreement, inside, zoom))
    whole = rows.aggregate(all=Count("pk"), placed=Count("lat"))
    return Marks(marks, asked.box, zoom, whole["all"] - whole["placed"], whole["placed"] - sum(mark.total for mark in marks))


def _of_all(reader: Reader, agreement: Agreement, rows: QuerySet[Report], width: int, height: int) -> Marks:
    """Return the marks of all there is: gathered once, finer than is shown, as the window that shows it is not known before."""
    found = _parts(agreement, rows, FINE)
    parts = [part for part in found if part["row"] is not None]
    unplaced = sum(part["number"] for part in found) - sum(part["number"] for part in parts)
    if not parts:
        return Marks(unplaced=unplaced)
    window = _extent(parts)
    zoom = zooms.fits(window, width, height)
    if zoom > FINE:
        parts = [part for part in _parts(agreement, rows, zoom) if part["row"] is not None]
    else:
        for part in parts:
            part["row"], part["column"] = part["row"] // 2 ** (FINE - zoom), part["column"] // 2 ** (FINE - zoom)
    return Marks(_marks(reader, agreement, parts), window, zoom, unplaced)


def named(reader: Reader, window: Box) -> list[Place]:
    """Return the gazetteer's places in a window, those that are known widest first; none that is finer than the grid that a reader is on."""
    told = set(withholding.named_on_maps(reader)).intersection(TOWNS)
    places = Place.objects.filter(narrowing.is_in(window, "latitude", "longitude"), precision__in=told)
    return list(places.order_by(Case(*(When(precision=one, then=Value(at)) for at, one in enumerate(TOWNS))), "name")[:NAMES])


def of_reports(asked: ReportFilter) -> ReportFilter:
    """Return what is asked of reports, without how near the map is."""
    return ReportFilter(**{name: getattr(asked, name) for name in ReportFilter.names()})


def _located(rows: QuerySet[Report]) -> QuerySet[Report]:
    """Return the reports with where they lie. One without a point of its own lies where its place does."""
    return rows.order_by().annotate(lat=Coalesce("latitude", "place__latitude"), lon=Coalesce("longitude", "place__longitude"))


def _extent(parts: list[dict[str, Any]]) -> Box:
    box = _span(parts)
    return box if box.east - box.west > AROUND or box.north - box.south > AROUND else zooms.around(box, AROUND)


def _span(parts: list[dict[str, Any]]) -> Box:
    """Return the box that holds all of these parts."""
    south, north = min(part["south"] for part in parts), max(part["north"] for part in parts)
    return Box(min(part["west"] for part in parts), south, max(part["east"] for part in parts), north)


def _parts(agreement: Agreement, rows: QuerySet[Report], zoom: int) -> list[dict[str, Any]]:
    """Return how many of these reports lie in each cell at a zoom level, by place and side: one grouping, in which nothing need be sorted.

    What has no coordinates has no row.
    """
    camps = sides.camps(agreement)
    whens = [When(Q(accused_side=side) | sides.stood_on(camps, {letter}), then=Value(letter)) for letter, side in camps.sides.items()]
    latitude, longitude, cell = Cast("lat", FloatField()), Cast("lon", FloatField()), zooms.cell(zoom)
    letter = Case(*whens, default=Value(NOBODY), output_field=CharField())
    grouped: Any = (
        rows.annotate(letter=letter, row=Floor(latitude / cell), column=Floor(longitude / cell))
        .values("row", "column", "place", "letter")
        .annotate(
            number=Count("pk"),
            newest=Max("pk"),
            down=Sum(latitude),
            along=Sum(longitude),
            south=Min("lat"),
            west=Min("lon"),
            north=Max("lat"),
            east=Max("lon"),
        )
    )
    return list(grouped)


def _marks(reader: Reader, agreement: Agreement, parts: list[dict[str, Any]]) -> list[Mark]:
    """Return the marks that these parts make, those of most reports first, with the places and the single reports that they name."""
    letters = list(sides.camps(agreement).sides)
    cells: dict[tuple[float, float], list[dict[str, Any]]] = {}
    for part in parts:
        cells.setdefault((part["row"], part["column"]), []).append(part)
    found = sorted((_cell(at, parts) for at, parts in cells.items()), key=lambda one: (-one["number"], one["at"]))
    places = Place.objects.in_bulk({one["named"] for one in found if one["named"] is not None})
    single = _single(reader, [one["newest"] for one in found if one["number"] == 1])
    return [_mark(one, letters, places, single) for one in found]


def _cell(at: tuple[float, float], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what lies in one cell, of its parts by place and side. It is named after the place of most of its reports."""
    number = sum(part["number"] for part in parts)
    of_place: Counter[int] = Counter()
    against: Counter[str] = Counter()
    for part in parts:
        against[part["letter"]] += part["number"]
        if part["place"] is not None:
            of_place[part["place"]] += part["number"]
    return {
        "at": at,
        "number": number,
        "newest": max(part["newest"] for part in parts),
        "middle": sum(part["down"] for part in parts) / number,
        "across": sum(part["along"] for part in parts) / number,
        "box": _span(parts),
        "named": min(of_place, key=lambda place: (-of_place[place], place), default=None),
        "places": len(of_place),
        "against": against,
    }


def _single(reader: Reader, keys: Iterable[int]) -> dict[int, Report]:
    """Return these reports by key, as lists show them."""
    return {report.pk: report for report in reports.joined(reader, visibility.reports(reader).filter(pk__in=keys))}


def _mark(row: dict[str, Any], letters: list[str], places: dict[Any, Place], single: dict[int, Report]) -> Mark:
    counts = {letter: row["against"][letter] for letter in letters if row["against"][letter]}
    if others := row["number"] - sum(counts.values()):
        counts[NOBODY] = others
    return Mark(
        latitude=row["middle"],
        longitude=row["across"],
        box=row["box"],
        counts=counts,
        place=places.get(row["named"]),
        places=row["places"],
        report=single.get(row["newest"]) if row["number"] == 1 else None,
    )
