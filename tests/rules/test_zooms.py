"""Zoom levels: what is one, how large a cell is, which level shows a box, and which box is too large for a level."""

import pytest

from incidents.errors import RuleBroken
from incidents.rules import boxes, zooms

SYRIA = boxes.parse("35.5,32.3,42.4,37.4", "box")


@pytest.mark.parametrize("text", ["0", "19", "7.5", "-1", "1e1", "²", "", " ", "007", "seven"])
def test_what_is_no_zoom_level_is_refused_by_name(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        zooms.parse(text, "zoom")
    assert (refused.value.code, refused.value.field) == ("not_a_zoom", "zoom")


def test_levels_are_read_in_any_digits_and_each_halves_the_cell() -> None:
    assert [zooms.parse(text, "zoom") for text in ("1", "18", "٧")] == [1, 18, 7]
    assert zooms.cell(8) == zooms.cell(7) / 2
    assert zooms.cell(2) == 360 / 16, "at level 2 the world is 1,024 pixels, and a cell 64"


def test_a_box_fits_its_window_and_the_next_level_does_not() -> None:
    zoom = zooms.fits(SYRIA, 960, 600)
    assert zoom == 7 - 1 or zoom == 7
    wide = zooms.width_of(SYRIA) / 360 * 256 * 2**zoom
    assert wide <= 960
    assert zooms.fits(SYRIA, 1920, 1200) == zoom + 1
    assert zooms.fits(boxes.parse("37,36,37,36", "box"), 960, 600) == zooms.MOST
    assert zooms.fits(boxes.parse("-180,-90,180,90", "box"), 960, 600) == 1


def test_over_the_180th_meridian_a_box_is_as_wide_as_it_is() -> None:
    assert zooms.width_of(boxes.parse("178,-20,-178,-10", "box")) == 4


def test_no_box_has_more_cells_than_a_window_shows() -> None:
    zooms.check(SYRIA, 9)
    with pytest.raises(RuleBroken) as refused:
        zooms.check(SYRIA, 14)
    assert refused.value.field == "box"
