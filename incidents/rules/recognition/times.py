"""When a text says that it happened: days and times of day put together. A day on which somebody spoke is not the day of the event."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from incidents.rules.recognition import calendars, clocks
from incidents.rules.recognition.calendars import Days
from incidents.rules.recognition.clocks import Clock
from incidents.rules.recognition.readings import LIKELY, SURE, WEAK, Reading, When
from incidents.rules.recognition.words import Text
from incidents.rules.timespans import PartOfDay

# A day so introduced is when somebody spoke, or since when something lasts.
_SPOKEN = re.compile(
    r"\b(?:said|says|told|announced|stated|statement|reported|reports|according to \w+|spokes\w+|posted|published|"
    r"received|meeting|talks|conference|قال\w*|صرح\w*|اعلن\w*|بيان|افاد\w*|اجتماع|مؤتمر|ذكر\w*|نشر\w*|صدر\w*)"
    r"(?:\W+\w+){0,3}?\W+(?:on\W+|in a statement on\W+|dated\W+|يوم\W+|في\W+|بتاريخ\W+)?(?:\w+\W+)?$"
)
_SINCE = re.compile(
    r"\b(?:since|until|till|before|after|by|from|next|coming|signed on|began on|as of|منذ|حتي|قبل|بعد|المقبل|القادم)\W+(?:يوم\W+|the\W+|بدايه\W+)?$"
)
_FROM_TODAY = re.compile(r"\b(?:since|منذ)\W+(?:early\W+)?$")
_AFTER = re.compile(r"^\W*(?:القادم|المقبل|next|agreement|truce|deal|ceasefire)\b")


def read(text: Text, posted: datetime) -> Reading | None:
    """Return when it happened, as local day and time; days between which nothing decides, as alternatives."""
    plain = text.plain
    for start, end, at in clocks.hours_ago(plain, posted):
        value = When(at.date(), at.time().replace(minute=0, second=0, microsecond=0), is_about=True, is_relative=True)
        return Reading("when", text.at[start], text.after(end), value, WEAK)
    days = _days(text, posted.date())
    times = [clock for clock in clocks.clocks(plain) if not any(day.start <= clock.start < day.end for day in days)]
    told = [day for day in days if not _is_aside(text, day)]
    if not told:
        return _without_day(text, days, times, posted)
    chosen = _same(told)
    if chosen is None:
        return Reading("when", text.at[told[0].start], text.after(told[0].end), None, WEAK, tuple(_day_of(day) for day in told))
    return _with_clock(text, chosen, times, posted)


def _day_of(day: Days) -> When:
    return When(day.day, last_day=day.last, is_relative=day.is_relative)


def _days(text: Text, posted: date) -> list[Days]:
    absolute = calendars.absolute(text.plain, posted)
    relative = [
        one for one in calendars.relative(text.plain, posted) if not any(one.start < other.end and other.start < one.end for other in absolute)
    ]
    return sorted([*absolute, *relative], key=lambda day: day.start)


def _is_aside(text: Text, day: Days) -> bool:
    """Return whether this is a day on which somebody spoke, or since or until when, rather than the day of the event."""
    first, last = text.sentence_at(day.start)
    before, after = text.plain[first : day.start], text.plain[day.end : last]
    if day.is_today and _FROM_TODAY.search(before):
        return False
    return bool(_SPOKEN.search(before) or _SINCE.search(before) or _AFTER.match(after))


def _same(days: list[Days]) -> Days | None:
    """Return the one day that all say; a weekday beside a date confirms it. None where they differ."""
    if len({(day.day, day.last) for day in days}) == 1:
        return next((day for day in days if not day.other), days[0])
    dated = [day for day in days if day.weight > 1]
    if dated and len({(day.day, day.last) for day in dated}) == 1 and len(dated) < len(days):
        named = [day for day in days if day.weight == 1]
        if all(day.day.weekday() == dated[0].day.weekday() for day in named):
            return dated[0]
    return None


def _without_day(text: Text, days: list[Days], times: list[Clock], posted: datetime) -> Reading | None:
    """Return what a time without a day can mean: several days, so nothing is proposed, and the day of posting is offered where it fits."""
    if days:
        options = tuple(dict.fromkeys(_day_of(day) for day in days))
        return Reading("when", text.at[days[0].start], text.after(days[0].end), None, WEAK, options)
    if not times:
        return None
    return _without_any_day(text, times, posted)


def _without_any_day(text: Text, times: list[Clock], posted: datetime) -> Reading | None:
    """Return a time of day alone. Which day it was is not said, and not made up."""
    clock = times[0]
    part = _part(text, clock.start, clock.end)
    nowhere = Days(clock.start, clock.end, posted.date() - timedelta(days=1))
    options = [replace(option, day=None, last_day=None) for option in _options(clock, nowhere, part, posted)]
    start, end = text.at[clock.start], text.after(clock.end)
    if len(options) == 1 and len({one.at for one in times}) == 1:
        at = options[0].clock
        # Earlier on the day of posting is what a message without a date means, if anything; the page says that it is assumed.
        is_past = at is not None and datetime.combine(posted.date(), at) <= posted
        return Reading(
            "when", start, end, replace(options[0], day=posted.date() if is_past else None, is_day_assumed=is_past, is_relative=is_past), WEAK
        )
    return Reading("when", start, end, None, WEAK, tuple(options))


def _with_clock(text: Text, day: Days, times: list[Clock], posted: datetime) -> Reading:
    """Return the day with its time, where there is one and it is plain which half of the day is meant."""
    start, end = text.at[day.start], text.after(day.end)
    part = _part(text, day.start, day.end)
    whole = replace(_day_of(day), part=part)
    if day.other:
        return Reading("when", start, end, None, WEAK, (When(day.day), When(day.other)))
    if day.last or not times:
        return Reading("when", start, end, whole, SURE if day.weight > 1 else LIKELY)
    clock = min(times, key=lambda one: min(abs(one.start - day.end), abs(day.start - one.end)))
    others = {(one.at, one.until, one.other) for one in times}
    options = _options(clock, day, part, posted)
    start, end = min(start, text.at[clock.start]), max(end, text.after(clock.end))
    if len(others) > 1 and len({one.at for one in times}) > 1:
        return Reading(
            "when",
            start,
            end,
            replace(whole, last_day=None),
            WEAK,
            tuple(When(day.day, one.at, until=one.until, is_relative=day.is_relative) for one in times),
        )
    if len(options) == 1:
        return Reading("when", start, end, options[0], SURE if clock.other is None and day.weight > 1 else LIKELY)
    return Reading("when", start, end, replace(whole, last_day=None), WEAK, tuple(options))


def _options(clock: Clock, day: Days, part: PartOfDay | None, posted: datetime) -> list[When]:
    """Return the readings of a time that the day, the part of the day and the posting leave possible."""
    later = _twelve_on(clock.until) if clock.until else None
    readings = [(clock.at, clock.until)] + ([(clock.other, later)] if clock.other else [])
    fit = [(at, until) for at, until in readings if at and (len(readings) == 1 or _fits(at, day, part, posted))]
    whens = []
    for at, until in fit or readings:
        assert at is not None
        last = day.day + timedelta(days=1) if until and until < at else None
        whens.append(When(day.day, at, last_day=last, until=until, is_about=clock.is_about, is_relative=day.is_relative))
    return whens


def _twelve_on(at: time) -> time:
    return time((at.hour + 12) % 24, at.minute)


def _fits(at: time, day: Days, part: PartOfDay | None, posted: datetime) -> bool:
    if datetime.combine(day.day, at) > posted.replace(tzinfo=None):
        return False
    if part is None:
        return True
    quarter = at.hour // 6
    wanted = list(PartOfDay).index(part)
    return quarter == wanted or (part == PartOfDay.NIGHT and 3 <= at.hour < 7) or (part == PartOfDay.AFTERNOON and 11 <= at.hour < 18)


def _part(text: Text, start: int, end: int) -> PartOfDay | None:
    """Return the part of the day named beside the day, within its sentence."""
    first, last = text.sentence_at(start)
    nearby = text.plain[max(first, start - 30) : min(last, end + 30)]
    found = [part for part, pattern in clocks.PARTS if pattern.search(nearby)]
    return found[0] if len(found) == 1 else None
