"""Tallies as lines of print: four series kept apart for each side, each number with its claimant, its caveats and a name to cite it by."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

from incidents.queries import methods
from incidents.queries.tallies import SideTally, Tallies
from incidents.views.desk import tally_cards
from incidents.views.desk.accused import Accused, letter_of, of_side
from incidents.vocabulary import Bucket, Series

OURS = (Series.LOGGED, Series.INCIDENTS, Series.VERIFIED)


@dataclass(frozen=True)
class Line:
    """One number. `who` claims it, empty for our own counts; None: not computed, or no number was given."""

    name: str
    series: Series
    who: str
    value: int | None
    hedge: str
    unit: str
    as_of: str
    notes: list[str]
    unit_code: str = ""


@dataclass(frozen=True)
class Camp:
    """The lines of one side, or of those on none."""

    accused: Accused
    lines: list[Line]
    left_out: int = 0

    @property
    def claims(self) -> int:
        """Return how many lines of claims there are, the one that says there is none included."""
        return sum(line.series == Series.CLAIMED for line in self.lines)

    def at_most(self, number: int) -> "Camp":
        """Return the camp with so many claims at most. Our own counts always stay."""
        claims = [line for line in self.lines if line.series == Series.CLAIMED]
        return Camp(self.accused, [*claims[:number], *(line for line in self.lines if line not in claims)], max(0, len(claims) - number))


def of(tallies: Tallies) -> list[Camp]:
    """Return the sides in the agreement's order; after them what belongs to no side, where there is anything."""
    cards = tally_cards.of(tallies)
    camps = [
        Camp(of_side(tally.side), list(_lines(tally, card.figures))) for tally, card in zip(tallies.sides, cards.cards, strict=True) if tally.side
    ]
    apart = {beside.label: beside for beside in cards.beside}
    for tally, beside in zip((tallies.no_side, tallies.nobody), apart.values(), strict=False):
        lines = list(_lines(tally, beside.figures))
        if any(line.value or line.who for line in lines):
            camps.append(Camp(Accused("nobody", letter_of(None), beside.label), lines))
    return camps


def definitions() -> list[tuple[Series, str | Promise]]:
    """Return how each of the four series is counted."""
    known = methods.methods()
    return [(series, known[str(series)].says) for series in (Series.CLAIMED, *OURS)]


def _lines(tally: SideTally, figures: list[tally_cards.Figure]) -> Iterator[Line]:
    against = tally.side.code if tally.side else str(Bucket(tally.bucket))
    for claimed, figure in zip(tally.claimed, figures, strict=True):
        name = f"claimed-{against}-{claimed.claimant.slug}-{claimed.unit}"
        yield Line(name, Series.CLAIMED, figure.claimant, figure.count, figure.hedge, figure.unit, figure.as_of, figure.notes, str(claimed.unit))
    if not tally.claimed:
        yield Line(f"claimed-{against}", Series.CLAIMED, "", None, "", "", "", [])
    for series, value in zip(OURS, (tally.logged, tally.incidents, tally.verified), strict=True):
        yield Line(f"{series}-{against}", series, "", value, "", "", "", [])
