"""Rule 5 of the domain: which statements make a party's figure for the September truce, and what travels with it."""

import json
from dataclasses import replace
from datetime import date

import pytest

from incidents.rules.tallying import Accused, ClaimedTally, Harm, Part, Statement, Used, Window, claimed, claimed_on_days
from incidents.vocabulary import ClaimFlag, HarmGroup, HarmKind, Qualifier, Unit
from tests.rules.cast import (
    BULLETINS,
    GOVERNMENT,
    NO_SIDE,
    NOBODY,
    OPPOSITION,
    OPPOSITION_254,
    OTHERS,
    RUSSIA_199,
    RUSSIA_302,
    SEPTEMBER,
    SNHR_242,
    bulletin,
    codes,
    cumulative,
    figure,
    harmed,
    periodic,
    sept,
)

OPEN = Window(sept(12), None)


def russia(*statements: Statement, window: Window = SEPTEMBER) -> ClaimedTally:
    return figure(claimed(statements, window), "russia", OPPOSITION)


@pytest.mark.parametrize("others", [(), OTHERS], ids=["alone", "with all other claims"])
class TestTheTwoFiguresOfTheWeek:
    def test_the_opposition_claims_254_against_the_government_and_its_allies(self, others: tuple[Statement, ...]) -> None:
        tally = figure(claimed([OPPOSITION_254, RUSSIA_302, *others], SEPTEMBER), "opposition", GOVERNMENT)
        assert (tally.count, tally.used, codes(tally), tally.qualifier) == (254, (Used("OP-254", 254),), [], Qualifier.EXACTLY)

    def test_russia_claims_302_against_the_opposition_with_its_harm_by_group(self, others: tuple[Statement, ...]) -> None:
        tally = figure(claimed([OPPOSITION_254, RUSSIA_302, *others], SEPTEMBER), "russia", OPPOSITION)
        assert (tally.count, tally.used) == (302, (Used("RU-302", 302),))
        assert tally.harm == (harmed(HarmKind.KILLED, HarmGroup.CIVILIANS, 63), harmed(HarmKind.KILLED, HarmGroup.FIGHTERS, 153))
        assert codes(tally) == ([ClaimFlag.PAST_WINDOW] if others else [])


