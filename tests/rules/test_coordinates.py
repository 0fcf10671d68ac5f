"""Coordinates as people write them: what is understood, echoed, and refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import RuleBroken
from incidents.rules.coordinates import Notation, Order, Reading, parse


def place(found: Reading) -> tuple[float, float]:
    return (round(float(found.latitude), 4), round(float(found.longitude), 4))


URUM = (36.1481, 36.9478)


@pytest.mark.parametrize(
    ("text", "notation", "order"),
    [
        ("36.1481, 36.9478", Notation.DECIMAL, Order.ASSUMED),
        ("36.1481 36.9478", Notation.DECIMAL, Order.ASSUMED),
        ("36.1481;36.9478", Notation.DECIMAL, Order.ASSUMED),
        ("36.1481,36.9478", Notation.DECIMAL, Order.ASSUMED),
        ("+36.1481 +36.9478", Notation.DECIMAL, Order.ASSUMED),
        ("36.1481°, 36.9478°", Notation.DECIMAL, Order.ASSUMED),
        ("36.1481° 36.9478°", Notation.DECIMAL, Order.ASSUMED),
        ("36,1481 36,9478", Notation.DECIMAL, Order.ASSUMED),
        ("36,1481, 36,9478", Notation.DECIMAL, Order.ASSUMED),
        ("36,1481; 36,9478", Notation.DECIMAL, Order.ASSUMED),
        ("٣٦٫١٤٨١، ٣٦٫٩٤٧٨", Notation.DECIMAL, Order.ASSUMED),
        ("٣٦٫١٤٨١ ش، ٣٦٫٩٤٧٨ ق", Notation.DECIMAL, Order.LETTERS),
        ("۳۶٫۱۴۸۱ شمالا ۳۶٫۹۴۷۸ شرقا", Notation.DECIMAL, Order.LETTERS),
        ("36.1481N 36.9478E", Notation.DECIMAL, Order.LETTERS),
        ("N36.1481 E36.9478", Notation.DECIMAL, Order.LETTERS),
        ("e 36.9478, n 36.1481", Notation.DECIMAL, Order.LETTERS),
        ("36.1481 North, 36.9478 East", Notation.DECIMAL, Order.LETTERS),
        ("36°08.886'N 36°56.868'E", Notation.MINUTES, Order.LETTERS),
        ("36° 8,886′ N, 36° 56,868′ E", Notation.MINUTES, Order.LETTERS),
        ("36 08.886 N 36 56.868 E", Notation.MINUTES, Order.LETTERS),
        ("36°08'53.16\"N 36°56'52.08\"E", Notation.SECONDS, Order.LETTERS),
        ("36°08′53.16″ 36°56′52.08″", Notation.SECONDS, Order.ASSUMED),
        ("36°08'53.16'', 36°56'52.08''", Notation.SECONDS, Order.ASSUMED),
        ("N 36 08 53.16 E 36 56 52.08", Notation.SECONDS, Order.LETTERS),
        ("٣٦°٠٨′٥٣٫١٦″ ش ٣٦°٥٦′٥٢٫٠٨″ ق", Notation.SECONDS, Order.LETTERS),
        ("36°56'52.08\"E, 36°08'53.16\"N", Notation.SECONDS, Order.LETTERS),
        ("36.1481°N, 36°56'52.08\"E", Notation.SECONDS, Order.LETTERS),
    ],
)
def test_urum_al_kubra_is_read_however_it_is_written(text: str, notation: Notation, order: Order) -> None:
    found = parse(text)
    assert (place(found), found.notation, found.order) == (URUM, notation, order)
    assert found.echo == "36.1481° N, 36.9478° E"
    assert found.is_ambiguous == (order == Order.ASSUMED)
    assert found.other == ("36.9478° N, 36.1481° E" if found.is_ambiguous else "")


@pytest.mark.parametrize(
    ("text", "latitude", "longitude", "order", "echo"),
    [
        ("-33.5, 151.25", -33.5, 151.25, Order.ONLY_ORDER, "33.5° S, 151.25° E"),
        ("151.25, -33.5", -33.5, 151.25, Order.RANGE, "33.5° S, 151.25° E"),
        ("33.5S 70.5W", -33.5, -70.5, Order.LETTERS, "33.5° S, 70.5° W"),
        ("-33.5 -70.5", -33.5, -70.5, Order.ASSUMED, "33.5° S, 70.5° W"),
        ("−33.5 70", -33.5, 70, Order.ASSUMED, "33.5° S, 70° E"),
        ("-0°30'00\", 10°00'00\"", -0.5, 10, Order.ASSUMED, "0.5° S, 10° E"),
        ("0, 0", 0, 0, Order.ASSUMED, "0° N, 0° E"),
        ("90 N 180 W", 90, -180, Order.LETTERS, "90° N, 180° W"),
        ("36.12345678, 36.5", 36.123457, 36.5, Order.ASSUMED, "36.123457° N, 36.5° E"),
        ("36,5; 37", 36.5, 37, Order.ASSUMED, "36.5° N, 37° E"),
        ("36, 37", 36, 37, Order.ASSUMED, "36° N, 37° E"),
        ("10, 20", 10, 20, Order.ASSUMED, "10° N, 20° E"),
    ],
)
def test_signs_letters_and_ranges_say_which_is_which(text: str, latitude: float, longitude: float, order: Order, echo: str) -> None:
    found = parse(text)
    assert (float(found.latitude), float(found.longitude), found.order, found.echo) == (latitude, longitude, order, echo)


@pytest.mark.parametrize(
    ("text", "radius_m"),
    [
        ("36, 37", 55_598),
        ("36.1, 36.9", 5_560),
        ("36.14, 36.9", 5_560),
        ("36.1481, 36.9478", 6),
        ("36°08'N 36°56'E", 927),
        ("36°08'53\"N 36°56'52\"E", 16),
        ("36.123456, 36.123456", 1),
    ],
)
def test_as_exactly_as_the_digits_written(text: str, radius_m: int) -> None:
    assert parse(text).radius_m == radius_m


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_two"),
        ("36.1481", "not_two"),
        ("36.1481 36.9478 12", "not_two"),
        ("36,37", "ambiguous_comma"),
        ("36,1481,36,9478", "ambiguous_comma"),
        ("36,5 37", "ambiguous_comma"),
        ("36.1481, 36.9478 near the mill", "not_understood"),
        ("lat 36.1481 lon 36.9478", "not_understood"),
        ("36.1481, 36.9478, 300", "not_understood"),
        ("36.1481,, 36.9478", "not_understood"),
        ("36.1481, ", "not_understood"),
        ("36 08 53 36 56 52", "not_two"),
        ("36 08 53, 36 56 52", "not_understood"),
        ("36.5°08'N 36°56'E", "decimals_twice"),
        ("36°08.0'53\"N 36°56'52\"E", "decimals_twice"),
        ("36°60'N 36°56'E", "not_below_sixty"),
        ("36°08'60\"N 36°56'52\"E", "not_below_sixty"),
        ("-36.1N 36.9E", "not_understood"),
        ("36.1N 36.9N", "not_two"),
        ("36.1N, 36.9", "not_two"),
        ("36.1 36.9E", "not_two"),
        ("N36.1N E36.9E", "not_two"),
        ("91N 36E", "out_of_range"),
        ("36N 181E", "out_of_range"),
        ("91, 92", "out_of_range"),
        ("181, 36", "out_of_range"),
        ("1036.1, 36.9", "not_understood"),
        ("36.1.4, 36.9", "not_understood"),
        ("36'08°N 36'56°E", "not_understood"),
        ("36.1e2, 36.9", "not_understood"),
        ("½, 36", "not_understood"),
        ("²6, 36", "not_understood"),
        ("nan, nan", "not_understood"),
        ("9" * 101, "too_long"),
        ("- 36.1, 36.9 -", "not_understood"),
    ],
)
def test_anything_else_or_anything_more_is_refused_with_its_field(text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse(text, "where")
    assert (refused.value.code, refused.value.field) == (code, "where")


LATITUDES = st.decimals(-90, 90, places=6)
LONGITUDES = st.decimals(-180, 180, places=6)


class TestAlways:
    @given(LATITUDES, LONGITUDES)
    def test_what_is_echoed_reads_as_the_same_place(self, latitude: Decimal, longitude: Decimal) -> None:
        found = parse(f"{abs(latitude):f}{'S' if latitude < 0 else 'N'}, {abs(longitude):f}{'W' if longitude < 0 else 'E'}")
        assert (found.latitude, found.longitude) == (latitude, longitude)
        again = parse(found.echo)
        assert (again.latitude, again.longitude) == (latitude, longitude)

    @given(LATITUDES, LONGITUDES)
    def test_of_two_bare_numbers_either_the_order_is_certain_or_the_other_is_shown(self, latitude: Decimal, longitude: Decimal) -> None:
        found = parse(f"{latitude:f} {longitude:f}")
        assert (found.latitude, found.longitude) == (latitude, longitude)
        assert found.is_ambiguous == bool(found.other) == (abs(longitude) <= 90)

    @given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59))
    def test_degrees_minutes_and_seconds_are_sixtieths(self, degrees: int, minutes: int, seconds: int) -> None:
        found = parse(f"{degrees}°{minutes}'{seconds}\"S {degrees}°{minutes}'{seconds}\"E")
        assert float(found.longitude) == pytest.approx(degrees + minutes / 60 + seconds / 3600, abs=1e-6)
        assert found.latitude == -found.longitude

    @given(st.text(alphabet="0123456789.,;°'\"NSEWnsew+- ٣٦٫،شق²½", max_size=24))
    def test_any_text_is_read_or_refused_and_breaks_nothing(self, text: str) -> None:
        try:
            found = parse(text)
        except RuleBroken as refused:
            assert refused.field == "coordinates"
        else:
            assert abs(found.latitude) <= 90 and abs(found.longitude) <= 180


HANDARAT = (36.296, 37.190)


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("37S CA 3747 1829", Notation.MGRS),
        ("37SCA37471829", Notation.MGRS),
        ("37s ca 37470 18290", Notation.MGRS),
        ("MGRS 37SCA3747018290", Notation.MGRS),
        ("٣٧S CA ٣٧٤٧ ١٨٢٩", Notation.MGRS),
        ("37S 337470 4018290", Notation.UTM),
        ("UTM zone 37S 337470E 4018290N", Notation.UTM),
        ("37N 337470 4018290", Notation.UTM),
        ("8G8V75WQ+9XQ", Notation.PLUS_CODE),
        ("8g8v75wq+9x", Notation.PLUS_CODE),
        ("geo:36.296,37.190", Notation.LINK),
        ("https://www.google.com/maps?q=36.296,37.190", Notation.LINK),
        ("https://www.google.com/maps/place/Handarat/@36.31,37.2,14z/data=!3m1!4b1!4m5!3m4!1s0x1:0x2!8m2!3d36.296!4d37.19", Notation.LINK),
        ("https://www.google.com/maps/@36.296,37.190,15z", Notation.LINK),
        ("https://www.openstreetmap.org/?mlat=36.296&mlon=37.190#map=15/36.30/37.20", Notation.LINK),
        ("https://www.openstreetmap.org/#map=15/36.296/37.190", Notation.LINK),
        ("https://yandex.com/maps/?ll=37.190%2C36.296&z=12", Notation.LINK),
        ("https://www.bing.com/maps?cp=36.296~37.190&lvl=12", Notation.LINK),
        ("http://wikimapia.org/#lang=en&lat=36.296000&lon=37.190000&z=14", Notation.LINK),
    ],
)
def test_handarat_is_read_from_a_grid_a_code_or_a_link(text: str, notation: Notation) -> None:
    found = parse(text)
    assert found.notation == notation
    assert abs(float(found.latitude) - HANDARAT[0]) < 0.0003
    assert abs(float(found.longitude) - HANDARAT[1]) < 0.0003


def test_the_letter_s_is_asked_for_where_it_can_be_the_south() -> None:
    found = parse("37S 337470 4018290")
    assert found.is_ambiguous
    assert found.other_point and float(found.other_point[0]) < -50
    assert not parse("37N 337470 4018290").is_ambiguous


def test_a_grid_reference_is_as_exact_as_its_digits() -> None:
    assert [parse(f"37S CA {digits}").radius_m for digits in ("37 18", "374 182", "3747 1829", "37470 18290")] == [500, 50, 5, 1]


@pytest.mark.parametrize(
    "text",
    [
        "37S CA 3747 182",
        "37S CA",
        "37I CA 3747 1829",
        "61S CA 3747 1829",
        "37S CA 3747 1829 Handarat",
        "37S ZZ 3747 1829",
        "37M 337470 4018290",
        "37S 337470",
        "37S 99 4018290",
        "75WR+9X",
        "8G8X0000+",
        "8G8X75WR+9",
        "XX8X75WR+9X",
        "https://example.org/?q=36.296,37.190",
        "https://www.google.com.example.org/maps?q=36.296,37.190",
        "https://www.google.com/maps/place/Handarat",
        "https://goo.gl/maps/abc",
        "geo:96.296,37.190",
        "https://www.openstreetmap.org/?mlat=36.296",
    ],
)
def test_what_is_not_read_whole_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken):
        parse(text)
