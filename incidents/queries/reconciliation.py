"""One published total beside the reports that this reader may see: the claimant's own, against the same accused, under the same agreement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from incidents.models import AggregateClaim, Assessment, Membership, Party, Place, Report
from incidents.queries import aggregates, reports, sides, visibility
from incidents.queries.reports import joined
from incidents.queries.sides import Camps
from incidents.queries.visibility import Reader
from incidents.rules import reconciliation, timespans
from incidents.rules.reconciliation import Claimed, Reconciliation, Record
from incidents.vocabulary import Attribution, Basis, Occurrence, ReportState, Role, ScopeAnswer, Share, Unit

# Beyond this many reports by one claimant the parts are not known, and nothing is made up of those that were read.
MOST = 50_000
CAP = 10_000


@dataclass(frozen=True)
class Reconciled:
    """The parts, with what else must be known beside them. `by_others` counts to CAP: reports of other claimants, none of this claim."""

    claim: AggregateClaim
    parts: Reconciliation
    undated: int
    by_others: int
    is_whole: bool


def of_claim(reader: Reader, claim: AggregateClaim) -> Reconciled:
    """Return the claim laid beside the reports that this reader may see. The claim is to be `joined`."""
    camps = sides.camps(claim.agreement)
    against = _same_accused(claim, camps)
    seen = visibility.reports(reader).filter(against, agreement=claim.agreement)
    theirs = _same_claimant(claim)
    rows = _rows(seen.filter(theirs, state__in=[ReportState.SUBMITTED, ReportState.DUPLICATE]))
    records = _records(reader, claim, camps, rows[:MOST])
    return Reconciled(
        claim=claim,
        parts=reconciliation.reconcile(_claimed(claim), records),
        undated=sum(record.first is None for record in records),
        by_others=seen.current().exclude(theirs).order_by().values("pk")[: CAP + 1].count(),
        is_whole=len(rows) <= MOST,
    )


def behind(reader: Reader, found: Reconciled, share: Share) -> list[tuple[Report, int | None]]:
    """Return exactly the reports in one part, newest first, each with how much of the claim it is: their names, and no more of them."""
    return _counted(found, share, visibility.reports(reader).only("pk", "public_id"))


def shown(reader: Reader, found: Reconciled, share: Share, most: int) -> list[tuple[Report, int | None]]:
    """Return the newest reports in one part, joined for a list."""
    return _counted(found, share, joined(reader, visibility.reports(reader)), most)


def by_others(reader: Reader, claim: AggregateClaim, most: int) -> list[Report]:
    """Return the newest reports against the same accused by other claimants, joined for a list: what `by_others` counts."""
    against = _same_accused(claim, sides.camps(claim.agreement))
    seen = visibility.reports(reader).current().filter(against, agreement=claim.agreement).exclude(_same_claimant(claim))
    return list(joined(reader, seen).order_by("-id")[:most])


def _counted(found: Reconciled, share: Share, seen: QuerySet[Report], most: int | None = None) -> list[tuple[Report, int | None]]:
    counts = {counted.record.id: counted.count for counted in found.parts.of(share).records}
    return [(report, counts[str(report.public_id)]) for report in seen.filter(public_id__in=list(counts)).order_by("-id")[:most]]


def _claimed(claim: AggregateClaim) -> Claimed:
    parts = list(claim.parts.all())
    itemised, has_unknown_rows = reconciliation.itemised(aggregates.parts_of(claim))
    first = claim.counted_from if claim.basis == Basis.CUMULATIVE else claim.period_start
    units = frozenset({Unit(claim.unit), *(Unit(part.unit) for part in parts if part.unit)})
    return Claimed(claim.count, units, first, claim.period_end, itemised, has_unknown_rows)


def _same_claimant(claim: AggregateClaim) -> Q:
    principal = claim.claimant.principal
    return Q(claimant=principal) | Q(claimant__organ_of=principal)


def _same_accused(claim: AggregateClaim, camps: Camps) -> Q:
    """Return the reports against whom the claim accuses, by side as tallies are; all of them where it accuses nobody in particular."""
    accused = list(claim.accused.all())
    if not accused:
        return Q()
    stood = [(row.side or camps.side_of(row.party, claim.period_end)[1], row.party) for row in accused]
    asked = Q(pk__in=[])
    for letter in sorted({side.code for side, _party in stood if side}):
        asked |= reports.against(claim.agreement, letter)
    for side, party in stood:
        if side is None:
            asked |= Q(accused_party=party) | Q(accused_party__organ_of=party)
    return asked


FIELDS = (
    "pk", "public_id", "state", "incident_id", "occurred_on", "starts_at", "ends_at", "unit", "stated_count",
    "place_id", "target_party_id", "source_id", "link",
)  # fmt: skip


def _rows(found: QuerySet[Report]) -> list[dict[str, Any]]:
    return list(found.order_by("-pk").values(*FIELDS)[: MOST + 1])


def _records(reader: Reader, claim: AggregateClaim, camps: Camps, rows: Iterable[Mapping[str, Any]]) -> list[Record]:
    rows = list(rows)
    judged = _judged(reader, claim, {row["incident_id"] for row in rows if row["incident_id"]})
    inside = _Area(claim.area)
    # Whoever may not know the source may not learn either that a report stands in the same document.
    document = (claim.source_id, claim.link) if claim.link and visibility.shows_source(reader, claim.source, claim) else None
    excluded = list(Membership.objects.filter(agreement=claim.agreement, role=Role.EXCLUDED))
    found = []
    for row in rows:
        first, last = _days(row, claim)
        judgement = judged.get(row["incident_id"])
        found.append(
            Record(
                id=str(row["public_id"]),
                incident=str(row["incident_id"] or ""),
                first=first,
                last=last,
                unit=Unit(row["unit"]),
                stated=row["stated_count"],
                is_duplicate=row["state"] == ReportState.DUPLICATE,
                is_printed_with=document is not None and document == (row["source_id"], row["link"]),
                is_in_area=_also(inside.has(row["place_id"]), judgement.place_covered if judgement else None),
                is_target_excluded=_is_excluded(row["target_party_id"], first, excluded, judgement),
                is_in_force=_answer(judgement.in_force) if judgement else None,
                occurrence=Occurrence(judgement.occurrence) if judgement else None,
                is_attributed=_is_attributed(judgement, claim, camps, first) if judgement else None,
            )
        )
    return found


def _judged(reader: Reader, claim: AggregateClaim, incidents: set[int]) -> dict[int, Assessment]:
    """Return what a second editor confirmed under this agreement, by incident."""
    confirmed = visibility.assessments(reader).filter(agreement=claim.agreement, confirmed_by__isnull=False, incident__in=incidents)
    return {assessment.incident_id: assessment for assessment in confirmed.select_related("attributed_party", "attributed_side")}


def _is_attributed(judgement: Assessment, claim: AggregateClaim, camps: Camps, day: date | None) -> bool:
    """Return whether it is attributed to somebody whom the claim accuses; where it accuses nobody, to anybody."""
    if judgement.attribution != Attribution.ATTRIBUTED:
        return False
    side = judgement.attributed_side or camps.side_of(judgement.attributed_party, day)[1]
    accused = list(claim.accused.all())
    return not accused or any(_is_same(row.party, row.side or camps.side_of(row.party, day)[1], judgement.attributed_party, side) for row in accused)


def _is_same(accused: Party | None, accused_side: Any, culprit: Party | None, culprit_side: Any) -> bool:
    if accused_side or culprit_side:
        return bool(accused_side == culprit_side)
    return bool(accused and culprit and accused.pk in {culprit.pk, culprit.organ_of_id})


def _is_excluded(target: int | None, day: date | None, excluded: Iterable[Membership], judgement: Assessment | None) -> bool | None:
    """Return what an editor found, failing that what the report itself says of whom it struck; None: neither says."""
    found = _answer(judgement.target_excluded) if judgement else None
    if found is not None or target is None:
        return found
    return any(row.party_id == target and _holds(row, day) for row in excluded)


def _holds(row: Membership, day: date | None) -> bool:
    return day is None or ((row.from_on is None or row.from_on <= day) and (row.until_on is None or day <= row.until_on))


def _answer(answer: str) -> bool | None:
    return {ScopeAnswer.YES: True, ScopeAnswer.NO: False}.get(ScopeAnswer(answer))


def _also(lies_in: bool | None, covered: str | None) -> bool | None:
    """Return whether it lies in the claim's area and where the truce covers; False where one of them is known not to be so."""
    is_covered = _answer(covered) if covered else None
    return False if lies_in is False or is_covered is False else lies_in


class _Area:
    """Whether places lie in the area that a claim speaks of. A place that is not known, or holds the area, may."""

    def __init__(self, area: Place | None) -> None:
        self.area = area
        self.parents = dict(Place.objects.values_list("pk", "parent_id")) if area else {}
        self.above = set(self._chain(area.pk)) - {area.pk} if area else set()

    def has(self, place: int | None) -> bool | None:
        if self.area is None or place is None or place in self.above:
            return None
        return self.area.pk in self._chain(place)

    def _chain(self, place: int | None) -> list[int]:
        chain: list[int] = []
        while place is not None and place not in chain:
            chain.append(place)
            place = self.parents.get(place)
        return chain


def _days(row: Mapping[str, Any], claim: AggregateClaim) -> tuple[date | None, date | None]:
    if row["occurred_on"]:
        return row["occurred_on"], row["occurred_on"]
    if row["starts_at"]:
        return timespans.days_in_force(row["starts_at"], row["ends_at"], claim.agreement.zone)
    return None, None
