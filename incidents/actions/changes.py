"""Writing down what changed, in the transaction that changes it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.utils import timezone

from incidents import permissions
from incidents.models import Agreement, Change, ChangeKind, ChangePayload, User
from incidents.models.base import Facts, Record

_operation: ContextVar[uuid.UUID | None] = ContextVar("operation", default=None)


@contextmanager
def operation(known: uuid.UUID | None = None) -> Iterator[uuid.UUID]:
    """Give everything recorded inside one operation id, so that one request or import can be seen as one.

    `known` is the id of an operation that goes on: an import resumed by another worker.
    """
    outer = _operation.get()
    current = outer or known or uuid.uuid4()
    token = _operation.set(current)
    try:
        yield current
    finally:
        _operation.reset(token)


def record(
    *,
    by: User | None,
    kind: ChangeKind,
    record: Record,
    agreement: Agreement | None = None,
    before: Facts | None = None,
    after: Facts | None = None,
    note: str = "",
) -> Change:
    """Return the Change, written. It must share the transaction of what it describes; outside one it is an error.

    Every write ends here, so here it is asked, whichever surface it came by, whether `by` may make it under this agreement.

    The row announces itself: a trigger queues it for its seal and wakes the relay.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A change is recorded in the transaction that makes it.")
    permissions.must(by, ChangeKind(kind), record, agreement)
    payload = ChangePayload(
        salt=ChangePayload.fresh_salt(),
        body={"actor": by.get_username() if by else "", "note": note, "before": before, "after": after},
    )
    change = Change(
        at=timezone.now(),
        kind=ChangeKind(kind),
        record_type=str(record._meta.model_name),
        record_id=record.public_id,
        agreement_id=agreement.public_id if agreement else None,
        actor_id=by.pk if by else None,
        operation_id=_operation.get() or uuid.uuid4(),
        payload_hash=payload.computed_hash(),
    )
    change.digest = change.computed_digest()
    change.save(force_insert=True)
    payload.change = change
    payload.save(force_insert=True)
    return change
