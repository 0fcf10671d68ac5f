"""The base map under every map: land, borders and regions from the extracts in incidents/basemaps/.

Maps drawn on the server get paths (`under`); the map that a script draws gets the extracts as they are kept (`extracts`, `extract`).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel import Locale
from django.urls import reverse

from incidents.rules import disputes, outlines
from incidents.rules.disputes import Dispute
from incidents.rules.outlines import Line

FOLDER = Path(__file__).resolve().parents[2] / "basemaps"
INNER, BORDER, CONTESTED = range(3)
# How far a point may lie from the line that is drawn without it, in pixels.
FINEST, PLAIN = 1.5, 3.0
# How far land is drawn beyond what is shown, in pixels: its edges are not seen.
MARGIN = 8

Projection = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Window:
    """What of the ground is shown, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def touches(self, other: "Window") -> bool:
        """Return whether the two have ground in common."""
        return self.west <= other.east and other.west <= self.east and self.south <= other.north and other.south <= self.north


@dataclass(frozen=True)
class Under:
    """What lies under a map, as paths: land as an area, the lines between regions, those around countries, and those disputed."""

    land: str
    regions: str
    borders: str
    contested: str


@dataclass(frozen=True)
class _Shape:
    """A ring, or a line of its kind."""

    window: Window
    points: list[tuple[float, float]]
    kind: int = INNER


@dataclass(frozen=True)
class _Extract:
    """One file: what it says, its lines, the kind of each, and what ground it shows."""

    name: str
    version: str
    said: dict[str, Any]
    lines: list[Line]
    kinds: list[int]
    window: Window


def under(window: Window, project: Projection, *, is_plain: bool = False) -> Under | None:
    """Return what lies under this window, drawn by a function of latitude and longitude; None where no extract reaches.

    `is_plain`: coarser and without the lines between regions, where it is part of a page that must be light.
    """
    rings, edges = _ground()
    rings = _coasts() if is_plain else rings
    seen = [ring for ring in rings if ring.window.touches(window)]
    if not seen:
        return None
    finest = PLAIN if is_plain else FINEST
    land = outlined([ring.points for ring in seen], window, project, finest)
    lines = [edge for edge in edges if edge.window.touches(window)]
    left_out = {INNER} if is_plain else set()
    kinds = [[edge for edge in lines if edge.kind == kind and kind not in left_out] for kind in (INNER, BORDER, CONTESTED)]
    drawn = [" ".join(_path(_pixels(edge.points, project), finest) for edge in edges) for edges in kinds]
    return Under(land, *drawn)


def outlined(rings: Iterable[list[tuple[float, float]]], window: Window, project: Projection, finest: float = FINEST) -> str:
    """Return a path around these rings of latitudes and longitudes, as far as they reach into the window."""
    (left, top), (right, bottom) = _pixels([(window.north, window.west), (window.south, window.east)], project)
    least, most = (left - MARGIN, top - MARGIN), (right + MARGIN, bottom + MARGIN)
    parts = [outlines.within(_pixels(ring, project), least, most) for ring in rings]
    return " ".join(_path([*part, part[0]], finest) + "Z" for part in parts if part)


@cache
def of_country(name: str) -> Window | None:
    """Return what ground a country takes up, by its English name; None where no extract shows it."""
    codes = {code for code, said in Locale.parse("en").territories.items() if said.casefold() == name.strip().casefold()}
    points = [
        point
        for one in _extracts()
        for region in one.said["regions"]
        if _country(region) in codes
        for walk in region["rings"]
        for point in _degrees(outlines.walked(walk, one.lines), one.said["per_degree"])
    ]
    return _around(points) if points else None


def extracts(language: str) -> list[dict[str, Any]]:
    """Return the address of every extract in this language, and what ground it shows."""
    found = []
    for one in _extracts():
        address = f"{reverse('map-ground', args=[one.name])}?v={one.version}-{language}"
        found.append({"address": address, "box": f"{one.window.west},{one.window.south},{one.window.east},{one.window.north}"})
    return found


def extract(name: str, language: str) -> dict[str, Any] | None:
    """Return an extract with its names in one language; None where there is none of this name."""
    one = next((one for one in _extracts() if one.name == name), None)
    if one is None:
        return None
    language = language[:2]
    territories = Locale.parse(language).territories
    codes = sorted({_country(region) for region in one.said["regions"]})
    named = [
        [_country(region), region["names"].get(language) or region["names"]["en"], *map(outlines.written, region["rings"])]
        for region in one.said["regions"]
    ]
    return {
        "per_degree": one.said["per_degree"],
        "lines": [outlines.written(steps) for steps in one.said["lines"]],
        "kinds": "".join(str(kind) for kind in one.kinds),
        "regions": named,
        "countries": {code: territories.get(code, code) for code in codes},
        "disputes": [{"name": str(area.name), "at": area.at, "lines": area.lines} for area in _touching(one.window)],
    }


