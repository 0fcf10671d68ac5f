"""Outlines that share a border keep sharing it when they are simplified."""

import pytest

from incidents.rules import outlines

WEST = [(0, 0), (10, 0), (11, 3), (9, 6), (10, 10), (0, 10), (0, 0)]
EAST = [(10, 0), (20, 0), (20, 10), (10, 10), (9, 6), (11, 3), (10, 0)]


def test_neighbours_refer_to_one_border() -> None:
    _lines, [[west], [east]] = outlines.cut([WEST, EAST], tolerance=0)
    assert {-number for number in west} & set(east), "walked the other way"


def test_what_is_simplified_still_meets() -> None:
    lines, [[west], [east]] = outlines.cut([WEST, EAST], tolerance=2)
    assert set(outlines.walked(west, lines)) == {(0, 0), (10, 0), (10, 10), (0, 10)}
    assert set(outlines.walked(east, lines)) == {(10, 0), (20, 0), (20, 10), (10, 10)}


def test_without_tolerance_nothing_is_lost() -> None:
    lines, [[west], [east]] = outlines.cut([WEST, EAST], tolerance=0)
    assert set(outlines.walked(west, lines)) == set(WEST)
    assert set(outlines.walked(east, lines)) == set(EAST)


def test_an_island_is_one_closed_line() -> None:
    lines, [[walk]] = outlines.cut([[(0, 0), (5, 0), (5, 5), (0, 5), (0, 0)]], tolerance=1)
    assert len(walk) == 1
    assert len(set(outlines.walked(walk, lines))) == 4


def test_what_is_too_small_is_left_out() -> None:
    assert outlines.cut([[(0, 0), (1, 0), (0, 0)]], tolerance=1)[1] == [[]]


def test_a_line_is_read_as_it_was_packed() -> None:
    line = ((7, -3), (8, -3), (-20, 40))
    assert outlines.packed(line) == [7, -3, 1, 0, -28, 43]
    assert outlines.unpacked(outlines.packed(line)) == line


def test_numbers_are_written_as_signs_that_a_script_reads_back() -> None:
    numbers = [0, -1, 1, 29, -30, 30, 899, -4096, 123_456, -7_200]
    signs = outlines.written(numbers)
    assert outlines.written([0, -1, 1, 29, -30]) == "#$%^_", "small ones take one sign"
    read, rest, weight = [], 0, 1
    for sign in signs:
        value = ord(sign) - (36 if sign > "\\" else 35)
        rest, weight = rest + (value if value < 60 else value - 60) * weight, weight * 30
        if value < 60:
            read.append(-(rest + 1) // 2 if rest % 2 else rest // 2)
            rest, weight = 0, 1
    assert read == numbers
    assert not set(signs) & set('"\\'), "nothing that JSON escapes"


@pytest.mark.parametrize(
    ("ring", "part"),
    [
        ([(2, 2), (8, 2), (8, 8), (2, 8)], {(2, 2), (8, 2), (8, 8), (2, 8)}),
        ([(-5, 2), (5, 2), (5, 8), (-5, 8)], {(0, 2), (5, 2), (5, 8), (0, 8)}),
        ([(-90, -90), (90, -90), (90, 90), (-90, 90)], {(0, 0), (10, 0), (10, 10), (0, 10)}),
        ([(5, 5), (15, 15), (5, 15)], {(5, 5), (10, 10), (5, 10)}),
        ([(20, 2), (30, 2), (30, 8)], set()),
    ],
)
def test_what_of_a_ring_lies_within_a_box(ring: list[tuple[int, int]], part: set[tuple[int, int]]) -> None:
    assert set(outlines.within(ring, (0, 0), (10, 10))) == part
    assert set(outlines.within(ring[::-1], (0, 0), (10, 10))) == part
