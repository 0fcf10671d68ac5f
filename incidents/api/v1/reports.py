"""Reports: what one source said of one happening. Read, and logged; never rewritten."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import incidents
from incidents.actions import reports as actions
from incidents.api import bulk, conditional, idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Clock, Day, Degrees, Instant, LocalInstant, Named, Strict, Text, WholeNumber, Word
from incidents.api.permissions import LogsReports, Reads
from incidents.api.rendering import Renderer
from incidents.api.shaping import Shape
from incidents.api.v1 import records, report_bodies
from incidents.api.v1.agreements import AgreementNamed, SideNamed
from incidents.api.v1.casualties import HarmIn, HarmOut, stated
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.places import PlaceNamed
from incidents.api.v1.sources import SourceNamed, Withholding
from incidents.errors import RuleBroken
from incidents.models import Agreement, Report, User
from incidents.permissions import may_retract
from incidents.queries import reports, sides
from incidents.queries.filters import ReportFilter
from incidents.rules import timespans
from incidents.rules.timespans import Local
from incidents.vocabulary import (
    Bucket,
    Credibility,
    PlacePrecision,
    ReportState,
    TermSubject,
    TimePrecision,
    Unit,
    ViolationGroup,
    ViolationType,
    group_of,
)


class TermNamed(serializers.Serializer[Any]):
    """A numbered article of the report's agreement."""

    number = serializers.CharField()
    subject = Word(TermSubject)


class IncidentNamed(serializers.Serializer[Any]):
    """The event that we believe lies behind a report."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()
    name_ar = serializers.CharField()


class Against(serializers.Serializer[Any]):
    """Whom a report is held against: the side it names, or that on which the party it names stood on the day."""

    bucket = Word(Bucket)
    side = SideNamed(allow_null=True)


class ReportOut(Withholding):
    """A report. It is a claim by `claimant`, never a fact; null is not known, or not stated, and never zero."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="report-detail", lookup_field="public_id", lookup_url_kwarg="id")
    reference = serializers.CharField()
    agreement = AgreementNamed()
    state = Word(ReportState)
    version = serializers.IntegerField()

    claimant = PartyNamed()
    spoken_by = serializers.CharField(allow_null=True)
    relayed_by = PartyNamed(allow_null=True)
    accused_party = PartyNamed(allow_null=True)
    accused_side = SideNamed(allow_null=True)
    accused_as_worded = serializers.CharField()
    against = serializers.SerializerMethodField()

    violation_type = Word(ViolationType)
    violation_group = serializers.SerializerMethodField()
    term = TermNamed(allow_null=True)
    target_as_claimed = serializers.CharField()
    stated_count = serializers.IntegerField(allow_null=True, help_text="How many violations the report itself counts.")
    unit = Word(Unit)

    occurred_on = Day(allow_null=True, help_text="Local day; null where it spans several days or the day is unknown.")
    starts_at = LocalInstant("agreement.timezone", allow_null=True)
    ends_at = LocalInstant("agreement.timezone", allow_null=True, help_text="The first instant no longer meant; `starts_at` where it is exact.")
    time_precision = Word(TimePrecision)
    time_as_worded = serializers.CharField()
    timezone = serializers.CharField(source="agreement.timezone")

    place = PlaceNamed(allow_null=True)
    place_as_worded = serializers.CharField(allow_null=True)
    latitude = Degrees()
    longitude = Degrees()
    place_precision = Word(PlacePrecision, allow_null=True)

    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    published_on = Day(allow_null=True)
    link = serializers.CharField(allow_null=True)
    wording = serializers.CharField(allow_null=True)
    summary = serializers.CharField()
    credibility = Word(Credibility)

    incident = IncidentNamed(allow_null=True)
    harm = HarmOut(many=True, source="casualty_claims.all")
    submitted_at = Instant(allow_null=True)
    supersedes = serializers.UUIDField(source="replaces_id", allow_null=True)
    superseded_by = serializers.UUIDField(source="replaced_by_id", allow_null=True)
    retracted_at = Instant(allow_null=True)
    retraction_reason = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True, help_text="Its id where it came from.")
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: Report) -> tuple[str, ...]:
        """Return what this reader may not see of the report."""
        return reports.withheld(reader, instance)

    @extend_schema_field(Against)
    def get_against(self, report: Report) -> Any:
        bucket, side = Bucket.SIDE, report.accused_side
        if side is None:
            bucket, side = self._camps(report.agreement).side_of(report.accused_party, report.occurred_on)
        return Against({"bucket": bucket, "side": side}).data

    @extend_schema_field(Word(ViolationGroup))
    def get_violation_group(self, report: Report) -> str:
        return group_of(ViolationType(report.violation_type))

    def _camps(self, agreement: Agreement) -> sides.Camps:
        """Return who stands where under the agreement, read once for a page of reports."""
        known: dict[int, sides.Camps] = cast(dict[str, Any], self.context).setdefault("camps", {})
        if agreement.pk not in known:
            known[agreement.pk] = sides.camps(agreement)
        return known[agreement.pk]


