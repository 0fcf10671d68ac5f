"""Reports: the list, one report, logging one, retracting one."""

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

from incidents.actions import reports as action
from incidents.errors import RuleBroken
from incidents.forms.reports import LogReport, Retract
from incidents.models import Report
from incidents.permissions import Capability, may
from incidents.queries import dashboard, history, reports, sides
from incidents.queries.filters import ReportFilter
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused, filters, rows
from incidents.vocabulary import HarmKind, ReportState

PAGE = 50
TAPE = 8
CAP = 10_000
SITTING = "logging"


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the reports asked for, newest first. What cannot be read in the address is said, and nothing is shown for it."""
    params = request.GET.copy()
    here = current.agreement(request, _known(request, params.get("agreement", "")))
    if here and not params.get("agreement"):
        params["agreement"] = here.slug
    wrong = None
    page = None
    total, is_all = 0, True
    try:
        asked = ReportFilter.parse(params)
        page = reports.page(request.user, asked, cursor=params.get("cursor") or None, limit=PAGE)
        total, is_all = reports.count(request.user, asked, CAP)
    except RuleBroken as error:
        asked, wrong = ReportFilter(agreement=here.slug if here else ""), error
    shown = asked.as_params()
    context = {
        "agreement": here,
        "rows": rows.of(page.rows, sides.camps(here)) if page and here else [],
        "total": f"{total}" if is_all else f"{total}+",
        "number": total,
        "filters": filters.of(here, asked, params),
        "is_narrowed": set(shown) - {"agreement"},
        "wrong": wrong,
        "newer": f"?{urlencode(shown | {'cursor': page.previous})}" if page and page.previous else "",
        "older": f"?{urlencode(shown | {'cursor': page.next})}" if page and page.next else "",
        "everything": f"?{urlencode({'agreement': here.slug})}" if here else "?",
    }
    return render(request, "desk/reports/list.html", context, status=400 if wrong else 200)


def _known(request: HttpRequest, slug: str) -> str:
    return slug if slug in {agreement.slug for agreement in current.agreements(request)} else ""


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one report: what it says, whence it came, what became of it."""
    return _shown(request, _found(request, public_id), Retract())


def _shown(request: DeskRequest, report: Report, form: Retract, status: int = 200) -> HttpResponse:
    current.agreement(request, report.agreement.slug)
    camps = sides.camps(report.agreement)
    event = dashboard.event_of(request.user, report)
    withheld = reports.withheld(request.user, report)
    context = {
        "report": report,
        "row": rows.row(report, camps),
        "when": dates.when(report, year=True),
        "zone": dates.zone_name(report.agreement.timezone, report.starts_at or report.agreement.in_force_from),
        "harm": [(kind.label, rows.harmed(report.casualty_claims.all(), kind)) for kind in HarmKind],
        "withheld": withheld,
        "siblings": rows.of(event.siblings, camps),
        "responses": event.responses,
        "history": history.of(report) if may(request.user, Capability.READ_INTERNAL_NOTES) else [],
        "may_retract": _may_retract(request, report),
        "form": form,
    }
    return render(request, "desk/reports/show.html", context, status=status)


def _found(request: DeskRequest, public_id: uuid.UUID) -> Report:
    try:
        return reports.one(request.user, public_id)
    except Report.DoesNotExist as error:
        raise Http404 from error


def _may_retract(request: DeskRequest, report: Report) -> bool:
    """Return whether this reader may retract it: one's own, or with the right to retract others'."""
    is_own = report.entered_by_id == request.user.pk and may(request.user, Capability.LOG_REPORTS)
    return report.state == ReportState.SUBMITTED and (is_own or may(request.user, Capability.RETRACT_OTHERS))


