"""Sides: the camps of one agreement, with their members and the days between which these stood there."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import agreements as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Named
from incidents.api.permissions import Administers, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed, MemberIn, SideIn, SideOut
from incidents.models import Side, User
from incidents.queries import agreements
from incidents.queries.agreements import SideFilter


class SideOfAgreement(SideOut):
    """A side of one agreement; `position` is its place in the order in which the agreement names them, and no rank."""

    url = serializers.HyperlinkedIdentityField(view_name="side-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = AgreementNamed()
    position = serializers.IntegerField()


class SideOfAgreementIn(SideIn):
    """A side of one agreement to put on record."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")


@extend_schema(tags=["agreements"])
class Sides(ListModelMixin, Endpoint):
    """Sides of agreements that this reader may see, those put on record last first."""

    permission_classes = [IsAuthenticated & Reads & Administers]
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
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Add a side", parameters=[schema.KEY], request=SideOfAgreementIn, responses={201: SideOfAgreement, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Put a side on record with its members; for administrators."""
        return idempotency.once(request, lambda: self._add(request))

    @extend_schema(summary="Add a member", parameters=[schema.KEY], request=MemberIn, responses={201: SideOfAgreement, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def members(self, request: Request, id: Any) -> HttpResponse:
        """Put a party on the side between two days; for administrators. Nobody is on two sides of an agreement on the same day."""
        return idempotency.once(request, lambda: self._join(request, self._one(id)))

    def _one(self, id: Any) -> Side:
        found = agreements.sides(self.request.user).filter(public_id=id).first()
        if found is None:
            raise Http404
        return found

    def _add(self, request: Request) -> idempotency.Answer:
        said = SideOfAgreementIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        return self._told(request, actions.add_side(by=cast(User, request.user), **said.validated_data))

    def _join(self, request: Request, side: Side) -> idempotency.Answer:
        said = MemberIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        actions.add_member(by=cast(User, request.user), side=side, **said.validated_data)
        return self._told(request, side)

    def _told(self, request: Request, side: Side) -> idempotency.Answer:
        shown = self.get_serializer(self._one(side.public_id)).data
        return dict(shown), reverse("side-detail", kwargs={"id": side.public_id}, request=request)
