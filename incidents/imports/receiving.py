"""Taking a file in: it is looked through, its columns are matched as far as they tell, and its raw rows are kept."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from incidents.actions import imports
from incidents.imports import readers
from incidents.imports.base import Format
from incidents.imports.columns import matched
from incidents.imports.readers import Opened
from incidents.models import Agreement, ImportBatch, User

# What is larger goes through `bin/manage import_file`, which nobody waits for at the other end of a line.
LARGEST = 32 * 1024 * 1024


def taken(
    file: BinaryIO, *, name: str, format: Format, by: User, agreement: Agreement | None, encoding: str = "", separator: str = "", sheet: str = ""
) -> ImportBatch:
    """Return a batch for a file that was sent, its rows kept. Raise UnreadableFile for what cannot be told from it."""
    with spooled(file) as path:
        opened = readers.examine(path, encoding=encoding, separator=separator, sheet=sheet, recognised=format.recognises)
        options = {option: default for option, (_label, default) in format.options.items()}
        batch = received(opened, format=format, file_name=name, by=by, agreement=agreement, options=options)
        staged(batch, opened)
    return batch


@contextmanager
def spooled(file: BinaryIO) -> Iterator[Path]:
    """Keep what is sent as a file while the block lasts."""
    handle, name = tempfile.mkstemp(prefix="truce-import-")
    os.close(handle)
    path = Path(name)
    try:
        readers.stored(file, path)
        yield path
    finally:
        path.unlink()


def received(
    opened: Opened,
    *,
    format: Format,
    file_name: str,
    by: User | None,
    agreement: Agreement | None,
    mapping: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Return a batch for a file, its columns matched by their names as far as they tell."""
    return imports.receive(
        by=by,
        agreement=agreement,
        format=format.name,
        file_name=Path(file_name).name[:300],
        sha256=opened.sha256,
        size=opened.size,
        encoding=opened.encoding,
        separator=opened.separator,
        header=opened.header,
        mapping=chosen(format, opened, mapping),
        options={"said": [message.as_json() for message in opened.said]} | dict(options or {}),
        rows_sent=opened.rows,
    )


def chosen(format: Format, opened: Opened, mapping: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return which column is which: what was said, and for the rest what the file's own headers tell."""
    return matched(format.columns(), opened.header) | dict(mapping or {})


def staged(batch: ImportBatch, opened: Opened) -> None:
    """Keep every raw row in the database, so that any worker can go on with them."""
    imports.stage(batch=batch, rows=((row.number, row.cells) for row in opened.read()))


def missing(format: Format, mapping: Mapping[str, Any]) -> list[str]:
    """Return the names of the columns that must be there and are not."""
    return [column.name for column in format.columns() if column.is_required and not mapping.get(column.name)]
