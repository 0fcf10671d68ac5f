"""Names on a drawing: each beside its mark, none over another."""

from incidents.rules.labels import LETTER, Spot, laid

SIZE = (400, 300)


def test_a_name_stands_to_the_right_of_its_mark() -> None:
    (label,) = laid([Spot(100, 100, "Aleppo")], *SIZE)
    assert label and label.anchor == "start" and label.x > 105


def test_at_the_edge_it_stands_to_the_left() -> None:
    (label,) = laid([Spot(390, 100, "Aleppo")], *SIZE)
    assert label and label.anchor == "end" and label.x < 385


def test_who_stands_first_keeps_the_place_and_the_next_gives_way() -> None:
    first, second = laid([Spot(100, 100, "Aleppo"), Spot(100 + 6 * LETTER, 100, "Hreitan")], *SIZE)
    assert first and first.anchor == "end", "the other's mark stands on its right"
    assert second and second.anchor == "start"


def test_below_or_above_where_both_sides_are_taken() -> None:
    _left, middle, _right = laid([Spot(80, 100, ""), Spot(100, 100, "Urum al-Kubra"), Spot(120, 100, "")], *SIZE)
    assert middle and middle.anchor == "middle" and middle.y > 110


def test_no_room_no_name() -> None:
    crowd = [Spot(100 + step % 5 * 8, 100 + step // 5 * 8, "Handarat camp") for step in range(25)]
    found = [(spot, label) for spot, label in zip(crowd, laid(crowd, *SIZE), strict=True) if label]
    assert 0 < len(found) < 25
    for spot, label in found:
        for other, its in found:
            if spot is not other and label.anchor == its.anchor:
                assert abs(label.y - its.y) >= 14 or abs(label.x - its.x) >= len(spot.name) * LETTER
