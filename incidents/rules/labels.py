"""Where names stand on a drawing so that none lies over another, over a mark, or beyond the edge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# How wide a letter and how tall a line of the maps' names is, and how far beside its mark a name stands.
LETTER, LINE, BESIDE = 7.0, 15.0, 4.0


@dataclass(frozen=True)
class Spot:
    """A mark of some radius, and what is written at it. Who stands first in a list has the first choice."""

    x: float
    y: float
    name: str
    radius: float = 5.0


@dataclass(frozen=True)
class Label:
    """Where a name is anchored, and which part of it stands there: its start, its middle or its end, from left to right."""

    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def laid(spots: Sequence[Spot], width: float, height: float) -> list[Label | None]:
    """Return where the name of each spot stands; None where there is no room: a name left out is better than two that nobody can read."""
    marks = [_Box(spot.x - spot.radius, spot.y - spot.radius, spot.x + spot.radius, spot.y + spot.radius) for spot in spots]
    taken: list[_Box] = []
    found: list[Label | None] = []
    for spot, own in zip(spots, marks, strict=True):
        others = [mark for mark in marks if mark is not own]
        label, box = next(((label, box) for label, box in _tried(spot) if _is_free(box, taken + others, width, height)), (None, None))
        found.append(label)
        taken += [box] if box and spot.name else []
    return found


def _tried(spot: Spot) -> Iterator[tuple[Label, _Box]]:
    """Yield the sides of a mark where its name may stand, the best first."""
    wide, away = len(spot.name) * LETTER, spot.radius + BESIDE
    low, high = spot.y + away + LINE * 0.7, spot.y - away
    for x, y, anchor in (
        (spot.x + away, spot.y + LINE * 0.3, "start"),
        (spot.x - away, spot.y + LINE * 0.3, "end"),
        (spot.x, low, "middle"),
        (spot.x, high, "middle"),
    ):
        left = {"start": x, "end": x - wide, "middle": x - wide / 2}[anchor]
        yield Label(round(x, 1), round(y, 1), anchor), _Box(left, y - LINE * 0.75, left + wide, y + LINE * 0.25)


def _is_free(box: _Box, taken: Sequence[_Box], width: float, height: float) -> bool:
    return box.left >= 0 and box.top >= 0 and box.right <= width and box.bottom <= height and not any(box.meets(other) for other in taken)
