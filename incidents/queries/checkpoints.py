"""The log as others can check it: Merkle roots over its seals (leaf and node prefixes as in RFC 6962), and its lines for export.

The leaf of a seal is the canonical JSON of its number, its hash, its change's identifier and its instant; the hash chains all
that the change says. docs/verify_log.py computes the same from an export, without any of this.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from incidents.models import Change, ChangePayload, LogCheckpoint, Seal, User
from incidents.models.changes import canonical
from incidents.queries import evidence, visibility
from incidents.queries.integrity import Fault

FORMAT = 1
BATCH = 2000


class Tree:
    """A Merkle tree that grows leaf by leaf: the roots of its perfect subtrees, largest first, are all it keeps."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        node = hashlib.sha256(b"\x00" + leaf).digest()
        size = self.size
        while size & 1:
            node = hashlib.sha256(b"\x01" + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far; that of an empty tree is the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256().digest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = hashlib.sha256(b"\x01" + peak + node).digest()
        return node


def leaf(seal: Seal) -> bytes:
    """Return what of a seal the tree is made over."""
    said = {"change": seal.change_id, "hash": bytes(seal.hash).hex(), "number": seal.number, "sealed_at": seal.sealed_at.isoformat()}
    return canonical(said)


@dataclass(frozen=True)
class Point:
    """The log up to a seal."""

    number: int
    hash: bytes
    root: bytes


def point(using: str = "default", held: Collection[LogCheckpoint] | None = None) -> Point:
    """Return where the log stands. Raise Fault if a checkpoint held, or one made here before, does not agree with it."""
    with _snapshot(using):
        checkpoints = list(LogCheckpoint.objects.using(using).order_by("number")) if held is None else list(held)
        _follow(checkpoints)
        awaited = {checkpoint.number: checkpoint for checkpoint in checkpoints}
        tree, last = Tree(), bytes(32)
        for seal in _seals(using, Seal.objects.all()):
            if seal.number != tree.size + 1:
                raise Fault(f"seal {tree.size + 1} is missing.")
            tree.add(leaf(seal))
            last = bytes(seal.hash)
            if (checkpoint := awaited.pop(seal.number, None)) and (bytes(checkpoint.root), bytes(checkpoint.hash)) != (tree.root(), last):
                raise Fault(f"the checkpoint at seal {seal.number} does not agree with the log: something up to there was changed.")
        if awaited:
            raise Fault(f"there is a checkpoint at seal {max(awaited)}, but the log ends at {tree.size}: its end was cut off.")
        return Point(tree.size, last, tree.root())


def _follow(checkpoints: list[LogCheckpoint]) -> None:
    """Raise Fault if one does not match its digest. That each follows from the one before is held against those made here."""
    before: LogCheckpoint | None = None
    for checkpoint in checkpoints:
        if bytes(checkpoint.digest) != checkpoint.computed_digest():
            raise Fault(f"the checkpoint at seal {checkpoint.number} does not match its digest.")
        if before and (checkpoint.previous is None or bytes(checkpoint.previous) != bytes(before.digest)):
            raise Fault(f"the checkpoint at seal {checkpoint.number} does not follow from the one before.")
        before = checkpoint


def latest() -> LogCheckpoint | None:
    """Return the last checkpoint made, if any was."""
    return LogCheckpoint.objects.order_by("-number").first()


def is_due(after: timedelta = timedelta(days=1)) -> bool:
    """Return whether the last checkpoint is so old."""
    last = latest()
    return last is None or last.made_at <= timezone.now() - after


def listed() -> QuerySet[LogCheckpoint]:
    """Return all checkpoints, the last first: they say nothing of what is in the log, and anybody who reads may hold them."""
    return LogCheckpoint.objects.order_by("-id")


# --- Export


def lines(*, is_full: bool, using: str = "default") -> Iterator[bytes]:
    """Give the sealed log as lines of canonical JSON, each ended, and a last one that says where it ends.

    Full, it holds every change with its payload, as far as that was not erased: for those who may read everything. Otherwise of a
    change that every partner may know of it holds the identifiers, and of any other the digest alone, which is enough to check the chain.
    """
    tree, last, sums = Tree(), bytes(32), hashlib.sha256()
    with _snapshot(using):
        for batch in _batches(using, Seal.objects.all()):
            known = None if is_full else _known_to_all([seal.change for seal in batch])
            for seal in batch:
                tree.add(leaf(seal))
                last = bytes(seal.hash)
                line = canonical(_line(seal, known)) + b"\n"
                sums.update(line)
                yield line
        end = {"format": FORMAT, "full": is_full, "hash": last.hex(), "number": tree.size, "root": tree.root().hex()}
        sums.update(canonical(end))
        yield canonical({"end": end, "sha256": sums.hexdigest()}) + b"\n"


def _line(seal: Seal, known: Collection[int] | None) -> dict[str, Any]:
    change = seal.change
    said: dict[str, Any] = {
        "digest": bytes(change.digest).hex(),
        "hash": bytes(seal.hash).hex(),
        "id": change.pk,
        "number": seal.number,
        "sealed_at": seal.sealed_at.isoformat(),
    }
    if known is not None and change.pk not in known:
        return said
    said["change"] = change.said()
    if known is None:
        payload: ChangePayload | None = getattr(change, "payload", None)
        said["payload"] = {"body": payload.body, "salt": bytes(payload.salt).hex()} if payload else None
    return said


def _known_to_all(changes: list[Change]) -> set[int]:
    """Return the changes of records that a partner sees, whoever it is: what is visible is asked where everything asks."""
    partner = User(role=User.Role.PARTNER, is_active=True)
    seen: Mapping[str, Callable[[User | AnonymousUser], QuerySet[Any]]] = {
        "agreement": visibility.agreements,
        "report": visibility.reports,
        "incident": visibility.incidents,
        "aggregateclaim": visibility.aggregate_claims,
        "convoy": visibility.convoys,
        "evidence": evidence.visible,
    }
    known: set[int] = set()
    for record_type, records in seen.items():
        asked = {change.record_id for change in changes if change.record_type == record_type}
        if asked:
            found: set[UUID] = set(records(partner).filter(public_id__in=asked).order_by().values_list("public_id", flat=True))
            known |= {change.pk for change in changes if change.record_type == record_type and change.record_id in found}
    return known


# --- Walking


class _snapshot:
    """One instant for all that is read inside; within a transaction that is open, its own."""

    def __init__(self, using: str) -> None:
        self._using = using
        self._atomic = transaction.atomic(using=using)

    def __enter__(self) -> None:
        is_first = not connections[self._using].in_atomic_block
        self._atomic.__enter__()
        if is_first:
            with connections[self._using].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def __exit__(self, *error: Any) -> None:
        self._atomic.__exit__(*error)


def _batches(using: str, seals: QuerySet[Seal]) -> Iterator[list[Seal]]:
    last: int | None = None
    while True:
        asked = seals.using(using).select_related("change__payload").order_by("number")
        batch = list(asked[:BATCH] if last is None else asked.filter(number__gt=last)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1].number


def _seals(using: str, seals: QuerySet[Seal]) -> Iterator[Seal]:
    last: int | None = None
    while True:
        asked = seals.using(using).order_by("number")
        batch = list(asked[:BATCH] if last is None else asked.filter(number__gt=last)[:BATCH])
        if not batch:
            return
        yield from batch
        last = batch[-1].number
