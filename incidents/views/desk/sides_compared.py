"""The sides beside one another, on one scale and per day in force, in the agreement's order; and a sentence for each that ranks nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.exports import tables
from incidents.models import Agreement
from incidents.permissions import Capability
from incidents.queries import answers, coverage, methods, points, tallies
from incidents.queries.questions import Question, shows_places
from incidents.queries.tallies import SideTally, Tallies
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import bars, pictures, tallies_shown, tally_cards, units, watches
from incidents.views.desk.accused import Accused, of_side
from incidents.vocabulary import Grouping, Unit

# How many bars a chart has room for that stands beside others.
ROOM = 24
OURS = ("logged", "incidents", "verified")
COLUMNS = ("agreement", "side", "side_name", "of_what", "unit", "number", "per_day_in_force", "change")


@dataclass(frozen=True)
class Line:
    """One number of a side, and what it comes to per day in force; both empty where there is none."""

    accused: Accused
    label: str
    number: str
    rate: str
    size: int | None
    address: str
    unit: str = ""

    # What a chart asks of a row.
    detail = ""
    unknown = ""

    @property
    def key(self) -> str:
        return self.label

    @property
    def speech(self) -> str:
        return f"{self.accused.label}, {self.label}: {self.number}"


@dataclass(frozen=True)
class Small:
    """What is logged against the sides, by one thing: the numbers drawn, their chart, and where both are to be had as files."""

    label: str
    rows: list[tallies_shown.Shown]
    chart: bars.Chart
    whole_address: str
    table_address: str
    picture_address: str


Group = tuple[Accused, list[Line], str]


@require_safe
@only(Capability.READ)
def show(request: DeskRequest) -> HttpResponse:
    """Show the sides of the agreement in view."""
    agreement = current.agreement(request, request.GET.get("agreement", ""))
    if agreement is None:
        return render(request, "desk/dashboard/none.html")
    found, groups = _compared(request, agreement)
    multiples = [Grouping.TYPE, *([Grouping.AREA] if shows_places(request.user) else [])]
    asked = urlencode({"agreement": agreement.slug})
    context = {
        "agreement": agreement,
        "groups": groups,
        "chart": drawn(groups),
        "picture_address": f"{reverse('sides-picture')}?{asked}",
        "table_address": f"{reverse('sides-table')}?{asked}",
        "multiples": [_small(request, agreement, by) for by in multiples],
        "watched": watches.sentence(coverage.watched_as_known(agreement, found.change, found.as_known_on, agreement.first_day, agreement.last_day)),
        "number": points.counted(request.user),
    }
    return render(request, "desk/tallies/sides.html", context)


@require_safe
@only(Capability.READ)
def picture(request: DeskRequest) -> HttpResponse:
    """Return the chart as a picture that stands alone."""
    agreement = _agreement(request)
    found, groups = _compared(request, agreement)
    address = request.build_absolute_uri(f"{reverse('sides-compared')}?{urlencode({'agreement': agreement.slug})}")
    says = pictures.Says(f"{_('Sides compared')} · {dates.apart(agreement.label)}", [pictures.counted(found.change, found.as_known_on)], address)
    return pictures.answer(drawn(groups), says, f"{agreement.slug}-sides-{found.change}")


@require_safe
@only(Capability.READ)
def table(request: DeskRequest) -> HttpResponse:
    """Return the numbers as a spreadsheet. What was not stated or not computed is an empty cell."""
    agreement = _agreement(request)
    found, groups = _compared(request, agreement)
    rows = [(agreement.slug, *_cells(line), found.change) for _accused, lines, _sentence in groups for line in lines]
    answer = HttpResponse("".join(tables.csv_lines(COLUMNS, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{agreement.slug}-sides-{found.change}.csv"'
    return answer


def _cells(line: Line) -> tuple[str | int | None, ...]:
    rate = line.rate if line.size is not None else None
    return (line.accused.side, line.accused.label, dates.plain(line.label), line.unit, line.size, rate)


def _agreement(request: DeskRequest) -> Agreement:
    agreement = current.agreement(request, request.GET.get("agreement", ""))
    if agreement is None:
        raise Http404
    return agreement


def _compared(request: DeskRequest, agreement: Agreement) -> tuple[Tallies, list[Group]]:
    """Return the sides in the agreement's order, each with its numbers and the sentence that says them."""
    found = tallies.of_agreement(agreement, request.user)
    days = days_so_far(agreement, agreement.local_day(timezone.now()))
    groups = [(of_side(tally.side), list(_lines(tally, found, days)), sentence(tally, days)) for tally in found.sides if tally.side]
    return found, groups


