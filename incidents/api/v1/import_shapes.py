"""What imports look like as JSON, and what a request may say of one."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.actions import imports as actions
from incidents.api import parsers
from incidents.api.fields import Instant, Named, Strict, Text, Word, YesOrNo
from incidents.api.v1 import records
from incidents.errors import RuleBroken
from incidents.forms.imports import KINDS
from incidents.imports import registry
from incidents.imports.base import Format
from incidents.imports.messages import said
from incidents.models import ImportBatch, ImportRow, UnresolvedName
from incidents.queries import imports as batches

LONGEST_VALUE = 300
# Kept among a batch's options, and none of them: what was said of the file, how far a worker came.
OURS = {"said", "held_after", "undone_after"}


class SentFile(dict[str, Any]):
    """A file that came with this request, known by its hash: in JSON nobody can claim one that did not."""

    upload: Any = None


@extend_schema_field({"type": "string", "format": "binary"})
class FileSent(serializers.Field[Any, Any, Any, Any]):
    """A file that came with this request."""

    default_error_messages = {"invalid": gettext_lazy("Send a file, as multipart/form-data.")}

    def to_internal_value(self, data: Any) -> Any:
        """Return the file."""
        if not isinstance(data, SentFile) or data.upload is None:
            self.fail("invalid")
        return data.upload


@extend_schema_field({"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}}})
class Mapping(serializers.Field[Any, Any, Any, Any]):
    """Which column is which: `{"claimant": {"header": "Reporter"}, "source": {"value": "bulletin"}}`; in a form, as text."""

    default_error_messages = {"invalid": gettext_lazy("Write an object that gives each column a header of the file, or a value for every row.")}

    def to_internal_value(self, data: Any) -> dict[str, dict[str, str]]:
        """Return the mapping, its shape checked; whether there are such columns is known later."""
        found = parsers.read(data.encode()) if isinstance(data, str) else data
        if not isinstance(found, dict):
            self.fail("invalid")
        for name, choice in found.items():
            is_one = isinstance(choice, dict) and len(choice) == 1 and set(choice) <= {"header", "value"}
            if not is_one or not all(isinstance(text, str) and len(text) <= LONGEST_VALUE for text in choice.values()):
                raise serializers.ValidationError({name: [serializers.ErrorDetail(str(self.error_messages["invalid"]), "invalid")]})
        return found

    def to_representation(self, value: Any) -> Any:
        """Return the mapping."""
        return value


@extend_schema_field({"type": "object", "additionalProperties": {"type": "boolean"}})
class Options(serializers.Field[Any, Any, Any, Any]):
    """What the format does only when told to, each true or false; in a form, as text."""

    default_error_messages = {"invalid": gettext_lazy("Write an object that gives each option true or false.")}

    def to_internal_value(self, data: Any) -> dict[str, bool]:
        """Return the options."""
        found = parsers.read(data.encode()) if isinstance(data, str) else data
        if not isinstance(found, dict) or not all(chosen is True or chosen is False for chosen in found.values()):
            self.fail("invalid")
        return found

    def to_representation(self, value: Any) -> Any:
        """Return the options alone."""
        return {name: chosen for name, chosen in value.items() if name not in OURS}


class ColumnOut(serializers.Serializer[Any]):
    """One of a format's columns."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    is_required = serializers.BooleanField()


class FormatOut(serializers.Serializer[Any]):
    """A format of files: its columns, and what it does only when told to."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    needs_agreement = serializers.BooleanField()
    is_fixed = serializers.BooleanField(help_text="Its columns are those of whoever publishes it: nothing is mapped.")
    options = serializers.SerializerMethodField()
    columns = ColumnOut(many=True)

    def get_options(self, format: Format) -> dict[str, bool]:
        """Return each option with what it is where nothing is said."""
        return {name: default for name, (_label, default) in format.options.items()}


class ImportNamed(serializers.Serializer[Any]):
    """One file and how far it is."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="import-detail", lookup_field="public_id", lookup_url_kwarg="id")
    format = serializers.CharField()
    agreement = serializers.CharField(source="agreement.slug", allow_null=True)
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    state = Word(ImportBatch.State)
    problem = serializers.CharField(help_text="What stopped it, where its state is failed.")
    rows_sent = serializers.IntegerField(allow_null=True)
    rows_read = serializers.IntegerField(help_text="How many have their outcome.")
    by = serializers.CharField(source="by.username", allow_null=True)
    received_at = Instant(source="created_at")
    finished_at = Instant(allow_null=True)
    undone_at = Instant(allow_null=True)
    undo_reason = serializers.CharField(allow_null=True)


class CountsOut(serializers.Serializer[Any]):
    """Rows by outcome: pending + imported + rejected + held are all that were sent; known and flagged are among the imported."""

    pending = serializers.IntegerField()
    imported = serializers.IntegerField()
    rejected = serializers.IntegerField()
    held = serializers.IntegerField()
    known = serializers.IntegerField()
    flagged = serializers.IntegerField()


class KindOut(serializers.Serializer[Any]):
    """One kind of message: how many rows bear it, and on which line it stands first."""

    level = serializers.CharField()
    code = serializers.CharField()
    rows = serializers.IntegerField()
    first_line = serializers.IntegerField()
    first = serializers.CharField(help_text="What it says there.")


