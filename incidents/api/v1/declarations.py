"""Declarations: what parties say of a truce, from which its standing is derived. Read, and logged; never rewritten."""

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

from incidents.actions import declarations as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Instant, Named, Strict, Text, Word
from incidents.api.permissions import LogsDeclarations, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed, DeclarationOut
from incidents.models import Declaration, User
from incidents.queries import declarations
from incidents.queries.declarations import DeclarationFilter
from incidents.vocabulary import Stance


class DeclarationOfAgreement(DeclarationOut):
    """A party's dated word on one agreement."""

    agreement = AgreementNamed()


class DeclarationIn(Strict):
    """A declaration to log: quoted in `wording`, or said in our words in `gist`."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    party = Named(records.parties, help_text="Slug of the party that declares.")
    spoken_by = Text(max_length=200)
    stance = Word(Stance)
    blamed = serializers.ListField(child=Named(records.parties), required=False, help_text="Slugs.")
    declared_on = Day(help_text="The local day.")
    declared_at = Instant(required=False, allow_null=True, help_text="Where the hour is known.")
    wording = Text(help_text="Kept code point for code point.")
    wording_ar = Text(help_text="The same in Arabic, where it was said or published so.")
    gist = Text()
    source = Named(records.sources, help_text="Slug of the source.")  # type: ignore[assignment]
    link = Text(max_length=2_000, help_text="Kept code point for code point.")


@extend_schema(tags=["declarations"])
class Declarations(ListModelMixin, Endpoint):
    """Declarations, newest first by the order in which they were entered."""

    permission_classes = [IsAuthenticated & Reads & LogsDeclarations]
    serializer_class = DeclarationOfAgreement
    queryset = Declaration.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = DeclarationFilter
    expands = {
        "agreement": "agreements.Agreements",
        "party": "parties.Parties",
        "source": "sources.Sources",
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Return the declarations asked for."""
        return declarations.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List declarations",
        responses={200: DeclarationOfAgreement(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """What parties declared. Each counts until the same party declares something else."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One declaration", responses={200: DeclarationOfAgreement, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One declaration by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(
        summary="Log a declaration", parameters=[schema.KEY], request=DeclarationIn, responses={201: DeclarationOfAgreement, **schema.WRITING}
    )
    def create(self, request: Request) -> HttpResponse:
        """Log what a party declares of a truce."""
        return idempotency.once(request, lambda: self._log(request))

    def _one(self, id: Any) -> Declaration:
        try:
            return declarations.one(self.request.user, id)
        except Declaration.DoesNotExist:
            raise Http404 from None

    def _log(self, request: Request) -> idempotency.Answer:
        said = DeclarationIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        logged = actions.declare(by=cast(User, request.user), **said.validated_data)
        shown = self.get_serializer(self._one(logged.public_id)).data
        return dict(shown), reverse("declaration-detail", kwargs={"id": logged.public_id}, request=request)
