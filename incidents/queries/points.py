"""Points of the sealed log that a figure can be asked for: a number, or an instant, which is the last number sealed by then.

Seals take their numbers and instants in commit order under one lock, and an instant never runs behind the one before it. So what was
sealed by an instant up to the last seal is settled for good: a transaction that began before it and commits after it is sealed after it.
Later instants are not settled yet, and are refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Agreement, Change, LedgerHead, Seal, SealHead
from incidents.queries import filters, visibility
from incidents.queries.visibility import Reader
from incidents.rules import numerals, timespans
from incidents.rules.tallying import Window

NAMES = ("as_known_on", "change")
# A plus sign in an address is read as a blank.
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[+ -][0-9]{2}:[0-9]{2})")


@dataclass(frozen=True)
class Point:
    """Up to which sealed change is counted, and when that one was sealed; None before anything was."""

    number: int
    sealed_at: datetime | None
    is_now: bool = False


@dataclass(frozen=True)
class Dates:
    """The dates of a truce, and where its days are counted. No end: none was agreed."""

    announced_on: date | None
    begins: datetime
    ends: datetime | None
    zone: ZoneInfo


def counted(reader: Reader | None = None) -> int:
    """Return the number of the last sealed change that the ledger has counted; to a reader who is told later, of the last they are told of."""
    number = LedgerHead.objects.values_list("number", flat=True).first() or 0
    return number if reader is None else visibility.told_up_to(reader, number)


def sealed(reader: Reader | None = None) -> int:
    """Return the number of the last sealed change, or of the last that the reader is told of."""
    number = SealHead.objects.values_list("number", flat=True).first() or 0
    return number if reader is None else visibility.told_up_to(reader, number)


def now(reader: Reader | None = None) -> Point:
    """Return how far the ledger has counted."""
    return _at(counted(reader), is_now=True)


def waiting(point: Point, reader: Reader | None = None) -> int:
    """Return how many sealed changes wait to be counted; up to a settled point none does."""
    return sealed(reader) - point.number if point.is_now else 0


def parse(params: Mapping[str, str], zone: ZoneInfo, reader: Reader | None = None) -> Point:
    """Return the point asked for, by `change` or `as_known_on`; now without either. Raise RuleBroken for one that is not settled."""
    said = {name: filters.said_once(params, name) for name in NAMES}
    if said["change"] and said["as_known_on"]:
        raise RuleBroken("said_twice", _("Ask for a change or for an instant, not for both."), "as_known_on")
    if said["change"]:
        return _numbered(numerals.parse_count(said["change"], "change") or 0, reader)
    return _known(instant(said["as_known_on"], zone), reader) if said["as_known_on"] else now(reader)


def instant(text: str, zone: ZoneInfo) -> datetime:
    """Return the instant that was written with its offset, or on the clocks of the agreement without one; a day alone is its end."""
    written = numerals.western(text)
    try:
        if found := _INSTANT.fullmatch(written):
            day, clock, offset = found.groups()
            return datetime.fromisoformat(f"{day}T{clock}{offset.replace(' ', '+')}").astimezone(UTC)
        local, _precision = timespans.parse_local(written, "as_known_on")
    except (ValueError, OverflowError, RuleBroken):
        message = _("Write an instant with its offset, such as 2016-09-19T19:12:00+03:00, or day and time on the agreement's clocks.")
        raise RuleBroken("not_an_instant", message, "as_known_on") from None
    clock_time = local.clock or datetime.max.time()
    try:
        return datetime.combine(local.day, clock_time, zone).astimezone(UTC)
    except OverflowError:
        raise RuleBroken("out_of_range", _("Days are recorded from 1900 on."), "as_known_on") from None


def window_at(agreement: Agreement, point: Point) -> Window:
    """Return the local days in force as they were known at a point: the ledger was posted anew when they changed."""
    known = dates_at(agreement, point)
    return Window(*timespans.days_in_force(known.begins, known.ends, known.zone))


def dates_at(agreement: Agreement, point: Point) -> Dates:
    """Return when a truce was announced, began and ends, as it was known at a point."""
    if not point.is_now:
        said = Change.objects.filter(record_id=agreement.public_id, record_type="agreement", seal__number__lte=point.number).order_by("-id")
        facts = (said.values_list("payload__body__after", flat=True).first()) or {}
        if facts.get("in_force_from"):
            ends, announced = facts["in_force_until"], facts.get("announced_on")
            return Dates(
                announced_on=date.fromisoformat(announced) if announced else None,
                begins=datetime.fromisoformat(facts["in_force_from"]),
                ends=datetime.fromisoformat(ends) if ends else None,
                zone=ZoneInfo(facts["timezone"]),
            )
    return Dates(agreement.announced_on, agreement.in_force_from, agreement.in_force_until, agreement.zone)


def _numbered(number: int, reader: Reader | None) -> Point:
    if number > sealed(reader):
        raise RuleBroken("not_sealed_yet", _("No change of this number is sealed yet."), "change")
    if number > counted(reader):
        raise RuleBroken("not_counted_yet", _("This change is sealed and not counted yet. Ask again in a moment."), "change")
    return _at(number)


def on_record(at: datetime, reader: Reader | None = None) -> int:
    """Return the number of the last change that was sealed by then. Raise RuleBroken for an instant that is not settled yet."""
    last = _at(sealed(reader)).sealed_at
    if last is None or at > last:
        words = {"instant": last.isoformat(timespec="seconds") if last else "—"}
        message = _("What was known at this instant is not settled yet: the log is sealed up to %(instant)s. Ask for no later one.")
        raise RuleBroken("not_sealed_yet", message % words, "as_known_on")
    return Seal.objects.filter(sealed_at__lte=at).order_by("-sealed_at", "-number").values_list("number", flat=True).first() or 0


def _known(at: datetime, reader: Reader | None) -> Point:
    number = on_record(at, reader)
    if number > counted(reader):
        raise RuleBroken("not_counted_yet", _("This change is sealed and not counted yet. Ask again in a moment."), "as_known_on")
    return _at(number)


def _at(number: int, *, is_now: bool = False) -> Point:
    return Point(number, Seal.objects.filter(number=number).values_list("sealed_at", flat=True).first(), is_now)


def overlapping(window: Window, first: date | None, last: date | None) -> tuple[date, date | None]:
    """Return the days of a window between these two, which may be none: then the last lies before the first."""
    begins = max(window.first, first) if first else window.first
    ends = min(window.last, last) if window.last and last else window.last or last
    return begins, ends
