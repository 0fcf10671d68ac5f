"""Declarations: what parties say of a truce, from which its standing is derived. Read here; an administrator enters them."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.v1.agreements import AgreementNamed, DeclarationOut
from incidents.models import Declaration, Party
from incidents.queries import filters, visibility


class DeclarationOfAgreement(DeclarationOut):
    """A party's dated word on one agreement."""

    agreement = AgreementNamed()


@extend_schema(tags=["declarations"])
class Declarations(ListModelMixin, Endpoint):
    """Declarations, newest first by the order in which they were entered."""

    serializer_class = DeclarationOfAgreement
    queryset = Declaration.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    query_names = ("agreement",)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the declarations of the agreements that this reader may see, of one where it is named."""
        agreements = visibility.agreements(self.request.user)
        slug = filters.slug(filters.said_once(self.request.query_params, "agreement"), "agreement")
        if slug:
            agreements = agreements.filter(slug=slug)
            if not agreements.exists():
                raise filters.unknown(slug, "agreement")
        return _joined(Declaration.objects.filter(agreement__in=agreements))

    @extend_schema(
        summary="List declarations",
        parameters=[OpenApiParameter("agreement", str, description="Slug.")],
        responses={200: DeclarationOfAgreement(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """What parties declared. Each counts until the same party declares something else."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One declaration", responses={200: DeclarationOfAgreement, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One declaration by its id."""
        found = _joined(Declaration.objects.filter(agreement__in=visibility.agreements(request.user))).filter(public_id=id).first()
        if found is None:
            raise Http404
        return Response(self.get_serializer(found).data)


def _joined(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
    blamed = Prefetch("blamed", queryset=Party.objects.order_by("name", "id"))
    return rows.select_related("agreement", "party", "source").prefetch_related(blamed).order_by("-id")
