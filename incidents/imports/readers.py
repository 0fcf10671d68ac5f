"""Opening a file of rows: which encoding, separator and columns it has, and then its rows, one at a time in constant memory.

Nothing is guessed silently. What was detected is said in the batch; what can be read in two ways is an error that asks. The whole
file is looked through once before anything is made of it, so that a broken quote on the last line leaves nothing half imported.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from incidents.imports import encodings, spreadsheets, texts
from incidents.imports.encodings import BLOCK, Look
from incidents.imports.messages import Message, note
from incidents.imports.tables import Row, UnreadableFile, header_of, shaped


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
        with texts.opened_text(self.path, self.encoding) as text:
            records = texts.records(text, self.separator, self.path, self.encoding)
            next(records, None)
            yield from shaped(records, len(self.header))

    def _of_sheet(self) -> Iterator[Row]:
        records = spreadsheets.records(self.path, self.sheet)
        next(records, None)
        yield from shaped(records, len(self.header))


def examine(path: Path, *, encoding: str = "", separator: str = "", sheet: str = "", recognised: Callable[[str], bool] = bool) -> Opened:
    """Return what the file is. Raise UnreadableFile, naming the line or the question, if it cannot be read in one way only.

    `recognised` says of a column's name whether the format knows it: evidence for a separator.
    """
    look = encodings.first_look(path)
    if look.size == 0:
        raise UnreadableFile("empty", _("The file is empty."), "file")
    if look.start.startswith(b"PK\x03\x04"):
        return _examine_sheet(path, look, sheet)
    if look.start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("old_spreadsheet", _("This is a spreadsheet of the old kind (XLS). Save it as XLSX or CSV."), "file")
    return _examine_text(path, look, encoding, separator, recognised)


def _examine_text(path: Path, look: Look, encoding: str, separator: str, recognised: Callable[[str], bool]) -> Opened:
    said: list[Message] = []
    encoding = encodings.known_encoding(encoding) if encoding else encodings.detected_encoding(look, said)
    if look.has_nul and not encoding.startswith("utf-16"):
        line = encodings.line_with_nul(path)
        told = _("Line %(line)d holds a NUL character: this is no text, or is UTF-16 without its mark. Say which encoding it is.")
        raise UnreadableFile("nul", told % {"line": line}, "encoding", line)
    separator = texts.known_separator(separator) if separator else texts.detected_separator(path, encoding, recognised, said)
    with texts.opened_text(path, encoding) as text:
        records = texts.records(text, separator, path, encoding)
        header = header_of(next(records, (1, [])), said)
        rows = sum(1 for row in shaped(records, len(header)) if row.cells)
    return Opened(path, "csv", look.sha256, look.size, encoding, separator, "", header, rows, said)


def _examine_sheet(path: Path, look: Look, sheet: str) -> Opened:
    said: list[Message] = []
    with spreadsheets.workbook(path) as book:
        names = [name for name in book.sheetnames if hasattr(book[name], "iter_rows")]
        if sheet and sheet not in names:
            raise UnreadableFile("unknown_sheet", _("There is no sheet called “%(name)s”.") % {"name": sheet}, "sheet")
        filled = [name for name in names if not sheet and spreadsheets.is_filled(book, name)]
    if not sheet and len(filled) > 1:
        raise UnreadableFile("which_sheet", _("The file has several sheets (%(names)s). Say which one.") % {"names": ", ".join(filled)}, "sheet")
    sheet = sheet or (filled[0] if filled else "")
    if not sheet:
        raise UnreadableFile("empty", _("The file is empty."), "file")
    said.append(note("sheet", gettext_noop("Spreadsheet, sheet “%(name)s”. Dates and numbers are taken as the cells hold them."), name=sheet))
    records = spreadsheets.records(path, sheet)
    header = header_of(next(records, (1, [])), said)
    rows = sum(1 for row in shaped(records, len(header)) if row.cells)
    return Opened(path, "xlsx", look.sha256, look.size, "", "", sheet, header, rows, said)


def stored(file: BinaryIO, path: Path) -> None:
    """Write what is sent into a file of ours, block by block."""
    with path.open("wb") as output:
        while block := file.read(BLOCK):
            output.write(block)
