"""Parties: their names, organs, roles and ties in time; adding one, and tying it to another."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import parties as action
from incidents.errors import RuleBroken
from incidents.forms.parties import AddParty, Affiliate
from incidents.models import Party
from incidents.permissions import Capability, may
from incidents.queries import history, parties
from incidents.queries.parties import PartyFilter
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import listings
from incidents.vocabulary import PartyKind


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the parties, those put on record last first."""
    found = listings.of(request.GET, PartyFilter, lambda asked, cursor: parties.page(request.user, asked, cursor=cursor), ("text", "kind"))
    context = {
        "found": found,
        "choices": [listings.choice(request.GET, "kind", _("Kind"), _("Any kind"), list(PartyKind.choices))],
        "text": request.GET.get("text", ""),
        "may_add": may(request.user, Capability.ADMINISTER),
    }
    return render(request, "desk/parties/list.html", context, status=found.status)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.READ)
def show(request: DeskRequest, slug: str) -> HttpResponseBase:
    """Show one party; an administrator ties it to another below."""
    try:
        party = parties.one(slug)
    except Party.DoesNotExist as error:
        raise Http404 from error
    may_tie = may(request.user, Capability.ADMINISTER)
    form = Affiliate(request.POST or None, party=party, reader=request.user) if may_tie else None
    if request.method == "POST" and form and form.is_valid():
        try:
            action.affiliate(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("party", slug=slug)
    return _page(request, party, form)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.ADMINISTER)
def new(request: DeskRequest) -> HttpResponseBase:
    """Add a party."""
    form = AddParty(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            party = action.add(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("party", slug=party.slug)
    return render(request, "desk/parties/new.html", {"form": form}, status=422 if form.errors else 200)


def _page(request: DeskRequest, party: Party, form: Affiliate | None) -> HttpResponse:
    ties = [(tie, dates.between(tie.from_on, tie.until_on), parties.withheld(request.user, tie)) for tie in parties.ties_of(party)]
    context = {
        "party": party,
        "ties": ties,
        "roles": [(row, dates.between(row.from_on, row.until_on)) for row in parties.roles_of(request.user, party)],
        "form": form,
        "history": history.of(party) if may(request.user, Capability.READ_INTERNAL_NOTES) else [],
        "zone": dates.UTC_ZONE,
    }
    return render(request, "desk/parties/show.html", context, status=422 if form and form.errors else 200)
