"""How far recounts of the ledgers are, what they found, and what was corrected. For administrators."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from incidents.permissions import Capability, may
from incidents.queries import recounts
from incidents.views import dates
from incidents.views.access import DeskRequest, only

LISTED = 50
TOLD = 100


@require_safe
@only(Capability.ADMINISTER)
def index(request: DeskRequest) -> HttpResponse:
    """List the latest recounts, each with the first of the differences it found."""
    if not may(request.user, Capability.ADMINISTER):  # a recount tells of every agreement
        raise PermissionDenied
    found = [(recount, len(recount.found), recount.found[:TOLD]) for recount in recounts.latest(LISTED)]
    return render(request, "desk/tallies/recounts.html", {"recounts": found, "zone": dates.UTC_ZONE})
