"""Claims about one event as a table, a column per claim in order of receipt; and where each of them puts it, as a drawing and as words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import ceil, cos, floor, log10, radians

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.models import Report
from incidents.queries.sides import Camps
from incidents.rules import ranges
from incidents.rules.areas import Point, distance_km
from incidents.rules.contradictions import Comparison, Field, Verdict
from incidents.rules.contradictions import Row as Compared
from incidents.rules.facts import Claim
from incidents.views import dates
from incidents.views.desk import accused, base_map, rows
from incidents.views.desk.base_map import Under, Window

ICONS = {
    Verdict.NOT_STATED: "minus",
    Verdict.ONLY_ONE: "eye",
    Verdict.AGREE: "check",
    Verdict.NOT_COMPARED: "circle-question-mark",
    Verdict.CLOSE: "circle-dashed",
    Verdict.CONTRADICT: "split",
}
WIDTH, HEIGHT, MARGIN = 360, 250, 46
KM_PER_DEGREE = 111.32
SCALES = (1, 2, 5)
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 45)


@dataclass(frozen=True)
class Cell:
    """What one claim says of one field; nothing at all where it does not say.

    `is_ours`: the note is in our words, and so in the page's language. `is_apart`: it is one of those that contradict one another.
    """

    text: str = ""
    note: str = ""
    icon: str = ""
    whom: accused.Accused | None = None
    address: str = ""
    is_ours: bool = False
    is_apart: bool = False


@dataclass(frozen=True)
class Row:
    """One field over all claims. `verdict` is empty where a field is not compared but only shown."""

    label: str
    cells: list[Cell]
    verdict: str = ""
    look: str = ""
    icon: str = ""
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """One claim: its number in order of receipt, and its report."""

    number: int
    report: Report
    row: rows.Row


def columns(comparison: Comparison, reports: Sequence[Report], camps: dict[int, Camps]) -> list[Column]:
    """Return the claims in the order in which they are compared."""
    by_id = {str(report.public_id): report for report in reports}
    found = [by_id[key] for key in comparison.reports]
    return [Column(number, report, rows.row(report, camps[report.agreement_id])) for number, report in enumerate(found, start=1)]


def table(comparison: Comparison, shown: Sequence[Column], files: Mapping[int, int]) -> list[Row]:
    """Return the rows of the table: who says so first, then every field that anybody states. `files`: how much evidence a report has, by its key."""
    numbers = {str(column.report.public_id): column.number for column in shown}
    said = [_said(row, shown, numbers) for row in comparison.rows if row.verdict != Verdict.NOT_STATED]
    return [_claimants(shown), *said, *_evidence(shown, files), _grades(shown)]


def _claimants(shown: Sequence[Column]) -> Row:
    cells = [
        Cell(
            column.report.claimant.short_label,
            _("relayed by %(party)s") % {"party": column.report.relayed_by.short_label} if column.report.relayed_by else "",
            address=column.row.address,
        )
        for column in shown
    ]
    return Row(_("Claimed by"), cells)


def _evidence(shown: Sequence[Column], files: Mapping[int, int]) -> list[Row]:
    """Return what is attached to each claim, as far as the reader may learn of it. It is counted, and not compared."""
    if not files:
        return []
    cells = []
    for column in shown:
        number = files.get(column.report.pk, 0)
        text = ngettext("%(number)d file", "%(number)d files", number) % {"number": number}
        cells.append(Cell(text, address=f"{column.row.address}#evidence") if number else Cell())
    return [Row(_("Evidence"), cells)]


def _grades(shown: Sequence[Column]) -> Row:
    """Return how far source and statement are trusted. Which source it was, a protected one included, the report itself says."""
    cells = [
        Cell(
            dates.isolated(f"{column.report.source.reliability}{column.report.credibility}"),
            f"{column.report.source.get_reliability_display()}; {column.report.get_credibility_display()}",
            is_ours=True,
        )
        for column in shown
    ]
    return Row(_("Reliability, credibility"), cells)


def _said(row: Compared, shown: Sequence[Column], numbers: dict[str, int]) -> Row:
    apart = {key for reason in row.reasons for key in reason.reports} if row.verdict == Verdict.CONTRADICT else set()
    cells = [
        replace(_cell(row, value, column), is_apart=str(column.report.public_id) in apart) if value is not None else Cell()
        for value, column in zip(row.values, shown, strict=True)
    ]
    reasons = [_between([numbers[report] for report in reason.reports], reason.text) for reason in row.reasons]
    return Row(_label(row), cells, str(row.verdict.label), row.verdict.value, ICONS[row.verdict], list(dict.fromkeys(reasons)))


def _between(claims: Sequence[int], text: str) -> str:
    if len(claims) != 2:
        return text
    return _("Claims %(one)s and %(other)s: %(reason)s") % {"one": claims[0], "other": claims[1], "reason": text}


def _label(row: Compared) -> str:
    if row.kind and row.group:
        return f"{row.kind.label} · {row.group.label}"
    return row.name or str(row.field.label)


def _cell(row: Compared, value: object, column: Column) -> Cell:
    report = column.report
    match row.field:
        case Field.WHEN:
            return Cell(dates.when(report), report.time_as_worded or str(report.get_time_precision_display()))
        case Field.WHERE:
            return Cell(column.row.place, str(report.get_place_precision_display() or "") if report.latitude is not None else "")
        case Field.ACCUSED:
            return Cell(whom=column.row.accused)
        case Field.TYPE:
            return Cell(str(report.get_violation_type_display()), icon=column.row.icon)
    return Cell(dates.isolated(ranges.plain(value)) if isinstance(value, ranges.Range) else str(value))


@dataclass(frozen=True)
class Spot:
    """Where one or several claims put the event, in the drawing; `radius` is how exactly they know."""

    label: str
    x: float
    y: float
    radius: float
    text_y: float


@dataclass(frozen=True)
class Meridian:
    """A line of the grid of degrees, and what it is called; upright or level."""

    at: float
    label: str
    is_upright: bool


@dataclass(frozen=True)
class Map:
    """The claimed positions, drawn to one scale, north up; with what a reader who does not see it needs to know."""

    spots: list[Spot]
    apart: str
    distances: list[str]
    unplaced: list[int]
    bar: float
    bar_label: str
    grid: list[Meridian]
    under: Under | None = None
    width: int = WIDTH
    height: int = HEIGHT


def positions(claims: Sequence[Claim], shown: Sequence[Column]) -> Map | None:
    """Return where the claims put the event, None where none gives a point. Claims that share a point share its mark."""
    numbers = {str(column.report.public_id): column.number for column in shown}
    placed: dict[Point, list[int]] = {}
    unplaced = []
    for claim in sorted(claims, key=lambda one: numbers[one.report]):
        if claim.where and claim.where.point:
            placed.setdefault(claim.where.point, []).append(numbers[claim.report])
        else:
            unplaced.append(numbers[claim.report])
    if not placed:
        return None
    points = list(placed)
    middle = sum(point.latitude for point in points) / len(points)
    across = KM_PER_DEGREE * cos(radians(middle))
    flat = [(point.longitude * across, point.latitude * KM_PER_DEGREE, (point.radius_m or 0) / 1000) for point in points]
    left, right = min(x - r for x, _y, r in flat), max(x + r for x, _y, r in flat)
    low, high = min(y - r for _x, y, r in flat), max(y + r for _x, y, r in flat)
    scale = min((WIDTH - 2 * MARGIN) / max(right - left, 0.2), (HEIGHT - 2 * MARGIN) / max(high - low, 0.2))
    spots: list[Spot] = []
    for (x, y, radius), where in zip(flat, placed.values(), strict=True):
        drawn_y = HEIGHT / 2 - (y - (low + high) / 2) * scale
        drawn_x = WIDTH / 2 + (x - (left + right) / 2) * scale
        text_y = drawn_y - 10
        while any(abs(text_y - other.text_y) < 15 and abs(drawn_x - other.x) < 90 for other in spots):
            text_y -= 15
        spots.append(
            Spot(_("Claim %(numbers)s") % {"numbers": _listed(where)}, round(drawn_x, 1), round(drawn_y, 1), round(radius * scale, 1), text_y)
        )
    bar = _round_km((WIDTH / 4) / scale)

    def project(latitude: float, longitude: float) -> tuple[float, float]:
        x, y = longitude * across - (left + right) / 2, latitude * KM_PER_DEGREE - (low + high) / 2
        return WIDTH / 2 + x * scale, HEIGHT / 2 - y * scale

    half_x, half_y = WIDTH / 2 / scale, HEIGHT / 2 / scale
    west, east = ((left + right) / 2 - half_x) / across, ((left + right) / 2 + half_x) / across
    south, north = ((low + high) / 2 - half_y) / KM_PER_DEGREE, ((low + high) / 2 + half_y) / KM_PER_DEGREE
    pairs = sorted(((distance_km(a, b), placed[a], placed[b]) for a, b in combinations(points, 2)), key=lambda pair: -pair[0])
    return Map(
        spots=spots,
        apart=_km(pairs[0][0]) if pairs else "",
        distances=[
            _("Claim %(one)s to claim %(other)s: %(distance)s") % {"one": _listed(one), "other": _listed(other), "distance": _km(km)}
            for km, one, other in pairs
        ],
        unplaced=unplaced,
        bar=round(bar * scale, 1),
        bar_label=_km(bar),
        grid=_grid(Window(west, south, east, north), project),
        under=base_map.under(Window(west, south, east, north), project),
    )


def _grid(window: Window, project: Callable[[float, float], tuple[float, float]]) -> list[Meridian]:
    """Return the lines of a grid of degrees in the window: about three each way, at round degrees."""
    middle_y, middle_x = (window.south + window.north) / 2, (window.west + window.east) / 2
    step = next((one for one in STEPS if (window.east - window.west) / one <= 4), STEPS[-1])
    places = max(0, -floor(log10(step)))
    upright = [n * step for n in range(ceil(window.west / step), floor(window.east / step) + 1)]
    level = [n * step for n in range(ceil(window.south / step), floor(window.north / step) + 1)]
    return [
        *(Meridian(round(project(middle_y, x)[0], 1), f"{abs(x):.{places}f}°{'E' if x >= 0 else 'W'}", True) for x in upright),
        *(Meridian(round(project(y, middle_x)[1], 1), f"{abs(y):.{places}f}°{'N' if y >= 0 else 'S'}", False) for y in level),
    ]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _km(km: float) -> str:
    if 0 < km < 0.95:
        return _("%(number)s m") % {"number": f"{max(10, round(km * 1000, -1)):.0f}"}
    return _("%(number)s km") % {"number": f"{km:.1f}" if km < 10 and km != int(km) else f"{km:.0f}"}


def _round_km(km: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20 ... (or their tenths and so on) that is not more."""
    power = 10 ** int(log10(km) if km >= 1 else log10(km) - 1)
    return max((float(step * power) for step in SCALES if step * power <= km), default=float(power))
