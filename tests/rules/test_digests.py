"""Printed parts against printed totals: what adds up, and what is flagged and left as printed."""

import pytest

from incidents.rules.digests import unexplained
from incidents.rules.statements import Part
from incidents.vocabulary import ClaimFlag, Unit
from tests.rules.cast import SNHR_242, make_statement


def rows(*counts: int | None) -> tuple[Part, ...]:
    return tuple(Part(f"row {number}", count) for number, count in enumerate(counts, 1))


@pytest.mark.parametrize(
    ("count", "parts"),
    [
        (13, rows(4, 1, 4, 4)),
        (19, rows(8, 6, 3, 1, 1)),
        (7, ()),
        (None, rows(1, 2)),
        (5, rows(2, None)),
        (0, rows(0, 0)),
        (3, (Part("all", 3, parts=rows(1, 2)),)),
    ],
    ids=["Russia, 25 March 2017", "Turkey, 25 March 2017", "no parts", "no total", "a part without a number", "zeros", "two levels"],
)
def test_nothing_is_flagged(count: int | None, parts: tuple[Part, ...]) -> None:
    assert unexplained(make_statement("S", count, parts=parts)) == ()


@pytest.mark.parametrize(
    ("count", "parts", "unit", "total", "remainder"),
    [
        # UNIFIL's own split is not at hand: these rows only share its sum, 8,926.
        (8918, rows(6926, 2000), Unit.PROJECTILE, 8926, -8),
        (497, rows(142, 21, 228, 100), Unit.VIOLATION, 491, 6),
        (7, rows(4, 3, 1), Unit.VIOLATION, 8, -1),
        (0, rows(1), Unit.VIOLATION, 1, -1),
        (5, rows(6, None), Unit.VIOLATION, 6, -1),
        (5, rows(0), Unit.VIOLATION, 0, 5),
    ],
    ids=[
        "UNIFIL, S/2024/222",
        "Gaza Media Office to 22 November 2025",
        "29 February 2016",
        "zero stated",
        "more than the total already",
        "zero printed",
    ],
)
def test_the_remainder_is_named(count: int, parts: tuple[Part, ...], unit: Unit, total: int, remainder: int) -> None:
    (flag,) = unexplained(make_statement("S", count, parts=parts, unit=unit))
    assert flag.code == ClaimFlag.PARTS_DO_NOT_ADD_UP
    assert flag.detail == {"statement": "S", "label": "", "stated": count, "sum": total, "remainder": remainder}


def test_snhr_contradicts_itself_at_two_levels() -> None:
    assert [flag.detail for flag in unexplained(SNHR_242)] == [
        {"statement": "SN-242", "label": "", "stated": 242, "sum": 251, "remainder": -9},
        {"statement": "SN-242", "label": "arrests", "stated": 32, "sum": 23, "remainder": 9},
    ]
