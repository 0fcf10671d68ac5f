"""Points on the ground: within an area or not, how far apart, in which direction."""

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from incidents.errors import RuleBroken
from incidents.rules.areas import Point, Within, bearing, distance_km, must_be_point, polygons, within, within_circle

URUM = Point(36.1481, 36.94775)
ALEPPO = Point(36.201241, 37.161173)
BIG_ORM = Point(36.14796672, 36.94723381)
SQUARE = {"type": "Polygon", "coordinates": [[[36.0, 36.0], [37.0, 36.0], [37.0, 37.0], [36.0, 37.0], [36.0, 36.0]]]}
HOLE = [[36.4, 36.4], [36.6, 36.4], [36.6, 36.6], [36.4, 36.6], [36.4, 36.4]]
WITH_HOLE = {"type": "Polygon", "coordinates": [*SQUARE["coordinates"], HOLE]}
# A bay from the east: the point between its arms is outside, though inside the bounding box.
BAY: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[36, 36], [37, 36], [37, 36.3], [36.3, 36.3], [36.3, 36.7], [37, 36.7], [37, 37], [36, 37], [36, 36]]],
}
FAR = [[[40.0, 35.0], [40.5, 35.0], [40.5, 35.5], [40.0, 35.0]]]
TWO = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], FAR]}

POINTS = st.builds(Point, st.floats(-89.9, 89.9), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("area", "latitude", "longitude", "radius_m", "how"),
    [
        (SQUARE, 36.5, 36.5, 0, Within.INSIDE),
        (SQUARE, 36.5, 37.5, 0, Within.OUTSIDE),
        (SQUARE, 37.5, 36.5, 0, Within.OUTSIDE),
        (SQUARE, 36.5, 35.9999, 0, Within.OUTSIDE),
        (SQUARE, 36.5, 36.0, 0, Within.STRADDLES),
        (SQUARE, 36.5, 36.02, 1_000, Within.INSIDE),
        (SQUARE, 36.5, 36.02, 3_000, Within.STRADDLES),
        (SQUARE, 36.5, 36.02, 2_000, Within.STRADDLES),  # degrees of longitude are shorter here: 1.8 km
        (SQUARE, 36.5, 35.98, 3_000, Within.STRADDLES),
        (SQUARE, 36.5, 35.98, 1_000, Within.OUTSIDE),
        (SQUARE, 36.5, 36.5, 500_000, Within.STRADDLES),
        (SQUARE, 36.5, 36.5, None, Within.STRADDLES),
        (SQUARE, 50.0, 10.0, None, Within.STRADDLES),
        (WITH_HOLE, 36.5, 36.5, 0, Within.OUTSIDE),
        (WITH_HOLE, 36.5, 36.3, 0, Within.INSIDE),
        (WITH_HOLE, 36.5, 36.39, 3_000, Within.STRADDLES),
        (BAY, 36.5, 36.8, 0, Within.OUTSIDE),
        (BAY, 36.5, 36.1, 0, Within.INSIDE),
        (BAY, 36.15, 36.8, 0, Within.INSIDE),
        (BAY, 36.3, 36.1, 0, Within.INSIDE),  # the ray runs along an edge and through corners
        (BAY, 36.7, 36.1, 0, Within.INSIDE),
        (BAY, 36.3, 35.9, 0, Within.OUTSIDE),
        (TWO, 36.5, 36.5, 0, Within.INSIDE),
        (TWO, 35.1, 40.3, 0, Within.INSIDE),
        (TWO, 35.4, 40.1, 0, Within.OUTSIDE),
        ({"type": "Feature", "properties": {}, "geometry": SQUARE}, 36.5, 36.5, 0, Within.INSIDE),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": TWO}]}, 35.1, 40.3, 0, Within.INSIDE),
    ],
)
def test_a_place_lies_inside_outside_or_across_the_edge(
    area: dict[str, Any], latitude: float, longitude: float, radius_m: float | None, how: Within
) -> None:
    assert within(Point(latitude, longitude, radius_m), area) == how


@pytest.mark.parametrize(
    ("metres_apart", "radius_m", "how"),
    [
        (0, 100, Within.INSIDE),
        (2_000, 900, Within.INSIDE),
        (2_500, 900, Within.STRADDLES),
        (3_500, 900, Within.STRADDLES),
        (5_000, 900, Within.OUTSIDE),
    ],
)
def test_a_place_lies_so_to_a_named_place_of_3_km(metres_apart: float, radius_m: float, how: Within) -> None:
    north = math.degrees(metres_apart / 6_371_008.8)
    assert within_circle(Point(36.0 + north, 37.0, radius_m), Point(36.0, 37.0, 3_000)) == how
    assert within_circle(Point(36.0 + north, 37.0, None), Point(36.0, 37.0, 3_000)) == Within.STRADDLES


