"""Incidents: the events we believe lie behind reports, with what is derived from them by named rules. Read; what is said of them stays theirs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Instant, Word
from incidents.api.v1.agreements import AgreementNamed
from incidents.api.v1.assessments import AssessmentOut
from incidents.api.v1.reports import IncidentNamed, ReportOut
from incidents.api.v1.responses import ResponseOut
from incidents.models import Incident
from incidents.queries import incidents, scope
from incidents.queries.incidents import Dossier, IncidentFilter, Known
from incidents.queries.scope import StruckBy, TimeUsed, UnderAgreement
from incidents.rules import bonds, facts
from incidents.rules.facts import FactRule
from incidents.rules.findings import Because, Finding, ScopeQuestion
from incidents.rules.grades import GradedBy
from incidents.rules.ranges import DerivedBy
from incidents.vocabulary import HarmGrade, HarmGroup, HarmKind, Qualifier, ScopeAnswer, TimePrecision


class ContradictionOut(serializers.Serializer[Any]):
    """Two reports that cannot both be right; `km`: how far apart their places are."""

    reports = serializers.ListField(child=serializers.UUIDField())
    km = serializers.FloatField(allow_null=True)


class WhenOut(serializers.Serializer[Any]):
    """When, as precise as the coarsest report. All null: no report says."""

    starts_at = Instant(allow_null=True)
    ends_at = Instant(allow_null=True)
    occurred_on = Day(allow_null=True, help_text="The local day under which every report counts it; null where they differ.")
    precision = Word(TimePrecision, allow_null=True)
    rule = Word(FactRule)
    reports = serializers.ListField(child=serializers.UUIDField())
    contradictions = ContradictionOut(many=True)


class WhereOut(serializers.Serializer[Any]):
    """Where, by the most precise report. All null: no report says."""

    name = serializers.CharField(allow_null=True)
    path = serializers.ListField(child=serializers.CharField(), help_text="Slugs of the place and of what it lies in.")
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    radius_m = serializers.FloatField(allow_null=True)
    rule = Word(FactRule)
    reports = serializers.ListField(child=serializers.UUIDField())
    contradictions = ContradictionOut(many=True)


class HarmClaimOut(serializers.Serializer[Any]):
    """What one report states."""

    report = serializers.UUIDField()
    low = serializers.IntegerField(allow_null=True)
    best = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    qualifier = Word(Qualifier)


class DerivedHarmOut(serializers.Serializer[Any]):
    """The range over what reports state of one harm to one group. It replaces none of them; groups are never added."""

    kind = Word(HarmKind)
    group = Word(HarmGroup)
    low = serializers.IntegerField(allow_null=True)
    low_qualifier = Word(Qualifier)
    high = serializers.IntegerField(allow_null=True)
    high_qualifier = Word(Qualifier)
    text = serializers.CharField(help_text="For people: 62 (at least) to 90.")
    rule = Word(DerivedBy)
    unknown = serializers.IntegerField(help_text="Claims that state harm and not how many.")
    claims = HarmClaimOut(many=True)


class AccusationOut(serializers.Serializer[Any]):
    """Who accuses one party or side. All of `party`, `side` null: who reports it and accuses nobody."""

    party = serializers.CharField(allow_null=True, help_text="Slug.")
    side = serializers.CharField(allow_null=True, help_text="Letter of a side of the report's agreement.")
    name = serializers.CharField(allow_null=True)
    claimants = serializers.ListField(child=serializers.CharField(), help_text="Slugs.")
    reports = serializers.ListField(child=serializers.UUIDField())


class IncidentRow(IncidentNamed):
    """An incident with what is derived from its current reports."""

    url = serializers.HyperlinkedIdentityField(view_name="incident-detail", lookup_field="public_id", lookup_url_kwarg="id")
    when = WhenOut()
    where = WhereOut()
    harm = DerivedHarmOut(many=True)
    accusations = AccusationOut(many=True)
    version = serializers.IntegerField(source="incident.version", help_text="Send it with a change of which reports are of the incident.")
    report_ids = serializers.ListField(child=serializers.UUIDField(), help_text="The current reports that all of this is derived from.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the incident with what is derived."""
        tree = self.context.setdefault("tree", scope.Tree())  # type: ignore[attr-defined]
        derived = incidents.known(instance, tree) if isinstance(instance, Incident) else instance.known
        return super().to_representation(_Shown(derived, instance))


class ReasonOut(serializers.Serializer[Any]):
    """Why."""

    code = Word(Because)
    text = serializers.CharField()


class AnswerOut(serializers.Serializer[Any]):
    """An answer to one question of scope with its reasons. Derived: an editor decides."""

    answer = Word(ScopeAnswer)
    reasons = ReasonOut(many=True)


class ClaimedAnswerOut(AnswerOut):
    """Whether the target is excluded if it was what one party says was aimed at."""

    party = serializers.CharField(help_text="Slug of who says so.")


class TargetOut(serializers.Serializer[Any]):
    """Is the target excluded: as claimed, as struck, and together."""

    claimed = ClaimedAnswerOut(many=True)
    struck = AnswerOut()
    struck_by = Word(StruckBy)
    whole = AnswerOut()


class ScopeOut(serializers.Serializer[Any]):
    """The four answers under one agreement, beside one another. What is open only an editor can decide."""

    agreement = AgreementNamed()
    time_used = Word(TimeUsed)
    in_force = AnswerOut()
    party_bound = AnswerOut()
    target_excluded = TargetOut()
    place_covered = AnswerOut()
    open_questions = serializers.ListField(child=Word(ScopeQuestion))


class GradeOut(serializers.Serializer[Any]):
    """How well harm and its author are established; null where no report states harm."""

    grade = Word(HarmGrade, allow_null=True)
    rule = Word(GradedBy)
    reports = serializers.ListField(child=serializers.UUIDField())


