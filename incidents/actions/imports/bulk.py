"""Rows by the thousand: records made without a model's ceremony, numbered by the table's own sequence and written by COPY."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

import orjson
from django.db import connection, models
from django.db.models.base import ModelState
from psycopg import sql

M = TypeVar("M", bound=models.Model)


def made(model: type[M], facts: Mapping[str, Any], **more: Any) -> M:
    """Return a new record with these fields, as `model(**facts)` does in five times the time: for rows by the thousand."""
    record = model.__new__(model)
    state = record._state = ModelState()
    defaults, fresh, relations = _blank(model)
    held = record.__dict__
    held.update(defaults)
    for name, make in fresh:
        held[name] = make()
    related = state.fields_cache = {}
    for given in (facts, more):
        for name, value in given.items():
            attname = relations.get(name)
            if attname is None:
                held[name] = value
            else:
                held[attname] = None if value is None else value.pk
                related[name] = value
    return record


@lru_cache
def _blank(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Any]], dict[str, str]]:
    """Return a model's defaults, those made afresh for each record, and which of its fields are relations."""
    fields = model._meta.concrete_fields
    fresh = [(one.attname, one.default) for one in fields if one.has_default() and callable(one.default)]
    defaults = {one.attname: one.get_default() for one in fields if not (one.has_default() and callable(one.default))}
    # A word of a vocabulary is kept as the word.
    defaults = {name: str(value) if isinstance(value, str) else value for name, value in defaults.items()}
    return defaults, fresh, {one.name: one.attname for one in fields if one.is_relation}


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """Return so many new keys from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count])
        return [key for (key,) in cursor.fetchall()]


def give_keys(records: Sequence[models.Model]) -> None:
    if records:
        for record, key in zip(records, new_keys(type(records[0]), len(records)), strict=True):
            record.pk = key


def copy_records(records: Sequence[models.Model], *, is_numbered: bool = False) -> int:
    """Return how many records were written, by COPY."""
    if not records:
        return 0
    names, values, documents = _columns(type(records[0]), is_numbered)
    rows: Iterable[Any] = (values(record.__dict__) for record in records)
    if documents:
        rows = (_as_text(row, documents) for row in rows)
    copy_rows(type(records[0]), names, rows)
    return len(records)


def _as_text(row: Iterable[Any], documents: tuple[int, ...]) -> list[Any]:
    texts = list(row)
    for index in documents:
        texts[index] = "[]" if texts[index] == [] else _document(texts[index])
    return texts


def _document(value: Any) -> str:
    return orjson.dumps(value).decode()


def copy_rows(model: type[models.Model], names: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@lru_cache
def _columns(model: type[models.Model], is_numbered: bool) -> tuple[tuple[str, ...], Any, tuple[int, ...]]:
    fields = [one for one in model._meta.concrete_fields if is_numbered or not one.primary_key]
    documents = tuple(index for index, one in enumerate(fields) if isinstance(one, models.JSONField))
    return tuple(str(one.column) for one in fields), itemgetter(*(one.attname for one in fields)), documents
