"""One convoy: its page and its printed summary, planning and changing it, adding to its history, opening it to partners by two people."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.actions import convoys as action
from incidents.errors import RuleBroken
from incidents.forms.convoys import AddEvent, BeginRelease, ChangeConvoy, PlanConvoy, WithdrawRelease, filled
from incidents.forms.records import label_of
from incidents.models import Convoy, ConvoyEvent, Report
from incidents.permissions import Capability, may
from incidents.queries import convoys, history, sides, visibility
from incidents.queries.convoys import Journey
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import convoy_board, convoy_reports, dwell_chart, rows, unstated
from incidents.vocabulary import Bucket
from incidents.vocabulary import ConvoyStatus as S

PEOPLE = ("people_requested", "people_approved", "people_reached")
TRUCKS = ("trucks_planned", "trucks_departed", "trucks_arrived", "trucks_lost")
# What a convoy's page says of it where it is stated, and otherwise names together.
STATED = ("origin", "agreement", "mode", "destination_class", *PEOPLE, *TRUCKS, "link")


@dataclass(frozen=True)
class Told:
    """An event of a convoy, ready to be shown. `report` is the public id of the report behind it, `to_report` where to make one of it."""

    event: ConvoyEvent
    when: str
    where: str
    is_withheld: bool
    report: uuid.UUID | None
    to_report: str


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one convoy: its way, what sources report of it, and what the rules make of that."""
    return _page(request, _found(request, public_id))


