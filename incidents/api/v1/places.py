"""Places: the gazetteer, with every name of a place, what it lies in, and how exactly its coordinates stand for it."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import places as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Degrees, Named, Strict, Text, Word
from incidents.api.permissions import AddsPlaces, Reads
from incidents.api.v1 import records
from incidents.models import Place, User
from incidents.queries import places
from incidents.queries.places import PlaceFilter
from incidents.vocabulary import PlacePrecision


class PlaceNamed(serializers.Serializer[Any]):
    """A place of the gazetteer, and how exactly its coordinates stand for it."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()
    name_ar = serializers.CharField()
    latitude = Degrees()
    longitude = Degrees()
    precision = Word(PlacePrecision)


class AliasOut(serializers.Serializer[Any]):
    """Another name or spelling, as sources write it."""

    name = serializers.CharField()
    language = serializers.CharField(help_text="Empty: not known.")


class PlaceOut(PlaceNamed):
    """A place with all its names."""

    url = serializers.HyperlinkedIdentityField(view_name="place-detail", lookup_field="slug")
    parent = PlaceNamed(allow_null=True, help_text="What it lies in.")
    pcode = serializers.CharField(help_text="Its code in the gazetteer it came from.")
    aliases = AliasOut(many=True)


class AliasIn(Strict):
    """Another name."""

    name = Text(max_length=200, required=True, allow_blank=False)
    language = Text(max_length=10, help_text="Such as ar; empty: not known.")


class PlaceIn(Strict):
    """A place to add. Without a slug one is made from the name."""

    slug = serializers.SlugField(max_length=80, required=False)
    name = Text(max_length=200, required=True, allow_blank=False)
    name_ar = Text(max_length=200)
    parent = Named(records.places, required=False, allow_null=True, help_text="Slug of what it lies in.")  # type: ignore[assignment]
    pcode = Text(max_length=40)
    latitude = Degrees()
    longitude = Degrees()
    precision = Word(PlacePrecision)
    aliases = AliasIn(many=True, required=False)


def names_of(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the other names that a request says, taken out of it."""
    return [(alias["name"], alias.get("language", "")) for alias in said.pop("aliases", [])]


@extend_schema(tags=["places"])
class Places(ListModelMixin, Endpoint):
    """Places, those put on record last first."""

    permission_classes = [IsAuthenticated & Reads & AddsPlaces]
    serializer_class = PlaceOut
    queryset = Place.objects.none()
    lookup_url_kwarg = "slug"
    lookup_value_converter = "slug"
    asked_by = PlaceFilter
    expands = {"parent": "places.Places"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the places asked for."""
        return places.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List places",
        responses={200: PlaceOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Places with their names in each language."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One place", responses={200: PlaceOut, **schema.READING_ONE})
    def retrieve(self, request: Request, slug: str) -> Response:
        """One place by its slug."""
        return Response(self.get_serializer(self._one(slug)).data)

    @extend_schema(summary="Add a place", parameters=[schema.KEY], request=PlaceIn, responses={201: PlaceOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Add a place to the gazetteer."""
        return idempotency.once(request, lambda: self._add(request))

    def _one(self, slug: str) -> Place:
        try:
            return places.one(slug)
        except Place.DoesNotExist:
            raise Http404 from None

    def _add(self, request: Request) -> idempotency.Answer:
        said = PlaceIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data)
        place = actions.add(by=cast(User, request.user), aliases=names_of(facts), **facts)
        return dict(self.get_serializer(self._one(place.slug)).data), reverse("place-detail", kwargs={"slug": place.slug}, request=request)
