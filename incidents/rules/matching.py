"""May two reports be of one event? A score with its reasons, from place, time, type, wording and where they were published.

The score orders candidates and is no probability; a person decides. Each report is compared as exactly as it is known: one that names a
district within 15 km, a point within 1 km. What a report does not say counts neither for nor against, but for little.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.rules import nearness, wordings
from incidents.rules.areas import Point, distance_km
from incidents.rules.contradictions import MEANS, STRUCK
from incidents.rules.reasons import Facts, Reason
from incidents.rules.timespans import Timespan
from incidents.vocabulary import METRES_OF, PlacePrecision, TimePrecision, ViolationType, group_of

LEAST_REACH_KM = 1.0
# Two times farther apart than this are two events. Spans are compared from the end of one to the beginning of the other.
GRACE = timedelta(hours=3)
SIMILAR = 0.3

WEIGHTS = {"place": 0.3, "time": 0.3, "type": 0.15, "wording": 0.25}
UNKNOWN = 0.3
SHARED_ADDRESS, SHARED_SOURCE = 0.15, 0.05

FINE = frozenset({TimePrecision.EXACT, TimePrecision.HOUR})


class Likeness(TextChoices):
    """What two reports have in common. Codes are stable; each sentence is filled from the reason's facts."""

    KM_APART = "km_apart", _("%(km)s km apart")
    SAME_PLACE = "same_place", _("same place")
    SAME_TIME = "same_time", _("same time")
    TIMES_OVERLAP = "times_overlap", _("times overlap")
    MINUTES_APART = "minutes_apart", _("%(minutes)s min apart")
    SAME_TYPE = "same_type", _("same type")
    SIMILAR_TYPE = "similar_type", _("similar type")
    SAME_ADDRESS = "same_address", _("same address")
    SAME_SOURCE = "same_source", _("same source")
    SIMILAR_WORDING = "similar_wording", _("similar wording (%(percent)s %%)")


@dataclass(frozen=True)
class Sketch:
    """A report as far as it is compared; all of it may be unknown. `place` and `source` are ids, `point` stands with its precision."""

    type: ViolationType | None = None
    when: Timespan | None = None
    point: Point | None = None
    precision: PlacePrecision | None = None
    place: str = ""
    source: str = ""
    link: str = ""
    wording: str = ""

    @cached_property
    def read(self) -> wordings.Read:
        """Return the wording as it is compared. A draft is compared with many reports and read once."""
        return wordings.read(self.wording)


@dataclass(frozen=True)
class Match:
    """How alike two reports are, from 0 to 1, and in what. `is_possible`: nothing says that they are two events."""

    score: float
    reasons: tuple[Reason, ...]
    is_possible: bool


class _Finding(NamedTuple):
    """How near two reports are in one respect, from 0 to 1; None where one does not say. Below 0 they are two events."""

    score: float | None
    reasons: tuple[Reason, ...] = ()


ELSEWHERE = -1.0


def reach_km(precision: PlacePrecision | None) -> float | None:
    """Return within how many kilometres a place known so exactly is compared. None: only with what names the same place."""
    metres = METRES_OF.get(precision) if precision else None
    return max(LEAST_REACH_KM, metres / 1000) if metres is not None else None


def compared(one: Sketch, other: Sketch) -> Match:
    """Return how alike two reports are, and in what. The order of the two makes no difference."""
    findings = {"place": _places(one, other), "time": _times(one, other), "type": _types(one, other), "wording": _wordings(one, other)}
    score = sum(weight * _counted(findings[name].score) for name, weight in WEIGHTS.items())
    reasons = [reason for finding in findings.values() for reason in finding.reasons]
    if is_same_address(one.link, other.link):
        score += SHARED_ADDRESS
        reasons.append(Reason(Likeness.SAME_ADDRESS))
    elif one.source and one.source == other.source:
        score += SHARED_SOURCE
        reasons.append(Reason(Likeness.SAME_SOURCE))
    return Match(min(1.0, score), tuple(reasons), ELSEWHERE not in {finding.score for finding in findings.values()})


def is_same_address(one: str, other: str) -> bool:
    """Return whether both were published at one address. A page of many reports is one address too."""
    return bool(one.strip()) and one.strip() == other.strip()


def _counted(score: float | None) -> float:
    return UNKNOWN if score is None else max(0.0, score)


def _places(one: Sketch, other: Sketch) -> _Finding:
    named_alike = bool(one.place) and one.place == other.place
    if not one.point or not other.point:
        return _Finding(1.0, (Reason(Likeness.SAME_PLACE),)) if named_alike else _Finding(None)
    km = distance_km(one.point, other.point)
    reach = _pair_reach(one.precision, other.precision)
    if reach is None:
        if km <= LEAST_REACH_KM or named_alike:
            return _Finding(1.0 if one.precision == other.precision else None, (Reason(Likeness.SAME_PLACE),))
        # Two governorates are two places; a town may lie in either, and a country holds them all.
        return _Finding(ELSEWHERE if one.precision == other.precision == PlacePrecision.GOVERNORATE else None)
    if km > reach:
        return _Finding(ELSEWHERE, (Reason(Likeness.KM_APART, _km(km)),))
    return _Finding(1 - km / reach / 2, (Reason(Likeness.KM_APART, _km(km)),))


def _pair_reach(one: PlacePrecision | None, other: PlacePrecision | None) -> float | None:
    reaches = [reach_km(one), reach_km(other)]
    known = [reach for reach in reaches if reach is not None]
    return max(known) if len(known) == 2 else None


def _km(km: float) -> Facts:
    return {"km": round(km, 1)}


def _times(one: Sketch, other: Sketch) -> _Finding:
    if not one.when or not other.when or not nearness.is_dated(one.when) or not nearness.is_dated(other.when):
        return _Finding(None)
    gap = nearness.gap(one.when, other.when)
    if gap is None:
        reason = Likeness.SAME_TIME if {one.when.precision, other.when.precision} <= FINE else Likeness.TIMES_OVERLAP
        return _Finding(0.5 + nearness.likeness(one.when, other.when) / 2, (Reason(reason),))
    reasons = (Reason(Likeness.MINUTES_APART, {"minutes": round(gap / timedelta(minutes=1))}),)
    # Minutes between two clock times are nothing; between two days they say that the days are not the same.
    most = 0.9 if {one.when.precision, other.when.precision} <= FINE else 0.5
    return _Finding(ELSEWHERE if gap > GRACE else most * (1 - gap / GRACE), reasons)


def _types(one: Sketch, other: Sketch) -> _Finding:
    if not one.type or not other.type:
        return _Finding(None)
    if one.type == other.type:
        return _Finding(1.0, (Reason(Likeness.SAME_TYPE),))
    if group_of(one.type) == group_of(other.type) or {one.type, other.type} <= MEANS | STRUCK:
        return _Finding(0.6, (Reason(Likeness.SIMILAR_TYPE),))
    return _Finding(0.0)


def _wordings(one: Sketch, other: Sketch) -> _Finding:
    alike = wordings.shared(one.read, other.read)
    if alike is None:
        return _Finding(None)
    return _Finding(alike, (Reason(Likeness.SIMILAR_WORDING, {"percent": round(alike * 100)}),) if alike >= SIMILAR else ())
