"""Where reports lie: per point how many accuse which side, as this reader is shown points, counted in the database."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from incidents.models import Agreement, Place
from incidents.queries import reports, sides
from incidents.queries.filters import ReportFilter
from incidents.queries.visibility import Reader
from incidents.vocabulary import Bucket

MOST = 2_000
NOBODY = ""


@dataclass
class Spot:
    """A point, the place that reports there name, and how many of them accuse each side; `NOBODY` collects whoever is on no side."""

    latitude: float
    longitude: float
    place: Place | None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many reports lie here."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Placed:
    """The spots, those with most reports first, and how many of the reports asked for have no coordinates."""

    spots: list[Spot]
    unplaced: int
    is_all: bool


def of(reader: Reader, agreement: Agreement, asked: ReportFilter) -> Placed:
    """Return where the reports lie that this reader may see and asks for. A report without a point lies where its place does."""
    latitude, longitude = Coalesce("latitude", "place__latitude"), Coalesce("longitude", "place__longitude")
    counted: Any = (
        reports.narrowed(reader, asked)
        .order_by()
        .annotate(lat=latitude, lon=longitude)
        .values("lat", "lon", "place", "accused_party", "occurred_on", code=F("accused_side__code"))
        .annotate(number=Count("pk"))
    )
    rows: list[dict[str, Any]] = list(counted)
    camps = sides.camps(agreement)
    places = Place.objects.in_bulk({row["place"] for row in rows if row["place"]})
    found: dict[tuple[Any, Any], Spot] = {}
    unplaced = 0
    for row in rows:
        if row["lat"] is None or row["lon"] is None:
            unplaced += row["number"]
            continue
        here = found.setdefault((row["lat"], row["lon"]), Spot(float(row["lat"]), float(row["lon"]), places.get(row["place"])))
        side = row["code"] or _side(camps, row)
        here.counts[side] = here.counts.get(side, 0) + row["number"]
    spots = sorted(found.values(), key=lambda spot: (-spot.total, spot.latitude, spot.longitude))
    return Placed(spots[:MOST], unplaced, len(spots) <= MOST)


def _side(camps: sides.Camps, row: dict[str, Any]) -> str:
    bucket, side = camps.side_of(row["accused_party"], row["occurred_on"])
    return side.code if bucket == Bucket.SIDE and side else NOBODY
