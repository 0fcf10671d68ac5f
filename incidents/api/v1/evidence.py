"""Evidence: files and links behind reports, and the log's checkpoints, which are evidence about us."""

from collections.abc import Mapping
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import evidence as actions
from incidents.actions import reads
from incidents.actions.evidence import Received
from incidents.api import bulk, idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.errors import CannotRead, TooLarge
from incidents.api.fields import Instant, Strict, Text
from incidents.api.parsers import StrictJSONParser
from incidents.api.permissions import LogsReports, Reads
from incidents.api.v1.sources import Withholding
from incidents.errors import RuleBroken
from incidents.forms.evidence import MARGIN, SizeLimit
from incidents.models import Evidence, LogCheckpoint, ReadEntry, Report, User
from incidents.queries import checkpoints, evidence, filters, visibility
from incidents.queries.evidence import Download, EvidenceFilter, NotWhole, Row

BYTES = "application/octet-stream"


class Stored(dict[str, Any]):
    """What a file that came with this request is: in JSON nobody can claim one that did not."""


class SealingParser(MultiPartParser):
    """A form with a file, which is sealed in the store as it is read; what goes on is its hash."""

    def parse(  # type: ignore[override]
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the values. Raise TooLarge, or CannotRead for what is given more than once."""
        request: Request = (parser_context or {})["request"]
        limit = settings.EVIDENCE_LIMIT
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit + MARGIN:
            raise TooLarge("too_large", _("This file is larger than %(limit)d MB.") % {"limit": limit >> 20}, "file")
        request.upload_handlers.insert(0, SizeLimit(cast(Any, request)))
        found = cast("DataAndFiles[Any, Any]", super().parse(stream, media_type, parser_context))
        values: dict[str, Any] = {}
        for part in (found.data, found.files):
            for name, given in part.lists():
                if len(given) > 1 or name in values:
                    raise CannotRead("said_twice", _("“%(name)s” is given more than once.") % {"name": name}, name)
                values[name] = given[0]
        for name in found.files:
            file = values[name]
            values[name] = _sealed(file) if name == "file" else Stored()
        return values


def _sealed(file: Any) -> Stored:
    try:
        received = actions.receive(chunks=file.chunks(), name=file.name or "")
    except RuleBroken as broken:
        if broken.code == "too_large":
            raise TooLarge(broken.code, str(broken.message), broken.field) from None
        raise
    return Stored(sha256=received.sha256, size=received.size, media_type=received.media_type, name=received.name)


class SealedFile(serializers.FileField):
    """A file that came with this request."""

    def to_internal_value(self, data: Any) -> Received:  # type: ignore[override]
        """Return what was sealed."""
        if not isinstance(data, Stored) or not data:
            self.fail("invalid")
        return Received(**data)


class EvidenceOut(Withholding):
    """A file or a link attached to a report. Partners get a picture's copy, drawn anew without metadata, and no other bytes."""

    id = serializers.UUIDField(source="evidence.public_id")
    url = serializers.SerializerMethodField()
    report = serializers.UUIDField(source="evidence.report.public_id")
    title = serializers.CharField(source="evidence.title")
    link = serializers.CharField(source="evidence.link", help_text="As it came; empty for a file.")
    sha256 = serializers.CharField(source="evidence.sha256", allow_null=True, help_text="Of the original, at receipt; null for a link.")
    size = serializers.IntegerField(source="evidence.size", allow_null=True, help_text="Bytes of the original.")
    media_type = serializers.CharField(source="evidence.media_type", help_text="As its content shows, whatever it was called.")
    original_name = serializers.CharField(source="evidence.original_name", allow_null=True)
    original_url = serializers.SerializerMethodField(allow_null=True, help_text="Null for a link.")
    copy_url = serializers.SerializerMethodField(help_text="Null: no copy is shared, or none is drawn yet.")
    received_at = Instant(source="evidence.received_at")
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: Row) -> tuple[str, ...]:
        """Return what goes with originals."""
        return evidence.withheld(reader, instance.evidence.report)

    def get_url(self, row: Row) -> str:
        return self._at("detail", row)

    def get_original_url(self, row: Row) -> str | None:
        return self._at("original", row) if row.evidence.sha256 else None

    def get_copy_url(self, row: Row) -> str | None:
        return self._at("copy", row) if row.has_copy else None

    def _at(self, name: str, row: Row) -> str:
        return reverse(f"api-evidence-{name}", kwargs={"id": row.evidence.public_id}, request=self.context["request"])


