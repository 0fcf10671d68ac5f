"""The arithmetic of a bulletin as it is entered: noted before it is saved, and never mended. What is noted travels with the figures after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from incidents.rules import periods, tallying
from incidents.rules.digests import Reading, doubts, readings
from incidents.rules.statements import Accused, Flag, Statement, Window
from incidents.vocabulary import Unit

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Today:
    """A day's number beside the cumulative one as of that day: what they leave for the days before, and what is on record for these.

    `known`: the cumulative number stated as of the day before; None: none is on record. `summed`: what was claimed for single days
    or periods before, over `summed_days` of `days_before`; None: nothing was.
    """

    accused: Accused
    unit: Unit
    day: date
    cumulative: int
    for_day: int
    known: int | None
    summed: int | None
    summed_days: int
    days_before: int

    @property
    def before(self) -> int:
        return self.cumulative - self.for_day

    @property
    def agrees(self) -> bool | None:
        """Return whether yesterday's number and today's make the cumulative one; None where too little is on record to tell."""
        if self.known is not None:
            return self.known == self.before
        if self.before < 0 or (self.summed or 0) > self.before:
            return False
        return self.summed == self.before if self.summed_days == self.days_before else None


def noted(new: Statement, standing: Iterable[Statement], window: Window) -> tuple[Flag, ...]:
    """Return what must be known of a statement that is about to join these: its own doubts, then the flags that figures would gain by it."""
    others = [statement for statement in standing if statement.claimant == new.claimant and statement.id != new.id]
    held = {(tally.accused, tally.unit): set(tally.flags) for tally in tallying.claimed(others, window)}
    gained = [
        flag
        for tally in tallying.claimed([*others, new], window)
        for flag in tally.flags
        if flag not in held.get((tally.accused, tally.unit), set()) and _is_about(new, tally)
    ]
    return tuple(dict.fromkeys((*doubts(new), *gained)))


def today(new: Statement, standing: Iterable[Statement], window: Window) -> tuple[Today, ...]:
    """Return, for each accused and unit that the statement speaks of, the number of its last day beside the cumulative one of that day.

    One of the two is the statement's own, the other may be another statement's; where there is only one there is nothing to compare.
    """
    others = [statement for statement in standing if statement.claimant == new.claimant and statement.id != new.id]
    found = []
    for reading in readings(new):
        beside = [other for one in others for other in readings(one) if (other.accused, other.unit) == (reading.accused, reading.unit)]
        if row := _today(reading, beside, window):
            found.append(row)
    return tuple(found)


def _today(reading: Reading, beside: Sequence[Reading], window: Window) -> Today | None:
    day = reading.statement.period_end
    everything = [*beside, reading]
    cumulative, for_day = _cumulative(everything, day, window), _for_day(everything, day)
    if cumulative is None or for_day is None or reading.count is None or not (reading.statement.is_cumulative or _is_of(reading, day)):
        return None
    earlier = {_period(one): one.count for one in beside if _is_before(one, day, window)}
    taken, _ = periods.apart(earlier)
    return Today(
        accused=reading.accused,
        unit=reading.unit,
        day=day,
        cumulative=cumulative,
        for_day=for_day,
        known=_cumulative(beside, day - DAY, window) if day > window.first else 0,
        summed=sum(earlier[period] or 0 for period in taken) if taken else None,
        summed_days=sum(period.days for period in taken),
        days_before=(day - window.first).days,
    )


def _cumulative(held: Iterable[Reading], day: date, window: Window) -> int | None:
    """Return the cumulative number as of a day, counted from the window's start: of several the one published last."""
    found = [
        reading
        for reading in held
        if reading.statement.is_cumulative and reading.statement.period_end == day and reading.statement.first_day == window.first
    ]
    return _latest(found)


def _for_day(held: Iterable[Reading], day: date) -> int | None:
    return _latest([reading for reading in held if _is_of(reading, day)])


def _latest(found: Sequence[Reading]) -> int | None:
    numbered = [reading for reading in found if reading.count is not None]
    return max(numbered, key=lambda reading: (reading.statement.published_on, reading.statement.id)).count if numbered else None


def _is_of(reading: Reading, day: date) -> bool:
    statement = reading.statement
    return not statement.is_cumulative and statement.first_day == statement.period_end == day


def _is_before(reading: Reading, day: date, window: Window) -> bool:
    statement = reading.statement
    first = statement.first_day
    return not statement.is_cumulative and reading.count is not None and first is not None and window.first <= first and statement.period_end < day


def _period(reading: Reading) -> periods.Period:
    statement = reading.statement
    return periods.Period(statement.id, statement.first_day or statement.period_end, statement.period_end, statement.published_on, True)


def _is_about(new: Statement, tally: tallying.ClaimedTally) -> bool:
    return any((reading.accused, reading.unit) == (tally.accused, tally.unit) for reading in readings(new))
