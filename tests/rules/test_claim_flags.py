"""What travels with a claimed figure besides gaps and overlaps: dailies against the cumulative number, units, counterparts, corrections."""

from dataclasses import replace
from typing import Any

import pytest

from incidents.rules import increments
from incidents.rules.digests import doubts, readings
from incidents.rules.tallying import ClaimedTally, Replaced, Statement, claimed
from incidents.vocabulary import ClaimFlag, Qualifier, Unit
from tests.rules.cast import BULLETINS, OPPOSITION, RUSSIA_199, RUSSIA_302, SEPTEMBER, bulletin, cumulative, figure, make_statement, periodic, sept

DAYS_12_TO_14 = ("2016-09-12", "2016-09-14")
AT_LEAST, ABOUT, MORE = Qualifier.AT_LEAST, Qualifier.ABOUT, Qualifier.MORE_THAN


def dailies_of(*statements: Statement) -> list[tuple[Any, ...]]:
    tally = figure(claimed(statements, SEPTEMBER), "russia", OPPOSITION)
    found = [flag.detail for flag in tally.flags if flag.code == ClaimFlag.DAILIES_DO_NOT_ADD_UP]
    return [(flag["from"], flag["to"], flag["stated"], flag["sum"], flag["remainder"]) for flag in found]


def days(*counts: int | None, first: int = 12, qualifier: Qualifier = Qualifier.EXACTLY) -> list[Statement]:
    """Return one bulletin a day, from the truce's first day on."""
    return [bulletin(f"D{first + n}", count, sept(first + n), qualifier=qualifier) for n, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([cumulative("C", 6, sept(14)), *days(1, 2, 3)], []),
        ([cumulative("C", 7, sept(14)), *days(1, 2, 3)], [("2016-09-12", "2016-09-14", 7, 6, 1)]),
        ([cumulative("C", 5, sept(14)), *days(1, 2, 3)], [("2016-09-12", "2016-09-14", 5, 6, -1)]),
        # A day without a bulletin explains what is missing, and never what is too much.
        ([cumulative("C", 7, sept(14)), *days(1, 2)], []),
        ([cumulative("C", 7, sept(14)), *days(1, None, 3)], []),
        ([cumulative("C", 2, sept(14)), *days(1, 2)], [("2016-09-12", "2016-09-14", 2, 3, -1)]),
        # Yesterday's cumulative number and today's: 55 after 144 makes 199.
        ([cumulative("C16", 144, sept(16)), RUSSIA_199, *days(55, first=17)], []),
        ([cumulative("C16", 140, sept(16)), RUSSIA_199, *days(55, first=17)], [("2016-09-17", "2016-09-17", 59, 55, 4)]),
        # What one rise contradicts is told once, of that rise.
        ([cumulative("C1", 3, sept(13)), cumulative("C2", 9, sept(14)), *days(1, 2, 5)], [("2016-09-14", "2016-09-14", 6, 5, 1)]),
        # A number for a week lies in no single rise: the whole is looked at.
        ([cumulative("C1", 3, sept(13)), cumulative("C2", 9, sept(14)), periodic("P", 10, sept(12), sept(14))], [(*DAYS_12_TO_14, 9, 10, -1)]),
        # Days after the last cumulative number say nothing of it.
        ([cumulative("C", 3, sept(13)), *days(1, 2, 40)], []),
        # Hedged numbers contradict only what they exclude.
        ([cumulative("C", 7, sept(14)), *days(1, 2, 3, qualifier=AT_LEAST)], []),
        ([cumulative("C", 5, sept(14)), *days(1, 2, 3, qualifier=MORE)], [("2016-09-12", "2016-09-14", 5, 6, -1)]),
        ([cumulative("C", 5, sept(14), qualifier=AT_LEAST), *days(1, 2, 3)], []),
        ([cumulative("C", 7, sept(14), qualifier=AT_LEAST), *days(1, 2, 3)], [("2016-09-12", "2016-09-14", 7, 6, 1)]),
        ([cumulative("C", 99, sept(14)), *days(1, 2, 3, qualifier=ABOUT)], []),
        ([cumulative("C", 99, sept(14), qualifier=ABOUT), *days(1, 2, 3)], []),
        # The golden week: 42 on the 14th, 55 on the 17th with 199 since the start, 302 as of the 19th. Nothing contradicts.
        ([RUSSIA_199, RUSSIA_302, *BULLETINS], []),
    ],
)  # fmt: skip
def test_cumulative_against_daily(statements: list[Statement], found: list[Any]) -> None:
    assert dailies_of(*statements) == found
    assert dailies_of(*reversed(statements)) == found


def test_the_flag_names_both_cumulative_statements() -> None:
    readings_of = [reading for one in (cumulative("C16", 140, sept(16)), RUSSIA_199) for reading in readings(one)]
    (flag,) = increments.differences(readings_of, [*readings(BULLETINS[1])], sept(12))
    assert {name: flag.detail[name] for name in ("statement", "count", "earlier", "earlier_count")} == {
        "statement": "RC-17-199",
        "count": 199,
        "earlier": "C16",
        "earlier_count": 140,
    }


def unit_flags(tally: ClaimedTally) -> list[tuple[Any, Any]]:
    return [(flag.detail["unit"], flag.detail["count"]) for flag in tally.flags if flag.code == ClaimFlag.OTHER_UNIT]


def test_what_is_claimed_in_another_unit_exists_and_is_not_added() -> None:
    shots = make_statement("SHOTS", 900, unit=Unit.SHOT)
    tallies = claimed([RUSSIA_302, shots], SEPTEMBER)
    assert figure(tallies, "russia", OPPOSITION).count == 302
    assert unit_flags(figure(tallies, "russia", OPPOSITION)) == [("shot", 900)]
    assert unit_flags(figure(tallies, "russia", OPPOSITION, Unit.SHOT)) == [("violation", 302)]
    assert unit_flags(figure(claimed([RUSSIA_302, replace(shots, claimant="snhr")], SEPTEMBER), "russia", OPPOSITION)) == []


@pytest.mark.parametrize(
    ("count", "confirmed", "flagged"),
    [(7, 0, True), (7, 3, True), (7, 9, True), (None, 2, True), (7, 7, False), (7, None, False)],
)
def test_recorded_seven_confirmed_none(count: int | None, confirmed: int | None, flagged: bool) -> None:
    joint = make_statement("J", count, counterpart="turkey", confirmed=confirmed)
    expected = [{"statement": "J", "count": count, "confirmed": confirmed, "by": "turkey"}] if flagged else []
    assert [dict(flag.detail) for flag in doubts(joint) if flag.code == ClaimFlag.NOT_CONFIRMED] == expected
    (tally,) = claimed([joint], SEPTEMBER)
    assert tally.count == count
    assert [dict(flag.detail) for flag in tally.flags if flag.code == ClaimFlag.NOT_CONFIRMED] == expected


def test_a_corrected_figure_says_what_it_was() -> None:
    corrected = replace(RUSSIA_302, replaces=(Replaced("OLD", 300), Replaced("OLDER", 290)))
    (tally,) = claimed([corrected], SEPTEMBER)
    assert [dict(flag.detail) for flag in tally.flags] == [{"statement": "RU-302", "count": 302, "earlier": "OLD", "earlier_count": 300}]
    assert claimed([RUSSIA_302], SEPTEMBER)[0].flags == ()
