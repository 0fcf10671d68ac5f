"""Claims about one event, compared field by field: as exactly as they are known, in any order, and no claim by right before another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.areas import Point
from incidents.rules.bonds import Party, Side
from incidents.rules.contradictions import Comparison, Field, Received, Row, Verdict, Why, compared
from incidents.rules.facts import Claim, HarmClaim
from incidents.rules.grounds import Place
from incidents.rules.ranges import Range, stated
from incidents.rules.timespans import Timespan
from incidents.vocabulary import HarmGroup, HarmKind, ViolationType
from incidents.vocabulary import Qualifier as Q
from incidents.vocabulary import TimePrecision as P

AGREE, CLOSE, CONTRADICT, ONLY_ONE = Verdict.AGREE, Verdict.CLOSE, Verdict.CONTRADICT, Verdict.ONLY_ONE
NOT_STATED, NOT_COMPARED = Verdict.NOT_STATED, Verdict.NOT_COMPARED
T = ViolationType
RUSSIA, SYRIA, COALITION, REBELS, SOHR = (Party(name.lower(), name) for name in ("Russia", "Syria", "Coalition", "Rebels", "SOHR"))
SIDE_A, SIDE_B = Side("A", "Government and allies"), Side("B", "Opposition")
SIDE_OF = {"russia": "A", "syria": "A", "rebels": "B"}
MIDNIGHT = datetime(2016, 9, 19, tzinfo=UTC)
URUM = (36.13, 36.97)


def received(report: str, at: int = 0, kind: T | None = None, target: str = "", **facts: Any) -> Received:
    return Received(Claim(report, SOHR, "sohr", **facts), MIDNIGHT + timedelta(days=2, minutes=at), kind, target)


def at(clock: str, until: str | None = None, precision: P = P.EXACT) -> Timespan:
    starts_at = datetime.fromisoformat(f"2016-09-{clock}").replace(tzinfo=UTC)
    ends_at = datetime.fromisoformat(f"2016-09-{until}").replace(tzinfo=UTC) if until else starts_at
    return Timespan(precision, starts_at, ends_at, None)


def day(number: int, days: int = 1, precision: P = P.DAY) -> Timespan:
    starts_at = MIDNIGHT.replace(day=number)
    return Timespan(precision, starts_at, starts_at + timedelta(days=days), starts_at.date())


def spot(km_north: float = 0.0, radius_m: float | None = 100, *path: str) -> Place:
    return Place("", path, Point(URUM[0] + km_north / 111.195, URUM[1], radius_m))


def row(comparison: Comparison, field: Field) -> Row:
    return next(found for found in comparison.rows if found.field == field)


def of_two(field: Field, name: str, one: Any, other: Any, **options: Any) -> tuple[Verdict, list[Why]]:
    """Return the verdict on one field of two claims and why; asked both ways, which must make no difference."""
    pairs = [(received("R1", **{name: one}), received("R2", **{name: other})), (received("R1", **{name: other}), received("R2", **{name: one}))]
    there, back = (row(compared(pair, **options), field) for pair in pairs)
    assert (there.verdict, {reason.code for reason in there.reasons}) == (back.verdict, {reason.code for reason in back.reasons})
    assert all(reason.text and "%" not in reason.text for reason in there.reasons)
    return there.verdict, [reason.code for reason in there.reasons]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("one", "other", "verdict", "why"),
    [
        (at("19 19:12"), at("19 19:12"), AGREE, Why.TIMES_OVERLAP),
        (at("19 19:12"), at("19 19:00", "19 20:00", P.HOUR), AGREE, Why.TIMES_OVERLAP),
        (at("19 19:12"), day(19), AGREE, Why.TIMES_OVERLAP),
        (day(19), day(12, 8, P.WEEK), AGREE, Why.TIMES_OVERLAP),
        (at("19 19:12"), at("19 20:12"), CLOSE, Why.MINUTES_APART),
        (at("19 19:12"), at("19 20:13"), CONTRADICT, Why.MINUTES_APART),
        (at("19 10:00"), at("19 19:00", "19 20:00", P.HOUR), CONTRADICT, Why.HOURS_APART),
        (at("19 23:50"), day(20), CLOSE, Why.MINUTES_APART),
        (at("19 22:50"), day(20), CONTRADICT, Why.MINUTES_APART),
        (at("20 00:00"), day(20), AGREE, Why.TIMES_OVERLAP),
        (at("20 00:00"), day(19), CLOSE, Why.MINUTES_APART),
        (day(19), day(20), CONTRADICT, Why.OTHER_DAYS),
        (day(17), day(20), CONTRADICT, Why.HOURS_APART),
    ],
)
def test_times_are_compared_as_exactly_as_they_are_known(one: Timespan, other: Timespan, verdict: Verdict, why: Why) -> None:
    assert of_two(Field.WHEN, "when", one, other) == (verdict, [why])


def test_a_gap_is_said_in_minutes_or_hours() -> None:
    assert row(compared([received("R1", when=at("19 19:00")), received("R2", when=at("19 19:48"))]), Field.WHEN).reasons[0].text == "48 min apart."
    far = row(compared([received("R1", when=at("17 17:00")), received("R2", when=at("19 19:00"))]), Field.WHEN).reasons[0]
    assert (far.text, far.facts["minutes"], far.reports) == ("50 h apart.", 3000, ("R1", "R2"))


@pytest.mark.parametrize(
    ("one", "other", "verdict", "why"),
    [
        (spot(), spot(), AGREE, Why.SAME_PLACE),
        (spot(), spot(0.09), AGREE, Why.AS_NEAR_AS_KNOWN),
        (spot(), spot(0.9), CLOSE, Why.KM_APART),
        (spot(), spot(1.1), CONTRADICT, Why.KM_APART),
        (spot(), spot(14, 15_000), AGREE, Why.AS_NEAR_AS_KNOWN),
        (spot(0, 3_000), spot(17, 15_000), CLOSE, Why.KM_APART),
        (spot(0, 3_000), spot(19, 15_000), CONTRADICT, Why.KM_APART),
        (spot(0, 100, "urum", "aleppo", "syria"), spot(60, None, "aleppo", "syria"), AGREE, Why.LIES_WITHIN),
        (spot(0, 100, "urum", "aleppo", "syria"), spot(60, None, "homs", "syria"), CONTRADICT, Why.OTHER_PLACES),
        (spot(0, 100, "urum", "aleppo"), spot(0.05, 100, "urum-kubra", "aleppo"), AGREE, Why.AS_NEAR_AS_KNOWN),
        (spot(), spot(60, None), NOT_COMPARED, Why.NOT_EXACT_ENOUGH),
        (Place("the mill"), spot(), NOT_COMPARED, Why.NOT_EXACT_ENOUGH),
        (Place("The mill."), Place("the mill", (), Point(1, 1, None)), AGREE, Why.SAME_PLACE),
        (Place("the mill"), Place("the ford"), NOT_COMPARED, Why.NOT_EXACT_ENOUGH),
    ],
)
def test_places_are_compared_as_exactly_as_they_are_known(one: Place, other: Place, verdict: Verdict, why: Why) -> None:
    assert of_two(Field.WHERE, "where", one, other) == (verdict, [why])


def test_a_distance_is_said_with_what_the_precisions_allow() -> None:
    found = row(compared([received("R1", where=spot(0, 3_000)), received("R2", where=spot(19, 15_000))]), Field.WHERE)
    assert found.reasons[0].text == "19.0 km apart; the two precisions together allow 18.0 km."


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (stated(62, Q.AT_LEAST), stated(90), AGREE),
        (stated(90, Q.AT_LEAST), stated(62), CONTRADICT),
        (stated(62, Q.MORE_THAN), stated(62), CLOSE),
        (stated(62, Q.AT_LEAST), stated(62), AGREE),
        (stated(10, Q.AT_LEAST), stated(22, Q.AT_LEAST), AGREE),
        (stated(20, Q.ABOUT), stated(18), AGREE),
        (stated(20, Q.ABOUT), stated(24), AGREE),
        (stated(20, Q.ABOUT), stated(15), CLOSE),
        (stated(20, Q.ABOUT), stated(14), CONTRADICT),
        (stated(20), stated(21), CLOSE),
        (stated(18), stated(20), CLOSE),
        (stated(3), stated(4), CLOSE),
        (stated(3), stated(5), CONTRADICT),
        (stated(14), stated(18), CONTRADICT),
        (stated(14), stated(20, Q.UP_TO), AGREE),
        (stated(24), stated(20, Q.UP_TO), CONTRADICT),
        (stated(0), stated(20, Q.UP_TO), AGREE),
        (stated(0), stated(0), AGREE),
        (stated(0), stated(1), CONTRADICT),
        (stated(0), stated(1, Q.AT_LEAST), CONTRADICT),
        (Range(12, 14, 20), Range(20, 20, 25), AGREE),
        (Range(12, 14, 16), Range(20, 20, 25), CONTRADICT),
        (Range(None, None, 20), stated(3), AGREE),
        (Range(10, 12, None), stated(40), AGREE),
        (Range(None, 20, None), stated(40), CONTRADICT),
    ],
)
def test_counts_agree_where_one_number_can_satisfy_both(one: Range, other: Range, verdict: Verdict) -> None:
    def killed(count: Range) -> tuple[HarmClaim, ...]:
        return (HarmClaim(HarmKind.KILLED, HarmGroup.UNKNOWN, count),)

    assert of_two(Field.HARM, "harm", killed(one), killed(other))[0] == verdict


def test_none_killed_and_some_killed_is_said_as_such() -> None:
    rows = [received(f"R{n}", harm=(HarmClaim(HarmKind.KILLED, HarmGroup.CIVILIANS, stated(n)),)) for n in (0, 1)]
    assert [reason.text for reason in row(compared(rows), Field.HARM).reasons] == ["One says none, the other some."]


@pytest.mark.parametrize(
    ("one", "other", "verdict", "why"),
    [
        ((RUSSIA,), (RUSSIA,), AGREE, Why.SAME_ACCUSED),
        ((RUSSIA, SYRIA), (SYRIA, RUSSIA), AGREE, Why.SAME_ACCUSED),
        ((RUSSIA, SYRIA), (SYRIA,), CLOSE, Why.SOME_ACCUSED_SHARED),
        ((RUSSIA,), (SYRIA,), CLOSE, Why.SAME_SIDE),
        ((RUSSIA,), (SIDE_A,), CLOSE, Why.SAME_SIDE),
        ((SIDE_A,), (SIDE_B,), CONTRADICT, Why.OTHER_ACCUSED),
        ((RUSSIA,), (REBELS,), CONTRADICT, Why.OTHER_ACCUSED),
        ((COALITION,), (SIDE_A,), CONTRADICT, Why.OTHER_ACCUSED),
        ((COALITION,), (SOHR,), CONTRADICT, Why.OTHER_ACCUSED),
    ],
)
def test_the_accused_are_compared_as_sets_and_by_side(one: tuple[Any, ...], other: tuple[Any, ...], verdict: Verdict, why: Why) -> None:
    assert of_two(Field.ACCUSED, "accused", one, other, side_of=SIDE_OF) == (verdict, [why])


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (T.AIRSTRIKE, T.AIRSTRIKE, AGREE),
        (T.AIRSTRIKE, T.ROCKET, CLOSE),
        (T.AIRSTRIKE, T.CONVOY_ATTACKED, CLOSE),
        (T.ATTACK_ON_CIVILIANS, T.AID_WORKER_HARMED, CLOSE),
        (T.AIRSTRIKE, T.AID_DELAYED, CONTRADICT),
        (T.AIRSTRIKE, T.CLASH, CONTRADICT),
        (T.AIRSTRIKE, T.OTHER, NOT_COMPARED),
    ],
)
def test_types_are_close_within_a_group_and_between_means_and_target(one: T, other: T, verdict: Verdict) -> None:
    assert of_two(Field.TYPE, "kind", one, other)[0] == verdict


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("Syrian army positions", "syrian army positions.", AGREE),
        ("أورم الكبرى", "اورم الكبري", AGREE),
        ("Syrian army positions near the airport", "Syrian army positions", CLOSE),
        ("Islamic State", "Syrian army positions", CONTRADICT),
        ("the Turkish border", "Aleppo", CONTRADICT),
        ("حلب", "Aleppo", NOT_COMPARED),
        ("18", "20", CONTRADICT),
        ("78000", "78001", CONTRADICT),
        ("١٨", "18", AGREE),
        ("18", "18 trucks", CLOSE),
    ],
)
def test_what_is_said_in_words_is_compared_in_words(one: str, other: str, verdict: Verdict) -> None:
    assert of_two(Field.TARGET, "target", one, other)[0] == verdict
    assert of_two(Field.STATED, "stated", {"origin": one}, {"origin": other})[0] == verdict


def test_what_a_claim_does_not_say_contradicts_nothing() -> None:
    silent = received("R2", when=Timespan(P.UNKNOWN, None, None, None), harm=(HarmClaim(HarmKind.KILLED, HarmGroup.UNKNOWN, Range()),), target="  ")
    full = received(
        "R1", when=day(19), where=spot(), accused=(RUSSIA,), harm=(HarmClaim(HarmKind.KILLED, HarmGroup.UNKNOWN, stated(4)),), target="market"
    )
    found = compared([full, silent])
    assert {one.field: one.verdict for one in found.rows} == {
        Field.WHEN: ONLY_ONE,
        Field.WHERE: ONLY_ONE,
        Field.ACCUSED: ONLY_ONE,
        Field.TYPE: NOT_STATED,
        Field.TARGET: ONLY_ONE,
        Field.HARM: ONLY_ONE,
    }
    assert [value for one in found.rows for value in one.values[1:]] == [None] * 6


def test_claims_stand_in_the_order_of_receipt_and_at_one_instant_by_name() -> None:
    found = compared([received("R1", 30, target="market"), received("R3", 10, target="army"), received("R2", 30), received("R4", 20)])
    assert found.reports == ("R3", "R4", "R1", "R2")
    assert row(found, Field.TARGET).values == ("army", None, "market", None)


def test_nothing_to_compare_is_no_contradiction() -> None:
    assert all(one.verdict == NOT_STATED for one in compared([]).rows)
    assert compared([]).contradicted == ()


def test_urum_al_kubra_agrees_on_the_hour_and_contradicts_on_the_dead_and_the_culprit() -> None:
    def killed(number: int, qualifier: Q = Q.EXACTLY) -> tuple[HarmClaim, ...]:
        return (HarmClaim(HarmKind.KILLED, HarmGroup.UNKNOWN, stated(number, qualifier)),)

    evening = at("19 19:12", "19 20:00", P.HOUR)
    found = compared(
        [
            received("R3", 30, T.CONVOY_ATTACKED, when=at("19 20:00"), accused=(REBELS,), harm=killed(20, Q.ABOUT), stated={"origin": "Aleppo"}),
            received("R1", 10, T.AIRSTRIKE, when=evening, where=spot(), accused=(RUSSIA,), harm=killed(12)),
            received(
                "R2", 20, T.AIRSTRIKE, when=at("19 19:50"), where=spot(2, 3_000), accused=(SIDE_A,), harm=killed(18), stated={"origin": "border"}
            ),
        ],
        SIDE_OF,
    )
    assert found.reports == ("R1", "R2", "R3")
    assert {(one.field, one.kind, one.name): one.verdict for one in found.rows} == {
        (Field.WHEN, None, ""): CLOSE,
        (Field.WHERE, None, ""): AGREE,
        (Field.ACCUSED, None, ""): CONTRADICT,
        (Field.TYPE, None, ""): CLOSE,
        (Field.TARGET, None, ""): NOT_STATED,
        (Field.HARM, HarmKind.KILLED, ""): CONTRADICT,
        (Field.STATED, None, "origin"): CONTRADICT,
    }
    assert [(reason.code, reason.reports) for reason in row(found, Field.ACCUSED).reasons] == [
        (Why.SAME_SIDE, ("R1", "R2")),
        (Why.OTHER_ACCUSED, ("R1", "R3")),
        (Why.OTHER_ACCUSED, ("R2", "R3")),
    ]
    assert row(found, Field.STATED).values == (None, "border", "Aleppo")
    assert [one.field for one in found.contradicted] == [Field.ACCUSED, Field.HARM, Field.STATED]


spans = st.one_of(
    st.none(),
    st.just(Timespan(P.UNKNOWN, None, None, None)),
    st.builds(
        lambda start, length, precision: Timespan(precision, MIDNIGHT + start, MIDNIGHT + start + length, date(2016, 9, 19)),
        st.timedeltas(timedelta(0), timedelta(days=2)),
        st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=1)]),
        st.sampled_from(P),
    ),
)
places = st.one_of(
    st.none(),
    st.builds(spot, st.floats(0, 40), st.sampled_from([100, 1_000, 3_000, 15_000, None])),
    st.builds(lambda path: Place(path[0], path), st.sampled_from([("urum", "aleppo"), ("aleppo",), ("homs",)])),
    st.builds(Place, st.sampled_from(["", "the mill"])),
)
counts = st.builds(lambda number, qualifier: stated(number, qualifier), st.none() | st.integers(0, 40), st.sampled_from(Q))
harms = st.dictionaries(st.sampled_from([(HarmKind.KILLED, HarmGroup.CIVILIANS), (HarmKind.WOUNDED, HarmGroup.UNKNOWN)]), counts).map(
    lambda rows: tuple(HarmClaim(kind, group, count) for (kind, group), count in rows.items())
)
claims = st.lists(
    st.builds(
        lambda kind, target, **facts: received("R", 0, kind, target, **facts),
        st.none() | st.sampled_from(T),
        st.sampled_from(["", "army", "the army", "a market", "سوق"]),
        when=spans,
        where=places,
        accused=st.lists(st.sampled_from([RUSSIA, SYRIA, REBELS, COALITION, SIDE_A, SIDE_B]), max_size=2, unique=True).map(tuple),
        harm=harms,
        stated=st.dictionaries(st.sampled_from(["origin", "trucks"]), st.sampled_from(["", "18", "31", "border"])),
    ),
    max_size=5,
)


def numbered(given_claims: Sequence[Received]) -> list[Received]:
    return [replace(one, claim=replace(one.claim, report=f"R{n}"), at=MIDNIGHT + timedelta(minutes=n)) for n, one in enumerate(given_claims)]


def verdicts(comparison: Comparison) -> dict[tuple[Any, ...], Verdict]:
    return {(one.field, one.kind, one.group, one.name): one.verdict for one in comparison.rows}


@given(claims, st.randoms(use_true_random=False))
def test_no_order_in_which_claims_are_given_makes_a_difference(made: list[Received], random: Random) -> None:
    in_order = numbered(made)
    shuffled = random.sample(in_order, len(in_order))
    assert compared(shuffled, SIDE_OF) == compared(in_order, SIDE_OF)


@given(claims, st.randoms(use_true_random=False))
def test_no_order_of_receipt_changes_a_verdict(made: list[Received], random: Random) -> None:
    assert verdicts(compared(numbered(random.sample(made, len(made))), SIDE_OF)) == verdicts(compared(numbered(made), SIDE_OF))


@given(claims)
def test_a_claim_that_says_nothing_changes_no_verdict(made: list[Received]) -> None:
    assert verdicts(compared(numbered([*made, received("R")]), SIDE_OF)) == verdicts(compared(numbered(made), SIDE_OF))


@given(claims)
def test_a_claim_received_twice_agrees_with_itself(made: list[Received]) -> None:
    for one in made:
        twice = compared(numbered([one, one]), SIDE_OF)
        allowed = {AGREE, NOT_STATED, *([NOT_COMPARED] if one.claim.where and not one.claim.where.path else [])}
        assert set(verdicts(twice).values()) <= allowed


@given(claims)
def test_more_claims_never_bring_two_nearer(made: list[Received]) -> None:
    order = list(Verdict)
    for n in range(len(made)):
        fewer, more = verdicts(compared(numbered(made[:n]), SIDE_OF)), verdicts(compared(numbered(made[: n + 1]), SIDE_OF))
        assert all(order.index(more[field]) >= order.index(verdict) for field, verdict in fewer.items())


@given(claims)
def test_every_reason_can_be_read(made: list[Received]) -> None:
    for one in compared(numbered(made), SIDE_OF).rows:
        assert all(reason.text and "%" not in reason.text for reason in one.reasons)
        assert bool(one.reasons) == (one.verdict not in {NOT_STATED, ONLY_ONE})