class TestAStatementThatAccusesSeveral:
    @pytest.mark.parametrize(
        ("accused", "unit", "count"),
        [
            (GOVERNMENT, Unit.VIOLATION, 213),
            (GOVERNMENT, Unit.ARREST, 18),
            (OPPOSITION, Unit.VIOLATION, 6),
            (NO_SIDE, Unit.ARREST, 5),
        ],
    )
    def test_its_rows_give_each_accused_a_figure_per_unit(self, accused: Accused, unit: Unit, count: int) -> None:
        tally = figure(claimed([SNHR_242], SEPTEMBER), "snhr", accused, unit)
        assert (tally.count, tally.used) == (count, (Used("SN-242", count),))
        own = [ClaimFlag.PARTS_DO_NOT_ADD_UP, ClaimFlag.PARTS_DO_NOT_ADD_UP, ClaimFlag.FROM_PARTS]
        assert codes(tally) == own + [ClaimFlag.OTHER_UNIT] * (accused == GOVERNMENT)

    def test_it_gives_no_other_figures(self) -> None:
        assert len(claimed([SNHR_242], SEPTEMBER)) == 4

    def test_without_rows_nobody_gets_a_number_and_the_stated_total_is_told(self) -> None:
        tallies = claimed([replace(SNHR_242, parts=())], SEPTEMBER)
        assert [tally.accused for tally in tallies] == [GOVERNMENT, OPPOSITION, NO_SIDE]
        for tally in tallies:
            assert (tally.count, tally.used, codes(tally)) == (None, (Used("SN-242", None),), [ClaimFlag.NOT_SEPARATED])
            assert tally.flags[0].detail == {"statement": "SN-242", "stated": 242}

    def test_rows_by_area_do_not_separate_the_accused(self) -> None:
        by_area = replace(SNHR_242, parts=(Part("Aleppo", 200), Part("Hama", 42)))
        assert {tally.count for tally in claimed([by_area], SEPTEMBER)} == {None}

    def test_parties_of_one_side_are_that_side(self) -> None:
        both = replace(SNHR_242, accused=(GOVERNMENT, GOVERNMENT), parts=())
        (tally,) = claimed([both], SEPTEMBER)
        assert (tally.accused, tally.count, codes(tally)) == (GOVERNMENT, 242, [])

    def test_one_whom_no_row_names_gets_no_number(self) -> None:
        parts = (Part("Syria", 203, accused=GOVERNMENT),)
        tallies = claimed([replace(SNHR_242, count=203, accused=(GOVERNMENT, OPPOSITION), parts=parts)], SEPTEMBER)
        assert [(tally.accused, tally.count) for tally in tallies] == [(GOVERNMENT, 203), (OPPOSITION, None)]

    def test_rows_that_name_nobody_are_held_against_nobody_and_told(self) -> None:
        parts = (Part("Syria", 200, accused=GOVERNMENT), Part("opposition", 2, accused=OPPOSITION), Part("others", 40))
        tally = figure(claimed([replace(SNHR_242, accused=(GOVERNMENT, OPPOSITION), parts=parts)], SEPTEMBER), "snhr", GOVERNMENT)
        assert tally.count == 200
        assert {"statement": "SN-242", "stated": 242, "not_attributed": 40} in [flag.detail for flag in tally.flags]

    def test_rows_by_area_under_an_accused_do_not_replace_its_printed_number(self) -> None:
        parts = (
            Part("Syria", 203, accused=GOVERNMENT, parts=(Part("Aleppo", 100), Part("Hama", 100))),
            Part("opposition", 39, accused=OPPOSITION),
        )
        tally = figure(claimed([replace(SNHR_242, parts=parts)], SEPTEMBER), "snhr", GOVERNMENT)
        assert tally.count == 203

    def test_rows_by_unit_under_an_accused_give_a_figure_each(self) -> None:
        parts = (
            Part("Syria", 221, accused=GOVERNMENT, parts=(Part("combat", 203), Part("arrests", 18, unit=Unit.ARREST))),
            Part("opposition", 21, accused=OPPOSITION),
        )
        tallies = claimed([replace(SNHR_242, accused=(GOVERNMENT, OPPOSITION), parts=parts)], SEPTEMBER)
        assert [(tally.accused.side, tally.unit, tally.count) for tally in tallies] == [
            ("A", Unit.VIOLATION, 203),
            ("A", Unit.ARREST, 18),
            ("B", Unit.VIOLATION, 21),
        ]

    def test_a_row_without_a_number_leaves_the_known_part_as_a_minimum(self) -> None:
        parts = (Part("Syria", 203, accused=GOVERNMENT), Part("Russia", None, accused=GOVERNMENT), Part("opposition", None, accused=OPPOSITION))
        tallies = claimed([replace(SNHR_242, accused=(GOVERNMENT, OPPOSITION), parts=parts)], SEPTEMBER)
        assert [(tally.count, tally.qualifier) for tally in tallies] == [(203, Qualifier.AT_LEAST), (None, Qualifier.EXACTLY)]
        assert ClaimFlag.PARTLY_UNKNOWN in codes(tallies[0])

    def test_its_harm_is_held_against_no_one_of_them(self) -> None:
        tallies = claimed([replace(SNHR_242, harm=RUSSIA_302.harm)], SEPTEMBER)
        assert [tally.harm for tally in tallies] == [(), (), (), ()]
        assert {flag.detail["harm_left_out"] for tally in tallies for flag in tally.flags if flag.code == ClaimFlag.FROM_PARTS} == {2}

    def test_a_statement_that_accuses_nobody_has_its_own_bucket(self) -> None:
        (tally,) = claimed([replace(SNHR_242, accused=(), parts=(Part("Aleppo", 242),))], SEPTEMBER)
        assert (tally.accused, tally.count) == (NOBODY, 242)

    def test_it_does_not_hide_an_earlier_number_but_is_told_beside_it(self) -> None:
        alone = cumulative("SN-100", 100, sept(15), claimant="snhr", accused=(GOVERNMENT,))
        tally = figure(claimed([alone, replace(SNHR_242, parts=())], SEPTEMBER), "snhr", GOVERNMENT)
        assert (tally.count, tally.used, codes(tally)) == (100, (Used("SN-100", 100),), [ClaimFlag.GAP, ClaimFlag.NOT_SEPARATED])


