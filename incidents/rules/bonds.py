"""What ties parties to an agreement and to one another, in time: memberships, roles that do not exclude one another, affiliations."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from incidents.vocabulary import AffiliationKind, Role

DAY = timedelta(days=1)

# Ties that make a party part of another, so that what holds for that one holds for it. Allies and sponsors stay two.
PART_OF = frozenset({AffiliationKind.MEMBER, AffiliationKind.ARMED_WING, AffiliationKind.MERGED, AffiliationKind.RENAMED})
TIED = frozenset({AffiliationKind.ALLIED, AffiliationKind.SPONSORED})


@dataclass(frozen=True)
class Party:
    """Who acts: an id to find it by, and the neutral name for sentences. An organ is given as the party that it speaks for."""

    id: str
    name: str


@dataclass(frozen=True)
class Side:
    """A side accused as a whole, in one agreement."""

    code: str
    name: str


@dataclass(frozen=True)
class Days:
    """The local days on which something may have happened, both included. None: not known on that end."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class Membership:
    """What a party is to the agreement between two local days, both included. `side` is the side's name."""

    party: Party
    role: Role
    side: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Affiliation:
    """A party's tie to another between two local days, both included: `party` is a member of, or renamed to, `other`."""

    party: Party
    kind: AffiliationKind
    other: Party
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Bonds:
    """Every membership of one agreement, and every tie between parties."""

    memberships: Sequence[Membership] = ()
    affiliations: Sequence[Affiliation] = ()

    def of(self, party: Party, role: Role, day: date) -> Membership | None:
        """Return the party's own membership in this role on the day, if it has one."""
        return next((found for found in self.memberships if found.party == party and found.role == role and _holds(found, day)), None)

    def roles(self, party: Party, day: date) -> tuple[Role, ...]:
        return tuple(found.role for found in self.memberships if found.party == party and _holds(found, day))

    def bodies(self, party: Party, day: date) -> list[Party]:
        """Return what the party is part of, however many steps away. A party is part of its new name and its old one."""
        return _reached(party, lambda one: self._ends(one, day, PART_OF, (AffiliationKind.RENAMED,)))

    def members(self, party: Party, day: date) -> list[Party]:
        """Return the parties that are part of this one, however many steps away."""
        return _reached(party, lambda one: self._starts(one, day, PART_OF - {AffiliationKind.RENAMED}))

    def tied(self, party: Party, day: date) -> list[Party]:
        """Return sponsors and allies, one step away: the friend of a friend is nobody's party."""
        return list(self._ends(party, day, TIED, (AffiliationKind.ALLIED,)))

    def changes(self) -> set[date]:
        """Return the days from which anything recorded here holds or no longer holds."""
        dated: list[Membership | Affiliation] = [*self.memberships, *self.affiliations]
        begins = {one.from_on for one in dated if one.from_on}
        return begins | {one.until_on + DAY for one in dated if one.until_on and one.until_on < date.max}

    def _ends(self, party: Party, day: date, kinds: Collection[str], both_ways: Collection[str]) -> Iterator[Party]:
        for tie in self.affiliations:
            if tie.kind in kinds and _holds(tie, day):
                if tie.party == party:
                    yield tie.other
                elif tie.other == party and tie.kind in both_ways:
                    yield tie.party

    def _starts(self, party: Party, day: date, kinds: Collection[str]) -> Iterator[Party]:
        return (tie.party for tie in self.affiliations if tie.other == party and tie.kind in kinds and _holds(tie, day))


def _holds(dated: Membership | Affiliation, day: date) -> bool:
    return (dated.from_on is None or dated.from_on <= day) and (dated.until_on is None or day <= dated.until_on)


def _reached(start: Party, step: Callable[[Party], Iterator[Party]]) -> list[Party]:
    """Return every party reached by repeating a step, nearest first. Circles of ties end."""
    found: list[Party] = []
    todo = [start]
    while todo:
        for party in step(todo.pop(0)):
            if party != start and party not in found:
                found.append(party)
                todo.append(party)
    return found
