"""Several reports of a list at once: what was done with each, and undone again."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.actions import bulk as several_at_once
from incidents.actions import incidents as placing
from incidents.actions import reports as action
from incidents.actions.bulk import Outcome
from incidents.errors import RuleBroken
from incidents.forms.bulk import MOST, Bulk, Verb
from incidents.models import Report
from incidents.permissions import Capability, may_retract
from incidents.queries import visibility
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import report_list
from incidents.views.desk.reports import known
from incidents.views.ids import as_uuids

LAST = "bulk"
BACK = {Verb.RETRACT: Verb.RESTORE, Verb.RESTORE: Verb.RETRACT}


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_REPORTS)
def several(request: DeskRequest) -> HttpResponseBase:
    """Do one thing with the reports chosen; or show what was done last, report by report."""
    if request.method != "POST":
        return _shown(request)
    asked_with = report_list.sent_from(request)
    here = current.agreement(request, known(request, asked_with.get("agreement", "")))
    if here is None:
        return redirect("reports")
    form = Bulk(request.POST, reader=request.user, agreement=here)
    try:
        if not form.is_valid():
            return report_list.listed(request, asked_with, form, status=422)
        operation, outcomes = _done(request, form)
    except RuleBroken as error:
        form.add_rule(error)
        return report_list.listed(request, asked_with, form, status=422)
    if all(one.refused for one in outcomes) and _was_done(request, form.cleaned_data["verb"], outcomes):
        request.session[LAST] = _last(request)  # sent twice: what the first did is shown, and can be undone
        return redirect("bulk")
    missing = len(form.cleaned_data["reports"]) - len(outcomes)
    _remember(request, form.cleaned_data["verb"], operation, outcomes, asked_with.urlencode(), missing)
    return redirect("bulk")


@require_POST
@only(Capability.LOG_REPORTS)
def undo(request: DeskRequest) -> HttpResponseBase:
    """Undo what was done last with several reports; what changed again since stays, and is said."""
    held = request.session.get(LAST)
    if not held or not held["operation"] or held["operation"] != request.POST.get("operation"):
        messages.error(request, _("There is nothing to undo any more."))
        return redirect("bulk")
    done = [key for key, _name, refused in held["rows"] if not refused]
    found = _reports(request, done)
    operation, reason = uuid.UUID(held["operation"]), _("Undone: several at once")
    try:
        if held["verb"] in BACK:
            _operation, outcomes = several_at_once.each(found, _act(request, BACK[Verb(held["verb"])], reason, after=operation))
        else:
            outcomes, is_left = several_at_once.undo_placing(found, operation, by=request.user, note=reason)
            if is_left:
                messages.info(request, _("The incident that was opened for them stays: there is something else in it."))
    except RuleBroken as error:
        outcomes = []
        messages.error(request, str(error.message))
    if (last := _last(request)) != held:
        request.session[LAST] = last  # sent twice at once: the other has told what was undone
    elif outcomes:
        _remember(request, "", None, outcomes, held["back"], len(done) - len(found))
    return redirect("bulk")


def _done(request: DeskRequest, form: Bulk) -> tuple[uuid.UUID, list[Outcome]]:
    values = form.cleaned_data
    verb, chosen = Verb(values["verb"]), _reports(request, values["reports"])
    if not chosen:
        raise RuleBroken("none_chosen", _("Choose reports first."), "reports")
    if verb == Verb.OPEN:
        return several_at_once.open_for(chosen, by=request.user, name=values["incident"], note=values["reason"])
    if verb == Verb.ATTACH:
        into, note = values["into"], values["reason"]
        return several_at_once.each(chosen, lambda report: placing.attach(report=report, incident=into, by=request.user, note=note))
    return several_at_once.each(chosen, _act(request, verb, values["reason"]))


def _act(request: DeskRequest, verb: Verb, reason: str, after: uuid.UUID | None = None) -> Callable[[Report], object]:
    """Return what retracts a report or lets it stand again, if it is this reader's to do, and as an operation left it that is undone."""

    def act(report: Report) -> object:
        if not may_retract(request.user, report):
            raise PermissionDenied
        if after is not None:
            several_at_once.must_be_as_left(report, after)
        doing = action.retract if verb == Verb.RETRACT else action.restore
        return doing(report=report, by=request.user, reason=reason)

    return act


def _reports(request: DeskRequest, keys: Iterable[str]) -> list[Report]:
    """Return those of the reports that this reader may see, in the order of their entry."""
    found = visibility.reports(request.user).filter(public_id__in=as_uuids(keys)).select_related("agreement").order_by("id")
    return list(found[:MOST])


def _remember(request: DeskRequest, verb: str, operation: uuid.UUID | None, outcomes: Iterable[Outcome], back: str, missing: int = 0) -> None:
    told = [(str(one.report.public_id), one.report.reference, one.refused) for one in outcomes]
    request.session[LAST] = {"verb": verb, "operation": str(operation or ""), "rows": told, "back": back, "missing": missing}


def _last(request: DeskRequest) -> Any:
    """Return what was done last, as it is on record now: of two that were sent at once, both had read the session before."""
    return type(request.session)(request.session.session_key).get(LAST)


def _was_done(request: DeskRequest, verb: str, outcomes: Iterable[Outcome]) -> bool:
    """Return whether the same was done last with the same reports."""
    held: Any = _last(request) or {"verb": "", "rows": []}
    keys = [str(one.report.public_id) for one in outcomes]
    return bool(held["verb"] == verb and [key for key, _name, _refused in held["rows"]] == keys)


def _shown(request: DeskRequest) -> HttpResponseBase:
    held: Any = request.session.get(LAST)
    if not held:
        return redirect("reports")
    done = [row for row in held["rows"] if not row[2]]
    context = {
        "what": Verb(held["verb"]).label if held["verb"] else _("Undone"),
        "rows": held["rows"],
        "done": len(done),
        "refused": len(held["rows"]) - len(done),
        "missing": held.get("missing", 0),
        "operation": held["operation"] if done else "",
        "back": held["back"],
    }
    return render(request, "desk/reports/bulk.html", context)