class EvidenceIn(Strict):
    """A file, sent as a form (`multipart/form-data`), or a link."""

    report = serializers.UUIDField(help_text="Id of the report.")
    title = Text(max_length=200)
    link = Text(max_length=2_000, help_text="Kept code point for code point.")
    file = SealedFile(required=False, help_text="Kept byte for byte.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the values: one of file and link."""
        if bool(attrs.get("file")) == bool(attrs.get("link")):
            raise RuleBroken("one_of", _("Choose a file or give a link: one of the two."), "link" if attrs.get("link") else "file")
        return attrs


class Damaged(CannotRead):
    """What is stored is not what was received."""

    status_code = 409


@extend_schema(tags=["evidence"])
class EvidenceItems(ListModelMixin, Endpoint):
    """Evidence of reports that this reader may see, and not of protected sources where these are withheld; newest first."""

    permission_classes = [IsAuthenticated & Reads & LogsReports]
    parser_classes = [StrictJSONParser, SealingParser]
    serializer_class = EvidenceOut
    queryset = Evidence.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = EvidenceFilter
    expands = {"report": "reports.Reports"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the evidence asked for."""
        return evidence.filtered(self.request.user, self.asked_filter())

    def shown(self, rows: list[Any]) -> list[Any]:
        """Return the evidence, each with its copy."""
        return evidence.rows(rows)

    @extend_schema(
        summary="List evidence",
        responses={200: EvidenceOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Every file and link."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One piece of evidence", responses={200: EvidenceOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One by its id."""
        return Response(self._shown(self._one(id)))

    @extend_schema(
        summary="Attach evidence",
        parameters=[schema.KEY],
        request={"multipart/form-data": EvidenceIn, "application/json": EvidenceIn},
        responses={201: EvidenceOut, **schema.WRITING},
    )
    def create(self, request: Request) -> HttpResponse:
        """Attach a file or a link to a report. The same file or link is attached to a report once."""
        return idempotency.once(request, lambda: self._attach(request))

    @extend_schema(
        summary="Attach links",
        parameters=[schema.KEY],
        request=bulk.rows_of(EvidenceIn, "EvidenceRowsIn"),
        responses={207: bulk.OutcomesOut, **schema.WRITING},
    )
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk", parser_classes=[StrictJSONParser])
    def many(self, request: Request) -> HttpResponse:
        """Attach many links at once, with an outcome for each row. Files go one by one, each in a form of its own."""
        return bulk.each(request, self._attached)

    @extend_schema(
        summary="The original",
        responses={(200, BYTES): OpenApiTypes.BINARY, **schema.READING_ONE, **schema.problems(409)},
    )
    @action(detail=True, methods=["get"])
    def original(self, request: Request, id: Any) -> FileResponse:
        """The bytes as they were received, to be saved. Not for partners. Who asks for it is written down first."""
        found = self._one(id)
        if not found.sha256 or not evidence.sees_originals(request.user, found.report):
            raise Http404
        reads.record(by=cast(User, request.user), what=ReadEntry.What.ORIGINAL, records=[found])
        try:
            return _saved(evidence.original(found))
        except NotWhole:
            raise _damaged() from None

    @extend_schema(
        summary="The copy that is shared",
        responses={(200, "image/png"): OpenApiTypes.BINARY, (200, "image/jpeg"): OpenApiTypes.BINARY} | schema.READING_ONE | schema.problems(409),
    )
    @action(detail=True, methods=["get"])
    def copy(self, request: Request, id: Any) -> FileResponse:
        """A picture drawn anew: its pixels and nothing else."""
        try:
            download = evidence.shared_copy(self._one(id))
        except NotWhole:
            raise _damaged() from None
        if download is None:
            raise Http404
        return _saved(download)

    def _one(self, id: Any) -> Evidence:
        try:
            return evidence.one(self.request.user, id)
        except Evidence.DoesNotExist:
            raise Http404 from None

    def _shown(self, one: Evidence) -> dict[str, Any]:
        return dict(self.get_serializer(evidence.rows([one])[0]).data)

    def _attach(self, request: Request) -> idempotency.Answer:
        made = self._attached(request.data)
        return self._shown(self._one(made["id"])), made["url"]

    def _attached(self, data: Any) -> bulk.Written:
        said = EvidenceIn(data=data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        values = said.validated_data
        report = _report(self.request, values["report"])
        by, title = cast(User, self.request.user), values.get("title", "")
        if values.get("file"):
            attached = actions.attach_file(report=report, by=by, received=values["file"], title=title)
        else:
            attached = actions.attach(report=report, by=by, link=values["link"], title=title)
        return {"id": attached.public_id, "url": reverse("api-evidence-detail", kwargs={"id": attached.public_id}, request=self.request)}


def _report(request: Request, public_id: UUID) -> Report:
    report = visibility.reports(request.user).filter(public_id=public_id).first()
    if report is None:
        raise filters.unknown(str(public_id), "report")
    return report


def _damaged() -> Damaged:
    return Damaged("not_whole", _("The stored file is missing or is not what was received. Tell an administrator."))


def _saved(download: Download) -> FileResponse:
    answer = FileResponse(download.file, as_attachment=True, filename=download.name, content_type=download.media_type)
    for name, value in download.headers.items():
        answer[name] = value
    return answer


class LogCheckpointOut(serializers.Serializer[Any]):
    """The log as it stood at a seal. Hold it elsewhere: `docs/verify_log.py --checkpoint` then shows what was changed before it."""

    number = serializers.IntegerField(help_text="Of the last seal it covers.")
    seals = serializers.DictField(child=serializers.CharField(), help_text="That seal's hash, by its number.")
    root = serializers.CharField(help_text="Merkle root over all seals up to it (RFC 6962 prefixes).")  # type: ignore[assignment]
    previous = serializers.CharField(allow_null=True, help_text="Digest of the checkpoint before.")
    made_at = serializers.CharField(help_text="As it was hashed.")
    digest = serializers.CharField(help_text="SHA-256 of all the others as canonical JSON.")

    def to_representation(self, instance: LogCheckpoint) -> dict[str, Any]:
        """Return it as it is printed."""
        return instance.shown()


@extend_schema(tags=["checkpoints"])
class Checkpoints(ListModelMixin, Endpoint):
    """Checkpoints of the log, the last first. They say nothing of what is in it."""

    serializer_class = LogCheckpointOut
    queryset = LogCheckpoint.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Return all of them."""
        return checkpoints.listed()

    @extend_schema(summary="List checkpoints", responses={200: LogCheckpointOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Every checkpoint, to be held by whoever wants to check the log later."""
        return super().list(*args, **kwargs)
