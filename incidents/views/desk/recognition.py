"""What the log page asks while somebody types: what the pasted text suggests, and which names fit what was typed so far."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from incidents.forms import suggestions
from incidents.forms.reports import LogReport
from incidents.forms.suggestions import Suggestions
from incidents.models import Party, Place, Source
from incidents.permissions import Capability
from incidents.queries import names
from incidents.queries.names import LONGEST, Listed
from incidents.views.access import DeskRequest, only
from incidents.views.desk import locator


@require_POST
@only(Capability.LOG_REPORTS)
def reading(request: DeskRequest) -> HttpResponse:
    """Answer with what the pasted text suggests: values by field, the text with its readings marked, and what is left to choose."""
    from incidents.views.desk import reports as page

    form = page.bound(request)
    if form is None:
        raise Http404
    found = of(form)
    panel = render_to_string("desk/reports/_offers.html", {"suggestions": found}, request=request)
    marks = render_to_string("desk/reports/_marks.html", {"suggestions": found}, request=request)
    return JsonResponse({"values": found.values, "explicit": found.explicit, "marks": marks, "offers": panel, "said": said(found)})


def of(form: LogReport) -> Suggestions:
    """Return what the form's text suggests; nothing where there is no text."""
    text = form.text()
    if not text.strip():
        return Suggestions()
    return suggestions.suggest(form, text, names.gazetteer(), names.camps(form.sides), form.posted())


def said(found: Suggestions) -> str:
    """Return: 5 fields suggested."""
    return ngettext("%(number)s field suggested", "%(number)s fields suggested", found.number) % {"number": found.number} if found.number else ""


def filled(request: DeskRequest, form: LogReport) -> tuple[dict[str, Any], Suggestions]:
    """Return what the form holds once the suggestions are put into what is empty or was suggested before, and the suggestions."""
    found, typed = of(form), form.typed()
    before = set(typed.get("suggested", "").split())
    open_ones = {name for name in suggestions.SUGGESTED if not typed[name] or name in before or name == "time_precision"}
    values = {name: value for name, value in found.values.items() if name in open_ones and not ("accused" in name and typed["accused_party"])}
    chosen = suggestions.taken(request.POST.get("take", ""))
    values |= chosen
    held = {name: "" for name in before if name not in values} | values
    suggested = " ".join(name for name in values if name not in chosen and values[name])
    return typed | held | {
        "suggested": suggested,
        "draft": request.POST.get("draft", ""),
        "draft_version": request.POST.get("draft_version", ""),
    }, found


@require_POST
@only(Capability.LOG_REPORTS)
def drawn(request: DeskRequest) -> HttpResponse:
    """Answer with the drawing of the place as typed so far, on the ground that somebody moved it to."""
    from incidents.views.desk import reports as page

    form = page.bound(request)
    if form is None:
        raise Http404
    form.is_valid()
    return render(request, "desk/reports/_locator.html", {"locator": locator.of(form, request.POST.get("look", ""))})


@require_safe
@only(Capability.LOG_REPORTS)
def listed(request: DeskRequest) -> HttpResponse:
    """Answer with the names that fit what was typed: of places, parties or sources."""
    text = request.GET.get("text", "")[:LONGEST].replace("\0", "")
    kind = request.GET.get("kind", "")
    if not text.strip():
        return JsonResponse({"names": []})
    if kind == "place":
        rows = [_place(place) for place in names.places(text)]
    elif kind == "party":
        rows = [_party(party) for party in names.parties(text)]
    elif kind == "source":
        rows = [_source(source) for source in names.sources(request.user, text)]
    else:
        raise Http404
    return JsonResponse({"names": [{"value": row.value, "label": row.label, "other": row.other, "detail": row.detail} for row in rows]})


def _place(place: Place) -> Listed:
    other = place.name_ar if place.label == place.name else place.name
    where = [place.parent.label] if place.parent else []
    if place.latitude is not None:
        where.append(f"{place.latitude:.3f}, {place.longitude:.3f}")
    return Listed(place.slug, place.label, other, " · ".join(where))


def _party(party: Party) -> Listed:
    return Listed(party.slug, party.label, party.name_ar if party.label == party.name else party.name, party.short_label)


def _source(source: Source) -> Listed:
    return Listed(source.slug, source.name, "", source.reliability)
