"""Roll-ups: the same numbers as the entries, whatever is folded and whatever is not, for every reader and at every change."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from django.db import connection

from incidents.actions import folds, incidents, reference, reports
from incidents.actions.reports import HarmStated
from incidents.models import FoldHead, Grain, LedgerEntry, LedgerHead, Rollup, User
from incidents.queries import recounts, rollups, visibility
from incidents.vocabulary import Basis, HarmKind, Series
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy

pytestmark = pytest.mark.django_db

KEYS = [
    (),
    ("series", "bucket", "side_id"),
    ("series", "measure", "harm_group"),
    ("claimant_id", "violation_type"),
    ("day",),
    ("month", "violation_type"),
    ("area_id", "series"),
    ("claimant_id", "day"),
    ("area_id", "day"),
]


def everything(number: int, reader: User | None = None, **asked: Any) -> list[Any]:
    """Return every balance that pages ask, in an order of its own."""
    found = [
        rollups.balances(make_agreement(), number, by=keys, series=list(Series), reader=reader, only_in_force=only, **asked)
        for keys, only in product(KEYS, (False, True))
    ]
    return [sorted(rows, key=str) for rows in found]


def from_entries(number: int, reader: User | None = None, **asked: Any) -> list[Any]:
    """Return the same with no roll-up to read."""
    head = FoldHead.objects.values_list("number", flat=True).first() or 0
    FoldHead.objects.update(number=10**9)
    try:
        return everything(number, reader, **asked)
    finally:
        FoldHead.objects.update(number=head)


def folded() -> int:
    total = 0
    while done := folds.fold():
        total += done
    return total


def posted() -> int:
    sealed_and_posted()
    return LedgerHead.objects.get().number


def a_bit_of_everything() -> None:
    killed = [HarmStated(HarmKind.KILLED, 2, 3, 4), HarmStated(HarmKind.WOUNDED)]
    first = make_report(harm=killed, place=make_place("Ford"))
    second = make_report(accused_party=make_party("Highlands"), claimant=make_party("Lowlands"), occurred_on=date(2020, 6, 4), stated_count=5)
    make_report(accused_party=None, occurred_on=date(2020, 7, 30), violation_type="airstrike")
    make_report(occurred_on=None, starts_at=datetime(2020, 6, 7, 12, tzinfo=UTC), ends_at=datetime(2020, 6, 9, 12, tzinfo=UTC), time_precision="week")
    make_report(occurred_on=None, time_precision="unknown", place=make_place("Mill"))
    make_claim(42, basis=Basis.PERIODIC, counted_from=None, period_start=date(2020, 6, 2), period_end=date(2020, 6, 2))
    incidents.open_for(reports=[first, second], by=None, name="Shelling of the ford")


def test_roll_ups_and_entries_give_the_same_at_every_change_folded_or_not() -> None:
    a_bit_of_everything()
    half = posted()
    before = from_entries(half)
    assert folded() == half
    assert everything(half) == before == from_entries(half)
    reports.retract(report=make_report(), by=None, reason="the wrong truce")
    make_report(occurred_on=date(2020, 6, 5))
    whole = posted()
    assert everything(whole) == from_entries(whole) != before
    assert folded() == whole - half
    assert everything(whole) == from_entries(whole)
    assert everything(half) == before
    assert folded() == 0


def test_what_is_folded_is_read_from_the_roll_ups() -> None:
    a_bit_of_everything()
    number = posted()
    folded()
    Rollup.objects.update(best=1_000)
    (row,) = rollups.balances(make_agreement(), number, by=("series",), series=[Series.LOGGED], where={"measure": "count", "side_id": None})
    assert row["best"] == 1_000


def test_a_window_other_than_the_default_one() -> None:
    a_bit_of_everything()
    number = posted()
    folded()
    asked = {"by": ("series",), "series": [Series.LOGGED], "where": {"measure": "count"}}
    assert rollups.balances(make_agreement(), number, window=(date(2020, 6, 8), None), **asked)[0]["best"] == 2
    assert rollups.balances(make_agreement(), number, only_in_force=True, **asked)[0]["best"] == 3
    assert rollups.balances(make_agreement(), number, **asked)[0]["best"] == 5


def test_what_is_hidden_is_not_in_the_sums_of_who_may_not_see_it() -> None:
    partner, nobody = make_user(User.Role.PARTNER), make_user(User.Role.NONE, "nobody")
    report = make_report(harm=[HarmStated(HarmKind.KILLED, 2)], convoy=make_convoy())
    a_bit_of_everything()
    incidents.open_for(reports=[report, make_report()], by=None, name="An attack")
    number = posted()
    for _again in (folded(), folded()):
        shown = everything(number, partner)
        assert shown == from_entries(number, partner) != everything(number)
        (logged,) = rollups.balances(make_agreement(), number, by=("series",), series=[Series.LOGGED], where={"measure": "count"}, reader=partner)
        entries = visibility.counted(partner, LedgerEntry.objects.filter(series=Series.LOGGED, measure="count"))
        assert logged["best"] == sum(entries.values_list("best", flat=True))
        assert not any(everything(number, nobody))


def test_other_days_in_force_are_followed() -> None:
    agreement = make_agreement()
    a_bit_of_everything()
    posted()
    folded()
    agreement.in_force_until = datetime(2020, 6, 3, 12, tzinfo=UTC)
    reference.save(agreement, by=None)
    number = posted()
    assert everything(number) == from_entries(number)
    folded()
    assert everything(number) == from_entries(number)
    assert folds.astray(agreement) == []


def test_two_folders_take_turns_and_cells_stay_few() -> None:
    for day in range(1, 8):
        for _report in range(5):
            make_report(occurred_on=date(2020, 6, day))
    posted()
    folded()
    cells = Rollup.objects.filter(grain=Grain.DAY).count()
    assert cells == 7 * 2
    for day in range(1, 8):
        make_report(occurred_on=date(2020, 6, day))
    posted()
    folded()
    assert Rollup.objects.filter(grain=Grain.DAY).count() == cells
    assert folds.astray(make_agreement()) == []


def test_one_statement_reads_it_all() -> None:
    number = posted() if make_report() else 0
    folded()
    with connection.execute_wrapper(lambda execute, *call: (asked.append(call[0]), execute(*call))[1]):
        asked: list[str] = []
        rollups.balances(make_agreement(), number, by=("day",), series=list(Series))
    assert len([statement for statement in asked if "rollup" in statement]) == 1


def test_counted_from_the_records_alone_the_cells_are_the_same() -> None:
    a_bit_of_everything()
    posted()
    folded()
    keys = ("measure", "bucket", "side_id", "unit", "harm_group", "in_force", *rollups.KEYS[7:])
    kept = Rollup.objects.filter(series=Series.LOGGED).exclude(records=0).values_list(*keys, *rollups.AMOUNTS)
    assert Counter(tuple(value or None for value in row) for row in kept) == Counter(
        tuple(value or None for value in row) for row in recounts.cells(make_agreement())
    )
