"""Flags as sentences: what a reader of a claimed figure must know, with the facts of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.views import dates
from incidents.views.desk import units
from incidents.vocabulary import ClaimFlag, Unit


def sentence(flag: Mapping[str, Any]) -> str:
    """Return the flag's sentence, followed by its facts where they help."""
    code = ClaimFlag(flag["code"])
    facts = _facts(code, flag)
    return f"{code.label} {facts}" if facts else str(code.label)


def sentences(flags: list[dict[str, Any]]) -> list[str]:
    """Return one sentence per flag; those that read the same are said once."""
    return list(dict.fromkeys(sentence(flag) for flag in flags))


def _facts(code: ClaimFlag, flag: Mapping[str, Any]) -> str:
    match code:
        case ClaimFlag.PARTS_DO_NOT_ADD_UP:
            numbers = {"stated": flag.get("stated"), "sum": flag.get("sum"), "label": flag.get("label") or _("in all")}
            return _("“%(label)s”: %(stated)s stated, %(sum)s by its parts.") % numbers
        case ClaimFlag.DAILIES_DO_NOT_ADD_UP:
            numbers = {"stated": flag.get("stated"), "sum": flag.get("sum"), "days": _bare_span(flag)}
            return _("%(days)s: %(stated)s by the cumulative number, %(sum)s by the days.") % numbers
        case ClaimFlag.NOT_CONFIRMED:
            numbers = {"count": "—" if flag.get("count") is None else flag["count"], "confirmed": flag.get("confirmed")}
            return _("%(count)s recorded, %(confirmed)s confirmed.") % numbers
        case ClaimFlag.OTHER_UNIT:
            unit = Unit(flag["unit"])
            return "" if flag.get("count") is None else f"{flag['count']} {units.claimed(unit, flag['count'])}."
        case ClaimFlag.SUPERSEDED:
            earlier = flag.get("earlier_count")
            return "" if earlier is None else _("It was %(earlier)s.") % {"earlier": earlier}
        case ClaimFlag.DECREASING:
            numbers = {"count": flag.get("count"), "earlier": flag.get("earlier_count")}
            return _("%(count)s after %(earlier)s.") % numbers
        case ClaimFlag.OPEN_WINDOW:
            return _("As of %(day)s.") % {"day": _day(flag.get("as_of"))} if flag.get("as_of") else ""
        case ClaimFlag.PARTLY_UNKNOWN:
            unknown = int(flag.get("unknown") or 0)
            return ngettext("%(count)d without a number.", "%(count)d without a number.", unknown) % {"count": unknown} if unknown else ""
        case ClaimFlag.OVERLAP | ClaimFlag.PAST_WINDOW | ClaimFlag.BEFORE_WINDOW | ClaimFlag.OTHER_START:
            if flag.get("count") is None:
                return _span(flag)
            return _("%(count)s for %(days)s.") % {"count": flag["count"], "days": _bare_span(flag)}
        case _:
            return _span(flag)


def _span(flag: Mapping[str, Any]) -> str:
    span = _bare_span(flag)
    return f"{span}." if span else ""


def _bare_span(flag: Mapping[str, Any]) -> str:
    first, last = flag.get("from"), flag.get("to")
    if first and last:
        return dates.days(date.fromisoformat(first), date.fromisoformat(last), short=True)
    return _("until %(day)s") % {"day": _day(last)} if last else ""


def _day(value: Any) -> str:
    return dates.day(date.fromisoformat(str(value)), short=True)
