"""Spreadsheets (XLSX): read row by row, each cell as a person would write it."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from incidents.imports.tables import MOST_COLUMNS, Record, UnreadableFile

# A spreadsheet is a zip file. One that unpacks to more than this is an attack, or belongs into a CSV file; so is one in which there is
# next to nothing but the same over and over. Sheets that people fill shrink to a tenth or a thirtieth.
LARGEST_UNPACKED = 1 << 29
UNSUSPECTED, MOST_SHRUNK = 1 << 24, 100
# How many rows a sheet can have, and how many cells are looked at: a file of two kilobytes can name a row of a number as large as it likes,
# or the last column in every row, and whoever reads it fills the gaps.
MOST_ROWS, MOST_CELLS = 1 << 20, 1 << 27


class workbook:
    """The workbook, opened to be read row by row, and closed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        import openpyxl

        try:
            with zipfile.ZipFile(self._path) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise UnreadableFile("too_large", _("The spreadsheet unpacks to more than 512 MB. Send it as CSV."), "file")
            if unpacked > max(UNSUSPECTED, MOST_SHRUNK * self._path.stat().st_size):
                raise _too_much()
            self._book = openpyxl.load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
        except UnreadableFile:
            raise
        except Exception as error:  # openpyxl raises what its parsers raise: KeyError, ValueError, ParseError ...
            raise UnreadableFile("not_a_spreadsheet", _("This is not a spreadsheet that can be read (XLSX)."), "file") from error
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()


def is_filled(book: Any, name: str) -> bool:
    """Return whether a sheet holds anything in its first rows."""
    sheet = book[name]
    sheet.reset_dimensions()
    return any(any(cell is not None for cell in row) for _number, row in zip(range(50), sheet.iter_rows(values_only=True), strict=False))


def records(path: Path, name: str) -> Iterator[Record]:
    """Yield each record of a sheet with its row, the header first."""
    with workbook(path) as book:
        sheet = book[name]
        sheet.reset_dimensions()  # what the file says of its own size may be wrong, or a trap
        has_begun, width, looked_at = False, 0, 0
        try:
            for number, values in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 1), start=1):
                looked_at += len(values)
                beyond = values[MOST_COLUMNS + 1 :]
                if number > MOST_ROWS or looked_at > MOST_CELLS or beyond.count(None) < len(beyond):
                    raise _too_much()
                cells = [_written(value) for value in values[: MOST_COLUMNS + 1]]
                if not any(cells) and not has_begun:
                    continue
                if not has_begun:
                    has_begun, width = True, len(cells)
                if any("\0" in cell or not _is_text(cell) for cell in cells):
                    raise UnreadableFile("nul", _("Row %(line)d holds a character that is no text.") % {"line": number}, "file", number)
                yield number, cells + [""] * (width - len(cells))
        except UnreadableFile:
            raise
        except Exception as error:
            raise UnreadableFile("not_a_spreadsheet", _("This is not a spreadsheet that can be read (XLSX)."), "file") from error


def _too_much() -> UnreadableFile:
    told = _("The spreadsheet says much more than a person fills in: rows or columns far out, or the same over and over. Send it as CSV.")
    return UnreadableFile("too_large", told, "file")


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _written(value: object) -> str:
    """Return a cell's value as a person would write it: 2016-09-19, 19:12, 254."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
    return str(value)