class ImportOut(ImportNamed):
    """One file: what was found out about it, which column is which, how far it is and what came of its rows."""

    encoding = serializers.CharField()
    separator = serializers.CharField()
    said = serializers.SerializerMethodField()
    header = serializers.ListField(child=serializers.CharField())
    mapping = Mapping()
    options = Options()
    missing = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    messages = serializers.SerializerMethodField()
    names_waiting = serializers.SerializerMethodField()

    def get_said(self, batch: ImportBatch) -> list[str]:
        """Return what was detected: encoding, separator, sheet."""
        return [said(message) for message in batch.options.get("said", [])]

    def get_missing(self, batch: ImportBatch) -> list[str]:
        """Return the columns that the format needs and nothing in the file is said to be."""
        return [column.name for column in registry.named(batch.format).columns() if column.is_required and not batch.mapping.get(column.name)]

    @extend_schema_field(CountsOut)
    def get_counts(self, batch: ImportBatch) -> dict[str, int]:
        """Return how many rows had which outcome."""
        return actions.counts(batch)

    @extend_schema_field(KindOut(many=True))
    def get_messages(self, batch: ImportBatch) -> list[dict[str, Any]]:
        """Return what is said of the rows, kind by kind."""
        return [
            {"level": level, "code": code, "rows": rows, "first_line": line, "first": said(message)}
            for (level, code), (rows, (line, message)) in batches.kinds_of_messages(batch).items()
        ]

    def get_names_waiting(self, batch: ImportBatch) -> int:
        """Return how many names wait for a person."""
        return batch.unresolved.filter(resolved_at=None).count()


class MessageOut(serializers.Serializer[Any]):
    """One thing said of a row: an error rejects it, held holds it, a flag keeps it with what is wrong named, a note only tells."""

    level = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField(help_text="Which column; empty where it is about the row.")
    detail = serializers.CharField()


class ImportRowOut(serializers.Serializer[Any]):
    """One raw row with its outcome: before the import is committed, the one that it would have."""

    line = serializers.IntegerField(source="number")
    raw = serializers.ListField(child=serializers.CharField(), help_text="Its cells as they were sent.")
    outcome = Word(ImportRow.Outcome)
    is_known = serializers.BooleanField(help_text="The record was here already.")
    is_flagged = serializers.BooleanField()
    messages = serializers.SerializerMethodField()
    record_type = serializers.CharField()
    record = serializers.UUIDField(source="record_id", allow_null=True, help_text="Null until it is on record.")

    @extend_schema_field(MessageOut(many=True))
    def get_messages(self, row: ImportRow) -> list[dict[str, Any]]:
        """Return what is said of it, in the reader's language."""
        return [{"level": one["level"], "code": one["code"], "field": one.get("field", ""), "detail": said(one)} for one in row.messages]


class NameCandidateOut(serializers.Serializer[Any]):
    """What a name may mean. Nothing is picked beforehand."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="By which of its names.")
    score = serializers.FloatField()
    reasons = serializers.ListField(child=serializers.CharField())


class NameOut(serializers.Serializer[Any]):
    """A name that leads nowhere, or led nowhere until a person answered."""

    kind = Word(UnresolvedName.Kind)
    name = serializers.CharField()
    rows = serializers.IntegerField(help_text="How many wait for it.")
    candidates = NameCandidateOut(many=True)
    record = serializers.SerializerMethodField(allow_null=True, help_text="Slug of the answer; null without one, or where it is none of ours.")
    resolved_at = Instant(allow_null=True)

    def get_record(self, one: UnresolvedName) -> str | None:
        """Return the slug of what a person said it is."""
        record = one.party or one.place or one.source
        return record.slug if record else None


class ImportIn(Strict):
    """A file of rows, sent as a form (`multipart/form-data`)."""

    file = FileSent()
    format = Text(required=True, allow_blank=False, help_text="Name of a format.")
    agreement = Named(records.agreements, required=False, help_text="Slug; most formats need one.")
    encoding = Text(max_length=40, help_text="Where it cannot be told.")
    separator = Text(max_length=20, help_text="Where it cannot be told: comma, semicolon, tab or pipe.")
    sheet = Text(max_length=100, help_text="Of a spreadsheet with several.")
    mapping = Mapping(required=False)
    options = Options(required=False)


class ArrangeIn(Strict):
    """Which column is which. What is left out of `mapping` is as the file's own headers tell."""

    mapping = Mapping(required=False)
    options = Options(required=False)


class UndoIn(Strict):
    """Why an import is undone."""

    reason = Text(max_length=1000, required=True)


class NewRecordIn(Strict):
    """A record to add for a name. `kind` is a kind of party or source, or how exactly a place is known."""

    name = Text(max_length=200, required=True, allow_blank=False)
    kind = Text(max_length=40, required=True, allow_blank=False)


class AnswerIn(Strict):
    """What a name is: one on record, a new one (`new`), or none of ours (`record` is null)."""

    kind = Word(UnresolvedName.Kind)
    name = Text(max_length=300, required=True, allow_blank=False, help_text="As the list of names has it.")
    record = Text(allow_null=True, allow_blank=False, max_length=80, help_text="Slug.")
    new = NewRecordIn(required=False)
    as_alias = YesOrNo(default=False, help_text="Keep this spelling with the party or place for the next import.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the values: one of record and new."""
        if ("record" in attrs) == ("new" in attrs):
            raise RuleBroken("one_of", _("Name a record, say null for none of ours, or give a new one."), "record")
        if "new" in attrs and attrs["new"]["kind"] not in KINDS[attrs["kind"]].values:
            raise RuleBroken("unknown_word", _("This word is not in the vocabulary."), "new.kind")
        return attrs
