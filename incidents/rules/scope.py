"""Is an event within an agreement's terms? Four questions, each answered with reasons: in force, party bound, target excluded, place covered.

Section 2 of the domain. The answers are laid beside one another and none follows from another: what is contested or unknown, an editor decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from incidents.rules.binding import party_bound
from incidents.rules.bonds import Bonds, Days, Party, Side
from incidents.rules.findings import Because, Finding, Reason, ScopeQuestion, finding, together
from incidents.rules.grounds import Area, Place, place_covered
from incidents.rules.standing import Dates, Declaration, Status, standing, summary
from incidents.rules.targets import TargetFinding, TargetView, target_excluded
from incidents.rules.timespans import Timespan
from incidents.vocabulary import ScopeAnswer

__all__ = ["Agreement", "Area", "Event", "Place", "Scope", "TargetView", "asked", "in_force", "party_bound", "place_covered", "target_excluded"]


@dataclass(frozen=True)
class Agreement:
    """The terms that an event is held against."""

    dates: Dates
    declarations: Sequence[Declaration] = ()
    bonds: Bonds = field(default_factory=Bonds)
    areas: Sequence[Area] = ()


@dataclass(frozen=True)
class Event:
    """An event as its reports and its assessment have it. `struck` None: what was struck is not assessed."""

    when: Timespan
    accused: Sequence[Party | Side] = ()
    views: Sequence[TargetView] = ()
    struck: tuple[Party, ...] | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Scope:
    """The four answers, beside one another."""

    in_force: Finding
    party_bound: Finding
    target: TargetFinding
    place_covered: Finding

    @property
    def open_questions(self) -> tuple[ScopeQuestion, ...]:
        """Return what only an editor can decide."""
        whole = zip(ScopeQuestion, (self.in_force, self.party_bound, self.target.whole, self.place_covered), strict=True)
        return tuple(question for question, found in whole if found.answer in {ScopeAnswer.CONTESTED, ScopeAnswer.UNKNOWN})


def asked(event: Event, agreement: Agreement) -> Scope:
    """Return the four answers for an event under one agreement."""
    days = local_days(event.when, agreement.dates)
    return Scope(
        in_force(agreement.dates, agreement.declarations, event.when),
        party_bound(event.accused, agreement.bonds, days),
        target_excluded(event.views, event.struck, agreement.bonds, days),
        place_covered(agreement.areas, event.place),
    )


def in_force(dates: Dates, declarations: Iterable[Declaration], when: Timespan) -> Finding:
    """Return whether the agreement was in force at every instant meant, by its dates and by what parties declared until then.

    Where these contradict one another it is contested. An event whose time reaches over a change of the answer is unknown.
    """
    said = list(declarations)
    if when.starts_at is None or when.ends_at is None:
        return finding(ScopeAnswer.UNKNOWN, Because.TIME_UNKNOWN)
    edges = [dates.starts_at, dates.ends_at, dates.superseded_at, *(_begins(declaration.at, dates) for declaration in said)]
    changes = sorted({edge for edge in edges if edge and when.starts_at < edge < when.ends_at})
    found = {at: _in_force_at(dates, said, at) for at in [when.starts_at, *changes]}
    if len({one.answer for one in found.values()}) == 1:
        return next(iter(found.values()))
    later = tuple(_local(at, dates) for at, one in found.items() if one.answer != found[when.starts_at].answer)
    return Finding(ScopeAnswer.UNKNOWN, (Reason(Because.CHANGES_WITHIN, {"at": later}), *together(found.values()).reasons))


def local_days(when: Timespan, dates: Dates) -> Days:
    """Return the local days that a span touches, on the agreement's clocks."""
    if when.starts_at is None or when.ends_at is None:
        return Days(None, None)
    last = max(when.starts_at, when.ends_at - datetime.resolution)
    return Days(when.starts_at.astimezone(dates.zone).date(), last.astimezone(dates.zone).date())


def _in_force_at(dates: Dates, declarations: Sequence[Declaration], at: datetime) -> Finding:
    stands = standing(dates, declarations, at)
    reasons = [_by_dates(stands.status, dates)]
    if stands.positions:
        reasons.append(Reason(Because.DECLARED, {"standing": summary(stands)}))
    if stands.status in {Status.NOT_ANNOUNCED, Status.ANNOUNCED}:
        return Finding(ScopeAnswer.NO, tuple(reasons))
    if stands.contested:
        return Finding(ScopeAnswer.CONTESTED, tuple(reasons))
    runs = stands.status in {Status.IN_FORCE, Status.OPEN_ENDED}
    return Finding(ScopeAnswer.YES if runs else ScopeAnswer.NO, tuple(reasons))


def _by_dates(status: Status, dates: Dates) -> Reason:
    match status:
        case Status.LAPSED if dates.ends_at:
            return Reason(Because.LAPSED, {"at": _local(dates.ends_at, dates)})
        case Status.SUPERSEDED if dates.superseded_at:
            return Reason(Because.SUPERSEDED, {"at": _local(dates.superseded_at, dates)})
        case Status.IN_FORCE:
            return Reason(Because.IN_FORCE)
        case Status.OPEN_ENDED:
            return Reason(Because.OPEN_ENDED)
        case _:
            return Reason(Because.NOT_YET)


def _begins(at: datetime | date, dates: Dates) -> datetime:
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime.combine(at, time(), dates.zone).astimezone(UTC)


def _local(at: datetime, dates: Dates) -> str:
    return at.astimezone(dates.zone).strftime("%Y-%m-%d %H:%M")
