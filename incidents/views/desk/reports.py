"""Reports: one report, logging one, correcting one, retracting and restoring one."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import changes, incidents, places
from incidents.actions import drafts as draft_action
from incidents.actions import reports as action
from incidents.errors import RuleBroken, StaleRecord
from incidents.forms.evidence import AttachEvidence
from incidents.forms.reports import BOOKKEEPING, LogReport, begun
from incidents.forms.retractions import Restore, Retract
from incidents.forms.suggestions import Suggestions
from incidents.forms.typed import filled
from incidents.models import Agreement, Draft, Report
from incidents.permissions import Capability, may, may_retract, may_somewhere
from incidents.queries import dashboard, drafts, evidence, history, provenance, reports, sides
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused, convoy_reports, duplicates, locator, recognition, rows, unstated
from incidents.views.desk import drafts as draft_pages
from incidents.views.desk.duplicates import Answers
from incidents.views.ids import as_uuid
from incidents.vocabulary import HarmKind, ReportState

TAPE = 8
# So many names are written into the page, for who has no script.
LISTED = 300
SITTING = "logging"


def known(request: HttpRequest, slug: str) -> str:
    """Return the slug, if this reader sees an agreement of that slug; "" otherwise."""
    return slug if slug in {agreement.slug for agreement in current.agreements(request)} else ""


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one report: what it says, whence it came, what became of it."""
    return shown(request, found(request, public_id))


