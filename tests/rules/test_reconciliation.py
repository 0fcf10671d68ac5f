"""Rule 6 of the domain: a claim beside our records, in parts that make the claim or leave a remainder that is named."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.rules.reconciliation import BESIDE, Claimed, Reconciliation, Record, itemised, reconcile
from incidents.rules.tallying import Part
from incidents.vocabulary import Occurrence, Share, Unit
from tests.rules.cast import SNHR_242, sept

CLAIM = Claimed(10, frozenset({Unit.VIOLATION}), sept(12), sept(19))


def report(id: str = "r", **facts: Any) -> Record:
    """Return a report of 14 September that nobody has judged."""
    return Record(**{"id": id, "first": sept(14), "last": sept(14)} | facts)


def parts(found: Reconciliation) -> dict[str, int | None]:
    return {row.share: row.count for row in found.rows if row.count != 0 or row.records}


@pytest.mark.parametrize(
    ("facts", "share"),
    [
        ({}, Share.UNVERIFIED),
        ({"occurrence": Occurrence.CORROBORATED}, Share.UNVERIFIED),
        ({"occurrence": Occurrence.DISPUTED}, Share.UNVERIFIED),
        ({"occurrence": Occurrence.NOT_VERIFIABLE}, Share.UNVERIFIED),
        ({"occurrence": Occurrence.VERIFIED, "is_attributed": True}, Share.MATCHED),
        ({"occurrence": Occurrence.VERIFIED, "is_attributed": False}, Share.NOT_ATTRIBUTED),
        ({"occurrence": Occurrence.UNFOUNDED}, Share.UNFOUNDED),
        ({"occurrence": Occurrence.REFUTED}, Share.UNFOUNDED),
        ({"occurrence": Occurrence.OUTSIDE_TERMS}, Share.OUTSIDE_TERMS),
        ({"is_target_excluded": True}, Share.TARGET_EXCLUDED),
        ({"is_target_excluded": True, "occurrence": Occurrence.VERIFIED, "is_attributed": True}, Share.TARGET_EXCLUDED),
        ({"first": sept(20), "last": sept(20)}, Share.OUTSIDE_PERIOD),
        ({"first": sept(10), "last": sept(11)}, Share.OUTSIDE_PERIOD),
        ({"first": sept(10), "last": sept(12)}, Share.UNVERIFIED),
        ({"first": None, "last": None}, Share.UNVERIFIED),
        ({"is_in_force": False}, Share.OUTSIDE_PERIOD),
        ({"is_in_area": False}, Share.OUTSIDE_AREA),
        ({"is_in_area": None}, Share.UNVERIFIED),
        ({"unit": Unit.SHOT, "stated": 300}, Share.OTHER_UNIT),
        ({"unit": Unit.SHOT}, Share.OTHER_UNIT),
        ({"is_duplicate": True, "unit": Unit.SHOT}, Share.DUPLICATE),
    ],
)  # fmt: skip
def test_a_report_stands_in_one_part(facts: dict[str, Any], share: Share) -> None:
    found = reconcile(CLAIM, [report(**facts)])
    assert [row.share for row in found.rows if row.records] == [share]
    # What is beside the claim is none of it; all else is one of the ten, and nine are nowhere itemised.
    assert found.of(share).count == (0 if share in BESIDE else 1)
    assert (found.of(Share.NOT_ITEMISED).count, found.remainder) == (10 if share in BESIDE else 9, 0)


@pytest.mark.parametrize("share_facts", [{"first": sept(20), "last": sept(20)}, {"is_duplicate": True}, {"is_in_area": False}])
def test_what_the_claim_itself_itemises_is_of_it_even_outside_its_bounds(share_facts: dict[str, Any]) -> None:
    found = reconcile(CLAIM, [report(is_printed_with=True, **share_facts)])
    assert (found.known, found.of(Share.NOT_ITEMISED).count) == (10, 9)


def test_what_it_itemises_in_another_unit_is_of_unknown_size() -> None:
    row = reconcile(CLAIM, [report(unit=Unit.SHOT, stated=300, is_printed_with=True)]).of(Share.OTHER_UNIT)
    assert (row.count, row.unknown) == (None, 1)


def test_a_report_of_five_is_five_of_the_claim() -> None:
    assert parts(reconcile(CLAIM, [report(stated=5)])) == {Share.UNVERIFIED: 5, Share.NOT_ITEMISED: 5}
    shots = replace(CLAIM, units=frozenset({Unit.SHOT}))
    assert parts(reconcile(shots, [report(stated=4, unit=Unit.SHOT)])) == {Share.UNVERIFIED: 4, Share.NOT_ITEMISED: 6}


def test_of_several_reports_of_one_incident_one_stands_for_it() -> None:
    late = report("a", incident="i", first=sept(20), last=sept(20))
    found = reconcile(CLAIM, [late, report("b", incident="i"), report("c", incident="i"), report("d", incident="j")])
    assert [counted.record.id for counted in found.of(Share.UNVERIFIED).records] == ["b", "d"]
    assert [counted.record.id for counted in found.of(Share.DUPLICATE).records] == ["a", "c"]


@pytest.mark.parametrize(
    ("count", "rows", "reports", "expected", "remainder"),
    [
        (10, None, 0, {Share.NOT_ITEMISED: 10}, 0),
        (10, 10, 0, {Share.NOT_YET_LOGGED: 10}, 0),
        (10, 10, 3, {Share.UNVERIFIED: 3, Share.NOT_YET_LOGGED: 7}, 0),
        (10, 6, 3, {Share.UNVERIFIED: 3, Share.NOT_YET_LOGGED: 3, Share.NOT_ITEMISED: 4}, 0),
        (10, 2, 3, {Share.UNVERIFIED: 3, Share.NOT_ITEMISED: 7}, 0),
        # More on record, or in its own rows, than it claims: the remainder is below zero and named.
        (2, None, 3, {Share.UNVERIFIED: 3}, -1),
        (0, None, 3, {Share.UNVERIFIED: 3}, -3),
        (8918, 8926, 0, {Share.NOT_YET_LOGGED: 8926}, -8),
        # Gaza: six that no row explains.
        (497, 491, 0, {Share.NOT_YET_LOGGED: 491, Share.NOT_ITEMISED: 6}, 0),
        # A claim without a number leaves nothing to compare with.
        (None, None, 3, {Share.UNVERIFIED: 3, Share.NOT_ITEMISED: None}, None),
        (None, 5, 3, {Share.UNVERIFIED: 3, Share.NOT_YET_LOGGED: 2, Share.NOT_ITEMISED: None}, None),
    ],
)
def test_the_parts_make_the_claim(count: int | None, rows: int | None, reports: int, expected: dict[str, Any], remainder: int | None) -> None:
    found = reconcile(replace(CLAIM, count=count, itemised=rows), [report(f"r{n}") for n in range(reports)])
    assert (parts(found), found.remainder) == (expected, remainder)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), (None, False)),
        ((Part("x", None),), (None, True)),
        ((Part("x", 3), Part("y", None)), (3, True)),
        ((Part("x", None, parts=(Part("y", 2), Part("z", 1))), Part("w", 4)), (7, False)),
        ((Part("x", 5, parts=(Part("y", 2), Part("z", 1))),), (5, False)),
        (SNHR_242.parts, (251, False)),
    ],
)
def test_what_the_printed_rows_give(rows: tuple[Part, ...], expected: tuple[int | None, bool]) -> None:
    assert itemised(rows) == expected


def test_a_row_without_a_number_is_not_nothing_to_log() -> None:
    found = reconcile(replace(CLAIM, itemised=3, has_unknown_rows=True), [report(f"r{n}") for n in range(4)])
    assert found.of(Share.NOT_YET_LOGGED).count is None


numbers = st.none() | st.integers(0, 40)
days = st.integers(-3, 12).map(lambda n: sept(12) + timedelta(n))
records = st.builds(
    Record,
    id=st.integers(0, 10**6).map(str),
    incident=st.sampled_from(["", "i", "j"]),
    first=st.just(None) | days,
    last=st.just(date(2016, 9, 25)) | days,
    unit=st.sampled_from([Unit.VIOLATION, Unit.SHOT]),
    stated=numbers,
    is_duplicate=st.booleans(),
    is_printed_with=st.booleans(),
    is_in_area=st.none() | st.booleans(),
    is_target_excluded=st.none() | st.booleans(),
    occurrence=st.none() | st.sampled_from(Occurrence),
    is_attributed=st.none() | st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # eight records of a dozen fields are slow to draw on a busy machine, no more
@given(numbers, numbers, st.booleans(), st.lists(records, unique_by=lambda record: record.id, max_size=8))
def test_parts_and_remainder_always_make_the_claim(count: int | None, rows: int | None, unknown: bool, held: list[Record]) -> None:
    claim = replace(CLAIM, count=count, itemised=rows, has_unknown_rows=unknown)
    found = reconcile(claim, held)
    assert sorted(counted.record.id for row in found.rows for counted in row.records) == sorted(record.id for record in held)
    assert [row.share for row in found.rows] == list(Share)
    if count is None:
        assert (found.remainder, found.of(Share.NOT_ITEMISED).count) == (None, None)
    else:
        assert found.remainder is not None and found.known + found.remainder == count
        assert found.remainder <= 0
    for row in found.rows:
        known = [counted.count for counted in row.records if counted.count is not None]
        assert not row.records or row.count == (sum(known) if known else None)
    assert reconcile(claim, reversed(held)) == found
