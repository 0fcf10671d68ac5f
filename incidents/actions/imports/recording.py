"""One Change for each of many records, exactly as `changes.record` makes it. A test holds the two against each other."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from incidents import permissions
from incidents.actions.imports.bulk import copy_rows, new_keys
from incidents.models import Agreement, Change, ChangeKind, ChangePayload, User
from incidents.models.base import Facts, Record

# What JSON carries as it is.
PLAIN = frozenset({bool, int, str, list, dict})


def facts_of(record: Record) -> Facts:
    """Return what `Record.facts` does, without asking the model's fields anew for each record; a test holds the two together."""
    held, related = record.__dict__, record._state.fields_cache
    facts: Facts = {}
    for name, attname, is_relation in _told(type(record)):
        value = held[attname]
        if value is None:
            facts[name] = None
        elif is_relation:
            other = related[name]
            facts[name] = str(getattr(other, "slug", None) or getattr(other, "public_id", other.pk))
        elif type(value) in PLAIN or isinstance(value, str):
            facts[name] = value
        else:
            facts[name] = value.isoformat() if isinstance(value, date) else str(value)
    return facts


@lru_cache
def _told(model: type[Record]) -> tuple[tuple[str, str, bool], ...]:
    left_out = {"id", "public_id", "created_at"}
    return tuple((one.name, one.attname, one.is_relation) for one in model._meta.concrete_fields if one.name not in left_out)


@dataclass(frozen=True)
class Entry:
    """One Change that is ready to be stored, but for its key."""

    record: Record
    agreement: Agreement | None
    columns: tuple[Any, ...]
    salt: bytes
    body: str


class Telling:
    """Makes the Changes of one operation, all of one kind: what they share is spelt once."""

    def __init__(self, *, by: User | None, kind: ChangeKind, operation: uuid.UUID, at: datetime, note: str = "") -> None:
        self.by, self.kind, self.operation, self.at, self.note = by, ChangeKind(kind), operation, at, note
        self.actor, self.actor_id = by.get_username() if by else "", by.pk if by else None
        said_by = "null" if self.actor_id is None else self.actor_id
        # The canonical spelling of what Change.computed_digest hashes, its keys in order: numbers, ids and times that need no escaping.
        self._begins = f'{{"actor_id":{said_by},"agreement_id":'
        self._goes_on = f',"at":"{at.isoformat()}","kind":"{self.kind.value}","operation_id":"{operation}","payload_hash":"'

    def entry(self, record: Record, agreement: Agreement | None, before: Facts | None, after: Facts | None) -> Entry:
        """Return the Change that says what became of this record. It asks the database nothing."""
        body = canonical_of_many({"actor": self.actor, "note": self.note, "before": before, "after": after})
        salt = ChangePayload.fresh_salt()
        payload_hash = sha256(salt + body).digest()
        record_type, agreement_id = str(record._meta.model_name), agreement.public_id if agreement else None
        said_under = f'"{agreement_id}"' if agreement_id else "null"
        said = f'{self._begins}{said_under}{self._goes_on}{payload_hash.hex()}","record_id":"{record.public_id}","record_type":"{record_type}"}}'
        digest = sha256(said.encode()).digest()
        columns = (self.at, self.kind.value, record_type, record.public_id, agreement_id, self.actor_id, self.operation, payload_hash, digest)
        return Entry(record, agreement, columns, salt, body.decode())


def store(*, by: User | None, kind: ChangeKind, entries: Sequence[Entry]) -> None:
    """Store these Changes, in two statements. As in `changes.record`, it is asked whether whoever makes them may.

    That is asked once for each agreement that the records are under.
    """
    for entry in {each.agreement and each.agreement.pk: each for each in entries}.values():
        permissions.must(by, ChangeKind(kind), entry.record, entry.agreement)
    keys = new_keys(Change, len(entries))
    names = ("id", "at", "kind", "record_type", "record_id", "agreement_id", "actor_id", "operation_id", "payload_hash", "digest")
    copy_rows(Change, names, [(key, *entry.columns) for key, entry in zip(keys, entries, strict=True)])
    copy_rows(ChangePayload, ("change_id", "salt", "body"), [(key, entry.salt, entry.body) for key, entry in zip(keys, entries, strict=True)])


def record_many(
    *,
    by: User | None,
    kind: ChangeKind,
    told: Sequence[tuple[Record, Agreement | None, Facts | None, Facts | None]],
    operation: uuid.UUID,
    at: datetime,
    note: str = "",
) -> None:
    """Record one Change for each record told of, exactly as `changes.record` does, in two statements."""
    telling = Telling(by=by, kind=kind, operation=operation, at=at, note=note)
    store(by=by, kind=kind, entries=[telling.entry(*row) for row in told])


def canonical_of_many(value: Any) -> bytes:
    """Return plain JSON values in the one spelling of `models.changes.canonical`, six times as quickly; a test holds the two together."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
