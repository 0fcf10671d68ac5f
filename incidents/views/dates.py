"""Days and times in the reader's language, in the agreement's own zone. Ranges and clocks stand in isolates, so that their order never flips.

Arabic months have two sets of names, those of the Levant (أيلول) and the others (سبتمبر): a deployment has one, and a person may choose.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from babel import dates as babel
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incidents.models import ConvoyEvent, Report
from incidents.vocabulary import TimePrecision

# Names of months are looked up in these; other languages in themselves.
MONTHS_OF = {"levantine": "ar_SY", "international": "ar_EG"}
# What the person who asks chose; "" for what the deployment has.
chosen: ContextVar[Callable[[], str]] = ContextVar("months", default=lambda: "")
# Arabic names have no short forms.
WITHOUT_SHORT_MONTHS = {"ar"}

# For what belongs to no agreement, and so to no place's clocks.
UTC_ZONE = ZoneInfo("UTC")

OPEN, RIGHT_TO_LEFT, FIRST_STRONG, CLOSE = "\u2066", "\u2067", "\u2068", "\u2069"


def isolated(text: str) -> str:
    """Return the text as a left-to-right island, for languages that need one."""
    return f"{OPEN}{text}{CLOSE}" if _language() == "ar" else text


def apart(name: str) -> str:
    """Return a name as an island of its own direction, for sentences that are drawn where no element can hold it apart."""
    return f"{FIRST_STRONG}{name}{CLOSE}"


def plain(text: str) -> str:
    """Return the text without the marks that hold islands apart: a file of figures is read by programs."""
    return str(text).translate(dict.fromkeys(map(ord, (OPEN, RIGHT_TO_LEFT, FIRST_STRONG, CLOSE))))


def month(number: int, *, short: bool = False) -> str:
    """Return the month's name in the reader's language."""
    language = _language()
    width: Literal["abbreviated", "wide"] = "abbreviated" if short and language not in WITHOUT_SHORT_MONTHS else "wide"
    names = MONTHS_OF[chosen.get()() or settings.MONTHS] if language == "ar" else language
    return str(babel.get_month_names(width, locale=names)[number])


def day(value: date, *, short: bool = False, year: bool = True) -> str:
    """Return 12 September 2016, 12 Sep 2016 or 12 Sep."""
    text = f"{value.day} {month(value.month, short=short)}"
    return f"{text} {value.year}" if year else text


def days(first: date, last: date | None, *, short: bool = False) -> str:
    """Return the span from first to last, saying month and year once where they are shared. Without a last day it is open."""
    if last is None:
        return _("from %(day)s") % {"day": day(first, short=short)}
    if first == last:
        return day(first, short=short)
    if (first.year, first.month) == (last.year, last.month):
        return f"{isolated(f'{first.day}–{last.day}')} {month(first.month, short=short)} {first.year}"
    return _("%(first)s to %(last)s") % {"first": day(first, short=short, year=first.year != last.year), "last": day(last, short=short)}


def between(first: date | None, last: date | None) -> str:
    """Return the days between two of which either may be open; "" for all the time."""
    if first:
        return days(first, last, short=True)
    return _("until %(day)s") % {"day": day(last, short=True)} if last else ""


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Return the time of day on the zone's clocks."""
    return isolated(f"{at.astimezone(zone):%H:%M}")


def moment(at: datetime, zone: ZoneInfo, *, short: bool = True, year: bool = True) -> str:
    """Return day and time on the zone's calendar and clocks."""
    return f"{day(at.astimezone(zone).date(), short=short, year=year)} {clock(at, zone)}"


def when(report: Report, *, year: bool = False) -> str:
    """Return when a report says it happened, no more exactly than it says: the time only where one is known."""
    return span(report, report.agreement.zone, year=year)


class Dated(Protocol):
    """Whatever says when it happened, and how exactly."""

    @property
    def occurred_on(self) -> date | None: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def time_precision(self) -> str: ...


def span(told: Report | ConvoyEvent | Dated, zone: ZoneInfo, *, year: bool = False) -> str:
    """Return when a report or a convoy's event says it happened, on the zone's calendar and clocks."""
    precision = TimePrecision(told.time_precision)
    if told.starts_at is None or told.ends_at is None:
        return day(told.occurred_on, short=True, year=year) if told.occurred_on else ""
    first = told.starts_at.astimezone(zone)
    # An end is the first instant no longer meant; an exact one is both at once.
    last = max(first, told.ends_at.astimezone(zone) - timedelta(microseconds=1))
    if first.date() != last.date():
        return days(first.date(), last.date(), short=True)
    text = day(first.date(), short=True, year=year)
    if precision in {TimePrecision.EXACT, TimePrecision.HOUR} and first.minute == last.minute and first.hour == last.hour:
        return f"{text} {clock(first, zone)}"
    if precision in {TimePrecision.EXACT, TimePrecision.HOUR, TimePrecision.PART_OF_DAY}:
        return f"{text} {isolated(f'{first:%H:%M}–{told.ends_at.astimezone(zone):%H:%M}')}"
    return text


def duration(length: timedelta) -> str:
    """Return 2 d 4 h, 3 h 20 min or 40 min; under a minute, 0 min."""
    minutes = int(length.total_seconds() // 60)
    days_, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days_:
        return _("%(days)d d %(hours)d h") % {"days": days_, "hours": hours} if hours else _("%(days)d d") % {"days": days_}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes} if minutes else _("%(hours)d h") % {"hours": hours}
    return _("%(minutes)d min") % {"minutes": minutes}


def share(part: Decimal | None) -> str:
    """Return a share in per cent, nothing where it is not known."""
    return "" if part is None else isolated(f"{part * 100:.0f} %")


def zone_name(name: str, at: datetime) -> str:
    """Return the zone as people say it: Damascus (UTC+3)."""
    zone = ZoneInfo(name)
    city = babel.get_timezone_location(babel.get_timezone(name), locale=_language(), return_city=True)
    hours = (zone.utcoffset(at.astimezone(zone).replace(tzinfo=None)) or timedelta()).total_seconds() / 3600
    return f"{city} {isolated(f'(UTC{hours:+g})')}"


def city(name: str) -> str:
    """Return the city that a zone is named after: Damascus."""
    return str(babel.get_timezone_location(babel.get_timezone(name), locale=_language(), return_city=True))


def _language() -> str:
    return (get_language() or "en").partition("-")[0]
