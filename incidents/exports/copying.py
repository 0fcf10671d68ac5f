"""Rows straight out of PostgreSQL by COPY: written there, passed on here, never held, so that memory is flat at any size."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from incidents.exports.columns import Column, Kind

AT_ONCE = 128  # rows in a piece
# Whatever begins with one of these is taken by a spreadsheet for a formula.
RUNS = tuple(map(ord, "=+-@\t\r"))
CSV = "FORMAT csv"
# A line of JSON holds no raw control character, so with these for delimiter and quote nothing is ever quoted: one text a line.
LINES = "FORMAT csv, DELIMITER E'\\f', QUOTE E'\\b'"


def selected(rows: QuerySet[Any], columns: Sequence[Column]) -> str | None:
    """Return the query that gives these columns of these rows, each under its name, its values written out; None where there can be no rows."""
    aliases = {f"column_{number}": column.value for number, column in enumerate(columns)}
    try:
        query = rows.annotate(**aliases).values_list(*aliases).query.sql_with_params()
    except EmptyResultSet:
        return None
    names = ", ".join(connection.ops.quote_name(column.name) for column in columns)
    return f"SELECT * FROM ({connection.ops.compose_sql(*query)}) AS row ({names})"  # type: ignore[attr-defined]


@dataclass
class Drawn:
    """What has been drawn so far."""

    rows: int = 0
    written: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


def copied(query: str, how: str, drawn: Drawn) -> Iterator[bytes]:
    """Yield what COPY writes of this query, in pieces as they come; then it is known how many rows they were."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY ({query}) TO STDOUT WITH ({how})") as copy:
            # The server sends a row at a time. Whatever passes them on works for each piece, so they go by the hundred.
            while pieces := b"".join(islice(copy, AT_ONCE)):
                yield pieces
        drawn.rows += cursor.rowcount


def cell(column: Column) -> str:
    """Return the expression that writes a column into a spreadsheet's cell: text that would run gets an apostrophe, instants are in UTC."""
    name = connection.ops.quote_name(column.name)
    match column.kind:
        case Kind.TEXT if not column.is_word:
            return f"CASE WHEN ascii({name}) IN {RUNS} THEN '''' || {name} ELSE {name} END"
        case Kind.INSTANT:
            return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        case _:
            return name
