"""Terms: the numbered articles of agreements. A violation breaks one."""

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
from incidents.api.v1.agreements import AgreementNamed, TermOut
from incidents.models import Term
from incidents.queries import agreements
from incidents.queries.agreements import TermFilter


class TermOfAgreement(TermOut):
    """An article of one agreement."""

    url = serializers.HyperlinkedIdentityField(view_name="term-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = AgreementNamed()


@extend_schema(tags=["agreements"])
class Terms(ListModelMixin, Endpoint):
    """Articles of agreements that this reader may see, those put on record last first."""

    serializer_class = TermOfAgreement
    queryset = Term.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = TermFilter
    expands = {"agreement": "agreements.Agreements"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the articles asked for."""
        return agreements.terms(self.request.user, self.asked_filter())

    @extend_schema(summary="List terms", responses={200: TermOfAgreement(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Each with the agreement that it belongs to."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One term", responses={200: TermOfAgreement, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One article by its id."""
        found = agreements.terms(request.user).filter(public_id=id).first()
        if found is None:
            raise Http404
        return Response(self.get_serializer(found).data)