class TestCumulativeStatements:
    def test_the_latest_as_of_day_makes_the_figure_whenever_it_was_published(self) -> None:
        assert russia(replace(RUSSIA_199, published_on=sept(30)), RUSSIA_302).count == 302

    def test_one_that_stops_early_leaves_a_gap(self) -> None:
        tally = russia(RUSSIA_199, *BULLETINS)
        assert (tally.count, tally.used) == (199, (Used("RC-17-199", 199),))
        assert [flag.detail for flag in tally.flags if flag.code == ClaimFlag.GAP] == [{"from": "2016-09-18", "to": "2016-09-19"}]

    def test_one_that_runs_past_the_window_is_flagged_and_not_used(self) -> None:
        tally = russia(RUSSIA_199, cumulative("RU-400", 400, sept(20)))
        assert tally.count == 199
        assert codes(tally) == [ClaimFlag.GAP, ClaimFlag.PAST_WINDOW]

    def test_the_later_publication_about_the_same_day_is_used_and_the_other_named(self) -> None:
        tally = russia(RUSSIA_302, replace(RUSSIA_302, id="RU-310", count=310, published_on=sept(21)))
        assert (tally.count, codes(tally)) == (310, [ClaimFlag.OVERLAP])
        assert tally.flags[0].detail["statement"] == "RU-302"

    def test_the_same_number_published_again_is_no_overlap(self) -> None:
        tally = russia(RUSSIA_302, replace(RUSSIA_302, id="RU-again", published_on=sept(21)))
        assert (tally.count, codes(tally)) == (302, [])

    @pytest.mark.parametrize(
        ("counted_from", "code"), [(sept(11), ClaimFlag.BEFORE_WINDOW), (sept(13), ClaimFlag.OTHER_START), (None, ClaimFlag.OTHER_START)]
    )
    def test_one_counted_from_another_day_is_flagged_and_not_used(self, counted_from: date | None, code: ClaimFlag) -> None:
        tally = russia(replace(RUSSIA_302, counted_from=counted_from))
        assert (tally.count, tally.used, codes(tally), tally.harm) == (None, (), [code], ())

    def test_one_lower_than_an_earlier_one_is_flagged(self) -> None:
        tally = russia(RUSSIA_302, cumulative("RU-310", 310, sept(18)))
        assert (tally.count, codes(tally)) == (302, [ClaimFlag.DECREASING])
        assert tally.flags[0].detail == {"statement": "RU-302", "count": 302, "earlier": "RU-310", "earlier_count": 310}

    def test_a_truce_without_an_end_takes_the_latest_and_says_as_of_when(self) -> None:
        tally = russia(RUSSIA_199, RUSSIA_302, window=OPEN)
        assert (tally.count, codes(tally), tally.flags[0].detail) == (302, [ClaimFlag.OPEN_WINDOW], {"as_of": "2016-09-19"})

    def test_a_claim_of_zero_is_a_number(self) -> None:
        assert russia(cumulative("RU-0", 0, sept(19)), *BULLETINS).count == 0

    def test_a_claim_without_a_number_is_not_zero(self) -> None:
        tally = russia(cumulative("RU-many", None, sept(19)))
        assert (tally.count, tally.used) == (None, (Used("RU-many", None),))

    def test_one_without_a_number_gives_way_to_periodic_zeros(self) -> None:
        assert russia(cumulative("RU-many", None, sept(19)), bulletin("RC-14", 0, sept(14))).count == 0

    def test_its_qualifier_travels(self) -> None:
        assert russia(replace(RUSSIA_302, qualifier=Qualifier.AT_LEAST)).qualifier == Qualifier.AT_LEAST


