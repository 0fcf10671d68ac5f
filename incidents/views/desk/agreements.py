"""Agreements: terms, sides and who was on them when, areas, and what parties declare; and entering what is declared and covered."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import areas, declarations
from incidents.errors import RuleBroken
from incidents.forms.agreements import AddArea, Declare
from incidents.models import Agreement, Membership, Side
from incidents.permissions import Capability, may
from incidents.queries import areas as area_queries
from incidents.queries import dashboard, history, standing
from incidents.queries.areas import AreaFilter
from incidents.rules import standing as rule
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused, maps
from incidents.views.desk.accused import Accused
from incidents.vocabulary import Role


@dataclass(frozen=True)
class Camp:
    """A side with its members, or the parties of another role."""

    accused: Accused | None
    label: str
    members: list[tuple[Membership, str]]


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the agreements, newest first."""
    found = [(row, dates.days(row.first_day, row.last_day, short=True)) for row in current.agreements(request)]
    return render(request, "desk/agreements/list.html", {"found": found, "may_administer": may(request.user, Capability.ADMINISTER)})


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.READ)
def show(request: DeskRequest, slug: str) -> HttpResponseBase:
    """Show one agreement as it was made, and how it stands. Whoever may logs a declaration or adds an area below."""
    agreement = _found(request, slug)
    declare, area = _forms(request, agreement)
    for form, write in ((declare, declarations.declare), (area, areas.add)):
        if form is None or not form.is_bound or not form.is_valid():
            continue
        try:
            write(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("agreement", slug=slug)
    return _page(request, agreement, declare, area)


def _found(request: DeskRequest, slug: str) -> Agreement:
    agreement = current.agreement(request, slug)
    assert agreement is not None
    return agreement


def _forms(request: DeskRequest, agreement: Agreement) -> tuple[Declare | None, AddArea | None]:
    """Return the forms that this reader may use; the one that was sent is filled. They are told apart by the button that was pressed."""
    sent = request.POST.get("enter", "") if request.method == "POST" else ""
    declare, area = None, None
    if may(request.user, Capability.LOG_DECLARATIONS, agreement):
        declare = Declare(request.POST if sent == "declaration" else None, agreement=agreement, reader=request.user, auto_id="word_%s")
    if may(request.user, Capability.ADMINISTER):
        area = AddArea(request.POST if sent == "area" else None, agreement=agreement, auto_id="area_%s")
    return declare, area


def _page(request: DeskRequest, agreement: Agreement, declare: Declare | None, area: AddArea | None) -> HttpResponse:
    stands = standing.of_agreement(agreement, standing.at_its_end(agreement, timezone.now()), request.user)
    zone = agreement.zone
    covered = list(area_queries.filtered(request.user, AreaFilter(agreement=agreement.slug)).order_by("id"))
    context = {
        "agreement": agreement,
        "days": dates.days(agreement.first_day, agreement.last_day),
        "begins": dates.moment(agreement.in_force_from, zone, short=False),
        "ends": dates.moment(agreement.in_force_until, zone, short=False) if agreement.in_force_until else "",
        "announced": dates.day(agreement.announced_on) if agreement.announced_on else "",
        "zone": dates.zone_name(agreement.timezone, agreement.in_force_from),
        "standing": stands,
        "standing_line": rule.summary(stands),
        "terms": list(agreement.terms.all()),
        "camps": _camps(agreement),
        "areas": [(row, dates.between(row.from_on, row.until_on)) for row in covered],
        "map": maps.of(covered),
        "declarations": dashboard.declarations(request.user, agreement),
        "declare": declare,
        "area": area,
        "may_administer": may(request.user, Capability.ADMINISTER),
        "history": history.of(agreement) if may(request.user, Capability.READ_INTERNAL_NOTES, agreement) else [],
        "history_zone": zone,
    }
    is_wrong = any(form and form.errors for form in (declare, area))
    return render(request, "desk/agreements/show.html", context, status=422 if is_wrong else 200)


def _camps(agreement: Agreement) -> list[Camp]:
    members = dashboard.memberships(agreement)
    camps = [_of_side(side, members) for side in agreement.sides.all()]
    for role in Role:
        held = [(row, dates.between(row.from_on, row.until_on)) for row in members if row.role == role and row.side is None]
        if held:
            camps.append(Camp(None, str(role.label), held))
    return camps


def _of_side(side: Side, members: list[Membership]) -> Camp:
    return Camp(accused.of_side(side), side.label, [(row, dates.between(row.from_on, row.until_on)) for row in members if row.side == side])
