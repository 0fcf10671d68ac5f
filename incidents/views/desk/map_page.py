"""The map: a whole page for where reports lie, the marks of the window in view, and the reports of one mark.

The filter bar is that of the list, and so is its address, with a box and a zoom level beside it.
"""

from dataclasses import replace
from typing import Any, cast

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.models import Agreement
from incidents.permissions import Capability
from incidents.queries import convoys, maps, reports, sides
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.queries.filters import MapFilter, ReportFilter
from incidents.views import appearance, current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import base_map, convoy_board, convoy_map, filters, report_map, rows
from incidents.views.desk.reports import known

# So many reports of a mark are named in its popup; so many convoys' ways are drawn.
HERE, WAYS = 8, 40
# The colours of tokens.css: a picture by itself has no style sheet.
LIGHT = {
    "beyond": "#e4eaec",
    "land": "#fdfcf8",
    "line": "#dbe1e2",
    "border": "#b7c1c5",
    "quiet": "#5b6772",
    "ink": "#15202b",
    "a": "#17579a",
    "b": "#a84a08",
}
DARK = {
    "beyond": "#101920",
    "land": "#1d2a34",
    "line": "#273641",
    "border": "#43555f",
    "quiet": "#a5b2ba",
    "ink": "#e9eff2",
    "a": "#7fb8ef",
    "b": "#f0a566",
}


@require_safe
@only(Capability.READ)
def show(request: DeskRequest) -> HttpResponse:
    """Show where the reports asked for lie. What cannot be read in the address is said, and nothing is shown for it."""
    params, here = _asked(request)
    asked, found, wrong = _found(request, here, params)
    shown = maps.of_reports(asked).as_params()
    whole = {name: value for name, value in shown.items() if name != "box"}
    window = {name: value for name, value in asked.as_params().items() if name in {"box", "zoom"}}
    bar = filters.of(request.user, here, replace(maps.of_reports(asked), box=None), params, has_box=False)
    context = {
        "agreement": here,
        "map": found,
        "wrong": wrong,
        "filters": bar,
        "in_force": filters.in_force(bar, replace(maps.of_reports(asked), box=None), window),
        "window": list(window.items()),
        "is_narrowed": set(shown) - {"agreement", "box"},
        "everything": f"{reverse('map')}?{urlencode({'agreement': here.slug} if here else {})}",
        "whole": f"{reverse('map')}?{urlencode(whole)}",
        "marks": f"{reverse('map-marks')}?{urlencode(whole)}",
        "picture": f"{reverse('map-picture')}?{urlencode(asked.as_params())}",
        "table": f"{reverse('reports')}?{urlencode(shown)}",
        "grounds": base_map.extracts(get_language() or "") if found else [],
        "ways": _ways(request, here, asked) if found and here else None,
        "tiles": settings.TILE_SERVER,
        "tiles_by": settings.TILE_ATTRIBUTION,
    }
    return _with_tiles(render(request, "desk/map/show.html", context, status=400 if wrong else 200))


@require_safe
@only(Capability.READ)
def marks(request: DeskRequest) -> HttpResponse:
    """Answer with the marks of a window alone, for the page that shows it."""
    params, here = _asked(request)
    _asked_for, found, wrong = _found(request, here, params)
    context = {"map": found, "wrong": wrong}
    return render(request, "desk/map/_marks.html", context, status=400 if wrong else 200)


@require_safe
@only(Capability.READ)
def picture(request: DeskRequest) -> HttpResponse:
    """Answer with the map as a picture, for pages without a script and for whoever takes it along."""
    params, here = _asked(request)
    _asked_for, found, wrong = _found(request, here, params)
    if wrong or found is None:
        raise Http404
    look = DARK if appearance.theme_of(request) == "dark" else LIGHT
    return render(request, "desk/map/picture.svg", {"map": found, "look": look}, content_type="image/svg+xml")


@require_safe
@only(Capability.READ)
def here(request: DeskRequest) -> HttpResponse:
    """Answer with the newest reports of one mark, for its popup."""
    params, agreement = _asked(request)
    try:
        asked = ReportFilter.parse(params)
        page = reports.page(request.user, asked, limit=HERE)
        total, _is_all = reports.count(request.user, asked)
    except RuleBroken as error:
        return render(request, "desk/map/_here.html", {"wrong": error}, status=400)
    shown = rows.of(page.rows, sides.camps(agreement)) if agreement else []
    context = {"rows": shown, "total": total, "address": f"{reverse('reports')}?{urlencode(asked.as_params())}"}
    return render(request, "desk/map/_here.html", context)


@require_safe
@only(Capability.READ)
def ground(request: DeskRequest, name: str) -> HttpResponseBase:
    """Send an extract of the base map, with its names in the reader's language. Its address changes whenever it does."""
    said = base_map.extract(name, get_language() or "")
    if said is None:
        raise Http404
    answer = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    patch_cache_control(answer, private=True, max_age=appearance.A_YEAR, immutable=True)
    return answer


def _with_tiles(page: HttpResponse) -> HttpResponse:
    """Return the page, allowed to show pictures from the tile server where there is one. No other page is."""
    if not settings.TILE_ORIGIN:
        return page
    return cast(HttpResponse, csp_update({"img-src": [settings.TILE_ORIGIN]})(lambda _request: page)(HttpRequest()))


def _asked(request: DeskRequest) -> tuple[Any, Agreement | None]:
    """Return what the address says, with the agreement in view where it names none; and that agreement."""
    params = request.GET.copy()
    here = current.agreement(request, known(request, params.get("agreement", "")))
    if here and not params.get("agreement"):
        params["agreement"] = here.slug
    return params, here


def _found(request: DeskRequest, here: Agreement | None, params: Any) -> tuple[MapFilter, report_map.Map | None, RuleBroken | None]:
    nothing = MapFilter(agreement=here.slug if here else "")
    try:
        asked = MapFilter.parse(params)
        return asked, report_map.of(request.user, here, asked) if here else None, None
    except RuleBroken as error:
        return nothing, None, error


def _ways(request: DeskRequest, here: Agreement, asked: MapFilter) -> convoy_map.Map | None:
    """Return the ways of the convoys that this reader may see, of the agreement and the days asked for."""
    wanted = ConvoyFilter(agreement=here.slug, since=asked.since, until=asked.until)
    page = convoys.page(request.user, wanted, limit=WAYS)
    return convoy_map.of([convoy_board.shown(row) for row in page.rows]) if page.rows else None
