"""Where and when somebody could observe: what stands beside every zero (rule 10 of the domain)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from incidents.vocabulary import Watch

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Presence:
    """An observer's presence over local days, both included, or its denial. `last` None: no end is known."""

    first: date
    last: date | None
    is_denied: bool = False

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Watched:
    """The days asked for, each with whether anybody could observe."""

    days: Mapping[date, Watch]

    def count(self, watch: Watch) -> int:
        """Return on how many of the days it was so."""
        return Counter(self.days.values())[watch]

    @property
    def whole(self) -> Watch | None:
        """Return what holds of every day; None where days differ, or there are none."""
        found = set(self.days.values())
        return found.pop() if len(found) == 1 else None


def watched(presences: Iterable[Presence], first: date, last: date) -> Watched:
    """Return the days from first to last. Somebody who could observe anywhere makes a day observed, though another was kept out;
    a denial alone makes it denied; what nobody speaks of is unknown, which is not "nobody was there".
    """
    held = list(presences)
    days = [first + DAY * number for number in range((last - first).days + 1)]
    return Watched({day: _of_day(day, held) for day in days})


def _of_day(day: date, presences: Iterable[Presence]) -> Watch:
    states = {presence.is_denied for presence in presences if presence.covers(day)}
    if False in states:
        return Watch.OBSERVED
    return Watch.DENIED if states else Watch.UNKNOWN