@pytest.mark.parametrize(
    "area",
    [
        {"type": "Point", "coordinates": [36, 36]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[36, 36], [37, 36], [36, 36]]]},
        {"type": "Polygon", "coordinates": [[[36, 36], [37, 36], [37, 37], [36, 37]]]},
        {"type": "Polygon", "coordinates": [[[36, 36], [37, 96], [37, 37], [36, 36]]]},
        {"type": "Polygon", "coordinates": [[[36, 36], [37, "36"], [37, 37], [36, 36]]]},
        {"type": "Polygon", "coordinates": [[[36, 36], [37, math.nan], [37, 37], [36, 36]]]},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [7]},
        {"type": "Feature", "geometry": None},
        {"type": "FeatureCollection", "features": 7},
        {"type": "FeatureCollection", "features": []},
        {},
        None,
        [],
    ],
)
def test_what_is_no_area_is_refused_with_its_field(area: Any) -> None:
    with pytest.raises(RuleBroken) as refused:
        polygons(area)
    assert (refused.value.code, refused.value.field) == ("not_an_area", "area")


@pytest.mark.parametrize(
    ("point", "field"),
    [
        (Point(90.1, 0), "latitude"),
        (Point(math.nan, 0), "latitude"),
        (Point(0, -180.1), "longitude"),
        (Point(0, math.inf), "longitude"),
        (Point(0, 0, -1), "radius_m"),
    ],
)
def test_what_is_no_point_is_refused_with_its_field(point: Point, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        must_be_point(point)
    assert refused.value.field == field
    with pytest.raises(RuleBroken):
        within(point, SQUARE)


class TestDistanceAndDirection:
    def test_urum_al_kubra_lies_20_km_west_of_aleppo(self) -> None:
        assert distance_km(ALEPPO, URUM) == pytest.approx(20.04, abs=0.1)
        assert bearing(ALEPPO, URUM) == pytest.approx(252.9, abs=0.5)

    def test_two_gazetteers_put_it_50_metres_apart(self) -> None:
        assert distance_km(URUM, BIG_ORM) == pytest.approx(0.0487, abs=0.005)

    @pytest.mark.parametrize(("target", "degrees"), [(Point(1, 0), 0), (Point(0, 1), 90), (Point(-1, 0), 180), (Point(0, -1), 270)])
    def test_directions_go_from_north_by_east(self, target: Point, degrees: float) -> None:
        assert bearing(Point(0, 0), target) == pytest.approx(degrees)

    def test_a_degree_of_latitude_is_111_km_and_half_the_globe_20015(self) -> None:
        assert distance_km(Point(0, 0), Point(1, 0)) == pytest.approx(111.195, abs=0.001)
        assert distance_km(Point(0, 0), Point(0, 180)) == pytest.approx(20_015.1, abs=0.1)
        assert distance_km(Point(0, 179.5), Point(0, -179.5)) == pytest.approx(111.195, abs=0.001)

    def test_there_is_no_direction_to_the_same_point(self) -> None:
        assert bearing(URUM, URUM) is None

    @given(POINTS, POINTS)
    def test_distance_is_the_same_both_ways_and_never_more_than_half_the_globe(self, one: Point, other: Point) -> None:
        assert distance_km(one, other) == pytest.approx(distance_km(other, one))
        assert 0 <= distance_km(one, other) <= 20_015.2
        degrees = bearing(one, other)
        assert degrees is None or 0 <= degrees < 360


class TestAlways:
    @given(st.floats(35.5, 37.5), st.floats(35.5, 37.5), st.floats(0, 60_000), st.floats(0, 60_000))
    def test_a_coarser_place_never_turns_from_inside_to_outside(self, latitude: float, longitude: float, one: float, other: float) -> None:
        finer, coarser = (within(Point(latitude, longitude, radius), SQUARE) for radius in sorted((one, other)))
        assert coarser in {finer, Within.STRADDLES}

    @given(st.floats(35.5, 37.5), st.floats(35.5, 37.5))
    def test_inside_a_box_is_what_its_bounds_say(self, latitude: float, longitude: float) -> None:
        assume(min(abs(latitude - 36), abs(latitude - 37), abs(longitude - 36), abs(longitude - 37)) > 1e-5)
        expected = Within.INSIDE if 36 < latitude < 37 and 36 < longitude < 37 else Within.OUTSIDE
        assert within(Point(latitude, longitude), SQUARE) == expected

    @given(st.floats(35.5, 37.5), st.floats(35.5, 37.5), st.integers(0, 7))
    def test_where_a_ring_begins_and_which_way_it_runs_makes_no_difference(self, latitude: float, longitude: float, turn: int) -> None:
        corners: list[Any] = BAY["coordinates"][0][:-1]
        turned = corners[turn:] + corners[:turn]
        for ring in (turned, turned[::-1]):
            other = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
            assert within(Point(latitude, longitude), other) == within(Point(latitude, longitude), BAY)
