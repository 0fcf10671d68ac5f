"""Sides: the camps of one agreement, with their members and the days between which these stood there."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.v1.agreements import AgreementNamed, SideOut
from incidents.models import Side
from incidents.queries import agreements
from incidents.queries.agreements import SideFilter


class SideOfAgreement(SideOut):
    """A side of one agreement; `position` is its place in the order in which the agreement names them, and no rank."""

    url = serializers.HyperlinkedIdentityField(view_name="side-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = AgreementNamed()
    position = serializers.IntegerField()


@extend_schema(tags=["agreements"])
class Sides(ListModelMixin, Endpoint):
    """Sides of agreements that this reader may see, those put on record last first."""

    serializer_class = SideOfAgreement
    queryset = Side.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = SideFilter
    expands = {"agreement": "agreements.Agreements", "members.party": "parties.Parties"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the sides asked for."""
        return agreements.sides(self.request.user, self.asked_filter())

    @extend_schema(summary="List sides", responses={200: SideOfAgreement(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Each with its members, and the agreement that it belongs to."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One side", responses={200: SideOfAgreement, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One side by its id."""
        found = agreements.sides(request.user).filter(public_id=id).first()
        if found is None:
            raise Http404
        return Response(self.get_serializer(found).data)
