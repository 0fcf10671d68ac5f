"""The reports asked for on a map drawn by the server: per place a half-disc for each of the two sides, with a list that says the same."""

import math
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from incidents.models import Agreement
from incidents.queries import reported_places
from incidents.queries.filters import ReportFilter
from incidents.queries.reported_places import Spot
from incidents.queries.visibility import Reader
from incidents.views.desk import accused, base_map
from incidents.views.desk.base_map import Under, Window

WIDTH, HEIGHT, MARGIN = 960, 600, 60
SMALLEST_SPAN = 0.3
LARGEST = 34.0
LISTED = 200
# Half of what stands on the left, half on the right: whoever is on no side, or on a third, is a ring around.
LEFT, RIGHT = "A", "B"


@dataclass(frozen=True)
class Count:
    """How many reports of one place accuse one side."""

    mark: str
    letter: str
    label: str
    number: int


@dataclass(frozen=True)
class Disc:
    """A place on the map and in the list: half-discs by their radius, 0 where nothing is reported against that side."""

    x: float
    y: float
    left: str
    right: str
    ring: float
    name: str
    total: int
    counts: list[Count]
    address: str


@dataclass(frozen=True)
class Map:
    """What is drawn and listed, and how many reports have no coordinates."""

    discs: list[Disc]
    unplaced: int
    is_all: bool
    under: Under | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def listed(self) -> list[Disc]:
        """Return the places with most reports."""
        return self.discs[:LISTED]


def of(reader: Reader, agreement: Agreement, asked: ReportFilter) -> Map:
    """Return the map of the reports asked for."""
    placed = reported_places.of(reader, agreement, asked)
    if not placed.spots:
        return Map([], placed.unplaced, placed.is_all, None)
    most = max(max(spot.counts.values()) for spot in placed.spots)
    latitudes, longitudes = [spot.latitude for spot in placed.spots], [spot.longitude for spot in placed.spots]
    middle_y, middle_x = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
    shrink = max(math.cos(math.radians(middle_y)), 0.05)
    wide = max((max(longitudes) - min(longitudes)) * shrink, SMALLEST_SPAN)
    tall = max(max(latitudes) - min(latitudes), SMALLEST_SPAN)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / tall)

    def project(latitude: float, longitude: float) -> tuple[float, float]:
        return WIDTH / 2 + (longitude - middle_x) * shrink * scale, HEIGHT / 2 - (latitude - middle_y) * scale

    across, up = WIDTH / 2 / scale / shrink, HEIGHT / 2 / scale
    window = Window(middle_x - across, middle_y - up, middle_x + across, middle_y + up)
    labels = [accused.of_side(side) for side in agreement.sides.all()]
    discs = [_disc(spot, *project(spot.latitude, spot.longitude), most, labels, asked) for spot in placed.spots]
    return Map(discs, placed.unplaced, placed.is_all, base_map.under(window, project))


def _disc(spot: Spot, x: float, y: float, most: int, labels: list[accused.Accused], asked: ReportFilter) -> Disc:
    """Return the place as drawn. The area of a half is as large as its reports are many, on one scale for all."""
    sizes = {code: LARGEST * math.sqrt(number / most) for code, number in spot.counts.items()}
    others = sum(number for code, number in spot.counts.items() if code not in (LEFT, RIGHT))
    counts = [Count(side.mark, side.letter, side.label, spot.counts[side.side]) for side in labels if spot.counts.get(side.side)]
    if nobody := spot.counts.get(reported_places.NOBODY):
        counts.append(Count(accused.mark_of(None), accused.letter_of(None), "", nobody))
    return Disc(
        x=round(x, 1),
        y=round(y, 1),
        left=_half(x, y, sizes.get(LEFT, 0), 0),
        right=_half(x, y, sizes.get(RIGHT, 0), 1),
        ring=round(LARGEST * math.sqrt(others / most), 1),
        name=spot.place.label if spot.place else f"{spot.latitude:.3f}, {spot.longitude:.3f}",
        total=spot.total,
        counts=counts,
        address=_address(spot, asked),
    )


def _half(x: float, y: float, radius: float, turn: int) -> str:
    """Return half a disc around a point: from the top, counter-clockwise on the left (0), clockwise on the right (1)."""
    return f"M{x:.1f} {y - radius:.1f}A{radius:.1f} {radius:.1f} 0 0 {turn} {x:.1f} {y + radius:.1f}Z" if radius else ""


def _address(spot: Spot, asked: ReportFilter) -> str:
    """Return the list of what lies at this point."""
    box = ",".join(f"{at:.6f}" for at in (spot.longitude, spot.latitude, spot.longitude, spot.latitude))
    return f"{reverse('reports')}?{urlencode(asked.as_params() | {'box': box})}"