def _country(region: dict[str, Any]) -> str:
    return str(region["code"].partition("-")[0])


@cache
def _extracts() -> list[_Extract]:
    """Return the extracts, read once."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        text = path.read_bytes()
        said = json.loads(text)
        lines = [outlines.unpacked(steps) for steps in said["lines"]]
        points = [point for line in lines for point in _degrees(line, said["per_degree"])]
        version = hashlib.sha256(text + repr(disputes.AREAS).encode()).hexdigest()[:12]
        found.append(_Extract(path.stem, version, said, lines, _kinds(said["regions"], len(lines)), _around(points)))
    return found


def _kinds(regions: list[dict[str, Any]], many: int) -> list[int]:
    """Return the kind of every line by the codes of the regions beside it."""
    beside: list[list[str]] = [[] for _line in range(many)]
    for region in regions:
        for walk in region["rings"]:
            for number in walk:
                beside[abs(number) - 1].append(_country(region))
    return [_kind(codes) for codes in beside]


def _kind(beside: list[str]) -> int:
    if len(set(beside)) > 1:
        return CONTESTED if disputes.is_contested(*sorted(set(beside))[:2]) else BORDER
    return BORDER if len(beside) < 2 else INNER


@cache
def _ground() -> tuple[list[_Shape], list[_Shape]]:
    """Return all land and lines of the extracts and of the disputes that they touch, as points."""
    rings: list[_Shape] = []
    edges: list[_Shape] = []
    for one in _extracts():
        per_degree = one.said["per_degree"]
        for region in one.said["regions"]:
            for walk in region["rings"]:
                points = _degrees(outlines.walked(walk, one.lines), per_degree)
                rings.append(_Shape(_around(points), points))
        for line, kind in zip(one.lines, one.kinds, strict=True):
            points = _degrees(line, per_degree)
            edges.append(_Shape(_around(points), points, kind))
        edges += [_Shape(_around(list(line)), list(line), CONTESTED) for area in _touching(one.window) for line in area.lines]
    return rings, edges


@cache
def _coasts() -> list[_Shape]:
    """Return the land of each extract as one: the rings along the lines that have a region on one side alone."""
    found = []
    for one in _extracts():
        walks = [number for region in one.said["regions"] for walk in region["rings"] for number in walk]
        often = Counter(abs(number) for number in walks)
        ahead: dict[outlines.Vertex, list[int]] = {}
        for number in walks:
            if often[abs(number)] == 1:
                ahead.setdefault(_ends(one, number)[0], []).append(number)
        while ahead:
            walk = [ahead[next(iter(ahead))][-1]]
            for number in walk:
                first, last = _ends(one, number)
                ahead[first].remove(number)
                if not ahead[first]:
                    del ahead[first]
                if last in ahead:
                    walk.append(ahead[last][-1])
            points = _degrees(outlines.walked(walk, one.lines), one.said["per_degree"])
            found.append(_Shape(_around(points), points))
    return found


def _ends(one: _Extract, number: int) -> tuple[outlines.Vertex, outlines.Vertex]:
    """Return where a line begins and ends, walked the way that its sign says."""
    line = one.lines[abs(number) - 1]
    return (line[0], line[-1]) if number > 0 else (line[-1], line[0])


def _touching(window: Window) -> list[Dispute]:
    return [area for area in disputes.AREAS if any(_around(list(line)).touches(window) for line in area.lines)]


def _degrees(points: "list[outlines.Vertex] | Line", per_degree: int) -> list[tuple[float, float]]:
    return [(y / per_degree, x / per_degree) for x, y in points]


def _around(points: list[tuple[float, float]]) -> Window:
    latitudes, longitudes = [lat for lat, _lon in points], [lon for _lat, lon in points]
    return Window(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _pixels(points: list[tuple[float, float]], project: Projection) -> list[outlines.Vertex]:
    return [(round(x), round(y)) for x, y in (project(latitude, longitude) for latitude, longitude in points)]


def _path(points: list[outlines.Vertex], finest: float) -> str:
    """Return a path over the points, but those that lie hardly beside it: nobody sees them, and everybody would wait for them."""
    (first_x, first_y), *_rest = kept = outlines.simplified(tuple(points), finest)
    return f"M{first_x} {first_y}l{' '.join(f'{x - before_x} {y - before_y}' for (before_x, before_y), (x, y) in pairwise(kept))}"
