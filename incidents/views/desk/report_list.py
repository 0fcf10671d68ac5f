"""The reports asked for, as a table, as cards, or on a map beside a list: three views of one address."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.forms.bulk import Bulk
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import choices, reports, saved_filters, sides
from incidents.queries.filters import ReportFilter
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import filters, report_map, rows
from incidents.views.desk.reports import known

PAGE = 50
CAP = 10_000
TABLE, CARDS, MAP = "", "cards", "map"
PAGES = {TABLE: "desk/reports/list.html", CARDS: "desk/reports/list.html", MAP: "desk/reports/map.html"}


@dataclass(frozen=True)
class Saved:
    """A saved filter of this person's, as an address; `is_here`: it is what is being looked at."""

    public_id: uuid.UUID
    name: str
    query: str
    is_here: bool


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the reports asked for, newest first. What cannot be read in the address is said, and nothing is shown for it."""
    return listed(request, request.GET)


def listed(request: DeskRequest, asked_with: Mapping[str, Any], bulk: Bulk | None = None, status: int = 200) -> HttpResponse:
    """Return the list that these words ask for; `bulk` is what was wrong with what was to be done with some of it."""
    params: Any = asked_with.copy()  # type: ignore[attr-defined]
    here = current.agreement(request, known(request, params.get("agreement", "")))
    if here and not params.get("agreement"):
        params["agreement"] = here.slug
    wrong = None
    page = None
    total, is_all = 0, True
    try:
        asked = ReportFilter.parse(params)
        page = reports.page(request.user, asked, cursor=params.get("cursor") or None, limit=PAGE)
        total, is_all = reports.count(request.user, asked, CAP)
    except RuleBroken as error:
        asked, wrong = ReportFilter(agreement=here.slug if here else ""), error
    shown = asked.as_params()
    same_view = view_of(params)
    view = same_view.get("view", TABLE)

    def address(**more: str) -> str:
        return f"?{urlencode(shown | same_view | more)}"

    bar = filters.of(request.user, here, asked, params)
    context = {
        "agreement": here,
        "map": report_map.of(request.user, here, asked) if view == MAP and here and not wrong else None,
        "table": f"?{urlencode(shown)}",
        "as_cards": f"?{urlencode(shown | {'view': CARDS})}",
        "on_map": f"?{urlencode(shown | {'view': MAP})}",
        "full_map": f"{reverse('map')}?{urlencode(shown)}",
        "view": view,
        "rows": rows.of(page.rows, sides.camps(here)) if page and here else [],
        "total": f"{total}" if is_all else f"{total}+",
        "number": total,
        "takeaway": urlencode({"of": "reports"} | shown) if page and may_somewhere(request.user, Capability.EXPORT) else "",
        "filters": bar,
        "in_force": filters.in_force(bar, asked, same_view),
        "is_narrowed": set(shown) - {"agreement"},
        "wrong": wrong,
        "incidents": choices.incidents(request.user, here) if here and may(request.user, Capability.ASSESS, here) else [],
        "bulk": (bulk or Bulk(reader=request.user, agreement=here)) if here else None,
        "back": urlencode(shown | same_view | ({"cursor": params["cursor"]} if params.get("cursor") else {})),
        "saved": _saved(request, shown | same_view),
        "newer": address(cursor=page.previous) if page and page.previous else "",
        "older": address(cursor=page.next) if page and page.next else "",
        "everything": f"?{urlencode(({'agreement': here.slug} if here else {}) | same_view)}",
    }
    return render(request, PAGES[view], context, status=400 if wrong else status)


def view_of(asked_with: Mapping[str, Any]) -> dict[str, str]:
    """Return the view that these words ask for, as an address says it; of the table it says nothing."""
    view = asked_with.get("view", TABLE)
    return {"view": view} if view != TABLE and view in PAGES else {}


def sent_from(request: DeskRequest) -> QueryDict:
    """Return what the list was asked with from which a form was sent."""
    return QueryDict(request.POST.get("back", "")[:4000])


def _saved(request: DeskRequest, here: Mapping[str, str]) -> list[Saved]:
    """Return this person's saved filters. The database keeps no order of words; an address has one."""
    words = [*ReportFilter.names(), "view"]
    found = [(one, {name: one.asked[name] for name in words if name in one.asked}) for one in saved_filters.own(request.user)]
    return [Saved(one.public_id, one.name, urlencode(asked), asked == here) for one, asked in found]
