"""Assessments: our judgement of an incident under an agreement. Decided by one editor, confirmed by a second; partners see what is confirmed."""

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

from incidents.actions import assessments as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant, Named, Strict, Text, WholeNumber, Word
from incidents.api.permissions import Assesses, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed, SideNamed
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.reports import IncidentNamed, TermNamed
from incidents.models import Agreement, Assessment, User
from incidents.permissions import Capability, may
from incidents.queries import assessments, incidents
from incidents.queries.assessments import AssessmentFilter
from incidents.vocabulary import Attribution, HarmGrade, Occurrence, ScopeAnswer


class AssessmentOut(serializers.Serializer[Any]):
    """What an editor decided, and whether a second one confirmed it. Only what is confirmed counts as verified."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="assessment-detail", lookup_field="public_id", lookup_url_kwarg="id")
    incident = IncidentNamed()
    agreement = AgreementNamed()
    version = serializers.IntegerField()
    occurrence = Word(Occurrence)
    term = TermNamed(allow_null=True)
    attribution = Word(Attribution)
    attributed_party = PartyNamed(allow_null=True)
    attributed_side = SideNamed(allow_null=True)
    harm_grade = Word(HarmGrade, allow_null=True)
    target_as_assessed = serializers.CharField()
    target_party = PartyNamed(allow_null=True)
    in_force = Word(ScopeAnswer)
    party_bound = Word(ScopeAnswer)
    target_excluded = Word(ScopeAnswer)
    place_covered = Word(ScopeAnswer)
    public_summary = serializers.CharField()
    reason = serializers.SerializerMethodField(help_text="Internal: null to partners.")
    decided_at = Instant(allow_null=True)
    confirmed_at = Instant(allow_null=True)

    def get_reason(self, assessment: Assessment) -> str | None:
        return assessment.reason if may(self.context["request"].user, Capability.READ_INTERNAL_NOTES, assessment) else None


class DecisionIn(Strict):
    """A decision. What is left out is unverified, not established, unknown. Send `version` 0 for the first, the last one read to decide anew."""

    incident = Named(records.incidents, help_text="Slug of the incident.")
    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    version = WholeNumber(allow_null=False, help_text="409 if somebody changed it since.")
    occurrence = Word(Occurrence)
    term = Text(max_length=20, allow_null=True, allow_blank=False, help_text="Number of the article broken.")
    attribution = Word(Attribution, default=Attribution.NOT_ESTABLISHED)
    attributed_party = Named(records.parties, required=False, allow_null=True, help_text="Slug; this or `attributed_side` where it is attributed.")
    attributed_side = serializers.RegexField("^[A-Z]$", required=False, allow_null=True, help_text="Letter of a side of the agreement.")
    harm_grade = Word(HarmGrade, required=False, allow_null=True)
    target_as_assessed = Text(max_length=300)
    target_party = Named(records.parties, required=False, allow_null=True, help_text="Slug of the party struck.")
    in_force = Word(ScopeAnswer, default=ScopeAnswer.UNKNOWN)
    party_bound = Word(ScopeAnswer, default=ScopeAnswer.UNKNOWN)
    target_excluded = Word(ScopeAnswer, default=ScopeAnswer.UNKNOWN)
    place_covered = Word(ScopeAnswer, default=ScopeAnswer.UNKNOWN)
    reason = Text(max_length=20_000, required=True, help_text="Required; internal.")
    public_summary = Text(max_length=20_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the judgement as the action takes it."""
        agreement: Agreement = attrs["agreement"]
        attrs["attributed_side"] = records.side_of(agreement, attrs.get("attributed_side"), "attributed_side")
        attrs["term"] = records.term_of(agreement, attrs.get("term"), "term")
        attrs["harm_grade"] = attrs.get("harm_grade") or ""
        return attrs


class ConfirmationIn(Strict):
    """A second editor's confirmation of what they read."""

    version = WholeNumber(required=True, allow_null=False)
    note = Text(max_length=4_000)


@extend_schema(tags=["assessments"])
class Assessments(ListModelMixin, Endpoint):
    """Assessments of incidents that this reader may see."""

    permission_classes = [IsAuthenticated & Reads & Assesses]
    serializer_class = AssessmentOut
    queryset = Assessment.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = AssessmentFilter
    expands = {
        "incident": "incidents.Incidents",
        "agreement": "agreements.Agreements",
        "attributed_party": "parties.Parties",
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Return the assessments asked for."""
        return assessments.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List assessments",
        responses={200: AssessmentOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Judgements, one for each incident and agreement. To partners an unconfirmed one does not exist."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One assessment", responses={200: AssessmentOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One assessment by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Decide", parameters=[schema.KEY], request=DecisionIn, responses={201: AssessmentOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Decide on an incident under an agreement, or decide anew. Nobody decides on a report that they entered."""
        return idempotency.once(request, lambda: self._decide(request))

    @extend_schema(summary="Confirm a decision", request=ConfirmationIn, responses={200: AssessmentOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: Any) -> Response:
        """Confirm as a second editor what another decided. 409 where it changed since, or is confirmed already."""
        said = ConfirmationIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        actions.confirm(assessment=self._one(id), by=cast(User, request.user), **said.validated_data)
        return Response(self.get_serializer(self._one(id)).data)

    def _one(self, id: Any) -> Assessment:
        try:
            return incidents.assessments(self.request.user).get(public_id=id)
        except Assessment.DoesNotExist:
            raise Http404 from None

    def _decide(self, request: Request) -> idempotency.Answer:
        said = DecisionIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        assessment = actions.decide(by=cast(User, request.user), **said.validated_data)
        shown = self.get_serializer(self._one(assessment.public_id)).data
        return dict(shown), reverse("assessment-detail", kwargs={"id": assessment.public_id}, request=request)
