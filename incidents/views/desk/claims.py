"""Claims: the totals that parties publish, each as printed, with its parts."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from incidents.models import AggregateClaim, AggregateClaimPart, Agreement
from incidents.permissions import Capability, may
from incidents.queries import aggregates, history, tallies
from incidents.queries.aggregates import ClaimFilter
from incidents.queries.tallies import Tallies
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused, notes, reconciliation, rows, tally_cards, units
from incidents.views.desk.accused import Accused
from incidents.vocabulary import Basis, Unit


@dataclass(frozen=True)
class Claim:
    """A statement, ready to be shown."""

    claim: AggregateClaim
    number: str
    unit: str
    period: str
    accused: list[Accused]
    parts: list[tuple[int, AggregateClaimPart]]
    harm: list[tuple[str | Promise, list[rows.Harmed]]]
    flags: list[str]
    counts: bool
    stands: bool


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List every statement on record, or only those from which one claimed figure is taken."""
    here = current.agreement(request, request.GET.get("agreement", ""))
    if here is None:
        return render(request, "desk/dashboard/none.html")
    computed = tallies.of_agreement(here, request.user)
    found = aggregates.filtered(request.user, ClaimFilter(agreement=here.slug)).order_by("-published_on", "-id")
    asked = [request.GET.get(name, "") for name in ("claimant", "against", "unit")]
    is_narrowed = any(asked)
    if is_narrowed:
        found = found.filter(pk__in=tally_cards.behind(computed, *asked))
    context = {"agreement": here, "claims": _shown(found, here, computed), "is_narrowed": is_narrowed}
    return render(request, "desk/claims/list.html", context)


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one statement as printed: number, parts, harm, source, and what it supersedes."""
    try:
        claim = aggregates.one(request.user, public_id)
    except AggregateClaim.DoesNotExist as error:
        raise Http404 from error
    here = current.agreement(request, claim.agreement.slug)
    assert here is not None
    context = {
        "agreement": here,
        "shown": _shown([claim], here, tallies.of_agreement(here, request.user))[0],
        "claim": claim,
        "laid": reconciliation.of_claim(request, claim),
        "withheld": aggregates.withheld(request.user, claim),
        "history": history.of(claim) if may(request.user, Capability.READ_INTERNAL_NOTES, claim) else [],
    }
    return render(request, "desk/claims/show.html", context)


def _shown(claims: Iterable[AggregateClaim], agreement: Agreement, computed: Tallies) -> list[Claim]:
    counted = {statement.claim.pk for tally in tally_cards.every(computed) for figure in tally.claimed for statement in figure.statements}
    return [_claim(claim, computed, claim.pk in counted) for claim in claims]


def _claim(claim: AggregateClaim, computed: Tallies, counts: bool) -> Claim:
    hedge = "" if claim.qualifier == "exactly" else f"{claim.get_qualifier_display()} "
    return Claim(
        claim=claim,
        number="—" if claim.count is None else f"{hedge}{claim.count}",
        unit=units.claimed(Unit(claim.unit), claim.count or 0),
        period=_period(claim),
        accused=[
            accused.of_side(row.side) if row.side else Accused("nobody", "", row.party.label if row.party else "") for row in claim.accused.all()
        ],
        parts=_indented(list(claim.parts.all())),
        harm=rows.harm_of(claim.harm.all()),
        flags=notes.sentences(_flags(claim, computed)),
        counts=counts,
        stands=not claim.retracted_at and not getattr(claim, "replaced_by_id", None),
    )


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
