"""The place of a report, typed or logged, or one of the gazetteer, drawn: the point, a dashed circle as wide as its precision,
and the known places around, with distances.

As long as no place is named, all that the agreement covers is drawn. What is looked at can be moved; the server draws it anew.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incidents.forms.reports import LogReport
from incidents.models import AgreementArea, Place, Report
from incidents.queries import names
from incidents.queries.visibility import Reader
from incidents.rules import labels
from incidents.rules.areas import Point
from incidents.rules.labels import Label
from incidents.views.desk import base_map, frames, ground, maps
from incidents.views.desk.base_map import Under
from incidents.views.desk.frames import KM_PER_DEGREE, Bar, Frame, Line
from incidents.vocabulary import METRES_OF, PlacePrecision

WIDTH, HEIGHT, MARGIN = 360, 250, 46
# How much ground is shown for one who knows the place to this many kilometres.
LEAST_KM, TIMES_RADIUS = 16.0, 5.0
NEIGHBOUR_KM = 40.0
# What the grid's degrees and the scale bar take of the right and of the bottom.
EDGE = 36
# So many places around are marked; a name stands where there is room.
MARKS = 24
APART = 9
# Drawn so high, the ground is a region: the seats of its governorates are named before what lies between them.
REGION_KM = 150.0
# Where the buttons are, and what the scale bar says, no name stands.
TAKEN = (labels.Spot(24, 41, name="", radius=36), labels.Spot(28, 230, name="", radius=15))


@dataclass(frozen=True)
class Spot:
    """A known place on the drawing, and where its name stands; None where there is no room for it."""

    x: float
    y: float
    name: str
    written: Label | None


@dataclass(frozen=True)
class Shape:
    """An area of the agreement on the drawing, as a path or as a circle around a place."""

    name: str
    is_excluded: bool
    path: str = ""
    x: float = 0
    y: float = 0
    radius: float = 0


@dataclass(frozen=True)
class Locator:
    """All that is drawn. `radius` None: it is not known how exactly, or wider than what is shown. `has_point` False: no place is named yet.

    `ground` is for the page's script: the latitude and longitude of the middle, how much of a degree one step down and one to the right are,
    and how many kilometres high it is. `moved` is the ground that somebody moved it to, as they asked for it.
    """

    has_point: bool
    radius: float | None
    precision: str
    spots: list[Spot]
    grid: list[Line]
    bar: Bar
    said: str
    near: list[str]
    ground: str
    areas: list[Shape]
    moved: str = ""
    under: Under | None = None
    width: int = WIDTH
    height: int = HEIGHT
    x: float = WIDTH / 2
    y: float = HEIGHT / 2


def of(form: LogReport, moved: str = "") -> Locator | None:
    """Return the drawing for a form: its place, or all that its agreement covers. None where it is not known where on earth that is."""
    areas = list(form.agreement.areas.select_related("place"))
    point, places, asked = point_of(form.tried()), form.choices.places, ground.read(moved, WIDTH, HEIGHT)
    frame = asked or (_framed(point) if point else ground.of_agreement(form.agreement, areas, places, WIDTH, HEIGHT))
    if frame is None:
        return None
    near = distances(places, point.latitude, point.longitude) if point else []
    return _drawn(point, frame, _in_order(places, frame), near, areas=areas, moved=moved if asked else "")


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


def of_place(reader: Reader, place: Place, within: Iterable[Place]) -> Locator | None:
    """Return the drawing of a place of the gazetteer; None where it has no coordinates. One that is wide is drawn with what lies in it."""
    if place.latitude is None or place.longitude is None:
        return None
    point = Point(float(place.latitude), float(place.longitude), METRES_OF[PlacePrecision(place.precision)])
    inside = [one for one in within if one.latitude is not None and one.longitude is not None]
    if point.radius_m is None and inside:
        corners = [(point.latitude, point.longitude, 0.0), *((*_at(one), 0.0) for one in inside)]
        return _drawn(point, frames.around(corners, WIDTH, HEIGHT, margin=MARGIN, least=LEAST_KM / KM_PER_DEGREE), inside, [])
    known = [one for one in names.around(reader, point.latitude, point.longitude) if one.pk != place.pk]
    # So much that its neighbours are in the drawing, where it has any nearby.
    return at(
        point, known, max((2.4 * near.km for near in names.nearest(known, point.latitude, point.longitude) if near.km < NEIGHBOUR_KM), default=0)
    )


def at(point: Point, places: Iterable[Place], span_km: float = 0) -> Locator:
    """Return the drawing of a point, with those of the places that lie near it; it spans so many kilometres at least."""
    known = list(places)
    near = [one.place for one in names.nearest(known, point.latitude, point.longitude, 60)]
    return _drawn(point, _framed(point, span_km), near, distances(known, point.latitude, point.longitude))


def _framed(point: Point, span_km: float = 0) -> Frame:
    span = max(span_km, LEAST_KM, TIMES_RADIUS * (point.radius_m or 0) / 1000)
    return Frame(point.latitude, point.longitude, HEIGHT / span * KM_PER_DEGREE, WIDTH, HEIGHT)


def _drawn(
    point: Point | None, frame: Frame, places: Iterable[Place], near: list[str], *, areas: Iterable[AgreementArea] = (), moved: str = ""
) -> Locator:
    metres = point.radius_m if point else None
    x, y = frame.project(point.latitude, point.longitude) if point else (0.0, 0.0)
    return Locator(
        has_point=point is not None,
        radius=round(metres / 1000 * frame.per_km, 1) if metres is not None and metres > 0 else None,
        precision=frames.distance(metres / 1000) if metres else "",
        spots=_spots(frame, places, (x, y) if point else None),
        grid=frame.grid,
        bar=frame.bar,
        said=f"{point.latitude:.3f}, {point.longitude:.3f}" if point else "",
        near=near,
        ground=ground.written(frame),
        areas=_covered(areas, frame),
        moved=moved,
        under=base_map.under(frame.window, frame.project, is_plain=point is None and not moved),
        x=round(x, 1),
        y=round(y, 1),
    )


def _covered(areas: Iterable[AgreementArea], frame: Frame) -> list[Shape]:
    """Return the areas with an outline, or a circle, as far as they reach into the drawing."""
    found = []
    for area in areas:
        rings = [[(float(lat), float(lon)) for lon, lat, *_height in ring] for ring in maps.rings_of(area)]
        if path := base_map.outlined(rings, frame.window, frame.project):
            found.append(Shape(area.name, area.is_excluded, path))
        elif not rings and maps.has_outline(area):
            ((latitude, longitude, km),) = maps.points_of(area)
            x, y = frame.project(latitude, longitude)
            found.append(Shape(area.name, area.is_excluded, x=round(x, 1), y=round(y, 1), radius=round(km * frame.per_km, 1)))
    return found


def _in_order(known: Iterable[Place], frame: Frame) -> list[Place]:
    """Return the places in the order in which their names find room: the nearest to the middle first, over a region the seats of its parts."""
    if frame.height / frame.per_km < REGION_KM:
        return [near.place for near in names.nearest(known, frame.latitude, frame.longitude, 60)]
    wide = {PlacePrecision.GOVERNORATE, PlacePrecision.COUNTRY}
    points = [place for place in known if place.latitude is not None and place.precision not in wide]
    return sorted(points, key=lambda place: not (place.parent and place.parent.name.startswith(place.name)))


def _spots(frame: Frame, places: Iterable[Place], middle: tuple[float, float] | None) -> list[Spot]:
    """Return those of these places that are in the drawing. The first of them have the first choice of where their names stand."""
    shown = [labels.Spot(*frame.project(*_at(place)), name=place.label, radius=3) for place in places]
    shown = list(_apart(spot for spot in shown if 6 < spot.x < WIDTH - 6 and 14 < spot.y < HEIGHT - EDGE))[:MARKS]
    taken = [*TAKEN, *([labels.Spot(*middle, name="")] if middle else [])]
    laid = labels.laid([*taken, *shown], WIDTH - EDGE, HEIGHT - EDGE)[len(taken) :]
    return [Spot(round(spot.x, 1), round(spot.y, 1), spot.name, label) for spot, label in zip(shown, laid, strict=True)]


def _apart(spots: Iterable[labels.Spot]) -> Iterator[labels.Spot]:
    """Yield those whose marks do not run into one another's; the first stay."""
    kept: list[labels.Spot] = []
    for spot in spots:
        if all(math.hypot(spot.x - other.x, spot.y - other.y) > APART for other in kept):
            kept.append(spot)
            yield spot


def _at(place: Place) -> tuple[float, float]:
    return float(place.latitude or 0), float(place.longitude or 0)


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
            values = {"distance": frames.distance(near.km), "direction": direction(near.degrees), "place": near.place.label}
            said.append(_("%(distance)s %(direction)s of %(place)s") % values)
    return said


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
