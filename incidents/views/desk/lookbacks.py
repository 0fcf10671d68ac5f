"""The switch of the dashboard: which days its tallies and its chart count, as links, and what the chosen one means in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Agreement
from incidents.queries import filters
from incidents.rules import lookbacks
from incidents.rules.lookbacks import Days
from incidents.views import dates
from incidents.vocabulary import Lookback, Periods

NAME = "days"


@dataclass(frozen=True)
class Offered:
    """One window as a link."""

    label: str | Promise
    address: str
    is_current: bool


@dataclass(frozen=True)
class Looked:
    """The window that is looked at. `params` are what an address says of it, `asked` what a question of the tallies does."""

    back: Lookback
    days: Days
    says: list[str]
    offered: list[Offered]
    params: str
    asked: Mapping[str, str]

    @property
    def is_narrow(self) -> bool:
        """Return whether days are left out that the truce was in force, so that totals claimed for the whole of it do not fit."""
        return self.back in {Lookback.TODAY, Lookback.WEEK}


def of(params: Mapping[str, str], agreement: Agreement, today: date) -> Looked:
    """Return the window asked for, the days in force where none is. Raise RuleBroken for a word that is none, or one without a day yet."""
    back = Lookback(filters.word(filters.said_once(params, NAME), Lookback, NAME) or Lookback.TRUCE)
    bounds = (agreement.first_day, agreement.last_day, today)
    windows = {one: window for one in Lookback if (window := lookbacks.days(one, *bounds))}
    if back not in windows:
        raise RuleBroken("not_begun", _("No day of this truce has come yet."), NAME)
    address, is_past = reverse("agreement-dashboard", args=[agreement.slug]), lookbacks.is_past(agreement.last_day, today)
    return Looked(
        back=back,
        days=windows[back],
        says=_says(back, windows[back], agreement, today),
        offered=[Offered(_label(one, is_past=is_past), f"{address}{_said('?', one)}", one == back) for one in windows],
        params=_said("&", back),
        asked=_asked(back, windows[back]),
    )


def _said(before: str, back: Lookback) -> str:
    return "" if back == Lookback.TRUCE else f"{before}{urlencode({NAME: str(back)})}"


def _asked(back: Lookback, days: Days) -> dict[str, str]:
    if back == Lookback.ALL:
        return {"periods": str(Periods.ALL)}
    return {name: day.isoformat() for name, day in zip(("from", "until"), days, strict=True) if day}


def _label(back: Lookback, *, is_past: bool) -> str | Promise:
    """Return what a window is called: of a truce that is past its days are the last ones, and none is today."""
    past = {Lookback.TODAY: _("Last day"), Lookback.WEEK: _("Last 7 days")}
    return past.get(back, back.label) if is_past else back.label


def _says(back: Lookback, days: Days, agreement: Agreement, today: date) -> list[str]:
    """Return which days are counted on whose calendar, and what is not a matter of them."""
    zone = dates.zone_name(agreement.timezone, datetime.combine(days[1] or agreement.last_day or today, time(12), agreement.zone))
    if back == Lookback.ALL:
        counted = _("Tallies and chart count all days on record, %(zone)s, and what names no day. Claimed totals stay those of the days in force.")
        said = [counted % {"zone": zone}]
    else:
        first, last = days
        assert first
        said = [_("Tallies and chart count %(days)s, %(zone)s.") % {"days": dates.days(first, last, short=True), "zone": zone}]
    if back in {Lookback.TODAY, Lookback.WEEK}:
        said.append(_("A total claimed for other days is not cut to these: its note names it."))
    return [*said, _("Needs attention, the map and the latest reports are of all days.")]
