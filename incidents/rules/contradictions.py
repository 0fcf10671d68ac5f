"""Where the claims about one event agree and where they contradict one another, field by field. No claim wins, and none comes first by right.

Claims stand in order of receipt. Each two are compared as exactly as they are known; the verdict on a field is that of the two farthest
apart, so it never depends on the order. What a claim does not say contradicts nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import combinations
from math import ceil
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.rules import nearness, wordings
from incidents.rules.areas import distance_km
from incidents.rules.bonds import Party, Side
from incidents.rules.facts import Claim
from incidents.rules.grounds import Place
from incidents.rules.ranges import Range
from incidents.rules.reasons import Facts, Reason
from incidents.rules.timespans import Timespan
from incidents.vocabulary import TYPES_OF, HarmGroup, HarmKind, Qualifier, TimePrecision, ViolationGroup, ViolationType, group_of

# Two times this far apart are close, where one of them is finer than a day: watches and memories differ.
CLOSE_TIME = timedelta(hours=1)
# Two places this near are close, however exactly each is given.
CLOSE_KM = 1.0
# Numbers that differ by one, or by no more than this share of the larger, are close. None and some are never close.
CLOSE_SHARE = 0.1
ABOUT_SHARE = 0.2
SIMILAR_WORDS = 0.5

COARSE = frozenset({TimePrecision.DAY, TimePrecision.WEEK, TimePrecision.MONTH, TimePrecision.UNKNOWN})

# One happening is named by what it was done with and by what it struck: an airstrike, and a convoy attacked.
MEANS = frozenset(TYPES_OF[ViolationGroup.FIRE])
STRUCK = frozenset(
    {
        ViolationType.CONVOY_ATTACKED,
        ViolationType.AID_WORKER_HARMED,
        ViolationType.ATTACK_ON_CIVILIANS,
        ViolationType.ATTACK_ON_MEDICAL,
        ViolationType.ATTACK_ON_SCHOOL,
        ViolationType.MONITOR_ATTACKED,
    }
)


class Verdict(TextChoices):
    """How the claims about one field stand to one another, from the least apart to the farthest."""

    NOT_STATED = "not_stated", _("nobody says")
    ONLY_ONE = "only_one", _("only one says")
    AGREE = "agree", _("agree")
    NOT_COMPARED = "not_compared", _("cannot be compared")
    CLOSE = "close", _("close")
    CONTRADICT = "contradict", _("contradict")


class Field(TextChoices):
    """What claims are compared by. Harm has one row per kind and group, what else is stated one per name."""

    WHEN = "when", _("When")
    WHERE = "where", _("Where")
    ACCUSED = "accused", _("Accused (as claimed)")
    TYPE = "type", _("Type")
    TARGET = "target", _("Target")
    HARM = "harm", _("Harm")
    STATED = "stated", _("Stated besides")


class Why(TextChoices):
    """Why two claims are found to agree or not. Codes are stable; each sentence is filled from the reason's facts."""

    TIMES_OVERLAP = "times_overlap", _("The times overlap.")
    MINUTES_APART = "minutes_apart", _("%(minutes)s min apart.")
    HOURS_APART = "hours_apart", _("%(hours)s h apart.")
    OTHER_DAYS = "other_days", _("Different days, one right after the other.")

    AS_NEAR_AS_KNOWN = "as_near_as_known", _("As near to each other as they are known.")
    KM_APART = "km_apart", _("%(km)s km apart; the two precisions together allow %(allowed)s km.")
    SAME_PLACE = "same_place", _("The same place.")
    LIES_WITHIN = "lies_within", _("One lies in the other.")
    OTHER_PLACES = "other_places", _("Different places, and neither lies in the other.")
    NOT_EXACT_ENOUGH = "not_exact_enough", _("Not known exactly enough to compare.")

    SAME_ACCUSED = "same_accused", _("The same are accused.")
    SOME_ACCUSED_SHARED = "some_accused_shared", _("Some of those accused are the same.")
    SAME_SIDE = "same_side", _("Different ones are accused, on the same side.")
    OTHER_ACCUSED = "other_accused", _("Different ones are accused.")

    SAME_TYPE = "same_type", _("The same type.")
    SAME_GROUP = "same_group", _("Different types of one group.")
    MEANS_AND_TARGET = "means_and_target", _("One may be what it was done with, the other what it struck.")
    OTHER_TYPE = "other_type", _("Different types.")

    COUNTS_OVERLAP = "counts_overlap", _("One number can satisfy both.")
    COUNTS_APART = "counts_apart", _("At least %(apart)s apart.")
    NONE_AND_SOME = "none_and_some", _("One says none, the other some.")

    SAME_WORDS = "same_words", _("The same words.")
    SIMILAR_WORDS = "similar_words", _("Similar words.")
    OTHER_WORDS = "other_words", _("Other words.")
    OTHER_SCRIPTS = "other_scripts", _("Written in different scripts.")