class ReportIn(Strict):
    """A report to log. Say when by `occurred_on`, with a `time` or not, or by `starts_at` and `ends_at`; or leave it unknown."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    claimant = Named(records.parties, help_text="Slug of the party that claims.")
    spoken_by = Text(max_length=200)
    relayed_by = Named(records.parties, required=False, allow_null=True, help_text="Slug of the party through which the claim came.")
    accused_party = Named(records.parties, required=False, allow_null=True, help_text="Slug; neither this nor `accused_side`: nobody is accused.")
    accused_side = serializers.RegexField("^[A-Z]$", required=False, allow_null=True, help_text="Letter of a side of the agreement.")
    accused_as_worded = Text(max_length=300)

    violation_type = Word(ViolationType)
    term = Text(max_length=20, allow_null=True, allow_blank=False, help_text="Number of the article.")
    target_as_claimed = Text(max_length=300)
    stated_count = WholeNumber()
    unit = Word(Unit, default=Unit.VIOLATION)

    occurred_on = Day(required=False, allow_null=True)
    time = Clock(required=False, allow_null=True)
    starts_at = Instant(required=False, allow_null=True)
    ends_at = Instant(required=False, allow_null=True, help_text="The first instant no longer meant. Without it, as long as `time_precision` says.")
    time_precision = Word(TimePrecision, required=False, help_text="As far as it is not plain: a day alone is known to the day, a time exactly.")
    time_as_worded = Text(max_length=200)

    place = Named(records.places, required=False, allow_null=True, help_text="Slug of the place.")
    place_as_worded = Text(max_length=300)
    latitude = Degrees()
    longitude = Degrees()
    place_precision = Word(PlacePrecision, required=False, allow_null=True)

    source = Named(records.sources, help_text="Slug of the source.")  # type: ignore[assignment]
    published_on = Day(required=False, allow_null=True)
    link = Text(max_length=2_000, help_text="Kept code point for code point.")
    wording = Text(help_text="Kept code point for code point, blanks at either end included.")
    summary = Text(max_length=1_000)
    credibility = Word(Credibility, default=Credibility.UNJUDGED)
    external_id = Text(max_length=200, allow_null=True, allow_blank=False, help_text="Its id where it came from; once under its agreement.")
    harm = HarmIn(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the facts as the action takes them."""
        agreement: Agreement = attrs["agreement"]
        attrs["accused_side"] = records.side_of(agreement, attrs.get("accused_side"), "accused_side")
        attrs["term"] = records.term_of(agreement, attrs.get("term"), "term")
        attrs["place_precision"] = attrs.get("place_precision") or ""
        attrs["harm"] = stated(attrs.get("harm", []))
        return attrs | _when(attrs, agreement)


class CorrectionIn(ReportIn):
    """The report that takes the place of this one, under the same agreement and of the same incident. What it does not say is not carried over."""

    reason = Text(max_length=1_000, help_text="Why, for the change log.")


