"""Finding the places or parties that a name may mean. Every candidate is shown with its score; nothing is picked silently."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.rules.areas import Point
from incidents.rules.names import POSSIBLE_SCORE, Match, Named, match
from incidents.rules.spelling import PLACE_WORDS, parts, spelling

CLEAR_SCORE, CLEAR_LEAD = 0.85, 0.05
# So many entries share a word (tell, khirbet, kafr) that it leads to none of them.
TOO_COMMON = 150


class Verdict(TextChoices):
    """What the candidates amount to. Even a clear one is a suggestion."""

    CLEAR = "clear", _("One candidate fits clearly better than any other.")
    SEVERAL = "several", _("Several candidates fit.")
    UNSURE = "unsure", _("No candidate fits well.")
    NONE = "none", _("No candidate.")


@dataclass(frozen=True)
class Found:
    """The candidates for a name, best first, and what they amount to."""

    verdict: Verdict
    matches: tuple[Match, ...]


class Names:
    """An index of names, built once, that finds candidates without comparing each with every other."""

    def __init__(self, entries: Iterable[Named], generic: frozenset[str] = PLACE_WORDS) -> None:
        self.generic = generic
        self.entries = {entry.id: entry for entry in entries}
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._cells: dict[tuple[int, int], set[str]] = defaultdict(set)
        for entry in self.entries.values():
            for name in entry.names:
                for key in self._leads(name):
                    self._keys[key].add(entry.id)
            if entry.point:
                self._cells[_cell(entry.point)].add(entry.id)

    def find(self, name: str, near: Point | None = None, limit: int = 5) -> Found:
        """Return the best candidates for a name, and for coordinates if there are any, with a verdict on them."""
        ids = {found for key in self._leads(name) for found in self._keys.get(key, ()) if len(self._keys[key]) <= TOO_COMMON or key.startswith("=")}
        if near:
            row, column = _cell(near)
            ids |= {found for r in (-1, 0, 1) for c in (-1, 0, 1) for found in self._cells.get((row + r, column + c), ())}
        matches = sorted((match(name, self.entries[found], near, self.generic) for found in ids), key=_best_first)
        likely = [one for one in matches if one.score >= POSSIBLE_SCORE / 2]
        return Found(verdict(likely), tuple(likely[:limit]))

    def _leads(self, name: str) -> Iterator[str]:
        """Yield what a name is found under: its consonants, these with one left out, and each longer word of it."""
        for part in parts(name):
            skeleton = spelling(part, self.generic)
            yield "=" + (skeleton.consonants or skeleton.sound)
            if len(skeleton.consonants) > 2:
                yield from ("=" + skeleton.consonants[:index] + skeleton.consonants[index + 1 :] for index in range(len(skeleton.consonants)))
            yield from (word for word in skeleton.words if len(word) > 2)


def verdict(matches: Sequence[Match]) -> Verdict:
    """Return what candidates amount to: clear only with a high score and a lead over the next."""
    if not matches:
        return Verdict.NONE
    best, *others = sorted((one.score for one in matches), reverse=True)
    if best >= CLEAR_SCORE and (not others or best - others[0] >= CLEAR_LEAD):
        return Verdict.CLEAR
    return Verdict.SEVERAL if best >= POSSIBLE_SCORE else Verdict.UNSURE


def _cell(point: Point) -> tuple[int, int]:
    return (int(point.latitude // 0.1), int(point.longitude // 0.1))


def _best_first(found: Match) -> tuple[float, float, str]:
    return (-found.score, found.km if found.km is not None else float("inf"), found.id)
