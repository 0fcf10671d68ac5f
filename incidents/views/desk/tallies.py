"""The tallies explorer: what is asked in a form stands in the address, and is answered as table, chart, spreadsheet and list of records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.exports import tables
from incidents.models import Agreement
from incidents.permissions import Capability, may
from incidents.queries import answers, coverage, cursors, filters, methods, opened, points, visibility
from incidents.queries.answers import Choice
from incidents.queries.opened import Record
from incidents.queries.questions import NAMES, Question
from incidents.rules.numerals import parse_count
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import bars, pictures, tallies_shown, watches
from incidents.vocabulary import Grouping, HarmKind, Periods

LISTED = 500
OPENED = ("type", "id", "label", *Choice.NAMES, "low", "best", "high")
LONGEST = 200


@dataclass(frozen=True)
class Section:
    """The answer of one agreement: agreements are never added."""

    agreement: Agreement
    question: Question
    rows: list[tallies_shown.Shown]
    chart: bars.Chart
    timeless: int
    window: str
    watched: str
    by_label: str
    table_address: str
    chart_address: str
    settled_address: str
    json_address: str
    settled: dict[str, str]
    may_publish: bool

    @property
    def says(self) -> dict[str, bool]:
        """Return which of the columns that may stay empty hold anything."""
        return {
            "detail": any(row.detail or row.notes for row in self.rows),
            "unknown": any(row.unknown for row in self.rows),
        }


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """Show the form and what it asks for, under every agreement chosen, each apart."""
    chosen = _chosen(request)
    if not chosen:
        return render(request, "desk/dashboard/none.html")
    here = chosen[0]
    sections, wrong = [], None
    try:
        sections = [section(request, agreement, request.GET) for agreement in chosen]
    except RuleBroken as error:
        wrong = error
    asked = {name: request.GET.get(name, "") for name in NAMES}
    known = methods.methods()
    context = {
        "agreement": here,
        "chosen": {agreement.pk for agreement in chosen},
        "agreements": current.agreements(request),
        "sections": sections,
        "wrong": wrong,
        "asked": asked | {"method": asked["method"] or "logged", "measure": asked["measure"] or "count"},
        "method": known.get(asked["method"] or "logged"),
        "methods": known.values(),
        "measures": [("count", tallies_shown.measure_label("count")), *HarmKind.choices],
        "groupings": Grouping.choices,
        "periods": Periods.choices,
        "number": points.counted(request.user),
        "may_administer": may(request.user, Capability.ADMINISTER),
        "is_settled": bool(asked["change"] or asked["as_known_on"]),
    }
    return render(request, "desk/tallies/index.html", context, status=400 if wrong else 200)


def section(request: DeskRequest, agreement: Agreement, params: Any) -> Section:
    """Return the answer under one agreement, with the addresses of its other forms."""
    question = Question.parse(params, agreement, request.user)
    found = answers.answer(question, request.user)
    rows = tallies_shown.of(found)
    said = question.as_params(settled=not question.point.is_now)
    settled = question.as_params()
    address = reverse("tallies")
    return Section(
        agreement=agreement,
        question=question,
        rows=rows,
        chart=drawn(question, rows),
        timeless=found.timeless,
        window=tallies_shown.window(question),
        watched=watched(question),
        by_label=str(Grouping(question.by).label) if question.by else "",
        table_address=f"{reverse('tallies-table', args=[agreement.slug])}?{urlencode(said)}",
        chart_address=f"{reverse('tallies-chart', args=[agreement.slug])}?{urlencode(said)}",
        settled_address=f"{address}?{urlencode({'agreement': agreement.slug} | settled)}",
        json_address=f"{reverse('tallies-cells', args=[agreement.slug])}?{urlencode(settled)}",
        settled=settled,
        may_publish=may(request.user, Capability.PUBLISH, agreement) and question.point.number > 0,
    )


def watched(question: Question) -> str:
    """Return who could observe in the days that are counted, as known then: it stands beside what was not found."""
    first, last = question.window
    found = coverage.watched_as_known(
        question.agreement, question.point.number, question.point.sealed_at, first or question.agreement.first_day, last
    )
    return watches.sentence(found)


def drawn(question: Question, rows: list[tallies_shown.Shown]) -> bars.Chart:
    """Return the chart of an answer. Days without a number keep their place in it."""
    first, last = question.window
    days = []
    if question.by == Grouping.DAY and first and last and (last - first).days < LONGEST:
        days = [dates.day(first + timedelta(days=offset), short=True) for offset in range((last - first).days + 1)]
    return bars.of(rows, is_series=question.by in {Grouping.DAY, Grouping.WEEK}, keys=days)


@require_safe
@only(Capability.READ)
def table(request: DeskRequest, slug: str) -> HttpResponse:
    """Return the numbers as a spreadsheet. Text is kept from being a formula; what is not known is an empty cell."""
    question = _question(request, slug)
    if isinstance(question, HttpResponse):
        return question
    names, *rows = tallies_shown.lines(answers.answer(question, request.user))
    text = "".join(tables.csv_lines(names, rows))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tallies-{slug}-{question.method.name}.csv"'
    return answer


@require_safe
@only(Capability.READ)
def chart(request: DeskRequest, slug: str) -> HttpResponse:
    """Return the chart as a picture that stands alone."""
    question = _question(request, slug)
    if isinstance(question, HttpResponse):
        return question
    rows = tallies_shown.of(answers.answer(question, request.user))
    agreement, point = question.agreement, question.point
    asked = f"{reverse('tallies')}?{urlencode({'agreement': slug} | question.as_params())}"
    says = pictures.Says(
        f"{question.method.label} · {dates.apart(agreement.label)} · {tallies_shown.window(question)}",
        [pictures.counted(point.number, point.sealed_at)],
        request.build_absolute_uri(asked),
    )
    return pictures.answer(drawn(question, rows), says, f"{slug}-{question.method.name}-{point.number}")


@require_safe
@only(Capability.READ)
def behind(request: DeskRequest, slug: str) -> HttpResponse:
    """List exactly the records behind a number, and what each gives to it."""
    question = _question(request, slug)
    if isinstance(question, HttpResponse):
        return question
    try:
        choice = Choice.parse(request.GET)
        cursor = cursors.record_of(filters.said_once(request.GET, "cursor"))
        found = answers.behind(question, request.user, choice, after=cursor, limit=LISTED)
    except RuleBroken as error:
        return _wrong(request, error)
    listed = opened.records(request.user, found.rows)
    is_range = question.measure != "count"
    said = question.as_params() | {name: request.GET[name] for name in Choice.NAMES if name in request.GET}
    is_paged = bool(cursor or found.after)
    whole = [cell.amount.best for cell in answers.answer(question, request.user).cells if choice.takes(cell.identity)] if is_paged else []
    here = _total((record.amount.best for record in listed), is_range=is_range)
    context = {
        "agreement": question.agreement,
        "question": question,
        "window": tallies_shown.window(question),
        "rows": [(record, _address(record), tallies_shown.number(record.amount, is_range=is_range)) for record in listed],
        "total": _total(whole, is_range=is_range) if is_paged else here,
        "on_page": here if is_paged else "",
        "next": f"?{urlencode(said | {'cursor': cursors.of_record(found.after) or ''})}" if found.after else "",
        "first": f"?{urlencode(said)}" if cursor else "",
        "table_address": f"{reverse('tallies-opened-table', args=[slug])}?{urlencode(said)}",
        "json_address": f"{reverse('tallies-behind', args=[slug])}?{urlencode(said)}",
    }
    return render(request, "desk/tallies/behind.html", context)


@require_safe
@only(Capability.READ)
def behind_table(request: DeskRequest, slug: str) -> HttpResponseBase:
    """Return all the records behind a number as a spreadsheet, up to one change from the first line to the last."""
    question = _question(request, slug)
    if isinstance(question, HttpResponse):
        return question
    try:
        pages = answers.every_behind(question, request.user, Choice.parse(request.GET))
        first = next(pages)
    except RuleBroken as error:
        return _wrong(request, error)
    rows = (_cells(record) for page in chain([first], pages) for record in opened.records(request.user, page.rows))
    answer = StreamingHttpResponse(tables.csv_lines(OPENED, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="behind-{slug}-{question.method.name}.csv"'
    return answer


def _cells(record: Record) -> list[Any]:
    """Return a record as a line: what it is, in which number it stands, what it gives to it. What is not known is an empty cell."""
    behind, amount = record.behind, record.amount
    return [behind.record_type, behind.record_id, record.label, *behind.identity, amount.low, amount.best, amount.high]


def _total(amounts: Iterable[int | None], *, is_range: bool) -> str:
    """Return the sum of the counted column, which is the number that was opened; harm of several groups is not added."""
    known = [amount for amount in amounts if amount is not None]
    return "" if is_range else f"{sum(known)}" if known else "—"


def _address(record: Record) -> str:
    name = {"report": "report", "incident": "incident", "aggregateclaim": "claim"}[record.behind.record_type]
    return reverse(name, args=[record.behind.record_id])


@require_safe
@only(Capability.READ)
def all_methods(request: DeskRequest) -> HttpResponse:
    """List the ways of counting, each with the sentence that says what is counted."""
    return render(request, "desk/tallies/methods.html", {"methods": methods.methods().values()})


@require_safe
@only(Capability.READ)
def method(request: DeskRequest, name: str) -> HttpResponse:
    """Show one way of counting at its own address."""
    try:
        found = methods.named(name)
    except RuleBroken:
        raise Http404 from None
    groupings = [Grouping(one).label for one in found.groupings]
    return render(request, "desk/tallies/method.html", {"method": found, "groupings": groupings, "measures": found.measures})


@require_safe
@only(Capability.READ)
def counted(request: DeskRequest) -> HttpResponseBase:
    """Answer 204 while the ledger stands where the page that asks was drawn from; else have that page drawn anew.

    Asked every few seconds, so it reads two rows of PostgreSQL and nothing else.
    """
    try:
        since = parse_count(request.GET.get("since", ""), "since")
    except RuleBroken:
        since = None
    if since == points.counted(request.user):
        return HttpResponse(status=204)
    answer = HttpResponse(status=200)
    answer["HX-Refresh"] = "true"
    return answer


def _chosen(request: DeskRequest) -> list[Agreement]:
    """Return the agreements chosen, in the order of the list; where none is, the one in view, if there is any.

    A name that leads nowhere is not found.
    """
    slugs = request.GET.getlist("agreement")
    if not slugs:
        here = current.agreement(request)
        return [here] if here else []
    known = [agreement for agreement in current.agreements(request) if agreement.slug in slugs]
    if len(known) != len(set(slugs)):
        raise Http404
    current.agreement(request, known[0].slug)
    return known


def _question(request: DeskRequest, slug: str) -> Question | HttpResponse:
    agreement = visibility.agreements(request.user).filter(slug=slug).first()
    if agreement is None:
        raise Http404
    current.agreement(request, slug)
    try:
        return Question.parse(request.GET, agreement, request.user)
    except RuleBroken as error:
        return _wrong(request, error)


def _wrong(request: DeskRequest, error: RuleBroken) -> HttpResponse:
    return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=400)
