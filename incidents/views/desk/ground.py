"""What ground a drawing of one place shows: what somebody moved it to, or all that an agreement covers."""

import re
from collections.abc import Iterable

from incidents.models import Agreement, AgreementArea, Place
from incidents.views.desk import base_map, frames, maps
from incidents.views.desk.frames import KM_PER_DEGREE, Frame

# Nearer than this nothing is known that could be drawn, and farther nothing that could be told apart.
LEAST_KM, MOST_KM = 0.5, 4000.0
# What is covered has room around it, and is not blown up to less than this.
MARGIN, LEAST_COVERED_KM = 12, 16.0
_WRITTEN = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,8})?) (-?[0-9]{1,3}(?:\.[0-9]{1,8})?) ([0-9]{1,4}(?:\.[0-9]{1,4})?)")


def read(text: str, width: int, height: int) -> Frame | None:
    """Return the ground as the page's script writes it: latitude and longitude of the middle, kilometres. None for what is no such thing."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        return None
    latitude, longitude, km = map(float, found.groups())
    if abs(latitude) > 85 or abs(longitude) > 180 or not LEAST_KM <= km <= MOST_KM:
        return None
    return Frame(latitude, longitude, height / km * KM_PER_DEGREE, width, height)


def written(frame: Frame) -> str:
    """Return the ground as the page's script reads it, with how much of a degree one step down and one to the right are."""
    km = frame.height / frame.per_km
    return f"{frame.latitude:.6f} {frame.longitude:.6f} {1 / frame.scale:.8f} {1 / frame.east:.8f} {km:.3f}"


def of_agreement(agreement: Agreement, areas: Iterable[AgreementArea], places: Iterable[Place], width: int, height: int) -> Frame | None:
    """Return the ground that holds the areas of an agreement; where none has an outline its country; failing that, all known places."""
    points = [point for area in areas if not area.is_excluded and maps.has_outline(area) for point in maps.points_of(area)]
    if not points and (country := base_map.of_country(agreement.country)):
        points = [(country.south, country.west, 0.0), (country.north, country.east, 0.0)]
    points = points or [(float(place.latitude), float(place.longitude or 0), 0.0) for place in places if place.latitude is not None]
    return frames.around(points, width, height, margin=MARGIN, least=LEAST_COVERED_KM / KM_PER_DEGREE) if points else None
