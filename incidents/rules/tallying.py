"""The claimed tally: which published totals make a party's figure for a window of days, and what travels with it (rule 5 of the domain)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from incidents.rules import increments, periods, ranges
from incidents.rules.digests import Reading, known_sum, readings, unexplained
from incidents.rules.statements import NOBODY, Accused, Facts, Flag, Harm, Part, Replaced, Statement, Window
from incidents.vocabulary import Bucket, ClaimFlag, HarmGroup, HarmKind, Qualifier, Unit

__all__ = [
    "NOBODY",
    "Accused",
    "ClaimedTally",
    "DayClaim",
    "Flag",
    "Harm",
    "Part",
    "Replaced",
    "Statement",
    "Used",
    "Window",
    "claimed",
    "claimed_on_days",
    "unexplained",
]

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Used:
    """A statement that a figure was taken from, and the number it gives for it."""

    statement: str
    count: int | None


@dataclass(frozen=True)
class ClaimedTally:
    """What one claimant counts against one of the accused in one unit. A count of None: no usable statement gives a number."""

    claimant: str
    accused: Accused
    unit: Unit
    count: int | None
    qualifier: Qualifier
    harm: tuple[Harm, ...]
    used: tuple[Used, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class DayClaim:
    """A number claimed for one local day alone. `also` names other statements about the same day, which are not added to it."""

    claimant: str
    accused: Accused
    unit: Unit
    day: date
    count: int | None
    qualifier: Qualifier
    statement: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """The readings that a figure is made of, with the flags of the choice."""

    used: tuple[Reading, ...]
    flags: tuple[Flag, ...]


def claimed(statements: Iterable[Statement], window: Window) -> list[ClaimedTally]:
    """Return one figure per claimant, accused and unit (rule 5 of the domain), by claimant, side and unit, never by size.

    The latest cumulative statement counted from the window's first day makes the figure; failing that, the sum of periodic ones that
    do not overlap. Where only unusable statements touch the window the count is None and the flags say why.
    Superseded and retracted statements are to be left out before.
    """
    tallies = []
    for (claimant, accused, unit), group in _groups(statements, window):
        figure, unfit = _figure([reading for reading in group if not _unfit(reading, window)], window), _flags_of_unfit(group, window)
        count, qualifier, partly = known_sum((reading.count, reading.qualifier) for reading in figure.used)
        flags = _in_order([*figure.flags, *unfit, *partly, *(flag for reading in figure.used for flag in reading.flags)])
        used = tuple(Used(reading.statement.id, reading.count) for reading in figure.used)
        tallies.append(ClaimedTally(claimant, accused, unit, count, qualifier, _harm(figure.used), used, flags))
    return [replace(tally, flags=_in_order([*tally.flags, *_in_other_units(tally, tallies)])) for tally in tallies]


def claimed_on_days(statements: Iterable[Statement], window: Window) -> list[DayClaim]:
    """Return the numbers that were claimed for single days of the window (rule 5 of the domain: a total is never spread over days).

    Cumulative statements and those for several days give none. Of several statements about one day a number goes before none,
    then the later publication; the others are named.
    """
    claims = []
    for (claimant, accused, unit), group in _groups(statements, window):
        days = defaultdict(list)
        for reading in group:
            if _is_for_one_day(reading.statement) and not _unfit(reading, window):
                days[reading.statement.period_end].append(reading)
        for day in sorted(days):
            *others, chosen = sorted(days[day], key=lambda reading: (reading.count is not None, *_recency(reading)))
            also = tuple(sorted(other.statement.id for other in others))
            claims.append(DayClaim(claimant, accused, unit, day, chosen.count, chosen.qualifier, chosen.statement.id, also))
    return claims


def _groups(statements: Iterable[Statement], window: Window) -> list[tuple[tuple[str, Accused, Unit], list[Reading]]]:
    """Return the readings that touch the window, by claimant, accused and unit. One wholly outside has nothing to say of it."""
    groups = defaultdict(list)
    for statement in sorted(set(statements), key=lambda statement: statement.id):
        if statement.touches(window):
            for reading in readings(statement):
                groups[statement.claimant, reading.accused, reading.unit].append(reading)
    buckets, units = list(Bucket), list(Unit)
    return sorted(groups.items(), key=lambda item: (item[0][0], buckets.index(item[0][1].bucket), item[0][1].side, units.index(item[0][2])))


def _figure(fit: Sequence[Reading], window: Window) -> Figure:
    """Return the readings that rule 5 takes. One with a number goes before any without; cumulative and periodic never mix."""
    cumulative = sorted((reading for reading in fit if reading.statement.is_cumulative), key=_recency)
    numbered = [reading for reading in cumulative if reading.count is not None]
    periodic = [reading for reading in fit if not reading.statement.is_cumulative]
    if numbered:
        figure = _from_latest(numbered, [reading for reading in cumulative if reading.count is None], window)
        return replace(figure, flags=(*figure.flags, *increments.differences(numbered, periodic, window.first)))
    if any(reading.count is not None for reading in periodic):
        return _from_sum(periodic, cumulative, window)
    if cumulative:
        return _from_latest(cumulative, [], window)
    return _from_sum(periodic, [], window) if periodic else Figure((), ())


def _from_latest(cumulative: Sequence[Reading], numberless: Sequence[Reading], window: Window) -> Figure:
    """Return the latest of the cumulative readings, which come in order, with the tail it leaves and the doubts about it."""
    latest = cumulative[-1]
    as_of = latest.statement.period_end
    flags = _tail(as_of, window)
    if window.last is not None and as_of < window.last:
        flags.append(Flag(ClaimFlag.GAP, {"from": (as_of + DAY).isoformat(), "to": window.last.isoformat()}))
    for earlier, later in pairwise(cumulative):
        if earlier.statement.period_end == later.statement.period_end:
            if earlier.count != later.count:
                flags.append(_overlap(earlier))
        elif earlier.count is not None and later.count is not None and later.count < earlier.count:
            detail: Facts = {"statement": later.statement.id, "count": later.count, "earlier": earlier.statement.id, "earlier_count": earlier.count}
            flags.append(Flag(ClaimFlag.DECREASING, detail))
    # A later statement that does not tell the accused apart is not used, but says that more was claimed since.
    flags += [flag for reading in numberless if reading.statement.period_end > as_of for flag in reading.flags]
    return Figure((latest,), tuple(flags))


def _from_sum(periodic: Sequence[Reading], numberless: Sequence[Reading], window: Window) -> Figure:
    """Return the periodic readings that do not overlap, with what was left out and the days that nobody speaks of."""
    by_period = {_period(reading): reading for reading in periodic}
    taken, left_out = periods.apart(by_period)
    last = window.last or taken[-1].last
    flags = _tail(taken[-1].last, window) + [_overlap(by_period[period]) for period in left_out]
    for start, end in periods.missing(taken, window.first, last):
        flags.append(Flag(ClaimFlag.MISSING_DAYS, {"from": start.isoformat(), "to": end.isoformat()}))
    flags += [flag for reading in numberless for flag in reading.flags]
    return Figure(tuple(by_period[period] for period in taken), tuple(flags))


def _in_other_units(tally: ClaimedTally, tallies: Sequence[ClaimedTally]) -> list[Flag]:
    """Return a flag for each other unit in which the same claimant counts against the same accused: figures of their own."""
    same = [other for other in tallies if (other.claimant, other.accused) == (tally.claimant, tally.accused) and other.unit != tally.unit]
    return [Flag(ClaimFlag.OTHER_UNIT, {"unit": str(other.unit), "count": other.count}) for other in same]


def _unfit(reading: Reading, window: Window) -> ClaimFlag | None:
    """Return why a statement that touches the window cannot be used for it, or None if it can."""
    statement = reading.statement
    start = statement.first_day
    if start is not None and start < window.first:
        return ClaimFlag.BEFORE_WINDOW
    if window.last is not None and statement.period_end > window.last:
        return ClaimFlag.PAST_WINDOW
    if start is None or start > statement.period_end or (statement.is_cumulative and start != window.first):
        return ClaimFlag.OTHER_START
    return None


def _flags_of_unfit(group: Sequence[Reading], window: Window) -> list[Flag]:
    flags = []
    for reading in group:
        if code := _unfit(reading, window):
            start = reading.statement.first_day
            days = {"from": start.isoformat() if start else None, "to": reading.statement.period_end.isoformat()}
            flags.append(Flag(code, {"statement": reading.statement.id, "count": reading.count, **days}))
    return flags


def _tail(as_of: date, window: Window) -> list[Flag]:
    return [Flag(ClaimFlag.OPEN_WINDOW, {"as_of": as_of.isoformat()})] if window.last is None else []


def _overlap(reading: Reading) -> Flag:
    start = reading.statement.first_day or reading.statement.period_end
    days = {"from": start.isoformat(), "to": reading.statement.period_end.isoformat()}
    return Flag(ClaimFlag.OVERLAP, {"statement": reading.statement.id, "count": reading.count, **days})


def _period(reading: Reading) -> periods.Period:
    statement = reading.statement
    first = statement.first_day or statement.period_end
    return periods.Period(statement.id, first, statement.period_end, statement.published_on, reading.count is not None)


def _is_for_one_day(statement: Statement) -> bool:
    return not statement.is_cumulative and statement.first_day == statement.period_end


def _recency(reading: Reading) -> tuple[date, date, str]:
    # The id decides last, so that the order in which statements arrive never does.
    return (reading.statement.period_end, reading.statement.published_on, reading.statement.id)


def _harm(used: Sequence[Reading]) -> tuple[Harm, ...]:
    """Return the harm stated with the figure. Over several statements the known part is added and those that give none are counted."""
    if len(used) == 1:
        return used[0].harm
    stated = {(harm.kind, harm.group) for reading in used for harm in reading.harm}
    return tuple(_harm_of(kind, group, used) for kind in HarmKind for group in HarmGroup if (kind, group) in stated)


def _harm_of(kind: HarmKind, group: HarmGroup, used: Sequence[Reading]) -> Harm:
    terms = []
    for reading in used:
        rows = [harm for harm in reading.harm if (harm.kind, harm.group) == (kind, group)]
        terms += [ranges.Range(row.low, row.best, row.high, row.qualifier) for row in rows] or [ranges.Range()]
    total = ranges.total(terms)
    return Harm(kind, group, total.whole.low, total.whole.best, total.whole.high, total.whole.qualifier, total.unknown)


def _in_order(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    codes = list(ClaimFlag)
    return tuple(sorted(set(flags), key=lambda flag: (codes.index(flag.code), str(sorted(flag.detail.items(), key=str)))))
