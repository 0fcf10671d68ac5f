"""Imprecise time: from a local date, time and precision to a span of instants, and to the local day that it counts under."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.rules.numerals import western
from incidents.vocabulary import TimePrecision

EARLIEST = date(1900, 1, 1)
DAY = timedelta(days=1)

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


class PartOfDay(TextChoices):
    """The quarters of a local day. A night stays within its date: the hours after midnight."""

    NIGHT = "night", _("night (0-6 h)")
    MORNING = "morning", _("morning (6-12 h)")
    AFTERNOON = "afternoon", _("afternoon (12-18 h)")
    EVENING = "evening", _("evening (18-24 h)")


@dataclass(frozen=True)
class Local:
    """A date and perhaps a time as they were written, on the clocks of a place."""

    day: date
    clock: time | None = None


@dataclass(frozen=True)
class Timespan:
    """From `starts_at` to just before `ends_at`, both UTC and equal for an exact instant. `day` None: it counts as undated."""

    precision: TimePrecision
    starts_at: datetime | None
    ends_at: datetime | None
    day: date | None


def parse_day(text: str, field: str) -> date:
    """Return the date written as 2016-09-17, in any digits. Week dates, ordinal dates and slashes are refused, as they are misread."""
    return _parsed_day(_DAY.fullmatch(western(text.strip())), field)


def parse_clock(text: str, field: str) -> time:
    """Return the time of day written as 19:12 or 19:12:30, in any digits."""
    if match := _CLOCK.fullmatch(western(text.strip())):
        hours, minutes, seconds = (int(group or 0) for group in match.groups())
        try:
            return time(hours, minutes, seconds)
        except ValueError:
            pass
    raise RuleBroken("not_a_time", _("Write the time as hours and minutes, such as 19:12."), field)


def parse_local(text: str, field: str) -> tuple[Local, TimePrecision]:
    """Return the date and time as written and how exact they are: 2016-09 is a month, 2016-09-17 a day, 2016-09-17 17:00 exact."""
    written = western(text.strip())
    if month := _MONTH.fullmatch(written):
        return Local(_parsed_day(_DAY.fullmatch(f"{month.group()}-01"), field)), TimePrecision.MONTH
    day, separator, clock = written.replace("T", " ").partition(" ")
    if not separator:
        return Local(parse_day(day, field)), TimePrecision.DAY
    return Local(parse_day(day, field), parse_clock(clock, field)), TimePrecision.EXACT


def zone_named(name: str, field: str = "zone") -> ZoneInfo:
    """Return the time zone with this name, such as Asia/Damascus."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RuleBroken("no_such_zone", _("There is no time zone of this name."), field) from None


def timespan(
    precision: TimePrecision,
    zone: ZoneInfo,
    start: Local | None,
    end: Local | None = None,
    part: PartOfDay | None = None,
    *,
    now: datetime,
) -> Timespan:
    """Return the span meant by a local start, an optional end and a precision. Raise RuleBroken naming `starts_at` or `ends_at`.

    The end is taken as inclusive: a day lasts to its midnight, an hour to the next. Without an end, a week is the seven days from the
    day given and a month the calendar month around it. What spans several local days, and a week, month or unknown time, is undated:
    it is never divided over days (rule 4 of the domain).
    """
    if start is None:
        if precision != TimePrecision.UNKNOWN or end:
            raise RuleBroken("required", _("Say when, or that the time is unknown."), "starts_at")
        return Timespan(precision, None, None, None)
    starts_at, ends_at = _bounds(precision, zone, start, part, "starts_at", now)
    if end:
        last_begins_at, ends_at = _bounds(precision, zone, end, None, "ends_at", now)
        if last_begins_at < starts_at:
            raise RuleBroken("ends_before_start", _("The end is before the start."), "ends_at")
    return Timespan(precision, starts_at, ends_at, _counts_under(precision, starts_at, ends_at, zone))


