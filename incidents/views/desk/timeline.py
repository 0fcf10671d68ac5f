"""The timeline: truces in force, declarations and incidents on one axis, as a picture and as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.exports import tables
from incidents.models import Agreement
from incidents.permissions import Capability
from incidents.queries import filters, timeline
from incidents.queries.timeline import Timeline
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import pictures
from incidents.views.desk.bars import WIDTH, Chart, Rect, Slot, Text

ROW, LEFT = 26, 12
TRUCE, DECLARED, EVENT = "#7ea894", "#6b3a94", "#3f4c58"


@dataclass(frozen=True)
class Entry:
    """One line of the table: what happened on a day, in whose words or else in ours. `look` is the colour that the picture gives it."""

    day: date
    kind: str
    text: str
    address: str
    look: str
    quoted: str = ""
    gist: str = ""

    @property
    def whole(self) -> str:
        """Return it all as one sentence, for what has no place to hold the words apart."""
        return " – ".join(part for part in (self.text, self.quoted or self.gist) if part)


@require_safe
@only(Capability.READ)
def show(request: DeskRequest) -> HttpResponse:
    """Show the timeline of the agreement in view."""
    agreement, wrong = current.agreement(request, request.GET.get("agreement", "")), None
    if agreement is None:
        return render(request, "desk/dashboard/none.html")
    try:
        found = _asked(request, agreement)
    except RuleBroken as error:
        found, wrong = timeline.of(agreement, request.user), error
    asked = urlencode({"agreement": agreement.slug} | {name: value for name in ("from", "until") if (value := request.GET.get(name)) and not wrong})
    context = {
        "agreement": agreement,
        "wrong": wrong,
        "asked": {name: request.GET.get(name, "") for name in ("from", "until")},
        "is_narrowed": any(request.GET.get(name) for name in ("from", "until")),
        "found": found,
        "span": dates.days(found.first, found.last, short=True),
        "chart": drawn(found),
        "entries": list(entries(found)),
        "table_address": f"{reverse('timeline-table')}?{asked}",
        "chart_address": f"{reverse('timeline-chart')}?{asked}",
    }
    return render(request, "desk/tallies/timeline.html", context, status=400 if wrong else 200)


@require_safe
@only(Capability.READ)
def chart(request: DeskRequest) -> HttpResponse:
    """Return the picture alone."""
    agreement = _agreement(request)
    try:
        found = _asked(request, agreement)
    except RuleBroken as error:
        return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=400)
    title = f"{_('Timeline')} · {dates.apart(agreement.label)} · {dates.days(found.first, found.last, short=True)}"
    said = f"{_('As on record on')} {dates.moment(timezone.now(), dates.UTC_ZONE)} {dates.apart('UTC')}"
    asked = urlencode({"agreement": agreement.slug, "from": found.first.isoformat(), "until": found.last.isoformat()})
    says = pictures.Says(title, [said], request.build_absolute_uri(f"{reverse('timeline')}?{asked}"))
    return pictures.answer(drawn(found), says, f"{agreement.slug}-timeline-{found.first}-{found.last}")


@require_safe
@only(Capability.READ)
def table(request: DeskRequest) -> HttpResponse:
    """Return the table as a spreadsheet that runs nothing."""
    try:
        found = _asked(request, _agreement(request))
    except RuleBroken as error:
        return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=400)
    rows: list[tuple[Any, ...]] = [(entry.day, entry.kind, entry.whole) for entry in entries(found)]
    answer = HttpResponse("".join(tables.csv_lines(("day", "kind", "what"), rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="timeline.csv"'
    return answer


def entries(found: Timeline) -> Iterator[Entry]:
    """Yield what happened, day by day."""
    listed = []
    for one in found.truces:
        address = reverse("agreement", args=[one.slug])
        if one.first_day >= found.first:
            listed.append(Entry(one.first_day, _("In force"), one.label, address, "truce"))
        if one.last_day and one.last_day <= found.last:
            listed.append(Entry(one.last_day, _("Last day in force"), one.label, address, "truce"))
    for row, is_withheld in found.declarations:
        quoted, gist = ("", "") if is_withheld else (row.quoted, row.gist)
        text = f"{row.party.short_label}: {row.get_stance_display()}"
        listed.append(
            Entry(row.declared_on, _("Declared"), text, f"{reverse('agreement', args=[row.agreement.slug])}#declarations", "declared", quoted, gist)
        )
    listed += [Entry(one.day, _("Incident"), one.label, reverse("incident", args=[one.id]), "event") for one in found.events]
    yield from sorted(listed, key=lambda entry: entry.day)


def drawn(found: Timeline) -> Chart:
    """Return the picture: a band for each truce, a mark for each declaration and each incident over its day."""
    step = (WIDTH - 2 * LEFT) / found.days

    def at(day: date, width: float = 0.0, begin: float = 0.0) -> float:
        x = LEFT + (day - found.first).days * step + begin
        return WIDTH - x - width if get_language_bidi() else x

    rects, texts, y = [], [], 6.0
    for truce in found.truces:
        begins, ends = max(truce.first_day, found.first), min(truce.last_day or found.last, found.last)
        width = ((ends - begins).days + 1) * step
        rects.append(Rect(at(begins, width), y + 16, width, 8, TRUCE, "", 0, 0, "start"))
        texts.append(Text(at(begins), y + 12, truce.label, "start", is_head=True))
        y += ROW + 4
    y += 4
    for label, color, days in (
        (_("Declarations"), DECLARED, [row.declared_on for row, _withheld in found.declarations]),
        (_("Incidents"), EVENT, [one.day for one in found.events]),
    ):
        texts.append(Text(WIDTH - LEFT if get_language_bidi() else LEFT, y + 12, label, "start", is_head=True))
        tallest = max((days.count(day) for day in days), default=0)
        base = y + 20 + min(tallest, 12) * 7
        for day in sorted(set(days)):
            count = days.count(day)
            size = min(step * 0.7, 14)
            for number in range(min(count, 12)):
                rects.append(Rect(at(day, size, (step - size) / 2), base - 7 * (number + 1), size, 5, color, "", 0, 0, "middle"))
            texts.append(Text(at(day, 0, step / 2), base + 12, str(count), "middle"))
        y = base + 20
    every = -(-found.days // 10)
    for offset in range(0, found.days, every):
        day = found.first + timedelta(days=offset)
        texts.append(Text(at(day, 0, step / 2), y + 14, dates.day(day, short=True, year=False), "middle"))
    spoken: dict[date, list[str]] = {}
    for entry in entries(found):
        spoken.setdefault(entry.day, []).append(f"{entry.kind}: {entry.whole}")
    days_shown = [found.first + timedelta(days=offset) for offset in range(found.days)]
    slots = [Slot(at(day, step), 0, step, y, f"{dates.day(day)}. {'. '.join(spoken.get(day, []))}", day.isoformat()) for day in days_shown]
    return Chart(WIDTH, y + 22, rects, texts, slots, 0)


def _agreement(request: DeskRequest) -> Agreement:
    agreement = current.agreement(request, request.GET.get("agreement", ""))
    if agreement is None:
        raise Http404
    return agreement


def _asked(request: DeskRequest, agreement: Agreement) -> Timeline:
    first, last = (filters.day(filters.said_once(request.GET, name), name) for name in ("from", "until"))
    if first and last and last < first:
        raise RuleBroken("ends_before_start", _("The last day lies before the first."), "until")
    if first and not last:
        last = first + timedelta(days=timeline.LONGEST - 1)
    return timeline.of(agreement, request.user, first, last)
