"""What must come out of the demonstration (section 4 of the domain), read from the running database: claims, standing, two incidents, other sums."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.models import AggregateClaim, Agreement, Declaration, Incident, Side
from incidents.queries import convoys, dashboard, incidents, standing, tallies, visibility
from incidents.queries.incidents import Dossier
from incidents.queries.tallies import ClaimedFigure
from incidents.queries.visibility import Reader
from incidents.rules import standing as rule
from incidents.vocabulary import ClaimFlag, Role

TRUCE = "syria-2016-09"
DEIR_EZ_ZOR = "deir-ez-zor-2016-09-17"
URUM_AL_KUBRA = "urum-al-kubra-2016-09-19"
AID = "aid-at-the-border-2016-09"
CONVOY = "CV-2016-09-19-URM"
BULLETINS = ("RC-2016-09-14", "RC-2016-09-17", "RC-2016-09-17-since-start", "RC-2016-09-20")
OTHER_SUMS = ("GU-2017-03-25-russia", "GU-2017-03-25-turkey", "UNIFIL-S-2024-222", "GMO-2025-11-22", "SN-2016-09-23")


class NotLoaded(Exception):
    """The demonstration, or the part of it named, is not in this database."""


@dataclass(frozen=True)
class Claimed:
    """A figure that one claimant claims against one side."""

    against: str
    figure: ClaimedFigure


@dataclass(frozen=True)
class Sum:
    """A published total with the parts printed under it, and the flags that a figure taken from it carries."""

    claim: AggregateClaim
    parts: list[tuple[str, int | None]]
    flags: list[ClaimFlag]
    contradictions: list[dict[str, Any]]

    @property
    def sum_of_parts(self) -> int | None:
        """Return what the rows printed under the total make; None where one of them gives no number."""
        counts = [count for _label, count in self.parts]
        return None if not counts or None in counts else sum(count for count in counts if count is not None)


@dataclass(frozen=True)
class Section4:
    """The golden facts."""

    agreement: Agreement
    sides: list[tuple[Side, list[str]]]
    roles: dict[Role, list[str]]
    declarations: list[tuple[Declaration, bool]]
    as_of_change: int
    claimed: list[Claimed]
    standing: str
    is_contested: bool
    remarks: list[rule.Declaration]
    deir_ez_zor: Dossier
    urum_al_kubra: Dossier
    aid: Dossier
    convoy: convoys.Journey
    bulletins: list[AggregateClaim]
    sums: list[Sum]


def read(reader: Reader, now: datetime) -> Section4:
    """Return section 4 as this reader may see it. Raise NotLoaded, naming what is missing."""
    agreement = visibility.agreements(reader).filter(slug=TRUCE).first()
    if agreement is None:
        raise NotLoaded(TRUCE)
    figures = tallies.of_agreement(agreement)
    stands = standing.of_agreement(agreement, standing.at_its_end(agreement, now))
    members = dashboard.memberships(agreement)
    return Section4(
        agreement=agreement,
        sides=[(side, [str(row.party) for row in members if row.side == side]) for side in agreement.sides.all()],
        roles={role: [str(row.party) for row in members if row.role == role] for role in Role if role != Role.ON_SIDE},
        declarations=dashboard.declarations(reader, agreement)[::-1],
        as_of_change=figures.change,
        claimed=[Claimed(str(tally.side), figure) for tally in figures.sides for figure in tally.claimed],
        standing=rule.summary(stands),
        is_contested=stands.contested,
        remarks=list(stands.remarks),
        deir_ez_zor=_dossier(reader, DEIR_EZ_ZOR),
        urum_al_kubra=_dossier(reader, URUM_AL_KUBRA),
        aid=_dossier(reader, AID),
        convoy=_journey(reader),
        bulletins=_bulletins(reader),
        sums=[found for external_id in OTHER_SUMS if (found := _sum(external_id))],
    )


def _dossier(reader: Reader, slug: str) -> Dossier:
    incident = visibility.incidents(reader).filter(slug=slug).values_list("public_id", flat=True).first()
    try:
        return incidents.dossier(reader, incident)
    except Incident.DoesNotExist:
        raise NotLoaded(slug) from None


def _journey(reader: Reader) -> convoys.Journey:
    convoy = convoys.joined(reader, visibility.convoys(reader)).filter(external_id=CONVOY).first()
    if convoy is None:
        raise NotLoaded(CONVOY)
    return convoys.journey(convoy)


def _bulletins(reader: Reader) -> list[AggregateClaim]:
    """Return the Russian bulletins of these days; none where the other claims were left out."""
    found = visibility.aggregate_claims(reader).filter(external_id__in=BULLETINS).select_related("claimant")
    return sorted(found, key=lambda claim: BULLETINS.index(claim.external_id or ""))


def _sum(external_id: str) -> Sum | None:
    """Return one of the other sums; None where the other claims were left out."""
    claim = AggregateClaim.objects.filter(external_id=external_id).select_related("agreement", "claimant", "source").first()
    if claim is None:
        return None
    found = tallies.of_agreement(claim.agreement)
    figures = [
        figure
        for tally in (*found.sides, found.no_side, found.nobody)
        for figure in tally.claimed
        if any(used.claim.pk == claim.pk for used in figure.statements)
    ]
    flags = [flag for figure in figures for flag in figure.flags]
    contradictions: list[dict[str, Any]] = []
    for flag in flags:
        detail = flag.get("detail", flag)
        if flag["code"] == ClaimFlag.PARTS_DO_NOT_ADD_UP and detail not in contradictions:
            contradictions.append(detail)
    return Sum(
        claim=claim,
        parts=[(part.label, part.count) for part in claim.parts.all() if part.parent_id is None],
        flags=list(dict.fromkeys(ClaimFlag(flag["code"]) for flag in flags)),
        contradictions=contradictions,
    )
