"""How alike two wordings are: the trigrams they share, on text of any script written one way.

For running text. Names of places and parties, which are spelt in many ways, are compared in `names`.
"""

import re
import unicodedata
from dataclasses import dataclass

from incidents.rules.numerals import western
from incidents.rules.spelling import ARABIC

_NOT_WORDS = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z]")
_OTHER = re.compile(r"[^\W\d_a-z\u0600-\u06ff]")
# Hamza on any seat, ta marbuta, final ya and the Persian letters, as `spelling` writes them too; tatweel only stretches a word.
_ARABIC_FORMS = str.maketrans("أإآٱىئؤةکی", "ااااييوهكي", "ءـ")


@dataclass(frozen=True)
class Read:
    """A text as it is compared: its trigrams, and the scripts it is written in."""

    trigrams: frozenset[str]
    scripts: frozenset[str]


def normalised(text: str) -> str:
    """Return the words of a text in small letters with one space between, without accents, vowel marks and punctuation. Digits are 0-9."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    plain = unicodedata.normalize("NFC", western(plain)).translate(_ARABIC_FORMS)
    return _NOT_WORDS.sub(" ", plain).strip()


def trigrams(text: str) -> frozenset[str]:
    """Return the runs of three letters of a normalised text, each word with two spaces before it and one after, as pg_trgm cuts them."""
    return frozenset(padded[at : at + 3] for word in text.split() for padded in (f"  {word} ",) for at in range(len(padded) - 2))


def read(text: str) -> Read:
    """Return a text as it is compared."""
    plain = normalised(text)
    return Read(trigrams(plain), _scripts(plain))


def shared(one: Read, other: Read) -> float | None:
    """Return from 0 to 1 the share of trigrams that two texts have in common (Jaccard).

    None where that says nothing: one of them is empty, or they are in different scripts.
    """
    if not one.trigrams or not other.trigrams or one.scripts.isdisjoint(other.scripts):
        return None
    return len(one.trigrams & other.trigrams) / len(one.trigrams | other.trigrams)


def alike(one: str, other: str) -> float | None:
    """Return how alike two texts are, as `shared` says."""
    return shared(read(one), read(other))


def _scripts(text: str) -> frozenset[str]:
    """Return the scripts a text is written in. Numbers alone stand for any."""
    found = {name for name, letters in (("arabic", ARABIC), ("latin", _LATIN), ("other", _OTHER)) if letters.search(text)}
    return frozenset(found or {"arabic", "latin", "other"})
