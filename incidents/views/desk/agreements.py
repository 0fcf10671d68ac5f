"""Agreements: terms, sides and who was on them when, areas, and what parties declare; and entering what is declared and covered."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
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
from incidents.views.desk import accused, maps, unstated
from incidents.views.desk.accused import Accused
from incidents.vocabulary import Role


@dataclass(frozen=True)
class Camp:
    """A side with its members, or the parties of another role."""

    accused: Accused | None
    label: str
    members: list[tuple[Membership, str]]


@dataclass(frozen=True)
class Listed:
    """An agreement as a row of the list: what its dates say of it, how long it is or was, and what is declared, "" where nobody said a word."""

    agreement: Agreement
    days: str
    status: rule.Status
    is_running: bool
    length: str
    declared: str
    is_contested: bool
    sides: list[Accused]


# What an agreement's page says of it where it is known, and otherwise names together.
STATED = ("announced_on", "reference", "source_link")
RUNNING = {rule.Status.IN_FORCE, rule.Status.OPEN_ENDED}


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the agreements, newest first."""
    found, now = current.agreements(request), timezone.now()
    prefetch_related_objects(found, "sides")
    stands = standing.of_agreements(found, now, request.user)
    shown = [_listed(row, stands[row.pk], row.local_day(now)) for row in found]
    return render(request, "desk/agreements/list.html", {"found": shown, "may_administer": may(request.user, Capability.ADMINISTER)})


def _listed(agreement: Agreement, stands: rule.Standing, today: date) -> Listed:
    return Listed(
        agreement=agreement,
        days=dates.days(agreement.first_day, agreement.last_day, short=True),
        status=stands.status,
        is_running=stands.status in RUNNING,
        length=length(agreement, today),
        declared=rule.summary(stands) if stands.positions else "",
        is_contested=stands.contested,
        sides=[accused.of_side(side) for side in agreement.sides.all()],
    )


def length(agreement: Agreement, today: date) -> str:
    """Return Day 3 of 8 while a truce runs, Day 90 where it has no end, 8 days once it is past; before it, in how many days it begins."""
    begins, ends = agreement.first_day, agreement.last_day
    passed = (today - begins).days + 1
    if passed < 1:
        return ngettext("Begins in %(count)d day", "Begins in %(count)d days", 1 - passed) % {"count": 1 - passed}
    if ends is None:
        return _("Day %(day)d") % {"day": passed}
    whole = (ends - begins).days + 1
    if passed > whole:
        return ngettext("%(count)d day", "%(count)d days", whole) % {"count": whole}
    return _("Day %(day)d of %(length)d") % {"day": passed, "length": whole}


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
        "is_running": stands.status in RUNNING,
        "length": length(agreement, agreement.local_day(timezone.now())),
        "unstated": unstated.of(agreement, unstated.missing(agreement, STATED)),
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
