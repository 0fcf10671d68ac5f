"""What a text may mean, field by field. A reading is a proposal: nothing of it counts until somebody accepts it."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from incidents.rules.timespans import PartOfDay

FIELDS = ("place", "when", "type", "accused", "killed", "wounded")
SURE, LIKELY, WEAK = 0.95, 0.8, 0.6


@dataclass(frozen=True)
class Reading:
    """One field's reading: where the words stand, what they are taken to mean, how far that can be trusted.

    A value of None is no proposal: the words can be read in several ways, and these are the `alternatives`.
    """

    field: str
    start: int
    end: int
    value: Any
    confidence: float
    alternatives: tuple[Any, ...] = ()


@dataclass(frozen=True)
class When:
    """A local day, perhaps with a time or a part of it, perhaps until a later one. `day` None: only the time of day is said.

    `is_relative`: it was counted from the day of posting.
    """

    day: date | None
    clock: time | None = None
    last_day: date | None = None
    until: time | None = None
    part: PartOfDay | None = None
    is_about: bool = False
    is_day_assumed: bool = False
    is_relative: bool = False


@dataclass(frozen=True)
class Count:
    """A number of people. None is not stated: "at least 3" has no highest number."""

    low: int | None
    high: int | None


@dataclass(frozen=True)
class Side:
    """A camp, and every name by which it or its parties are called. Which one is meant by the names alone is not known further."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readings:
    """All that was recognised in a text."""

    found: tuple[Reading, ...] = field(default=())

    def of(self, name: str) -> Reading | None:
        """Return the reading of a field."""
        return next((one for one in self.found if one.field == name), None)

    def value(self, name: str) -> Any:
        """Return what is proposed for a field, None where nothing is."""
        found = self.of(name)
        return found.value if found else None
