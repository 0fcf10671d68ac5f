"""The base map under every map that is drawn on the server: land, borders and regions from the extracts in incidents/basemaps/."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from incidents.rules import outlines

FOLDER = Path(__file__).resolve().parents[2] / "basemaps"

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
    """What lies under a map, as paths: land as an area, the lines between regions, and those around countries."""

    land: str
    regions: str
    borders: str


@dataclass(frozen=True)
class _Ring:
    window: Window
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class _Edge:
    window: Window
    points: list[tuple[float, float]]
    is_border: bool


def under(window: Window, project: Projection) -> Under | None:
    """Return what lies under this window, drawn by a function of latitude and longitude; None where no extract reaches."""
    rings, edges = _ground()
    land = [_path(ring.points, project) + "Z" for ring in rings if ring.window.touches(window)]
    if not land:
        return None
    lines = [edge for edge in edges if edge.window.touches(window)]
    inner, outer = (" ".join(_path(edge.points, project) for edge in lines if edge.is_border is wanted) for wanted in (False, True))
    return Under(" ".join(land), inner, outer)


@cache
def _ground() -> tuple[list[_Ring], list[_Edge]]:
    """Return all land and lines of the extracts, read once."""
    rings: list[_Ring] = []
    edges: list[_Edge] = []
    for path in sorted(FOLDER.glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        lines = [outlines.unpacked(steps) for steps in said["lines"]]
        per_degree = said["per_degree"]
        countries: dict[int, list[str]] = {}
        for region in said["regions"]:
            for walk in region["rings"]:
                points = _degrees(outlines.walked(walk, lines), per_degree)
                rings.append(_Ring(_around(points), points))
                for number in walk:
                    countries.setdefault(abs(number), []).append(region["code"].partition("-")[0])
        for number, beside in countries.items():
            points = _degrees(lines[number - 1], per_degree)
            edges.append(_Edge(_around(points), points, is_border=len(beside) < 2 or len(set(beside)) > 1))
    return rings, edges


def _degrees(points: "list[outlines.Vertex] | outlines.Line", per_degree: int) -> list[tuple[float, float]]:
    return [(y / per_degree, x / per_degree) for x, y in points]


def _around(points: list[tuple[float, float]]) -> Window:
    latitudes, longitudes = [lat for lat, _lon in points], [lon for _lat, lon in points]
    return Window(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _path(points: list[tuple[float, float]], project: Projection) -> str:
    drawn = (project(latitude, longitude) for latitude, longitude in points)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in drawn)
