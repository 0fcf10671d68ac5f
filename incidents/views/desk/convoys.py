"""Convoys: the table, one convoy with its history, planning one, adding what is reported, opening it to partners by two people."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.actions import convoys as action
from incidents.errors import RuleBroken
from incidents.forms.convoys import AddEvent, PlanConvoy, WithdrawRelease
from incidents.models import Convoy, ConvoyEvent
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import convoys, history, sides, visibility
from incidents.queries.convoys import ConvoyFilter, Journey
from incidents.rules.timeline import ConvoyState
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import rows

PAGE = 50
# How a state looks on a chip, and its icon.
LOOKS = {
    ConvoyState.ON_TIME: ("verified", "check"),
    ConvoyState.LATE: ("waiting", "triangle-alert"),
    ConvoyState.WAITING: ("waiting", "hourglass"),
    ConvoyState.DENIED: ("danger", "circle-x"),
    ConvoyState.STRUCK: ("danger", "triangle-alert"),
    ConvoyState.CANCELLED: ("outline", "circle-x"),
    ConvoyState.UNKNOWN: ("outline", "circle-dashed"),
}


@dataclass(frozen=True)
class Shown:
    """One convoy, ready to be shown."""

    convoy: Convoy
    journey: Journey
    look: str
    icon: str


@dataclass(frozen=True)
class Told:
    """An event of a convoy, ready to be shown. `report` is the public id of the report behind it, where this reader may see it."""

    event: ConvoyEvent
    when: str
    where: str
    is_withheld: bool
    report: uuid.UUID | None


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the convoys this reader may see, newest first."""
    wrong, page = None, None
    try:
        asked = ConvoyFilter.parse(request.GET)
        page = convoys.page(request.user, asked, cursor=request.GET.get("cursor") or None, limit=PAGE)
    except RuleBroken as error:
        asked, wrong = ConvoyFilter(), error
    shown = asked.as_params()
    context = {
        "shown": [_shown(row) for row in page.rows] if page else [],
        "asked": asked,
        "agreements": current.agreements(request),
        "wrong": wrong,
        "may_plan": may_somewhere(request.user, Capability.LOG_CONVOYS),
        "newer": f"?{urlencode(shown | {'cursor': page.previous})}" if page and page.previous else "",
        "older": f"?{urlencode(shown | {'cursor': page.next})}" if page and page.next else "",
    }
    return render(request, "desk/convoys/list.html", context, status=400 if wrong else 200)


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one convoy: its way, what sources report of it, and what the rules make of that."""
    return _page(request, _found(request, public_id))


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_CONVOYS)
def plan(request: DeskRequest) -> HttpResponseBase:
    """Enter a convoy; it stays closed to partners."""
    here = current.agreement(request)
    form = PlanConvoy(request.POST or None, reader=request.user, initial={"agreement": here.slug if here else None})
    if request.method == "POST" and form.is_valid():
        try:
            convoy = action.plan(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("%(reference)s saved.") % {"reference": convoy.reference})
            return redirect("convoy", public_id=convoy.public_id)
    return render(request, "desk/convoys/plan.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@only(Capability.LOG_CONVOYS)
def add_event(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Add what one source reports, and return to the convoy."""
    convoy = _found(request, public_id)
    form = AddEvent(request.POST, convoy=convoy, reader=request.user)
    if form.is_valid():
        try:
            action.add_event(convoy=convoy, by=request.user, **form.facts())
            return redirect("convoy", public_id=public_id)
        except RuleBroken as error:
            form.add_rule(error)
    return _page(request, convoy, event_form=form, status=422)


@require_POST
@only(Capability.RELEASE_CONVOYS)
def release(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Begin the release of a convoy, confirm one that somebody else began, or withdraw it with a reason."""
    convoy = _found(request, public_id)
    try:
        match request.POST.get("move"):
            case "begin":
                action.begin_release(convoy=convoy, by=request.user)
            case "confirm":
                version = request.POST.get("version", "")
                action.confirm_release(convoy=convoy, by=request.user, version=int(version) if version.isdecimal() else 0)
            case "withdraw":
                action.withdraw_release(convoy=convoy, by=request.user, reason=request.POST.get("reason", ""))
            case _:
                raise Http404
    except RuleBroken as error:
        messages.error(request, str(error.message))
    return redirect("convoy", public_id=public_id)


def _found(request: DeskRequest, public_id: uuid.UUID) -> Convoy:
    try:
        return convoys.one(request.user, public_id)
    except Convoy.DoesNotExist as error:
        raise Http404 from error


def _page(request: DeskRequest, convoy: Convoy, *, event_form: AddEvent | None = None, status: int = 200) -> HttpResponse:
    if convoy.agreement:
        current.agreement(request, convoy.agreement.slug)
    journey, hangs = convoys.journey(convoy), convoys.hanging(request.user, convoy)
    camps = {report.agreement_id: sides.camps(report.agreement) for report in hangs.reports}
    may_add = may(request.user, Capability.LOG_CONVOYS, convoy)
    context: dict[str, Any] = {
        "convoy": convoy,
        "journey": journey,
        "look": LOOKS[journey.timeline.state],
        "told": [_told(request, event, journey) for event in journey.events],
        "withheld": convoys.withheld(request.user, convoy),
        "counts": [(convoy._meta.get_field(name).verbose_name, getattr(convoy, name)) for name in _COUNTS],  # type: ignore[union-attr]
        "incident": hangs.incident,
        "reports": rows.of(hangs.reports, camps),
        "history": history.of(convoy) if may(request.user, Capability.READ_INTERNAL_NOTES, convoy) else [],
        "history_zone": journey.zone,
        "form": (event_form or AddEvent(convoy=convoy, reader=request.user)) if may_add else None,
        "may_release": may(request.user, Capability.RELEASE_CONVOYS, convoy),
        "release_form": WithdrawRelease(),
        "is_own_release": convoy.released_by_id == request.user.pk,
    }
    return render(request, "desk/convoys/show.html", context, status=status)


_COUNTS = ("trucks_planned", "trucks_departed", "trucks_arrived", "trucks_lost", "people_requested", "people_approved", "people_reached")


def _shown(convoy: Convoy) -> Shown:
    journey = convoys.journey(convoy)
    return Shown(convoy, journey, *LOOKS[journey.timeline.state])


def _told(request: DeskRequest, event: ConvoyEvent, journey: Journey) -> Told:
    return Told(
        event=event,
        when=dates.span(event, journey.zone, year=True),
        where=event.checkpoint.name if event.checkpoint else event.place.name if event.place else "",
        is_withheld=not visibility.shows_source(request.user, event.source, event.convoy),
        report=event.seen_report_id,  # type: ignore[attr-defined]
    )
