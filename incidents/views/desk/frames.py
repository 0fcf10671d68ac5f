"""A piece of the ground as pages draw it: flat, north up, east and north to one scale, with its grid of degrees and its scale bar."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from incidents.rules.areas import METRES_PER_DEGREE
from incidents.views.desk.base_map import Window

KM_PER_DEGREE = METRES_PER_DEGREE / 1000
# Near the poles degrees of longitude run together: a drawing spreads no further than this.
LEAST_SHRINK = 0.05
# Beyond these a line's name would lie over those along the other edge, or be cut off.
NAMED_BELOW, NAMED_BEFORE = 24, 44
# How far apart the lines of a grid may stand, in degrees.
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 45)


@dataclass(frozen=True)
class Line:
    """A line of the grid of degrees, and what it is called; upright or level."""

    at: float
    label: str
    is_upright: bool


@dataclass(frozen=True)
class Bar:
    """How long the scale bar is drawn, and how much ground that is."""

    length: float
    label: str


@dataclass(frozen=True)
class Frame:
    """The ground around a middle, in degrees, and how many pixels a degree of latitude takes in a drawing of this size."""

    latitude: float
    longitude: float
    scale: float
    width: int
    height: int

    @property
    def east(self) -> float:
        """Return how many pixels a degree of longitude takes."""
        return self.scale * shrink(self.latitude)

    @property
    def per_km(self) -> float:
        """Return how many pixels a kilometre takes."""
        return self.scale / KM_PER_DEGREE

    @property
    def window(self) -> Window:
        """Return what ground is shown."""
        across, up = self.width / 2 / self.east, self.height / 2 / self.scale
        return Window(self.longitude - across, self.latitude - up, self.longitude + across, self.latitude + up)

    def project(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return where a point of the ground is drawn: over the 180th meridian, too, on the side that is nearer."""
        turned = longitude + 360 if longitude < self.longitude - 180 else longitude - 360 if longitude > self.longitude + 180 else longitude
        return self.width / 2 + (turned - self.longitude) * self.east, self.height / 2 - (latitude - self.latitude) * self.scale

    @property
    def bar(self) -> Bar:
        """Return the scale bar: a round distance, a quarter of the width at most."""
        km = round_down(self.width / 4 / self.per_km)
        return Bar(round(km * self.per_km, 1), distance(km))

    @property
    def grid(self) -> list[Line]:
        """Return the lines of a grid of degrees: about three each way, at round degrees."""
        window = self.window
        step = next((one for one in STEPS if (window.east - window.west) / one <= 4), STEPS[-1])
        places = max(0, -math.floor(math.log10(step)))
        upright, level = marks(window.west, window.east, step), marks(window.south, window.north, step)
        return [
            *(self._upright(x, f"{abs(x):.{places}f}°{'E' if x >= 0 else 'W'}") for x in upright),
            *(self._level(y, f"{abs(y):.{places}f}°{'N' if y >= 0 else 'S'}") for y in level),
        ]

    def _upright(self, longitude: float, name: str) -> Line:
        x = round(self.project(self.latitude, longitude)[0], 1)
        return Line(x, name if x < self.width - NAMED_BEFORE else "", True)

    def _level(self, latitude: float, name: str) -> Line:
        y = round(self.project(latitude, self.longitude)[1], 1)
        return Line(y, name if y > NAMED_BELOW else "", False)


def around(points: Iterable[tuple[float, float, float]], width: int, height: int, *, margin: int, least: float) -> Frame:
    """Return the frame that shows points (latitude, longitude) as far as each may be off (kilometres); it spans no less than `least` degrees."""
    known = [(latitude, longitude, km / KM_PER_DEGREE) for latitude, longitude, km in points]
    south, north = min(lat - off for lat, _lon, off in known), max(lat + off for lat, _lon, off in known)
    squeezed = shrink((south + north) / 2)
    west, east = min(lon - off / squeezed for _lat, lon, off in known), max(lon + off / squeezed for _lat, lon, off in known)
    scale = min((width - 2 * margin) / max((east - west) * squeezed, least), (height - 2 * margin) / max(north - south, least))
    return Frame((south + north) / 2, (west + east) / 2, scale, width, height)


def shrink(latitude: float) -> float:
    """Return how long a degree of longitude is beside one of latitude."""
    return max(LEAST_SHRINK, math.cos(math.radians(latitude)))


def marks(least: float, most: float, step: float) -> list[float]:
    """Return the degrees between two that are whole steps."""
    return [index * step for index in range(math.ceil(least / step), math.floor(most / step) + 1)]


def round_down(km: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20 ... (or their tenths and so on) that is not more."""
    power = 10.0 ** math.floor(math.log10(km))
    return max(step * power for step in (1, 2, 5) if step * power <= km)


def distance(km: float) -> str:
    """Return 300 m, 2.4 km or 13 km."""
    if km < 1:
        return _("%(number)s m") % {"number": round(km * 1000, -1 if km > 0.1 else 0).__trunc__()}
    return _("%(number)s km") % {"number": f"{km:.0f}" if km >= 10 or km == int(km) else f"{km:.1f}"}
