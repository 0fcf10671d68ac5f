"""The reports asked for on a map: per mark a half-disc for each of the two sides, with a list that says the same.

The list is the map: what a script draws, it reads from there, and without a script a picture from the server stands beside it.
"""

import math
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.models import Agreement, Report
from incidents.queries import maps, sides
from incidents.queries.filters import MapFilter, ReportFilter
from incidents.queries.maps import Mark, Marks
from incidents.queries.sides import Camps
from incidents.queries.visibility import Reader
from incidents.rules import labels, zooms
from incidents.rules.boxes import Box
from incidents.rules.labels import Label
from incidents.views.desk import accused, base_map, frames, rows
from incidents.views.desk.base_map import Under
from incidents.views.desk.frames import Frame
from incidents.vocabulary import METRES_OF, Located, PlacePrecision

WIDTH, HEIGHT, MARGIN = 960, 600, 60
Size = tuple[int, int]
# The radius of the half-disc with most reports, of the least that can still be seen, and how many reports the largest is at least for.
LARGEST, SMALLEST, LEAST_MOST = 26.0, 5.0, 20
# Half of what stands on the left, half on the right: whoever is on no side, or on a third, is a ring around.
LEFT, RIGHT = "A", "B"
# From this zoom level on the gazetteer's places are named.
NAMED_FROM = 9


@dataclass(frozen=True)
class Count:
    """How many reports of one mark accuse one side."""

    mark: str
    letter: str
    label: str
    number: int


@dataclass(frozen=True)
class Disc:
    """A mark on the map and in the list. Radii are 0 where nothing is reported against that side.

    `metres` is how exactly a single report knows, None where that is no circle; `nearer` the map of what the mark holds, "" where
    no zoom takes it apart; `here` the reports in it; `written` where its name stands on the picture, None where there is no room.
    """

    mark: Mark
    x: float
    y: float
    left: float
    right: float
    ring: float
    circle: float
    metres: int | None
    is_vague: bool
    name: str
    detail: str
    label: str
    counts: list[Count]
    address: str
    nearer: str
    here: str
    written: Label | None = None

    @property
    def left_path(self) -> str:
        """Return the half on the left as a path."""
        return _half(self.x, self.y, self.left, 0)

    @property
    def right_path(self) -> str:
        """Return the half on the right as a path."""
        return _half(self.x, self.y, self.right, 1)

    @property
    def latitude(self) -> str:
        """Return the latitude as a script reads it."""
        return f"{self.mark.latitude:.6f}"

    @property
    def longitude(self) -> str:
        """Return the longitude as a script reads it."""
        return f"{self.mark.longitude:.6f}"

    @property
    def place(self) -> str:
        """Return the name that stands at the mark."""
        return self.mark.place.label if self.mark.place else ""

    @property
    def total(self) -> int:
        """Return how many reports the mark holds."""
        return self.mark.total


@dataclass(frozen=True)
class Map:
    """What is drawn and listed, what lies under it, and from nearby the names of places with their points.

    `lacking` is the list of the reports asked for that have no coordinates.
    """

    found: Marks
    discs: list[Disc]
    under: Under | None
    width: int = WIDTH
    height: int = HEIGHT
    named: list[tuple[str, str]] = field(default_factory=list)
    lacking: str = ""

    @property
    def unplaced(self) -> int:
        """Return how many of the reports asked for have no coordinates."""
        return self.found.unplaced


def of(reader: Reader, agreement: Agreement, asked: ReportFilter, size: Size = (WIDTH, HEIGHT)) -> Map:
    """Return the map of the reports asked for: of the window asked for, if there is one."""
    asked = asked if isinstance(asked, MapFilter) else MapFilter(**vars(asked))
    found = maps.of(reader, agreement, asked, *size)
    if found.window is None:
        return Map(found, [], None, *size, lacking=_lacking(asked))
    frame = _frame(found.window, size)
    camps = sides.camps(agreement)
    most = max([LEAST_MOST, *(number for mark in found.marks for number in mark.counts.values())])
    drawn = _Drawing(frame, most, camps, [accused.of_side(side) for side in camps.sides.values()], asked)
    named = maps.named(reader, found.window) if found.zoom >= NAMED_FROM else []
    places = [(place.label, f"{place.latitude},{place.longitude}") for place in named]
    discs = _written([drawn.disc(mark) for mark in found.marks], size)
    return Map(found, discs, base_map.under(frame.window, frame.project), *size, named=places, lacking=_lacking(asked))


def _lacking(asked: MapFilter) -> str:
    """Return the address of those of the reports asked for that no map shows: they lie in no window, and so none is asked of them."""
    said = replace(maps.of_reports(asked), box=None, coordinates=Located.WITHOUT.value)
    return f"{reverse('reports')}?{urlencode(said.as_params())}"


