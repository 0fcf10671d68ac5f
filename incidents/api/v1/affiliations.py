"""Affiliations: how parties are tied to one another for a time."""

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

from incidents.actions import parties as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Named, Strict, Text, Word
from incidents.api.permissions import Administers, Reads
from incidents.api.v1 import records
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.sources import SourceNamed, Withholding
from incidents.models import Affiliation, User
from incidents.queries import parties
from incidents.queries.parties import AffiliationFilter
from incidents.vocabulary import AffiliationKind


class AffiliationOut(Withholding):
    """`party` is tied to `other`: member of it, renamed to it ... between two local days, both included. Null: not known, or still so."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="affiliation-detail", lookup_field="public_id", lookup_url_kwarg="id")
    party = PartyNamed()
    kind = Word(AffiliationKind)
    other = PartyNamed()
    from_on = Day(allow_null=True)
    until_on = Day(allow_null=True)
    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    link = serializers.CharField(allow_null=True)
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: Affiliation) -> tuple[str, ...]:
        """Return what goes with a protected source."""
        return parties.withheld(reader, instance)


class AffiliationIn(Strict):
    """A tie to put on record."""

    party = Named(records.parties, help_text="Slug.")
    kind = Word(AffiliationKind)
    other = Named(records.parties, help_text="Slug of the party that it is tied to.")
    from_on = Day(required=False, allow_null=True)
    until_on = Day(required=False, allow_null=True)
    source = Named(records.sources, required=False, allow_null=True, help_text="Slug of the source.")  # type: ignore[assignment]
    link = Text(max_length=2_000, help_text="Kept code point for code point.")


@extend_schema(tags=["parties"])
class Affiliations(ListModelMixin, Endpoint):
    """Ties between parties, those put on record last first."""

    permission_classes = [IsAuthenticated & Reads & Administers]
    serializer_class = AffiliationOut
    queryset = Affiliation.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = AffiliationFilter
    expands = {"party": "parties.Parties", "other": "parties.Parties", "source": "sources.Sources"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the ties asked for."""
        return parties.affiliations(self.asked_filter())

    @extend_schema(
        summary="List affiliations",
        responses={200: AffiliationOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Who joined, led, split from or became whom, and when."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One affiliation", responses={200: AffiliationOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One tie by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Add an affiliation", parameters=[schema.KEY], request=AffiliationIn, responses={201: AffiliationOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Put a tie on record; for administrators."""
        return idempotency.once(request, lambda: self._add(request))

    def _one(self, id: Any) -> Affiliation:
        try:
            return parties.affiliation(id)
        except Affiliation.DoesNotExist:
            raise Http404 from None

    def _add(self, request: Request) -> idempotency.Answer:
        said = AffiliationIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        tie = actions.affiliate(by=cast(User, request.user), **said.validated_data)
        shown = self.get_serializer(self._one(tie.public_id)).data
        return dict(shown), reverse("affiliation-detail", kwargs={"id": tie.public_id}, request=request)