class RetractReportIn(Strict):
    """Why a report is withdrawn."""

    reason = Text(max_length=1_000, required=True, allow_blank=False, help_text="It stays on record with the report.")


def _when(attrs: dict[str, Any], agreement: Agreement) -> dict[str, Any]:
    """Return the span, the local day and the precision of what was said about the time; what it was said in is taken out."""
    day, clock, starts_at, ends_at = (attrs.pop(name, None) for name in ("occurred_on", "time", "starts_at", "ends_at"))
    precision = TimePrecision(attrs.pop("time_precision", _plain(day, clock, starts_at)))
    if day and (starts_at or ends_at):
        raise RuleBroken("said_twice", _("Say when either by a local day or by instants."), "starts_at" if starts_at else "ends_at")
    if clock and not day:
        raise RuleBroken("required", _("A time of day needs its day."), "occurred_on")
    if ends_at and not starts_at:
        raise RuleBroken("required", _("Say when it began."), "starts_at")
    if starts_at and ends_at:
        return _between(starts_at, ends_at, precision, agreement)
    if starts_at and precision == TimePrecision.EXACT:
        return _between(starts_at, starts_at, precision, agreement)
    start = Local(day, clock) if day else _on_clocks(starts_at, agreement)
    try:
        span = timespans.timespan(precision, agreement.zone, start, now=timezone.now())
    except RuleBroken as broken:
        said_as = "starts_at" if starts_at else "time" if broken.code in {"time_required", "no_such_time"} else "occurred_on"
        raise RuleBroken(broken.code, broken.message, said_as) from None
    return {"starts_at": span.starts_at, "ends_at": span.ends_at, "occurred_on": span.day, "time_precision": span.precision}


def _plain(day: Any, clock: Any, starts_at: Any) -> TimePrecision:
    """Return the precision that goes without saying."""
    if starts_at or clock:
        return TimePrecision.EXACT
    return TimePrecision.DAY if day else TimePrecision.UNKNOWN


def _on_clocks(instant: datetime | None, agreement: Agreement) -> Local | None:
    if instant is None:
        return None
    local = instant.astimezone(agreement.zone)
    return Local(local.date(), local.time())


def _between(starts_at: datetime, ends_at: datetime, precision: TimePrecision, agreement: Agreement) -> dict[str, Any]:
    """Return the span as it was given, with the local day under which it counts: none where it touches several, or is no day."""
    try:
        first, last = timespans.days_in_force(starts_at, ends_at, agreement.zone)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, "ends_at") from None
    undated = first != last or precision in {TimePrecision.WEEK, TimePrecision.MONTH, TimePrecision.UNKNOWN}
    return {
        "starts_at": starts_at.astimezone(UTC),
        "ends_at": ends_at.astimezone(UTC),
        "occurred_on": None if undated else first,
        "time_precision": precision,
    }


