"""The incidents asked for, newest first: what their reports say of each, whom these accuse, and how each is judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.models import Agreement, Assessment
from incidents.permissions import Capability
from incidents.queries import cursors, incidents, scope, sides
from incidents.queries.incidents import IncidentFilter, Known
from incidents.queries.sides import CampsByAgreement
from incidents.rules import review
from incidents.rules.review import Stage
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused, filters, listings
from incidents.views.desk.accused import Accused
from incidents.views.desk.filters import Filters, Options
from incidents.views.desk.incidents import when_of, where_of
from incidents.views.desk.queue import LOOKS
from incidents.views.desk.rows import Harmed
from incidents.vocabulary import TYPES_OF, Bucket, HarmGroup, HarmKind, Occurrence

PAGE = 50
IN_THE_BAR = {"agreement", "side", "type", "state", "since", "until", "text"}


@dataclass(frozen=True)
class Row:
    """One incident as a row. `judged`: each distinct judgement with its look; what nobody judged is unverified."""

    known: Known
    when: str
    place: str
    accused: list[Accused]
    killed: list[Harmed]
    wounded: list[Harmed]
    judged: list[tuple[str, str]]


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the incidents this reader may see and asks for, newest first. What cannot be read in the address is said at its field."""
    wrong, page, number, is_all = None, None, 0, True
    try:
        asked = IncidentFilter.parse(request.GET)
        page = incidents.page(request.user, asked, cursor=request.GET.get("cursor") or None, limit=PAGE)
        number, is_all = cursors.count(incidents.filtered(request.user, asked))
    except RuleBroken as error:
        asked, wrong = IncidentFilter(), error
    here = current.agreement(request, asked.agreement) if asked.agreement else None
    shown = asked.as_params()
    context = {
        "agreement": here,
        "filters": (shown_bar := bar(request, here, asked)),
        "in_force": filters.in_force(shown_bar, asked, {}),
        "shown": _rows(request, page.rows, here) if page else [],
        "number": number,
        "total": f"{number}" if is_all else f"{number}+",
        "wrong": wrong,
        "is_narrowed": bool(wrong or set(shown) - {"agreement"}),
        "newer": f"?{urlencode(shown | {'cursor': page.previous})}" if page and page.previous else "",
        "older": f"?{urlencode(shown | {'cursor': page.next})}" if page and page.next else "",
    }
    return render(request, "desk/incidents/list.html", context, status=400 if wrong else 200)


def bar(request: DeskRequest, here: Agreement | None, asked: IncidentFilter) -> Filters:
    """Return the fields of the form, with what was asked as it was written. A side is asked for under one agreement."""
    params: Mapping[str, Any] = request.GET
    agreements: Options = [(one.slug, one.label) for one in current.agreements(request)]
    choices = [listings.choice(params, "agreement", _("Agreement"), _("Any agreement"), agreements)]
    if here:
        apart: Options = [(Bucket.NO_SIDE.value, _("Parties on no side")), (Bucket.NOBODY.value, _("Nobody accused"))]
        camps: Options = [(side.code, side.label) for side in here.sides.all()]
        choices.append(listings.choice(params, "side", _("Accused (as claimed)"), _("Anybody"), [*camps, *apart]))
    more = []
    types: Options = [(one.value, one.label) for members in TYPES_OF.values() for one in members]
    more.append(listings.choice(params, "type", _("Type"), _("All types"), types))
    choices.append(listings.choice(params, "state", _("Status"), _("Any status"), list(Occurrence.choices)))
    return Filters(
        agreement=here.slug if here else "",
        choices=choices,
        since=str(params.get("since") or ""),
        until=str(params.get("until") or ""),
        text=str(params.get("text") or ""),
        others=filters.others(asked, IN_THE_BAR),
        more=more,
    )


def _rows(request: DeskRequest, found: Iterable[Any], here: Agreement | None) -> list[Row]:
    held, tree, camps = list(found), scope.Tree(), sides.CampsByAgreement()
    judged: dict[int, list[Assessment]] = {}
    judgements = incidents.assessments(request.user).filter(incident__in=held)
    for row in judgements.filter(agreement=here) if here else judgements:
        judged.setdefault(row.incident_id, []).append(row)
    return [_row(incidents.known(one, tree), camps, judged.get(one.pk, [])) for one in held]


def _row(known: Known, camps: CampsByAgreement, judged: list[Assessment]) -> Row:
    blamed = [accused.of_report(report, camps.of(report.agreement)) for report in known.reports]
    return Row(
        known=known,
        when=when_of(known.when.value, known),
        place=where_of(known),
        accused=sorted(dict.fromkeys(blamed), key=lambda one: (not one.side, one.side)),
        killed=_harmed(known, HarmKind.KILLED),
        wounded=_harmed(known, HarmKind.WOUNDED),
        judged=list(dict.fromkeys(_judged(row) for row in judged)) or [(str(Occurrence.UNVERIFIED.label), LOOKS[Stage.UNVERIFIED])],
    )


def _harmed(known: Known, kind: HarmKind) -> list[Harmed]:
    """Return the range of each group: groups overlap, and are not added up."""
    return [
        Harmed(incidents.stated(fact), "" if fact.value.group == HarmGroup.UNKNOWN else str(fact.value.group.label), is_plain=False)
        for fact in known.harmed(kind)
    ]


def _judged(row: Assessment) -> tuple[str, str]:
    occurrence = Occurrence(row.occurrence)
    state = review.state_of(occurrence, is_decided=row.decided_by_id is not None, is_confirmed=row.confirmed_by_id is not None)
    return str(occurrence.label), LOOKS[state.stage]
