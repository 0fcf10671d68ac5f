"""Whole numbers as people type them: any digits, nothing else."""

import pytest

from incidents.errors import RuleBroken
from incidents.rules.numerals import parse_count


@pytest.mark.parametrize(
    ("text", "count"),
    [("62", 62), (" 62 ", 62), ("٦٢", 62), ("۶۲", 62), ("0", 0), ("٠", 0), ("007", 7), ("2147483647", 2_147_483_647), ("", None), ("  ", None)],
)
def test_a_count_is_read_in_any_digits_and_nothing_typed_is_not_zero(text: str, count: int | None) -> None:
    assert parse_count(text, "killed") == count


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-5", "negative"),
        ("\u22125", "negative"),
        ("-٥", "negative"),
        ("1_000", "not_a_number"),
        ("1,000", "not_a_number"),
        ("1.000", "not_a_number"),
        ("1 000", "not_a_number"),
        ("+5", "not_a_number"),
        ("1e3", "not_a_number"),
        ("0x10", "not_a_number"),
        ("½", "not_a_number"),
        ("६२", "not_a_number"),
        ("many", "not_a_number"),
        ("2147483648", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_anything_else_is_refused_with_its_field(text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse_count(text, "killed")
    assert (refused.value.code, refused.value.field) == (code, "killed")