@dataclass(frozen=True)
class Received:
    """One report's claim with what is compared besides the facts, and when it was received."""

    claim: Claim
    at: datetime
    type: ViolationType | None = None
    target: str = ""


@dataclass(frozen=True)
class Row:
    """One field over all claims: `values` in the order of the claims, None where a claim does not say."""

    field: Field
    verdict: Verdict
    values: tuple[Any, ...]
    reasons: tuple[Reason, ...]
    kind: HarmKind | None = None
    group: HarmGroup | None = None
    name: str = ""


@dataclass(frozen=True)
class Comparison:
    """The claims in order of receipt, and one row per field."""

    reports: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def contradicted(self) -> tuple[Row, ...]:
        """Return the fields in which claims contradict one another."""
        return tuple(row for row in self.rows if row.verdict == Verdict.CONTRADICT)


Pair = tuple[Verdict, Why, Facts]


def compared(claims: Iterable[Received], side_of: Mapping[str, str] | None = None) -> Comparison:
    """Return the comparison of any number of claims about one event. `side_of` gives the letter of a party's side on the day, by party id."""
    received = sorted(claims, key=lambda one: (one.at, one.claim.report))
    reports = tuple(one.claim.report for one in received)
    row = partial(_row, reports)
    rows = [
        row(Field.WHEN, [one.claim.when if nearness.is_dated(one.claim.when) else None for one in received], _times),
        row(Field.WHERE, [one.claim.where if one.claim.where and _is_somewhere(one.claim.where) else None for one in received], _places),
        row(Field.ACCUSED, [frozenset(one.claim.accused) or None for one in received], partial(_accused, side_of=side_of or {})),
        row(Field.TYPE, [one.type for one in received], _types),
        row(Field.TARGET, [one.target.strip() or None for one in received], _words),
    ]
    for kind, group in _harm_stated(received):
        counts = [_count(one.claim, kind, group) for one in received]
        rows.append(row(Field.HARM, counts, _counts, kind=kind, group=group))
    for name in sorted({name for one in received for name, value in one.claim.stated.items() if value}):
        rows.append(row(Field.STATED, [one.claim.stated.get(name, "").strip() or None for one in received], _words, name=name))
    return Comparison(reports, tuple(rows))


def _row(reports: Sequence[str], field: Field, values: Sequence[Any], compare: Callable[[Any, Any], Pair], **of: Any) -> Row:
    saying = [(report, value) for report, value in zip(reports, values, strict=True) if value is not None]
    if len(saying) < 2:
        return Row(field, Verdict.ONLY_ONE if saying else Verdict.NOT_STATED, tuple(values), (), **of)
    found = [((a, b), *compare(one, other)) for (a, one), (b, other) in combinations(saying, 2)]
    order = list(Verdict)
    worst = max((verdict for _pair, verdict, _why, _facts in found), key=order.index)
    # Where all agree one reason of each kind says it, and none has facts; otherwise each two that do not agree have their own.
    if worst == Verdict.AGREE:
        reasons = [Reason(why, {}) for why in sorted({why for _pair, _verdict, why, _facts in found})]
    else:
        reasons = [Reason(why, facts, pair) for pair, verdict, why, facts in found if verdict != Verdict.AGREE]
    return Row(field, worst, tuple(values), tuple(reasons), **of)


def _times(one: Timespan, other: Timespan) -> Pair:
    apart = nearness.gap(one, other)
    if apart is None:
        return Verdict.AGREE, Why.TIMES_OVERLAP, {}
    if one.precision in COARSE and other.precision in COARSE and not apart:
        return Verdict.CONTRADICT, Why.OTHER_DAYS, {}
    is_close = apart <= CLOSE_TIME and not (one.precision in COARSE and other.precision in COARSE)
    minutes = round(apart / timedelta(minutes=1))
    said: tuple[Why, Facts] = (Why.MINUTES_APART, {"minutes": minutes})
    if minutes >= 120:
        said = Why.HOURS_APART, {"minutes": minutes, "hours": round(minutes / 60)}
    return (Verdict.CLOSE if is_close else Verdict.CONTRADICT, *said)


def _places(one: Place, other: Place) -> Pair:
    if (one.path and one.path == other.path) or one == other:
        return Verdict.AGREE, Why.SAME_PLACE, {}
    if one.path and other.path and (one.path[0] in other.path or other.path[0] in one.path):
        return Verdict.AGREE, Why.LIES_WITHIN, {}
    if one.point and other.point and one.point.radius_m is not None and other.point.radius_m is not None:
        km = distance_km(one.point, other.point)
        allowed = (one.point.radius_m + other.point.radius_m) / 1000
        if km * 1000 <= max(one.point.radius_m, other.point.radius_m):
            return Verdict.AGREE, Why.AS_NEAR_AS_KNOWN, {}
        verdict = Verdict.CLOSE if km <= max(allowed, CLOSE_KM) else Verdict.CONTRADICT
        return verdict, Why.KM_APART, {"km": round(km, 1), "allowed": round(allowed, 1)}
    if one.path and other.path:
        return Verdict.CONTRADICT, Why.OTHER_PLACES, {}
    if one.name and wordings.normalised(one.name) == wordings.normalised(other.name):
        return Verdict.AGREE, Why.SAME_PLACE, {}
    return Verdict.NOT_COMPARED, Why.NOT_EXACT_ENOUGH, {}


