"""A box as it is written: read strictly, never put in order silently."""

from decimal import Decimal

import pytest

from incidents.errors import RuleBroken
from incidents.rules import boxes


def test_it_is_read_in_any_digits_and_written_again() -> None:
    box = boxes.parse(" 36.5, 35.8,37.4,36.6", "box")
    assert (box.west, box.north, box.crosses) == (Decimal("36.5"), Decimal("36.6"), False)
    assert boxes.parse("٣٦.٥،٣٥.٨،٣٧.٤،٣٦.٦", "box") == boxes.parse(str(box), "box") == box
    assert boxes.parse("179,-1,-179,1", "box").crosses


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("36,35,37", "not_a_box"),
        ("36,35,37,36,1", "not_a_box"),
        ("36,35,x,36", "not_a_box"),
        ("36,35,1e1,36", "not_a_box"),
        ("36,35,nan,36", "not_a_box"),
        ("36,35,37.1234567,36", "not_a_box"),
        ("181,35,37,36", "out_of_range"),
        ("36,-91,37,36", "out_of_range"),
        ("36,36,37,35", "ends_before_start"),
    ],
)
def test_what_is_no_box_is_refused(text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        boxes.parse(text, "box")
    assert (caught.value.code, caught.value.field) == (code, "box")
