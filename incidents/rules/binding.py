"""Whom the terms of an agreement bind and whom they exclude, on a day: by role, or through what a party is part of (section 2 of the domain)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial

from incidents.rules.bonds import Bonds, Days, Party, Side
from incidents.rules.findings import Because, Finding, Reason, finding, together
from incidents.vocabulary import Role, ScopeAnswer


def party_bound(accused: Sequence[Party | Side], bonds: Bonds, days: Days) -> Finding:
    """Return whether the terms bind who is accused, on the day of the event. Nobody accused: unknown.

    Each of several accused is answered on its own. A party on a side is bound, and so is one that is part of such a party. A guarantor on
    no side, and a party whose sponsor or member is on a side or a guarantor, is contested: it signed or serves those who signed, and is
    itself on no side. One with no recorded role is unknown rather than free.
    """
    if not accused:
        return finding(ScopeAnswer.UNKNOWN, Because.NOBODY_ACCUSED)
    return together(
        finding(ScopeAnswer.YES, Because.SIDE_ACCUSED, id=one.code, name=one.name)
        if isinstance(one, Side)
        else through(days, bonds, partial(bound_on, party=one, bonds=bonds))
        for one in accused
    )


def bound_on(day: date, party: Party, bonds: Bonds) -> Finding:
    """Return whether the terms bind a party on one day. On a side and excluded from the truce at once is contested."""
    bodies = bonds.bodies(party, day)
    bound = _named(party, bodies, bonds, day, Role.ON_SIDE, Because.ON_SIDE, Because.BODY_ON_SIDE)
    excluded = _named(party, bodies, bonds, day, Role.EXCLUDED, Because.EXCLUDED, Because.BODY_EXCLUDED)
    if bound or excluded:
        found = [Finding(ScopeAnswer.YES, (bound,))] if bound else []
        return together([*found, Finding(ScopeAnswer.NO, (excluded,))] if excluded else found)
    if reasons := list(dict.fromkeys(_tied_to_terms(party, bodies, bonds, day))):
        return Finding(ScopeAnswer.CONTESTED, tuple(reasons))
    if roles := bonds.roles(party, day):
        return finding(ScopeAnswer.NO, Because.NOT_BOUND, id=party.id, name=party.name, roles=tuple(str(role.label) for role in roles))
    return finding(ScopeAnswer.UNKNOWN, Because.NO_ROLE, id=party.id, name=party.name)


def excluded_on(day: date, party: Party, bonds: Bonds) -> Finding:
    """Return whether a party is excluded from the truce on one day. One that is allied to an excluded one, or also on a side, is contested."""
    bodies = bonds.bodies(party, day)
    excluded = _named(party, bodies, bonds, day, Role.EXCLUDED, Because.EXCLUDED, Because.BODY_EXCLUDED)
    bound = _named(party, bodies, bonds, day, Role.ON_SIDE, Because.ON_SIDE, Because.BODY_ON_SIDE)
    if excluded:
        return Finding(ScopeAnswer.CONTESTED, (excluded, bound)) if bound else Finding(ScopeAnswer.YES, (excluded,))
    reasons = [Reason(Because.TIED_TO_EXCLUDED, _facts(party, other)) for other in bonds.tied(party, day) if bonds.of(other, Role.EXCLUDED, day)]
    if reasons:
        return Finding(ScopeAnswer.CONTESTED, tuple(reasons))
    return finding(ScopeAnswer.NO, Because.NOT_EXCLUDED, **_facts(party))


def through(days: Days, bonds: Bonds, answer: Callable[[date], Finding]) -> Finding:
    """Return the answer that holds on every day meant, or unknown with the reasons of each if somebody joined or left within them."""
    first, last = days.first or date.min, days.last or date.max
    found = {day: answer(day) for day in [first, *sorted(day for day in bonds.changes() if first < day <= last)]}
    answers = {one.answer for one in found.values()}
    if len(answers) == 1:
        return next(iter(found.values()))
    changed = tuple(day.isoformat() for day in found if day != first)
    both = together(found.values())
    return Finding(ScopeAnswer.UNKNOWN, (Reason(Because.CHANGES_WITHIN, {"at": changed}), *both.reasons))


def _tied_to_terms(party: Party, bodies: Sequence[Party], bonds: Bonds, day: date) -> Iterator[Reason]:
    """Yield what ties a party on no side to the agreement all the same: a tie to a side, a guarantor's role, or a tie to a guarantor."""
    if bonds.of(party, Role.GUARANTOR, day):
        yield Reason(Because.GUARANTOR, _facts(party))
    members = bonds.members(party, day)
    for code, others in ((Because.MEMBER_ON_SIDE, members), (Because.TIED_TO_SIDE, bonds.tied(party, day))):
        for other in others:
            if side := bonds.of(other, Role.ON_SIDE, day):
                yield Reason(code, {**_facts(party, other), "side": side.side})
    # A state that takes part in a coalition stands to the coalition's sponsor as the coalition does.
    for one in [party, *bodies]:
        for other in [*bonds.tied(one, day), *bonds.members(one, day), *([one] if one != party else [])]:
            if other != party and bonds.of(other, Role.GUARANTOR, day):
                yield Reason(Because.TIED_TO_GUARANTOR, _facts(party, other))


def _named(party: Party, bodies: Sequence[Party], bonds: Bonds, day: date, role: Role, itself: Because, body: Because) -> Reason | None:
    """Return by what role a party, or a body that it is part of, is named; its own comes first."""
    for one in [party, *bodies]:
        if found := bonds.of(one, role, day):
            side = {"side": found.side} if role == Role.ON_SIDE else {}
            return Reason(itself, {**_facts(party), **side}) if one == party else Reason(body, {**_facts(party, one), **side})
    return None


def _facts(party: Party, other: Party | None = None) -> dict[str, str]:
    facts = {"id": party.id, "name": party.name}
    return facts | {"other_id": other.id, "other": other.name} if other else facts
