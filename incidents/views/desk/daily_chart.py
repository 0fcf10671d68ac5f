"""The daily chart: one panel per side on one scale, as shares of its width and pixels of its height, so that text keeps its size.

Claimed bars stand only on days that somebody claimed a number for; a total is never spread over days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from incidents.models import Side
from incidents.queries.tallies import ClaimedDay, Day, DayCells
from incidents.views import dates
from incidents.views.desk.accused import Accused, of_side
from incidents.vocabulary import Unit, Watch

TOP, PANEL, GAP, FOOT = 44, 112, 32, 26
NUMBERED = 24
LABELS = 14


@dataclass(frozen=True)
class Box:
    """A bar: x and width in per cent, y and height in pixels; the number to write above it."""

    kind: str
    x: str
    width: str
    y: int
    height: int
    label: str
    label_x: str


@dataclass(frozen=True)
class Panel:
    """One side's bars over its base line."""

    accused: Accused
    base: int
    name_y: int
    boxes: list[Box]
    grid: list[tuple[int, int]]


@dataclass(frozen=True)
class DayColumn:
    """One local day: its slot, its label, and what is read out for it."""

    day: Day
    x: str
    width: str
    middle: str
    label: str
    is_edge: bool
    speech: str
    cells: list[DayCells]
    watch: Watch | None = None


@dataclass(frozen=True)
class Chart:
    """The whole chart. `wide` is the width under which it scrolls, one of a few classes."""

    panels: list[Panel]
    columns: list[DayColumn]
    bands: list[tuple[str, str, str]]
    height: int
    plot: int
    wide: str
    sides: list[Accused]


