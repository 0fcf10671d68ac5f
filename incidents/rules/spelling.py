"""How names are spelt: one form for Arabic letters and for the many Latin spellings of one Arabic name, so that spellings can be compared.

A name is read in three ways, each coarser: as written (case, marks and articles aside), as it sounds (o and u, e and i fall together), and
by its consonants alone, which Arabic script and every transliteration share. Words such as "town" name no place; "big" and "upper" do, and
are read alike in English, transliteration and Arabic.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


def listed(words: str) -> frozenset[str]:
    """Return words that are written one after another."""
    return frozenset(words.split())


ARABIC = re.compile(r"[\u0600-\u06ff]")
_NOT_LETTERS = re.compile(r"[^0-9a-z\u0620-\u064a\u066e-\u06d3]+")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bb\u02bc\u02be\u02bf`\u00b4\u2032]")
_TATWEEL = "\u0640"
_PARTS = re.compile(r"\s*[/_;|]\s*|\s+[-\u2013\u2014]\s+")
_PARENTHESES = re.compile(r"\(([^()]*)\)")

# Hamza on any seat, ta marbuta, final ya and the Persian letters, written one way each.
_ARABIC_FORMS = str.maketrans("أإآٱىئؤةکیگ", "ااااييوهكيك", "ءْ")
_SOUNDS = str.maketrans(
    dict(zip("ابتجحدرزسصضطظفقكلمنهوي", ["a", *"btjhdrzssdtz", *"fkklmnhui"], strict=True))
    | {"ث": "t", "خ": "X", "ذ": "d", "ش": "S", "ع": "", "غ": "G", "پ": "b", "چ": "S", "ڤ": "f"}
)
_DIGRAPHS = (
    ("tch", "S"),
    ("sch", "S"),
    ("sh", "S"),
    ("ch", "S"),
    ("kh", "X"),
    ("gh", "G"),
    ("th", "t"),
    ("dh", "d"),
    ("ph", "f"),
    ("q", "k"),
    ("c", "k"),
)
_VOWELS = (("aw", "u"), ("au", "u"), ("o", "u"), ("w", "u"))
_LIGHT = (("ay", "i"), ("ai", "i"), ("ey", "i"), ("ei", "i"), ("e", "i"), ("y", "i"))

_ARTICLES = listed("al el il ul l an en ar er as es ash esh ad ed adh edh at et ath eth az ez the of")
_CONSTRUCT = re.compile(r"(?<=[a-z]{3})[aei]t$")
_GLUED_ARTICLE = re.compile(r"^[ae]l(?=[^aeiouy]..)")

PLACE_WORDS = listed("""
    town city village hamlet suburb locality settlement neighbourhood neighborhood district subdistrict area
    madinat madinah medinat qaryat baldat مدينه قريه بلده ضاحيه ناحيه حي منطقه بلديه
""")
PARTY_WORDS = listed("group movement party حركه حزب جماعه")

# Which of several places of one name is meant, in English, as transliterated and in Arabic.
_MARKERS = {
    "big": "big great greater large kubra kubrah kobra koubra kabir kabira kabirah kebir kebira kebireh كبري كبرا كبير كبيره",
    "little": "little small sughra soghra saghir saghira saghirah saghireh sghir صغري صغير صغيره",
    "upper": "upper fawqani fawqaniyah fawqaniya foqani fouqani فوقاني فوقانيه",
    "lower": "lower tahtani tahtaniyah tahtaniya تحتاني تحتانيه",
    "eastern": "eastern east sharqi sharqiyah sharqiya sharqiyeh sharki شرقي شرقيه",
    "western": "western west gharbi gharbiyah gharbiya gharbiyeh غربي غربيه",
    "northern": "northern north shamali shamaliyah shamaliya shamaliyeh shimali شمالي شماليه",
    "southern": "southern south janubi janubiyah janubiya janubiyeh jenubi جنوبي جنوبيه",
}
_MARKER_OF = {word: marker for marker, words in _MARKERS.items() for word in words.split()}


@dataclass(frozen=True)
class Spelling:
    """One name read three ways, its words joined, with the markers (big, upper, eastern) that tell it from others of the name."""

    written: str
    sound: str
    consonants: str
    words: tuple[str, ...]
    markers: tuple[str, ...]
    is_arabic: bool


def parts(name: str) -> Iterator[str]:
    """Yield the name without what stands in parentheses, then each part of it: "Tadmur/Palmyra" is two names of one place.

    What has no letters is no part, so that the first one yielded is a name wherever there is any.
    """
    outside = _PARENTHESES.sub(" ", name)
    whole = [outside if _has_words(outside) else name]
    pieces = _PARTS.split(outside) if _PARTS.search(outside) else []
    yield from dict.fromkeys(piece.strip() for piece in [*whole, *pieces, *_PARENTHESES.findall(name)] if piece and _has_words(piece))


@lru_cache(maxsize=65_536)
def spelling(name: str, generic: frozenset[str] = PLACE_WORDS) -> Spelling:
    """Return a name in the forms that are compared. A name of nothing but articles and generic words keeps them."""
    words = list(_words(name))
    bare = [bare_word(word) for word in words if word not in generic and word not in _ARTICLES] or words
    named = [word for word in bare if word not in _MARKER_OF] or bare
    markers = tuple(sorted(_MARKER_OF[word] for word in bare if word in _MARKER_OF)) if named != bare else ()
    # In front of another word ta marbuta is heard, and sometimes written, as t: Maarrat, Khirbet.
    absolute = [*(_CONSTRUCT.sub("a", word) for word in named[:-1]), *named[-1:]]
    sounds = tuple(sound(word) for word in absolute)
    skeletons = tuple(consonants(each) for each in sounds)
    return Spelling("".join(named), "".join(sounds), "".join(skeletons), skeletons, markers, bool(ARABIC.search(name)))


def bare_word(word: str) -> str:
    """Return a word without a glued article: Elsham, Albil, الكبرى. What would leave fewer than three letters is kept."""
    if word.startswith("ال") and len(word) > 4:
        return word[2:]
    return _GLUED_ARTICLE.sub("", word)


def sound(word: str) -> str:
    """Return a word as it sounds in any transliteration. Arabic gives its long vowels only."""
    if ARABIC.search(word):
        word = word.removesuffix("ه") + "ا" if word.endswith("ه") and len(word) > 2 else word
        heard = _single(word.translate(_SOUNDS))
        # An alef in front of a long vowel only carries it.
        return heard[1:] if re.match("a[ui]", heard) else heard
    for pairs in (_DIGRAPHS, _VOWELS, _LIGHT):
        for spelt, heard in pairs:
            word = word.replace(spelt, heard)
    # Ta marbuta: -a, -ah, -eh and -e at the end are one sound.
    word = re.sub(r"(?:ah|ih|i|a)$", "a", word) if len(word) > 2 and re.search(r"(?:ah|ih|[^aiu]i|a)$", word) else word
    return _single(word)


def consonants(sounding: str) -> str:
    """Return what is left of a sounding word without its vowels."""
    return _single("".join(letter for letter in sounding if letter not in "aiu"))


def _words(name: str) -> Iterator[str]:
    text = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter) and letter != _TATWEEL)
    text = unicodedata.normalize("NFC", _APOSTROPHES.sub("", text)).replace("ı", "i").translate(_ARABIC_FORMS)
    return (word for word in _NOT_LETTERS.split(text) if word)


def _has_words(text: str) -> bool:
    return next(_words(text), None) is not None


def _single(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)
