"""Where the claims about one event put it, as a drawing and as words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.rules.areas import Point, distance_km
from incidents.rules.facts import Claim
from incidents.views import dates
from incidents.views.desk import base_map, frames
from incidents.views.desk.base_map import Under
from incidents.views.desk.comparison import Column
from incidents.views.desk.frames import Frame, Line

WIDTH, HEIGHT, MARGIN = 360, 250, 46
# However near to one another all positions are, the drawing spans no fewer degrees than this.
LEAST = 0.002
# How high a line of text is.
LINE = 15


@dataclass(frozen=True)
class Spot:
    """Where one or several claims put the event, in the drawing; `radius` is how exactly they know, `place` what they call it."""

    label: str
    place: str
    x: float
    y: float
    radius: float
    text_y: float


@dataclass(frozen=True)
class Map:
    """The claimed positions, drawn to one scale, north up; with what a reader who does not see it needs to know."""

    spots: list[Spot]
    apart: str
    distances: list[str]
    unplaced: str
    bar: float
    bar_label: str
    grid: list[Line]
    under: Under | None = None
    width: int = WIDTH
    height: int = HEIGHT


def drawn(claims: Sequence[Claim], shown: Sequence[Column]) -> Map | None:
    """Return where the claims put the event, None where none gives a point. Claims that share a point share its mark."""
    columns = {str(column.report.public_id): column for column in shown}
    placed: dict[Point, list[Column]] = {}
    unplaced = []
    for claim in sorted(claims, key=lambda one: columns[one.report].number):
        if claim.where and claim.where.point:
            placed.setdefault(claim.where.point, []).append(columns[claim.report])
        else:
            unplaced.append(columns[claim.report].number)
    if not placed:
        return None
    points = [(point.latitude, point.longitude, (point.radius_m or 0) / 1000) for point in placed]
    frame = frames.around(points, WIDTH, HEIGHT, margin=MARGIN, least=LEAST)
    numbers = {point: [column.number for column in there] for point, there in placed.items()}
    pairs = sorted(((distance_km(a, b), numbers[a], numbers[b]) for a, b in combinations(placed, 2)), key=lambda pair: -pair[0])
    return Map(
        spots=_spots(placed, frame),
        apart=frames.distance(pairs[0][0]) if pairs else "",
        distances=[_between(one, other, km) for km, one, other in pairs],
        unplaced=_named(unplaced) if unplaced else "",
        bar=frame.bar.length,
        bar_label=frame.bar.label,
        grid=frame.grid,
        under=base_map.under(frame.window, frame.project),
    )


def _spots(placed: dict[Point, list[Column]], frame: Frame) -> list[Spot]:
    """Return the marks, each with its claims written above it and above those that are written there; a place's name stands once, below."""
    spots: list[Spot] = []
    for point, there in placed.items():
        x, y = frame.project(point.latitude, point.longitude)
        text_y = y - 10
        while any(abs(text_y - other.text_y) < LINE and abs(x - other.x) < 90 for other in spots):
            text_y -= LINE
        names = list(dict.fromkeys(column.row.place for column in there if column.row.place))
        place = _(", ").join(name for name in names if all(name != other.place for other in spots))
        label = _named([column.number for column in there])
        spots.append(Spot(label, place, round(x, 1), round(y, 1), round((point.radius_m or 0) / 1000 * frame.per_km, 1), text_y))
    return spots


def _between(one: Sequence[int], other: Sequence[int], km: float) -> str:
    return _("%(one)s to %(other)s: %(distance)s") % {"one": _named(one), "other": _named(other), "distance": frames.distance(km)}


def _named(numbers: Sequence[int]) -> str:
    """Return "Claim 5", or "Claims 1–4, 6–9"."""
    listed = _(", ").join(str(first) if first == last else dates.isolated(f"{first}–{last}") for first, last in _runs(numbers))
    return ngettext("Claim %(numbers)s", "Claims %(numbers)s", len(numbers)) % {"numbers": listed}


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last of each unbroken run of ascending numbers."""
    breaks = [at for at, (one, after) in enumerate(pairwise(numbers), start=1) if after != one + 1]
    starts, ends = [0, *breaks], [*breaks, len(numbers)]
    return [(numbers[start], numbers[end - 1]) for start, end in zip(starts, ends, strict=True)]
