"""Reference data: parties, places, sources, agreements and what hangs on them. Every change of it is recorded."""

from typing import Any, TypeVar

from django.db import transaction

from incidents.actions import changes
from incidents.models import Agreement, ChangeKind, User
from incidents.models.base import Record

R = TypeVar("R", bound=Record)


def _agreement_of(record: Record) -> Agreement | None:
    return record if isinstance(record, Agreement) else getattr(record, "agreement", None)


@transaction.atomic
def save(record: R, *, by: User | None, note: str = "") -> R:
    """Return the record, stored, with a Change that tells what it was before. An unchanged record is left alone."""
    stored = type(record)._default_manager.select_for_update().filter(pk=record.pk).first() if record.pk else None
    before, after = (stored.facts() if stored else None), record.facts()
    if before == after:
        return record
    record.save()
    kind = ChangeKind.REFERENCE_CHANGED if stored else ChangeKind.REFERENCE_ADDED
    changes.record(by=by, kind=kind, record=record, agreement=_agreement_of(record), before=before, after=after, note=note)
    return record


@transaction.atomic
def put(model: type[R], key: dict[str, Any], *, by: User | None, **values: Any) -> R:
    """Return the record with this natural key, added or brought up to these values. Saying it twice changes nothing."""
    record = model._default_manager.filter(**key).first() or model(**key)
    for name, value in values.items():
        setattr(record, name, value)
    return save(record, by=by)


@transaction.atomic
def remove(record: Record, *, by: User | None, note: str = "") -> None:
    """Remove a record that nothing refers to; what it said stays in the change log. Raise ProtectedError otherwise."""
    before, agreement = record.facts(), _agreement_of(record)
    changes.record(by=by, kind=ChangeKind.REFERENCE_REMOVED, record=record, agreement=agreement, before=before, note=note)
    record.delete()
