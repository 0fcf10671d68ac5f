"""What happened to a record, or to several, told from the change log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from incidents.models import Change, ChangeKind, Comment, Incident, Report
from incidents.models.base import Record
from incidents.queries import visibility
from incidents.queries.incidents import Dossier
from incidents.queries.visibility import Reader


@dataclass(frozen=True)
class Entry:
    """One change of a record. `number` is None until the change is sealed; `was_of` and `is_of` are the incident before and after, by slug.

    `reference`: which report it is of, where a history tells of several records.
    """

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
    reference: str = ""

    @property
    def is_of_reference(self) -> bool:
        """Return whether its kind leaves open what kind of record it is of."""
        return self.code in {ChangeKind.REFERENCE_ADDED, ChangeKind.REFERENCE_CHANGED, ChangeKind.REFERENCE_REMOVED}


def of(*records: Record) -> list[Entry]:
    """Return the changes of these records, oldest first, read at once."""
    changes = Change.objects.filter(record_id__in=[record.public_id for record in records]).select_related("payload", "seal").order_by("id")
    references = {record.public_id: record.reference for record in records if isinstance(record, Report)} if len(records) > 1 else {}
    return [_entry(change, references.get(change.record_id, "")) for change in changes]


def of_case(reader: Reader, dossier: Dossier, comments: Iterable[Comment]) -> list[Entry]:
    """Return what happened to an incident and all that hangs on it, oldest first: to what left it and what was merged into it as well."""
    left = list(_once_of(reader, dossier.incident))
    visibility.look(reader, left)
    behind = [*dossier.known.reports, *dossier.past, *left]
    return of(dossier.incident, *_merged_into(dossier.incident), *behind, *dossier.responses, *dossier.assessments, *comments)


def comments_on(incident: Incident) -> QuerySet[Comment]:
    """Return what was said of the case, and of those that were merged into it, oldest first."""
    said = Comment.objects.filter(incident__in=[incident, *_merged_into(incident)])
    return said.select_related("by", "put_to", "answers", "answered_by__by").order_by("id")


def _once_of(reader: Reader, incident: Incident) -> QuerySet[Report]:
    """Return the reports that this reader may see and that were of the incident, and are not now."""
    # Spelled as the index `payload_incident` is.
    placed = Change.objects.filter(record_type="report").annotate(home=KeyTextTransform("incident", KeyTransform("after", "payload__body")))
    seen = visibility.reports(reader).filter(public_id__in=placed.filter(home=incident.slug).values("record_id"))
    return seen.exclude(pk__in=Report.objects.filter(incident=incident).values("pk")).select_related("source")


def _merged_into(incident: Incident) -> list[Incident]:
    """Return the incidents that go on in this one, through any number of mergers."""
    found, latest = list[Incident](), [incident]
    while latest := list(Incident.objects.filter(merged_into__in=latest)):
        found += latest
    return found


def _entry(change: Change, reference: str) -> Entry:
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
        reference=reference,
    )
