"""Does an agreement cover the ground where something happened? By shape, by name in the gazetteer, or by distance (section 2 of the domain)."""

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.rules.areas import GeoJSON, Point, Within, within, within_circle
from incidents.rules.findings import Because, Finding, finding
from incidents.vocabulary import ScopeAnswer


@dataclass(frozen=True)
class Place:
    """Where something happened: `path` names it and what it lies in, from itself outward; `point` is where it is on the ground."""

    name: str = ""
    path: tuple[str, ...] = ()
    point: Point | None = None


@dataclass(frozen=True)
class Area:
    """Ground that an agreement covers: a shape, or a place named in the gazetteer, or both. The shape decides where there is one."""

    name: str
    shape: GeoJSON | None = None
    place: Place | None = None


def place_covered(areas: Sequence[Area], place: Place | None) -> Finding:
    """Return whether the place lies within what the agreement covers. No area named: it covers the whole.

    Inside one area is enough. A place known so coarsely that it may lie on either side of an edge is unknown.
    """
    if not areas:
        return finding(ScopeAnswer.YES, Because.NO_AREA)
    if place is None or not (place.path or place.point):
        return finding(ScopeAnswer.UNKNOWN, Because.PLACE_UNKNOWN)
    lies = [(area.name, _lies(place, area)) for area in areas]
    for answer, how, code in (
        (ScopeAnswer.YES, Within.INSIDE, Because.PLACE_INSIDE),
        (ScopeAnswer.UNKNOWN, Within.STRADDLES, Because.PLACE_STRADDLES),
        (ScopeAnswer.NO, Within.OUTSIDE, Because.PLACE_OUTSIDE),
    ):
        if named := tuple(name for name, found in lies if found == how):
            return finding(answer, code, area=named)
    raise AssertionError("every place lies somehow")


def _lies(place: Place, area: Area) -> Within:
    """Return how a place lies to an area: by its shape, else by name, else by distance from the place that the area is named after."""
    if area.shape is not None:
        return within(place.point, area.shape) if place.point else Within.STRADDLES
    if area.place is None:
        return Within.STRADDLES
    here, there = place.path, area.place.path
    if here and there:
        if there[0] in here:
            return Within.INSIDE
        if here[0] in there:
            return Within.STRADDLES
        # Two branches of one tree. Without a common root the gazetteer simply does not say.
        if set(here) & set(there):
            return Within.OUTSIDE
    return within_circle(place.point, area.place.point) if place.point and area.place.point else Within.STRADDLES