def _accused(one: frozenset[Party | Side], other: frozenset[Party | Side], side_of: Mapping[str, str]) -> Pair:
    first, second = ({_key(accused) for accused in claim} for claim in (one, other))
    if first == second:
        return Verdict.AGREE, Why.SAME_ACCUSED, {}
    if first & second:
        return Verdict.CLOSE, Why.SOME_ACCUSED_SHARED, {}
    sides, others = ({_side(accused, side_of) for accused in claim} - {None} for claim in (one, other))
    if sides & others:
        return Verdict.CLOSE, Why.SAME_SIDE, {}
    return Verdict.CONTRADICT, Why.OTHER_ACCUSED, {}


def _types(one: ViolationType, other: ViolationType) -> Pair:
    if one == other:
        return Verdict.AGREE, Why.SAME_TYPE, {}
    if group_of(one) == group_of(other):
        return Verdict.CLOSE, Why.SAME_GROUP, {}
    if {one, other} <= MEANS | STRUCK:
        return Verdict.CLOSE, Why.MEANS_AND_TARGET, {}
    # A type that is on no list says only that none fitted.
    return (Verdict.NOT_COMPARED if ViolationType.OTHER in {one, other} else Verdict.CONTRADICT), Why.OTHER_TYPE, {}


def _words(one: str, other: str) -> Pair:
    first, second = wordings.normalised(one), wordings.normalised(other)
    if first == second:
        return Verdict.AGREE, Why.SAME_WORDS, {}
    if first.isdigit() and second.isdigit():
        return Verdict.CONTRADICT, Why.OTHER_WORDS, {}
    alike = wordings.alike(one, other)
    if alike is None:
        return Verdict.NOT_COMPARED, Why.OTHER_SCRIPTS, {}
    a, b = set(first.split()), set(second.split())
    if a <= b or b <= a or alike >= SIMILAR_WORDS:
        return Verdict.CLOSE, Why.SIMILAR_WORDS, {}
    return Verdict.CONTRADICT, Why.OTHER_WORDS, {}


def _counts(one: Range, other: Range) -> Pair:
    (_low, high), (other_low, _high) = sorted((_bounds(one), _bounds(other)))
    if other_low <= high:
        return Verdict.AGREE, Why.COUNTS_OVERLAP, {}
    if high == 0:
        return Verdict.CONTRADICT, Why.NONE_AND_SOME, {}
    apart = other_low - high
    verdict = Verdict.CLOSE if apart <= max(1, CLOSE_SHARE * other_low) else Verdict.CONTRADICT
    return verdict, Why.COUNTS_APART, {"apart": ceil(apart)}


def _bounds(count: Range) -> tuple[float, float]:
    """Return between which numbers the true one lies if the claim is right. About 20 is taken as 16 to 24."""
    numbers = [number for number in (count.low, count.best, count.high) if number is not None]
    lowest, highest = min(numbers), max(numbers)
    above = float(highest) if count.high is not None or count.low is None else float("inf")
    match count.qualifier:
        case Qualifier.MORE_THAN:
            return lowest + 1, float("inf")
        case Qualifier.AT_LEAST:
            return lowest, float("inf")
        case Qualifier.UP_TO:
            return count.low or 0, highest
        case Qualifier.ABOUT:
            return lowest * (1 - ABOUT_SHARE), highest * (1 + ABOUT_SHARE)
        case Qualifier.EXACTLY:
            return (0 if count.low is None and count.best is None else lowest), above


def _count(claim: Claim, kind: HarmKind, group: HarmGroup) -> Range | None:
    return next((row.count for row in claim.harm if (row.kind, row.group) == (kind, group) and row.count.is_known), None)


def _harm_stated(received: Sequence[Received]) -> Iterator[tuple[HarmKind, HarmGroup]]:
    stated = {(row.kind, row.group) for one in received for row in one.claim.harm}
    return ((kind, group) for kind in HarmKind for group in HarmGroup if (kind, group) in stated)


def _is_somewhere(place: Place) -> bool:
    return bool(place.point or place.path or place.name)


def _key(accused: Party | Side) -> str:
    return f"side {accused.code}" if isinstance(accused, Side) else f"party {accused.id}"


def _side(accused: Party | Side, side_of: Mapping[str, str]) -> str | None:
    return accused.code if isinstance(accused, Side) else side_of.get(accused.id)
