"""What a published total that is not saved yet would bring with it, beside those on record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from incidents.models import AggregateClaim, Party, Side
from incidents.models.base import Facts
from incidents.queries import contributions
from incidents.rules import bulletins
from incidents.rules.bulletins import Today
from incidents.vocabulary import ClaimFlag

ARITHMETIC = {ClaimFlag.PARTS_DO_NOT_ADD_UP, ClaimFlag.DAILIES_DO_NOT_ADD_UP, ClaimFlag.DECREASING, ClaimFlag.OVERLAP}


@dataclass(frozen=True)
class Notes:
    """Flags, in the shape in which they travel with a figure, and the number of the day beside the cumulative one."""

    flags: list[dict[str, Any]]
    steps: list[Today]

    @property
    def contradict(self) -> bool:
        """Return whether numbers contradict one another: what is to be seen before saving. Other flags are no more than told."""
        return any(flag["code"] in ARITHMETIC for flag in self.flags) or any(step.agrees is False for step in self.steps)


def of_draft(claim: AggregateClaim, accused: Iterable[Party | Side], parts: Iterable[Any], harm: Iterable[Any]) -> Notes:
    """Return what would be noted if this unsaved claim joined the record. Parts and harm are as the action takes them."""
    around = contributions.surroundings(claim.agreement)
    known = {row.public_id: row.facts() for row in _on_record(claim)}
    own = _facts(claim, accused, parts, harm)
    replaced = {facts["supersedes"] for facts in (*known.values(), own)}
    standing = [
        contributions.statement_of(record_id, facts, around, known)
        for record_id, facts in known.items()
        if facts["retracted_at"] is None and str(record_id) not in replaced
    ]
    new = contributions.statement_of(claim.public_id, own, around, known)
    flags = bulletins.noted(new, standing, around.window)
    return Notes([{"code": str(flag.code), **flag.detail} for flag in flags], list(bulletins.today(new, standing, around.window)))


def _on_record(claim: AggregateClaim) -> Iterable[AggregateClaim]:
    """Return what the same claimant, by whatever organ, has published under the same agreement."""
    principal = claim.claimant.principal
    claims = AggregateClaim.objects.filter(agreement=claim.agreement, claimant__in=Party.objects.filter(pk=principal.pk) | principal.organs.all())
    related = ("agreement", "claimant", "source", "area", "counterpart", "entered_by", "supersedes")
    return claims.select_related(*related).prefetch_related("accused__party", "accused__side", "parts__parent", "parts__place", "harm")


def _facts(claim: AggregateClaim, accused: Iterable[Party | Side], parts: Iterable[Any], harm: Iterable[Any]) -> Facts:
    """Return the facts that the saved claim would have."""
    whom = [{"party": None, "side": one.code} if isinstance(one, Side) else {"party": one.slug, "side": None} for one in accused]
    rows: list[Facts] = []
    _add(rows, parts, None)
    return super(AggregateClaim, claim).facts() | {"accused": whom, "parts": rows, "harm": [_harm(row) for row in harm]}


def _add(rows: list[Facts], parts: Iterable[Any], parent: int | None) -> None:
    for part in parts:
        position = len(rows)
        party, side = part.accused_party, part.accused_side
        named: Mapping[str, Any] = {"party": party and party.slug, "side": side and side.code}
        rows.append({"position": position, "parent": parent, "label": part.label, "count": part.count, "unit": part.unit, **named})
        _add(rows, part.parts, position)


def _harm(row: Any) -> Facts:
    return {name: getattr(row, name) for name in ("kind", "group", "low", "best", "high", "qualifier")}
