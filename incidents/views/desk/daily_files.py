"""The daily chart of the dashboard as files: a picture that stands alone, and a spreadsheet of its days."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.exports import tables
from incidents.models import Agreement
from incidents.permissions import Capability
from incidents.queries import points, tallies
from incidents.queries.points import Point
from incidents.queries.tallies import Day
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import bars, daily_chart, lookbacks, pictures
from incidents.vocabulary import Lookback, Series

COLUMNS = ("agreement", "day", "in_force", "counted", "side", "series", "claimant", "unit", "number", "change")
OURS = (Series.LOGGED, Series.INCIDENTS, Series.VERIFIED)
AXIS, EDGE, LEGEND, LONGEST = 46, 12, 30, 50
# The tokens of tokens.css, which a picture that stands alone cannot ask for: solid, middle and soft of each mark.
PAINT = {
    "a": ("#17579a", "#84aed8", "#dfeaf5"),
    "b": ("#a84a08", "#e2a670", "#faead9"),
    "c": ("#1c6f73", "#86bcbe", "#ddefef"),
    "d": ("#7b3168", "#c595b8", "#f4e5f0"),
    "nobody": ("#5b6772", "#a9b1b6", "#e8ebed"),
}
BAND, BAND_EDGE, GRID, BASE, OUTSIDE, OUTSIDE_EDGE = "#e6f1ec", "#7ea894", "#dbe1e2", "#5b6772", "#e8ebed", "#b7c1c5"


@dataclass(frozen=True)
class Asked:
    """The days asked for, as the ledger has them up to a point."""

    agreement: Agreement
    days: list[Day]
    point: Point
    address: str

    @property
    def name(self) -> str:
        """Return the name of a file of these days."""
        return f"{self.agreement.slug}-daily-{self.point.number}"


@require_safe
@only(Capability.READ)
def picture(request: DeskRequest, slug: str) -> HttpResponse:
    """Return the chart as a picture."""
    try:
        asked = _asked(request, slug)
    except RuleBroken as error:
        return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=400)
    agreement = asked.agreement
    says = pictures.Says(
        f"{_('Day by day, by accused side')} · {dates.apart(agreement.label)}",
        [*_claimants(asked), pictures.counted(asked.point.number, asked.point.sealed_at)],
        request.build_absolute_uri(asked.address),
    )
    return pictures.answer(drawn(daily_chart.of(asked.days, list(agreement.sides.all()))), says, asked.name)


@require_safe
@only(Capability.READ)
def table(request: DeskRequest, slug: str) -> HttpResponse:
    """Return the days as a spreadsheet, a line for each number. What a claimant did not state is an empty cell."""
    try:
        asked = _asked(request, slug)
    except RuleBroken as error:
        return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=400)
    answer = HttpResponse("".join(tables.csv_lines(COLUMNS, _rows(asked))), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{asked.name}.csv"'
    return answer


def _asked(request: DeskRequest, slug: str) -> Asked:
    agreement = current.agreement(request, slug)
    assert agreement is not None
    looked = lookbacks.of(request.GET, agreement, agreement.local_day(timezone.now()))
    days = tallies.by_day(agreement, request.user, within=None if looked.back == Lookback.TRUCE else looked.days)
    address = f"{reverse('agreement-dashboard', args=[slug])}{looked.params.replace('&', '?', 1)}"
    return Asked(agreement, days, points.now(request.user), address)


def _rows(asked: Asked) -> Iterator[tuple[Any, ...]]:
    sides = list(asked.agreement.sides.all())
    for day in asked.days:
        for side in sides:
            cells = day.sides[side.code]
            of_day = (asked.agreement.slug, day.day, day.in_force, day.is_counted, side.code)
            for claim in cells.claimed:
                yield (*of_day, str(Series.CLAIMED_DAILY), claim.claimant.slug, str(claim.unit), claim.count, asked.point.number)
            for series in OURS:
                yield (*of_day, str(series), "", "", getattr(cells, str(series)), asked.point.number)


def _claimants(asked: Asked) -> Iterator[str]:
    """Yield for each side who claimed the numbers that are drawn: none is shown without its claimant."""
    for side in asked.agreement.sides.all():
        names = {claim.claimant.short_label: None for day in asked.days for claim in daily_chart.counts(day.sides[side.code])}
        if names:
            words = {"side": dates.apart(side.label), "claimants": ", ".join(dates.apart(name) for name in names)}
            yield _("%(side)s: claimed for the day by %(claimants)s") % words


def drawn(chart: daily_chart.Chart) -> bars.Chart:
    """Return the chart in units of a picture, its colours in it: the page draws the same numbers in shares of its width."""
    is_rtl = get_language_bidi()
    left, width = EDGE if is_rtl else AXIS, bars.WIDTH - AXIS - EDGE

    def at(share: str) -> float:
        return left + float(share.rstrip("%")) * width / 100

    def wide(share: str) -> float:
        return float(share.rstrip("%")) * width / 100

    begin, inward = (left + width, -8) if is_rtl else (left, 8)
    rects, texts = list(_legend(is_rtl=is_rtl)), []
    for index, (x, share, start) in enumerate(chart.bands):
        label = "" if index else _("Truce in force")
        rects.append(bars.Rect(at(x), LEGEND, wide(share), chart.plot, BAND, label, at(start) + inward, LEGEND + 13, "start", BAND_EDGE))
    for panel in chart.panels:
        name = f"{panel.accused.letter} {dates.apart(shorten(panel.accused.label, LONGEST, placeholder='…'))}"
        for y, value in panel.grid:
            label = "" if value else name
            rects.append(bars.Rect(left, LEGEND + y, width, 1, GRID if value else BASE, label, begin + inward / 2, LEGEND + panel.name_y, "start"))
            texts.append(bars.Text(begin - inward, LEGEND + y + 4, str(value), "end"))
        for box in panel.boxes:
            fill, stroke = paint(box.kind, panel.accused.mark)
            middle, top = at(box.label_x), LEGEND + box.y
            rects.append(bars.Rect(at(box.x), top, wide(box.width), box.height, fill, box.label, middle, top - 5, "middle", stroke))
    texts += [bars.Text(at(day.middle), LEGEND + chart.plot + 17, day.label, "middle", day.is_edge) for day in chart.columns if day.label]
    slots = [bars.Slot(at(day.x), LEGEND, wide(day.width), chart.plot, day.speech, day.day.day.isoformat()) for day in chart.columns]
    return bars.Chart(bars.WIDTH, LEGEND + chart.height, rects, texts, slots, 0)


def _legend(*, is_rtl: bool) -> Iterator[bars.Rect]:
    """Yield a patch for each kind of bar, with its name."""
    for index, (kind, name) in enumerate(
        (("claimed", _("Claimed for the day")), ("logged", _("Logged")), ("incidents", _("Incidents")), ("verified", _("Verified")))
    ):
        fill, stroke = paint(kind, "nobody")
        x = EDGE + index * 160
        at, label_at = (bars.WIDTH - x - 13, bars.WIDTH - x - 20) if is_rtl else (x, x + 20)
        yield bars.Rect(at, 2, 13, 11, fill, name, label_at, 12, "start", stroke)


def paint(kind: str, mark: str) -> tuple[str, str]:
    """Return fill and edge of a bar, as the page has them: depth carries certainty."""
    solid, middle, soft = PAINT[mark]
    if kind.endswith("outside"):
        return OUTSIDE, OUTSIDE_EDGE
    return {"claimed": (soft, solid), "logged": (middle, ""), "incidents": (_between(middle, solid), ""), "verified": (solid, "")}[kind]


def _between(one: str, other: str) -> str:
    """Return the colour halfway between two."""
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{(first + second) // 2:02x}" for first, second in pairs)
