"""Parties: anyone who acts or speaks."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.reverse import reverse

from incidents.actions import parties as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Named, Strict, Text, Word
from incidents.api.permissions import Administers, Reads
from incidents.api.v1 import records
from incidents.api.v1.places import AliasIn, names_of
from incidents.models import Party, User
from incidents.queries import parties
from incidents.queries.parties import PartyFilter
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


class PartyIn(Strict):
    """A party to add, under a neutral name. Without a slug one is made from the name."""

    slug = serializers.SlugField(max_length=80, required=False)
    name = Text(max_length=200, required=True, allow_blank=False)
    name_ar = Text(max_length=200)
    short_name = Text(max_length=80)
    short_name_ar = Text(max_length=80)
    kind = Word(PartyKind)
    organ_of = Named(records.parties, required=False, allow_null=True, help_text="Slug of the party that it speaks for.")
    aliases = AliasIn(many=True, required=False)


@extend_schema(tags=["parties"])
class Parties(ListModelMixin, RetrieveModelMixin, Endpoint):
    """Parties by their slug."""

    permission_classes = [IsAuthenticated & Reads & Administers]
    lookup_field = "slug"
    lookup_value_converter = "slug"
    serializer_class = PartyOut
    queryset = Party.objects.none()
    asked_by = PartyFilter
    expands = {"organ_of": "parties.Parties"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return every party, or those asked for; none of them is hidden from a reader."""
        return parties.filtered(self.request.user, self.asked_filter()) if self.action == "list" else parties.joined()

    @extend_schema(
        summary="List parties",
        responses={200: PartyOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Parties with their aliases and organs."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One party", responses={200: PartyOut, **schema.READING_ONE})
    def retrieve(self, *args: Any, **kwargs: Any) -> Any:
        """One party by its slug."""
        return super().retrieve(*args, **kwargs)

    @extend_schema(summary="Add a party", parameters=[schema.KEY], request=PartyIn, responses={201: PartyOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Add a party; for administrators."""
        return idempotency.once(request, lambda: self._add(request))

    def _add(self, request: Request) -> idempotency.Answer:
        said = PartyIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data)
        party = actions.add(by=cast(User, request.user), aliases=names_of(facts), **facts)
        return dict(self.get_serializer(parties.one(party.slug)).data), reverse("party-detail", kwargs={"slug": party.slug}, request=request)
