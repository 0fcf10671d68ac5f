"""Possible duplicates: which reports on file may be of the same event as one that is about to be logged, and why."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Clock, Day, Degrees, Instant, Named, Strict, Text, Word
from incidents.api.permissions import LogsReports, Reads
from incidents.api.v1 import records
from incidents.api.v1.reports import ReportOut, _when
from incidents.errors import RuleBroken
from incidents.models import Report
from incidents.queries import duplicates, reports, visibility
from incidents.rules.matching import Likeness
from incidents.vocabulary import PlacePrecision, TimePrecision, ViolationType


class DraftSaid(Strict):
    """A report as far as it is known; whatever is left out is not compared."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    violation_type = Word(ViolationType, required=False)
    occurred_on = Day(required=False, allow_null=True)
    time = Clock(required=False, allow_null=True)
    starts_at = Instant(required=False, allow_null=True)
    ends_at = Instant(required=False, allow_null=True)
    time_precision = Word(TimePrecision, required=False)
    place = Named(records.places, required=False, allow_null=True, help_text="Slug of the place.")
    latitude = Degrees()
    longitude = Degrees()
    place_precision = Word(PlacePrecision, required=False, allow_null=True)
    source = Named(records.sources, required=False, allow_null=True, help_text="Slug of the source.")  # type: ignore[assignment]
    link = Text(max_length=2_000)
    wording = Text()
    summary = Text(max_length=1_000)
    report = serializers.UUIDField(required=False, allow_null=True, help_text="Id of the report, if it is logged: it is no duplicate of itself.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what is compared."""
        source = attrs.pop("source", None)
        attrs |= _when(attrs, attrs["agreement"])
        if (attrs.get("latitude") is None) != (attrs.get("longitude") is None):
            raise RuleBroken("half_a_point", _("Give both coordinates or neither."), "latitude" if attrs.get("latitude") is None else "longitude")
        return attrs | {"source_id": source.pk if source else None, "place_precision": attrs.get("place_precision") or ""}


class LikenessOut(serializers.Serializer[Any]):
    """What two reports have in common, or how far apart they are."""

    code = Word(Likeness)
    text = serializers.CharField(help_text="In the language asked for: 0.4 km apart.")
    km = serializers.FloatField(allow_null=True)
    minutes = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True, help_text="How much of the wording is shared.")


class CandidateOut(serializers.Serializer[Any]):
    """A report that may be of the same event. A person decides."""

    report = ReportOut()
    score = serializers.FloatField(help_text="Orders candidates from 0 to 1; no probability.")
    reasons = LikenessOut(many=True)


class CandidatesOut(serializers.Serializer[Any]):
    """The most alike first, five at most."""

    candidates = CandidateOut(many=True)


@extend_schema(tags=["reports"])
class Duplicates(Endpoint):
    """Reports that may be of the same event as a draft."""

    permission_classes = [IsAuthenticated & Reads & LogsReports]
    serializer_class = CandidatesOut
    queryset = Report.objects.none()
    pagination_class = None

    @extend_schema(
        summary="Possible duplicates of a draft",
        request=DraftSaid,
        responses={200: CandidatesOut, **{code: answer for code, answer in schema.WRITING.items() if code != 201}},
    )
    def create(self, request: Request) -> Response:
        """Candidates by place, time, type, wording, and shared source or address, each with its reasons. Nothing is saved."""
        said = DraftSaid(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data)
        saved = facts.pop("report", None)
        own = visibility.reports(request.user).filter(public_id=saved).first() if saved else None
        found = duplicates.candidates(request.user, duplicates.Draft(**facts, report=own))
        keys = [one.report.pk for one in found]
        whole = {report.pk: report for report in reports.joined(request.user, visibility.reports(request.user).filter(pk__in=keys))}
        rows = [
            {"report": whole[one.report.pk], "score": round(one.score, 3), "reasons": [_reason(reason) for reason in one.reasons]} for one in found
        ]
        return Response(self.get_serializer({"candidates": rows}).data)


def _reason(reason: Any) -> dict[str, Any]:
    return {"code": reason.code, "text": reason.text, **{name: reason.facts.get(name) for name in ("km", "minutes", "percent")}}
