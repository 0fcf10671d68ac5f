"""Areas drawn as a small picture: their outlines on a plane, north up, without tiles, scripts or borders."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from incidents.errors import RuleBroken
from incidents.models import AgreementArea, Place
from incidents.rules import areas
from incidents.rules.areas import METRES_PER_DEGREE
from incidents.vocabulary import METRES_OF, PlacePrecision

WIDTH, TALLEST, EDGE = 320, 320, 12
# A place without a radius of its own, such as a governorate, is drawn as a dot: its outline is not known.
DOT = 4.0


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
    """A picture of areas: how large it is, what is on it, and how many kilometres its scale bar of `bar` units means."""

    width: int
    height: int
    shapes: list[Shape]
    bar: str
    kilometres: int


@dataclass(frozen=True)
class _Plane:
    """From degrees to the picture: equirectangular on the middle latitude, which bends little over one country."""

    west: float
    north: float
    shrink: float
    scale: float

    def x(self, longitude: float) -> float:
        return round(EDGE + (longitude - self.west) * self.shrink * self.scale, 1)

    def y(self, latitude: float) -> float:
        return round(EDGE + (self.north - latitude) * self.scale, 1)


def of(found: Iterable[AgreementArea]) -> Map | None:
    """Return the picture of these areas; None where nothing of them can be drawn."""
    drawn = [area for area in found if _rings(area) or _has_point(area.place)]
    corners = [corner for area in drawn for corner in _corners(area)]
    if not corners:
        return None
    west, east = min(lon for lon, _lat in corners), max(lon for lon, _lat in corners)
    south, north = min(lat for _lon, lat in corners), max(lat for _lon, lat in corners)
    shrink = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide, tall = (east - west) * shrink or 0.05, (north - south) or 0.05
    scale = min((WIDTH - 2 * EDGE) / wide, (TALLEST - 2 * EDGE) / tall)
    plane = _Plane(west, north, shrink, scale)
    kilometres = _round_down((WIDTH / 3) / scale * METRES_PER_DEGREE / 1000)
    bar = str(round(kilometres * 1000 / METRES_PER_DEGREE * scale, 1))
    # Room under the picture for the bar.
    height = round(tall * scale) + 2 * EDGE + 20
    return Map(WIDTH, height, [_shape(area, plane) for area in drawn], bar, kilometres)


def _rings(area: AgreementArea) -> list[areas.Ring]:
    """Return the outlines and holes; none where there is no shape, or one that is not understood."""
    if area.geometry is None:
        return []
    try:
        return [ring for polygon in areas.polygons(area.geometry) for ring in polygon]
    except RuleBroken:
        return []


def _has_point(place: Place | None) -> bool:
    return place is not None and place.latitude is not None and place.longitude is not None


def _corners(area: AgreementArea) -> list[tuple[float, float]]:
    if rings := _rings(area):
        return [(float(lon), float(lat)) for ring in rings for lon, lat, *_height in ring]
    place = area.place
    assert place and place.latitude is not None and place.longitude is not None
    reach = (METRES_OF[PlacePrecision(place.precision)] or 3_000) / METRES_PER_DEGREE
    lat, lon = float(place.latitude), float(place.longitude)
    across = reach / max(math.cos(math.radians(lat)), 0.01)
    return [(lon - across, lat - reach), (lon + across, lat + reach)]


def _shape(area: AgreementArea, plane: _Plane) -> Shape:
    if rings := _rings(area):
        path = " ".join("M" + " ".join(f"{plane.x(lon)},{plane.y(lat)}" for lon, lat, *_height in ring) + "Z" for ring in rings)
        return Shape(area.name, area.is_excluded, path=path)
    place = area.place
    assert place and place.latitude is not None and place.longitude is not None
    metres = METRES_OF[PlacePrecision(place.precision)]
    radius = round(metres / METRES_PER_DEGREE * plane.scale, 1) if metres else DOT
    return Shape(
        area.name, area.is_excluded, x=str(plane.x(float(place.longitude))), y=str(plane.y(float(place.latitude))), radius=str(max(radius, DOT))
    )


def _round_down(kilometres: float) -> int:
    """Return 1, 2 or 5 times a power of ten, at most this much and at least one."""
    power = int(10 ** max(math.floor(math.log10(max(kilometres, 1))), 0))
    return max(step * power for step in (1, 2, 5) if step * power <= max(kilometres, 1))
