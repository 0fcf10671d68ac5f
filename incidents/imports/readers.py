"""Opening a file of rows: which encoding, separator and columns it has, and then its rows, one at a time in constant memory.

Nothing is guessed silently. What was detected is said in the batch; what can be read in two ways is an error that asks. The whole
file is looked through once before anything is made of it, so that a broken quote on the last line leaves nothing half imported.
"""

import csv
import hashlib
import io
import re
import zipfile
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder, lookup
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from incidents.errors import RuleBroken
from incidents.imports.messages import Message, note

BLOCK = 1 << 20
SAMPLE = 1 << 16
SEPARATORS = {",": gettext_noop("comma"), ";": gettext_noop("semicolon"), "\t": gettext_noop("tab"), "|": gettext_noop("pipe")}
NAMED_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
# A spreadsheet is a zip file. One that unpacks to more than this is an attack, or belongs into a CSV file.
LARGEST_UNPACKED = 1 << 29
MOST_COLUMNS = 500

_ARABIC_WORD = re.compile(r"[\u0621-\u064a]{3,}")
_ARTICLE = re.compile(r"(?<![\u0621-\u064a])\u0627\u0644[\u0621-\u064a]{2,}")
_MIXED_WORD = re.compile(r"[A-Za-z][\u0621-\u064a]|[\u0621-\u064a][A-Za-z]")


class UnreadableFile(RuleBroken):
    """The file cannot be read as it is, or can be read in more ways than one. `field` is the question to answer, or "file"."""

    def __init__(self, code: str, message: str, field: str = "", line: int | None = None) -> None:
        super().__init__(code, message, field)
        self.line = line


@dataclass(frozen=True)
class Row:
    """One row: the line it begins on, its cells as text, and what is wrong with its shape."""

    number: int
    cells: list[str]
    problem: Message | None = None


