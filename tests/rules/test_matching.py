"""May two reports be of one event? As near as both are known, with reasons that a person can check."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules import wordings
from incidents.rules.areas import Point
from incidents.rules.matching import Likeness, Sketch, compared, reach_km
from incidents.rules.timespans import Timespan
from incidents.vocabulary import PlacePrecision as W
from incidents.vocabulary import TimePrecision as P
from incidents.vocabulary import ViolationType as T

NOON = datetime(2016, 9, 19, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def spot(km_north: float = 0.0, precision: W = W.POINT) -> dict[str, Any]:
    return {"point": Point(36.13 + km_north / 111.195, 36.97), "precision": precision}


def at(hours: float = 0.0, length: timedelta = timedelta(0), precision: P = P.EXACT) -> Timespan:
    return Timespan(precision, NOON + hours * HOUR, NOON + hours * HOUR + length, None)


def on(day: int = 0) -> Timespan:
    return at(24 * day - 12, DAY, P.DAY)


def sketch(km_north: float = 0.0, precision: W = W.POINT, when: Timespan | None = None, **facts: Any) -> Sketch:
    return Sketch(**({"type": T.AIRSTRIKE, "when": when or at()} | spot(km_north, precision) | facts))


def reasons(one: Sketch, other: Sketch) -> list[str]:
    return [reason.text for reason in compared(one, other).reasons]


@pytest.mark.parametrize(
    ("precision", "km"),
    [(W.POINT, 1.0), (W.NEIGHBOURHOOD, 1.0), (W.TOWN, 3.0), (W.DISTRICT, 15.0), (W.GOVERNORATE, None), (W.COUNTRY, None), (None, None)],
)
def test_a_report_reaches_as_far_as_its_place_is_uncertain(precision: W | None, km: float | None) -> None:
    assert reach_km(precision) == km


@pytest.mark.parametrize(
    ("one", "other", "km", "expected"),
    [
        (W.POINT, W.POINT, 0.95, True),
        (W.POINT, W.POINT, 1.05, False),
        (W.POINT, W.TOWN, 2.95, True),
        (W.POINT, W.TOWN, 3.05, False),
        (W.POINT, W.DISTRICT, 14.9, True),
        (W.DISTRICT, W.POINT, 14.9, True),
        (W.DISTRICT, W.DISTRICT, 15.1, False),
        (W.GOVERNORATE, W.GOVERNORATE, 0.5, True),
        (W.GOVERNORATE, W.GOVERNORATE, 60, False),
        (W.GOVERNORATE, W.POINT, 60, True),
        (W.COUNTRY, W.GOVERNORATE, 300, True),
    ],
)
def test_places_are_compared_within_the_reach_of_the_vaguer_one(one: W, other: W, km: float, expected: bool) -> None:
    assert compared(sketch(0, one), sketch(km, other)).is_possible is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (at(), at(3), True),
        (at(), at(3.1), False),
        (on(), at(5), True),
        (on(), at(14), True),
        (on(), at(16), False),
        (on(), on(1), True),
        (on(), on(2), False),
        (at(-36, 7 * DAY, P.WEEK), at(100), True),
        (at(-36, 7 * DAY, P.WEEK), at(136), False),
        (Timespan(P.UNKNOWN, None, None, None), at(), True),
    ],
)
def test_times_are_compared_by_the_gap_between_their_spans(one: Timespan, other: Timespan, expected: bool) -> None:
    assert compared(sketch(when=one), sketch(when=other)).is_possible is expected


def test_reasons_are_said_as_a_person_would_check_them() -> None:
    link = "https://example.org/bulletin/19"
    one = sketch(type=T.AIRSTRIKE, source="gazette", link=link, wording="Warplanes struck an aid convoy in Urum al-Kubra, 12 killed")
    other = sketch(
        0.4, when=at(0.8), type=T.AIRSTRIKE, source="gazette", link=f" {link}", wording="warplanes struck the aid convoy at Urum al-Kubra: 12 killed"
    )
    assert reasons(one, other) == ["0.4 km apart", "48 min apart", "same type", "similar wording (82 %)", "same address"]


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ({}, {}, "0.0 km apart"),
        ({"place": "urum", "point": None}, {"place": "urum", "point": None}, "same place"),
        ({"precision": W.GOVERNORATE, "place": "aleppo"}, {"precision": W.GOVERNORATE, "place": "aleppo"}, "same place"),
        ({"when": at()}, {"when": at(0, HOUR, P.HOUR)}, "same time"),
        ({"when": on()}, {"when": at(3)}, "times overlap"),
        ({"type": T.AIRSTRIKE}, {"type": T.CONVOY_ATTACKED}, "similar type"),
        ({"type": T.AIRSTRIKE}, {"type": T.ROCKET}, "similar type"),
        ({"source": "sana"}, {"source": "sana"}, "same source"),
    ],
)
def test_each_likeness_has_its_reason(one: dict[str, Any], other: dict[str, Any], text: str) -> None:
    assert text in reasons(sketch(**one), sketch(**other))


def test_what_is_not_said_has_no_reason_and_rules_nothing_out() -> None:
    found = compared(Sketch(), Sketch())
    assert (found.reasons, found.is_possible) == ((), True)
    assert found.score < compared(sketch(), sketch()).score


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (sketch(0.1), sketch(0.9)),
        (sketch(when=at(0.1)), sketch(when=at(2))),
        (sketch(when=at(0.1)), sketch(when=on())),
        (sketch(), sketch(type=T.SHELLING)),
        (sketch(type=T.SHELLING), sketch(type=T.AID_DELAYED)),
        (sketch(link="https://example.org/1"), sketch(source="gazette")),
        (sketch(source="gazette"), sketch(source="herald")),
        (sketch(wording="an aid convoy was struck from the air"), sketch(wording="clashes in the old town")),
        (sketch(), sketch(precision=W.GOVERNORATE, point=None)),
    ],
)
def test_what_is_more_alike_scores_higher(better: Sketch, worse: Sketch) -> None:
    report = sketch(source="gazette", link="https://example.org/1", wording="Aid convoy struck from the air")
    assert compared(report, better).score > compared(report, worse).score


def test_a_span_is_more_like_its_equal_than_like_an_hour_within_it() -> None:
    week = at(-36, 7 * DAY, P.WEEK)
    assert compared(sketch(when=week), sketch(when=week)).score > compared(sketch(when=week), sketch(when=at())).score


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Convoy struck.", "CONVOY  struck", 1.0, 1.0),
        ("قصف قافلة المساعدات في أورم الكبرى", "قصفُ قافله المساعدات في اورم الكبري", 1.0, 1.0),
        ("١٢ قتيلا", "12 قتيلا", 1.0, 1.0),
        ("قَصَفَ الطيران", "قصف الطيران", 1.0, 1.0),
        ("Près de la rivière", "pres de la riviere", 1.0, 1.0),
        ("Колонна с помощью обстреляна", "колонна с помощью обстреляна 19 сентября", 0.6, 0.9),
        ("Aid convoy struck near Aleppo", "Aid convoy hit near Aleppo", 0.5, 0.9),
        ("Aid convoy struck near Aleppo", "Clashes on the front lines of Daraa", 0.0, 0.15),
    ],
)
def test_wordings_are_compared_in_any_script(one: str, other: str, least: float, most: float) -> None:
    alike = wordings.alike(one, other)
    assert alike is not None and least <= alike <= most


@pytest.mark.parametrize(("one", "other"), [("", "convoy"), ("...", "convoy"), ("قصف قافلة", "convoy struck"), ("колонна", "convoy")])
def test_texts_in_different_scripts_or_empty_say_nothing(one: str, other: str) -> None:
    assert wordings.alike(one, other) is None


def test_trigrams_are_cut_as_the_database_cuts_them() -> None:
    assert wordings.trigrams("cat") == {"  c", " ca", "cat", "at "}


sketches = st.builds(
    Sketch,
    type=st.none() | st.sampled_from(T),
    when=st.none() | st.builds(lambda hours, length: at(hours, length), st.floats(0, 48), st.sampled_from([timedelta(0), HOUR, DAY, 7 * DAY])),
    point=st.none() | st.builds(lambda north, east: Point(36 + north, 37 + east), st.floats(0, 0.2), st.floats(0, 0.2)),
    precision=st.none() | st.sampled_from(W),
    place=st.sampled_from(["", "urum", "aleppo"]),
    source=st.sampled_from(["", "sana"]),
    link=st.sampled_from(["", "https://example.org"]),
    wording=st.sampled_from(["", "aid convoy struck", "convoy hit", "قافلة"]),
)


@given(sketches, sketches)
def test_the_order_of_two_reports_makes_no_difference(one: Sketch, other: Sketch) -> None:
    there, back = compared(one, other), compared(other, one)
    assert there.score == pytest.approx(back.score)
    assert (there.reasons, there.is_possible) == (back.reasons, back.is_possible)
    assert 0 <= there.score <= 1
    assert all(reason.text for reason in there.reasons)


@given(sketches, sketches)
def test_nothing_is_more_like_a_report_than_itself(one: Sketch, other: Sketch) -> None:
    assert compared(one, one).is_possible
    if other.when and one.when and one.point and other.point and one.wording and one.type and one.link and one.precision:
        assert compared(one, one).score >= compared(one, other).score - 1e-9


def test_every_likeness_can_be_found() -> None:
    tried = [
        sketch(0.4, when=when, type=kind, source="s", link=link, wording="aid convoy", place="urum")
        for when in (at(), on(), at(1))
        for kind in (T.AIRSTRIKE, T.ROCKET)
        for link in ("", "l")
    ]
    tried += [Sketch(place="urum")]
    codes = {reason.code for one in tried for other in tried for reason in compared(one, other).reasons}
    assert codes == set(Likeness)
