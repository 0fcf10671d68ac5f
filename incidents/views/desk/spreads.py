"""How reports spread over agreements, with the addresses of exactly these: of what a place is named in, and of what came by a source."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from incidents.queries.reports import Spread
from incidents.views import dates


@dataclass(frozen=True)
class Spoken:
    """The reports under one agreement, the days that they touch, and where they are listed, shown on the map, and totals beside them listed."""

    spread: Spread
    days: str
    listed: str
    mapped: str
    claims: int
    claimed: str

    @classmethod
    def of(cls, spread: Spread, claims: int = 0, **asked: str) -> "Spoken":
        """Return the row for what was narrowed by these words."""
        said = urlencode({"agreement": spread.agreement.slug, **asked})
        days = dates.days(spread.first, spread.last, short=True) if spread.first else ""
        addresses = [f"{reverse(name)}?{said}" for name in ("reports", "map", "claims")]
        return cls(spread, days, addresses[0], addresses[1], claims, addresses[2])
