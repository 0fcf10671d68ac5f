"""Rows as any file holds them: under a header, each with as many cells as it names, or said to have others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from incidents.errors import RuleBroken
from incidents.imports.messages import Message, note

MOST_COLUMNS = 500
# The line on which a record begins, and its cells.
Record = tuple[int, list[str]]


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


def header_of(record: Record, said: list[Message]) -> list[str]:
    """Return the names of the columns; what is odd about them is said."""
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


def shaped(records: Iterable[Record], width: int) -> Iterator[Row]:
    """Yield the records that follow the header as rows. Empty ones are passed over; one with too many or too few cells says so."""
    for line, cells in records:
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if len(cells) == width:
            if any(cells):
                yield Row(line, cells)
        elif any(cells):
            text = gettext_noop("Line %(line)d has %(cells)d cells, the header %(width)d.")
            yield Row(line, cells, Message("error", "ragged", "", text, {"line": line, "cells": len(cells), "width": width}))
