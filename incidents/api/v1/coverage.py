"""Coverage: where and when somebody could observe, and where observation was denied. Silence is not peace."""

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

from incidents.actions import coverage as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Named, Strict, Text, Word, YesOrNo
from incidents.api.permissions import LogsCoverage, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.places import PlaceNamed
from incidents.api.v1.sources import SourceNamed, Withholding
from incidents.models import Coverage, User
from incidents.queries import coverage
from incidents.queries.coverage import CoverageFilter
from incidents.vocabulary import CoverageKind


class CoverageOut(Withholding):
    """An observer's presence at a place over local days, both included, or its denial."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="coverage-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = AgreementNamed()
    observer = PartyNamed()
    kind = Word(CoverageKind)
    is_denied = serializers.BooleanField()
    denied_by = PartyNamed(allow_null=True)
    place = PlaceNamed(allow_null=True)
    place_as_worded = serializers.CharField(allow_null=True)
    from_on = Day()
    until_on = Day(allow_null=True, help_text="Null: no end is known.")
    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    link = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True, help_text="Its id where it came from.")
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: Coverage) -> tuple[str, ...]:
        """Return what this reader may not see of it."""
        return coverage.withheld(reader, instance)


class CoverageIn(Strict):
    """Coverage to log: a place of the gazetteer, or as it is worded."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    observer = Named(records.parties, help_text="Slug of who observes.")
    kind = Word(CoverageKind)
    is_denied = YesOrNo(default=False)
    denied_by = Named(records.parties, required=False, allow_null=True, help_text="Slug of who denied it.")
    place = Named(records.places, required=False, allow_null=True, help_text="Slug of the place.")
    place_as_worded = Text(max_length=300)
    from_on = Day()
    until_on = Day(required=False, allow_null=True)
    source = Named(records.sources, help_text="Slug of the source.")  # type: ignore[assignment]
    link = Text(max_length=2_000, help_text="Kept code point for code point.")
    note = Text(help_text="Ours; partners do not see it.")
    external_id = Text(max_length=200, allow_null=True, allow_blank=False, help_text="Its id where it came from; once under its agreement.")


@extend_schema(tags=["coverage"])
class CoverageRows(ListModelMixin, Endpoint):
    """Coverage, newest first by the order in which it was logged."""

    permission_classes = [IsAuthenticated & Reads & LogsCoverage]
    serializer_class = CoverageOut
    queryset = Coverage.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = CoverageFilter
    expands = {
        "agreement": "agreements.Agreements",
        "observer": "parties.Parties",
        "place": "places.Places",
        "source": "sources.Sources",
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Return the coverage asked for."""
        return coverage.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List coverage",
        responses={200: CoverageOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """What is not listed is not known to be covered, which is not the same as nobody having been there."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One coverage", responses={200: CoverageOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One coverage by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Log coverage", parameters=[schema.KEY], request=CoverageIn, responses={201: CoverageOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Log that somebody could observe, or was kept from it."""
        return idempotency.once(request, lambda: self._log(request))

    def _one(self, id: Any) -> Coverage:
        try:
            return coverage.one(self.request.user, id)
        except Coverage.DoesNotExist:
            raise Http404 from None

    def _log(self, request: Request) -> idempotency.Answer:
        said = CoverageIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        with idempotency.first_of_its_external_id():
            logged = actions.log(by=cast(User, request.user), **said.validated_data)
        shown = self.get_serializer(self._one(logged.public_id)).data
        return dict(shown), reverse("coverage-detail", kwargs={"id": logged.public_id}, request=request)
