"""Small tables as CSV, plain or with HXL tags, so that a spreadsheet opens them and runs nothing.

A spreadsheet takes a cell that begins with one of `=`, `+`, `-`, `@`, a tab or a carriage return for a formula. Text that begins so gets an
apostrophe before it on the way out, never on the way in; numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> str:
    """Return a value as the cell of a spreadsheet: null is empty, numbers stay numbers, text that would run does not."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[Any]], tags: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180): the names, the HXL tags if there are any, the rows."""
    for row in ([names], [tags] if tags else [], rows):
        for cells in row:
            line = io.StringIO()
            csv.writer(line).writerow([safe(cell) for cell in cells] if row is rows else cells)
            yield line.getvalue()
