"""Areas drawn as a small picture: their outlines over the base map, north up, without tiles or scripts."""

from collections.abc import Iterable
from dataclasses import dataclass

from incidents.errors import RuleBroken
from incidents.models import AgreementArea
from incidents.rules import areas
from incidents.views.desk import base_map, frames
from incidents.views.desk.base_map import Under
from incidents.views.desk.frames import Bar, Frame
from incidents.vocabulary import METRES_OF, PlacePrecision

WIDTH, HEIGHT, MARGIN = 360, 320, 30
# One small area is not blown up to nothing but itself, in degrees.
LEAST = 0.05
# A place without a radius of its own, such as a governorate, is drawn as a dot: its outline is not known.
DOT = 4.0
# How much ground is shown around such a place, in kilometres.
AROUND = 3.0


@dataclass(frozen=True)
class Shape:
    """One area on the picture: a path of outlines with their holes, or a circle around a place. Numbers are written as SVG reads them."""

    name: str
    is_excluded: bool
    path: str = ""
    x: str = ""
    y: str = ""
    radius: str = ""


@dataclass(frozen=True)
class Map:
    """A picture of areas: what is on it, the scale bar, and what lies under it."""

    shapes: list[Shape]
    bar: Bar
    under: Under | None
    width: int = WIDTH
    height: int = HEIGHT


def of(found: Iterable[AgreementArea]) -> Map | None:
    """Return the picture of these areas; None where nothing of them can be drawn."""
    drawn = [(area, points) for area in found if (points := points_of(area))]
    if not drawn:
        return None
    frame = frames.around([point for _area, points in drawn for point in points], WIDTH, HEIGHT, margin=MARGIN, least=LEAST)
    return Map([_shape(area, frame) for area, _points in drawn], frame.bar, base_map.under(frame.window, frame.project))


def rings_of(area: AgreementArea) -> list[areas.Ring]:
    """Return the outlines and holes; none where there is no shape, or one that is not understood."""
    if area.geometry is None:
        return []
    try:
        return [ring for polygon in areas.polygons(area.geometry) for ring in polygon]
    except RuleBroken:
        return []


def has_outline(area: AgreementArea) -> bool:
    """Return whether it is known how far the area reaches: a governorate is known by its middle alone."""
    return bool(rings_of(area)) or bool(area.place and points_of(area) and METRES_OF[PlacePrecision(area.place.precision)])


def points_of(area: AgreementArea) -> list[tuple[float, float, float]]:
    """Return what of the ground an area takes: the corners of its outlines, or its place with how far that reaches in kilometres."""
    if rings := rings_of(area):
        return [(float(lat), float(lon), 0.0) for ring in rings for lon, lat, *_height in ring]
    if area.place is None or area.place.latitude is None or area.place.longitude is None:
        return []
    metres = METRES_OF[PlacePrecision(area.place.precision)]
    return [(float(area.place.latitude), float(area.place.longitude), metres / 1000 if metres else AROUND)]


def _shape(area: AgreementArea, frame: Frame) -> Shape:
    if rings := rings_of(area):
        walks = [[frame.project(float(lat), float(lon)) for lon, lat, *_height in ring] for ring in rings]
        path = " ".join("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in walk) + "Z" for walk in walks)
        return Shape(area.name, area.is_excluded, path=path)
    assert area.place
    x, y = frame.project(float(area.place.latitude or 0), float(area.place.longitude or 0))
    metres = METRES_OF[PlacePrecision(area.place.precision)]
    radius = max(metres / 1000 * frame.per_km if metres else 0, DOT)
    return Shape(area.name, area.is_excluded, x=f"{x:.1f}", y=f"{y:.1f}", radius=f"{radius:.1f}")
