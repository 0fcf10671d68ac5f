"""Reading files: what is detected is said, what is ambiguous asks, what is broken names its line."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from incidents.imports import spreadsheets
from incidents.imports.readers import Opened, examine
from incidents.imports.tables import UnreadableFile
from tests.imports.conftest import show

Write = Callable[..., Path]
ARABIC = "id,claimant,summary\n" + "".join(f"{n},الحكومة,قصف المدينة من المعارضة\n" for n in range(4))


def looked_at(path: Path, **options: Any) -> Opened:
    return examine(path, recognised={"id", "claimant", "summary", "type"}.__contains__, **options)


def cells(opened: Opened) -> list[list[str]]:
    return [row.cells for row in opened.read()]


def said(opened: Opened) -> str:
    return " ".join(map(str, opened.said))


@pytest.mark.parametrize(
    ("encoding", "content", "heard"),
    [
        ("utf-8", ARABIC, "UTF-8, every character"),
        ("utf-8-sig", ARABIC, "UTF-8, by the mark"),
        ("utf-16", ARABIC, "UTF-16, by the mark"),
        ("cp1256", ARABIC, "windows-1256"),
        ("iso8859-6", ARABIC, "iso-8859-6"),
        ("ascii", "id,claimant,summary\n1,Lowlands,Shelling\n", "plain ASCII"),
    ],
)
def test_the_encoding_is_detected_and_said(written: Write, encoding: str, content: str, heard: str) -> None:
    opened = looked_at(written(content, encoding=encoding))
    assert heard in said(opened)
    assert cells(opened)[0] == content.splitlines()[1].split(",")


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250"])
def test_an_encoding_that_cannot_be_told_asks_and_takes_the_answer(written: Write, encoding: str) -> None:
    content = "Déjà vu à Alep" if encoding == "cp1252" else "Łódź"
    path = written(f"id,claimant,summary\n1,Lowlands,{content}\n", encoding=encoding)
    with pytest.raises(UnreadableFile, match="several ways") as raised:
        looked_at(path)
    assert raised.value.field == "encoding"
    assert cells(looked_at(path, encoding=encoding))[0][2] == content


@pytest.mark.parametrize(("mark", "heard"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_the_separator_is_detected_and_said(written: Write, mark: str, heard: str) -> None:
    opened = looked_at(written(f"{mark.join(('id', 'claimant', 'summary'))}\n{mark.join(('1', 'Lowlands', 'Shells. Many'))}\n"))
    assert heard in said(opened) and len(opened.header) == 3


def test_two_separators_that_fit_ask(written: Write) -> None:
    path = written("a,x;b,y\n1,2;3,4\n5,6;7,8\n")
    with pytest.raises(UnreadableFile, match="semicolon") as raised:
        examine(path, recognised=lambda name: False)
    assert raised.value.field == "separator"
    assert examine(path, separator="semicolon").header == ["a,x", "b,y"]


def test_quoted_separators_and_line_breaks_stay_in_their_cells(written: Write) -> None:
    opened = looked_at(written('id,claimant,summary\r\n1,"Low, lands","two\r\nlines"\r\n2,x,y\r\n'))
    rows = list(opened.read())
    assert rows[0].cells == ["1", "Low, lands", "two\r\nlines"]
    assert [row.number for row in rows] == [2, 4]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "empty"),
        ("\n\n", "cannot be told"),
        ('id,claimant,summary\n1,x,y\n2,"x,y\n3,x,y\n', "line 3 is not closed"),
        ('id,claimant,summary\n1,x,y\n2,"x"z,y\n', "line 3 something follows"),
        ("id,claimant,summary\n1,x,y\n2,x\0,y\n", "Line 3 holds a NUL"),
        ("id,claimant,ID\n1,x,y\n", "names a column twice: ID, id"),
        (b"PK\x03\x04nonsense", "not a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old kind"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(written: Write, content: str | bytes, what: str) -> None:
    with pytest.raises(UnreadableFile, match=what):
        looked_at(written(content))


def test_what_is_no_text_in_the_encoding_said_names_its_line(written: Write) -> None:
    path = written(b"id,claimant,summary\n1,x,y\n2,x,\xff\n")
    with pytest.raises(UnreadableFile, match="Line 3 is not text in utf-8"):
        looked_at(path, encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_nul_among_wide_characters_is_found_too(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes("id,claimant\n1,Low\0lands\n".encode(encoding))
    with pytest.raises(UnreadableFile) as raised:
        looked_at(path)
    assert (raised.value.code, raised.value.field) == ("nul", "file")


@pytest.mark.parametrize("name", ["klingon", "base64", "zip", "\0"])
def test_an_encoding_that_is_none_is_refused(written: Write, name: str) -> None:
    with pytest.raises(UnreadableFile):
        looked_at(written("id\n1\n"), encoding=name)


def test_ragged_rows_say_so_with_their_line_and_empty_ones_are_passed_over(written: Write) -> None:
    opened = looked_at(written("id,claimant,summary\n1,x\n,,\n\n2,x,y\n3,x,y,z\n4,x,y,\n"))
    rows = list(opened.read())
    assert [(row.number, bool(row.problem)) for row in rows] == [(2, True), (5, False), (6, True), (7, False)]
    assert "Line 6 has 4 cells, the header 3" in str(rows[2].problem)
    assert opened.rows == 4


def test_a_spreadsheet_is_read_as_it_is_meant(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "claimant", "summary", "when", "count"])
    local = datetime.fromisoformat("2016-09-19T19:12")
    sheet.append([1, "الحكومة", "=1+1", local, 254.0])
    sheet.append(["0042", True, None, date(2016, 9, 19), 2.5])
    book.create_sheet("empty")
    book.save(tmp_path / "sheet.xlsx")
    opened = looked_at(tmp_path / "sheet.xlsx")
    assert cells(opened) == [["1", "الحكومة", "", "2016-09-19 19:12", "254"], ["0042", "yes", "", "2016-09-19", "2.5"]]
    assert "sheet “Sheet”" in said(opened)


def test_several_sheets_ask_which(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("one", "two"):
        book.create_sheet(name).append(["id", "claimant"])
    book.save(tmp_path / "sheet.xlsx")
    with pytest.raises(UnreadableFile, match="one, two") as raised:
        looked_at(tmp_path / "sheet.xlsx")
    assert raised.value.field == "sheet"
    assert looked_at(tmp_path / "sheet.xlsx", sheet="two").header == ["id", "claimant"]


@pytest.mark.parametrize(("megabytes", "told"), [(600, "512 MB"), (20, "over and over")])
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, megabytes: int, told: str) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry:
        block = b"0" * (1 << 20)
        for _number in range(megabytes):
            entry.write(block)
    with pytest.raises(UnreadableFile, match=told):
        looked_at(path)


@pytest.mark.parametrize(("row", "column", "many"), [(1002, 1, 1), (3, 600, 1), (3, 16_384, 10)])
def test_a_sheet_that_names_a_far_row_or_column_is_not_filled_up_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: int, column: int, many: int
) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 1000)
    monkeypatch.setattr(spreadsheets, "MOST_CELLS", 100_000)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "claimant"])
    sheet.append(["1", "Lowlands"])
    for number in range(row, row + many):
        sheet.cell(number, column, None if many > 1 else "far out").number_format = "0.00"
    book.save(tmp_path / "sheet.xlsx")
    with pytest.raises(UnreadableFile) as raised:
        looked_at(tmp_path / "sheet.xlsx")
    assert (raised.value.code, raised.value.field) == ("too_large", "file")


def test_a_cell_far_out_that_is_only_styled_is_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "claimant"])
    sheet.append(["1", "Lowlands"])
    sheet.cell(2, 16_384).number_format = "0.00"
    book.save(tmp_path / "sheet.xlsx")
    assert cells(looked_at(tmp_path / "sheet.xlsx")) == [["1", "Lowlands"]]


@pytest.mark.slow
def test_reading_takes_no_more_memory_for_a_longer_file(written: Write) -> None:
    import tracemalloc

    peaks = []
    line = '1,Lowlands,"Shells fell, and more"\n'
    for rows in (20_000, 200_000):
        path = written("id,claimant,summary\n" + line * rows, name=f"{rows}.csv")
        tracemalloc.start()
        opened = looked_at(path)
        assert sum(1 for _row in opened.read()) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    show(f"reading 20,000 rows: peak {peaks[0] / 1e6:.2f} MB; 200,000 rows: {peaks[1] / 1e6:.2f} MB")
    assert peaks[1] < peaks[0] + 2_000_000