@dataclass(frozen=True)
class Opened:
    """What a file turned out to be, after one look through all of it."""

    path: Path
    kind: str
    sha256: str
    size: int
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header: list[str] = field(default_factory=list)
    rows: int = 0
    said: list[Message] = field(default_factory=list)

    def read(self, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows in order, without the first `after` ones."""
        rows = self._of_sheet() if self.kind == "xlsx" else self._of_text()
        for index, row in enumerate(rows):
            if index >= after:
                yield row

    def _of_text(self) -> Iterator[Row]:
        with _text(self.path, self.encoding) as text:
            yield from _shaped(_records(text, self.separator, self.path, self.encoding), len(self.header))

    def _of_sheet(self) -> Iterator[Row]:
        yield from _shaped(_sheet_records(self.path, self.sheet), len(self.header))


def examine(path: Path, *, encoding: str = "", separator: str = "", sheet: str = "", recognised: Callable[[str], bool] = bool) -> Opened:
    """Return what the file is. Raise UnreadableFile, naming the line or the question, if it cannot be read in one way only.

    `recognised` says of a column's name whether the format knows it: evidence for a separator.
    """
    look = _first_look(path)
    if look.size == 0:
        raise UnreadableFile("empty", _("The file is empty."), "file")
    if look.start.startswith(b"PK\x03\x04"):
        return _examine_sheet(path, look, sheet)
    if look.start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("old_spreadsheet", _("This is a spreadsheet of the old kind (XLS). Save it as XLSX or CSV."), "file")
    return _examine_text(path, look, encoding, separator, recognised)


# --- What is said of a file as a whole


@dataclass
class _Look:
    """What one pass over the bytes shows."""

    start: bytes = b""
    sha256: str = ""
    size: int = 0
    is_ascii: bool = True
    is_utf8: bool = True
    has_nul: bool = False
    uncertain: bytes = b""


def _first_look(path: Path) -> _Look:
    look, digest, decoder = _Look(), hashlib.sha256(), getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if not look.size:
                look.start = block[:SAMPLE]
            digest.update(block)
            look.size += len(block)
            look.has_nul = look.has_nul or b"\0" in block
            if not block.isascii():
                look.is_ascii = False
                if len(look.uncertain) < SAMPLE:
                    look.uncertain += b"\n".join(line for line in block.splitlines() if not line.isascii())[:SAMPLE]
            if look.is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    look.is_utf8 = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        look.is_utf8 = False
    look.sha256 = digest.hexdigest()
    return look


def _examine_text(path: Path, look: _Look, encoding: str, separator: str, recognised: Callable[[str], bool]) -> Opened:
    said: list[Message] = []
    encoding = _known_encoding(encoding) if encoding else _detected_encoding(look, said)
    if look.has_nul and not encoding.startswith("utf-16"):
        line = _line_with_nul(path)
        told = _("Line %(line)d holds a NUL character: this is no text, or is UTF-16 without its mark. Say which encoding it is.")
        raise UnreadableFile("nul", told % {"line": line}, "encoding", line)
    separator = _known_separator(separator) if separator else _detected_separator(path, encoding, recognised, said)
    with _text(path, encoding) as text:
        records = _records(text, separator, path, encoding)
        header = _header(next(records, (1, [])), said)
        rows = sum(1 for row in _shaped(_with_header(header, records), len(header)) if row.cells)
    return Opened(path, "csv", look.sha256, look.size, encoding, separator, "", header, rows, said)


def _with_header(header: list[str], records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield 0, header
    yield from records


def _known_encoding(name: str) -> str:
    try:
        known = lookup(name.strip())
    except (LookupError, ValueError):
        raise UnreadableFile("unknown_encoding", _("There is no encoding called “%(name)s”.") % {"name": name}, "encoding") from None
    # Python also calls base64 and zip codecs.
    if not getattr(known, "_is_text_encoding", True):
        raise UnreadableFile("unknown_encoding", _("There is no encoding called “%(name)s”.") % {"name": name}, "encoding")
    return "utf-8-sig" if known.name == "utf-8" else known.name


def _detected_encoding(look: _Look, said: list[Message]) -> str:
    for mark, name, label in ((BOM_UTF8, "utf-8-sig", "UTF-8"), (BOM_UTF16_LE, "utf-16", "UTF-16"), (BOM_UTF16_BE, "utf-16", "UTF-16")):
        if look.start.startswith(mark):
            said.append(note("encoding", gettext_noop("Encoding: %(name)s, by the mark at its start."), name=label))
            return name
    if look.is_utf8:
        text = gettext_noop("Encoding: plain ASCII.") if look.is_ascii else gettext_noop("Encoding: UTF-8, every character of it valid.")
        said.append(note("encoding", text))
        return "utf-8"
    arabic = {name: _articles(look.uncertain, name) for name in ("cp1256", "iso8859-6")}
    best, other = sorted(arabic, key=lambda name: -arabic[name])
    if arabic[best] >= 3 and arabic[best] > 4 * arabic[other]:
        said.append(note("encoding", gettext_noop("Encoding: %(name)s; %(number)d Arabic words show it."), name=_label(best), number=arabic[best]))
        return best
    readings = {name: look.uncertain.decode(name, "replace") for name in ("cp1252", "cp1256", "cp1250", "cp1254", "iso8859-1")}
    shown = "; ".join(f"{_label(name)}: {_glimpse(text)}" for name, text in readings.items())
    raise UnreadableFile(
        "which_encoding",
        _("The file is not UTF-8, and it can be read in several ways (%(readings)s). Say which encoding it is.") % {"readings": shown},
        "encoding",
    )


def _label(name: str) -> str:
    return name.replace("cp", "windows-") if name.startswith("cp") else name.replace("iso8859", "iso-8859")


def _articles(sample: bytes, encoding: str) -> int:
    """Return how many Arabic words with an article this would be; none where Latin and Arabic letters mix inside words."""
    text = sample.decode(encoding, "replace")
    if len(_MIXED_WORD.findall(text)) * 10 > len(_ARABIC_WORD.findall(text)):
        return 0
    return len(_ARTICLE.findall(text))


def _glimpse(text: str) -> str:
    at = next((index for index, letter in enumerate(text) if not letter.isascii()), 0)
    return " ".join(text[max(0, at - 10) : at + 14].split())


def _known_separator(name: str) -> str:
    separator = NAMED_SEPARATORS.get(name.strip().lower(), name)
    if separator == "\\t":
        separator = "\t"
    if separator not in SEPARATORS:
        raise UnreadableFile("unknown_separator", _("A separator is a comma, semicolon, tab or pipe."), "separator")
    return separator


def _detected_separator(path: Path, encoding: str, recognised: Callable[[str], bool], said: list[Message]) -> str:
    with _text(path, encoding) as text:
        start = _decoded(text, path, encoding, SAMPLE)
    widths: dict[str, int] = {}
    known: dict[str, int] = {}
    for separator in SEPARATORS:
        try:
            records = [record for record in csv.reader(io.StringIO(start, newline=""), delimiter=separator) if any(record)][:50]
        except csv.Error:
            continue
        if len(start) >= SAMPLE and len(records) < 50:
            records = records[:-1]  # the last one may be cut off
        header = records[0] if records else []
        known[separator] = sum(recognised(name) for name in header)
        if len(header) > 1 and sum(len(record) == len(header) for record in records) * 2 >= len(records):
            widths[separator] = len(header)
    chosen = _one(sorted(widths, key=lambda mark: -known[mark]), known) if widths else next((mark for mark, count in known.items() if count), None)
    if chosen is None:
        names = ", ".join(_(SEPARATORS[mark]) for mark in widths) or ", ".join(_(name) for name in SEPARATORS.values())
        raise UnreadableFile(
            "which_separator", _("What separates the columns cannot be told (%(names)s). Say which it is.") % {"names": names}, "separator"
        )
    said.append(note("separator", gettext_noop("Separator: %(name)s."), name=SEPARATORS[chosen]))
    return chosen


def _one(ranked: list[str], known: dict[str, int]) -> str | None:
    if len(ranked) == 1 or known[ranked[0]] > known[ranked[1]]:
        return ranked[0]
    return None


def _header(record: tuple[int, list[str]], said: list[Message]) -> list[str]:
    line, cells = record
    names = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UnreadableFile("no_header", _("The file has no header: a first row that names the columns."), "file")
    if len(names) > MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", _("The header names more than %(most)d columns.") % {"most": MOST_COLUMNS}, "file")
    for index, name in enumerate(names):
        if not name:
            names[index] = f"column {index + 1}"
            said.append(note("unnamed_column", gettext_noop("Column %(number)d has no name."), number=index + 1))
    folded = [name.casefold() for name in names]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if twice:
        raise UnreadableFile(
            "column_twice", _("Line %(line)d names a column twice: %(names)s.") % {"line": line, "names": ", ".join(twice)}, "file", line
        )
    return names


def _shaped(records: Iterable[tuple[int, list[str]]], width: int) -> Iterator[Row]:
    """Yield the rows under the header. Empty ones are passed over; one with too many or too few cells says so."""
    rows = iter(records)
    next(rows, None)
    for line, cells in rows:
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if len(cells) == width:
            if any(cells):
                yield Row(line, cells)
        elif any(cells):
            text = gettext_noop("Line %(line)d has %(cells)d cells, the header %(width)d.")
            yield Row(line, cells, Message("error", "ragged", "", text, {"line": line, "cells": len(cells), "width": width}))


# --- Text


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(path.open("rb"), encoding=encoding, errors="strict", newline="")


def _decoded(text: io.TextIOWrapper, path: Path, encoding: str, size: int) -> str:
    try:
        return text.read(size)
    except UnicodeError as error:
        raise _undecodable(path, encoding) from error


def _records(text: io.TextIOWrapper, separator: str, path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins, the header first."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    begins = 1
    has_begun = False
    while True:
        try:
            record = next(reader, None)
        except UnicodeError as error:
            raise _undecodable(path, encoding) from error
        except csv.Error as error:
            raise _broken_quotes(begins, error) from error
        if record is None:
            return
        if has_begun or any(cell.strip() for cell in record):
            has_begun = True
            yield begins, record
        begins = reader.line_num + 1


def _broken_quotes(line: int, error: csv.Error) -> UnreadableFile:
    if "field larger" in str(error) or "unexpected end" in str(error):
        told = _("A quotation mark that is opened in the row on line %(line)d is not closed.")
    elif "expected after" in str(error):
        told = _("In the row on line %(line)d something follows a closing quotation mark. A quotation mark inside a cell is written twice.")
    else:
        told = _("The row on line %(line)d cannot be read.")
    return UnreadableFile("broken_quotes", told % {"line": line}, "file", line)


def _undecodable(path: Path, encoding: str) -> UnreadableFile:
    """Return the error that names the first line which is not text in this encoding."""
    decoder = getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        try:
            while block := file.read(4096):
                state = decoder.getstate()
                try:
                    line += decoder.decode(block).count("\n")
                except UnicodeError:
                    decoder.setstate(state)
                    for index in range(len(block)):
                        line += decoder.decode(block[index : index + 1]).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeError:
            pass
    return UnreadableFile(
        "not_in_encoding", _("Line %(line)d is not text in %(encoding)s.") % {"line": line, "encoding": _label(encoding)}, "encoding", line
    )


def _line_with_nul(path: Path) -> int:
    line = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            at = block.find(b"\0")
            line += block.count(b"\n", 0, at if at >= 0 else len(block))
            if at >= 0:
                break
    return line


# --- Spreadsheets


def _examine_sheet(path: Path, look: _Look, sheet: str) -> Opened:
    said: list[Message] = []
    with _workbook(path) as book:
        names = [name for name in book.sheetnames if hasattr(book[name], "iter_rows")]
        if sheet and sheet not in names:
            raise UnreadableFile("unknown_sheet", _("There is no sheet called “%(name)s”.") % {"name": sheet}, "sheet")
        filled = [name for name in names if not sheet and _is_filled(book, name)]
    if not sheet and len(filled) > 1:
        raise UnreadableFile("which_sheet", _("The file has several sheets (%(names)s). Say which one.") % {"names": ", ".join(filled)}, "sheet")
    sheet = sheet or (filled[0] if filled else "")
    if not sheet:
        raise UnreadableFile("empty", _("The file is empty."), "file")
    said.append(note("sheet", gettext_noop("Spreadsheet, sheet “%(name)s”. Dates and numbers are taken as the cells hold them."), name=sheet))
    records = _sheet_records(path, sheet)
    header = _header(next(records, (1, [])), said)
    rows = sum(1 for row in _shaped(_with_header(header, records), len(header)) if row.cells)
    return Opened(path, "xlsx", look.sha256, look.size, "", "", sheet, header, rows, said)


class _workbook:
    """The workbook, opened to be read row by row, and closed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        import openpyxl

        try:
            with zipfile.ZipFile(self._path) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                    raise UnreadableFile("too_large", _("The spreadsheet unpacks to more than 512 MB. Send it as CSV."), "file")
            self._book = openpyxl.load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
        except UnreadableFile:
            raise
        except Exception as error:  # openpyxl raises what its parsers raise: KeyError, ValueError, ParseError ...
            raise UnreadableFile("not_a_spreadsheet", _("This is not a spreadsheet that can be read (XLSX)."), "file") from error
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()


def _is_filled(book: Any, name: str) -> bool:
    sheet = book[name]
    sheet.reset_dimensions()
    return any(any(cell is not None for cell in row) for _number, row in zip(range(50), sheet.iter_rows(values_only=True), strict=False))


def _sheet_records(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    with _workbook(path) as book:
        sheet = book[name]
        sheet.reset_dimensions()  # what the file says of its own size may be wrong, or a trap
        has_begun, width = False, 0
        try:
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = [_written(value) for value in values]
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


def stored(file: BinaryIO, path: Path) -> None:
    """Write what is sent into a file of ours, block by block."""
    with path.open("wb") as output:
        while block := file.read(BLOCK):
            output.write(block)
