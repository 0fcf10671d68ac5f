"""Queries that are composed once and then kept as text: composing one takes longer than answering it.

What is kept is what a query says, never what it found. Its key must hold everything that decides its text and values; for what a reader
may see that is `visibility.standing`.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

K = TypeVar("K")
R = TypeVar("R", bound=Model)
MOST = 500  # of some 15 kB


@dataclass(frozen=True)
class Statement:
    """A query as PostgreSQL is asked it, in no order, and its columns, of which the first is the key by which pages turn."""

    columns: tuple[str, ...]
    sql: str
    values: tuple[Any, ...]

    @cached_property
    def _row(self) -> Any:
        return namedtuple("Row", self.columns)

    def below(self, key: int | None, limit: int) -> list[Any]:
        """Return rows under this key, or from the top, by descending key."""
        first = self.columns[0]
        where, values = ("", ()) if key is None else (f"WHERE {first} < %s", (key,))
        return self._rows(f"{where} ORDER BY {first} DESC LIMIT %s", *values, limit)

    def above(self, key: int, limit: int) -> list[Any]:
        """Return rows over this key, by ascending key."""
        first = self.columns[0]
        return self._rows(f"WHERE {first} > %s ORDER BY {first} LIMIT %s", key, limit)

    def among(self, column: str, values: Sequence[Any]) -> list[Any]:
        """Return the rows that have one of these values in a column, in no order."""
        return self._rows(f"WHERE {column} = ANY(%s)", list(values))

    def count(self, most: int) -> int:
        """Return how many rows there are, or so many where there are more."""
        if not self.sql:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT FROM ({self.sql}) AS kept LIMIT %s) AS counted", (*self.values, most))
            return int(cursor.fetchone()[0])

    def around(self, key: int, before: int, after: int) -> list[Any]:
        """Return the rows next to the one with this key, itself among them, in the order of the second column; the first ones if it is not there."""
        if not self.sql:
            return []
        first, by = self.columns
        place = f"SELECT {by}, {first} FROM kept WHERE {first} = %s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH kept ({first}, {by}) AS MATERIALIZED ({self.sql})"  # or it is reckoned once for each side
                f" (SELECT * FROM kept WHERE ({by}, {first}) < ({place}) ORDER BY {by} DESC, {first} DESC LIMIT %s) UNION ALL"
                f" (SELECT * FROM kept WHERE (({by}, {first}) < ({place})) IS NOT TRUE ORDER BY {by}, {first} LIMIT %s)",
                (*self.values, key, before, key, before + 1 + after),
            )
            found = sorted((self._row._make(row) for row in cursor.fetchall()), key=lambda row: (row[1], row[0]))
        at = next((at for at, row in enumerate(found) if row[0] == key), None)
        return found if at is None else found[: at + 1 + after]

    def every(self) -> list[Any]:
        """Return all rows, in no order."""
        return self._rows("")

    def _rows(self, which: str, *values: Any) -> list[Any]:
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({self.sql}) AS kept ({', '.join(self.columns)}) {which}", (*self.values, *values))
            return [self._row._make(found) for found in cursor.fetchall()]


_kept: dict[Hashable, Any] = {}


def of(key: Hashable | None, composed: Callable[[], K]) -> K:
    """Return what is kept under this key, composed now if there is nothing; with None for a key it is composed now and not kept."""
    if key is None:
        return composed()
    found: K | None = _kept.get(key)  # once: between two looks another thread may empty it
    if found is None:
        found = composed()
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = found
    return found


def statement(key: Hashable | None, columns: tuple[str, ...], rows: Callable[[], QuerySet[Any]]) -> Statement:
    """Return the statement that asks for these columns of the rows, kept under this key if there is one."""
    return of(key, lambda: _composed(columns, rows()))


def those(model: type[R], name: str, values: Sequence[Any]) -> list[R]:
    """Return the records of a model that have one of these values in a field, in no order."""
    columns = tuple(field.attname for field in model._meta.concrete_fields)
    found = statement(model, columns, model._default_manager.all).among(name, values)
    return [model.from_db(connection.alias, columns, row) for row in found]


def _composed(columns: tuple[str, ...], rows: QuerySet[Any]) -> Statement:
    try:
        sql, values = rows.order_by().values_list(*columns).query.sql_with_params()
    except EmptyResultSet:
        return Statement(columns, "", ())
    return Statement(columns, sql, tuple(values))
