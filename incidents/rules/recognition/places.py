"""The place that a text tells of, among names handed in: by its very name, or by one that sounds the same. Between two, nothing is guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from incidents.rules.names import Named, compared
from incidents.rules.recognition.readings import LIKELY, SURE, WEAK, Reading
from incidents.rules.recognition.words import Text, Word
from incidents.rules.spelling import listed, spelling

LONGEST_NAME = 5
LEAST_LIKENESS = 0.9

_IN = listed(
    "in at on near over hit struck shelled bombed targeted targeting outside inside around of town city village "
    "neighbourhood neighborhood district suburb camp towards "
    "في علي ب قرب بلده مدينه قريه حي احياء مخيم محيط اطراف استهدف استهدفت قصف قصفت داخل منطقه ناحيه ضاحيه بمدينه ببلده بقريه بحي"
)
_SOFT = listed(
    "held government rebel opposition regime - the a of al el northern southern eastern western north south east west central edge outskirts "
    "centre center town city village old"
)
_EDGES = listed("edge outskirts km north south east west طرف الطرف شمال جنوب شرق غرب القرب مقربه الشمالي بالقرب")
# Read as articles in front of a name, and words of their own in a sentence.
_NO_START = listed("at of the an as en et is")
# A name with these around is a province, a direction, or whoever speaks, and not the place where it happened.
_AREA_BEFORE = listed("ريف محافظه ارياف rural")
_AREA_AFTER = listed("countryside province governorate")
_AWAY = listed("from to toward towards leaving left heading bound destined for via الي من نحو باتجاه متجهه متوجهه قادمه قادما المتجهه المتوجهه")
_VOICE_AFTER = listed(
    "media civil council today news correspondent resident residents activist activists agency network channel team doctors based health"
)
_VOICE_BEFORE = listed("مراسل مراسلنا مراسلتنا شبكه تنسيقيه مجلس وكاله اعلام مركز دفاع الدفاع قناه صفحه اعلامي")
_SPOKE = re.compile(
    r"\b(?:told|speaking|spoke|said|reporting|statement|interview|by phone|talks|meeting|conference|announced|قال|صرح|"
    r"اعلن|تصريح|اجتماع|مؤتمر|محادثات)\W+(?:\w+\W+){0,3}?$"
)


@dataclass(frozen=True)
class _Mention:
    id: str
    start: int
    end: int
    first: int
    last: int
    likeness: float
    standing: int


class Gazetteer:
    """Names of places, ready to be looked for. Build one for many texts."""

    def __init__(self, places: Iterable[Named]) -> None:
        self.by_spelling: dict[str, list[str]] = {}
        self.by_consonants: dict[str, list[tuple[str, str]]] = {}
        for place in places:
            for name in place.names:
                if not name.strip():
                    continue
                read = spelling(name)
                self._add(self.by_spelling, key(name), place.id)
                if len(read.consonants) > 2:
                    self.by_consonants.setdefault(read.consonants, []).append((place.id, name))

    @staticmethod
    def _add(index: dict[str, list[str]], entry: str, place: str) -> None:
        if place not in index.setdefault(entry, []):
            index[entry].append(place)

    def named(self, name: str) -> list[str]:
        """Return the places of exactly this name, articles, accents and case aside."""
        return self.by_spelling.get(key(name), [])

    def like(self, name: str) -> list[tuple[str, float]]:
        """Return the places whose name is nearly this one, best first, with the likeness."""
        found: dict[str, float] = {}
        for place, other in self.by_consonants.get(spelling(name).consonants, ()):
            likeness = compared(name, other)[0]
            if likeness >= LEAST_LIKENESS:
                found[place] = max(likeness, found.get(place, 0))
        return sorted(found.items(), key=lambda pair: -pair[1])


@lru_cache(maxsize=65_536)
def key(name: str) -> str:
    """Return a name as it is looked for: its written form with what tells it from others of the name."""
    read = spelling(name)
    return f"{read.written}|{','.join(read.markers)}"


def read(text: Text, gazetteer: Gazetteer) -> Reading | None:
    """Return where it happened; several places between which nothing decides, as alternatives; None where no name is known."""
    mentions = _mentions(text, gazetteer)
    if not mentions:
        return None
    inner = _innermost(text, mentions)
    top = max(one.standing for one in inner)
    if top < 0:
        ids = tuple(dict.fromkeys(one.id for one in inner))
        return Reading("place", inner[0].start, inner[0].end, None, WEAK, ids)
    best = [one for one in inner if one.standing == top]
    ids = tuple(dict.fromkeys(one.id for one in best))
    others = tuple(dict.fromkeys(one.id for one in mentions))
    first = best[0]
    if len(ids) > 1:
        return Reading("place", first.start, first.end, None, WEAK, ids)
    confidence = (SURE if len(others) == 1 else LIKELY) if first.likeness == 1 and top > 0 else WEAK
    return Reading("place", first.start, first.end, first.id, confidence, tuple(other for other in others if other != first.id))


def _mentions(text: Text, gazetteer: Gazetteer) -> list[_Mention]:
    found: list[_Mention] = []
    words = text.words
    at = 0
    while at < len(words):
        mention = _longest(text, gazetteer, at)
        if mention is None:
            at += 1
            continue
        found += mention
        at = mention[0].last
    return found


def _longest(text: Text, gazetteer: Gazetteer, at: int) -> list[_Mention] | None:
    """Return the longest name that begins with this word, as one mention for each place of that name."""
    words = text.words
    if not words[at].text[0].isalpha() or (words[at].text in _NO_START and not words[at].is_capital):
        return None
    for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
        piece = words[at : at + length]
        if (
            not piece[-1].text[-1].isalpha()
            or (length > 1 and piece[-1].text in _NO_START)
            or any(not (word.text[0].isalpha() or word.text in "-'") for word in piece)
        ):
            continue
        for lead in _leads(piece[0]):
            name = " ".join([lead, *(word.text for word in piece[1:])])
            exact = _can_be_named(text, piece, lead) and gazetteer.named(name)
            near = [] if exact else _sounding(text, gazetteer, at, piece, lead, name)
            if exact or near:
                standing = _standing(text, at, at + length, lead)
                ids = [(place, 1.0) for place in exact] if exact else near
                start = piece[0].start + (len(piece[0].text) - len(lead) if piece[0].end - piece[0].start == len(piece[0].text) else 0)
                return [_Mention(place, start, piece[-1].end, at, at + length, likeness, standing) for place, likeness in ids]
    return None


def _leads(word: Word) -> tuple[str, ...]:
    return word.forms


def _can_be_named(text: Text, piece: tuple[Word, ...], lead: str) -> bool:
    """Return whether these words can be a name: in Latin letters one of them is written large, if anything here is."""
    if "\u0620" <= lead[0] <= "\u06d3":
        return len(lead) > 2 or len(piece) > 1
    return any(word.is_capital for word in piece) or not text.has_capitals


def _sounding(text: Text, gazetteer: Gazetteer, at: int, piece: tuple[Word, ...], lead: str, name: str) -> list[tuple[str, float]]:
    """Return places that sound like these words, where they stand as a name does: large, or after a word such as in or town."""
    if sum(len(word.text) for word in piece) < 4:
        return []
    is_arabic = "\u0620" <= lead[0] <= "\u06d3"
    if is_arabic and not (at and text.words[at - 1].is_any(_IN)) and not (lead != piece[0].text and piece[0].text[0] in "ب"):
        return []
    if not is_arabic and not all(word.is_capital or word.text in "-'" or word.text in {"al", "el", "ez", "ash", "an"} for word in piece):
        return []
    found = gazetteer.like(name)
    return found[:1] if len(found) == 1 or (len(found) > 1 and found[0][1] - found[1][1] > 0.05) else found


def _standing(text: Text, first: int, last: int, lead: str) -> int:
    """Return how well the words around fit the place where it happened: 2 in or on it, 1 nothing against it, below 0 another role."""
    words = text.words
    before = [word.text for word in words[max(0, first - 4) : first]]
    after = [word.text for word in words[last : last + 2]]
    glued = words[first].text != lead and words[first].text[0] == "ب"
    plain_before = text.plain[max(0, text.at.index(words[first].start) - 60) : text.at.index(words[first].start)]
    if (after and after[0] in _AREA_AFTER) or (before and before[-1] in _AREA_BEFORE) or after[:1] in (["'"],):
        return -1
    if (before and _stripped(before[-1]) & _AREA_BEFORE) or "based" in after[:2]:
        return -1
    if (after and after[0] in _VOICE_AFTER and (after[0] != "today" or words[last].is_capital)) or (before and _stripped(before[-1]) & _VOICE_BEFORE):
        return -2
    if _SPOKE.search(plain_before.split(".")[-1]) and re.search(r"\b(?:in|from|at|في|من)\W*$", plain_before):
        return -2
    if re.search(r"\b(?:government|republic|army|forces) of\W*$", plain_before):
        return -2
    # "Rebel-held" says who holds it, and stands between the name and what tells its part.
    told = re.sub(r"\S+ - (?:held|controlled) ", "", " ".join([*before, ""])).split()
    near = [word for word in told if word not in _SOFT]
    if glued or (near and (near[-1] in _IN or _stripped(near[-1]) & _IN)):
        return 2
    if near and near[-1] in _AWAY:
        return 1 if _EDGES & set(before) else 0
    return 1


def _stripped(word: str) -> set[str]:
    return set(Word(word, 0, len(word)).forms)


def _innermost(text: Text, mentions: list[_Mention]) -> list[_Mention]:
    """Return the mentions that no other names more closely: of "Sukkari, Aleppo" and "Sukkari in Aleppo" only the first."""
    outer: set[str] = set()
    for one, other in pairwise(mentions):
        if one.id == other.id or one.first == other.first:
            continue
        between = [word.text for word in text.words[one.last : other.first]]
        glued = text.words[other.first].text[0] == "ب" and other.start > text.words[other.first].start
        is_within = between in (["in"], [","], ["،"], ["في"], ["of"], ["("], [",", "in"], ["-"]) or (glued and not between)
        is_within = is_within or (
            0 < len(between) <= 5
            and between[0] in {"in", "district", "neighbourhood", "neighborhood", ",", "of", "near", "شمال", "جنوب", "شرق", "غرب", "في", "،"}
            and not {"and", "و"} & set(between)
        )
        joined = text.words[other.first].text.startswith("و") and other.start > text.words[other.first].start
        if is_within and not joined and one.standing >= 0:
            outer.add(other.id)
    kept = [one for one in mentions if one.id not in outer]
    return kept or mentions
