"""Shares of an aid movement: of the people to reach those reached, and of the cargo what was taken off. Unknown is not zero (rule 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.vocabulary import CargoKind


@dataclass(frozen=True)
class Cargo:
    """One line of what was loaded, in its own unit, and what of it was taken off. None: not stated."""

    kind: CargoKind
    unit: str
    quantity: Decimal | None = None
    removed: Decimal | None = None


@dataclass(frozen=True)
class Removed:
    """What was taken off in one unit: the known part, of which load, and how many lines say nothing."""

    unit: str
    removed: Decimal | None
    loaded: Decimal | None
    share: Decimal | None
    unknown: int


def reached(people_reached: int | None, people_to_reach: int | None) -> Decimal | None:
    """Return the share of the people reached, or None where either number is unknown or nobody was to be reached. It may exceed one."""
    for name, people in (("people_reached", people_reached), ("people_requested", people_to_reach)):
        if people is not None and people < 0:
            raise RuleBroken("negative", _("A count cannot be negative."), name)
    if people_reached is None or not people_to_reach:
        return None
    return Decimal(people_reached) / people_to_reach


def removed(cargo: Iterable[Cargo]) -> tuple[Removed, ...]:
    """Return for each unit, in the order loaded, what is known to be taken off and its share of the same lines' load. Units are never added.

    The share is of the lines that state both; lines that say nothing of removal, or of their load, are counted beside it.
    """
    by_unit: dict[str, list[Cargo]] = {}
    for line in cargo:
        _must_be_ordered(line)
        by_unit.setdefault(line.unit, []).append(line)
    return tuple(_removed(unit, lines) for unit, lines in by_unit.items())


def _removed(unit: str, lines: list[Cargo]) -> Removed:
    taken = [line.removed for line in lines if line.removed is not None]
    both = [(line.removed, line.quantity) for line in lines if line.removed is not None and line.quantity is not None]
    loaded = sum((quantity for _taken, quantity in both), Decimal(0))
    share = sum((part for part, _quantity in both), Decimal(0)) / loaded if loaded else None
    return Removed(unit, sum(taken, Decimal(0)) if taken else None, loaded if both else None, share, len(lines) - len(both))


def _must_be_ordered(line: Cargo) -> None:
    for name, value in (("quantity", line.quantity), ("removed", line.removed)):
        if value is not None and (value.is_nan() or value < 0):
            raise RuleBroken("negative", _("A quantity cannot be negative."), name)
    if line.removed is not None and line.quantity is not None and line.removed > line.quantity:
        raise RuleBroken("more_removed_than_loaded", _("More was removed than loaded."), "removed")
