"""Which days each window of the dashboard means, while a truce runs, once it is past, and before it begins."""

from datetime import date

import pytest

from incidents.rules.lookbacks import Days, days
from incidents.vocabulary import Lookback

FIRST, LAST = date(2020, 6, 1), date(2020, 6, 30)
WEEK, TODAY = Lookback.WEEK, Lookback.TODAY


def june(day: int) -> date:
    return date(2020, 6, day)


@pytest.mark.parametrize(
    ("back", "today", "meant"),
    [
        (TODAY, june(20), (june(20), june(20))),
        (WEEK, june(20), (june(14), june(20))),
        (WEEK, june(3), (june(1), june(3))),  # never days before the truce
        (TODAY, date(2026, 1, 1), (LAST, LAST)),  # of a truce that is past its last day
        (WEEK, date(2026, 1, 1), (june(24), LAST)),
        (TODAY, date(2020, 5, 31), None),  # no day of it has come
        (WEEK, date(2020, 5, 31), None),
        (Lookback.TRUCE, date(2020, 5, 31), (FIRST, LAST)),
        (Lookback.ALL, june(20), (None, None)),
    ],
)
def test_a_window_is_days_on_which_the_truce_was_in_force(back: Lookback, today: date, meant: Days | None) -> None:
    assert days(back, FIRST, LAST, today) == meant


def test_a_truce_without_an_end_is_looked_back_on_from_today() -> None:
    assert days(WEEK, FIRST, None, date(2021, 1, 9)) == (date(2021, 1, 3), date(2021, 1, 9))
    assert days(Lookback.TRUCE, FIRST, None, date(2021, 1, 9)) == (FIRST, None)