def drawn(groups: list[Group]) -> bars.Chart:
    """Return the chart: claims first, then our own. What counts in another unit has another scale, and is left to the table."""
    lines = [line for _accused, listed, _sentence in groups for line in listed]
    held = [line for line in lines if line.unit == Unit.VIOLATION] + [line for line in lines if not line.unit]
    order = {label: place for place, label in enumerate(dict.fromkeys(line.label for line in held))}
    return bars.of(sorted(held, key=lambda line: order[line.key]), is_series=False)


def days_so_far(agreement: Agreement, today: date) -> int:
    """Return how many of the local days in force have come."""
    return max((min(agreement.last_day or today, today) - agreement.first_day).days + 1, 0)


def sentence(tally: SideTally, days: int) -> str:
    """Return what is on record against a side, number after number: never who broke it more."""
    assert tally.side
    claimed = "; ".join(
        f"{'—' if figure.count is None else figure.count} {units.claimed(figure.unit, figure.count or 0)} ({figure.claimant.short_label})"
        for figure in tally.claimed
    )
    words = {name: "—" if (value := getattr(tally, name)) is None else value for name in OURS}
    words |= {"side": tally.side.label, "claimed": claimed or _("no number"), "days": days}
    return (
        _(
            "%(side)s, as accused. Claimed: %(claimed)s. Reports logged: %(logged)s. Incidents behind them: %(incidents)s. "
            "Verified: %(verified)s. Days in force so far: %(days)s."
        )
        % words
    )


def _lines(tally: SideTally, found: Tallies, days: int) -> Iterator[Line]:
    assert tally.side
    accused = of_side(tally.side)
    for figure in tally.claimed:
        label = _("Claimed by %(claimant)s, %(unit)s") % {"claimant": dates.apart(figure.claimant.short_label), "unit": figure.unit.label}
        yield _line(accused, label, figure.count, days, tally_cards.statements_of(figure, tally, found), str(figure.unit))
    for name in OURS:
        method = methods.named(name)
        yield _line(accused, str(method.label), getattr(tally, name), days, tally_cards.opened(found, method.series, tally.side.code))


def _line(accused: Accused, label: str, value: int | None, days: int, address: str, unit: str = "") -> Line:
    rate = f"{(Decimal(value * 10) / days).quantize(Decimal(1), ROUND_HALF_UP) / 10:.1f}" if value is not None and days else "—"
    return Line(accused, label, "—" if value is None else f"{value}", rate, value, address, unit)


def _small(request: DeskRequest, agreement: Agreement, by: Grouping) -> Small:
    question = Question.parse({"method": "logged", "by": str(by)}, agreement, request.user)
    found = answers.answer(question, request.user)
    left_out = max(len(found.cells) - ROOM, 0)
    if left_out:
        largest: dict[str | None, int] = {}
        for cell in found.cells:
            largest[cell.key] = max(largest.get(cell.key, 0), cell.amount.best or 0)
        # What is left to the table is what least is logged of; equals, and the bars of one key, keep their order.
        found = replace(found, cells=sorted(found.cells, key=lambda cell: -largest[cell.key]))
    rows, asked = tallies_shown.of(found, ROOM), urlencode({"method": "logged", "by": str(by)})
    files = (f"{reverse(name, args=[agreement.slug])}?{asked}" for name in ("tallies-table", "tallies-chart"))
    whole = f"{reverse('tallies')}?{urlencode({'agreement': agreement.slug})}&{asked}"
    return Small(str(by.label), rows, replace(bars.of(rows, is_series=False), left_out=left_out), whole, *files)
