"""Files of text: what separates their columns, and their records."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from incidents.imports.encodings import SAMPLE, undecodable
from incidents.imports.messages import Message, note
from incidents.imports.tables import Record, UnreadableFile

SEPARATORS = {",": gettext_noop("comma"), ";": gettext_noop("semicolon"), "\t": gettext_noop("tab"), "|": gettext_noop("pipe")}
# Whole sentences: what is kept of a file is kept in English, and translated where it is read.
_SAID = {
    ",": gettext_noop("Separator: comma."),
    ";": gettext_noop("Separator: semicolon."),
    "\t": gettext_noop("Separator: tab."),
    "|": gettext_noop("Separator: pipe."),
}
NAMED_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


def known_separator(name: str) -> str:
    """Return the separator that is named, or given as itself."""
    separator = NAMED_SEPARATORS.get(name.strip().lower(), name)
    if separator == "\\t":
        separator = "\t"
    if separator not in SEPARATORS:
        raise UnreadableFile("unknown_separator", _("A separator is a comma, semicolon, tab or pipe."), "separator")
    return separator


def detected_separator(path: Path, encoding: str, recognised: Callable[[str], bool], said: list[Message]) -> str:
    """Return what separates the columns, and say so. Raise UnreadableFile where it cannot be told."""
    with opened_text(path, encoding) as text:
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
    said.append(note("separator", _SAID[chosen]))
    return chosen


def _one(ranked: list[str], known: dict[str, int]) -> str | None:
    if len(ranked) == 1 or known[ranked[0]] > known[ranked[1]]:
        return ranked[0]
    return None


def opened_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """Return the file as text; whoever reads it closes it."""
    return io.TextIOWrapper(path.open("rb"), encoding=encoding, errors="strict", newline="")


def _decoded(text: io.TextIOWrapper, path: Path, encoding: str, size: int) -> str:
    try:
        return text.read(size)
    except UnicodeError as error:
        raise undecodable(path, encoding) from error


def records(text: io.TextIOWrapper, separator: str, path: Path, encoding: str) -> Iterator[Record]:
    """Yield each record with the line on which it begins, the header first."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    may_hold_nul = encoding.startswith("utf-16")  # of the others it is known by their bytes that there is none
    begins = 1
    has_begun = False
    while True:
        try:
            record = next(reader, None)
        except UnicodeError as error:
            raise undecodable(path, encoding) from error
        except csv.Error as error:
            raise _broken_quotes(begins, error) from error
        if record is None:
            return
        if may_hold_nul and any("\0" in cell for cell in record):
            raise UnreadableFile("nul", _("Row %(line)d holds a character that is no text.") % {"line": begins}, "file", begins)
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
