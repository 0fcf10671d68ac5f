"""What records and their fields are called where the log of changes names them: as their own forms call them, in the reader's language."""

from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RECORDS = {
    "affiliation": _("Tie"),
    "aggregateclaim": _("Published total"),
    "agreement": _("Agreement"),
    "agreementarea": _("Area"),
    "agreementrole": _("Role on an agreement"),
    "apikey": _("Key"),
    "assessment": _("Assessment"),
    "comment": _("Comment"),
    "convoy": _("Convoy"),
    "convoyevent": _("Convoy event"),
    "coverage": _("Coverage"),
    "declaration": _("Declaration"),
    "evidence": _("Evidence"),
    "importbatch": _("Import"),
    "incident": _("Incident"),
    "invitation": _("Invitation"),
    "membership": _("Member of a side"),
    "party": _("Party"),
    "place": _("Place"),
    "profile": _("Visibility profile"),
    "recount": _("Recount"),
    "report": _("Report"),
    "response": _("Response"),
    "side": _("Side"),
    "snapshot": _("Published figure"),
    "source": _("Source"),
    "term": _("Term"),
    "user": _("Account"),
    "webhook": _("Webhook"),
}
# What no form asks for, so that the models have no words for it, and what the log keeps of a record's rows.
_FIELDS = {
    "accused": _("accused"),
    "accused_party": _("accused party"),
    "accused_side": _("accused side"),
    "agencies": _("agencies"),
    "agreement": _("agreement"),
    "agreements": _("agreements"),
    "aliases": _("other names"),
    "answers": _("what it answers"),
    "body": _("text"),
    "by": _("by whom"),
    "cargo": _("cargo"),
    "checkpoints": _("checkpoints"),
    "confirmed_at": _("confirmed at"),
    "confirmed_by": _("confirmed by"),
    "content": _("content"),
    "decided_at": _("decided at"),
    "decided_by": _("decided by"),
    "due": _("planned times"),
    "entered_by": _("entered by"),
    "expires_at": _("valid until"),
    "filter": _("filter"),
    "finished_at": _("finished at"),
    "happened": _("time"),
    "harm": _("harm"),
    "hash": _("hash"),
    "incident": _("incident"),
    "invited_by": _("invited by"),
    "is_staged": _("rows are kept"),
    "lookup": _("public part of the key"),
    "options": _("options"),
    "parts": _("parts"),
    "party": _("party"),
    "problem": _("problem"),
    "published_by": _("published by"),
    "put_to": _("put to"),
    "received_by": _("received by"),
    "release_confirmed_by": _("release confirmed by"),
    "released_by": _("released by"),
    "report_authors": _("who entered its reports"),
    "retracted_at": _("retracted at"),
    "retraction_reason": _("reason for retracting"),
    "revoked_at": _("taken back at"),
    "rotated_at": _("rotated at"),
    "rows": _("rows"),
    "sha256": _("hash of the file"),
    "side": _("side"),
    "source": _("source"),
    "stored_as": _("name in the store"),
    "supersedes": _("what it supersedes"),
    "taken_at": _("taken at"),
    "taken_by": _("taken by"),
    "undo_reason": _("reason for undoing"),
    "undone_at": _("undone at"),
    "undone_by": _("undone by"),
    "user": _("account"),
    "version": _("version"),
    "withdrawn_at": _("withdrawn at"),
}  # fmt: skip


def name_of(record_type: str) -> str:
    """Return what a record of this type is called."""
    return str(RECORDS.get(record_type, record_type))


def names_of(record_type: str, fields: list[str]) -> list[str]:
    """Return what fields of a record of this type are called; one without a word is named as the log spells it."""
    return [str(_word(record_type, field)) for field in fields]


@cache
def _word(record_type: str, field: str) -> str | Promise:
    try:
        word = apps.get_model("incidents", record_type)._meta.get_field(field).verbose_name
    except (LookupError, FieldDoesNotExist, AttributeError):
        word = field
    return word if isinstance(word, Promise) else _FIELDS.get(field, field)
