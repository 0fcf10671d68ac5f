"""Claims: the totals that parties publish, each as printed, with its figure per accused, its flags and what became of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.forms.claims import Withdraw
from incidents.models import AggregateClaim, AggregateClaimPart, Agreement
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import aggregates, cursors, history, tallies
from incidents.queries.aggregates import ClaimFilter
from incidents.queries.tallies import Tallies
from incidents.rules.digests import Reading
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused, claim_filters, filters, notes, reconciliation, rows, tally_cards, units, unstated
from incidents.views.desk.accused import Accused
from incidents.vocabulary import Basis, Bucket, Qualifier, Unit

PAGE = 50
# What a claim's page says of it where it is stated, and otherwise names together.
STATED = ("spoken_by", "link", "wording")


@dataclass(frozen=True)
class Said:
    """What a statement says of one of the accused. A number of None: it does not say how many."""

    number: str
    unit: str
    label: str = ""


@dataclass(frozen=True)
class Claim:
    """A statement, ready to be shown. `per_side`: what it says of each side, in the agreement's order; `apart`: of everybody else."""

    claim: AggregateClaim
    number: str
    unit: str
    period: str
    accused: list[Accused]
    per_side: list[list[Said]]
    apart: list[Said]
    parts: list[tuple[int, AggregateClaimPart]]
    harm: list[tuple[str | Promise, list[rows.Harmed]]]
    flags: list[str]
    counts: bool
    stands: bool
    withheld: tuple[str, ...]


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the statements asked for, the latest published first; with `against`, only those that one claimed figure is taken from."""
    here = current.agreement(request, request.GET.get("agreement", ""))
    if here is None:
        return render(request, "desk/dashboard/none.html")
    computed = tallies.of_agreement(here, request.user)
    params = request.GET.copy()
    params["agreement"] = here.slug
    wrong = None
    try:
        asked = ClaimFilter.parse(params)
        found = aggregates.filtered(request.user, asked)
        if against := str(params.get("against") or ""):
            found = found.filter(pk__in=tally_cards.behind(computed, asked.claimant, against, asked.unit))
        page = aggregates.page(found, cursor=params.get("cursor") or None, limit=PAGE)
        number, is_all = cursors.count(found)
    except RuleBroken as error:
        asked, page, wrong, against, number, is_all = ClaimFilter(agreement=here.slug), None, error, "", 0, True
    kept = asked.as_params() | ({"against": against} if against else {})
    context = {
        "agreement": here,
        "claims": _shown(request, page.rows, here, computed) if page else [],
        "sides": [accused.of_side(side) for side in here.sides.all()],
        "is_of_a_figure": bool(against),
        "is_narrowed": set(kept) - {"agreement"},
        "takeaway": urlencode({"of": "aggregate-claims"} | asked.as_params()) if page and may_somewhere(request.user, Capability.EXPORT) else "",
        "filters": (bar := claim_filters.of(request.user, here, asked, params)),
        "in_force": filters.in_force(bar, asked, {"against": against} if against else {}),
        "wrong": wrong,
        "number": number,
        "total": f"{number}" if is_all else f"{number}+",
        "newer": f"?{urlencode(kept | {'cursor': page.previous})}" if page and page.previous else "",
        "older": f"?{urlencode(kept | {'cursor': page.next})}" if page and page.next else "",
        "may_log": may(request.user, Capability.LOG_AGGREGATE_CLAIMS, here),
    }
    return render(request, "desk/claims/list.html", context, status=400 if wrong else 200)


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one statement as printed: number, parts, harm, source, what it corrects, and how it lies beside our records."""
    try:
        return shown(request, aggregates.one(request.user, public_id))
    except AggregateClaim.DoesNotExist as error:
        raise Http404 from error