@extend_schema(tags=["reports"])
class Reports(ListModelMixin, Endpoint):
    """Reports that this reader may see, newest first by the order in which they were logged."""

    permission_classes = [IsAuthenticated & Reads & LogsReports]
    serializer_class = ReportOut
    queryset = Report.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = ReportFilter
    expands = {
        "agreement": "agreements.Agreements",
        "claimant": "parties.Parties",
        "accused_party": "parties.Parties",
        "place": "places.Places",
        "source": "sources.Sources",
        "incident": "incidents.Incidents",
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Return the reports asked for."""
        return reports.filtered(self.request.user, self.asked_filter())

    @extend_schema(summary="List reports", responses={200: ReportOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Every report that the filter leaves, of whatever state."""
        asked = self.asked_filter()
        if self.shape != Shape() or asked.as_known_on is not None:
            return super().list(*args, **kwargs)
        page: Any = self.paginator
        found = page.paginate_queryset(report_bodies.listed(self.request, asked), self.request, view=self)
        return page.get_paginated_response(report_bodies.written(self.request, found, self._whole))

    def texts(self, ids: Iterable[Any]) -> dict[str, str]:
        """Return these reports by id, each spelt as in the list."""
        rows = report_bodies.listed(self.request, ReportFilter()).among("public_id", list(ids))
        return {str(row.public_id): text for row, text in zip(rows, report_bodies.written(self.request, rows, self._whole), strict=True)}

    def _whole(self, keys: Sequence[int]) -> dict[int, str]:
        """Return these reports as they are sent, by key: each is looked at by itself."""
        if not keys:
            return {}
        found = self.get_queryset().filter(pk__in=keys)
        return {report.pk: Renderer().render(self.get_serializer(report).data).decode() for report in found}

    @extend_schema(summary="One report", responses={200: ReportOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One report by its id."""
        try:
            report = reports.one(request.user, id)
        except Report.DoesNotExist:
            raise Http404 from None
        return Response(self.get_serializer(report).data)

    @extend_schema(summary="Log a report", parameters=[schema.KEY], request=ReportIn, responses={201: ReportOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Log a report. Send an `Idempotency-Key`, and a request repeated after a lost answer is answered again, not logged again."""
        return idempotency.once(request, lambda: self._log(request))

    @extend_schema(
        summary="Log reports",
        parameters=[schema.KEY],
        request=bulk.rows_of(ReportIn, "ReportsIn"),
        responses={207: bulk.OutcomesOut, **schema.WRITING},
    )
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def many(self, request: Request) -> HttpResponse:
        """Log many reports at once, with an outcome for each row: what is refused of one leaves the others as they are."""
        return bulk.each(request, self._logged)

    @extend_schema(
        summary="Supersede a report",
        parameters=[schema.KEY, schema.MAY_MATCH],
        request=CorrectionIn,
        responses={201: ReportOut, **schema.REPLACING},
    )
    @action(detail=True, methods=["post"])
    def supersede(self, request: Request, id: Any) -> HttpResponse:
        """Log the report that takes the place of this one, which stays as it was received: one's own, or with the right to retract others'."""
        return idempotency.once(request, lambda: self._corrected(request, id))

    @extend_schema(
        summary="Retract a report",
        parameters=[schema.MAY_MATCH],
        request=RetractReportIn,
        responses={200: ReportOut, **schema.REPLACING},
    )
    @action(detail=True, methods=["post"])
    def retract(self, request: Request, id: Any) -> Response:
        """Withdraw a report with a reason; it stays on record. One's own, or with the right to retract others'. 409 where it no longer stands."""
        report = self._own(id)
        said = RetractReportIn(data=request.data)
        said.is_valid(raise_exception=True)
        actions.retract(report=report, by=cast(User, request.user), reason=said.validated_data["reason"])
        return Response(self.get_serializer(reports.one(request.user, id)).data)

    def _own(self, id: Any) -> Report:
        """Return the report, as the request takes it to be, if whoever asks may withdraw it."""
        try:
            report = reports.one(self.request.user, id)
        except Report.DoesNotExist:
            raise Http404 from None
        if not may_retract(self.request.user, report):
            raise PermissionDenied
        conditional.check(self.request, report.version)
        return report

    def _corrected(self, request: Request, id: Any) -> idempotency.Answer:
        report = self._own(id)
        said = CorrectionIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = said.validated_data
        with idempotency.first_of_its_external_id():
            correction = incidents.correct(report=report, by=cast(User, request.user), note=facts.pop("reason", ""), **facts)
        address = reverse("report-detail", kwargs={"id": correction.public_id}, request=request)
        return dict(self.get_serializer(reports.one(request.user, correction.public_id)).data), address

    def _log(self, request: Request) -> idempotency.Answer:
        made = self._logged(request.data)
        return dict(self.get_serializer(reports.one(request.user, made["id"])).data), made["url"]

    def _logged(self, data: Any) -> bulk.Written:
        said = ReportIn(data=data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        with idempotency.first_of_its_external_id():
            report = actions.submit(by=cast(User, self.request.user), **said.validated_data)
        return {"id": report.public_id, "url": reverse("report-detail", kwargs={"id": report.public_id}, request=self.request)}
