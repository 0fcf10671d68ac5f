"""Cumulative against daily: whether what was claimed for single days or periods makes what cumulative statements grew by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from incidents.rules import periods
from incidents.rules.digests import Reading
from incidents.rules.statements import Facts, Flag
from incidents.vocabulary import ClaimFlag, Qualifier

DAY = timedelta(days=1)
MINIMUM = {Qualifier.EXACTLY, Qualifier.AT_LEAST, Qualifier.MORE_THAN}


@dataclass(frozen=True)
class Step:
    """How far a claimant had counted by the end of a day. Without a statement it is the start, where every count is at nothing."""

    day: date
    count: int
    qualifier: Qualifier = Qualifier.EXACTLY
    statement: str = ""


def differences(cumulative: Sequence[Reading], periodic: Sequence[Reading], first: date) -> tuple[Flag, ...]:
    """Return a flag for each rise of the cumulative number that the numbers for the days in between contradict.

    Where days are missing among them they contradict it only by exceeding it. All readings are of one claimant, accused and unit and
    give a number; the cumulative ones count from `first` and come in order. Hedged numbers contradict only what they exclude.
    """
    start = Step(first - DAY, 0)
    steps = [start, *_latest_of_each_day(cumulative)]
    flags = [flag for earlier, later in pairwise(steps) for flag in _between(earlier, later, periodic)]
    if not flags and len(steps) > 2:
        flags = list(_between(start, steps[-1], periodic))
    return tuple(flags)


def _latest_of_each_day(cumulative: Sequence[Reading]) -> list[Step]:
    steps = {}
    for reading in cumulative:
        if reading.count is not None:
            day = reading.statement.period_end
            steps[day] = Step(day, reading.count, reading.qualifier, reading.statement.id)
    return list(steps.values())


def _between(earlier: Step, later: Step, periodic: Sequence[Reading]) -> Iterator[Flag]:
    inside = {_period(reading): reading for reading in periodic if earlier.day < _first(reading) and reading.statement.period_end <= later.day}
    taken, _ = periods.apart(period for period, reading in inside.items() if reading.count is not None)
    hedges = {inside[period].qualifier for period in taken}
    if not taken or not hedges <= MINIMUM:
        return
    total, rise = sum(inside[period].count or 0 for period in taken), later.count - earlier.count
    is_complete = hedges == {Qualifier.EXACTLY} and not periods.missing(taken, earlier.day + DAY, later.day)
    exceeds = total > rise and later.qualifier == Qualifier.EXACTLY and earlier.qualifier in MINIMUM
    falls_short = total < rise and is_complete and later.qualifier in MINIMUM and earlier.qualifier == Qualifier.EXACTLY
    if exceeds or falls_short:
        yield _flag(earlier, later, total)


def _flag(earlier: Step, later: Step, total: int) -> Flag:
    rise = later.count - earlier.count
    days: Facts = {"from": (earlier.day + DAY).isoformat(), "to": later.day.isoformat()}
    since: Facts = {"earlier": earlier.statement, "earlier_count": earlier.count} if earlier.statement else {}
    numbers: Facts = {"statement": later.statement, "count": later.count, "stated": rise, "sum": total, "remainder": rise - total}
    return Flag(ClaimFlag.DAILIES_DO_NOT_ADD_UP, numbers | since | days)


def _first(reading: Reading) -> date:
    return reading.statement.first_day or reading.statement.period_end


def _period(reading: Reading) -> periods.Period:
    statement = reading.statement
    return periods.Period(statement.id, _first(reading), statement.period_end, statement.published_on, True)
