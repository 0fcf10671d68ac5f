"""The formats in which an export is written. Each says how it is named and streams its bytes; a new one is a class here and a test."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from incidents.exports.columns import Column, Kind
from incidents.exports.copying import CSV, LINES, Drawn, cell, copied
from incidents.exports.tables import csv_lines

Point = tuple[str, str] | None
MOST_OF_A_SHEET = 1_048_576 - 1
AT_ONCE = 2_000


class Format:
    """A way to write rows. `needs_point`: it can only be had of what has a place on a map."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    extension: ClassVar[str]
    media_type: ClassVar[str]
    needs_point: ClassVar[bool] = False
    most_rows: ClassVar[int | None] = None

    def stream(self, query: str | None, columns: Sequence[Column], point: Point, mark: str, drawn: Drawn) -> Iterator[bytes]:
        """Yield the file, and count its rows.

        `query` asks for the columns, None where there can be no rows; `mark` tells whom it was drawn for, on each of them.
        """
        raise NotImplementedError


class Csv(Format):
    """RFC 4180, UTF-8, a header row."""

    label: ClassVar[str | Promise] = "CSV"
    name, extension, media_type = "csv", "csv", "text/csv; charset=utf-8"
    has_tags = False

    def stream(self, query: str | None, columns: Sequence[Column], point: Point, mark: str, drawn: Drawn) -> Iterator[bytes]:
        tags = [*(column.tag for column in columns), "#meta+mark"] if self.has_tags else ()
        yield from (line.encode() for line in csv_lines([*(column.name for column in columns), "drawn_for"], [], tags))
        if query:
            cells = ", ".join(cell(column) for column in columns)
            yield from copied(f"SELECT {cells}, {_literal(mark)} FROM ({query}) AS given", CSV, drawn)


class Hxl(Csv):
    """CSV with a row of HXL tags under the header, as humanitarian tools read it."""

    label = _("CSV with HXL tags")
    name, extension = "hxl", "hxl.csv"
    has_tags = True


class Ndjson(Format):
    """One JSON object a line."""

    label = _("JSON, one object a line")
    name, extension, media_type = "ndjson", "ndjson", "application/x-ndjson"

    def stream(self, query: str | None, columns: Sequence[Column], point: Point, mark: str, drawn: Drawn) -> Iterator[bytes]:
        if query:
            marked = f"SELECT row.*, {_literal(mark)} AS drawn_for FROM ({query}) AS row"
            yield from copied(f"SELECT row_to_json(given)::text FROM ({marked}) AS given", LINES, drawn)


class GeoJson(Format):
    """A feature collection (RFC 7946). What has no coordinates is a feature without a geometry, and is not left out."""

    label = _("GeoJSON, for maps")
    name, extension, media_type, needs_point = "geojson", "geojson", "application/geo+json", True

    def stream(self, query: str | None, columns: Sequence[Column], point: Point, mark: str, drawn: Drawn) -> Iterator[bytes]:
        yield b'{"type":"FeatureCollection","features":[\n'
        if point and query:
            x, y = point
            geometry = f"CASE WHEN {x} IS NULL THEN NULL ELSE json_build_object('type', 'Point', 'coordinates', json_build_array({x}, {y})) END"
            feature = f"json_build_object('type', 'Feature', 'id', id, 'geometry', {geometry}, 'properties', row_to_json(given))::text"
            marked = f"SELECT row.*, {_literal(mark)} AS drawn_for FROM ({query}) AS row"
            comma = "CASE WHEN row_number() OVER () > 1 THEN ',' ELSE '' END"
            yield from copied(f"SELECT {comma} || {feature} FROM ({marked}) AS given", LINES, drawn)
        yield b"]}\n"


class Xlsx(Format):
    """A spreadsheet, for people. Numbers are numbers, days are days, and nothing is a formula."""

    label = _("XLSX, for spreadsheets")
    name, extension = "xlsx", "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    most_rows = MOST_OF_A_SHEET

    def stream(self, query: str | None, columns: Sequence[Column], point: Point, mark: str, drawn: Drawn) -> Iterator[bytes]:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Truce")
        sheet.freeze_panes = "A2"
        sheet.append([*(column.name for column in columns), "drawn_for"])
        if query:
            for row in _fetched(f"SELECT {', '.join(map(_given, columns))} FROM ({query}) AS given"):
                sheet.append([_plain(sheet, value) for value in (*row, mark)])
                drawn.rows += 1
        with tempfile.TemporaryFile() as file:
            book.save(file)
            file.seek(0)
            while piece := file.read(65_536):
                yield piece


def _given(column: Column) -> str:
    name = connection.ops.quote_name(column.name)
    return cell(column) if column.kind is Kind.INSTANT else f"{name}::text" if column.kind is Kind.JSON else name


def _fetched(query: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query some at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while fetched := cursor.fetchmany(AT_ONCE):
            yield from fetched


def _plain(sheet: Any, value: Any) -> Any:
    """Return a cell that holds the value and never a formula."""
    if isinstance(value, str):
        found = WriteOnlyCell(sheet, value=_printable(value))
        found.data_type = "s"  # also where it begins with "="
        return found
    return value


def _printable(text: str) -> str:
    """Return the text without the control characters that a spreadsheet file cannot hold; it is cut where a cell ends."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")[:32_767]


def _literal(text: str) -> str:
    return str(connection.ops.compose_sql("%s", [text]))  # type: ignore[attr-defined]


FORMATS: dict[str, Format] = {kind.name: kind() for kind in (Csv, Hxl, Ndjson, GeoJson, Xlsx)}
