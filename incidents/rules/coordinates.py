"""Coordinates as people write them, in any digits: degrees with decimals, minutes or seconds, MGRS, UTM, plus codes, map links. No silent guess.

The reading is echoed, so that whoever typed it can see what was understood; whatever is left over is refused.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.rules import grids
from incidents.rules.grids import METRES_PER_DEGREE, Cell
from incidents.rules.numerals import western

LONGEST, LONGEST_LINK = 100, 1000


class Notation(TextChoices):
    """How coordinates were written."""

    DECIMAL = "decimal", _("decimal degrees")
    MINUTES = "minutes", _("degrees and minutes")
    SECONDS = "seconds", _("degrees, minutes and seconds")
    MGRS = "mgrs", _("grid reference (MGRS)")
    UTM = "utm", _("UTM")
    PLUS_CODE = "plus_code", _("plus code")
    LINK = "link", _("map link")


class Order(TextChoices):
    """How it is known which number is the latitude."""

    LETTERS = "letters", _("by the letters N, S, E and W")
    RANGE = "range", _("longitude first, as the first number is no latitude")
    ASSUMED = "assumed", _("latitude first, as is usual; the other order is possible")
    ONLY_ORDER = "only_order", _("latitude first, as the second number is no latitude")
    BY_FORM = "by_form", _("by its form")
    HEMISPHERE = "hemisphere", _("S as the band of that letter; the south is possible too")


@dataclass(frozen=True)
class Reading:
    """What was understood. `radius_m` is how closely the digits written can mean a place; `other` the other reading, if there is one."""

    latitude: Decimal
    longitude: Decimal
    notation: Notation
    order: Order
    radius_m: int
    echo: str
    other: str = ""
    other_point: tuple[Decimal, Decimal] | None = None

    @property
    def is_ambiguous(self) -> bool:
        """Tell whether what is written can be read in another way: latitude and longitude the wrong way round, or in the south."""
        return self.other_point is not None


@dataclass(frozen=True)
class Angle:
    """One of the two numbers, in degrees: its hemisphere's letter if one was written, and the size of its last digit in degrees."""

    degrees: Decimal
    notation: Notation
    letter: str
    unit: Decimal


