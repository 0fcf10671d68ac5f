"""Imports: send a file, say which column is which, look at what would become of its rows, commit, answer names, undo."""

import hashlib
from collections.abc import Mapping
from typing import IO, Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import imports as actions
from incidents.actions import reference
from incidents.api import idempotency, permissions, schema
from incidents.api.endpoints import Endpoint
from incidents.api.errors import CannotRead, TooLarge
from incidents.api.pagination import LineCursor
from incidents.api.parsers import StrictJSONParser
from incidents.api.v1.import_shapes import (
    AnswerIn,
    ArrangeIn,
    FormatOut,
    ImportIn,
    ImportNamed,
    ImportOut,
    ImportRowOut,
    NameOut,
    SentFile,
    UndoIn,
)
from incidents.errors import RuleBroken
from incidents.forms.imports import MODELS, drafted
from incidents.imports import receiving, registry, running
from incidents.imports.base import Format
from incidents.models import ImportBatch, ImportRow, UnresolvedName, User
from incidents.queries import filters
from incidents.queries import imports as batches

State = ImportBatch.State
MARGIN = 64 * 1024  # what a request holds beside the file
OUTCOMES = ("imported", "rejected", "held", "flagged", "known")


class FileParser(MultiPartParser):
    """A form with a file, which stands in the values by its hash."""

    def parse(  # type: ignore[override]
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the values. Raise TooLarge, or CannotRead for what is given more than once."""
        request: Request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > receiving.LARGEST + MARGIN:
            raise TooLarge("too_large", _("A file of more than 32 MB is imported by the command import_file."), "file")
        found = cast("DataAndFiles[Any, Any]", super().parse(stream, media_type, parser_context))
        values: dict[str, Any] = {}
        for part in (found.data, found.files):
            for name, given in part.lists():
                if len(given) > 1 or name in values:
                    raise CannotRead("said_twice", _("“%(name)s” is given more than once.") % {"name": name}, name)
                values[name] = given[0]
        return {name: _known_by_its_hash(value) if name in found.files else value for name, value in values.items()}


def _known_by_its_hash(upload: Any) -> SentFile:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    sent = SentFile(sha256=digest.hexdigest(), name=upload.name)
    sent.upload = upload
    return sent


class ImportEndpoint(Endpoint):
    """What is done with imports: seen and done by those who may import under their agreement."""

    permission_classes = [IsAuthenticated & permissions.Reads & permissions.Imports]

    def _batch(self) -> ImportBatch:
        found = batches.batches(self.request.user).filter(public_id=self.kwargs["id"]).first()
        if found is None:
            raise Http404
        return found

    def _answer(self, batch: ImportBatch) -> dict[str, Any]:
        shown = batches.batches(self.request.user).get(pk=batch.pk)
        return dict(ImportOut(shown, context=self.get_serializer_context()).data)

    def _said(self, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        said = form(data=self.request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        return dict(said.validated_data)


@extend_schema(tags=["imports"])
class Imports(ListModelMixin, ImportEndpoint):
    """Imports, the last sent first."""

    parser_classes = [StrictJSONParser, FileParser]
    serializer_class = ImportNamed
    queryset = ImportBatch.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        """Return the imports that this reader may see."""
        return batches.batches(self.request.user)

    @extend_schema(summary="List imports", responses={200: ImportNamed(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Files that were sent, and how far each is."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One import", responses={200: ImportOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One import: its state and progress, its columns, and what came of its rows."""
        return Response(self._answer(self._batch()))

    @extend_schema(
        summary="Send a file", parameters=[schema.KEY], request={"multipart/form-data": ImportIn}, responses={201: ImportOut, **schema.WRITING}
    )
    def create(self, request: Request) -> HttpResponse:
        """Keep a file's rows. Nothing comes of them before the import is committed. What cannot be told from the file is asked by name."""
        return idempotency.once(request, self._receive)

    @extend_schema(summary="Say which column is which", request=ArrangeIn, responses={200: ImportOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def arrange(self, request: Request, id: Any) -> Response:
        """Map the file's columns. Look at `rows/` for what would become of each row."""
        batch, values = self._batch(), self._said(ArrangeIn)
        return Response(self._answer(_arranged(batch, values)))

    @extend_schema(summary="Commit an import", request=None, responses={200: ImportOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, id: Any) -> Response:
        """Hand it to the workers: to be begun, or gone on with now that names are answered."""
        batch = self._batch()
        _must_be_whole(registry.named(batch.format), batch.mapping)
        return Response(self._answer(actions.queue(batch=batch)))

    @extend_schema(summary="Undo an import", request=UndoIn, responses={200: ImportOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: Any) -> Response:
        """Take back all that it put on record, with a reason. The log keeps it. Workers do it; look at `state`."""
        batch = self._batch()
        return Response(self._answer(actions.begin_undo(batch=batch, by=cast(User, request.user), reason=self._said(UndoIn)["reason"])))

    def _receive(self) -> idempotency.Answer:
        values = self._said(ImportIn)
        format, agreement = registry.named(values["format"]), values.get("agreement")
        if format.needs_agreement and agreement is None:
            raise RuleBroken("required", _("Say under which agreement."), "agreement")
        told = {name: values.get(name, "") for name in ("encoding", "separator", "sheet")}
        file = values["file"]
        batch = receiving.taken(file, name=file.name, format=format, by=cast(User, self.request.user), agreement=agreement, **told)
        if values.get("mapping") or values.get("options"):
            batch = _arranged(batch, values)
        return self._answer(batch), reverse("import-detail", kwargs={"id": batch.public_id}, request=self.request)


@extend_schema(tags=["imports"])
class ImportFormats(Endpoint):
    """The formats in which files are sent."""

    pagination_class = None

    @extend_schema(summary="List formats", responses={200: FormatOut(many=True), **schema.READING})
    def retrieve(self, request: Request) -> Response:
        """Each with its columns, as `mapping` names them."""
        return Response([_shown(format) for format in registry.formats().values()])


def _shown(format: Format) -> Any:
    columns = [{"name": one.name, "label": str(one.label), "is_required": one.is_required} for one in format.columns()]
    told = {name: getattr(format, name) for name in ("name", "needs_agreement", "is_fixed")}
    options = {name: default for name, (_label, default) in format.options.items()}
    return told | {"label": str(format.label), "help": str(format.help), "options": options, "columns": columns}


@extend_schema(tags=["imports"])
class ImportRows(ListModelMixin, ImportEndpoint):
    """The raw rows of an import, in the order of their lines."""

    serializer_class = ImportRowOut
    pagination_class = LineCursor
    queryset = ImportRow.objects.none()
    query_names = ("outcome",)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows of the outcome asked for. What is not committed has none by which to ask."""
        self.batch = self._batch()
        asked = filters.said_once(self.request.query_params, "outcome")
        if not asked:
            return self.batch.rows.all()
        if asked not in OUTCOMES or _is_open(self.batch):
            raise filters.unknown(asked, "outcome")
        return self.batch.rows.filter(**({f"is_{asked}": True} if asked in {"flagged", "known"} else {"outcome": asked}))

    def shown(self, rows: list[Any]) -> list[Any]:
        """Return the rows with their outcome: that which they would have, before the import is committed."""
        if _is_open(self.batch):
            running.tried(self.batch, rows)
            for row in rows:
                row.record_id = None if not row.is_known else row.record_id
        return rows

    @extend_schema(
        summary="Rows of an import",
        parameters=[OpenApiParameter("outcome", str, enum=OUTCOMES, description="Once it is committed.")],
        responses={200: ImportRowOut(many=True), **schema.READING_ONE},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Every row as it was sent, with its outcome and why. Before the import is committed, all of the work is done for the page and none kept."""
        return super().list(*args, **kwargs)


@extend_schema(tags=["imports"])
class ImportNames(ListModelMixin, ImportEndpoint):
    """The names of an import that led nowhere: those that wait, then those that were answered."""

    parser_classes = [StrictJSONParser]
    serializer_class = NameOut
    queryset = UnresolvedName.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the names."""
        return self._batch().unresolved.select_related("party", "place", "source")

    @extend_schema(summary="Names of an import that lead nowhere", responses={200: NameOut(many=True), **schema.READING_ONE})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Each with what it may mean, scored. Rows that bear one are held until it is answered."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="Answer a name", request=AnswerIn, responses={200: NameOut, **schema.WRITING_ONE})
    @transaction.atomic
    def answer(self, request: Request, id: Any) -> Response:
        """Say what a name is. Commit the import again, and its held rows go on."""
        batch, values = self._batch(), self._said(AnswerIn)
        one = batch.unresolved.filter(kind=values["kind"], name=values["name"]).first()
        if one is None:
            raise filters.unknown(values["name"], "name")
        by = cast(User, request.user)
        answered = actions.resolve(name=one, by=by, record=_meant(one, values, by), as_alias=values["as_alias"])
        return Response(NameOut(answered).data)


def _meant(one: UnresolvedName, values: dict[str, Any], by: User) -> Any:
    if new := values.get("new"):
        return reference.save(drafted(one, new["name"], new["kind"]), by=by, note=_("Named in an import."))
    if values["record"] is None:
        return None
    found = MODELS[one.kind]._default_manager.filter(slug=values["record"]).first()
    if found is None:
        raise filters.unknown(values["record"], "record")
    return found


def _is_open(batch: ImportBatch) -> bool:
    return batch.state in {State.RECEIVED, State.PREVIEWED}


def _arranged(batch: ImportBatch, values: dict[str, Any]) -> ImportBatch:
    """Return the batch with its columns mapped as was said. Raise RuleBroken, naming the column, for one that is not there."""
    format = registry.named(batch.format)
    said = values.get("mapping", {})
    if format.is_fixed and said:
        raise RuleBroken("fixed_columns", _("The columns of this format are fixed: nothing is mapped."), "mapping")
    known = {column.name for column in format.columns()}
    for name, choice in said.items():
        if name not in known or choice.get("header", batch.header[0]) not in batch.header:
            raise filters.unknown(name if name not in known else choice["header"], f"mapping.{name}")
    options = values.get("options", {})
    for name in options:
        if name not in format.options:
            raise filters.unknown(name, f"options.{name}")
    mapping = batch.mapping | said
    _must_be_whole(format, mapping)
    return actions.arrange(batch=batch, mapping=mapping, options=batch.options | options, agreement=batch.agreement)


def _must_be_whole(format: Format, mapping: Mapping[str, Any]) -> None:
    for name in receiving.missing(format, mapping):
        raise RuleBroken("required", _("The format needs this column."), f"mapping.{name}")
