"""The batch: received, staged, arranged, queued, and done or failed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.actions.imports.bulk import copy_records
from incidents.actions.imports.resolving import recount_names
from incidents.actions.imports.rows import row_of
from incidents.errors import RuleBroken
from incidents.models import Agreement, ChangeKind, ImportBatch, ImportRow, User
from incidents.permissions import Capability, must_at

State = ImportBatch.State
# In a batch's options: up to which line the held rows were tried again.
HELD_AFTER = "held_after"


@transaction.atomic
def receive(*, by: User | None, **facts: Any) -> ImportBatch:
    """Return a batch for a file that was looked through. `facts` are the fields of ImportBatch."""
    batch = ImportBatch(**facts, by=by)
    must_at(by, Capability.IMPORT, batch.agreement)
    batch.save(force_insert=True)
    return batch


@transaction.atomic
def stage(*, batch: ImportBatch, rows: Iterable[tuple[int, list[str]]]) -> int:
    """Return how many raw rows were kept, none of them looked at yet, so that a worker can go on with them."""
    held: list[ImportRow] = []
    total = 0
    for number, raw in rows:
        held.append(row_of(batch, number, raw))
        if len(held) == 5000:
            total += copy_records(held)
            held = []
    total += copy_records(held)
    batch.is_staged = True
    batch.save(update_fields=["is_staged"])
    return total


@transaction.atomic
def arrange(*, batch: ImportBatch, mapping: Mapping[str, Any], options: Mapping[str, Any], agreement: Agreement | None) -> ImportBatch:
    """Return the batch with what was said of its columns. Raise RuleBroken once anything of it is committed."""
    batch = locked(batch)
    if batch.state not in {State.RECEIVED, State.PREVIEWED}:
        raise RuleBroken("already_begun", _("This import has begun: its columns can no longer be changed."), "mapping")
    must_at(batch.by, Capability.IMPORT, agreement)
    batch.mapping, batch.options, batch.agreement, batch.state = dict(mapping), dict(options), agreement, State.PREVIEWED
    batch.save(update_fields=["mapping", "options", "agreement", "state"])
    return batch


@transaction.atomic
def queue(*, batch: ImportBatch) -> ImportBatch:
    """Return the batch, waiting for a worker: to be begun, gone on with, or tried again with the names that were resolved."""
    batch = locked(batch)
    if batch.undone_at is not None:
        raise RuleBroken("undone", _("This import was undone."), "state")
    if batch.state not in {State.RECEIVED, State.PREVIEWED, State.DONE, State.FAILED}:
        raise RuleBroken("already_begun", _("This import is being worked on."), "state")
    batch.state, batch.problem = State.QUEUED, ""
    batch.options.pop(HELD_AFTER, None)
    batch.save(update_fields=["state", "problem", "options"])
    return batch


@transaction.atomic
def fail(*, batch: ImportBatch, problem: str) -> ImportBatch:
    """Return the batch, stopped by something that is no row's fault. What was committed stays, and can be undone."""
    batch = locked(batch)
    batch.state, batch.problem = State.FAILED, problem
    batch.save(update_fields=["state", "problem"])
    return batch


@transaction.atomic
def finish(*, batch: ImportBatch, counts: Mapping[str, int]) -> ImportBatch:
    """Return the batch, gone through to its end, with a Change that says what came of it."""
    batch = locked(batch)
    # Gone through, every row is on record, however the file was read.
    batch.state, batch.finished_at, batch.is_staged = State.DONE, timezone.now(), True
    batch.save(update_fields=["state", "finished_at", "is_staged"])
    recount_names(batch)
    with changes.operation(batch.public_id):
        changes.record(
            by=batch.by, kind=ChangeKind.IMPORT_COMMITTED, record=batch, agreement=batch.agreement, after=batch.facts() | {"rows": dict(counts)}
        )
    return batch


def locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update(of=("self",)).select_related("agreement", "by").get(pk=batch.pk)
