"""Places: the gazetteer, one place with all its names, adding one, and merging two that are one."""

from babel import Locale
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import places as action
from incidents.errors import RuleBroken
from incidents.forms.places import AddPlace, MergePlace
from incidents.models import Place
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import history, places
from incidents.queries.places import PlaceFilter
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import listings, locator
from incidents.views.desk.spreads import Spoken
from incidents.vocabulary import PlacePrecision

IN_FORM = ("text", "precision", "parent")


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the places by their names in the reader's language."""
    language = get_language() or ""
    found = listings.of(request.GET, PlaceFilter, lambda asked, cursor: places.page_by_name(request.user, asked, language, cursor=cursor), IN_FORM)
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
def show(request: DeskRequest, slug: str) -> HttpResponseBase:
    """Show one place: its names in each language, what it lies in and what lies in it, where it is, and how often it is named."""
    place = _found(slug)
    return redirect("place", slug=place.slug) if place.slug != slug else _shown(request, place)


@require_http_methods(["POST"])
@only(Capability.ASSESS)
def merge(request: DeskRequest, slug: str) -> HttpResponseBase:
    """Merge a place into another that it is the same as."""
    place, form = _found(slug), MergePlace(request.POST)
    if form.is_valid():
        try:
            into = action.merge(place=place, into=form.cleaned_data["into"], by=request.user, note=form.cleaned_data["reason"])
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Merged: what named the other names this place now."))
            return redirect("place", slug=into.slug)
    return _shown(request, place, form)


def _found(slug: str) -> Place:
    try:
        return places.one(slug)
    except Place.DoesNotExist as error:
        raise Http404 from error


def _shown(request: DeskRequest, place: Place, form: MergePlace | None = None) -> HttpResponse:
    """Return the page of a place, with what was wrong in its form."""
    within = places.within(place)
    context = {
        "place": place,
        "within": within,
        "names": _names(place),
        "around": places.around(place),
        "locator": locator.of_place(request.user, place, within),
        "spread": [Spoken.of(row, area=place.slug) for row in places.spread(request.user, place)],
        "form": (form or MergePlace()) if may(request.user, Capability.ASSESS) else None,
        "history": history.of(place) if may(request.user, Capability.READ_INTERNAL_NOTES) else [],
        "zone": dates.UTC_ZONE,
    }
    return render(request, "desk/places/show.html", context, status=422 if form else 200)


def _names(place: Place) -> list[tuple[str, str, list[str]]]:
    """Return the names of a place by language: its code, what the reader calls it, and the names. That of some spellings is not known."""
    found: dict[str, list[str]] = {"en": [place.name], "ar": [place.name_ar] if place.name_ar else []}
    for alias in place.aliases.all():
        found.setdefault(alias.language, []).append(alias.name)
    languages = Locale.parse((get_language() or "en")[:2]).languages
    listed = [(code, str(languages.get(code, code)), names) for code, names in found.items() if code and names]
    return [*listed, *([("", _("Other spellings"), found[""])] if "" in found else [])]


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