class TestPeriodicStatements:
    def test_those_that_do_not_overlap_are_added_and_the_silent_days_listed(self) -> None:
        tally = russia(*BULLETINS)
        assert (tally.count, tally.used) == (97, (Used("RC-14", 42), Used("RC-17", 55)))
        assert [flag.detail for flag in tally.flags if flag.code == ClaimFlag.MISSING_DAYS] == [
            {"from": "2016-09-12", "to": "2016-09-13"},
            {"from": "2016-09-15", "to": "2016-09-16"},
            {"from": "2016-09-18", "to": "2016-09-19"},
        ]
        assert [flag.detail["statement"] for flag in tally.flags if flag.code == ClaimFlag.PAST_WINDOW] == ["RC-20"]

    def test_bulletins_of_following_days_do_not_overlap(self) -> None:
        tally = russia(bulletin("RC-14", 42, sept(14)), bulletin("RC-15", 1, sept(15)))
        assert (tally.count, ClaimFlag.OVERLAP in codes(tally)) == (43, False)

    def test_a_day_inside_a_longer_statement_is_left_out_and_named(self) -> None:
        tally = figure(claimed(OTHERS, SEPTEMBER), "opposition", GOVERNMENT)
        assert (tally.count, tally.used) == (130, (Used("OP-130", 130),))
        assert [flag.detail["statement"] for flag in tally.flags if flag.code == ClaimFlag.OVERLAP] == ["OP-46"]

    def test_for_the_same_days_the_later_publication_is_taken(self) -> None:
        first, second = periodic("first", 10, sept(13), sept(14)), periodic("second", 12, sept(13), sept(14), published_on=sept(16))
        assert russia(first, second).count == 12

    def test_a_later_statement_for_two_days_is_taken_before_two_earlier_bulletins(self) -> None:
        both = periodic("both", 12, sept(13), sept(14), published_on=sept(16))
        tally = russia(bulletin("RC-13", 4, sept(13)), bulletin("RC-14", 5, sept(14)), both)
        assert (tally.count, tally.used) == (12, (Used("both", 12),))

    def test_a_number_for_a_day_is_taken_before_a_week_without_one(self) -> None:
        assert russia(bulletin("RC-14", 42, sept(14)), periodic("week", None, sept(13), sept(19))).used == (Used("RC-14", 42),)

    def test_the_first_and_the_last_day_of_the_window_belong_to_it(self) -> None:
        tally = russia(bulletin("RC-12", 1, sept(12)), periodic("last", 2, sept(13), sept(19)))
        assert (tally.count, tally.flags) == (3, ())

    def test_a_day_does_not_push_out_a_week(self) -> None:
        assert russia(periodic("day", 3, sept(12), sept(13)), periodic("week", 50, sept(13), sept(19))).count == 50

    def test_their_harm_is_added_and_silence_about_it_is_counted_as_unknown(self) -> None:
        killed, wounded = russia(*BULLETINS).harm
        assert killed == Harm(HarmKind.KILLED, HarmGroup.UNKNOWN, 3, 3, None, Qualifier.AT_LEAST, unknown=1)
        assert (wounded.kind, wounded.best, wounded.unknown) == (HarmKind.WOUNDED, 7, 1)

    def test_known_harm_is_added_exactly(self) -> None:
        one = (harmed(HarmKind.KILLED, HarmGroup.CIVILIANS, 2),)
        tally = russia(*(bulletin(f"RC-{day}", 1, sept(day), harm=one) for day in (13, 14)))
        assert tally.harm == (harmed(HarmKind.KILLED, HarmGroup.CIVILIANS, 4),)

    def test_one_without_a_number_leaves_the_known_part_as_a_minimum(self) -> None:
        tally = russia(bulletin("RC-14", 42, sept(14)), bulletin("RC-15", None, sept(15)))
        assert (tally.count, tally.qualifier) == (42, Qualifier.AT_LEAST)
        assert ClaimFlag.PARTLY_UNKNOWN in codes(tally)

    def test_zeros_add_up_to_zero(self) -> None:
        assert russia(bulletin("RC-14", 0, sept(14)), bulletin("RC-15", 0, sept(15))).count == 0

    def test_one_that_begins_before_the_window_is_flagged_and_not_used(self) -> None:
        tally = russia(periodic("week", 50, sept(8), sept(14)))
        assert (tally.count, tally.used, codes(tally)) == (None, (), [ClaimFlag.BEFORE_WINDOW])

    def test_one_that_does_not_say_when_it_begins_is_flagged_and_not_used(self) -> None:
        tally = russia(replace(periodic("some", 50, sept(13), sept(14)), period_start=None))
        assert (tally.count, codes(tally)) == (None, [ClaimFlag.OTHER_START])

    def test_an_end_before_its_start_is_kept_out_and_flagged(self) -> None:
        tally = russia(replace(periodic("odd", 50, sept(16), sept(14))))
        assert (tally.count, codes(tally)) == (None, [ClaimFlag.OTHER_START])

    def test_cumulative_and_periodic_are_never_added(self) -> None:
        assert russia(cumulative("RU-20", 20, sept(13)), *BULLETINS).count == 20

    def test_in_a_truce_without_an_end_they_are_added_up_to_the_last_one(self) -> None:
        tally = russia(*BULLETINS, window=OPEN)
        assert tally.count == 142
        assert [flag.detail for flag in tally.flags if flag.code == ClaimFlag.OPEN_WINDOW] == [{"as_of": "2016-09-20"}]
        assert [flag.detail["to"] for flag in tally.flags if flag.code == ClaimFlag.MISSING_DAYS] == ["2016-09-13", "2016-09-16", "2016-09-19"]

    def test_one_wholly_outside_the_window_is_not_mentioned(self) -> None:
        assert claimed([bulletin("RC-27", 22, sept(27)), bulletin("RC-11", 6, sept(11))], SEPTEMBER) == []


