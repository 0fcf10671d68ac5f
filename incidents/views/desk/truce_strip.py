"""The strip of truces over time, as shares of its width, so that text keeps its size at any width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from incidents.models import Agreement
from incidents.views import dates

MOST_LABELS = 12
RECENT = timedelta(days=120)
CLOSE = 13.0


@dataclass(frozen=True)
class Band:
    """One truce: where it begins and how wide it is, in per cent of the strip."""

    agreement: Agreement
    address: str
    label: str
    title: str
    x: str
    width: str
    label_x: str
    anchor: str
    row: int
    is_open: bool
    is_current: bool


@dataclass(frozen=True)
class Tick:
    """The first day of a month. A spare label is left out where the strip is narrow."""

    x: str
    label_x: str
    label: str
    is_spare: bool


@dataclass(frozen=True)
class Strip:
    """Bands over ticks. `today` is where now falls, or "" where it lies beyond."""

    bands: list[Band]
    ticks: list[Tick]
    today: str


def of(agreements: Sequence[Agreement], current: Agreement, today: date) -> Strip:
    """Return the strip of these agreements, mirrored where the language runs right to left."""
    known = [agreement.last_day or agreement.first_day for agreement in agreements]
    shows_today = max(known) + RECENT >= today
    last = max([*known, today]) if shows_today else max(known)
    start, end = _month_start(min(row.first_day for row in agreements) - timedelta(days=20)), _next_month(last + timedelta(days=12))
    scale = _Scale(start, end)
    bands, previous, row = [], -100.0, 0
    for agreement in sorted(agreements, key=lambda one: one.first_day):
        begins = scale.share(agreement.first_day)
        row = 1 - row if begins - previous < CLOSE else 0
        bands.append(_band(agreement, current, scale, row, with_year=start.year != end.year))
        previous = begins
    return Strip(bands, _ticks(scale), scale.at(today) if shows_today else "")


@dataclass(frozen=True)
class _Scale:
    start: date
    end: date

    def share(self, day: date) -> float:
        return 100 * (day - self.start).days / (self.end - self.start).days

    def at(self, day: date) -> str:
        return _x(self.share(day))


def _x(share: float) -> str:
    return f"{100 - share if get_language_bidi() else share:.2f}%"


def _band(agreement: Agreement, current: Agreement, scale: _Scale, row: int, *, with_year: bool) -> Band:
    begins = scale.share(agreement.first_day)
    ends = scale.share(agreement.last_day + timedelta(days=1)) if agreement.last_day else 100.0
    near_end = begins > 60
    name = dates.month(agreement.first_day.month)
    label = _("%(month)s %(year)s truce") % {"month": name, "year": agreement.first_day.year} if with_year else _("%(month)s truce") % {"month": name}
    days = dates.days(agreement.first_day, agreement.last_day)
    return Band(
        agreement=agreement,
        address=reverse("agreement-dashboard", args=[agreement.slug]),
        label=label,
        title=f"{agreement.label}: {days}" + ("" if agreement.last_day else f" ({_('no end agreed')})"),
        x=_x(ends if get_language_bidi() else begins),
        width=f"{max(ends - begins, 0.5):.2f}%",
        label_x=_x(min(ends, 100.0) if near_end else begins),
        anchor="end" if near_end else "start",
        row=row,
        is_open=agreement.last_day is None,
        is_current=agreement == current,
    )


def _ticks(scale: _Scale) -> list[Tick]:
    months, first = [], scale.start
    while first < scale.end:
        months.append(first)
        first = _next_month(first)
    step = -(-len(months) // MOST_LABELS)
    labels = [str(first.year) if first.month == 1 else dates.month(first.month, short=True) for first in months]
    return [
        Tick(scale.at(first), _x(scale.share(first) + 0.5), labels[index] if index % step == 0 else "", is_spare=index % (3 * step) != 0)
        for index, first in enumerate(months)
    ]


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
