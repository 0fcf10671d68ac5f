"""How well one name of a place or party fits another, across scripts and spellings, with a score and its reasons.

The score says how well a name fits, from 0 to 1; it is no probability. Distance is evidence beside it.
"""

from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.rules.areas import Point, distance_km
from incidents.rules.spelling import PLACE_WORDS, Spelling, parts, spelling

POSSIBLE_SCORE = 0.6
NEAR_KM, FAR_KM = 3.0, 30.0


class NameReason(TextChoices):
    """What speaks for or against a candidate."""

    SAME = "same", _("The same name, but for case, accents, articles and generic words.")
    SAME_SOUND = "same_sound", _("The same name in another spelling.")
    SAME_CONSONANTS = "same_consonants", _("The same consonants.")
    SIMILAR = "similar", _("A similar name.")
    DIFFERENT = "different", _("Another name.")
    ALIAS = "alias", _("By another of its names.")
    PART = "part", _("By a part of the name.")
    OTHER_MARKER = "other_marker", _("Says another of big, little, upper, lower or a direction.")
    MARKER_MISSING = "marker_missing", _("Only one of the two says big, little, upper, lower or a direction.")
    NEAR = "near", _("Near the coordinates given.")
    FAR = "far", _("Far from the coordinates given.")


@dataclass(frozen=True)
class Named:
    """A place or party that can be found: its id, every name it bears with the main one first, and where it is."""

    id: str
    names: tuple[str, ...]
    point: Point | None = None


@dataclass(frozen=True)
class Match:
    """A candidate, how well it fits, by which of its names, why, and how far off it is where both are on the map."""

    id: str
    score: float
    name: str
    reasons: tuple[NameReason, ...]
    km: float | None = None


def match(name: str, entry: Named, near: Point | None = None, generic: frozenset[str] = PLACE_WORDS) -> Match:
    """Return how well a name fits one entry, by the best of its names, and by coordinates where both have them."""
    best = Match(entry.id, 0.0, entry.names[0] if entry.names else "", (NameReason.DIFFERENT,))
    for index, other in enumerate(entry.names):
        score, reasons = compared(name, other, generic)
        if score > best.score:
            best = Match(entry.id, score, other, (*reasons, NameReason.ALIAS) if index else reasons)
    return _placed(best, near, entry.point)


def compared(one: str, other: str, generic: frozenset[str] = PLACE_WORDS) -> tuple[float, tuple[NameReason, ...]]:
    """Return how well two names fit, and why. The order of the two makes no difference."""
    best: tuple[float, tuple[NameReason, ...]] = (0.0, (NameReason.DIFFERENT,))
    for i, a in enumerate(parts(one)):
        for j, b in enumerate(parts(other)):
            score, reasons = _compared(spelling(a, generic), spelling(b, generic))
            # A part of a name, or what stands in parentheses, may be another place's name: the district's, the tribe's.
            weight = 0.9 if i or j else 1.0
            if score * weight > best[0]:
                best = (score * weight, (*reasons, NameReason.PART) if i or j else reasons)
    return best


def _compared(one: Spelling, other: Spelling) -> tuple[float, tuple[NameReason, ...]]:
    score, reason = _likeness(one, other)
    if one.markers == other.markers:
        return score, (reason,)
    if one.markers and other.markers:
        return score * 0.5, (reason, NameReason.OTHER_MARKER)
    return score * 0.85, (reason, NameReason.MARKER_MISSING)


def _likeness(one: Spelling, other: Spelling) -> tuple[float, NameReason]:
    """Return how alike two names are without their markers, and by which of the three readings."""
    if not one.written or not other.written:
        return 0.0, NameReason.DIFFERENT
    if one.written == other.written:
        return 1.0, NameReason.SAME
    if one.sound == other.sound:
        return 0.97, NameReason.SAME_SOUND
    heard = _ratio(one.sound, other.sound)
    if one.consonants and one.consonants == other.consonants:
        # Two consonants are little to go by, unless both say big, or upper, besides.
        is_telling = len(one.consonants) + 2 * len(set(one.markers) & set(other.markers)) > 2
        return (0.8 + 0.15 * heard if is_telling else 0.55 + 0.3 * heard), NameReason.SAME_CONSONANTS
    score = 0.9 * (0.5 * heard + 0.5 * _ratio(one.consonants, other.consonants))
    return score, NameReason.SIMILAR if score >= POSSIBLE_SCORE else NameReason.DIFFERENT


def _placed(found: Match, near: Point | None, point: Point | None) -> Match:
    """Return the match with distance as evidence. Near lifts a name that fits; alone it suggests, and never makes a clear match."""
    if not near or not point:
        return found
    km = distance_km(near, point)
    # As exactly as both places are known.
    apart = max(0.0, km - ((near.radius_m or 0) + (point.radius_m or 0)) / 1000)
    if apart <= NEAR_KM:
        closeness = 1 - apart / NEAR_KM / 2
        score = max(found.score + (1 - found.score) * 0.3 * closeness if found.score >= POSSIBLE_SCORE else found.score, 0.5 * closeness)
        return replace(found, score=score, reasons=(*found.reasons, NameReason.NEAR), km=km)
    if apart >= FAR_KM:
        return replace(found, score=found.score * 0.5, reasons=(*found.reasons, NameReason.FAR), km=km)
    return replace(found, score=found.score * (1 - 0.5 * (apart - NEAR_KM) / (FAR_KM - NEAR_KM)), km=km)


def _ratio(one: str, other: str) -> float:
    # The order matters to SequenceMatcher and must not to us.
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
