"""What happened to a record, told from the change log."""

from dataclasses import dataclass
from datetime import datetime

from incidents.models import Change
from incidents.models.base import Record


@dataclass(frozen=True)
class Entry:
    """One change of a record. `number` is None until the change is sealed."""

    at: datetime
    actor: str
    kind: str
    note: str
    number: int | None


def of(record: Record) -> list[Entry]:
    """Return the record's changes, oldest first."""
    changes = Change.objects.filter(record_id=record.public_id).select_related("payload", "seal").order_by("id")
    return [
        Entry(
            at=change.at,
            actor=change.payload.body["actor"] if hasattr(change, "payload") else "",
            kind=change.get_kind_display(),
            note=change.payload.body["note"] if hasattr(change, "payload") else "",
            number=change.seal.number if hasattr(change, "seal") else None,
        )
        for change in changes
    ]
