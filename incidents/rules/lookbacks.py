"""How far back a dashboard looks: which local days each of its windows means."""

from datetime import date, timedelta

from incidents.vocabulary import Lookback

WEEK = timedelta(days=6)

Days = tuple[date | None, date | None]


def days(back: Lookback, first: date, last: date | None, today: date) -> Days | None:
    """Return the local days meant, of a truce in force from first to last; None where a bound is open, and for no day at all where none has come.

    Of a truce that is past, today is its last day: what came after broke nothing of it.
    """
    match back:
        case Lookback.TRUCE:
            return first, last
        case Lookback.ALL:
            return None, None
    end = min(last or today, today)
    if end < first:
        return None
    return (end if back == Lookback.TODAY else max(first, end - WEEK)), end


def is_past(last: date | None, today: date) -> bool:
    """Return whether the last day in force has gone by."""
    return last is not None and last < today
