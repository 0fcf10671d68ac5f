"""Laying statements for a period beside one another: which of them do not overlap, and which days nobody speaks of."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The local days that one statement stands for, both included."""

    statement: str
    first: date
    last: date
    published_on: date
    has_number: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def worth(self) -> tuple[int, int, int]:
        """Days with a number, then days spoken of, then how late each of them was spoken of."""
        return (self.days if self.has_number else 0, self.days, self.days * self.published_on.toordinal())


def apart(periods: Iterable[Period]) -> tuple[list[Period], list[Period]]:
    """Return the periods to add, none of which overlap, and the ones left out (rule 5 of the domain).

    Of all sets that do not overlap, it is the one with numbers for most days; of equals the one that speaks of most days; of these the
    one published later for the days in question. Taking the first that fits instead could drop a week for the sake of a day.
    """
    laid = sorted(set(periods), key=lambda period: (period.last, period.first, period.published_on, period.statement))
    ends = [period.last for period in laid]
    before = [bisect_left(ends, period.first) for period in laid]
    worth = [(0, 0, 0)]
    for index, period in enumerate(laid):
        worth.append(max(worth[index], _plus(worth[before[index]], period.worth)))
    taken: list[Period] = []
    index = len(laid)
    while index:
        period = laid[index - 1]
        if worth[index] == _plus(worth[before[index - 1]], period.worth):
            taken.append(period)
            index = before[index - 1]
        else:
            index -= 1
    taken.reverse()
    kept = set(taken)
    return taken, [period for period in laid if period not in kept]


def missing(taken: Sequence[Period], first: date, last: date) -> list[tuple[date, date]]:
    """Return the spans of days from first to last that none of the periods covers. They must be in order and not overlap."""
    spans = []
    expected = first
    for period in taken:
        if period.first > expected:
            spans.append((expected, period.first - DAY))
        expected = period.last + DAY
    return [*spans, (expected, last)] if expected <= last else spans


def _plus(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])
