"""Whether anybody could observe: what stands beside every zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Word
from incidents.api.v1.places import PlaceNamed
from incidents.models import Agreement, Place
from incidents.queries import coverage, filters, visibility
from incidents.rules.watching import Watched
from incidents.vocabulary import Watch


class WatchOut(serializers.Serializer[Any]):
    """On how many local days somebody could observe somewhere, observers were only kept out, or neither is on record."""

    first = Day(allow_null=True, help_text="First of the days looked at: the latest 366, and none that is still to come. Null: there is none.")
    last = Day(allow_null=True)
    observed = serializers.IntegerField()
    denied = serializers.IntegerField()
    unknown = serializers.IntegerField(help_text="Not on record, which is not the same as nobody having been there.")
    url = serializers.CharField(help_text="The coverage itself.")


class WatchedDayOut(serializers.Serializer[Any]):
    """One local day, and whether anybody could observe."""

    day = Day()
    watch = Word(Watch)


class WatchedDaysOut(WatchOut):
    """The same, day by day."""

    area = PlaceNamed(allow_null=True)
    days = WatchedDayOut(many=True)


@dataclass(frozen=True)
class WatchFilter:
    """Which days and which area are asked for."""

    since: date | None = None
    until: date | None = None
    area: str = ""

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return what was asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        said = {name: filters.said_once(params, name) for name in NAMES}
        return cls(filters.day(said["since"], "since"), filters.day(said["until"], "until"), filters.slug(said["area"], "area"))


NAMES = ("since", "until", "area")
_DAY = {"type": "string", "format": "date"}
ASKED = [
    OpenApiParameter("since", _DAY, description="Local day. Without one: the first in force."),
    OpenApiParameter("until", _DAY, description="Local day. Without one: the last in force."),
    OpenApiParameter("area", str, description="Slug of a place: who could observe in it, in a part of it or around it."),
]


@extend_schema(tags=["coverage"])
class WatchedDays(Endpoint):
    """Whether anybody could observe, day by day: what stands beside a zero."""

    serializer_class = WatchedDaysOut
    queryset = Agreement.objects.none()
    pagination_class = None
    query_names = NAMES
    narrowed = ("retrieve",)

    @extend_schema(summary="Who could observe, day by day", parameters=ASKED, responses={200: WatchedDaysOut, **schema.READING_ONE})
    def retrieve(self, request: Request, slug: str) -> Response:
        """Each local day: somebody could observe somewhere, observers were only kept out, or it is not known."""
        agreement = visibility.agreements(request.user).filter(slug=slug).first()
        if agreement is None:
            raise Http404
        asked = WatchFilter.parse(request.query_params)
        area = Place.objects.filter(slug=asked.area).first() if asked.area else None
        if asked.area and area is None:
            raise filters.unknown(asked.area, "area")
        found = coverage.watched(request.user, agreement, asked.since or agreement.first_day, asked.until or agreement.last_day, area)
        days = [{"day": day, "watch": watch} for day, watch in found.days.items()]
        said = said_of(request, agreement, found) | {"area": area, "days": days}
        return Response(WatchedDaysOut(said, context=self.get_serializer_context()).data)


def said_of(request: Request, agreement: Agreement, found: Watched) -> dict[str, Any]:
    """Return how many days it was so, and the address of the coverage."""
    counts = {str(watch): found.count(watch) for watch in Watch}
    address = f"{reverse('coverage-list', request=request)}?agreement={agreement.slug}"
    return {"first": min(found.days, default=None), "last": max(found.days, default=None), **counts, "url": address}
