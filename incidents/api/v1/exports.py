"""Exports: taking rows away as a file, at once or made by a worker, with the same filters as the lists."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import exports as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant, Strict, Text, Word
from incidents.api.permissions import Reads, TakesAway
from incidents.exports import drawing, sidecar
from incidents.exports.columns import EXPORTS
from incidents.exports.formats import FORMATS
from incidents.models import ApiKey, ExportJob, User
from incidents.queries import exports
from incidents.queries.filters import said_once

FILTERS = {name: word.says for export in reversed(EXPORTS.values()) for name, word in export.asked_by.words().items()}
WHAT = [
    OpenApiParameter("of", str, enum=list(EXPORTS), required=True, description="What to take away."),
    OpenApiParameter("format", str, enum=list(FORMATS), required=True),
    *(OpenApiParameter(name, str, description=f"As in the list. {says}") for name, says in FILTERS.items()),
]

_MEDIA_TYPES = {kind.media_type.partition(";")[0]: "" for kind in FORMATS.values()}
# GeoJSON is one object of JSON; the others are bytes to whoever reads JSON.
FILES = {(200, name): OpenApiTypes.OBJECT if name.endswith("+json") else OpenApiTypes.BINARY for name in _MEDIA_TYPES}


class ExportOut(serializers.Serializer[Any]):
    """A file that was asked for. It is kept for a week once it is there."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="export-detail", lookup_field="public_id", lookup_url_kwarg="id")
    of = serializers.CharField()
    format = serializers.CharField()
    filter = serializers.DictField(child=serializers.CharField())
    state = Word(ExportJob.State)
    asked_at = Instant(source="created_at")
    bytes = serializers.IntegerField(source="written", help_text="Written so far.")
    rows = serializers.IntegerField(allow_null=True)
    change = serializers.IntegerField(allow_null=True, help_text="Number of the last sealed change when the rows were read.")
    read_at = Instant(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    expires_at = Instant(allow_null=True)
    problem = serializers.CharField()
    file = serializers.SerializerMethodField(help_text="Null until it is there, and when it is no longer.")
    sidecar = serializers.HyperlinkedIdentityField(view_name="export-sidecar", lookup_field="public_id", lookup_url_kwarg="id")

    def get_file(self, job: ExportJob) -> str | None:
        if job.state != ExportJob.State.DONE:
            return None
        return reverse("export-file", kwargs={"id": job.public_id}, request=self.context["request"])

    def to_representation(self, instance: ExportJob) -> dict[str, Any]:
        """Return the export; a hash that is not there yet is null."""
        shown = super().to_representation(instance)
        return shown | ({"sha256": shown["sha256"] or None} if "sha256" in shown else {})


class ExportIn(Strict):
    """What to make a file of."""

    of = Text(max_length=40, required=True, allow_blank=False)
    format = Text(max_length=40, required=True, allow_blank=False)
    filter = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True), required=False, help_text="As in the list.")


@extend_schema(tags=["exports"])
class Exports(ListModelMixin, Endpoint):
    """One's own exports."""

    permission_classes = [IsAuthenticated & Reads & TakesAway]
    serializer_class = ExportOut
    queryset = ExportJob.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        """Return this reader's exports."""
        return exports.visible(self.request.user)

    @extend_schema(summary="List exports", responses={200: ExportOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Newest first."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One export", responses={200: ExportOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """How far it is."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Ask for an export", parameters=[schema.KEY], request=ExportIn, responses={201: ExportOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Have a file made. What it holds is what this key may see when it is made."""
        return idempotency.once(request, lambda: self._ask(request))

    @extend_schema(summary="The file", responses={**FILES, **schema.READING_ONE})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, id: Any) -> FileResponse:
        """The file, once it is there."""
        job = self._one(id)
        try:
            file = (exports.folder() / job.stored_as).open("rb") if job.state == ExportJob.State.DONE else None
        except OSError:
            file = None
        if file is None:
            raise Http404
        answer = FileResponse(file, as_attachment=True, filename=name_of(job.of, job.format), content_type=FORMATS[job.format].media_type)
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(summary="What must be known of it", responses={200: OpenApiTypes.OBJECT, **schema.READING_ONE})
    @action(detail=True, methods=["get"])
    def sidecar(self, request: Request, id: Any) -> Response:
        """Filter, instant, definitions, licence and caveats, to be kept beside the file."""
        return Response(sidecar.of(self._one(id)))

    def _one(self, id: Any) -> ExportJob:
        try:
            return exports.one(self.request.user, id)
        except ExportJob.DoesNotExist:
            raise Http404 from None

    def _ask(self, request: Request) -> idempotency.Answer:
        said = ExportIn(data=request.data)
        said.is_valid(raise_exception=True)
        facts, by = said.validated_data, cast(User, request.user)
        asked = {name: value for name, value in facts.get("filter", {}).items() if value}
        drawing.checked(by, facts["of"], facts["format"], asked)
        job = actions.ask(by=by, of=facts["of"], format=facts["format"], asked=asked, mark=mark_of(request))
        return dict(self.get_serializer(job).data), reverse("export-detail", kwargs={"id": job.public_id}, request=request)


@extend_schema(tags=["exports"])
class Drawn(Endpoint):
    """A file at once."""

    permission_classes = [IsAuthenticated & Reads & TakesAway]
    pagination_class = None
    queryset = ExportJob.objects.none()
    serializer_class = ExportOut
    query_names = ("of", "format", *FILTERS)

    @extend_schema(
        summary="Take rows away at once",
        parameters=WHAT,
        responses={**FILES, **schema.READING},
    )
    def list(self, request: Request) -> StreamingHttpResponse:
        """A stream, however many rows there are. For what takes long, ask for an export instead and fetch it when it is there."""
        asked = {name: value for name in FILTERS if (value := said_once(request.query_params, name))}
        of, format = said_once(request.query_params, "of"), said_once(request.query_params, "format")
        return answered(cast(User, request.user), of, format, asked, mark_of(request))


def answered(reader: User, of: str, format: str, asked: dict[str, str], mark: str) -> StreamingHttpResponse:
    """Return the stream as a file to save."""
    pieces = drawing.stream(reader, of, format, asked, mark)
    answer = StreamingHttpResponse(pieces, content_type=FORMATS[format].media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name_of(of, format)}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def name_of(of: str, format: str) -> str:
    """Return the file's name: what and when, and nothing of whom or where."""
    return f"truce-{of}-{timezone.now():%Y-%m-%d}.{FORMATS[format].extension}"


def mark_of(request: Request) -> str:
    """Return the mark that tells for whom an export was drawn: the key's public part, or the person's number."""
    return f"key:{request.auth.lookup}" if isinstance(request.auth, ApiKey) else f"user:{request.user.pk}"
