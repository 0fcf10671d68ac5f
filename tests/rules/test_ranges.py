"""Counts with bounds and hedges: what is refused, how they add, and what range several claims leave."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import RuleBroken
from incidents.rules.ranges import (
    Derived,
    DerivedBy,
    Range,
    Total,
    derived,
    must_be_ordered,
    plain,
    plain_derived,
    stated,
    together,
    total,
)
from incidents.vocabulary import Qualifier as Q

COUNTS = st.one_of(st.none(), st.integers(0, 1000))
STATED = st.builds(stated, COUNTS, st.sampled_from(list(Q)))


@pytest.mark.parametrize(
    ("qualifier", "meant"),
    [
        (Q.EXACTLY, Range(62, 62, 62, Q.EXACTLY)),
        (Q.AT_LEAST, Range(62, 62, None, Q.AT_LEAST)),
        (Q.MORE_THAN, Range(62, 62, None, Q.MORE_THAN)),
        (Q.ABOUT, Range(None, 62, None, Q.ABOUT)),
        (Q.UP_TO, Range(None, None, 62, Q.UP_TO)),
    ],
)
def test_a_stated_number_means_a_range(qualifier: Q, meant: Range) -> None:
    assert stated(62, qualifier) == meant


def test_no_number_is_unknown_and_zero_is_known() -> None:
    assert not stated(None, Q.AT_LEAST).is_known
    assert stated(0).is_known


@pytest.mark.parametrize(
    ("low", "best", "high", "qualifier", "code", "field"),
    [
        (-1, None, None, Q.EXACTLY, "negative", "low"),
        (None, -1, None, Q.EXACTLY, "negative", "best"),
        (None, None, -1, Q.EXACTLY, "negative", "high"),
        (3, 2, None, Q.EXACTLY, "out_of_order", "low"),
        (1, 3, 2, Q.EXACTLY, "out_of_order", "high"),
        (3, None, 2, Q.EXACTLY, "out_of_order", "high"),
        (62, 62, 90, Q.AT_LEAST, "open_above", "high"),
        (100, 100, 100, Q.MORE_THAN, "open_above", "high"),
    ],
)
def test_bounds_out_of_order_are_refused_with_their_field(
    low: int | None, best: int | None, high: int | None, qualifier: Q, code: str, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        must_be_ordered(low, best, high, qualifier)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("bounds", [(None, None, None), (0, 0, 0), (1, 2, 3), (1, None, 1), (None, 2, None), (62, 62, None)])
def test_bounds_in_order_pass(bounds: tuple[int | None, int | None, int | None]) -> None:
    must_be_ordered(*bounds)


class TestAdding:
    @pytest.mark.parametrize(
        ("terms", "known", "unknown"),
        [
            ([stated(3), stated(4)], Range(7, 7, 7, Q.EXACTLY), 0),
            ([stated(0), stated(0)], Range(0, 0, 0, Q.EXACTLY), 0),
            ([stated(3), stated(None)], Range(3, 3, 3, Q.EXACTLY), 1),
            ([stated(62, Q.AT_LEAST), stated(10)], Range(72, 72, None, Q.AT_LEAST), 0),
            ([Range(14, None, 20), stated(1)], Range(15, None, 21, Q.EXACTLY), 0),
            ([stated(3), stated(20, Q.ABOUT)], Range(3, 23, None, Q.ABOUT), 0),
            ([stated(5), stated(20, Q.UP_TO)], Range(5, None, 25, Q.UP_TO), 0),
            ([stated(62, Q.AT_LEAST), stated(20, Q.UP_TO)], Range(62, 82, None, Q.ABOUT), 0),
            ([stated(3, Q.ABOUT), stated(20, Q.UP_TO)], Range(None, 23, None, Q.ABOUT), 0),
            ([stated(None), stated(None)], Range(), 2),
            ([], Range(), 0),
        ],
    )
    def test_keeps_the_known_part_and_counts_the_unknown(self, terms: list[Range], known: Range, unknown: int) -> None:
        assert total(terms) == Total(known, unknown)

    def test_with_something_unknown_the_whole_has_no_upper_bound(self) -> None:
        assert total([stated(3), stated(None)]).whole == Range(3, 3, None, Q.AT_LEAST)
        assert total([stated(3, Q.ABOUT), stated(None)]).whole.qualifier == Q.ABOUT

    def test_of_nothing_known_the_whole_is_unknown_and_not_zero(self) -> None:
        assert not total([stated(None)]).whole.is_known

    @pytest.mark.parametrize(
        ("qualifiers", "sum_is"),
        [
            ([], Q.EXACTLY),
            ([Q.EXACTLY, Q.EXACTLY], Q.EXACTLY),
            ([Q.EXACTLY, Q.AT_LEAST], Q.AT_LEAST),
            ([Q.AT_LEAST, Q.MORE_THAN], Q.MORE_THAN),
            ([Q.EXACTLY, Q.UP_TO], Q.UP_TO),
            ([Q.AT_LEAST, Q.UP_TO], Q.ABOUT),
            ([Q.ABOUT, Q.EXACTLY], Q.ABOUT),
        ],
    )
    def test_hedges_combine(self, qualifiers: list[Q], sum_is: Q) -> None:
        assert together(qualifiers) == sum_is

    @given(st.lists(STATED))
    def test_never_breaks_the_order_of_bounds(self, terms: list[Range]) -> None:
        known = total(terms).known
        must_be_ordered(known.low, known.best, known.high)

    @given(st.lists(STATED), st.randoms())
    def test_does_not_depend_on_order(self, terms: list[Range], random: Random) -> None:
        shuffled = list(terms)
        random.shuffle(shuffled)
        assert total(shuffled) == total(terms)

    @given(st.lists(STATED, min_size=1))
    def test_is_known_only_if_something_was(self, terms: list[Range]) -> None:
        assert total(terms).known.is_known == any(term.is_known for term in terms)


class TestOneRangeFromSeveralClaims:
    def test_deir_ez_zor_is_62_at_least_to_90(self) -> None:
        found = derived([stated(62, Q.AT_LEAST), stated(90)])
        assert found == Derived(62, 90, Q.AT_LEAST, Q.EXACTLY, DerivedBy.LOWEST_TO_HIGHEST, claims=2, unknown=0)
        assert plain_derived(found) == "62 (at least) to 90"
        assert found.rule.label == "From the lowest to the highest number that a claim states."

    def test_urum_al_kubra_keeps_the_claims_that_give_no_number_apart(self) -> None:
        claims = [stated(1), stated(10, Q.AT_LEAST), stated(14), stated(18), stated(20, Q.ABOUT), stated(21), stated(None)]
        found = derived(claims)
        assert (plain_derived(found), found.claims, found.unknown) == ("1 to 21", 7, 1)

    @pytest.mark.parametrize(
        ("claims", "text", "rule"),
        [
            ([], "unknown", DerivedBy.NOTHING_STATED),
            ([stated(None)], "unknown", DerivedBy.NOTHING_STATED),
            ([stated(0)], "0", DerivedBy.ONE_NUMBER),
            ([stated(62), stated(62)], "62", DerivedBy.ONE_NUMBER),
            ([stated(62, Q.AT_LEAST)], "62 (at least)", DerivedBy.ONE_NUMBER),
            ([Range(14, None, 20)], "14 to 20", DerivedBy.LOWEST_TO_HIGHEST),
            ([stated(90), stated(100, Q.MORE_THAN)], "90 to 100 (more than)", DerivedBy.LOWEST_TO_HIGHEST),
            ([stated(62, Q.AT_LEAST), stated(62), stated(62)], "62", DerivedBy.ONE_NUMBER),
        ],
    )
    def test_it_reads_with_the_hedge_at_each_end(self, claims: list[Range], text: str, rule: DerivedBy) -> None:
        found = derived(claims)
        assert (plain_derived(found), found.rule) == (text, rule)

    @given(st.lists(STATED), st.randoms())
    def test_it_does_not_depend_on_order(self, claims: list[Range], random: Random) -> None:
        shuffled = list(claims)
        random.shuffle(shuffled)
        assert derived(shuffled) == derived(claims)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (stated(14), "14"),
        (stated(0), "0"),
        (stated(62, Q.AT_LEAST), "62+"),
        (stated(100, Q.MORE_THAN), "more than 100"),
        (stated(20, Q.ABOUT), "about 20"),
        (stated(20, Q.UP_TO), "up to 20"),
        (Range(14, None, 20), "14\u201320"),
        (Range(14, 16, 20), "14\u201320"),
        (Range(14, 16, None), "14+"),
        (Range(14, 16, 20, Q.ABOUT), "about 14\u201320"),
        (total([stated(3), stated(20, Q.ABOUT)]).known, "about 23"),
        (total([stated(5), stated(20, Q.UP_TO)]).known, "up to 25"),
        (Range(), "unknown"),
    ],
)
def test_a_range_reads_plainly(count: Range, text: str) -> None:
    assert plain(count) == text
