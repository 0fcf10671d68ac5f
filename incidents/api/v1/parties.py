"""Parties: anyone who acts or speaks."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Word
from incidents.models import Party
from incidents.vocabulary import PartyKind


class PartyNamed(serializers.Serializer[Any]):
    """A party by its names."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()
    name_ar = serializers.CharField()


class PartyAliasOut(serializers.Serializer[Any]):
    """Another name, spelling or acronym, as sources write it."""

    name = serializers.CharField()
    language = serializers.CharField()


class PartyOut(PartyNamed):
    """A party, the party it speaks for and those that speak for it."""

    url = serializers.HyperlinkedIdentityField(view_name="party-detail", lookup_field="slug")
    short_name = serializers.CharField()
    short_name_ar = serializers.CharField()
    kind = Word(PartyKind)
    organ_of = PartyNamed(allow_null=True)
    organs = PartyNamed(many=True)
    aliases = PartyAliasOut(many=True)


@extend_schema(tags=["parties"])
class Parties(ListModelMixin, RetrieveModelMixin, Endpoint):
    """Parties by their slug."""

    lookup_field = "slug"
    lookup_value_converter = "slug"
    serializer_class = PartyOut
    queryset = Party.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Return every party; none of them is hidden from a reader."""
        return Party.objects.select_related("organ_of").prefetch_related("aliases", Prefetch("organs", queryset=Party.objects.order_by("name", "id")))

    @extend_schema(summary="List parties", responses={200: PartyOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Parties with their aliases and organs."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One party", responses={200: PartyOut, **schema.READING_ONE})
    def retrieve(self, *args: Any, **kwargs: Any) -> Any:
        """One party by its slug."""
        return super().retrieve(*args, **kwargs)
