"""Who stood on which side, and spoke for whom, as the log had it at an earlier change, whatever was said of it since."""

from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from incidents.models import Agreement, Change, Membership, Party
from incidents.models.base import Facts
from incidents.queries.contributions import Surroundings
from incidents.queries.sides import Camps
from incidents.vocabulary import Role


def at(around: Surroundings, number: int) -> Surroundings:
    """Return the surroundings with members and principals as they were after change `number`: what later changes tell of before them."""
    memberships, parties = _before("membership", number, around.agreement), _before("party", number)
    if not memberships and not parties:
        return around
    known = _parties(around, parties)
    camps = replace(around.camps, memberships=_memberships(around.camps, memberships, known), principals=_principals(known))
    return replace(around, camps=camps, parties=known)


def _before(record_type: str, number: int, agreement: Agreement | None = None) -> dict[UUID, Facts | None]:
    """Return what stood before the first change sealed after `number`, or not sealed yet, of each record that has one; None: it was not there."""
    later = Change.objects.filter(record_type=record_type).exclude(seal__number__lte=number)
    if agreement:
        later = later.filter(agreement_id=agreement.public_id)
    found: dict[UUID, Facts | None] = {}
    for change in later.select_related("payload").order_by(F("seal__number").asc(nulls_last=True), "pk"):
        before = change.payload.body["before"] if hasattr(change, "payload") else {}
        if before is None or "party" in before or "organ_of" in before:  # what tells of names alone leaves the rest as it is
            found.setdefault(change.record_id, before)
    return found


def _parties(around: Surroundings, before: dict[UUID, Facts | None]) -> dict[str, Party]:
    known = dict(around.parties)
    for slug, party in around.parties.items():
        facts = before.get(party.public_id)
        if facts:
            known[slug] = copy(party)
            known[slug].organ_of = around.parties.get(facts["organ_of"] or "")
    return known


def _principals(parties: dict[str, Party]) -> dict[int, int | None]:
    return {party.pk: party.organ_of_id for party in parties.values() if party.organ_of_id}


def _memberships(camps: Camps, before: dict[UUID, Facts | None], parties: dict[str, Party]) -> dict[int, list[Membership]]:
    standing = [row for rows in camps.memberships.values() for row in rows if row.public_id not in before]
    sides = {str(side.public_id): side for side in camps.sides.values()} | camps.sides
    for facts in before.values():
        if facts and facts["role"] == Role.ON_SIDE and facts["party"] in parties:
            days: dict[str, Any] = {name: date.fromisoformat(facts[name]) if facts[name] else None for name in ("from_on", "until_on")}
            standing.append(Membership(agreement=camps.agreement, party=parties[facts["party"]], side=sides.get(facts["side"] or ""), **days))
    found: dict[int, list[Membership]] = {}
    for row in standing:
        found.setdefault(row.party_id, []).append(row)
    return found
