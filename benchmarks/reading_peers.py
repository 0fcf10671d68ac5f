"""The peers of `reading.py`: the same list of reports, with the same key and visibility, as one usually writes it. Addresses under /peer/."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from ninja import NinjaAPI, Schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.actions import keys
from incidents.api.authentication import ApiKeyAuthentication
from incidents.models import Agreement, CasualtyClaim, Incident, Party, Place, Report, Side, Source, Term
from incidents.queries import reports
from incidents.queries.filters import ReportFilter

NAMED = ("public_id", "slug", "name", "name_ar")
OWN = (
    *("public_id", "reference", "state", "version", "spoken_by", "accused_as_worded", "violation_type", "target_as_claimed", "stated_count", "unit"),
    *("occurred_on", "starts_at", "ends_at", "time_precision", "time_as_worded", "place_as_worded", "latitude", "longitude", "place_precision"),
    *("published_on", "link", "wording", "summary", "credibility", "submitted_at", "retracted_at", "retraction_reason", "external_id"),
)


def asked(reader: Any, limit: int) -> Any:
    return reports.filtered(reader, ReportFilter.parse({}))[:limit]


def named(of: Any, *names: str) -> Any:
    class Named(serializers.ModelSerializer[Any]):
        class Meta:
            model = of
            fields = names or NAMED

    return Named


class ReportListed(serializers.ModelSerializer[Report]):
    """The list of DRF's own ModelSerializer."""

    agreement = named(Agreement)()
    claimant = named(Party)()
    relayed_by = named(Party)()
    accused_party = named(Party)()
    accused_side = named(Side, "public_id", "code", "name", "name_ar")()
    term = named(Term, "number", "subject")()
    place = named(Place, *NAMED, "latitude", "longitude", "precision")()
    source = named(Source, "public_id", "slug", "name", "kind", "reliability")()
    incident = named(Incident)()
    casualty_claims = named(CasualtyClaim, "kind", "group", "low", "best", "high", "qualifier")(many=True)
    replaces_id = serializers.UUIDField()
    replaced_by_id = serializers.UUIDField()

    class Meta:
        model = Report
        fields = (
            *OWN,
            *("agreement", "claimant", "relayed_by", "accused_party", "accused_side", "term", "place", "source", "incident", "casualty_claims"),
            *("replaces_id", "replaced_by_id"),
        )


@api_view(["GET"])
def model_serializer(request: Request) -> Response:
    return Response({"results": ReportListed(asked(request.user, int(request.query_params["limit"])), many=True).data})


class PartySchema(Schema):
    public_id: Any
    slug: str
    name: str
    name_ar: str


class SideSchema(Schema):
    public_id: Any
    code: str
    name: str
    name_ar: str


class TermSchema(Schema):
    number: str
    subject: str


class PlaceSchema(PartySchema):
    latitude: float | None
    longitude: float | None
    precision: str


class SourceSchema(Schema):
    public_id: Any
    slug: str
    name: str
    kind: str
    reliability: str


class HarmSchema(Schema):
    kind: str
    group: str
    low: int | None
    best: int | None
    high: int | None
    qualifier: str


class ReportSchema(Schema):
    public_id: Any
    reference: str
    state: str
    version: int
    spoken_by: str | None
    accused_as_worded: str
    violation_type: str
    target_as_claimed: str
    stated_count: int | None
    unit: str
    occurred_on: Any
    starts_at: Any
    ends_at: Any
    time_precision: str
    time_as_worded: str
    place_as_worded: str
    latitude: float | None
    longitude: float | None
    place_precision: str
    published_on: Any
    link: str | None
    wording: str | None
    summary: str
    credibility: str
    submitted_at: Any
    retracted_at: Any
    retraction_reason: str | None
    external_id: str | None
    agreement: PartySchema
    claimant: PartySchema
    relayed_by: PartySchema | None
    accused_party: PartySchema | None
    accused_side: SideSchema | None
    term: TermSchema | None
    place: PlaceSchema | None
    source: SourceSchema | None
    incident: PartySchema | None
    harm: list[HarmSchema]
    replaces_id: Any
    replaced_by_id: Any

    @staticmethod
    def resolve_harm(report: Report) -> list[Any]:
        return list(report.casualty_claims.all())


def by_key(request: HttpRequest) -> Any:
    found = ApiKeyAuthentication().authenticate(Request(request))
    if found is None:
        return None
    reader, key = found
    keys.note_use(key=key)
    return reader if keys.take(key=key) >= 0 else None


ninja = NinjaAPI(auth=by_key, urls_namespace="peer", docs_url=None, openapi_url=None)


@ninja.get("/ninja", response=list[ReportSchema])
def listed(request: Any, limit: int) -> Any:
    return list(asked(request.auth, limit))


def nothing(request: HttpRequest) -> HttpResponse:
    """Answer with nothing: what Django's own middleware costs."""
    return HttpResponse(b"{}", content_type="application/json")


urlpatterns = [
    path("", include("incidents.api.urls")),
    path("peer/model-serializer", model_serializer),
    path("peer/nothing", nothing),
    path("peer/", ninja.urls),
]