def shown(request: DeskRequest, claim: AggregateClaim, withdraw: Withdraw | None = None, status: int = 200) -> HttpResponse:
    """Return the page of a statement, with what was wrong in its form."""
    here = current.agreement(request, claim.agreement.slug)
    assert here is not None
    chain = aggregates.chain(request.user, claim)
    context = {
        "agreement": here,
        "shown": _shown(request, [claim], here, tallies.of_agreement(here, request.user))[0],
        "claim": claim,
        "chain": [(row, _number(row), row.pk == claim.pk) for row in chain] if len(chain) > 1 else [],
        "laid": reconciliation.of_claim(request, claim),
        "withheld": (hidden := aggregates.withheld(request.user, claim)),
        "unstated": unstated.of(claim, [name for name in unstated.missing(claim, STATED) if name not in hidden]),
        "history": history.of(claim) if may(request.user, Capability.READ_INTERNAL_NOTES, claim) else [],
        "may_log": may(request.user, Capability.LOG_AGGREGATE_CLAIMS, claim),
        "may_retract": may_retract(request, claim),
        "withdraw": withdraw or Withdraw(),
    }
    return render(request, "desk/claims/show.html", context, status=status)


def may_retract(request: DeskRequest, claim: AggregateClaim) -> bool:
    """Return whether this reader may withdraw it: one's own, or with the right to retract others', while it stands."""
    if claim.retracted_at or getattr(claim, "replaced_by_id", None):
        return False
    is_own = claim.entered_by_id == request.user.pk and may(request.user, Capability.LOG_AGGREGATE_CLAIMS, claim)
    return is_own or may(request.user, Capability.RETRACT_OTHERS, claim)


def _shown(request: DeskRequest, claims: Iterable[AggregateClaim], agreement: Agreement, computed: Tallies) -> list[Claim]:
    claims = list(claims)
    counted = {statement.claim.pk for tally in tally_cards.every(computed) for figure in tally.claimed for statement in figure.statements}
    readings = aggregates.figures(claims, agreement)
    letters = [side.code for side in agreement.sides.all()]
    return [_claim(request, claim, computed, readings[claim.pk], letters, claim.pk in counted) for claim in claims]


def _claim(request: DeskRequest, claim: AggregateClaim, computed: Tallies, readings: Iterable[Reading], letters: list[str], counts: bool) -> Claim:
    said = list(readings)
    return Claim(
        claim=claim,
        number=_number(claim),
        unit=units.claimed(Unit(claim.unit), claim.count or 0),
        period=_period(claim),
        accused=[
            accused.of_side(row.side) if row.side else Accused("nobody", "", row.party.label if row.party else "") for row in claim.accused.all()
        ],
        per_side=[[_said(reading) for reading in said if reading.accused.side == letter] for letter in letters],
        apart=[_said(reading) for reading in said if reading.accused.bucket != Bucket.SIDE],
        parts=_indented(list(claim.parts.all())),
        harm=rows.harm_of(claim.harm.all()),
        flags=notes.sentences(_flags(claim, computed)),
        counts=counts,
        stands=not claim.retracted_at and not getattr(claim, "replaced_by_id", None),
        withheld=aggregates.withheld(request.user, claim),
    )


def _number(claim: AggregateClaim) -> str:
    return _hedged(claim.count, Qualifier(claim.qualifier))


def _hedged(count: int | None, qualifier: Qualifier) -> str:
    if count is None:
        return "—"
    return f"{count}" if qualifier == Qualifier.EXACTLY else f"{qualifier.label} {count}"


def _said(reading: Reading) -> Said:
    labels = {Bucket.NO_SIDE: _("no side"), Bucket.NOBODY: _("nobody accused"), Bucket.SEVERAL: _("several")}
    unit = "" if reading.unit == Unit.VIOLATION else str(reading.unit.label)
    return Said(_hedged(reading.count, reading.qualifier), unit, labels.get(reading.accused.bucket, ""))


def _period(claim: AggregateClaim) -> str:
    first = claim.counted_from if claim.basis == Basis.CUMULATIVE else claim.period_start
    return dates.days(first, claim.period_end, short=True) if first else dates.day(claim.period_end, short=True)


def _indented(parts: list[AggregateClaimPart]) -> list[tuple[int, AggregateClaimPart]]:
    depth: dict[int | None, int] = {None: -1}
    for part in parts:
        depth[part.pk] = depth.get(part.parent_id, -1) + 1
    return [(depth[part.pk], part) for part in parts]


def _flags(claim: AggregateClaim, computed: Tallies) -> list[dict[str, object]]:
    """Return the statement's own flags, then those that name it in whichever figure they travel."""
    named = str(claim.public_id)
    travelling = [
        flag for tally in tally_cards.every(computed) for figure in tally.claimed for flag in figure.flags if flag.get("statement") == named
    ]
    return [*aggregates.doubts(claim), *travelling]
