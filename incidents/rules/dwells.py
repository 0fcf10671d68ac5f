"""How long a convoy stood at each checkpoint, at least and at most, as exactly as its events are dated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.rules.journeys import ConvoyStep, StatusEvent
from incidents.vocabulary import ConvoyStatus as S

LEAVES = frozenset({S.DEPARTED, S.TURNED_BACK})
NOTHING = timedelta(0)


@dataclass(frozen=True)
class Dwell:
    """The time at one checkpoint. Both None: nobody says when it came. `has_left` False: no event shows it elsewhere since."""

    checkpoint: str
    at_least: timedelta | None
    at_most: timedelta | None
    has_left: bool
    events: tuple[str, ...]


def dwells(events: Iterable[StatusEvent], route: Sequence[str], *, now: datetime) -> tuple[Dwell, ...]:
    """Return the dwell at each checkpoint that an event names, in the order of the route.

    It left when an event says so; failing that, no later than the next event that shows it elsewhere; failing that, no later than now.
    """
    said = sorted((event for event in events if event.happened and event.when.starts_at), key=lambda event: event.order)
    return tuple(_dwell(checkpoint, said, now) for checkpoint in route if any(event.checkpoint == checkpoint for event in said))


def _dwell(checkpoint: str, said: Sequence[StatusEvent], now: datetime) -> Dwell:
    here = [event for event in said if event.checkpoint == checkpoint]
    ids = tuple(event.id for event in here)
    standing = [event for event in here if event.status not in LEAVES]
    leaving = next((event for event in here if event.status in LEAVES), None)
    if not standing:
        return Dwell(checkpoint, None, None, leaving is not None, ids)
    came, seen = standing[0], standing[-1]
    elsewhere = next((event for event in said if event.order > seen.order and event.checkpoint != checkpoint and _is_elsewhere(event)), None)
    last = leaving or elsewhere
    at_least = _between(came.when.ends_at, (leaving or seen).when.starts_at)
    at_most = _between(came.when.starts_at, last.when.ends_at if last else now)
    return Dwell(checkpoint, at_least, at_most, last is not None, ids)


def _is_elsewhere(event: StatusEvent) -> bool:
    return event.step in {ConvoyStep.CHECKPOINT, ConvoyStep.ARRIVED, ConvoyStep.DELIVERED} or event.status == S.TURNED_BACK


def _between(start: datetime | None, end: datetime | None) -> timedelta:
    return max(NOTHING, end - start) if start and end else NOTHING
