"""Where convoys came from, passed and were bound, drawn on the server as points and lines with a scale. Only of convoys that a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from incidents.models import Place
from incidents.rules import labels
from incidents.rules.labels import Label
from incidents.views.desk import base_map, frames
from incidents.views.desk.base_map import Under
from incidents.views.desk.convoy_board import Shown
from incidents.views.desk.frames import Bar

WIDTH, HEIGHT, MARGIN = 960, 560, 60
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
    missing: list[Shown]
    bar: Bar | None = None
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
        return Map([], [], missing)
    frame = frames.around([(*_at(place), 0) for place in known], WIDTH, HEIGHT, margin=MARGIN, least=SMALLEST_SPAN)
    ways: list[Way] = []
    points: dict[int, Point] = {}
    for row, places in drawn:
        here = [Point(x, y, place.label, place == row.convoy.destination) for place in places for x, y in [frame.project(*_at(place))]]
        ways.append(
            Way(row, " ".join(f"{'M' if not index else 'L'}{point.x:.1f} {point.y:.1f}" for index, point in enumerate(here)), here, _said(places))
        )
        points |= {place.pk: point for place, point in zip(places, here, strict=True)}
    return Map(ways, _named(list(points.values())), missing, frame.bar, base_map.under(frame.window, frame.project))


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


def _said(places: list[Place]) -> str:
    return " ".join(f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in map(_at, places))


def _at(place: Place) -> tuple[float, float]:
    return float(place.latitude or 0), float(place.longitude or 0)