def shown(
    request: DeskRequest,
    report: Report,
    form: Retract | None = None,
    attach: AttachEvidence | None = None,
    restoring: Restore | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of a report, with what was wrong in its forms. A look at a protected source is on record first."""
    current.agreement(request, report.agreement.slug)
    camps = sides.camps(report.agreement)
    event = dashboard.event_of(request.user, report)
    withheld = reports.withheld(request.user, report)
    sees_who = may(request.user, Capability.READ_INTERNAL_NOTES, report)
    said = provenance.of(request.user, report) if sees_who else {}
    may_correct = _may_retract(request, report)
    context = {
        "report": report,
        "row": rows.row(report, camps),
        "when": dates.when(report, year=True),
        "zone": dates.zone_name(report.agreement.timezone, report.starts_at or report.agreement.in_force_from),
        "harm": [(f"{kind}_low", kind.label, rows.harmed(report.casualty_claims.all(), kind), said.get(kind.value)) for kind in HarmKind],
        "said": said,
        "missing": unstated.of_report(report, unstated.SAYS, said, withheld, may_correct=may_correct),
        "missing_of_source": unstated.of_report(report, unstated.SOURCE, said, withheld, may_correct=may_correct),
        "locator": locator.of_report(request.user, report),
        "may_answer": bool(report.incident_id) and may(request.user, Capability.LOG_REPORTS, report),
        "withheld": withheld,
        "siblings": rows.of(event.siblings, camps),
        "responses": event.responses,
        "history": history.of(report) if sees_who else [],
        "may_retract": may_correct,
        "may_restore": _may_restore(request, report),
        "form": form or Retract(),
        "restoring": restoring or Restore(),
        "evidence": evidence.of_report(request.user, report),
        "sees_originals": evidence.sees_originals(request.user, report),
        "may_attach": may(request.user, Capability.LOG_REPORTS, report),
        "attach": attach or AttachEvidence(),
    }
    return render(request, "desk/reports/show.html", context, status=status)


def found(request: DeskRequest, public_id: uuid.UUID) -> Report:
    """Return the report, if this reader may see it."""
    try:
        return reports.one(request.user, public_id)
    except Report.DoesNotExist as error:
        raise Http404 from error


def _may_retract(request: DeskRequest, report: Report) -> bool:
    return report.state == ReportState.SUBMITTED and may_retract(request.user, report)


def _may_restore(request: DeskRequest, report: Report) -> bool:
    return report.state == ReportState.RETRACTED and may_retract(request.user, report)


@require_http_methods(["POST"])
@only(Capability.LOG_REPORTS)
def restore(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Make a retracted report stand again, with a reason."""
    report = found(request, public_id)
    if report.state == ReportState.RETRACTED and not _may_restore(request, report):
        raise PermissionDenied
    form = Restore(request.POST)
    if not form.is_valid():
        return shown(request, report, restoring=form, status=422)
    try:
        action.restore(report=report, by=request.user, reason=form.cleaned_data["reason"])
    except RuleBroken as error:
        form.add_error("reason" if error.field == "reason" else None, str(error.message))
        return shown(request, report, restoring=form, status=422)
    messages.success(request, _("%(reference)s stands again and counts.") % {"reference": report.reference})
    return redirect("report", public_id=public_id)


@require_http_methods(["POST"])
@only(Capability.LOG_REPORTS)
def retract(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Retract the report with a reason, and return to it, or to the form from whose tape it was undone."""
    report = found(request, public_id)
    if report.state == ReportState.SUBMITTED and not _may_retract(request, report):
        raise PermissionDenied
    form = Retract(request.POST)
    if not form.is_valid():
        return shown(request, report, form, status=422)
    try:
        action.retract(report=report, by=request.user, reason=form.cleaned_data["reason"])
    except RuleBroken as error:
        form.add_error("reason" if error.field == "reason" else None, str(error.message))
        return shown(request, report, form, status=422)
    messages.success(request, _("%(reference)s is retracted. It stays on record and no longer counts.") % {"reference": report.reference})
    return redirect("log-report") if request.POST.get("from") == "tape" else redirect("report", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_REPORTS)
def log(request: DeskRequest) -> HttpResponseBase:
    """Log a report, and come back for the next one with what stays the same filled in."""
    if request.method == "POST":
        form = bound(request)
        if form and (request.POST.get("then") == "read" or "take" in request.POST):
            return _read(request, form)
        return _submitted(request, form) if form else render(request, "desk/dashboard/none.html")
    if key := request.GET.get("draft"):
        return _resumed(request, draft_pages.opened(request, key))
    if key := request.GET.get("corrects"):
        report = _corrected(request, key)
        current.agreement(request, report.agreement.slug)
        options = _options(request, report.agreement, report)
        return form_page(request, LogReport(initial=begun(corrects=report.public_id, **filled(report)), **options))
    agreement = current.agreement(request, known(request, request.GET.get("agreement", "")))
    if agreement is None:
        return render(request, "desk/dashboard/none.html")
    kept = sitting_kept(request, agreement)
    told = convoy_reports.filled(request) if request.GET.get("convoy") else {}
    return form_page(request, LogReport(initial=begun() | kept | told, **_options(request, agreement)))


def bound(request: DeskRequest) -> LogReport | None:
    """Return the form as it was sent, None where there is no agreement to log under."""
    agreement = current.agreement(request, known(request, request.GET.get("agreement", "")))
    if agreement is None:
        return None
    key = request.POST.get("corrects", "")
    return LogReport(request.POST, **_options(request, agreement, _corrected(request, key) if key else None))


def _options(request: DeskRequest, agreement: Agreement, correcting: Report | None = None) -> dict[str, Any]:
    offered = dashboard.choices(request.user)
    return {"agreement": agreement, "sides": list(agreement.sides.all()), "choices": offered, "correcting": correcting}


def _corrected(request: DeskRequest, key: str) -> Report:
    """Return the report to be corrected. Raise Http404 where there is none, PermissionDenied where it is another's to correct."""
    public_id = as_uuid(key)
    report = found(request, public_id) if public_id else None
    if report is None:
        raise Http404
    if report.state == ReportState.SUBMITTED and not _may_retract(request, report):
        raise PermissionDenied
    return report


def _resumed(request: DeskRequest, draft: Draft) -> HttpResponse:
    """Open a draft in the form, exactly as it was typed, from a window of its own."""
    key = str(draft.fields.get("corrects") or "")
    fresh = {"writer": uuid.uuid4(), "draft": draft.public_id, "draft_version": draft.version}
    options = _options(request, draft.agreement, _corrected(request, key) if key else None)
    return form_page(request, LogReport(initial=begun() | draft.fields | fresh, **options), draft=draft)


def _submitted(request: DeskRequest, form: LogReport) -> HttpResponseBase:
    """Save the form, or ask once what to make of reports that may be of the same event."""
    answers, is_valid = Answers.of(request), form.is_valid()
    if is_valid and (again := logged_before(request, form)):
        return _next(request, form, again)
    candidates = duplicates.of(request, form, answers)
    if not is_valid:
        return form_page(request, form, status=422, candidates=candidates)
    if duplicates.must_be_asked(candidates, answers):
        return form_page(request, form, status=422, candidates=candidates, is_asked=True)
    try:
        return _next(request, form, logged(request, form, answers, is_open=duplicates.is_open(candidates, answers)))
    except StaleRecord:
        return form_page(request, form, status=409, candidates=candidates, conflict=draft_pages.conflict_of(request, form))
    except RuleBroken as error:
        form.add_rule(error)
    except IntegrityError:
        if again := logged_before(request, form):
            return _next(request, form, again)
        form.add_error(None, _("Somebody else has logged this very form already."))
    return form_page(request, form, status=422, candidates=candidates)


def _read(request: DeskRequest, form: LogReport) -> HttpResponse:
    """Show the form again with what its text suggests, for who has no script."""
    values, found = recognition.filled(request, form)
    again = LogReport(initial=values, **_options(request, form.agreement, form.correcting))
    return form_page(request, again, suggestions=found)


def logged_before(request: DeskRequest, form: LogReport) -> Report | None:
    """Return the report that this form became already: its token is its identity, so that a form sent twice logs nothing twice."""
    return Report.objects.filter(public_id=form.cleaned_data["token"], entered_by=request.user).first()


def logged(request: DeskRequest, form: LogReport, answers: Answers, *, is_open: bool) -> Report:
    """Return the report, logged with all that was said of it; the draft that it was goes with it, or stays with it."""
    with transaction.atomic(), changes.operation():
        draft = draft_pages.taken(request, form)
        facts, harm = form.facts(), list(form.harm())
        if form.correcting:
            report = incidents.correct(report=form.correcting, by=request.user, harm=harm, **facts)
        else:
            told = convoy_reports.of(request, form)
            if (named := form.new_place()) and may_somewhere(request.user, Capability.ADD_PLACES):
                facts["place"] = places.add(by=request.user, **named)
            report = action.submit(by=request.user, harm=harm, **facts | {"may_be_duplicate": is_open} | told.facts)
            duplicates.settle(report, answers, request.user)
            told.tie(report, request.user)  # after it: an attack that is of an incident by now is of no other
        if draft:
            draft_action.discard(draft=draft)
        return report


def _next(request: DeskRequest, form: LogReport, report: Report) -> HttpResponseBase:
    """Go on to the next report; from a correction, to what came of it."""
    if form.correcting:
        messages.success(request, _("%(reference)s takes the place of %(former)s.") % {"reference": report.reference, "former": form.correcting})
        return redirect("report", public_id=report.public_id)
    remember(request, form, report)
    return redirect(f"{reverse('log-report')}?{urlencode({'agreement': form.agreement.slug})}")


def _sitting(request: DeskRequest) -> dict[str, Any]:
    """Return what this sitting remembers: the values kept, and what was logged."""
    held = request.session.get(SITTING)
    return held if isinstance(held, dict) else {"agreement": "", "kept": {}, "tape": []}


def sitting_kept(request: DeskRequest, agreement: Agreement) -> dict[str, Any]:
    """Return the values that this sitting keeps for the next report under the agreement."""
    sitting = _sitting(request)
    kept: dict[str, Any] = sitting["kept"] if sitting.get("agreement") == agreement.slug else {}
    return kept


def remember(request: DeskRequest, form: LogReport, report: Report, *, tells: bool = True) -> None:
    """Put the report on the sitting's tape, keep what stays for the next one, and tell of it."""
    copies = request.POST.get("then") == "copy"
    names = tuple(name for name in form.fields if name not in BOOKKEEPING) if copies else None
    sitting = _sitting(request)
    tape = [str(report.public_id), *(key for key in sitting["tape"] if key != str(report.public_id))]
    request.session[SITTING] = {"agreement": form.agreement.slug, "kept": form.kept(names) if names else form.kept(), "tape": tape[:TAPE]}
    if not tells:
        return
    messages.success(request, _("%(reference)s saved.") % {"reference": report.reference}, extra_tags="saved")
    if not report.place and report.place_as_worded:
        kept = _("“%(place)s” is not in the gazetteer: it is kept as worded, without coordinates.")
        messages.warning(request, kept % {"place": report.place_as_worded})


def form_page(
    request: DeskRequest,
    form: LogReport,
    status: int = 200,
    *,
    candidates: list[duplicates.Row] | None = None,
    is_asked: bool = False,
    conflict: draft_pages.Conflict | None = None,
    draft: Draft | None = None,
    suggestions: Suggestions | None = None,
) -> HttpResponse:
    """Show the form, with what it was answered: mistakes, possible duplicates, or what somebody else made of the draft."""
    sitting = _sitting(request)
    logged = {str(report.public_id): report for report in dashboard.logged(request.user, sitting["tape"])}
    tape = [logged[key] for key in sitting["tape"] if key in logged]
    camps = sides.camps(form.agreement)
    taped = rows.of([report for report in tape if report.agreement_id == form.agreement.pk], camps)
    context = {
        "form": form,
        "agreement": form.agreement,
        "tape": taped,
        "last": next((row for row in taped if row.stands), None),
        "sides": [accused.of_side(side) for side in form.sides],
        "nobody": accused.letter_of(None),
        "today": dashboard.logged_on(request.user, form.agreement, timezone.now()),
        "kept": {name for name in sitting["kept"] if form.initial.get(name)} if not (form.is_bound or draft or form.correcting) else set(),
        "places": form.choices.places[:LISTED],
        "parties": form.choices.parties[:LISTED],
        "suggestions": suggestions,
        "suggested": set(str(form["suggested"].value() or "").split()),
        "suggested_said": recognition.said(suggestions) if suggestions else "",
        "locator": locator.of(form, request.POST.get("look", "")),
        "candidates": candidates or [],
        "is_asked": is_asked,
        "conflict": conflict,
        "draft_said": draft_pages.said(draft) if draft else "",
        "drafts": drafts.own(request.user).count(),
    }
    return render(request, "desk/reports/log.html", context, status=status)