@require_http_methods(["POST"])
@only(Capability.LOG_REPORTS)
def retract(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Retract the report with a reason, and return to it, or to the form from whose tape it was undone."""
    report = _found(request, public_id)
    if report.state == ReportState.SUBMITTED and not _may_retract(request, report):
        raise PermissionDenied
    form = Retract(request.POST)
    if not form.is_valid():
        return _shown(request, report, form, status=422)
    try:
        action.retract(report=report, by=request.user, reason=form.cleaned_data["reason"])
    except RuleBroken as error:
        form.add_error("reason" if error.field == "reason" else None, str(error.message))
        return _shown(request, report, form, status=422)
    messages.success(request, _("%(reference)s is retracted. It stays on record and no longer counts.") % {"reference": report.reference})
    return redirect("log-report") if request.POST.get("from") == "tape" else redirect("report", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_REPORTS)
def log(request: DeskRequest) -> HttpResponseBase:
    """Log a report, and come back for the next one with what stays the same filled in."""
    agreement = current.agreement(request, _known(request, request.GET.get("agreement", "")))
    if agreement is None:
        return render(request, "desk/dashboard/none.html")
    options: dict[str, Any] = {"agreement": agreement, "sides": list(agreement.sides.all()), "choices": dashboard.choices(request.user)}
    if request.method == "POST":
        form = LogReport(request.POST, **options)
        if form.is_valid() and (report := _logged(request, form)):
            _remember(request, form, report)
            return redirect(f"{reverse('log-report')}?{urlencode({'agreement': agreement.slug})}")
        return _form(request, form, status=422)
    sitting = _sitting(request)
    kept = sitting["kept"] if sitting.get("agreement") == agreement.slug else {}
    form = LogReport(initial={"token": uuid.uuid4(), "time_precision": "exact", **kept}, **options)
    return _form(request, form)


def _logged(request: DeskRequest, form: LogReport) -> Report | None:
    """Return the report, logged once: the form's token is its identity, so that a form sent twice logs nothing twice."""
    again = Report.objects.filter(public_id=form.cleaned_data["token"], entered_by=request.user).first()
    if again:
        return again
    try:
        with transaction.atomic():
            return action.submit(by=request.user, harm=list(form.harm()), **form.facts())
    except RuleBroken as error:
        form.add_rule(error)
    except IntegrityError:
        return Report.objects.filter(public_id=form.cleaned_data["token"], entered_by=request.user).first()
    return None


def _sitting(request: DeskRequest) -> dict[str, Any]:
    """Return what this sitting remembers: the values kept, and what was logged."""
    held = request.session.get(SITTING)
    return held if isinstance(held, dict) else {"agreement": "", "kept": {}, "tape": []}


def _remember(request: DeskRequest, form: LogReport, report: Report) -> None:
    copies = request.POST.get("then") == "copy"
    names = tuple(name for name in form.fields if name != "token") if copies else None
    sitting = _sitting(request)
    tape = [str(report.public_id), *(key for key in sitting["tape"] if key != str(report.public_id))]
    request.session[SITTING] = {"agreement": form.agreement.slug, "kept": form.kept(names) if names else form.kept(), "tape": tape[:TAPE]}
    messages.success(request, _("%(reference)s saved.") % {"reference": report.reference}, extra_tags="saved")
    if not report.place and report.place_as_worded:
        kept = _("“%(place)s” is not in the gazetteer: it is kept as worded, without coordinates.")
        messages.warning(request, kept % {"place": report.place_as_worded})


def _form(request: DeskRequest, form: LogReport, status: int = 200) -> HttpResponse:
    sitting = _sitting(request)
    logged = {str(report.public_id): report for report in dashboard.logged(request.user, sitting["tape"])}
    tape = [logged[key] for key in sitting["tape"] if key in logged]
    camps = sides.camps(form.agreement)
    context = {
        "form": form,
        "agreement": form.agreement,
        "tape": rows.of([report for report in tape if report.agreement_id == form.agreement.pk], camps),
        "sides": [accused.of_side(side) for side in form.sides],
        "nobody": accused.letter_of(None),
        "today": dashboard.logged_on(request.user, form.agreement, timezone.now()),
        "kept": {name for name in sitting["kept"] if form.initial.get(name)} if not form.is_bound else set(),
        "places": form.choices.places,
        "parties": form.choices.parties,
    }
    return render(request, "desk/reports/log.html", context, status=status)
