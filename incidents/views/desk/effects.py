"""What a decision would change, as pages show it: each side's tally as it stands and as it would stand once confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass

from incidents.forms.review import Decide
from incidents.models import Agreement, Incident, Side
from incidents.queries import review, tallies
from incidents.queries.review import Effect
from incidents.views.desk import accused
from incidents.vocabulary import Bucket, Series


@dataclass(frozen=True)
class Shown:
    """One tally of the days in force, from what it shows to what it would show. None: nothing was counted yet."""

    accused: accused.Accused
    series: str
    before: int | None
    after: int | None
    by: int

    @property
    def is_changed(self) -> bool:
        """Return whether the decision would move this number."""
        return self.by != 0


@dataclass(frozen=True)
class Moved:
    """All that a decision would change. `is_outside`: the case did not happen on the days that the tally counts, and moves none of it."""

    rows: list[Shown]
    is_outside: bool


Cell = tuple[Series, Bucket, Side | None]


def weighed(incident: Incident, agreement: Agreement, form: Decide) -> Moved | None:
    """Return what the decision would change that a form says, None while it says none; before anything is said, the tallies as they stand."""
    if not form.is_bound:
        return shown([], agreement)
    return shown(review.effect(incident, agreement, form.judged()), agreement) if form.can_be_weighed else None


def shown(effects: Iterable[Effect], agreement: Agreement) -> Moved:
    """Return the verified tally of every side, in the agreement's order, moved or not; and whatever other tally would move."""
    held = list(effects)
    by: dict[Cell, int] = {}
    for effect in held:
        if effect.is_in_force:
            by[effect.series, effect.bucket, effect.side] = effect.after - effect.before
    sides = list(agreement.sides.all())
    always: list[Cell] = [(Series.VERIFIED, Bucket.SIDE, side) for side in sides]
    others = sorted((cell for cell in by if cell not in always), key=lambda cell: _place(cell, sides))
    now = tallies.now_counted(agreement, {Series.VERIFIED, *(cell[0] for cell in others)})
    rows = [_row(cell, by.get(cell, 0), now) for cell in [*always, *others]]
    return Moved(rows, is_outside=any(not effect.is_in_force for effect in held))


def _place(cell: Cell, sides: list[Side]) -> tuple[int, int]:
    series, _bucket, side = cell
    return list(Series).index(series), sides.index(side) if side in sides else len(sides)


def _row(cell: Cell, by: int, now: tallies.Counted | None) -> Shown:
    series, bucket, side = cell
    before = None if now is None else now.get((series.value, bucket.value, side.pk if side else None), 0)
    whose = accused.of_side(side) if side else accused.Accused("nobody", accused.letter_of(None), str(bucket.label))
    return Shown(whose, str(series.label), before, None if before is None else before + by, by)
