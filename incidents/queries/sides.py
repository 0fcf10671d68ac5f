"""On which side a party stood on a given local day, under one agreement."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from incidents.models import Agreement, Membership, Party, Side
from incidents.queries import kept
from incidents.vocabulary import Bucket, Role


@dataclass(frozen=True)
class Camps:
    """Who stood where under one agreement, read once and asked many times."""

    agreement: Agreement
    sides: dict[str, Side]
    memberships: dict[int, list[Membership]]
    principals: dict[int, int | None] = field(default_factory=dict)

    def side_of(self, party: Party | int | None, day: date | None) -> tuple[Bucket, Side | None]:
        """Return where a party stood that day: on a side, on none, or NOBODY where no party is named.

        An organ that is no member itself stands where the party it speaks for stands. Without a day (a span, or unknown)
        the side counts only if the party never stood elsewhere.
        """
        if party is None:
            return Bucket.NOBODY, None
        key = party.pk if isinstance(party, Party) else party
        held = self.memberships.get(key) or self.memberships.get(self.principals.get(key) or 0, [])
        standing = {row.side for row in held if row.side and _on(row, day)}
        return (Bucket.SIDE, standing.pop()) if len(standing) == 1 else (Bucket.NO_SIDE, None)


def camps(agreement: Agreement) -> Camps:
    """Return who stands where under this agreement."""
    sides = {side.pk: side for side in sorted(kept.those(Side, "agreement_id", [agreement.pk]), key=lambda side: side.position)}
    memberships: dict[int, list[Membership]] = {}
    for row in sorted(kept.those(Membership, "agreement_id", [agreement.pk]), key=lambda row: row.pk):
        if row.role == Role.ON_SIDE:
            row.side = sides[row.side_id or 0]
            memberships.setdefault(row.party_id, []).append(row)
    organs = kept.statement("organs", ("pk", "organ_of_id"), lambda: Party.objects.filter(organ_of__isnull=False))
    return Camps(
        agreement=agreement,
        sides={side.code: side for side in sides.values()},
        memberships=memberships,
        principals=dict(organs.every()),
    )


class CampsByAgreement:
    """Who stands where under several agreements, each read when it is first asked for and then kept."""

    def __init__(self) -> None:
        self._read: dict[int, Camps] = {}

    def of(self, agreement: Agreement) -> Camps:
        """Return who stands where under this agreement."""
        if agreement.pk not in self._read:
            self._read[agreement.pk] = camps(agreement)
        return self._read[agreement.pk]


def side_of(agreement: Agreement, party: Party | None, day: date | None) -> tuple[Bucket, Side | None]:
    """Return where one party stood on one local day; ask `camps` where there are many."""
    return camps(agreement).side_of(party, day)


def _on(row: Membership, day: date | None) -> bool:
    if day is None:
        return True
    return (row.from_on is None or row.from_on <= day) and (row.until_on is None or day <= row.until_on)


def stood_on(camps: Camps, letters: set[str], party: str = "accused_party", day: str = "occurred_on") -> Q:
    """Return the condition that `Camps.side_of` puts the party in one field on one of these sides on the day in another.

    It is asked once for each stretch of days in which a party's standing does not change, and the answers become days to compare.
    """
    found = Q(pk__in=[])
    organs = {organ for organ, principal in camps.principals.items() if principal in camps.memberships}
    for key in camps.memberships.keys() | organs:
        if _letter(camps, key, None) in letters:
            found |= Q(**{party: key, f"{day}__isnull": True})
        held = camps.memberships.get(key) or camps.memberships[camps.principals[key] or 0]
        for first, last in _stretches(held):
            if _letter(camps, key, first or last or date.max) in letters:
                bounds = {f"{day}__gte": first, f"{day}__lte": last}
                found |= Q(**{party: key, f"{day}__isnull": False}, **{name: bound for name, bound in bounds.items() if bound})
    return found


def _letter(camps: Camps, party: int, day: date | None) -> str:
    side = camps.side_of(party, day)[1]
    return side.code if side else ""


def _stretches(held: list[Membership]) -> list[tuple[date | None, date | None]]:
    """Return the stretches of days, first and last included and None where open, at whose borders a membership begins or ends."""
    starts = {row.from_on for row in held if row.from_on}
    starts |= {row.until_on + timedelta(days=1) for row in held if row.until_on and row.until_on < date.max}
    borders = sorted(starts)
    firsts: list[date | None] = [None, *borders]
    lasts: list[date | None] = [*(border - timedelta(days=1) for border in borders), None]
    return list(zip(firsts, lasts, strict=True))
