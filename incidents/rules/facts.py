"""What is known of an incident, derived from its reports by stated rules. Every fact names its rule and the reports behind it.

Section 1 of the domain: a report is a claim, never a fact, so nothing derived here replaces one, and claims that contradict one another
are kept side by side. Callers give the reports that are current: not drafts, duplicates, superseded or retracted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Generic, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.rules.areas import distance_km
from incidents.rules.bonds import Party, Side
from incidents.rules.grounds import Place
from incidents.rules.ranges import Derived, Range, derived
from incidents.rules.timespans import Timespan
from incidents.vocabulary import HarmGroup, HarmKind, ResponseKind, TimePrecision

T = TypeVar("T")


class FactRule(TextChoices):
    """How a fact was derived."""

    NOTHING_STATED = "nothing_stated", _("No report states it.")
    SAME_IN_ALL = "same_in_all", _("Every report that states it states the same.")
    HULL = "hull", _("From the earliest to the latest time that a report gives.")
    MOST_PRECISE = "most_precise", _("The most precise place that a report gives.")
    AS_STATED = "as_stated", _("Each report's statement, side by side.")
    BY_ACCUSED = "by_accused", _("For each of the accused, who accuses them.")
    IN_ORDER_GIVEN = "in_order_given", _("Each party's answers, in the order of their dates.")


@dataclass(frozen=True)
class HarmClaim:
    """Harm as one report states it. A range that is not known: it says that people were harmed and not how many."""

    kind: HarmKind
    group: HarmGroup
    count: Range


@dataclass(frozen=True)
class Claim:
    """One report, as far as facts are derived from it. `is_credible` says that its source and itself are graded so (see `grades`)."""

    report: str
    claimant: Party
    source: str
    is_credible: bool = False
    when: Timespan | None = None
    where: Place | None = None
    accused: tuple[Party | Side, ...] = ()
    harm: tuple[HarmClaim, ...] = ()
    # What else it states, by name: where a convoy set out from, how many trucks were hit.
    stated: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Answer:
    """What a party answered, for its acts or another's."""

    id: str
    party: Party
    kind: ResponseKind
    on: date
    blamed: Party | None = None


@dataclass(frozen=True)
class Contradiction:
    """Two reports that cannot both be right, and by how many kilometres where they are about a place."""

    reports: tuple[str, str]
    km: float | None = None


@dataclass(frozen=True)
class Fact(Generic[T]):
    """A derived value with the rule that derived it, the reports behind it, and those that contradict one another."""

    value: T
    rule: TextChoices
    reports: tuple[str, ...]
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True)
class HarmFact:
    """The range for one kind of harm to one group, and every claim that it stands on."""

    kind: HarmKind
    group: HarmGroup
    count: Derived
    claims: tuple[tuple[str, Party, Range], ...]


@dataclass(frozen=True)
class Accusation:
    """Who accuses one party or side. `accused` None: who reports it and accuses nobody."""

    accused: Party | Side | None
    claimants: tuple[Party, ...]
    reports: tuple[str, ...]


def when(claims: Sequence[Claim]) -> Fact[Timespan | None]:
    """Return the span from the earliest to the latest time given, as precise as the coarsest of them.

    It counts under a day only if all of them do, and under the same. Times that do not meet are contradictions; the span keeps both.
    """
    dated = [(claim, claim.when) for claim in claims if claim.when and claim.when.starts_at and claim.when.ends_at]
    if not dated:
        return Fact(None, FactRule.NOTHING_STATED, ())
    spans = [span for _claim, span in dated]
    order = list(TimePrecision)
    days = {span.day for span in spans}
    whole = Timespan(
        max((span.precision for span in spans), key=order.index),
        min(span.starts_at for span in spans if span.starts_at),
        max(span.ends_at for span in spans if span.ends_at),
        days.pop() if len(days) == 1 else None,
    )
    apart = tuple(Contradiction((a.report, b.report)) for (a, one), (b, other) in combinations(dated, 2) if _are_apart(one, other))
    rule = FactRule.SAME_IN_ALL if len(set(spans)) == 1 else FactRule.HULL
    return Fact(whole, rule, tuple(claim.report for claim, _span in dated), apart)