class ConvoyNamed(serializers.Serializer[Any]):
    """A convoy that is part of the incident."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="convoy-detail", lookup_field="public_id", lookup_url_kwarg="id")
    reference = serializers.CharField()


class IncidentOut(IncidentRow):
    """An incident: the claims side by side, how parties answer, what follows under each agreement, and what editors decided."""

    merged_into = serializers.UUIDField(allow_null=True, help_text="Id of the incident in which it goes on, through any number of mergers.")
    grade = GradeOut()
    scope = ScopeOut(many=True)
    reports = serializers.SerializerMethodField(help_text="Whole, in the order received; those that no longer stand included.")
    responses = ResponseOut(many=True)
    assessments = AssessmentOut(many=True)
    convoys = ConvoyNamed(many=True)

    @extend_schema_field(ReportOut(many=True))
    def get_reports(self, shown: Any) -> Any:
        rows = sorted([*shown.known.reports, *shown.dossier.past], key=lambda report: report.pk)
        return ReportOut(rows, many=True, context=self.context).data


class _Shown:
    """An incident as its serializers read it."""

    def __init__(self, known: Known, instance: Incident | Dossier) -> None:
        self.known, self.incident = known, known.incident
        for name in ("public_id", "slug", "name", "name_ar", "pk"):
            setattr(self, name, getattr(known.incident, name))
        self.when = _when(known)
        self.where = _where(known)
        self.harm = [_harm(fact) for fact in known.harm]
        self.accusations = [_accusation(row) for row in known.accusations.value]
        self.report_ids = [report.public_id for report in known.reports]
        if isinstance(instance, Dossier):
            self.dossier = instance
            self.merged_into = known.incident.heir.public_id if known.incident.merged_into else None
            self.grade = {"grade": instance.grade.value, "rule": instance.grade.rule, "reports": instance.grade.reports}
            self.scope = [_scope(row) for row in instance.scope]
            self.responses, self.assessments, self.convoys = instance.responses, instance.assessments, instance.convoys


def _when(known: Known) -> dict[str, Any]:
    span = known.when.value
    return {
        "starts_at": span.starts_at if span else None,
        "ends_at": span.ends_at if span else None,
        "occurred_on": span.day if span else None,
        "precision": span.precision if span else None,
        **_fact(known.when),
    }


def _where(known: Known) -> dict[str, Any]:
    place = known.where.value
    point = place.point if place else None
    return {
        "name": place.name if place else None,
        "path": list(place.path) if place else [],
        "latitude": point.latitude if point else None,
        "longitude": point.longitude if point else None,
        "radius_m": point.radius_m if point else None,
        **_fact(known.where),
    }


def _fact(fact: facts.Fact[Any]) -> dict[str, Any]:
    apart = [{"reports": list(row.reports), "km": row.km} for row in fact.contradictions]
    return {"rule": fact.rule, "reports": list(fact.reports), "contradictions": apart}


def _harm(fact: facts.Fact[facts.HarmFact]) -> dict[str, Any]:
    count = fact.value.count
    return {
        "kind": fact.value.kind,
        "group": fact.value.group,
        "low": count.low,
        "low_qualifier": count.low_qualifier,
        "high": count.high,
        "high_qualifier": count.high_qualifier,
        "text": incidents.stated(fact),
        "rule": count.rule,
        "unknown": count.unknown,
        "claims": [
            {"report": report, "low": row.low, "best": row.best, "high": row.high, "qualifier": row.qualifier}
            for report, _by, row in fact.value.claims
        ],
    }


def _accusation(row: facts.Accusation) -> dict[str, Any]:
    accused = row.accused
    return {
        "party": accused.id if isinstance(accused, bonds.Party) else None,
        "side": accused.code if isinstance(accused, bonds.Side) else None,
        "name": accused.name if accused else None,
        "claimants": [claimant.id for claimant in row.claimants],
        "reports": list(row.reports),
    }


def _scope(under: UnderAgreement) -> dict[str, Any]:
    found = under.found
    return {
        "agreement": under.agreement,
        "time_used": under.time_used,
        "in_force": _answer(found.in_force),
        "party_bound": _answer(found.party_bound),
        "target_excluded": {
            "claimed": [{"party": by.id, **_answer(one)} for by, one in found.target.claimed],
            "struck": _answer(found.target.struck),
            "struck_by": under.struck_by,
            "whole": _answer(found.target.whole),
        },
        "place_covered": _answer(found.place_covered),
        "open_questions": list(found.open_questions),
    }


def _answer(finding: Finding) -> dict[str, Any]:
    return {"answer": finding.answer, "reasons": list(_reasons(finding))}


def _reasons(finding: Finding) -> Iterable[dict[str, str]]:
    return ({"code": reason.code, "text": reason.text} for reason in finding.reasons)


@extend_schema(tags=["incidents"])
class Incidents(ListModelMixin, Endpoint):
    """Incidents that this reader may see, newest first by the order in which they were opened."""

    queryset = Incident.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = IncidentFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return the incidents asked for."""
        return incidents.filtered(self.request.user, self.asked_filter())

    def get_serializer_class(self) -> type[IncidentRow]:
        """Return the short form for lists."""
        return IncidentRow if self.action == "list" else IncidentOut

    @extend_schema(
        summary="List incidents",
        responses={200: IncidentRow(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Incidents with what is derived from their reports."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One incident", responses={200: IncidentOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One incident by its id. One that was merged into another says where it goes on."""
        try:
            return Response(self.get_serializer(incidents.dossier(request.user, id)).data)
        except Incident.DoesNotExist:
            raise Http404 from None
