"""Whether the record of change is whole: walked from the first seal to the last, trusting nothing that can be computed."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import connections, transaction
from django.db.models import Max

from incidents.models import Change, ChangeKind, ChangePayload, Seal, SealHead

BEGINNING = bytes(32)
BATCH = 2000


class Fault(Exception):
    """The record is not what it was when it was sealed. The message says where and how."""


@dataclass
class Findings:
    """What a walk saw."""

    sealed: int = 0
    erased: int = 0
    waiting: int = 0
    hash: bytes = BEGINNING
    checked: list[int] = field(default_factory=list)


def verify(*, using: str = "default", known: Mapping[int, bytes] | None = None) -> Findings:
    """Return what was seen walking the whole log. Raise Fault at the first thing that is wrong.

    `known` are seals that somebody noted elsewhere, by number: only they show a log that was cut or rewritten as a whole.
    All is read in one snapshot, so it may run while others write.
    """
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return walk(using, known)


def seal_hash(previous: bytes, number: int, digest: bytes) -> bytes:
    """Return the hash of a seal, as the database function chains it."""
    return hashlib.sha256(b"\x01" + previous + number.to_bytes(8, "big") + digest).digest()


def walk(using: str, known: Mapping[int, bytes] | None = None) -> Findings:
    """Return what was seen walking the log in the transaction that is open. Raise Fault at the first thing that is wrong."""
    known = known or {}
    found = Findings()
    allowed = _erasures(using)
    for seal in _seals(using):
        number = found.sealed + 1
        if seal.number != number:
            raise Fault(f"seal {number} is missing: {seal.number} comes after {found.sealed}.")
        _check_change(seal, found, allowed)
        found.hash = seal_hash(found.hash, number, bytes(seal.change.digest))
        if found.hash != bytes(seal.hash):
            raise Fault(f"seal {number}: its hash does not follow from the one before and its change.")
        if number in known:
            if known[number] != found.hash:
                raise Fault(f"seal {number} is not the one that was noted elsewhere: the log was rewritten up to here.")
            found.checked.append(number)
        found.sealed = number
    _check_head(using, found)
    if beyond := [number for number in known if number > found.sealed]:
        raise Fault(f"seal {max(beyond)} was noted elsewhere, but the log ends at {found.sealed}: its end was cut off.")
    found.waiting = Change.objects.using(using).filter(seal__isnull=True).count()
    return found


def _seals(using: str) -> Iterator[Seal]:
    """Return all seals in order, with their change and payload, a batch at a time."""
    last: int | None = None
    while True:
        seals = Seal.objects.using(using).select_related("change__payload").order_by("number")
        batch = list(seals[:BATCH] if last is None else seals.filter(number__gt=last)[:BATCH])
        if not batch:
            return
        yield from batch
        last = batch[-1].number


def _check_change(seal: Seal, found: Findings, allowed: Mapping[int, str]) -> None:
    change = seal.change
    where = f"seal {seal.number}, change {seal.change_id}"
    if bytes(change.digest) != change.computed_digest():
        raise Fault(f"{where}: the change does not match its digest.")
    payload: ChangePayload | None = getattr(change, "payload", None)
    if payload is None:
        raise Fault(f"{where}: its payload is gone, and not by an erasure, which leaves a trace.")
    if payload.computed_hash() == bytes(change.payload_hash):
        return
    if allowed.get(change.pk) != payload.computed_hash().hex():
        raise Fault(f"{where}: the payload does not match its hash, and no erasure on record says so.")
    found.erased += 1


def _erasures(using: str) -> dict[int, str]:
    """Return what erasures on record left in the place of payloads: hash by change. An erasure that was tampered with allows nothing.

    The trace of an erasure is never erased itself, and whether the erasure's own change is sealed and whole the walk checks.
    """
    allowed: dict[int, str] = {}
    erasures = Change.objects.using(using).filter(kind=ChangeKind.PAYLOAD_ERASED).select_related("payload").order_by("id")
    for change in erasures.iterator(chunk_size=BATCH):
        payload: ChangePayload | None = getattr(change, "payload", None)
        if payload and payload.computed_hash() == bytes(change.payload_hash) and bytes(change.digest) == change.computed_digest():
            left: dict[str, str] = (payload.body.get("before") or {}).get("erased", {})
            allowed |= {int(pk): value for pk, value in left.items()}
    return allowed


def _check_head(using: str, found: Findings) -> None:
    head = SealHead.objects.using(using).values_list("number", "hash").first()
    number, hashed = (head[0], bytes(head[1])) if head else (0, BEGINNING)
    if (number, hashed) != (found.sealed, found.hash):
        raise Fault(f"the head says {number}, the last seal is {found.sealed}" + (", with another hash." if number == found.sealed else "."))
    if (lost := _lost(using)) is not None:
        raise Fault(f"change {lost} has no seal and does not wait for one.")


def _lost(using: str) -> int | None:
    """Return the first change that neither has a seal nor waits for one, or None."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT min(id) FROM incidents_change change WHERE NOT EXISTS (SELECT 1 FROM incidents_seal WHERE change_id = change.id)"
            " AND NOT EXISTS (SELECT 1 FROM incidents_unsealed WHERE change_id = change.id)"
        )
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] is not None else None


def noted(using: str = "default") -> dict[int, str]:
    """Return the last seal of each day, as hexadecimal by number: to be kept elsewhere, and held against the log later."""
    last = Seal.objects.using(using).values("sealed_at__date").annotate(last=Max("number")).values_list("last", flat=True)
    return {seal.number: bytes(seal.hash).hex() for seal in Seal.objects.using(using).filter(number__in=list(last)).order_by("number")}
