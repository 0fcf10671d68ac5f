"""Silence is not peace: a day on which nobody is known to have watched is unknown, not quiet."""

from datetime import date

import pytest

from incidents.rules.watching import Presence, watched
from incidents.vocabulary import Watch

SEEN, KEPT_OUT, UNKNOWN = Watch.OBSERVED, Watch.DENIED, Watch.UNKNOWN


def june(day: int) -> date:
    return date(2020, 6, day)


@pytest.mark.parametrize(
    ("presences", "days"),
    [
        ([], [UNKNOWN] * 4),
        ([Presence(june(2), june(3))], [UNKNOWN, SEEN, SEEN, UNKNOWN]),
        ([Presence(june(2), None)], [UNKNOWN, SEEN, SEEN, SEEN]),
        ([Presence(june(1), june(2), True)], [KEPT_OUT, KEPT_OUT, UNKNOWN, UNKNOWN]),
        ([Presence(june(1), june(3), True), Presence(june(2), june(2))], [KEPT_OUT, SEEN, KEPT_OUT, UNKNOWN]),
    ],
)
def test_each_day_is_observed_denied_or_unknown(presences: list[Presence], days: list[Watch]) -> None:
    found = watched(presences, june(1), june(4))
    assert list(found.days) == [june(day) for day in (1, 2, 3, 4)]
    assert list(found.days.values()) == days
    assert found.whole == (days[0] if len(set(days)) == 1 else None)
    assert [found.count(watch) for watch in Watch] == [days.count(watch) for watch in Watch]


def test_days_that_have_not_come_are_not_there() -> None:
    assert watched([Presence(june(1), None)], june(4), june(3)).days == {}
