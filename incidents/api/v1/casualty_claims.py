"""Casualty claims: harm as each report states it, with who states it. Contradictory ones stand side by side; none are added."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Word
from incidents.api.v1.agreements import AgreementNamed
from incidents.api.v1.casualties import HarmOut
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.reports import IncidentNamed
from incidents.models import CasualtyClaim
from incidents.queries import casualties
from incidents.queries.casualties import CasualtyFilter
from incidents.vocabulary import ReportState


class ReportNamed(serializers.Serializer[Any]):
    """The report that states the harm."""

    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField()
    state = Word(ReportState)


class CasualtyClaimOut(HarmOut):
    """Harm of one kind to one group, as one report states it. Its id is the report's with kind and group: no report states the same twice."""

    id = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    report = ReportNamed()
    agreement = AgreementNamed(source="report.agreement")
    incident = IncidentNamed(source="report.incident", allow_null=True)
    claimant = PartyNamed(source="report.claimant")
    occurred_on = Day(source="report.occurred_on", allow_null=True, help_text="Of the report: the local day, if it is one.")

    def get_id(self, claim: CasualtyClaim) -> str:
        return f"{claim.report.public_id}.{claim.kind}.{claim.group}"

    def get_url(self, claim: CasualtyClaim) -> str:
        return reverse("casualty-claim-detail", kwargs={"id": self.get_id(claim)}, request=self.context["request"])


@extend_schema(tags=["reports"])
class CasualtyClaims(ListModelMixin, Endpoint):
    """Casualty claims of reports that this reader may see, the last entered first."""

    serializer_class = CasualtyClaimOut
    queryset = CasualtyClaim.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "str"
    asked_by = CasualtyFilter
    expands = {"report": "reports.Reports", "incident": "incidents.Incidents", "claimant": "parties.Parties"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the claims asked for."""
        return casualties.filtered(self.request.user, self.asked_filter())

    @extend_schema(summary="List casualty claims", responses={200: CasualtyClaimOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Each as it is stated, of reports that no longer stand, too. For the range over those of one incident see the incident."""
        return super().list(*args, **kwargs)

    @extend_schema(
        summary="One casualty claim",
        parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, description="Report, kind and group between full stops.")],
        responses={200: CasualtyClaimOut, **schema.READING_ONE},
    )
    def retrieve(self, request: Request, id: str) -> Response:
        """What one report states of one harm to one group."""
        try:
            report, kind, group = id.split(".")
            found = casualties.one(request.user, UUID(report), kind, group)
        except (ValueError, CasualtyClaim.DoesNotExist):
            raise Http404 from None
        return Response(self.get_serializer(found).data)
