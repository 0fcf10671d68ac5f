"""What a decision would change, as pages show it: the count before and after, and what the tally shows of it now."""

from collections.abc import Iterable
from dataclasses import dataclass

from incidents.models import Agreement
from incidents.queries import tallies
from incidents.queries.review import Effect
from incidents.views.desk import accused
from incidents.vocabulary import Bucket, Series


@dataclass(frozen=True)
class Shown:
    """One count as it would change, and what the tally shows of it now."""

    effect: Effect
    accused: accused.Accused
    now: int | None


def shown(effects: Iterable[Effect], agreement: Agreement) -> list[Shown]:
    """Return the counts that would change, each with what the tally says."""
    held = list(effects)
    now = tallies.of_agreement(agreement) if held else None
    return [Shown(effect, _whose(effect), _now(effect, now) if now else None) for effect in held]


def _whose(effect: Effect) -> accused.Accused:
    if effect.side:
        return accused.of_side(effect.side)
    return accused.Accused("nobody", accused.letter_of(None), str(effect.bucket.label))


def _now(effect: Effect, now: tallies.Tallies) -> int | None:
    cell = {Bucket.NO_SIDE: now.no_side, Bucket.NOBODY: now.nobody}.get(effect.bucket)
    if effect.side:
        cell = next((row for row in now.sides if row.side == effect.side), None)
    if cell is None or effect.series not in {Series.LOGGED, Series.INCIDENTS, Series.VERIFIED}:
        return None
    found: int | None = getattr(cell, effect.series.value)
    return found
