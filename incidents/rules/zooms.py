"""How near two points must lie to be one mark on a map: the cells of a grid in degrees, by zoom level, the same for everybody and every view."""

import math
from decimal import Decimal

from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.rules.boxes import Box
from incidents.rules.numerals import western

LEAST, MOST = 1, 18
# At level 0 the world is one tile of 256 pixels; a cell is 64 pixels wide, room for a mark and its numbers.
TILE, CELL = 256, 64
# A window of 4,000 by 2,500 pixels has 2,500 cells.
MOST_CELLS = 6_000
_MARGIN = 0.9


def parse(text: str, field: str) -> int:
    """Return the zoom level. Raise RuleBroken for what is none: nothing is rounded."""
    said = western(text)
    if not (said.isascii() and said.isdigit() and len(said) <= 2 and LEAST <= int(said) <= MOST):
        raise RuleBroken("not_a_zoom", _("A zoom level is a whole number from %(least)d to %(most)d.") % {"least": LEAST, "most": MOST}, field)
    return int(said)


def cell(zoom: int) -> float:
    """Return how many degrees a cell is wide, and high."""
    return 360.0 / (1 << zoom) * CELL / TILE


def width_of(box: Box) -> float:
    """Return how many degrees the box is wide, over the 180th meridian if it crosses that."""
    return float(box.east - box.west) + (360 if box.crosses else 0)


def fits(box: Box, width: int, height: int) -> int:
    """Return the highest zoom level at which a window of so many pixels shows the whole box, with room at its edges."""
    across = max(width_of(box), 1e-6) / 360
    up = max(_north(box.north) - _north(box.south), 1e-9)
    zoom = math.log2(min(width * _MARGIN / (TILE * across), height * _MARGIN / (TILE * up)))
    return max(LEAST, min(MOST, math.floor(zoom)))


def check(box: Box, zoom: int) -> None:
    """Raise RuleBroken for a box of more cells at this level than any window shows."""
    if (width_of(box) / cell(zoom) + 1) * (float(box.north - box.south) / cell(zoom) + 1) > MOST_CELLS:
        raise RuleBroken("box_too_large", _("This box is larger than a window shows at this zoom level."), "box")


def around(box: Box, degrees: Decimal) -> Box:
    """Return the box with so many degrees around it, as far as there are any."""
    west, south = max(box.west - degrees, Decimal(-180)), max(box.south - degrees, Decimal(-90))
    return Box(west, south, min(box.east + degrees, Decimal(180)), min(box.north + degrees, Decimal(90)))


def _north(latitude: Decimal) -> float:
    """Return how far north a latitude lies as maps draw it (Mercator), where the whole height is 1."""
    at = math.radians(max(-85.0, min(85.0, float(latitude))))
    return math.log(math.tan(math.pi / 4 + at / 2)) / (2 * math.pi)
