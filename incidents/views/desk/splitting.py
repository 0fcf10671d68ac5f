"""Paste and split: a digest cut into reports on one page, each with its own suggestions and possible duplicates, each saved with its own outcome."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from incidents.errors import RuleBroken
from incidents.forms import suggestions
from incidents.forms.reports import MORE_NUMBERS, LogReport, begun
from incidents.forms.suggestions import Suggestions
from incidents.models import Agreement, Report
from incidents.permissions import Capability
from incidents.queries import dashboard, names
from incidents.rules.recognition.splitting import split
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import duplicates
from incidents.views.desk.duplicates import Answers
from incidents.views.ids import as_uuids

ROWS = 40
# Said once for all rows.
SHARED = ("claimant", "source", "credibility", "published_on", "link")
# Shown in each row, in the order of a message.
IN_ROWS = (
    *("day", "clock", "until", "time_precision", "place", "place_precision"),
    *("violation_type", "accused", "killed_low", "killed_high", "wounded_low", "wounded_high"),
)
# Shown only where there is something in them.
SELDOM = ("last_day", "accused_as_worded", *MORE_NUMBERS)


@dataclass
class Row:
    """One part of the digest: its form, what was recognised, what may be the same event, and what became of it."""

    form: LogReport
    number: int
    suggestions: Suggestions = field(default_factory=Suggestions)
    candidates: list[duplicates.Row] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    report: Report | None = None
    is_left_out: bool = False
    is_asked: bool = False

    @property
    def fields(self) -> list[Any]:
        """Return the fields that the row shows."""
        return [*(self.form[name] for name in IN_ROWS), *(self.form[name] for name in SELDOM if self.form[name].value())]

    @property
    def hidden(self) -> list[Any]:
        """Return what it carries along."""
        return [self.form["token"]]

    @property
    def same(self) -> str:
        """Return the report that this one was said to be of the same event as."""
        return str(self.answers.same or "")


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_REPORTS)
def page(request: DeskRequest) -> HttpResponse:
    """Show the digest's box, then its parts, then what became of each."""
    from incidents.views.desk import reports

    agreement = current.agreement(request, reports.known(request, request.GET.get("agreement", "")))
    if agreement is None:
        return render(request, "desk/dashboard/none.html")
    then = request.POST.get("then", "")
    kept = {name: request.POST[name] for name in SHARED if name in request.POST} or reports.sitting_kept(request, agreement)
    shared = LogReport(request.POST if then == "save" else None, initial=begun() | kept, **_options(request, agreement))
    text = request.POST.get("digest", "").replace("\r\n", "\n")
    rows: list[Row] = []
    if then in {"save", "check"}:
        rows = _typed(request, agreement, shared)
        beside = {*as_uuids(request.POST.getlist("logged"))}
        for row in rows:
            _looked_at(request, row, beside, saves=then == "save")
            beside |= {row.report.public_id} if row.report else set()
    elif text.strip():
        rows = _cut(request, agreement, shared, text)
    saved = sum(row.report is not None for row in rows)
    if then == "save" and saved:
        messages.success(request, ngettext("%(number)s report saved.", "%(number)s reports saved.", saved) % {"number": saved}, extra_tags="saved")
    is_open = [row for row in rows if row.report is None and not row.is_left_out]
    context = {
        "agreement": agreement,
        "shared": [shared[name] for name in SHARED],
        "text": text,
        "rows": rows,
        "is_open": is_open,
        "places": shared.choices.places[: reports.LISTED],
        "too_many": len(rows) == ROWS,
    }
    status = 422 if then == "save" and is_open else 200
    return render(request, "desk/reports/split.html", context, status=status)


def _options(request: DeskRequest, agreement: Agreement) -> dict[str, Any]:
    return {"agreement": agreement, "sides": list(agreement.sides.all()), "choices": dashboard.choices(request.user)}


def _row_form(shared: LogReport, number: int, data: QueryDict | None = None, initial: dict[str, Any] | None = None) -> LogReport:
    form = LogReport(data, initial=initial, prefix=str(number), agreement=shared.agreement, sides=shared.sides, choices=shared.choices)
    form.choose_accused_from_a_list()
    return form


def _cut(request: DeskRequest, agreement: Agreement, shared: LogReport, text: str) -> list[Row]:
    """Return the parts with what each suggests; a day that stands above them all is each one's that names none."""
    digest = split(text)
    gazetteer, camps = names.gazetteer(), names.camps(shared.sides)
    posted = shared.posted(request.POST.get("published_on", ""))
    above = suggestions.day_above(shared, digest.lead, posted)
    rows = []
    for number, part in enumerate(digest.parts[:ROWS]):
        found = suggestions.suggest(shared, part, gazetteer, camps, posted)
        if above:
            found.notes.clear()
        values = {"time_precision": "day"} | found.values | ({} if "day" in found.explicit else above)
        initial = begun() | {"wording": part, "token": uuid.uuid4()} | values
        form = _row_form(shared, number, initial=initial)
        row = Row(form, number, found)
        typed = _merged(request.POST, number, {name: str(value) for name, value in initial.items()}, shared)
        sketch = _row_form(shared, number, typed)
        sketch.is_valid()
        row.candidates = duplicates.of(request, sketch, row.answers)
        rows.append(row)
    return rows


def _merged(post: QueryDict, number: int, values: dict[str, str], shared: LogReport) -> QueryDict:
    """Return what one row's form is read from: its own fields and those said once for all."""
    data = QueryDict(mutable=True)
    for name in SHARED:
        data[f"{number}-{name}"] = post.get(name, "")
    for name, value in values.items():
        if value or name not in SHARED:
            data[f"{number}-{name}"] = value
    return data


def _typed(request: DeskRequest, agreement: Agreement, shared: LogReport) -> list[Row]:
    """Return the rows as they were sent."""
    rows = []
    for number in range(ROWS):
        if f"{number}-token" not in request.POST:
            continue
        values = {name: request.POST[f"{number}-{name}"] for name in shared.fields if f"{number}-{name}" in request.POST}
        row = Row(_row_form(shared, number, _merged(request.POST, number, values, shared)), number)
        row.answers = Answers.of(request, f"{number}-")
        row.is_left_out = f"{number}-left_out" in request.POST
        rows.append(row)
    return rows


def _looked_at(request: DeskRequest, row: Row, beside: set[uuid.UUID], *, saves: bool) -> None:
    """Look at one row again, and save it if it is to be saved and nothing stands against it. The others do not suffer from it.

    `beside`: reports logged from the same digest. Its author listed them apart, so they are not asked about.
    """
    from incidents.views.desk import reports

    if row.is_left_out:
        return
    is_valid = row.form.is_valid()
    if is_valid and (again := reports.logged_before(request, row.form)):
        row.report = again
        return
    row.candidates = [one for one in duplicates.of(request, row.form, row.answers) if one.report.public_id not in beside]
    if not saves or not is_valid:
        if not saves:
            row.form.errors.clear()
        return
    if duplicates.must_be_asked(row.candidates, row.answers):
        row.is_asked = True
        return
    try:
        row.report = reports.logged(request, row.form, row.answers, is_open=duplicates.is_open(row.candidates, row.answers))
        reports.remember(request, row.form, row.report, tells=False)
    except RuleBroken as error:
        row.form.add_rule(error)
    except IntegrityError:
        row.form.add_error(None, _("Somebody else has logged this very form already."))