class TestTheListOfFigures:
    def test_it_is_ordered_by_claimant_side_and_unit_and_never_by_size(self) -> None:
        def order(*counts: int) -> list[tuple[str, str]]:
            statements = [
                cumulative(f"S{index}", count, sept(19), claimant=claimant, accused=(accused,))
                for index, (count, claimant, accused) in enumerate(zip(counts, "aabb", (GOVERNMENT, OPPOSITION) * 2, strict=True))
            ]
            return [(tally.claimant, tally.accused.side) for tally in claimed(statements, SEPTEMBER)]

        assert order(1, 2, 3, 4) == order(4, 3, 2, 1) == [("a", "A"), ("a", "B"), ("b", "A"), ("b", "B")]

    def test_different_claimants_are_never_added(self) -> None:
        other = replace(RUSSIA_302, id="X", claimant="other")
        assert [tally.count for tally in claimed([RUSSIA_302, other], SEPTEMBER)] == [302, 302]

    def test_its_flags_travel_as_json(self) -> None:
        for tally in claimed(OTHERS, SEPTEMBER):
            assert json.loads(json.dumps([flag.detail for flag in tally.flags])) == [flag.detail for flag in tally.flags] != []
            assert tally in {tally}


class TestDailyBars:
    def test_only_days_that_somebody_claimed_have_one(self) -> None:
        bars = claimed_on_days([OPPOSITION_254, RUSSIA_302, *OTHERS], SEPTEMBER)
        assert [(bar.claimant, bar.accused, bar.day, bar.count, bar.statement) for bar in bars] == [
            ("opposition", GOVERNMENT, sept(15), 46, "OP-46"),
            ("russia", OPPOSITION, sept(14), 42, "RC-14"),
            ("russia", OPPOSITION, sept(17), 55, "RC-17"),
        ]

    def test_totals_and_longer_periods_are_never_spread(self) -> None:
        first_day = cumulative("SN-first", 14, sept(12))
        assert claimed_on_days([OPPOSITION_254, first_day, periodic("OP-130", 130, sept(13), sept(15))], SEPTEMBER) == []

    def test_a_second_statement_about_a_day_is_named_and_not_added(self) -> None:
        (bar,) = claimed_on_days([bulletin("RC-a", 5, sept(14)), bulletin("RC-b", 7, sept(14), published_on=sept(15))], SEPTEMBER)
        assert (bar.count, bar.statement, bar.also) == (7, "RC-b", ("RC-a",))

    def test_a_number_goes_before_none_whenever_published(self) -> None:
        (bar,) = claimed_on_days([bulletin("RC-a", 5, sept(14)), bulletin("RC-b", None, sept(14), published_on=sept(15))], SEPTEMBER)
        assert (bar.count, bar.also) == (5, ("RC-b",))

    def test_days_outside_the_window_have_none(self) -> None:
        assert claimed_on_days([bulletin("RC-20", 45, sept(20))], SEPTEMBER) == []

    def test_zero_is_a_bar_and_no_number_is_not_zero(self) -> None:
        bars = claimed_on_days([bulletin("RC-14", 0, sept(14)), bulletin("RC-15", None, sept(15))], SEPTEMBER)
        assert [bar.count for bar in bars] == [0, None]
