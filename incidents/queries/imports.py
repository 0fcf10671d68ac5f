"""Imports: the batches, what became of a batch's rows, and the names that wait for a person."""

import json
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from incidents.models import Agreement, ImportBatch, ImportRow, UnresolvedName
from incidents.permissions import Capability, reach
from incidents.queries.visibility import Reader

State = ImportBatch.State


def batches(reader: Reader) -> QuerySet[ImportBatch]:
    """Return the imports this reader may see: those who may import under an agreement see all of its."""
    return ImportBatch.objects.filter(reach(reader, Capability.IMPORT).over()).select_related("agreement", "by", "undone_by")


def unfinished(sha256: str, format: str, agreement: Agreement | None, mapping: dict[str, Any]) -> ImportBatch | None:
    """Return the import of this very file, with its columns taken this way, that was begun from it and not finished."""
    begun = ImportBatch.objects.filter(sha256=sha256, format=format, agreement=agreement, mapping=mapping, undone_at=None, is_staged=False)
    return begun.filter(state__in=[State.RECEIVED, State.RUNNING]).select_related("agreement", "by").order_by("-pk").first()


def waiting() -> list[int]:
    """Return the imports that a worker is to go on with: to be read, or to be undone."""
    ready = Q(is_staged=True) | Q(undone_at__isnull=False)
    return list(ImportBatch.objects.filter(ready, state__in=[State.QUEUED, State.RUNNING]).order_by("pk").values_list("pk", flat=True))


def rows(batch: ImportBatch, outcome: str = "", *, after: int = 0, limit: int = 200) -> list[ImportRow]:
    """Return the rows of one outcome (`flagged` and `known` count as such), in the order of their lines."""
    found = batch.rows.filter(number__gt=after).order_by("number")
    if outcome in {"flagged", "known"}:
        found = found.filter(**{f"is_{outcome}": True})
    elif outcome:
        found = found.filter(outcome=outcome)
    return list(found[:limit])


def names(reader: Reader, *, is_open: bool = True) -> QuerySet[UnresolvedName]:
    """Return the names that wait for a person, those most rows wait for first."""
    found = UnresolvedName.objects.filter(batch__in=batches(reader), batch__undone_at=None)
    found = found.select_related("batch", "party", "place", "source", "resolved_by")
    return found.filter(resolved_at__isnull=is_open).order_by("-rows", "kind", "name")


def kinds_of_messages(batch: ImportBatch) -> dict[tuple[str, str], tuple[int, tuple[int, dict[str, Any]]]]:
    """Return, for each kind of message, how many rows bear it, and the first line that does with what it says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT said ->> 'level', said ->> 'code', count(*), min(number), (array_agg(said::text ORDER BY number))[1]::jsonb"
            " FROM incidents_importrow, jsonb_array_elements(messages) AS said WHERE batch_id = %s GROUP BY 1, 2 ORDER BY 1, 3 DESC",
            [batch.pk],
        )
        found = cursor.fetchall()
    return {(level, code): (number, (line, _document(said))) for level, code, number, line, said in found}


def _document(said: Any) -> dict[str, Any]:
    return dict(json.loads(said) if isinstance(said, str) else said)