@require_safe
@only(Capability.READ)
def summary(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one convoy on one page to be printed."""
    convoy = _found(request, public_id)
    return render(request, "desk/convoys/summary.html", _context(request, convoy))


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


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_CONVOYS)
def change(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Change what is on record of a convoy. Its release, if begun, is withdrawn; what somebody changed meanwhile is not overwritten."""
    convoy = _found(request, public_id)
    form = ChangeConvoy(request.POST or None, reader=request.user, initial=filled(convoy))
    if request.method == "POST" and form.is_valid():
        try:
            action.change(convoy=convoy, by=request.user, version=form.cleaned_data["version"], **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("%(reference)s saved.") % {"reference": convoy.reference})
            return redirect("convoy", public_id=convoy.public_id)
    return render(request, "desk/convoys/plan.html", {"form": form, "convoy": convoy}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_CONVOYS)
def add_event(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Add what one source reports, and return to the convoy."""
    convoy = _found(request, public_id)
    today = timezone.now().astimezone(convoys.zone_of(convoy)).date()
    form = AddEvent(request.POST or None, convoy=convoy, reader=request.user, initial={"day": f"{today:%Y-%m-%d}"})
    if request.method == "POST" and form.is_valid():
        try:
            action.add_event(convoy=convoy, by=request.user, **form.facts())
            return redirect("convoy", public_id=public_id)
        except RuleBroken as error:
            form.add_rule(error)
    return render(request, "desk/convoys/event.html", _context(request, convoy) | {"form": form}, status=422 if form.errors else 200)


@require_POST
@only(Capability.RELEASE_CONVOYS)
def release(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Begin the release of a convoy, confirm one that somebody else began, or withdraw it with a reason."""
    convoy = _found(request, public_id)
    try:
        match request.POST.get("move"):
            case "begin":
                form = BeginRelease(request.POST)
                if not form.is_valid():
                    return _page(request, convoy, begin_form=form, status=422)
                action.begin_release(convoy=convoy, by=request.user, **form.facts(convoy))
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


def _page(request: DeskRequest, convoy: Convoy, *, begin_form: BeginRelease | None = None, status: int = 200) -> HttpResponse:
    context = _context(request, convoy) | {
        "history": history.of(convoy) if may(request.user, Capability.READ_INTERNAL_NOTES, convoy) else [],
        "may_release": may(request.user, Capability.RELEASE_CONVOYS, convoy),
        "begin_form": begin_form or BeginRelease(),
        "release_form": WithdrawRelease(),
        "is_own_release": convoy.released_by_id == request.user.pk,
    }
    return render(request, "desk/convoys/show.html", context, status=status)


def _context(request: DeskRequest, convoy: Convoy) -> dict[str, Any]:
    """Return what every page of a convoy shows of it."""
    if convoy.agreement:
        current.agreement(request, convoy.agreement.slug)
    journey, hangs = convoys.journey(convoy), convoys.hanging(request.user, convoy)
    may_add = may(request.user, Capability.LOG_CONVOYS, convoy)
    slug = convoy.agreement.slug if convoy.agreement else ""
    to_report = f"{reverse('log-report')}?{urlencode({'agreement': slug, 'convoy': str(convoy.public_id)})}" if may_add else ""
    return {
        "convoy": convoy,
        "journey": journey,
        "row": convoy_board.of(journey),
        "told": [_told(request, event, journey, to_report) for event in journey.events],
        "withheld": convoys.withheld(request.user, convoy),
        "people": [(label_of(Convoy, name), *_range(convoy, name)) for name in PEOPLE if _is_stated(convoy, name)],
        "trucks": [(label_of(Convoy, name), getattr(convoy, name)) for name in TRUCKS if _is_stated(convoy, name)],
        "unstated": _unstated(request, convoy),
        "dwells": dwell_chart.of(journey),
        "share_reached": dates.share(journey.reached),
        "removed": [(dates.share(row.share), row.unit) for row in journey.removed if row.share is not None],
        "incident": hangs.incident,
        "claims": _claims(hangs.reports),
        "history_zone": journey.zone,
        "may_add": may_add,
        "to_report": to_report,
    }


def _is_stated(convoy: Convoy, name: str) -> bool:
    """Return whether anybody stated it: of a number its bounds, of a place its wording count as well. Zero is stated."""
    beside = {"origin": ("origin_as_worded",)}.get(name, (f"{name}_low", f"{name}_high") if name in PEOPLE else ())
    return any(getattr(convoy, one) not in {None, ""} for one in (name, *beside))


def _unstated(request: DeskRequest, convoy: Convoy) -> list[tuple[Any, str]]:
    """Return what nobody stated of the convoy, each with the address of the field to enter it in, for whoever may."""
    form = reverse("change-convoy", args=[convoy.public_id]) if may(request.user, Capability.LOG_CONVOYS, convoy) else ""
    hidden = convoys.withheld(request.user, convoy)
    missing = [name for name in STATED if name not in hidden and not _is_stated(convoy, name)]
    return unstated.of(convoy, missing, form)


def _range(convoy: Convoy, name: str) -> tuple[int | None, ...]:
    """Return the lowest, the stated and the highest number."""
    return tuple(getattr(convoy, f"{name}{bound}") for bound in ("_low", "", "_high"))


def _claims(reports: list[Report]) -> list[tuple[str, list[Any]]]:
    """Return what is claimed of the convoy, under a heading for where the claimant stood that day: sides in the agreement's order, then others."""
    known = sides.CampsByAgreement()
    camps = {report.agreement_id: known.of(report.agreement) for report in reports}
    groups: dict[tuple[int, str], list[Report]] = {}
    for report in reports:
        bucket, side = camps[report.agreement_id].side_of(report.claimant, report.occurred_on)
        key = (
            (side.position, _("Claimed by %(side)s") % {"side": side.label})
            if side and bucket == Bucket.SIDE
            else (1000, _("Claimed by parties on no side"))
        )
        groups.setdefault(key, []).append(report)
    return [(heading, rows.of(found, camps)) for (_position, heading), found in sorted(groups.items())]


def _told(request: DeskRequest, event: ConvoyEvent, journey: Journey, to_report: str) -> Told:
    is_withheld = not visibility.shows_source(request.user, event.source, event.convoy)
    hinders = event.happened and S(event.status) in convoy_reports.TYPES
    return Told(
        event=event,
        when=dates.span(event, journey.zone, year=True),
        where=event.checkpoint.name if event.checkpoint else event.place.label if event.place else "",
        is_withheld=is_withheld,
        report=event.seen_report_id,  # type: ignore[attr-defined]
        to_report=f"{to_report}&event={event.public_id}" if to_report and hinders and event.report_id is None else "",
    )
