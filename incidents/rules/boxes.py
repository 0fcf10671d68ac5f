"""A box on the map, as it is written in an address: west, south, east, north, in degrees."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.rules.numerals import western

_DEGREES = re.compile(r"[-\u2212]?[0-9]{1,3}(?:\.[0-9]{1,6})?")
EAST, NORTH = Decimal(180), Decimal(90)


@dataclass(frozen=True)
class Box:
    """Its edges are in it. Where `east` is less than `west` it crosses the 180th meridian."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal

    @property
    def crosses(self) -> bool:
        """Return whether it lies across the 180th meridian."""
        return self.east < self.west

    def __str__(self) -> str:
        return ",".join(str(edge) for edge in (self.west, self.south, self.east, self.north))


def parse(text: str, field: str) -> Box:
    """Return the box. Raise RuleBroken for what is no such box: nothing is put in order silently."""
    parts = [part.strip() for part in western(text).replace("،", ",").split(",")]
    if len(parts) != 4 or not all(_DEGREES.fullmatch(part) for part in parts):
        raise RuleBroken("not_a_box", _("Write a box as west,south,east,north in degrees, such as 36.5,35.8,37.4,36.6."), field)
    west, south, east, north = (Decimal(part.replace("\u2212", "-")) for part in parts)
    if not (-EAST <= west <= EAST and -EAST <= east <= EAST):
        raise RuleBroken("out_of_range", _("Longitude lies between -180 and 180 degrees."), field)
    if not (-NORTH <= south <= NORTH and -NORTH <= north <= NORTH):
        raise RuleBroken("out_of_range", _("Latitude lies between -90 and 90 degrees."), field)
    if north < south:
        raise RuleBroken("ends_before_start", _("The box ends south of where it begins."), field)
    return Box(west, south, east, north)
