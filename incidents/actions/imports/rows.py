"""The raw rows of a batch and their outcomes."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from incidents.actions.imports.bulk import copy_records, made
from incidents.models import ImportBatch, ImportRow

Outcome = ImportRow.Outcome


def row_of(batch: ImportBatch, number: int, raw: list[str]) -> ImportRow:
    """Return a row as it was sent, not yet looked at."""
    return made(ImportRow, {"batch": batch, "number": number, "raw": raw})


def keep_rows(rows: Sequence[ImportRow]) -> None:
    """Store rows with their outcomes: new ones are added, staged ones brought up to date."""
    copy_records([row for row in rows if row.pk is None])
    staged = [row for row in rows if row.pk is not None]
    if not staged:
        return
    columns: list[Any] = [
        [row.pk for row in staged],
        [str(row.outcome) for row in staged],
        [row.is_known for row in staged],
        [row.is_flagged for row in staged],
        [json.dumps(row.messages, ensure_ascii=False) for row in staged],
        [row.record_type for row in staged],
        [row.record_id for row in staged],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE incidents_importrow AS kept SET outcome = new.outcome, is_known = new.is_known, is_flagged = new.is_flagged,"
            " messages = new.messages::jsonb, record_type = new.record_type, record_id = new.record_id"
            " FROM unnest(%s::bigint[], %s::text[], %s::boolean[], %s::boolean[], %s::text[], %s::text[], %s::uuid[])"
            " AS new (id, outcome, is_known, is_flagged, messages, record_type, record_id) WHERE kept.id = new.id",
            columns,
        )


def counts(batch: ImportBatch) -> dict[str, int]:
    """Return how many rows had which outcome; how many of the imported were known, how many rows are flagged."""
    found: Counter[str] = Counter()
    rows = ImportRow.objects.filter(batch=batch).order_by().values_list("outcome", "is_known", "is_flagged").annotate(number=models.Count("pk"))
    for outcome, is_known, is_flagged, number in rows:
        found[outcome] += number
        found["known"] += number if is_known else 0
        found["flagged"] += number if is_flagged else 0
    return {name: found[name] for name in (*Outcome.values, "known", "flagged")}
