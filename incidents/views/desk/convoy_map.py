"""Where convoys came from, passed and were bound, drawn on the server as points and lines with a scale. Only of convoys that a reader may see."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from incidents.models import Place
from incidents.rules import labels
from incidents.rules.labels import Label
from incidents.views.desk import base_map
from incidents.views.desk.base_map import Projection, Under, Window
from incidents.views.desk.convoy_board import Shown

WIDTH, HEIGHT, MARGIN = 960, 560, 60
KM_PER_DEGREE = 111.32
SCALE = 60  # what the scale takes of the height
SMALLEST_SPAN = 0.2  # degrees: one place alone is not blown up to nothing


@dataclass(frozen=True)
class Point:
    """A place on the map."""

    x: float
    y: float
    name: str
    is_end: bool
    label: Label | None = None


@dataclass(frozen=True)
class Way:
    """One convoy's way over the places of it whose coordinates are known; `at` are these, as a script reads them."""

    shown: Shown
    path: str
    points: list[Point]
    at: str = ""


@dataclass(frozen=True)
class Map:
    """What is drawn, how far the scale reaches, and which convoys have no place to be drawn at."""

    ways: list[Way]
    places: list[Point]
    scale_width: float
    scale_km: int
    missing: list[Shown]
    under: Under | None = None
    width: int = WIDTH
    height: int = HEIGHT


def of(rows: Iterable[Shown]) -> Map:
    """Return the map of these convoys."""
    found = [(row, _places(row)) for row in rows]
    drawn = [(row, places) for row, places in found if places]
    missing = [row for row, places in found if not places]
    known = [place for _row, places in drawn for place in places]
    if not known:
        return Map([], [], 0, 0, missing)
    project, window, pixels_per_km = _projection(known)
    ways: list[Way] = []
    points: dict[int, Point] = {}
    for row, places in drawn:
        here = [Point(x, y, place.label, place == row.convoy.destination) for place in places for x, y in [project(*_at(place))]]
        ways.append(
            Way(row, " ".join(f"{'M' if not index else 'L'}{point.x:.1f} {point.y:.1f}" for index, point in enumerate(here)), here, _said(places))
        )
        points |= {place.pk: point for place, point in zip(places, here, strict=True)}
    kilometres = _round(140 / pixels_per_km)
    return Map(ways, _named(list(points.values())), kilometres * pixels_per_km, kilometres, missing, base_map.under(window, project))


def _named(points: list[Point]) -> list[Point]:
    """Return the places with where their names stand: those that convoys were bound for before those on the way."""
    points = sorted(points, key=lambda point: not point.is_end)
    spots = [labels.Spot(point.x, point.y, point.name) for point in points]
    return [replace(point, label=label) for point, label in zip(points, labels.laid(spots, WIDTH, HEIGHT - SCALE), strict=True)]


def _places(row: Shown) -> list[Place]:
    convoy = row.convoy
    way = [convoy.origin, *(point.place for point in convoy.checkpoints.all()), convoy.destination]
    told = [event.place for event in row.journey.events]
    # Without a way as planned, where it was reported; without that, nowhere.
    found = [place for place in (way if any(way) else told) if place is not None and place.latitude is not None]
    return [place for index, place in enumerate(found) if not index or place != found[index - 1]]


def _projection(places: list[Place]) -> tuple[Projection, Window, float]:
    """Return what places a point, north up, what ground is shown, and how many pixels a kilometre takes; east and north have the same scale."""
    latitudes, longitudes = [float(place.latitude or 0) for place in places], [float(place.longitude or 0) for place in places]
    south, west = min(latitudes), min(longitudes)
    shrink = math.cos(math.radians((south + max(latitudes)) / 2))
    wide = max((max(longitudes) - west) * shrink, SMALLEST_SPAN)
    high = max(max(latitudes) - south, SMALLEST_SPAN)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    left, bottom = (WIDTH - (max(longitudes) - west) * shrink * scale) / 2, (HEIGHT + (max(latitudes) - south) * scale) / 2

    def project(latitude: float, longitude: float) -> tuple[float, float]:
        return left + (longitude - west) * shrink * scale, bottom - (latitude - south) * scale

    window = Window(west - left / shrink / scale, south - (HEIGHT - bottom) / scale, west + (WIDTH - left) / shrink / scale, south + bottom / scale)
    return project, window, scale / KM_PER_DEGREE


def _said(places: list[Place]) -> str:
    return " ".join(f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in map(_at, places))


def _at(place: Place) -> tuple[float, float]:
    return float(place.latitude or 0), float(place.longitude or 0)


def _round(kilometres: float) -> int:
    """Return the largest of 1, 2 or 5 times a power of ten that is no more than this; 1 at least."""
    power: int = 10 ** max(0, math.floor(math.log10(max(kilometres, 1))))
    return max(step * power for step in (1, 2, 5) if step * power <= max(kilometres, 1))
