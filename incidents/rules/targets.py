"""Is the target excluded from the truce? As each claimant states it and as it was struck, each on its own (section 2 of the domain)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from incidents.rules.binding import excluded_on, through
from incidents.rules.bonds import Bonds, Days, Party
from incidents.rules.findings import Because, Finding, Reason, finding, together
from incidents.vocabulary import ScopeAnswer


@dataclass(frozen=True)
class TargetView:
    """What one claimant says was aimed at. No targets: it does not say. A target that is no party (a market, people) is named all the same."""

    by: Party
    targets: tuple[Party, ...] = ()


@dataclass(frozen=True)
class TargetFinding:
    """Whether the target is excluded from the truce: as each claimant states it, as it was struck, and both together."""

    claimed: tuple[tuple[Party, Finding], ...]
    struck: Finding
    whole: Finding


def target_excluded(views: Iterable[TargetView], struck: Sequence[Party] | None, bonds: Bonds, days: Days) -> TargetFinding:
    """Return whether the target is excluded: as each claimant who says so states it, as struck, and together. Views that differ are contested.

    A claim alone never makes the whole: until it is assessed what was struck, the whole is unknown or contested.
    """
    claimed = tuple((view.by, _excluded(view.targets, bonds, days)) for view in views if view.targets)
    by_claim = [Finding(one.answer, (*one.reasons, Reason(Because.CLAIMED_BY, {"id": by.id, "name": by.name}))) for by, one in claimed]
    if struck:
        as_struck = _excluded(struck, bonds, days)
        as_struck = Finding(as_struck.answer, (*as_struck.reasons, Reason(Because.AS_STRUCK)))
    else:
        as_struck = finding(ScopeAnswer.UNKNOWN, Because.TARGET_NOT_ASSESSED)
    unsaid = [] if claimed else [finding(as_struck.answer, Because.TARGET_NOT_STATED)]
    return TargetFinding(claimed, as_struck, together([*by_claim, *unsaid, as_struck]))


def _excluded(targets: Sequence[Party], bonds: Bonds, days: Days) -> Finding:
    return together(through(days, bonds, partial(excluded_on, party=target, bonds=bonds)) for target in targets)
