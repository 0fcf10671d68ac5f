"""The place of a report, typed or logged, drawn: the point, a dashed circle as wide as its precision, and the known places around, with distances."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incidents.forms.reports import LogReport
from incidents.models import Place, Report
from incidents.queries import names
from incidents.queries.visibility import Reader
from incidents.rules.areas import METRES_PER_DEGREE, Point
from incidents.views.desk import base_map
from incidents.views.desk.base_map import Under, Window
from incidents.vocabulary import METRES_OF, PlacePrecision

WIDTH, HEIGHT = 360, 250
KM_PER_DEGREE = METRES_PER_DEGREE / 1000
# How much ground is shown for one who knows the place to this many kilometres.
LEAST_KM, TIMES_RADIUS = 16.0, 5.0
LABELS = 9
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
BARS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True)
class Spot:
    """A known place on the drawing."""

    x: float
    y: float
    label: str
    is_before: bool


@dataclass(frozen=True)
class Line:
    """A line of the grid, and what it says at its end."""

    at: float
    label: str


@dataclass(frozen=True)
class Locator:
    """All that is drawn. `radius` None: it is not known how exactly, or wider than what is shown.

    `ground` is for a click on it: the latitude and longitude of its middle, and how much of a degree one step down and one to the right are.
    """

    radius: float | None
    precision: str
    spots: list[Spot]
    meridians: list[Line]
    parallels: list[Line]
    bar: float
    bar_label: str
    said: str
    near: list[str]
    ground: str
    under: Under | None = None
    width: int = WIDTH
    height: int = HEIGHT
    x: float = WIDTH / 2
    y: float = HEIGHT / 2


def of(form: LogReport) -> Locator | None:
    """Return the drawing for a form that was read; None where it names no place on the map."""
    point = point_of(form)
    return at(point, form.choices.places) if point else None


def of_report(reader: Reader, report: Report) -> Locator | None:
    """Return the drawing for a report as this reader is shown it; None where it has no coordinates, and names no place that has any."""
    place = report.place
    precision = report.place_precision or (place.precision if place else "")
    metres = METRES_OF.get(PlacePrecision(precision)) if precision else None
    for one in (report, place):
        if one is not None and one.latitude is not None and one.longitude is not None:
            latitude, longitude = float(one.latitude), float(one.longitude)
            return at(Point(latitude, longitude, metres), names.around(reader, latitude, longitude))
    return None


def at(point: Point, places: Iterable[Place]) -> Locator:
    """Return the drawing of a point, with those of the places that lie near it."""
    known = list(places)
    latitude, longitude, metres = point.latitude, point.longitude, point.radius_m
    span = max(LEAST_KM, TIMES_RADIUS * (metres or 0) / 1000)
    scale = HEIGHT / span
    east = scale * KM_PER_DEGREE * max(0.05, math.cos(math.radians(latitude)))
    north = scale * KM_PER_DEGREE

    def drawn(place: Place) -> Spot:
        x = WIDTH / 2 + (float(place.longitude or 0) - longitude) * east
        return Spot(round(x, 1), round(HEIGHT / 2 - (float(place.latitude or 0) - latitude) * north, 1), place.label, x > WIDTH * 0.62)

    def project(lat: float, lon: float) -> tuple[float, float]:
        return WIDTH / 2 + (lon - longitude) * east, HEIGHT / 2 - (lat - latitude) * north

    across, up = WIDTH / 2 / east, HEIGHT / 2 / north
    window = Window(longitude - across, latitude - up, longitude + across, latitude + up)
    spots = [drawn(near.place) for near in names.nearest(known, latitude, longitude, 60)]
    shown = [spot for spot in spots if 6 < spot.x < WIDTH - 6 and 14 < spot.y < HEIGHT - 24]
    step = next((step for step in STEPS if step * north >= 70), STEPS[-1])
    bar = max((km for km in BARS if km * scale <= 90), default=BARS[0])
    return Locator(
        radius=round(metres / 1000 * scale, 1) if metres is not None and metres > 0 else None,
        precision=distance(metres / 1000) if metres else "",
        spots=_apart(shown)[:LABELS],
        meridians=[
            Line(round(WIDTH / 2 + (at - longitude) * east, 1), _degrees(at, step, "E", "W")) for at in _marks(longitude, WIDTH / 2 / east, step)
        ],
        parallels=[
            Line(round(HEIGHT / 2 - (at - latitude) * north, 1), _degrees(at, step, "N", "S")) for at in _marks(latitude, HEIGHT / 2 / north, step)
        ],
        bar=round(bar * scale, 1),
        bar_label=distance(bar),
        said=f"{latitude:.3f}, {longitude:.3f}",
        near=distances(known, latitude, longitude),
        ground=f"{latitude:.6f} {longitude:.6f} {1 / north:.8f} {1 / east:.8f}",
        under=base_map.under(window, project),
    )


def point_of(form: LogReport) -> Point | None:
    """Return where the form says it was, as far as it can be read: coordinates before the place named."""
    values = getattr(form, "cleaned_data", {})
    place, point = values.get("place"), values.get("point")
    precision = values.get("place_precision") or (place.precision if isinstance(place, Place) else "")
    metres = METRES_OF.get(PlacePrecision(precision)) if precision else None
    if point:
        return Point(float(point[0]), float(point[1]), metres)
    if isinstance(place, Place) and place.latitude is not None and place.longitude is not None:
        return Point(float(place.latitude), float(place.longitude), metres)
    return None


def distances(places: Iterable[Place], latitude: float, longitude: float) -> list[str]:
    """Return how far, and in which direction, the point lies from the known places nearest to it."""
    said = []
    for near in names.nearest(places, latitude, longitude):
        if near.km < 0.05 or near.degrees is None:
            said.append(_("at %(place)s") % {"place": near.place.label})
        else:
            values = {"distance": distance(near.km), "direction": direction(near.degrees), "place": near.place.label}
            said.append(_("%(distance)s %(direction)s of %(place)s") % values)
    return said


def distance(km: float) -> str:
    """Return 300 m, 2.4 km or 13 km."""
    if km < 1:
        return _("%(number)s m") % {"number": round(km * 1000, -1 if km > 0.1 else 0).__trunc__()}
    return _("%(number)s km") % {"number": f"{km:.0f}" if km >= 10 or km == int(km) else f"{km:.1f}"}


def direction(degrees: float) -> str:
    """Return the point of the compass."""
    points = (
        pgettext("direction", "north"),
        pgettext("direction", "north-east"),
        pgettext("direction", "east"),
        pgettext("direction", "south-east"),
        pgettext("direction", "south"),
        pgettext("direction", "south-west"),
        pgettext("direction", "west"),
        pgettext("direction", "north-west"),
    )
    return points[round(degrees / 45) % 8]


def _marks(middle: float, half: float, step: float) -> list[float]:
    first, last = math.ceil((middle - half) / step), math.floor((middle + half) / step)
    return [index * step for index in range(first, last + 1)]


def _degrees(at: float, step: float, positive: str, negative: str) -> str:
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    return f"{abs(at):.{decimals}f}° {negative if at < 0 else positive}"


def _apart(spots: list[Spot]) -> list[Spot]:
    """Return the places whose names do not lie over one another's, the nearest first."""
    kept: list[Spot] = []
    for spot in spots:
        if all(abs(spot.y - other.y) > 13 or abs(spot.x - other.x) > 90 for other in kept):
            kept.append(spot)
    return kept
