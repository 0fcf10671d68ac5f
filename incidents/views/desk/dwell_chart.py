"""How long a convoy stood at each checkpoint, drawn on one scale: at least, and at most. The same numbers stand in a table beside it."""

from dataclasses import dataclass
from datetime import timedelta

from incidents.queries.convoys import Journey
from incidents.rules.dwells import Dwell
from incidents.views import dates

ROW = 28


@dataclass(frozen=True)
class Bar:
    """One checkpoint: where its bars begin and end, in per cent of the width, and what they say."""

    name: str
    controller: str
    y: int
    middle: int
    at_least_width: str
    at_most_width: str
    at_least: str
    at_most: str
    has_left: bool


@dataclass(frozen=True)
class Chart:
    """The bars, and the time that the whole width stands for."""

    bars: list[Bar]
    height: int
    longest: str


def of(journey: Journey) -> Chart:
    """Return the chart of the checkpoints at which the convoy is known to have stood."""
    points = {str(point.position): point for point in journey.convoy.checkpoints.all()}
    longest = max((dwell.at_most for dwell in journey.dwells if dwell.at_most), default=timedelta(0))
    bars = [_bar(row, dwell, points[dwell.checkpoint], longest) for row, dwell in enumerate(journey.dwells)]
    return Chart(bars, ROW * len(bars), dates.duration(longest))


def _bar(row: int, dwell: Dwell, point: object, longest: timedelta) -> Bar:
    def width(length: timedelta | None) -> str:
        return f"{length / longest:.1%}" if length and longest else "0%"

    party = getattr(point, "controlled_by", None)
    return Bar(
        name=getattr(point, "name", ""),
        controller=party.short_label if party else "",
        y=row * ROW + 5,
        middle=row * ROW + ROW // 2,
        at_least_width=width(dwell.at_least),
        at_most_width=width(dwell.at_most),
        at_least="" if dwell.at_least is None else dates.duration(dwell.at_least),
        at_most="" if dwell.at_most is None else dates.duration(dwell.at_most),
        has_left=dwell.has_left,
    )
