"""A text as words that can be compared, each knowing where it stands in what was pasted: the words received themselves are never changed."""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from incidents.rules.numerals import western

# Letters that are written several ways, one way each; as many letters as before.
_FORMS = str.maketrans("أإآٱىةکیگ’‘ʿʾʼ´`–—−‑", "ااااي" + "هكيك" + "'" * 7 + "-" * 4)
_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]|_")
# A hamza on a seat is part of how a word is told from others.
_SEATS = frozenset("ئؤ")
_INVISIBLE = frozenset("\u0640\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# What Arabic glues to the front of a word: and, then, in, for, like, and the article.
_GLUED = ("وبال", "وال", "فال", "بال", "كال", "ولل", "وب", "ول", "لل", "ال", "و", "ف", "ب", "ل", "ك")


@lru_cache(maxsize=8_192)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern, compiled once.

    `re` remembers some five hundred for the whole process; the parties of one agreement may have as many names, and to compile all anew for
    every text takes a second.
    """
    return re.compile(pattern)


@dataclass(frozen=True)
class Word:
    """A word, number or mark, as it is compared, and where it stands: from `start` to just before `end` of the text as received."""

    text: str
    start: int
    end: int
    is_capital: bool = False

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Return the word as it stands, then without what Arabic may have glued to its front: وبحلب is also بحلب, and حلب."""
        if not "\u0620" <= self.text[0] <= "\u06d3":
            return (self.text,)
        bare = [self.text]
        for glued in _GLUED:
            rest = self.text.removeprefix(glued)
            if rest != self.text and len(rest) > 1:
                bare.append(rest)
        return tuple(dict.fromkeys(bare))

    def is_any(self, words: frozenset[str]) -> bool:
        """Return whether the word is one of these, under what may be glued to it."""
        return not words.isdisjoint(self.forms)


@dataclass(frozen=True)
class Text:
    """What was pasted, and its words."""

    received: str
    plain: str
    at: tuple[int, ...]
    words: tuple[Word, ...]

    @classmethod
    def of(cls, received: str) -> "Text":
        """Return the text with its words. Marks over and under letters fall away; where each letter stood is remembered."""
        letters: list[str] = []
        at: list[int] = []
        for index, character in enumerate(received):
            for letter in plain(character):
                letters.append(letter)
                at.append(index)
        joined = "".join(letters)
        at.append(len(received))
        words = []
        for found in _TOKEN.finditer(joined):
            start = at[found.start()]
            end = at[found.end() - 1] + 1
            words.append(Word(found[0], start, end, received[start].isupper()))
        return cls(received, joined, tuple(at), tuple(words))

    def said(self, start: int, end: int) -> str:
        """Return the words as received."""
        return self.received[start:end]

    def matches(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int, int]]:
        """Yield what a pattern finds in the plain text, and where it stands in the text as received, with marks that follow its last letter."""
        for found in pattern.finditer(self.plain):
            if found.end() > found.start():
                yield found, self.at[found.start()], self.after(found.end())

    def after(self, end: int) -> int:
        """Return where the text as received goes on after so many plain letters."""
        last = self.at[end - 1] + 1
        while last < len(self.received) and unicodedata.combining(self.received[last]):
            last += 1
        return last

    @cached_property
    def has_capitals(self) -> bool:
        """Return whether anything here is written large, so that a name would be too."""
        return any(word.is_capital for word in self.words)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Return where each sentence of the plain text stands."""
        cuts = [0]
        for found in re.finditer(r"(?<![0-9])[.](?=\s|$)|(?<=[0-9])[.](?=\s+[^0-9\s]|$)|[!?؟؛;\n]+", self.plain):
            before = self.plain[max(0, found.start() - 4) : found.start()]
            if found[0] == "." and re.search(r"\b(?:st|mt|dr|gen|lt|col|mr|[ap]\.m|[a-z]|no|sept?|oct|aug|jan|feb|nov|dec|approx)$", before):
                continue
            cuts.append(found.end())
        cuts.append(len(self.plain))
        return tuple((start, end) for start, end in itertools.pairwise(cuts) if end > start)

    def sentence_at(self, place: int) -> tuple[int, int]:
        """Return where the sentence around a letter of the plain text stands."""
        return next(((start, end) for start, end in self.sentences if start <= place < end), (0, len(self.plain)))


def plain(text: str) -> str:
    """Return text as it is compared: no case, accents, vowel marks or lengthening, one form of each letter, Western digits."""
    return "".join(_plain(character) for character in text).translate(_FORMS)


def _plain(character: str) -> str:
    if character in _SEATS:
        return character
    apart = unicodedata.normalize("NFKD", western(character).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter) and letter not in _INVISIBLE)


def either(*words: str) -> str:
    """Return a pattern for any of these words, the longest first."""
    return "(?:" + "|".join(sorted((word.strip() for group in words for word in group.split("|")), key=len, reverse=True)) + ")"
