"""Terms: the numbered articles of agreements. A violation breaks one."""

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

from incidents.actions import agreements as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Named
from incidents.api.permissions import Administers, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed, TermIn, TermOut
from incidents.models import Term, User
from incidents.queries import agreements
from incidents.queries.agreements import TermFilter


class TermOfAgreement(TermOut):
    """An article of one agreement."""

    url = serializers.HyperlinkedIdentityField(view_name="term-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = AgreementNamed()


class TermOfAgreementIn(TermIn):
    """An article of one agreement to put on record."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")


@extend_schema(tags=["agreements"])
class Terms(ListModelMixin, Endpoint):
    """Articles of agreements that this reader may see, those put on record last first."""

    permission_classes = [IsAuthenticated & Reads & Administers]
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
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Add a term", parameters=[schema.KEY], request=TermOfAgreementIn, responses={201: TermOfAgreement, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Put an article on record; for administrators."""
        return idempotency.once(request, lambda: self._add(request))

    def _one(self, id: Any) -> Term:
        found = agreements.terms(self.request.user).filter(public_id=id).first()
        if found is None:
            raise Http404
        return found

    def _add(self, request: Request) -> idempotency.Answer:
        said = TermOfAgreementIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        term = actions.add_term(by=cast(User, request.user), **said.validated_data)
        shown = self.get_serializer(self._one(term.public_id)).data
        return dict(shown), reverse("term-detail", kwargs={"id": term.public_id}, request=request)
