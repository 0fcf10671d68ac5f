"""Areas: what an agreement covers on the map, and what it leaves out."""

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

from incidents.actions import areas as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Named, Strict, Text, YesOrNo
from incidents.api.permissions import Administers, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed, AreaOut
from incidents.models import AgreementArea, User
from incidents.queries import areas
from incidents.queries.areas import AreaFilter


class AreaOfAgreement(AreaOut):
    """An area of one agreement."""

    url = serializers.HyperlinkedIdentityField(view_name="area-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = AgreementNamed()


class AreaIn(Strict):
    """An area to put on record: a place of the gazetteer, or a shape."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    name = Text(max_length=200, required=True, allow_blank=False)
    is_excluded = YesOrNo(default=False, help_text="Left out of the agreement.")
    place = Named(records.places, required=False, allow_null=True, help_text="Slug of the place.")
    geometry = serializers.DictField(required=False, allow_null=True, help_text="GeoJSON Polygon or MultiPolygon, longitude before latitude.")
    from_on = Day(required=False, allow_null=True)
    until_on = Day(required=False, allow_null=True)


@extend_schema(tags=["agreements"])
class Areas(ListModelMixin, Endpoint):
    """Areas of agreements, those put on record last first. An agreement without one covers the whole."""

    permission_classes = [IsAuthenticated & Reads & Administers]
    serializer_class = AreaOfAgreement
    queryset = AgreementArea.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = AreaFilter
    expands = {"agreement": "agreements.Agreements", "place": "places.Places"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the areas asked for."""
        return areas.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List areas",
        responses={200: AreaOfAgreement(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """What agreements cover and leave out, and between which days."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One area", responses={200: AreaOfAgreement, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One area by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Add an area", parameters=[schema.KEY], request=AreaIn, responses={201: AreaOfAgreement, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Put an area on record; for administrators."""
        return idempotency.once(request, lambda: self._add(request))

    def _one(self, id: Any) -> AgreementArea:
        try:
            return areas.one(self.request.user, id)
        except AgreementArea.DoesNotExist:
            raise Http404 from None

    def _add(self, request: Request) -> idempotency.Answer:
        said = AreaIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = {"place": None, "geometry": None} | said.validated_data
        area = actions.add(by=cast(User, request.user), **facts)
        shown = self.get_serializer(self._one(area.public_id)).data
        return dict(shown), reverse("area-detail", kwargs={"id": area.public_id}, request=request)