def _written(discs: list[Disc], size: Size) -> list[Disc]:
    """Return the discs with where their names stand. Those of most reports, which come first, have the first choice."""
    spots = [labels.Spot(disc.x, disc.y, disc.place, max(disc.left, disc.right, disc.ring)) for disc in discs]
    return [replace(disc, written=label if disc.place else None) for disc, label in zip(discs, labels.laid(spots, *size), strict=True)]


def _frame(box: Box, size: Size) -> Frame:
    """Return the frame that shows a box; over the 180th meridian its east lies beyond."""
    west, east = float(box.west), float(box.west) + zooms.width_of(box)
    return frames.around([(float(box.south), west, 0), (float(box.north), east, 0)], *size, margin=MARGIN, least=0.001)


@dataclass(frozen=True)
class _Drawing:
    """What all marks of one picture have in common."""

    frame: Frame
    most: int
    camps: Camps
    sides: list[accused.Accused]
    asked: MapFilter

    def disc(self, mark: Mark) -> Disc:
        """Return the mark as drawn. The area of a half is as large as its reports are many, on one scale for all."""
        x, y = self.frame.project(mark.latitude, mark.longitude)
        others = sum(number for code, number in mark.counts.items() if code not in (LEFT, RIGHT))
        metres, is_vague = _known_to(mark.report) if mark.report else (None, False)
        counts = self._counts(mark)
        name, detail = self._said(mark)
        listed = f"{reverse('reports')}?{urlencode(maps.of_reports(self.asked).as_params() | {'box': str(mark.box)})}"
        return Disc(
            mark=mark,
            x=round(x, 1),
            y=round(y, 1),
            left=self._radius(mark.counts.get(LEFT, 0)),
            right=self._radius(mark.counts.get(RIGHT, 0)),
            ring=self._radius(others),
            circle=round(metres / 1000 * self.frame.per_km, 1) if metres else 0,
            metres=metres,
            is_vague=is_vague,
            name=name,
            detail=detail,
            label="; ".join([name, *([detail] if detail else []), *(f"{count.label} {count.number}" for count in counts)]),
            counts=counts,
            address=reverse("report", args=[mark.report.public_id]) if mark.report else listed,
            nearer="" if mark.is_point else _nearer(mark, self.asked),
            here="" if mark.report else f"{reverse('map-here')}?{listed.partition('?')[2]}",
        )

    def _radius(self, number: int) -> float:
        return round(max(LARGEST * math.sqrt(number / self.most), SMALLEST), 1) if number else 0

    def _counts(self, mark: Mark) -> list[Count]:
        counts = [Count(side.mark, side.letter, side.label, mark.counts[side.side]) for side in self.sides if mark.counts.get(side.side)]
        if others := mark.counts.get(maps.NOBODY):
            counts.append(Count(accused.mark_of(None), accused.letter_of(None), _("Nobody, or on no side"), others))
        return counts

    def _said(self, mark: Mark) -> tuple[str, str]:
        """Return the name of a mark and what is said beside it: of a single report its reference, type and time."""
        place = mark.place.label if mark.place else f"{mark.latitude:.3f}, {mark.longitude:.3f}"
        if mark.report:
            row = rows.row(mark.report, self.camps)
            return " · ".join([mark.report.reference, row.place or place]), " · ".join([str(mark.report.get_violation_type_display()), row.when])
        others = mark.places - 1
        if others < 1:
            return place, ""
        said = ngettext("%(place)s and %(number)d other place", "%(place)s and %(number)d other places", others)
        return said % {"place": place, "number": others}, ""


def _known_to(report: Report) -> tuple[int | None, bool]:
    """Return how exactly a report knows its place, in metres; and whether that is no better than a governorate."""
    precision = report.place_precision if report.latitude is not None else report.place.precision if report.place else ""
    metres = METRES_OF[PlacePrecision(precision)] if precision else None
    return metres, bool(precision) and metres is None


def _nearer(mark: Mark, asked: MapFilter) -> str:
    """Return the map of what lies in this mark, with a tenth of it around."""
    wide = Decimal(round(zooms.width_of(mark.box) / 10, 6)).quantize(Decimal("0.000001"))
    box = zooms.around(mark.box, max(wide, (mark.box.north - mark.box.south) / 10, Decimal("0.001")).quantize(Decimal("0.000001")))
    closer = replace(asked, box=box, zoom=zooms.fits(box, WIDTH, HEIGHT))
    return f"{reverse('map')}?{urlencode(closer.as_params())}"


def _half(x: float, y: float, radius: float, turn: int) -> str:
    """Return half a disc around a point: from the top, counter-clockwise on the left (0), clockwise on the right (1)."""
    return f"M{x:.1f} {y - radius:.1f}A{radius:.1f} {radius:.1f} 0 0 {turn} {x:.1f} {y + radius:.1f}Z" if radius else ""
