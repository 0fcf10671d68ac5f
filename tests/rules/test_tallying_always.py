"""What rule 5 of the domain keeps whatever is published: found by trying many sets of statements."""

from datetime import date
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules.tallying import Accused, ClaimedTally, Part, Statement, Window, claimed, claimed_on_days
from incidents.vocabulary import Basis, Bucket, ClaimFlag, HarmGroup, HarmKind, Qualifier, Unit
from tests.rules.cast import GOVERNMENT, NO_SIDE, OPPOSITION, OPPOSITION_254, RUSSIA_302, SEPTEMBER, figure, harmed

# Few values, so that statements meet: the same days, claimants and numbers come up often.
DAYS = st.dates(date(2016, 9, 10), date(2016, 9, 21))
ACCUSED = st.sampled_from([GOVERNMENT, OPPOSITION, NO_SIDE])
COUNTS = st.one_of(st.none(), st.integers(0, 3))
UNITS = st.sampled_from([Unit.VIOLATION, Unit.ARREST])
LEAVES = st.builds(Part, st.just("row"), COUNTS, st.one_of(st.none(), UNITS), st.one_of(st.none(), ACCUSED))
PARTS = st.builds(Part, st.just("rows"), COUNTS, st.one_of(st.none(), UNITS), st.one_of(st.none(), ACCUSED), st.lists(LEAVES, max_size=2).map(tuple))
HARM = st.builds(harmed, st.sampled_from(list(HarmKind)[:2]), st.just(HarmGroup.CIVILIANS), st.integers(0, 3))
WINDOWS = st.sampled_from([SEPTEMBER, Window(date(2016, 9, 12), None), Window(date(2016, 9, 14), date(2016, 9, 14))])


# How long an example takes is not what is tested.
unhurried = settings(deadline=None)


@st.composite
def statements(draw: st.DrawFn, /, **facts: Any) -> list[Statement]:
    found = draw(
        st.lists(
            st.builds(
                Statement,
                id=st.just(""),
                claimant=st.sampled_from(["russia", "opposition"]),
                accused=st.lists(ACCUSED, max_size=3).map(tuple),
                count=COUNTS,
                unit=UNITS,
                basis=st.sampled_from(list(Basis)),
                period_start=st.one_of(st.none(), DAYS),
                period_end=DAYS,
                published_on=DAYS,
                counted_from=st.one_of(st.none(), st.just(date(2016, 9, 12)), DAYS),
                covers_24_hours=st.booleans(),
                qualifier=st.sampled_from(list(Qualifier)),
                parts=st.lists(PARTS, max_size=2).map(tuple),
                harm=st.lists(HARM, max_size=2).map(tuple),
            ),
            max_size=7,
        )
    )
    return [Statement(**{**vars(statement), "id": f"S{number}"} | facts) for number, statement in enumerate(found)]


def values(tally: ClaimedTally) -> tuple[Any, ...]:
    return (tally.claimant, tally.accused, tally.unit, tally.count, tally.qualifier, tally.harm, tally.used)


@unhurried
@given(statements(), WINDOWS, st.randoms())
def test_the_order_of_arrival_changes_nothing(published: list[Statement], window: Window, random: Random) -> None:
    shuffled = list(published)
    random.shuffle(shuffled)
    assert claimed(shuffled, window) == claimed(published, window)
    assert claimed_on_days(shuffled, window) == claimed_on_days(published, window)


@unhurried
@given(statements(), WINDOWS)
def test_hearing_a_statement_twice_changes_nothing(published: list[Statement], window: Window) -> None:
    assert claimed(published * 2, window) == claimed(published, window)
    assert claimed_on_days(published * 2, window) == claimed_on_days(published, window)


@unhurried
@given(statements(), WINDOWS)
def test_what_a_figure_does_not_use_does_not_change_it(published: list[Statement], window: Window) -> None:
    for tally in claimed(published, window):
        if tally.used:
            used = {entry.statement for entry in tally.used}
            alone = claimed([statement for statement in published if statement.id in used], window)
            assert values(tally) == values(figure(alone, tally.claimant, tally.accused, tally.unit))


