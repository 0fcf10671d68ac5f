"""What happened to a record, or to several, told from the change log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from incidents.models import Change, ChangeKind, Comment
from incidents.models.base import Record
from incidents.queries.incidents import Dossier


@dataclass(frozen=True)
class Entry:
    """One change of a record. `number` is None until the change is sealed; `was_of` and `is_of` are the incident before and after, by slug."""

    at: datetime
    actor: str
    kind: str
    note: str
    number: int | None
    code: ChangeKind
    record_type: str
    record_id: UUID
    was_of: str | None
    is_of: str | None


def of(*records: Record) -> list[Entry]:
    """Return the changes of these records, oldest first, read at once."""
    changes = Change.objects.filter(record_id__in=[record.public_id for record in records]).select_related("payload", "seal").order_by("id")
    return [_entry(change) for change in changes]


def of_case(dossier: Dossier, comments: Iterable[Comment]) -> list[Entry]:
    """Return what happened to an incident and all that hangs on it, oldest first."""
    return of(dossier.incident, *dossier.known.reports, *dossier.past, *dossier.responses, *dossier.assessments, *comments)


def _entry(change: Change) -> Entry:
    body: dict[str, Any] = change.payload.body if hasattr(change, "payload") else {}
    return Entry(
        at=change.at,
        actor=body.get("actor", ""),
        kind=change.get_kind_display(),
        note=body.get("note", ""),
        number=change.seal.number if hasattr(change, "seal") else None,
        code=ChangeKind(change.kind),
        record_type=change.record_type,
        record_id=change.record_id,
        was_of=(body.get("before") or {}).get("incident"),
        is_of=(body.get("after") or {}).get("incident"),
    )
