"""Coverage: who could observe, where and when; and logging it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.actions import coverage as action
from incidents.errors import RuleBroken
from incidents.forms.coverage import LogCoverage
from incidents.models import Agreement, Coverage
from incidents.permissions import Capability, may
from incidents.queries import coverage
from incidents.queries.coverage import CoverageFilter
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import listings


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponseBase:
    """List the coverage of the agreement in view; whoever may log some adds it below."""
    slug = request.GET.get("agreement", "")
    here = current.agreement(request, slug if slug in {row.slug for row in current.agreements(request)} else "")
    if here is None:
        return render(request, "desk/dashboard/none.html")
    may_log = may(request.user, Capability.LOG_COVERAGE, here)
    form = LogCoverage(request.POST or None, agreement=here, reader=request.user) if may_log else None
    if request.method == "POST" and form and form.is_valid():
        try:
            action.log(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.get_full_path())
    return _page(request, here, form)


@require_POST
@only(Capability.LOG_COVERAGE)
def remove(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Remove coverage that was logged by mistake, with a reason."""
    try:
        found = coverage.one(request.user, public_id)
    except Coverage.DoesNotExist as error:
        raise Http404 from error
    try:
        action.remove(coverage=found, by=request.user, reason=request.POST.get("reason", ""))
    except RuleBroken as error:
        messages.error(request, str(error.message))
    return redirect("coverage")


def _page(request: DeskRequest, here: Agreement, form: LogCoverage | None) -> HttpResponse:
    params = request.GET.dict() | {"agreement": here.slug}
    found = listings.of(params, CoverageFilter, lambda asked, cursor: coverage.page(request.user, asked, cursor=cursor), ("agreement", "observer"))
    observers = [(party.slug, party.label) for party in coverage.observers(request.user, here)]
    context = {
        "agreement": here,
        "found": found,
        "rows": [(row, dates.days(row.from_on, row.until_on, short=True), coverage.withheld(request.user, row)) for row in found.rows],
        "choices": [listings.choice(params, "observer", _("Observer"), _("Any observer"), observers)],
        "form": form,
    }
    return render(request, "desk/coverage/list.html", context, status=422 if form and form.errors else found.status)
