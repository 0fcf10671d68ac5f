"""A claim beside our records: its parts as bars on one scale, and the reports in each."""

import uuid
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.models import AggregateClaim, Report
from incidents.permissions import Capability
from incidents.queries import aggregates, coverage, reconciliation, sides
from incidents.queries.reconciliation import Reconciled
from incidents.rules.reconciliation import BESIDE, OF_RECORDS, Row
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import rows, watches
from incidents.vocabulary import Series, Share

SHOWN = 200
OTHERS = "others"
# How certain a part is, as it is drawn: what is only claimed, what is on record, what is verified.
DEPTHS = {Share.MATCHED: Series.VERIFIED, Share.NOT_YET_LOGGED: Series.CLAIMED, Share.NOT_ITEMISED: Series.CLAIMED}


@dataclass(frozen=True)
class Part:
    """One part, ready to be shown. `length` is a share of the common scale in per cent."""

    share: Share
    count: int | None
    records: int | None
    unknown: int
    depth: str
    length: str
    address: str
    is_beside: bool


@dataclass(frozen=True)
class Laid:
    """A reconciliation, ready to be shown: the parts of the claim, then what is on record beside it. Empty parts are left out."""

    found: Reconciled
    parts: list[Part]
    beside: list[Part]
    remainder: int | None
    says: str
    watched: str


def of_claim(request: DeskRequest, claim: AggregateClaim) -> Laid:
    """Return the claim laid beside what this reader may see."""
    found = reconciliation.of_claim(request.user, claim)
    longest = max([claim.count or 0, *(row.count or 0 for row in found.parts.rows)])
    laid = [_part(row, claim, longest) for row in found.parts.rows if row.count != 0 or row.records or row.share == Share.MATCHED]
    return Laid(
        found=found,
        parts=[part for part in laid if not part.is_beside],
        beside=[part for part in laid if part.is_beside],
        remainder=found.parts.remainder,
        says=_says(found),
        watched=_watched(request, claim) if 0 in {claim.count, found.parts.of(Share.MATCHED).count} else "",
    )


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a claim in parts; with `part`, the newest reports in one of them."""
    try:
        claim = aggregates.one(request.user, public_id)
    except AggregateClaim.DoesNotExist as error:
        raise Http404 from error
    asked = request.GET.get("part", "")
    if asked and asked not in (*OF_RECORDS, OTHERS):
        raise Http404
    here = current.agreement(request, claim.agreement.slug)
    laid = of_claim(request, claim)
    opened: list[tuple[Report, int | None]] = []
    if asked == OTHERS:
        opened = [(report, None) for report in reconciliation.by_others(request.user, claim, SHOWN)]
    elif asked:
        opened = reconciliation.shown(request.user, laid.found, Share(asked), SHOWN)
    camps = sides.camps(claim.agreement)
    context = {
        "agreement": here,
        "claim": claim,
        "laid": laid,
        "opened": _("By other claimants: none of this claim") if asked == OTHERS else Share(asked).label if asked else "",
        "is_by_others": asked == OTHERS,
        "counted": [(row, count) for row, (_report, count) in zip(rows.of([report for report, _count in opened], camps), opened, strict=True)],
        "all": laid.found.by_others if asked == OTHERS else len(laid.found.parts.of(Share(asked)).records) if asked else 0,
    }
    return render(request, "desk/claims/reconciliation.html", context)


def _watched(request: DeskRequest, claim: AggregateClaim) -> str:
    """Return who could observe in the days and the area of the claim: what stands beside a zero."""
    first = claim.counted_from or claim.period_start or claim.period_end
    return watches.sentence(coverage.watched(request.user, claim.agreement, first, claim.period_end, claim.area))


def _part(row: Row, claim: AggregateClaim, longest: int) -> Part:
    is_of_records = row.share in OF_RECORDS
    return Part(
        share=row.share,
        count=row.count,
        records=len(row.records) if is_of_records else None,
        unknown=row.unknown,
        depth=DEPTHS.get(row.share, Series.LOGGED),
        length=f"{100 * (row.count or 0) / longest:.2f}" if longest else "0",
        address=f"{reverse('claim-reconciliation', args=[claim.public_id])}?part={row.share}" if row.records else "",
        is_beside=row.share in BESIDE,
    )


def _says(found: Reconciled) -> str:
    remainder = found.parts.remainder
    if remainder is None:
        return _("The claim gives no number, so nothing can be left of it.")
    return _("The parts make the claim.") if remainder == 0 else _("The records and the claimant's own rows exceed the claim.")