def of(days: Sequence[Day], sides: Sequence[Side], watch: Mapping[date, Watch] | None = None) -> Chart:
    """Return the chart of these days, each with whether anybody could observe where that was asked.

    Numbers in another unit than violations are left to the table: they have another scale.
    """
    top = _nice(max((value for day in days for cells in day.sides.values() for value in _drawn(cells)), default=0))
    slots = _Slots(len(days))
    panels = []
    for index, side in enumerate(sides):
        base = TOP + (index + 1) * PANEL + index * GAP
        boxes = [box for at, day in enumerate(days) for box in _boxes(day, day.sides[side.code], slots, at, base, top)]
        grid = [(base - round(share * PANEL / 2), top * share // 2) for share in (0, 1, 2)]
        panels.append(Panel(of_side(side), base, base - PANEL - 11, boxes, grid))
    plot = TOP + len(sides) * PANEL + max(len(sides) - 1, 0) * GAP
    return Chart(
        panels=panels,
        columns=_columns(days, slots, sides, watch or {}),
        bands=_bands(days, slots),
        height=plot + FOOT,
        plot=plot,
        wide="long" if len(days) > NUMBERED else "short",
        sides=[of_side(side) for side in sides],
    )


@dataclass(frozen=True)
class _Slots:
    """Days share the width evenly; right-to-left languages read them from the right."""

    number: int

    @property
    def width(self) -> float:
        return 100 / max(self.number, 1)

    def start(self, at: int) -> float:
        return (self.number - 1 - at if get_language_bidi() else at) * self.width

    def part(self, at: int, begin: float, size: float) -> tuple[str, str, str]:
        """Return x, width and middle of a part of a day's slot, in per cent."""
        x, width = self.start(at) + begin * self.width, size * self.width
        return f"{x:.3f}%", f"{width:.3f}%", f"{x + width / 2:.3f}%"


def counts(cells: DayCells) -> list[ClaimedDay]:
    """Return what is drawn of the claims of a day: numbers of violations."""
    return [claim for claim in cells.claimed if claim.unit == Unit.VIOLATION and claim.count is not None]


def _drawn(cells: DayCells) -> list[int]:
    numbers = [claim.count for claim in counts(cells)] + [cells.logged, cells.incidents, cells.verified]
    return [number for number in numbers if number is not None]


def _boxes(day: Day, cells: DayCells, slots: _Slots, at: int, base: int, top: int) -> list[Box]:
    """Return the nested bars of one day: claimed widest, one beside the other where several claimed; then logged, incidents, verified."""
    boxes = []

    def box(kind: str, value: int | None, begin: float, size: float, *, labelled: bool) -> None:
        if not value:
            return
        height = max(round(value * PANEL / top), 2)
        x, width, middle = slots.part(at, begin, size)
        label = str(value) if labelled and slots.number <= NUMBERED else ""
        boxes.append(Box(kind if day.is_counted else f"{kind} outside", x, width, base - height, height, label, middle))

    claims = counts(cells)
    for index, claim in enumerate(claims):
        size = 0.56 / len(claims)
        box("claimed", claim.count, 0.22 + index * size, size, labelled=True)
    box("logged", cells.logged, 0.32, 0.36, labelled=not claims)
    box("incidents", cells.incidents, 0.38, 0.24, labelled=False)
    box("verified", cells.verified, 0.43, 0.14, labelled=False)
    return boxes


def _columns(days: Sequence[Day], slots: _Slots, sides: Sequence[Side], watch: Mapping[date, Watch]) -> list[DayColumn]:
    """Return the days with their labels: the first and last counted always, others as there is room, each new month by its name."""
    step = -(-len(days) // LABELS)
    first = next((at for at, one in enumerate(days) if one.is_counted), 0)
    last = max((at for at, one in enumerate(days) if one.is_counted), default=len(days) - 1)
    columns, named = [], 0
    for at, day in enumerate(days):
        is_edge = at in {first, last}
        near_edge = any(0 < abs(at - edge) < step for edge in (first, last))
        label = ""
        if is_edge or ((at - first) % step == 0 and not near_edge):
            names_month = is_edge or day.day.month != named
            label, named = dates.day(day.day, short=True, year=False) if names_month else str(day.day.day), day.day.month
        x, width, middle = slots.part(at, 0, 1)
        cells = [day.sides[side.code] for side in sides]
        spoken = [f"{of_side(side).label}: {_spoken(cell, day)}" for side, cell in zip(sides, cells, strict=True)]
        found = watch.get(day.day)
        if found and any(0 in {cell.logged, cell.incidents, cell.verified} for cell in cells):
            spoken.append(str(found.label))
        columns.append(DayColumn(day, x, width, middle, label, is_edge, f"{dates.day(day.day)}. {'. '.join(spoken)}.", cells, found))
    return columns


def _spoken(cells: DayCells, day: Day) -> str:
    """Return the numbers of a day in words. Of one outside the truce claims are not kept by day, so that nobody's is not said."""
    said = [
        _("%(count)s claimed by %(claimant)s") % {"count": "?" if claim.count is None else claim.count, "claimant": claim.claimant.short_label}
        for claim in cells.claimed
    ]
    counted = [
        ngettext("%(count)d logged", "%(count)d logged", cells.logged) % {"count": cells.logged},
        *(_("incidents: %(count)d") % {"count": count} for count in [cells.incidents] if count is not None),
        *(_("verified: %(count)d") % {"count": count} for count in [cells.verified] if count is not None),
    ]
    nobody = _("nobody claimed a number for this day") if day.in_force else _("outside the truce")
    return _(", ").join([*(said or [nobody]), *counted])


def _bands(days: Sequence[Day], slots: _Slots) -> list[tuple[str, str, str]]:
    """Return x, width and the side where it begins of each run of days in force."""
    bands = []
    for in_force, run in groupby(enumerate(days), key=lambda item: item[1].in_force):
        places = [at for at, _day in run]
        if in_force:
            begin = min(slots.start(at) for at in places)
            width = len(places) * slots.width
            bands.append((f"{begin:.3f}%", f"{width:.3f}%", f"{begin + width if get_language_bidi() else begin:.3f}%"))
    return bands


def _nice(value: int) -> int:
    """Return a round even number not below the value, for the top of the scale."""
    for step in (2, 4, 10, 20, 40, 50, 60, 80, 100, 150, 200, 300, 400, 500, 600, 800, 1000):
        if value <= step:
            return step
    return -(-value // 1000) * 1000