@unhurried
@given(statements())
def test_the_two_figures_of_the_week_stand_beside_anything_published_before_them(published: list[Statement]) -> None:
    earlier = [statement for statement in published if (statement.period_end, statement.published_on) < (date(2016, 9, 19), date(2016, 9, 19))]
    tallies = claimed([OPPOSITION_254, RUSSIA_302, *earlier], SEPTEMBER)
    assert figure(tallies, "opposition", GOVERNMENT).count == 254
    assert figure(tallies, "russia", OPPOSITION).count == 302


@unhurried
@given(statements(), WINDOWS)
def test_a_figure_is_unknown_exactly_if_nothing_it_uses_gives_a_number(published: list[Statement], window: Window) -> None:
    for tally in claimed(published, window):
        numbers = [entry.count for entry in tally.used if entry.count is not None]
        assert tally.count == (sum(numbers) if numbers else None)


@unhurried
@given(statements(), WINDOWS)
def test_what_is_used_is_one_cumulative_statement_or_periods_that_do_not_overlap(published: list[Statement], window: Window) -> None:
    by_id = {statement.id: statement for statement in published}
    for tally in claimed(published, window):
        used = [by_id[entry.statement] for entry in tally.used]
        if any(statement.is_cumulative for statement in used):
            assert len(used) == 1
            assert used[0].counted_from == window.first
        days = [
            day
            for statement in used
            if not statement.is_cumulative and statement.first_day
            for day in range(statement.first_day.toordinal(), statement.period_end.toordinal() + 1)
        ]
        assert len(days) == len(set(days))
        assert all(window.first.toordinal() <= day <= (window.last or date.max).toordinal() for day in days)


@unhurried
@given(statements(), WINDOWS)
def test_each_claimant_accused_and_unit_has_one_figure_by_those_who_claimed_it(published: list[Statement], window: Window) -> None:
    tallies = claimed(published, window)
    keys = [(tally.claimant, tally.accused, tally.unit) for tally in tallies]
    assert len(keys) == len(set(keys))
    by_id = {statement.id: statement for statement in published}
    assert all(by_id[entry.statement].claimant == tally.claimant for tally in tallies for entry in tally.used)


@unhurried
@given(statements(basis=Basis.PERIODIC, parts=(), accused=(OPPOSITION,), claimant="russia", unit=Unit.VIOLATION))
def test_every_day_of_the_window_is_used_or_missing(published: list[Statement]) -> None:
    by_id = {statement.id: statement for statement in published}
    for tally in claimed(published, SEPTEMBER):
        if not tally.used:
            continue
        spans = [(by_id[entry.statement].first_day, by_id[entry.statement].period_end) for entry in tally.used]
        spans += [
            (date.fromisoformat(str(flag.detail["from"])), date.fromisoformat(str(flag.detail["to"])))
            for flag in tally.flags
            if flag.code == ClaimFlag.MISSING_DAYS
        ]
        days = sorted(day for first, last in spans if first for day in range(first.toordinal(), last.toordinal() + 1))
        assert days == list(range(SEPTEMBER.first.toordinal(), date(2016, 9, 20).toordinal()))


@unhurried
@given(statements(), WINDOWS)
def test_a_figure_that_uses_nothing_says_why(published: list[Statement], window: Window) -> None:
    for tally in claimed(published, window):
        assert tally.used or tally.flags


@unhurried
@given(statements(), WINDOWS)
def test_daily_bars_are_numbers_for_single_days_as_stated(published: list[Statement], window: Window) -> None:
    by_id = {statement.id: statement for statement in published}
    bars = claimed_on_days(published, window)
    assert len(bars) == len({(bar.claimant, bar.accused, bar.unit, bar.day) for bar in bars})
    for bar in bars:
        statement = by_id[bar.statement]
        assert not statement.is_cumulative
        assert statement.first_day == bar.day == statement.period_end
        if statement.accused == (bar.accused,) and not statement.parts:
            assert bar.count == statement.count


def test_nobody_is_accused_only_where_nobody_was() -> None:
    assert {tally.accused for tally in claimed([OPPOSITION_254, RUSSIA_302], SEPTEMBER)} == {GOVERNMENT, OPPOSITION}
    assert Accused(Bucket.NOBODY) not in {GOVERNMENT, OPPOSITION, NO_SIDE}