_LETTERS = {
    **dict.fromkeys(("n", "north", "ش", "شمال", "شمالا"), "N"),
    **dict.fromkeys(("s", "south", "ج", "جنوب", "جنوبا"), "S"),
    **dict.fromkeys(("e", "east", "ق", "شرق", "شرقا"), "E"),
    **dict.fromkeys(("w", "west", "غ", "غرب", "غربا"), "W"),
}
_TOKEN = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,12})?(?![0-9.]))|(?P<letter>[^\W\d_]+)|(?P<mark>[-+°'\";])|\s+")
_MARKS = str.maketrans(
    {"º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"', "−": "-", "–": "-", "٫": ".", "،": ";", "؛": ";"}
)
_COMMA_IN_NUMBER = re.compile(r"(?<=[0-9]),(?=[0-9])")
_SIXTIETHS = ((Notation.DECIMAL, "°", 1), (Notation.MINUTES, "'", 60), (Notation.SECONDS, '"', 3600))
_DIGIT = Decimal("0.000001")


def parse(text: str, field: str = "coordinates") -> Reading:
    """Return the place that was typed and how it was understood. Raise RuleBroken naming the field for anything else, or more.

    Without letters the latitude is taken to come first, and the reading says that this is assumed where the other order is possible too:
    in Syria and its neighbours it always is.
    """
    text = western(text.strip())
    if len(text) <= LONGEST_LINK and (read := _by_form(text, field)):
        return read
    if len(text) > LONGEST:
        raise RuleBroken("too_long", _("This is too long for coordinates."), field)
    one, other = (_angle(tokens, field) for tokens in _halves(_tokens(_with_points(text, field), field), field))
    latitude, longitude, order = _ordered(one, other, field)
    values = latitude.degrees, longitude.degrees
    finest = max(latitude.unit, longitude.unit)
    radius = max(1, math.ceil(finest * METRES_PER_DEGREE / 2))
    notation = max(one.notation, other.notation, key=list(Notation).index)
    swapped = (longitude.degrees, latitude.degrees) if order == Order.ASSUMED else None
    return Reading(*values, notation, order, radius, _echo(*values), _echo(*swapped) if swapped else "", swapped)


def _by_form(text: str, field: str) -> Reading | None:
    """Return what a grid reference, UTM, a plus code or a map link means; None for plain numbers."""
    if pair := grids.link(text, field):
        latitude, longitude = (_angle(_tokens(part, field), field) for part in pair)
        if abs(latitude.degrees) > 90 or abs(longitude.degrees) > 180:
            raise RuleBroken("out_of_range", _("A latitude lies between -90 and 90 degrees, a longitude between -180 and 180."), field)
        finest = max(latitude.unit, longitude.unit)
        radius = max(1, math.ceil(finest * METRES_PER_DEGREE / 2))
        values = latitude.degrees, longitude.degrees
        return Reading(*values, Notation.LINK, Order.BY_FORM, radius, _echo(*values))
    for notation, read in ((Notation.MGRS, grids.grid), (Notation.UTM, grids.universal), (Notation.PLUS_CODE, grids.plus_code)):
        if cell := read(text, field):
            return _of_cell(cell, notation)
    return None


def _of_cell(cell: Cell, notation: Notation) -> Reading:
    values, other = _decimal(cell.latitude, cell.longitude), _decimal(*cell.other) if cell.other else None
    order = Order.HEMISPHERE if other else Order.BY_FORM
    return Reading(*values, notation, order, cell.radius_m, _echo(*values), _echo(*other) if other else "", other)


def _decimal(latitude: float, longitude: float) -> tuple[Decimal, Decimal]:
    return Decimal(latitude).quantize(_DIGIT), Decimal(longitude).quantize(_DIGIT)


def _with_points(text: str, field: str) -> str:
    """Return the text with points for decimals and semicolons between numbers. A comma that could be either is refused."""
    text = western(text.strip().casefold()).translate(_MARKS).replace("''", '"')
    within = _COMMA_IN_NUMBER.findall(text)
    if "." in text or not within:
        return text.replace(",", ";")
    between = text.count(",") - len(within) + text.count(";")
    if len(within) > 2 or (len(within) == 1 and not between):
        raise RuleBroken("ambiguous_comma", _("The comma could be a decimal mark or part the two numbers. Write 36.1481, 36.9478."), field)
    return _COMMA_IN_NUMBER.sub(".", text).replace(",", ";")


def _tokens(text: str, field: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or (found["letter"] and found["letter"] not in _LETTERS):
            raise RuleBroken("not_understood", _("This is not understood as coordinates: %(rest)s") % {"rest": text[at:]}, field)
        if found.lastgroup:
            tokens.append(_LETTERS.get(found[0], found[0]))
        at = found.end()
    return tokens


def _halves(tokens: Sequence[str], field: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the tokens of the two angles: parted by a comma, by their letters, by their degree signs, or as two bare numbers."""
    letters = [index for index, token in enumerate(tokens) if token in "NSEW"]
    degrees = [index for index, token in enumerate(tokens) if token == "°"]
    cut = None
    if ";" in tokens:
        cut = tokens.index(";")
        return tokens[:cut], tokens[cut + 1 :]
    if len(letters) == 2:
        cut = letters[1] if letters[0] == 0 else letters[0] + 1
    elif not letters and len(degrees) == 2:
        cut = degrees[1] - 1
    elif not letters and not degrees and sum(_is_number(token) for token in tokens) == 2:
        cut = next(index for index in range(len(tokens)) if _is_number(tokens[index])) + 1
    if cut is None:
        raise RuleBroken("not_two", _("Write a latitude and a longitude, parted by a comma."), field)
    if tokens[cut - 1] in "+-":
        cut -= 1
    return tokens[:cut], tokens[cut:]


def _angle(tokens: Sequence[str], field: str) -> Angle:
    """Return one angle. Only its last number may have decimals; minutes and seconds stay below sixty; a letter excludes a sign."""
    rest = list(tokens)
    letter = rest.pop(0) if rest and rest[0] in "NSEW" else rest.pop() if rest and rest[-1] in "NSEW" else ""
    sign = rest.pop(0) if rest and rest[0] in "+-" else ""
    numbers: list[Decimal] = []
    has_marks = False
    for _notation, mark, _parts in _SIXTIETHS:
        if rest and _is_number(rest[0]):
            numbers.append(Decimal(rest.pop(0)))
            if rest and rest[0] == mark:
                has_marks = bool(rest.pop(0))
    if rest or not numbers or (letter and sign) or (len(numbers) > 1 and not (letter or has_marks)):
        raise RuleBroken("not_understood", _("This is not understood as coordinates: %(rest)s") % {"rest": " ".join(rest or tokens)}, field)
    if any(number != number.to_integral_value() or _places(number) for number in numbers[:-1]):
        raise RuleBroken("decimals_twice", _("Only the last of degrees, minutes and seconds can have decimals."), field)
    if any(number >= 60 for number in numbers[1:]):
        raise RuleBroken("not_below_sixty", _("Minutes and seconds are below 60."), field)
    value = sum((number / parts for number, (_n, _m, parts) in zip(numbers, _SIXTIETHS, strict=False)), Decimal(0))
    notation, _mark, parts = _SIXTIETHS[len(numbers) - 1]
    unit = Decimal(1).scaleb(-_places(numbers[-1])) / parts
    return Angle((-value if sign == "-" or letter in ("S", "W") else value).quantize(_DIGIT), notation, letter, unit)


def _ordered(one: Angle, other: Angle, field: str) -> tuple[Angle, Angle, Order]:
    """Return latitude and longitude, and how it is known which is which."""
    if one.letter or other.letter:
        if {one.letter in ("N", "S"), other.letter in ("N", "S")} != {True, False} or not (one.letter and other.letter):
            raise RuleBroken("not_two", _("One number needs N or S, the other E or W."), field)
        latitude, longitude = (one, other) if one.letter in ("N", "S") else (other, one)
        order = Order.LETTERS
    elif abs(one.degrees) > 90:
        latitude, longitude, order = other, one, Order.RANGE
    else:
        latitude, longitude, order = one, other, Order.ONLY_ORDER if abs(other.degrees) > 90 else Order.ASSUMED
    if abs(latitude.degrees) > 90 or abs(longitude.degrees) > 180:
        raise RuleBroken("out_of_range", _("A latitude lies between -90 and 90 degrees, a longitude between -180 and 180."), field)
    return latitude, longitude, order


def _echo(latitude: Decimal, longitude: Decimal) -> str:
    north, east = "S" if latitude < 0 else "N", "W" if longitude < 0 else "E"
    return f"{_short(latitude)}° {north}, {_short(longitude)}° {east}"


def _short(value: Decimal) -> str:
    return f"{abs(value):f}".rstrip("0").rstrip(".")


def _places(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _is_number(token: str) -> bool:
    return token[0].isdigit()
