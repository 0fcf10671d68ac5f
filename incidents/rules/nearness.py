"""How near two imprecise times, or two places, are to each other."""

from datetime import timedelta

from incidents.rules.timespans import Timespan

HOUR = timedelta(hours=1)


def is_dated(span: Timespan | None) -> bool:
    """Return whether anything is known of when it was."""
    return span is not None and span.starts_at is not None and span.ends_at is not None


def gap(one: Timespan, other: Timespan) -> timedelta | None:
    """Return how long after the first of two spans the second begins; zero where they touch, None where they overlap or one is not known.

    A span ends just before its end, so that a day does not overlap the next; an instant is its own end.
    """
    if one.starts_at is None or one.ends_at is None or other.starts_at is None or other.ends_at is None:
        return None
    if (other.starts_at, other.ends_at) < (one.starts_at, one.ends_at):
        return gap(other, one)
    touch = one.ends_at == other.starts_at and one.starts_at != one.ends_at
    return other.starts_at - one.ends_at if one.ends_at < other.starts_at or touch else None


def likeness(one: Timespan, other: Timespan, slack: timedelta = HOUR / 2) -> float:
    """Return from 0 to 1 what two spans share of all that they cover, each widened by the slack on both ends. 0: they share nothing."""
    if one.starts_at is None or one.ends_at is None or other.starts_at is None or other.ends_at is None:
        return 0.0
    shared = min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at) + 2 * slack
    covered = max(one.ends_at, other.ends_at) - min(one.starts_at, other.starts_at) + 2 * slack
    return max(0.0, shared / covered)
