"""Erasing personal values from the record of change, with the proof left standing.

What a payload says in words goes: the actor's name, notes, every free text of the record. What is counted stays: numbers, dates,
words of the vocabularies and other records by identifier, so that the ledger can be recounted from the log as before. The Change
and its seal are not touched. What was left in the payload's place is hashed into a Change of its own, so that verifying the
log can tell an erasure from a forgery. Only the database's owner may do this; the web's role has no right to.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from incidents.errors import RuleBroken
from incidents.models import Change, ChangeKind, ChangePayload

OWNER = "owner"
MARK = "erased"

CODE = re.compile(r"[A-Za-z0-9_.:+-]{1,80}")
WORDED = {"label", "name", "note", "as_worded", "title", "wording", "reason"}  # in rows below a record, whatever they look like


def erase_record(*, record_id: uuid.UUID, reason: str) -> int:
    """Return how many payloads of this record's changes were erased. Those that were before are left as they are."""
    return _erase(record_id, Change.objects.using(OWNER).filter(record_id=record_id), reason)


def erase_older(*, than: timedelta, reason: str) -> tuple[int, int]:
    """Return how many payloads of how many records were erased: those of changes older than that. A record at a time, so it may be interrupted."""
    before = timezone.now() - than
    payloads = records = 0
    for record_id in _records_before(before):
        erased = _erase(record_id, Change.objects.using(OWNER).filter(record_id=record_id, at__lt=before), reason)
        payloads += erased
        records += bool(erased)
    return payloads, records


def _records_before(before: datetime) -> Iterator[uuid.UUID]:
    old = Change.objects.using(OWNER).filter(at__lt=before).exclude(kind=ChangeKind.PAYLOAD_ERASED).exclude(payload__body__has_key=MARK)
    yield from list(old.values_list("record_id", flat=True).order_by("record_id").distinct())


def _erase(record_id: uuid.UUID, changes: models.QuerySet[Change], reason: str) -> int:
    if not reason.strip():
        raise RuleBroken("reason_needed", "Erasing needs a reason; it is kept on record.", "reason")
    with transaction.atomic(using=OWNER):
        # The trace of an erasure holds no words but the reason, and is never erased: it is what the proof rests on.
        rows = changes.exclude(kind=ChangeKind.PAYLOAD_ERASED).select_related("payload").order_by("id").select_for_update(of=("self",))
        left: dict[str, str] = {}
        last: Change | None = None
        for change in rows:
            payload: ChangePayload | None = getattr(change, "payload", None)
            if payload is None or MARK in payload.body:
                continue
            payload.salt = ChangePayload.fresh_salt()
            payload.body = _tombstone(payload.body, change.record_type)
            payload.save(using=OWNER, update_fields=["salt", "body"])
            left[str(change.pk)] = payload.computed_hash().hex()
            last = change
        if last:
            _record(last, left, reason)
    return len(left)


def _tombstone(body: dict[str, Any], record_type: str) -> dict[str, Any]:
    kept = {name: _counted(body.get(name), record_type) for name in ("before", "after")}
    return {"actor": "", "note": "", **kept, MARK: True}


def _counted(facts: dict[str, Any] | None, record_type: str) -> dict[str, Any] | None:
    """Return the facts with every free text blank. Keys stay, so that whoever reads them finds what there is to find."""
    if facts is None:
        return None
    worded = _worded_fields(record_type)
    return {name: _blank(value) if name in worded else _without_words(name, value) for name, value in facts.items()}


def _worded_fields(record_type: str) -> set[str]:
    """Return the record's fields that hold free text: all text but slugs and words of a vocabulary."""
    model = apps.get_model("incidents", record_type)
    texts = [field for field in model._meta.concrete_fields if isinstance(field, models.TextField | models.CharField)]
    return {field.name for field in texts if not field.choices and not isinstance(field, models.SlugField)}


def _without_words(name: str, value: Any) -> Any:
    """Return a value of a fact, or of a row below it, with what is not a code, a date or a number blank."""
    if isinstance(value, dict):
        return {key: _without_words(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_words(name, inner) for inner in value]
    if isinstance(value, str):
        return value if name not in WORDED and CODE.fullmatch(value) else ""
    return value


def _blank(value: Any) -> Any:
    return None if value is None else ""


def _record(last: Change, left: dict[str, str], reason: str) -> None:
    """Write the Change of the erasure, in its transaction, as the owner. `after` is empty: nothing became of the record."""
    payload = ChangePayload(salt=ChangePayload.fresh_salt(), body={"actor": "", "note": reason, "before": {MARK: left}, "after": None})
    change = Change(
        at=timezone.now(),
        kind=ChangeKind.PAYLOAD_ERASED,
        record_type=last.record_type,
        record_id=last.record_id,
        agreement_id=last.agreement_id,
        actor_id=None,
        operation_id=uuid.uuid4(),
        payload_hash=payload.computed_hash(),
    )
    change.digest = change.computed_digest()
    change.save(using=OWNER, force_insert=True)
    payload.change = change
    payload.save(using=OWNER, force_insert=True)