def where(claims: Sequence[Claim]) -> Fact[Place | None]:
    """Return the most precise place given, with every two that lie farther apart than their precisions allow, and by how many kilometres."""
    placed = [(claim, claim.where) for claim in claims if claim.where and (claim.where.point or claim.where.path or claim.where.name)]
    if not placed:
        return Fact(None, FactRule.NOTHING_STATED, ())
    # The report's id decides last, so that the order in which reports arrive never does.
    chosen = min(placed, key=lambda pair: (*_coarseness(pair[1]), pair[0].report))[1]
    apart = []
    for (a, one), (b, other) in combinations(placed, 2):
        if (km := _km_too_far(one, other)) is not None:
            apart.append(Contradiction((a.report, b.report), round(km, 3)))
    rule = FactRule.SAME_IN_ALL if len({place for _claim, place in placed}) == 1 else FactRule.MOST_PRECISE
    return Fact(chosen, rule, tuple(claim.report for claim, place in placed if place == chosen), tuple(apart))


def harm(claims: Sequence[Claim]) -> tuple[Fact[HarmFact], ...]:
    """Return one range per kind and group, from the lowest to the highest claimed. Groups are never added: a child is also a civilian."""
    rows = [(claim, row) for claim in claims for row in claim.harm]
    found = []
    for kind in HarmKind:
        for group in HarmGroup:
            if of_these := [(claim, row) for claim, row in rows if (row.kind, row.group) == (kind, group)]:
                count = derived([row.count for _claim, row in of_these])
                stated = tuple((claim.report, claim.claimant, row.count) for claim, row in of_these)
                found.append(Fact(HarmFact(kind, group, count, stated), count.rule, tuple(report for report, _by, _count in stated)))
    return tuple(found)


def accusations(claims: Sequence[Claim]) -> Fact[tuple[Accusation, ...]]:
    """Return for each of the accused who accuses them, in the order first named; who accuses nobody comes last."""
    by_accused: dict[Party | Side | None, list[Claim]] = {}
    for claim in claims:
        for accused in claim.accused:
            by_accused.setdefault(accused, []).append(claim)
    if silent := [claim for claim in claims if not claim.accused]:
        by_accused[None] = silent
    rows = tuple(
        Accusation(accused, tuple(dict.fromkeys(claim.claimant for claim in made)), tuple(claim.report for claim in made))
        for accused, made in by_accused.items()
    )
    return Fact(rows, FactRule.BY_ACCUSED if rows else FactRule.NOTHING_STATED, tuple(claim.report for claim in claims))


def answers(given: Iterable[Answer]) -> Fact[tuple[tuple[Party, tuple[Answer, ...]], ...]]:
    """Return each party's answers in order of time. All are kept: regret after denial does not unsay it. Ids are those of the answers."""
    by_party: dict[Party, list[Answer]] = {}
    for answer in sorted(given, key=lambda answer: (answer.on, answer.id)):
        by_party.setdefault(answer.party, []).append(answer)
    rows = tuple((party, tuple(said)) for party, said in by_party.items())
    ids = tuple(answer.id for _party, said in rows for answer in said)
    return Fact(rows, FactRule.IN_ORDER_GIVEN if rows else FactRule.NOTHING_STATED, ids)


def stated(claims: Sequence[Claim], name: str) -> Fact[tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return every value stated under a name with the reports that state it. Values that differ are kept, and are contradictions."""
    saying = [(claim.report, claim.stated[name]) for claim in claims if claim.stated.get(name)]
    values = tuple((value, tuple(report for report, said in saying if said == value)) for value in dict.fromkeys(value for _report, value in saying))
    apart = tuple(Contradiction((a, b)) for (a, one), (b, other) in combinations(saying, 2) if one != other)
    rule = FactRule.NOTHING_STATED if not values else FactRule.AS_STATED if apart else FactRule.SAME_IN_ALL
    return Fact(values, rule, tuple(report for report, _value in saying), apart)


def _are_apart(one: Timespan, other: Timespan) -> bool:
    first, second = sorted((one, other), key=lambda span: (span.starts_at, span.ends_at))
    if not (first.ends_at and second.starts_at):
        return False
    # A span ends just before its end, except an instant, which is its own end.
    return first.ends_at < second.starts_at or (first.ends_at == second.starts_at and first.starts_at != first.ends_at)


def _coarseness(place: Place) -> tuple[bool, float, int]:
    """Return what orders places: by radius where it is known, then by how deep in the gazetteer they are named."""
    radius = place.point.radius_m if place.point else None
    return (place.point is None, float("inf") if radius is None else radius, -len(place.path))


def _km_too_far(one: Place, other: Place) -> float | None:
    """Return the distance between two places if it is more than both radii together; None where it is not, or cannot be known."""
    if not one.point or not other.point or one.point.radius_m is None or other.point.radius_m is None:
        return None
    km = distance_km(one.point, other.point)
    return km if km * 1000 > one.point.radius_m + other.point.radius_m else None
