"""Convoys on the desk: board, table, map, statistics and CSV over one address of filters. One convoy has pages of its own."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.exports import convoys as export
from incidents.permissions import Capability, may_somewhere
from incidents.queries import convoy_tallies, convoys, narrowing, visibility
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.queries.convoy_tallies import DIMENSIONS, Cell, Share
from incidents.rules.outcomes import Outcome
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import convoy_board, convoy_filters, convoy_map, filters

PAGE = 50
VIEWS = {"convoys": _("Progress"), "convoy-table": _("Table"), "convoy-map": _("Map"), "convoy-counts": _("Counts")}
# What the statistics show of each cell; each opens to the convoys behind it.
COLUMNS = (
    Outcome.ENTERED,
    Outcome.REQUESTED,
    Outcome.AGREED,
    Outcome.DENIED,
    Outcome.UNANSWERED,
    Outcome.DEPARTED,
    Outcome.HELD_UP,
    Outcome.STRIPPED,
    Outcome.STRUCK,
    Outcome.DELIVERED_IN_PART,
    Outcome.DELIVERED,
)


@dataclass(frozen=True)
class Counted:
    """A number of the statistics, what it is a share of, and the address of the convoys behind it."""

    share: Share
    address: str


@dataclass(frozen=True)
class Row:
    """One row of the statistics, ready to be shown."""

    cell: Cell
    numbers: list[Counted]
    is_month: bool = False


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """Show the board: each convoy with its seven steps."""
    return _listed(request, "convoys", "desk/convoys/board.html")


@require_safe
@only(Capability.READ)
def table(request: DeskRequest) -> HttpResponse:
    """List the convoys asked for, newest first."""
    return _listed(request, "convoy-table", "desk/convoys/list.html")


@require_safe
@only(Capability.READ)
def map(request: DeskRequest) -> HttpResponse:
    """Draw where the convoys asked for came from, passed and were bound."""
    return _listed(request, "convoy-map", "desk/convoys/map.html")


@require_safe
@only(Capability.READ)
def counts(request: DeskRequest) -> HttpResponse:
    """Show the statistics of the agreement asked for, or of all convoys."""
    asked, wrong = _asked(request)
    context = _frame(request, asked, wrong, "convoy-counts")
    if wrong is None:
        found = convoy_tallies.of(request.user, narrowing.agreement(request.user, asked.agreement))
        context |= {
            "found": found,
            "whole": [_row(found.whole, asked, "")],
            "columns": COLUMNS,
            "tables": [(name, DIMENSIONS[name], [_row(cell, asked, name) for cell in cells]) for name, cells in found.by.items()],
        }
    return render(request, "desk/convoys/counts.html", context, status=400 if wrong else 200)


@require_safe
@only(Capability.READ)
def csv(request: DeskRequest) -> HttpResponseBase:
    """Send the convoys asked for as CSV, with HXL tags under the headers."""
    try:
        asked = ConvoyFilter.parse(request.GET)
        found = convoys.filtered(request.user, asked)
    except RuleBroken as error:
        return render(request, "desk/convoys/list.html", _frame(request, ConvoyFilter(), error, "convoy-table"), status=400)
    visibility.look(request.user, found.filter(source__is_protected=True))  # written down before the first line leaves
    answer = StreamingHttpResponse(export.lines(request.user, found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{export.FILE_NAME}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _asked(request: DeskRequest) -> tuple[ConvoyFilter, RuleBroken | None]:
    try:
        asked = ConvoyFilter.parse(request.GET)
        narrowing.agreement(request.user, asked.agreement)
    except RuleBroken as error:
        return ConvoyFilter(), error
    return asked, None


def _listed(request: DeskRequest, view: str, template: str) -> HttpResponse:
    """Answer with a page of convoys. What cannot be read in the address is said, and nothing is shown for it."""
    page = None
    asked, wrong = _asked(request)
    try:
        page = convoys.page(request.user, asked, cursor=request.GET.get("cursor") or None, limit=PAGE) if wrong is None else None
    except RuleBroken as error:
        asked, wrong = ConvoyFilter(), error
    rows = [convoy_board.shown(row) for row in page.rows] if page else []
    params = asked.as_params()
    context = _frame(request, asked, wrong, view) | {
        "shown": rows,
        "is_implied": any(row.is_implied for row in rows),
        "number": convoys.count(request.user, asked) if page else None,
        "map": convoy_map.of(rows) if view == "convoy-map" else None,
        "newer": f"?{urlencode(params | {'cursor': page.previous})}" if page and page.previous else "",
        "older": f"?{urlencode(params | {'cursor': page.next})}" if page and page.next else "",
    }
    return render(request, template, context, status=400 if wrong else 200)


def _frame(request: DeskRequest, asked: ConvoyFilter, wrong: RuleBroken | None, view: str) -> dict[str, Any]:
    """Return what the views share: the filters as asked, and the same filters in the other views."""
    query = urlencode(asked.as_params())
    bar = convoy_filters.of(asked, request.GET, current.agreements(request), list(convoys.operators(request.user)))
    is_typed = any(request.GET.get(name) for name in convoy_filters.IN_THE_BAR)
    return {
        "filters": bar,
        "wrong": wrong,
        "view": view,
        "views": [(name, label, f"{reverse(name)}{f'?{query}' if query else ''}") for name, label in VIEWS.items()],
        "csv": f"{reverse('convoys-csv')}{f'?{query}' if query else ''}",
        "here": reverse(view),
        "in_force": filters.in_force(bar, asked, {}, is_of_one=False),
        "is_narrowed": bool(is_typed or asked.as_params()),
        "is_more_asked": bar.is_more_asked or bool(bar.since or bar.until),
        "may_add": may_somewhere(request.user, Capability.LOG_CONVOYS),
    }


def _row(cell: Cell, asked: ConvoyFilter, dimension: str) -> Row:
    params = {"agreement": asked.agreement} if asked.agreement else {}
    if dimension:
        params |= {dimension: cell.key}
    numbers = [Counted(cell.share(outcome), f"{reverse('convoy-table')}?{urlencode(params | {'counted': outcome})}") for outcome in COLUMNS]
    return Row(cell, numbers, dimension == "month")
