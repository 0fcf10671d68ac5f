"""Responses: how the accused, and others, answer for an event. Read, and logged; never rewritten."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response as Answer
from rest_framework.reverse import reverse

from incidents.actions import responses as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Named, Strict, Text, Word
from incidents.api.permissions import LogsReports, Reads
from incidents.api.v1 import records
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.reports import IncidentNamed
from incidents.api.v1.sources import SourceNamed, Withholding
from incidents.models import Response, User
from incidents.queries import incidents, responses
from incidents.queries.responses import ResponseFilter
from incidents.vocabulary import ResponseKind


class ResponseOut(Withholding):
    """What a party answers for an incident: a claim like any other."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="response-detail", lookup_field="public_id", lookup_url_kwarg="id")
    incident = IncidentNamed()
    party = PartyNamed()
    spoken_by = serializers.CharField(allow_null=True)
    kind = Word(ResponseKind)
    blamed = PartyNamed(allow_null=True)
    target_party = PartyNamed(allow_null=True, help_text="The party that, it says, was aimed at.")
    answered_on = Day()
    wording = serializers.CharField(allow_null=True)
    gist = serializers.CharField()
    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    link = serializers.CharField(allow_null=True)
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: Response) -> tuple[str, ...]:
        """Return what goes with a protected source."""
        return incidents.response_withheld(reader, instance)


class ResponseIn(Strict):
    """An answer to log: quoted in `wording`, or said in our words in `gist`."""

    incident = Named(records.incidents, help_text="Slug of the incident.")
    party = Named(records.parties, help_text="Slug of the party that answers.")
    spoken_by = Text(max_length=200)
    kind = Word(ResponseKind)
    blamed = Named(records.parties, required=False, allow_null=True, help_text="Slug; of `blames_another`.")
    target_party = Named(records.parties, required=False, allow_null=True, help_text="Slug of the party that, it says, was aimed at.")
    answered_on = Day()
    wording = Text(help_text="Kept code point for code point.")
    gist = Text()
    source = Named(records.sources, help_text="Slug of the source.")  # type: ignore[assignment]
    link = Text(max_length=2_000, help_text="Kept code point for code point.")


@extend_schema(tags=["responses"])
class Responses(ListModelMixin, Endpoint):
    """Answers for incidents that this reader may see, newest first by the order in which they were logged."""

    permission_classes = [IsAuthenticated & Reads & LogsReports]
    serializer_class = ResponseOut
    queryset = Response.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = ResponseFilter
    expands = {
        "incident": "incidents.Incidents",
        "party": "parties.Parties",
        "source": "sources.Sources",
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Return the answers asked for."""
        return responses.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List responses",
        responses={200: ResponseOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Every answer; that a party regrets after it denied does not unsay the denial."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One response", responses={200: ResponseOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Answer:
        """One answer by its id."""
        return Answer(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Log a response", parameters=[schema.KEY], request=ResponseIn, responses={201: ResponseOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Log how a party answers for an incident."""
        return idempotency.once(request, lambda: self._log(request))

    def _one(self, id: Any) -> Response:
        try:
            return incidents.responses(self.request.user).get(public_id=id)
        except Response.DoesNotExist:
            raise Http404 from None

    def _log(self, request: Request) -> idempotency.Answer:
        said = ResponseIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        response = actions.log(by=cast(User, request.user), **said.validated_data)
        shown = self.get_serializer(self._one(response.public_id)).data
        return dict(shown), reverse("response-detail", kwargs={"id": response.public_id}, request=request)
