"""Published totals as plain values: what a party states, of whom, over which days, and what must travel with a figure taken from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from incidents.vocabulary import Basis, Bucket, ClaimFlag, HarmGroup, HarmKind, Qualifier, Unit


@dataclass(frozen=True)
class Harm:
    """Harm stated with a total, of one kind to one group. `unknown`: how many of several statements gave no number for it."""

    kind: HarmKind
    group: HarmGroup
    low: int | None
    best: int | None
    high: int | None
    qualifier: Qualifier
    unknown: int = 0


@dataclass(frozen=True)
class Accused:
    """Whom a count is held against. `side` is the side's code in the agreement, set when the bucket is a side."""

    bucket: Bucket
    side: str = ""


NOBODY = Accused(Bucket.NOBODY)


@dataclass(frozen=True)
class Part:
    """A row of the breakdown as printed. Unit and accused are those of what encloses it unless it names its own."""

    label: str
    count: int | None
    unit: Unit | None = None
    accused: Accused | None = None
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True)
class Replaced:
    """A statement whose place another one took, and the number that it gave."""

    statement: str
    count: int | None


@dataclass(frozen=True)
class Statement:
    """A total that a party published. Days are local; `period_end` is the as-of day of a cumulative one.

    `confirmed`: how many of it the `counterpart` confirmed, where it was asked to; None: not stated. `replaces`: latest first.
    """

    id: str
    claimant: str
    accused: tuple[Accused, ...]
    count: int | None
    unit: Unit
    basis: Basis
    period_start: date | None
    period_end: date
    published_on: date
    counted_from: date | None = None
    covers_24_hours: bool = False
    qualifier: Qualifier = Qualifier.EXACTLY
    parts: tuple[Part, ...] = ()
    harm: tuple[Harm, ...] = ()
    counterpart: str = ""
    confirmed: int | None = None
    replaces: tuple[Replaced, ...] = ()

    @property
    def is_cumulative(self) -> bool:
        return self.basis == Basis.CUMULATIVE

    @property
    def first_day(self) -> date | None:
        """Return the local day from which it counts, or None if it does not say. A 24-hour bulletin stands for its last day alone."""
        if self.is_cumulative:
            return self.counted_from
        return self.period_end if self.covers_24_hours else self.period_start

    def touches(self, window: "Window") -> bool:
        """Tell whether any of the time it speaks of lies in the window. The 24 hours of a bulletin begin the day before."""
        start = self.period_end - timedelta(days=1) if self.covers_24_hours and not self.is_cumulative else self.first_day
        begins_in_time = window.last is None or (start or self.period_end) <= window.last
        return begins_in_time and self.period_end >= window.first


@dataclass(frozen=True)
class Window:
    """The local days asked for, usually those in force. `last` None: no end date."""

    first: date
    last: date | None

    def touches(self, first: date | None, last: date | None) -> bool:
        """Return whether something that lasted from one local day to another falls into it at least in part. What has no day does not."""
        return first is not None and last is not None and last >= self.first and (self.last is None or first <= self.last)


Facts = dict[str, str | int | None]


@dataclass(frozen=True)
class Flag:
    """What a reader of a figure must know, with the facts of it. The facts are strings and numbers only, so that they travel as JSON."""

    code: ClaimFlag
    detail: Mapping[str, str | int | None]

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.detail.items())))
