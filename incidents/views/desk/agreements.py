"""Agreements: terms, sides and who was on them when, and what parties declare."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.models import Agreement, Membership, Side
from incidents.permissions import Capability
from incidents.queries import dashboard, standing
from incidents.rules import standing as rule
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused
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
    return render(request, "desk/agreements/list.html", {"found": found})


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, slug: str) -> HttpResponse:
    """Show one agreement as it was made, and how it stands."""
    agreement = current.agreement(request, slug)
    assert agreement is not None
    stands = standing.of_agreement(agreement, standing.at_its_end(agreement, timezone.now()))
    zone = agreement.zone
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
        "declarations": dashboard.declarations(request.user, agreement),
    }
    return render(request, "desk/agreements/show.html", context)


def _camps(agreement: Agreement) -> list[Camp]:
    members = dashboard.memberships(agreement)
    camps = [_of_side(side, members) for side in agreement.sides.all()]
    for role in Role:
        held = [(row, _between(row)) for row in members if row.role == role and row.side is None]
        if held:
            camps.append(Camp(None, str(role.label), held))
    return camps


def _of_side(side: Side, members: list[Membership]) -> Camp:
    return Camp(accused.of_side(side), side.label, [(row, _between(row)) for row in members if row.side == side])


def _between(row: Membership) -> str:
    """Return the days of a membership, "" for all the time."""
    if row.from_on:
        return dates.days(row.from_on, row.until_on, short=True)
    return _("until %(day)s") % {"day": dates.day(row.until_on, short=True)} if row.until_on else ""
