"""A chart of tallies as SVG that stands alone: a panel for each number's kind, all on one scale, in the order of the table beside it.

Colours are attributes, which a page's style overrides and a saved file keeps. Right-to-left languages read time from the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import get_language_bidi

from incidents.views.desk.accused import Accused

WIDTH, LEFT, PANEL, HEAD, FOOT = 960, 12, 84, 22, 20
ROW, LABEL = 24, 330
MOST = 120
FILL = {"a": "#17579a", "b": "#a84a08", "c": "#1c6f73", "d": "#7b3168", "nobody": "#5b6772"}


class Drawable(Protocol):
    """What can be drawn: a number, whom it is held against, and what it is a number of."""

    @property
    def accused(self) -> Accused: ...
    @property
    def key(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def size(self) -> int | None: ...
    @property
    def speech(self) -> str: ...


@dataclass(frozen=True)
class Rect:
    """A bar, with the number written at it and what is read out for it."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    label: str
    label_x: float
    label_y: float
    anchor: str
    stroke: str = ""


@dataclass(frozen=True)
class Text:
    """A word at a place. In a right-to-left text its start is its right edge."""

    x: float
    y: float
    text: str
    anchor: str
    is_head: bool = False


@dataclass(frozen=True)
class Slot:
    """What the arrow keys stop at; `day` where it is a day that can be asked for."""

    x: float
    y: float
    width: float
    height: float
    speech: str
    day: str = ""


@dataclass(frozen=True)
class Chart:
    """The whole drawing. `left_out` counts the rows that only the table holds."""

    width: int
    height: float
    rects: list[Rect]
    texts: list[Text]
    slots: list[Slot]
    left_out: int


def of(rows: Sequence[Drawable], *, is_series: bool, keys: Sequence[str] = ()) -> Chart:
    """Return the chart of these rows: columns in time, one panel for each accused and kind; otherwise bars, one group for each key.

    `keys` are the days of the series, so that those without a number keep their place.
    """
    drawn = list(rows)[:MOST] if not is_series else list(rows)
    chart = _series(drawn, keys) if is_series else _groups(drawn)
    return Chart(WIDTH, *chart, left_out=len(rows) - len(drawn))


def _flip(x: float, width: float = 0) -> float:
    return WIDTH - x - width if get_language_bidi() else x


def _groups(rows: Sequence[Drawable]) -> tuple[float, list[Rect], list[Text], list[Slot]]:
    top = max((row.size for row in rows if row.size), default=1)
    rects, texts, slots, y, key = [], [], [], 4.0, None
    for row in rows:
        if row.key != key and row.key:
            texts.append(Text(_flip(LEFT), y + 16, row.key, "start", is_head=True))
            y += HEAD
        key = row.key
        name = f"{row.accused.letter} {row.accused.label}" + (f" · {row.detail}" if row.detail else "")
        texts.append(Text(_flip(LEFT + 8), y + 16, name if len(name) < 52 else f"{name[:50]}…", "start"))
        width = max((WIDTH - LABEL - 90) * (row.size or 0) / top, 2 if row.size else 0)
        x = _flip(LABEL, width)
        label_x = _flip(LABEL + width + 6)
        rects.append(Rect(x, y + 4, width, ROW - 9, FILL[row.accused.mark], row.number, label_x, y + 16, "start"))
        slots.append(Slot(0, y, WIDTH, ROW, row.speech))
        y += ROW
    return y + 6, rects, texts, slots


def _series(rows: Sequence[Drawable], known: Sequence[str]) -> tuple[float, list[Rect], list[Text], list[Slot]]:
    keys = list(dict.fromkeys([*known, *(row.key for row in rows)]))
    panels: dict[tuple[str, str], list[Drawable]] = {}
    for row in sorted(rows, key=lambda one: (one.accused.mark == "nobody", one.accused.mark, one.detail)):
        panels.setdefault((row.accused.label, row.detail), []).append(row)
    top = max((row.size for row in rows if row.size), default=1)
    step = (WIDTH - 2 * LEFT) / max(len(keys), 1)
    rects, texts, y = [], [], 4.0
    for (label, detail), held in panels.items():
        letter = held[0].accused.letter
        texts.append(Text(_flip(LEFT), y + 14, f"{letter} {label}" + (f" · {detail}" if detail else ""), "start", is_head=True))
        base = y + HEAD + PANEL
        for row in held:
            height = max(PANEL * (row.size or 0) / top * 0.85, 2 if row.size else 0)
            x = LEFT + keys.index(row.key) * step
            middle = _flip(x + step / 2)
            label_text = row.number if len(keys) <= 31 else ""
            left, width, fill = _flip(x + step * 0.2, step * 0.6), step * 0.6, FILL[row.accused.mark]
            rects.append(Rect(left, base - height, width, height, fill, label_text, middle, base - height - 4, "middle"))
        rects.append(Rect(LEFT, base, WIDTH - 2 * LEFT, 1, "#5b6772", "", 0, 0, "middle"))
        y = base + 12
    shown_every = -(-len(keys) // 10) or 1
    for index, key in enumerate(keys):
        if index % shown_every == 0:
            texts.append(Text(_flip(LEFT + index * step + step / 2), y + 12, key, "middle"))
    slots = [
        Slot(_flip(LEFT + index * step, step), 0, step, y, ". ".join(row.speech for row in rows if row.key == key)) for index, key in enumerate(keys)
    ]
    return y + FOOT, rects, texts, slots
