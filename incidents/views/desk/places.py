"""Places: the gazetteer, one place with all its names, and adding one."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import places as action
from incidents.errors import RuleBroken
from incidents.forms.places import AddPlace
from incidents.models import AgreementArea, Place
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import history, places
from incidents.queries.places import PlaceFilter
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import listings, maps
from incidents.vocabulary import PlacePrecision

IN_FORM = ("text", "precision", "parent")


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the places, those put on record last first."""
    found = listings.of(request.GET, PlaceFilter, lambda asked, cursor: places.page(request.user, asked, cursor=cursor), IN_FORM)
    context = {
        "found": found,
        "choices": [listings.choice(request.GET, "precision", _("Precision"), _("Any precision"), list(PlacePrecision.choices))],
        "text": request.GET.get("text", ""),
        "parent": request.GET.get("parent", ""),
        "may_add": may_somewhere(request.user, Capability.ADD_PLACES),
    }
    return render(request, "desk/places/list.html", context, status=found.status)


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, slug: str) -> HttpResponse:
    """Show one place: its names in each language, what it lies in and what lies in it, and where it is."""
    try:
        place = places.one(slug)
    except Place.DoesNotExist as error:
        raise Http404 from error
    context = {
        "place": place,
        "within": places.within(place),
        "map": maps.of([AgreementArea(name=place.label, place=place)]),
        "history": history.of(place) if may(request.user, Capability.READ_INTERNAL_NOTES) else [],
        "zone": dates.UTC_ZONE,
    }
    return render(request, "desk/places/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.ADD_PLACES)
def new(request: DeskRequest) -> HttpResponseBase:
    """Add a place to the gazetteer."""
    form = AddPlace(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            place = action.add(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("place", slug=place.slug)
    return render(request, "desk/places/new.html", {"form": form}, status=422 if form.errors else 200)