def days_in_force(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo) -> tuple[date, date | None]:
    """Return the first and last local day in force: the default window of rule 5. The last is None without an end date.

    An agreement that ends at midnight has the day before as its last.
    """
    if ends_at is None:
        return starts_at.astimezone(zone).date(), None
    if ends_at < starts_at:
        raise RuleBroken("ends_before_start", _("The end is before the start."), "ends_at")
    return _local_days(starts_at, ends_at, zone)


def _bounds(precision: TimePrecision, zone: ZoneInfo, local: Local, part: PartOfDay | None, field: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the first instant meant by a date and time, and the first one after. One that begins after now is refused."""
    if local.day < EARLIEST:
        raise RuleBroken("too_early", _("Dates before 1900 are not recorded."), field)
    # The day is looked at first: the days after the last one that Python knows cannot be computed.
    if local.day > now.astimezone(zone).date():
        raise RuleBroken("in_future", _("This date is in the future."), field)
    first, after = _meant(precision, zone, local, part, field)
    if first > now:
        raise RuleBroken("in_future", _("This date is in the future."), field)
    return first, after


def _meant(precision: TimePrecision, zone: ZoneInfo, local: Local, part: PartOfDay | None, field: str) -> tuple[datetime, datetime]:
    day = local.day
    match precision:
        case TimePrecision.EXACT:
            at = instant(day, _clock_of(local, field), zone, field)
            return at, at
        case TimePrecision.HOUR:
            at = instant(day, _clock_of(local, field).replace(minute=0, second=0, microsecond=0), zone, field)
            return at, at + timedelta(hours=1)
        case TimePrecision.PART_OF_DAY:
            quarter = list(PartOfDay).index(part) if part else _clock_of(local, field).hour // 6
            return _six_hours(day, quarter, zone), _six_hours(day, quarter + 1, zone)
        case TimePrecision.WEEK:
            return _midnight(day, zone), _midnight(day + 7 * DAY, zone)
        case TimePrecision.MONTH:
            first = day.replace(day=1)
            return _midnight(first, zone), _midnight((first + 31 * DAY).replace(day=1), zone)
        case TimePrecision.DAY | TimePrecision.UNKNOWN:
            return _midnight(day, zone), _midnight(day + DAY, zone)


def _counts_under(precision: TimePrecision, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> date | None:
    if precision in {TimePrecision.WEEK, TimePrecision.MONTH, TimePrecision.UNKNOWN}:
        return None
    first, last = _local_days(starts_at, ends_at, zone)
    return first if first == last else None


def _local_days(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[date, date]:
    # The end is the first instant no longer meant, so midnight belongs to the day before it.
    last = max(starts_at, ends_at - timedelta(microseconds=1))
    return starts_at.astimezone(zone).date(), last.astimezone(zone).date()


def instant(day: date, clock: time, zone: ZoneInfo, field: str) -> datetime:
    """Return the instant of a local time. Of an hour that clocks went through twice it is the first; one they skipped is refused."""
    local = datetime.combine(day, clock, zone)
    at = local.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise RuleBroken("no_such_time", _("Clocks skipped this time when summer time began."), field)
    return at


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # In Syria summer time began at midnight: a skipped 0:00 is rightly read as the instant of the change.
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _six_hours(day: date, quarter: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + (quarter // 4) * DAY, time(quarter % 4 * 6), zone).astimezone(UTC)


def _clock_of(local: Local, field: str) -> time:
    if local.clock is None:
        raise RuleBroken("time_required", _("This precision needs a time of day."), field)
    return local.clock


def _parsed_day(match: re.Match[str] | None, field: str) -> date:
    if match:
        year, month, day = (int(group) for group in match.groups())
        try:
            return date(year, month, day)
        except ValueError:
            pass
    raise RuleBroken("not_a_date", _("Write the date as year-month-day, such as 2016-09-17."), field)
