"""Places written as a grid reference (MGRS), as UTM, as a plus code or as a link to a map. What is written is read whole, or refused.

The libraries that know the projections guess where they are unsure, so the form is checked here first, and each reading is written back and compared.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import mgrs  # type: ignore[import-untyped]
import utm  # type: ignore[import-untyped]
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken

METRES_PER_DEGREE = 111_195
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_CODE = "23456789CFGHJMPQRVWX"

_MGRS = re.compile(r"(?:MGRS[:\s]*)?([0-9]{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z][A-HJ-NP-V])\s*([0-9]{1,5})\s*([0-9]{0,10})", re.IGNORECASE)
_UTM = re.compile(
    r"(?:UTM[:\s]*)?(?:zone\s*)?([0-9]{1,2})\s*([C-HJ-NP-X])[\s,;]+([0-9]{6}(?:\.[0-9]{1,3})?)\s*(?:m?\s*E)?[\s,;]+"
    r"([0-9]{1,8}(?:\.[0-9]{1,3})?)\s*(?:m?\s*N)?",
    re.IGNORECASE,
)
_PLUS = re.compile(rf"([{_CODE}0]{{2,8}})\+([{_CODE}]{{0,7}})", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|geo:)\S*", re.IGNORECASE)
_NUMBER = r"(-?[0-9]{1,3}(?:\.[0-9]+)?)"
_PIN = re.compile(rf"!3d{_NUMBER}!4d{_NUMBER}(?![0-9.])")
_VIEW = re.compile(rf"/@{_NUMBER},{_NUMBER},[0-9.]+[zma]")
_PAIR = re.compile(rf"(?:loc:)?{_NUMBER}\s*[,~]\s*{_NUMBER}(?:\s*\(.*\))?")
_OSM_VIEW = re.compile(rf"map=[0-9.]+/{_NUMBER}/{_NUMBER}(?:&.*)?")
_GOOGLE = re.compile(r"(?:www\.|maps\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")


@dataclass(frozen=True)
class Cell:
    """What a reference means: its middle, how far that may be off, and the other reading where the reference has two."""

    latitude: float
    longitude: float
    radius_m: int
    other: tuple[float, float] | None = None


def looks_like(text: str) -> bool:
    """Return whether a text means to be one of these, so that a mistake in it is said, and not kept as a name."""
    return any(pattern.fullmatch(text.strip()) for pattern in (_MGRS, _UTM, _PLUS, _LINK))


def grid(text: str, field: str) -> Cell | None:
    """Return the middle of the square named in the military grid; None for what is no such reference."""
    match = _MGRS.fullmatch(text)
    if not match:
        return None
    digits, rest = match[4], match[5]
    if not rest and len(digits) % 2 == 0:
        digits, rest = digits[: len(digits) // 2], digits[len(digits) // 2 :]
    elif len(digits) == 5 and len(rest) != 5 and (len(digits) + len(rest)) % 2 == 0:
        whole = digits + rest
        digits, rest = whole[: len(whole) // 2], whole[len(whole) // 2 :]
    if len(digits) != len(rest):
        raise RuleBroken("uneven_grid", _("A grid reference has as many digits for east as for north: 37S CA 3747 1829."), field)
    size = 10 ** (5 - len(digits))
    square = f"{int(match[1])}{match[2]}{match[3]}".upper()
    middle = "5" if size > 1 else ""
    converter = mgrs.MGRS()
    try:
        latitude, longitude = converter.toLatLon(f"{square}{digits}{middle}{rest}{middle}")
        back = str(converter.toMGRS(latitude + 1e-9, longitude + 1e-9, MGRSPrecision=min(5, len(digits + middle))))
    except Exception as error:
        raise RuleBroken("no_such_square", _("There is no such square in the grid."), field) from error
    if not _is_same_square(back, f"{square}{digits}{middle}{rest}{middle}"):
        raise RuleBroken("no_such_square", _("There is no such square in the grid."), field)
    return Cell(latitude, longitude, max(1, math.ceil(size / 2)))


def _is_same_square(one: str, other: str) -> bool:
    """Return whether two references are of one square, or of neighbours: rounding may step over an edge, but never into another zone."""
    a, b = (re.fullmatch(r"0?([0-9]{1,2}[A-Z])([A-Z]{2})([0-9]*)", text) for text in (one, other))
    if not a or not b or (a[1], a[2]) != (b[1], b[2]):
        return False
    half = len(a[3]) // 2
    return all(abs(int(x) - int(y)) <= 1 for x, y in ((a[3][:half], b[3][:half]), (a[3][half:], b[3][half:])) if x and y)


def universal(text: str, field: str) -> Cell | None:
    """Return the place of an easting and northing. S is a band of the north and short for south: where both are possible, both are offered."""
    match = _UTM.fullmatch(text)
    if not match:
        return None
    zone, letter, east, north = int(match[1]), match[2].upper(), float(match[3]), float(match[4])
    readings: list[tuple[float, float]] = []
    for is_north in (True, False):
        point = _projected(zone, east, north, is_north)
        if point is None:
            continue
        in_band = _BANDS[min(19, max(0, int((point[0] + 80) // 8)))] == letter and -80 <= point[0] <= 84
        means_half = letter == ("N" if is_north else "S")
        if in_band or means_half:
            readings.append(point)
    if not readings:
        raise RuleBroken("no_such_zone", _("This easting and northing do not lie in the zone named."), field)
    return Cell(*readings[0], 1, readings[1] if len(readings) > 1 else None)


def _projected(zone: int, east: float, north: float, is_north: bool) -> tuple[float, float] | None:
    try:
        latitude, longitude = utm.to_latlon(east, north, zone, northern=is_north)
        if utm.latlon_to_zone_number(latitude, longitude) != zone:
            return None
    except Exception:
        return None
    return float(latitude), float(longitude)


def plus_code(text: str, field: str) -> Cell | None:
    """Return the middle of the area of a full plus code. A short one needs a town that it does not name."""
    match = _PLUS.fullmatch(text)
    if not match:
        return None
    first, rest = match[1].upper(), match[2].upper()
    if len(first) < 8 or "0" in first or len(rest) < 2:
        raise RuleBroken("short_plus_code", _("Write the full plus code, with eight signs before the plus and two or more after it."), field)
    code = first + rest
    latitude, longitude, size = -90.0, -180.0, 20.0
    for index in range(0, 10, 2):
        latitude += _CODE.index(code[index]) * size
        longitude += _CODE.index(code[index + 1]) * size
        size /= 20
    height = width = size * 20
    for sign in code[10:]:
        height, width = height / 5, width / 4
        row, column = divmod(_CODE.index(sign), 4)
        latitude, longitude = latitude + row * height, longitude + column * width
    if latitude >= 90 or longitude >= 180:
        raise RuleBroken("out_of_range", _("A latitude lies between -90 and 90 degrees, a longitude between -180 and 180."), field)
    return Cell(latitude + height / 2, longitude + width / 2, max(1, math.ceil(max(height, width) / 2 * METRES_PER_DEGREE)))


def link(text: str, field: str) -> tuple[str, str] | None:
    """Return latitude and longitude as a link to a map has them, the pin before the middle of the view; None for what is no link."""
    if not _LINK.fullmatch(text):
        return None
    pins = list(dict.fromkeys(_pins(text)))
    if len(pins) == 1:
        return pins[0]
    raise RuleBroken("no_place_in_link", _("No single place is found in this link. Copy one that holds the coordinates, or write them."), field)


def _pins(text: str) -> Iterator[tuple[str, str]]:
    """Yield the places marked in a link, or if none is, the middle of what it shows."""
    if text.casefold().startswith("geo:"):
        if match := re.fullmatch(rf"geo:{_NUMBER},{_NUMBER}(?:[,;?].*)?", text, re.IGNORECASE):
            yield match[1], match[2]
        return
    parts = urlsplit(unquote(text))
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = (parts.hostname or "").casefold()
    if _GOOGLE.fullmatch(host):
        marked = [(match[1], match[2]) for match in _PIN.finditer(text)] or list(_pairs(asked, "q", "query", "ll", "center", "destination"))
        marked = marked or [(m[1], m[2]) for m in re.finditer(rf"/(?:place|search)/{_NUMBER},\s*\+?{_NUMBER}(?=/|$)", parts.path)]
        yield from marked[-1:] or [(match[1], match[2]) for match in _VIEW.finditer(text)]
    elif host in {"openstreetmap.org", "www.openstreetmap.org", "osm.org", "www.osm.org"}:
        if "mlat" in asked and "mlon" in asked:
            yield from _pairs({"pair": f"{asked['mlat']},{asked['mlon']}"}, "pair")
        elif match := _OSM_VIEW.fullmatch(parts.fragment):
            yield match[1], match[2]
    elif host == "maps.apple.com":
        yield from list(_pairs(asked, "ll", "q", "coordinate"))[:1]
    elif host in {"bing.com", "www.bing.com"}:
        yield from _pairs(asked, "cp")
    elif host == "wikimapia.org":
        told = {name: values[-1] for name, values in parse_qs(parts.fragment).items()}
        yield from _pairs({"pair": f"{told.get('lat')},{told.get('lon')}"}, "pair")
    elif re.fullmatch(r"(?:www\.)?yandex\.[a-z.]{2,6}", host):
        # Here the longitude comes first.
        yield from [(latitude, longitude) for longitude, latitude in list(_pairs(asked, "pt", "whatshere[point]", "ll"))[:1]]


def _pairs(asked: dict[str, str], *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        if match := _PAIR.fullmatch(asked.get(name, "")):
            yield match[1], match[2]
