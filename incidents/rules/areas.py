"""Points on the ground: whether one lies within an area given as GeoJSON, how far apart two are, and in which direction."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken

EARTH_KM = 6371.0088  # mean radius (IUGG)
METRES_PER_DEGREE = EARTH_KM * 1000 * math.pi / 180
TOUCHING_M = 0.01

GeoJSON = Mapping[str, Any]
Ring = Sequence[Sequence[float]]
Polygon = Sequence[Ring]


@dataclass(frozen=True)
class Point:
    """WGS84 degrees, and within how many metres of them the place is known to be. None: not closer than a governorate."""

    latitude: float
    longitude: float
    radius_m: float | None = 0


class Within(TextChoices):
    """How a point with its radius lies to an area. Straddles: part of the circle is inside and part of it outside."""

    INSIDE = "inside", _("inside")
    OUTSIDE = "outside", _("outside")
    STRADDLES = "straddles", _("partly inside, as exactly as the place is known")


def within(point: Point, area: GeoJSON) -> Within:
    """Return whether the whole circle lies in the area, outside it, or across its edge. Holes are outside.

    A point without a radius straddles everything. Areas that cross the antimeridian are not understood.
    """
    must_be_point(point)
    found = {_within_polygon(point, polygon) for polygon in polygons(area)}
    if point.radius_m is None:
        return Within.STRADDLES
    if Within.INSIDE in found:
        return Within.INSIDE
    return Within.STRADDLES if Within.STRADDLES in found else Within.OUTSIDE


def within_circle(point: Point, circle: Point) -> Within:
    """Return how a point lies to a round area: a named place known by its middle and radius."""
    must_be_point(point)
    must_be_point(circle)
    if point.radius_m is None or circle.radius_m is None:
        return Within.STRADDLES
    metres = distance_km(point, circle) * 1000
    if metres + point.radius_m <= circle.radius_m:
        return Within.INSIDE
    return Within.OUTSIDE if metres > point.radius_m + circle.radius_m else Within.STRADDLES


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance in kilometres (haversine on the mean radius)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lon = math.radians(other.longitude - one.longitude) / 2
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def bearing(origin: Point, target: Point) -> float | None:
    """Return the direction in which one sets out for the target, in degrees from north by east. None: they are the same point."""
    if (origin.latitude, origin.longitude) == (target.latitude, target.longitude):
        return None
    lat1, lat2 = math.radians(origin.latitude), math.radians(target.latitude)
    lon = math.radians(target.longitude - origin.longitude)
    east = math.sin(lon) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(lon)
    # A tiny negative angle rounds up to 360 itself, which is north.
    return math.degrees(math.atan2(east, north)) % 360 % 360


def must_be_point(point: Point) -> None:
    """Raise RuleBroken, naming the field, unless the coordinates are on the globe and the radius is not negative."""
    if not (math.isfinite(point.latitude) and -90 <= point.latitude <= 90):
        raise RuleBroken("out_of_range", _("A latitude lies between -90 and 90 degrees."), "latitude")
    if not (math.isfinite(point.longitude) and -180 <= point.longitude <= 180):
        raise RuleBroken("out_of_range", _("A longitude lies between -180 and 180 degrees."), "longitude")
    if point.radius_m is not None and not (math.isfinite(point.radius_m) and point.radius_m >= 0):
        raise RuleBroken("negative", _("A radius cannot be negative."), "radius_m")


def polygons(area: GeoJSON, field: str = "area") -> list[Polygon]:
    """Return the polygons of a Polygon, MultiPolygon, Feature or FeatureCollection (RFC 7946). Raise RuleBroken for anything else."""
    found = list(_polygons(area, field))
    if not found:
        raise RuleBroken("not_an_area", _("This holds no polygon."), field)
    for polygon in found:
        if not isinstance(polygon, list | tuple) or not polygon or not all(_is_ring(ring) for ring in polygon):
            raise RuleBroken("not_an_area", _("A ring is a closed line of at least four positions, longitude first."), field)
    return found


def _polygons(area: Any, field: str) -> Iterator[Polygon]:
    kind = area.get("type") if isinstance(area, Mapping) else None
    try:
        match kind:
            case "Polygon":
                yield area["coordinates"]
            case "MultiPolygon":
                yield from area["coordinates"]
            case "Feature":
                yield from _polygons(area["geometry"], field)
            case "FeatureCollection":
                for feature in area["features"]:
                    yield from _polygons(feature, field)
            case _:
                raise RuleBroken("not_an_area", _("An area is a GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection."), field)
    except (KeyError, TypeError):
        raise RuleBroken("not_an_area", _("This GeoJSON is incomplete."), field) from None


def _is_ring(ring: Any) -> bool:
    if not isinstance(ring, list | tuple) or len(ring) < 4 or not all(_is_position(position) for position in ring):
        return False
    return list(ring[0][:2]) == list(ring[-1][:2])


def _is_position(position: Any) -> bool:
    if not isinstance(position, list | tuple) or len(position) < 2:
        return False
    lon, lat = position[:2]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) for value in (lon, lat))
    return numbers and -180 <= lon <= 180 and -90 <= lat <= 90


def _within_polygon(point: Point, polygon: Polygon) -> Within:
    edge = min(_metres_to(point, ring) for ring in polygon)
    if edge <= (point.radius_m or 0) + TOUCHING_M:
        return Within.STRADDLES
    outer, *holes = polygon
    inside = _encloses(outer, point) and not any(_encloses(hole, point) for hole in holes)
    return Within.INSIDE if inside else Within.OUTSIDE


def _encloses(ring: Ring, point: Point) -> bool:
    """Tell whether a ray going east from the point crosses the ring an odd number of times."""
    crossings = 0
    for (lon1, lat1, *_h), (lon2, lat2, *_k) in pairwise(ring):
        # Half-open in latitude, so that a ray through a corner crosses once.
        if (lat1 > point.latitude) != (lat2 > point.latitude):
            crossings += point.longitude < lon1 + (point.latitude - lat1) / (lat2 - lat1) * (lon2 - lon1)
    return crossings % 2 == 1


def _metres_to(point: Point, ring: Ring) -> float:
    """Return the distance to the nearest edge, on a plane through the point: GeoJSON edges are straight in degrees."""
    east = METRES_PER_DEGREE * math.cos(math.radians(point.latitude))
    plane = [((lon - point.longitude) * east, (lat - point.latitude) * METRES_PER_DEGREE) for lon, lat, *_h in ring]
    return min(_metres_to_edge(a, b) for a, b in pairwise(plane))


def _metres_to_edge(a: tuple[float, float], b: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, -(a[0] * dx + a[1] * dy) / length)) if length else 0.0
    return math.hypot(a[0] + along * dx, a[1] + along * dy)
