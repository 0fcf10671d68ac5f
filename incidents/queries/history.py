"""What happened to a record, or to several, told from the change log."""

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


def of(*records: Record) -> list[Entry]:
    """Return the changes of these records, oldest first, read at once."""
    changes = Change.objects.filter(record_id__in=[record.public_id for record in records]).select_related("payload", "seal").order_by("id")
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
