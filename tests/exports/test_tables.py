"""Small tables as CSV."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from incidents.exports.tables import csv_lines, safe


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_would_run_does_not(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (0, "0"), (-3, "-3"), (Decimal("-1.50"), "-1.50"), (True, "true"), (date(2016, 9, 19), "2016-09-19"), ("a=1", "a=1"), ("", "")],
)
def test_values_stay_what_they_are(value: Any, cell: str) -> None:
    assert safe(value) == cell


def test_a_file_is_read_back_as_it_was_meant() -> None:
    rows = [["أورم الكبرى", 'said "no",\r\nthen yes', None], ["x", "=cmd", 0]]
    read = list(csv.reader(io.StringIO("".join(csv_lines(["place", "wording", "killed"], rows, ["#loc+name", "#description", "#affected+killed"])))))
    assert read == [
        ["place", "wording", "killed"],
        ["#loc+name", "#description", "#affected+killed"],
        ["أورم الكبرى", 'said "no",\r\nthen yes', ""],
        ["x", "'=cmd", "0"],
    ]
