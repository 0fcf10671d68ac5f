"""Undoing a whole batch, chunk by chunk: claims are retracted, and what nothing refers to is removed."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import F, ProtectedError, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import aggregates, changes, convoys, coverage
from incidents.actions.imports.batches import State, locked
from incidents.actions.imports.recording import record_many
from incidents.actions.imports.reporting import retract_many
from incidents.actions.imports.rows import Outcome
from incidents.errors import RuleBroken
from incidents.models import AggregateClaim, Change, ChangeKind, Convoy, Coverage, ImportBatch, Party, PartyAlias, Place, PlaceAlias, Source, User
from incidents.permissions import Capability, must_at

CHUNK = 500
# Likewise, up to which line it is undone.
UNDONE_AFTER = "undone_after"
# Records that an import adds to the reference data, in the order in which they can be removed.
REFERENCE: tuple[type[Party] | type[Place] | type[Source], ...] = (Place, Source, Party)


@transaction.atomic
def begin_undo(*, batch: ImportBatch, by: User | None, reason: str) -> ImportBatch:
    """Return the batch, marked to be undone. A worker, or `undo_some` called again and again, does it."""
    batch = locked(batch)
    must_at(by, Capability.IMPORT, batch.agreement)
    if batch.undone_at is not None:
        raise RuleBroken("undone", _("This import was undone."), "state")
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the import is undone."), "reason")
    batch.undone_at, batch.undone_by, batch.undo_reason, batch.state = timezone.now(), by, reason, State.QUEUED
    batch.save(update_fields=["undone_at", "undone_by", "undo_reason", "state"])
    return batch


@transaction.atomic
def undo_some(*, batch: ImportBatch, limit: int = CHUNK) -> int | None:
    """Return the line up to which the batch is undone now, or None when nothing is left to undo. Whoever comes next goes on from there."""
    batch = locked(batch)
    assert batch.undone_at is not None and batch.undo_reason is not None
    if batch.state == State.UNDONE:
        return None
    made = batch.rows.filter(outcome=Outcome.IMPORTED, is_known=False, number__gt=batch.options.get(UNDONE_AFTER, -1))
    rows = list(made.order_by("number").values_list("number", "record_type", "record_id")[:limit])
    by_type: dict[str, list[uuid.UUID]] = {}
    for _line, record_type, record_id in rows:
        by_type.setdefault(record_type, []).append(record_id)  # type: ignore[arg-type]
    with changes.operation(batch.public_id):
        for record_type, ids in by_type.items():
            _undo_records(batch, record_type, ids)
        if rows:
            batch.options[UNDONE_AFTER] = rows[-1][0]
            batch.save(update_fields=["options"])
            return rows[-1][0]
        kept = _remove_reference(batch)
        batch.state = State.UNDONE
        batch.save(update_fields=["state"])
        note = _("%(count)d records of reference data stay: others refer to them.") % {"count": kept} if kept else ""
        changes.record(by=batch.undone_by, kind=ChangeKind.IMPORT_UNDONE, record=batch, agreement=batch.agreement, after=batch.facts(), note=note)
    return None


def _undo_records(batch: ImportBatch, record_type: str, ids: list[uuid.UUID]) -> None:
    by, reason = batch.undone_by, str(batch.undo_reason)
    mark = f" (undone {str(batch.public_id)[:8]})"
    if record_type == "report":
        retract_many(by=by, ids=ids, reason=reason, operation=batch.public_id, mark=mark)
    elif record_type == "aggregateclaim":
        for claim in AggregateClaim.objects.current().filter(public_id__in=ids):
            aggregates.retract(claim=claim, by=by, reason=reason)
            AggregateClaim.objects.filter(pk=claim.pk).update(external_id=Concat(F("external_id"), Value(mark)))
    elif record_type == "coverage":
        for presence in Coverage.objects.filter(public_id__in=ids):
            coverage.remove(coverage=presence, by=by, reason=reason)
    elif record_type == "convoy":
        for convoy in Convoy.objects.filter(public_id__in=ids):
            try:
                with transaction.atomic():
                    convoys.remove(convoy=convoy, by=by, reason=reason)
            except (RuleBroken, ProtectedError):
                continue  # reports speak of it by now: it stays, as a person's work hangs on it


def _remove_reference(batch: ImportBatch) -> int:
    """Return how many places, sources and parties that this import added had to stay. The others are removed."""
    added = Change.objects.filter(operation_id=batch.public_id, kind=ChangeKind.REFERENCE_ADDED)
    kept = 0
    for model in REFERENCE:
        ids = list(added.filter(record_type=model._meta.model_name).values_list("record_id", flat=True))
        left = {record.pk: record for record in model._default_manager.filter(public_id__in=ids)}
        # A place goes when nothing lies in it any more, so level by level.
        while free := left.keys() - _referred(model, left.keys()):
            _remove(batch, model, [left.pop(key) for key in free])
        kept += len(left)
    return kept


def _referred(model: type[models.Model], keys: Iterable[int]) -> set[int]:
    """Return which of these records others refer to. Their own aliases do not count: they go with them."""
    wanted = list(keys)
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model in {PartyAlias, PlaceAlias}:
            continue
        name = relation.field.name
        others = relation.related_model._base_manager.filter(**{f"{name}__in": wanted})
        found |= set(others.order_by().values_list(f"{name}_id", flat=True).distinct())
    return found


def _remove(batch: ImportBatch, model: type[Party] | type[Place] | type[Source], records: Sequence[Any]) -> None:
    told = [(record, None, record.facts(), None) for record in records]
    record_many(
        by=batch.undone_by,
        kind=ChangeKind.REFERENCE_REMOVED,
        told=told,
        operation=batch.public_id,
        at=timezone.now(),
        note=str(batch.undo_reason),
    )
    keys = [record.pk for record in records]
    if model is Place:
        PlaceAlias.objects.filter(place__in=keys).delete()
    elif model is Party:
        PartyAlias.objects.filter(party__in=keys).delete()
    found = model._default_manager.filter(pk__in=keys)
    found._raw_delete(found.db)
