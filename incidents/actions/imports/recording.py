"""One Change for each of many records, exactly as `changes.record` makes it. A test holds the two against each other."""

import uuid
from collections.abc import Sequence
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


def record_many(
    *,
    by: User | None,
    kind: ChangeKind,
    told: Sequence[tuple[Record, Agreement | None, Facts | None, Facts | None]],
    operation: uuid.UUID,
    at: datetime,
    note: str = "",
) -> None:
    """Record one Change for each record told of, exactly as `changes.record` does, in two statements.

    As there, it is asked whether `by` may make such a change: once for each agreement that the records are under.
    """
    for record, agreement, *_facts in {row[1] and row[1].pk: row for row in told}.values():
        permissions.must(by, ChangeKind(kind), record, agreement)
    actor, actor_id = (by.get_username(), by.pk) if by else ("", None)
    kind, said_by = ChangeKind(kind), "null" if actor_id is None else actor_id
    # The canonical spelling of what Change.computed_digest hashes, its keys in order: numbers, ids and times that need no escaping.
    said_once = f'"at":"{at.isoformat()}","kind":"{kind.value}","operation_id":"{operation}",'
    keys = new_keys(Change, len(told))
    made: list[tuple[Any, ...]] = []
    payloads: list[tuple[Any, ...]] = []
    for key, (record, agreement, before, after) in zip(keys, told, strict=True):
        body = canonical_of_many({"actor": actor, "note": note, "before": before, "after": after})
        salt = ChangePayload.fresh_salt()
        payload_hash = sha256(salt + body).digest()
        record_type, agreement_id = str(record._meta.model_name), agreement.public_id if agreement else None
        said_under = f'"{agreement_id}"' if agreement_id else "null"
        said = (
            f'{{"actor_id":{said_by},"agreement_id":{said_under},{said_once}'
            f'"payload_hash":"{payload_hash.hex()}","record_id":"{record.public_id}","record_type":"{record_type}"}}'
        )
        digest = sha256(said.encode()).digest()
        made.append((key, at, kind.value, record_type, record.public_id, agreement_id, actor_id, operation, payload_hash, digest))
        payloads.append((key, salt, body.decode()))
    names = ("id", "at", "kind", "record_type", "record_id", "agreement_id", "actor_id", "operation_id", "payload_hash", "digest")
    copy_rows(Change, names, made)
    copy_rows(ChangePayload, ("change_id", "salt", "body"), payloads)


def canonical_of_many(value: Any) -> bytes:
    """Return plain JSON values in the one spelling of `models.changes.canonical`, six times as quickly; a test holds the two together."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
