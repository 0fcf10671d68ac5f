"""A bulletin's arithmetic as it is entered: parts against total, today against yesterday's cumulative number."""

from dataclasses import replace
from typing import Any

import pytest

from incidents.rules.bulletins import Today, noted, today
from incidents.rules.tallying import Part, Statement, claimed
from incidents.vocabulary import ClaimFlag
from tests.rules.cast import BULLETINS, OPPOSITION_254, RUSSIA_199, RUSSIA_302, SEPTEMBER, bulletin, cumulative, sept

RC_14, RC_17, RC_20 = BULLETINS


def step(new: Statement, *standing: Statement) -> tuple[Any, ...] | None:
    found = today(new, standing, SEPTEMBER)
    return (found[0].before, found[0].known, found[0].summed, found[0].summed_days, found[0].days_before, found[0].agrees) if found else None


@pytest.mark.parametrize(
    ("new", "standing", "found"),
    [
        # 199 by the 17th with 55 for that day leaves 144 for the five days before; 42 of them are on record.
        (RUSSIA_199, [RC_14, RC_17], (144, None, 42, 1, 5, None)),
        (RC_17, [RC_14, RUSSIA_199], (144, None, 42, 1, 5, None)),
        (RUSSIA_199, [RC_17, cumulative("C16", 144, sept(16))], (144, 144, None, 0, 5, True)),
        (RUSSIA_199, [RC_17, cumulative("C16", 140, sept(16))], (144, 140, None, 0, 5, False)),
        (RUSSIA_199, [RC_17], (144, None, None, 0, 5, None)),
        (RUSSIA_199, [RC_17, bulletin("D16", 145, sept(16))], (144, None, 145, 1, 5, False)),
        (cumulative("C13", 3, sept(13)), [bulletin("D13", 2, sept(13)), bulletin("D12", 1, sept(12))], (1, None, 1, 1, 1, True)),
        (cumulative("C13", 4, sept(13)), [bulletin("D13", 2, sept(13)), bulletin("D12", 1, sept(12))], (2, None, 1, 1, 1, False)),
        # On the truce's first day nothing was counted before.
        (cumulative("C12", 2, sept(12)), [bulletin("D12", 2, sept(12))], (0, 0, None, 0, 0, True)),
        (cumulative("C12", 3, sept(12)), [bulletin("D12", 2, sept(12))], (1, 0, None, 0, 0, False)),
        # A day's number above the cumulative one cannot be right.
        (cumulative("C17", 50, sept(17)), [RC_17], (-5, None, None, 0, 5, False)),
        # With only one of the two there is nothing to compare.
        (RUSSIA_199, [RC_14], None),
        (RC_17, [RC_14, RUSSIA_302], None),
        (replace(RUSSIA_199, count=None), [RC_17], None),
        (RUSSIA_199, [replace(RC_17, claimant="syria")], None),
    ],
)
def test_today_against_yesterday(new: Statement, standing: list[Statement], found: Any) -> None:
    assert step(new, *standing) == found
    assert step(new, *reversed(standing)) == found


def test_each_accused_has_a_step_of_its_own() -> None:
    both = replace(RUSSIA_199, accused=(*RUSSIA_199.accused, *OPPOSITION_254.accused), parts=(Part("B", 199, accused=RUSSIA_199.accused[0]),))
    assert [type(row) for row in today(both, [RC_17], SEPTEMBER)] == [Today]


@pytest.mark.parametrize(
    ("new", "standing", "codes"),
    [
        (RUSSIA_302, [RUSSIA_199, *BULLETINS], []),
        (replace(RUSSIA_302, parts=(Part("Aleppo", 300), Part("Hama", 1))), [], [ClaimFlag.PARTS_DO_NOT_ADD_UP]),
        (replace(RUSSIA_302, count=190), [RUSSIA_199], [ClaimFlag.DECREASING]),
        (cumulative("C14", 10, sept(14)), [RC_14], [ClaimFlag.DAILIES_DO_NOT_ADD_UP, ClaimFlag.GAP]),
        (RC_20, [RUSSIA_302], [ClaimFlag.PAST_WINDOW]),
        (replace(RC_17, id="AGAIN"), [RC_14, RC_17], [ClaimFlag.OVERLAP]),
        # What was doubtful before is not noted again.
        (RUSSIA_302, [RC_20], []),
        (RUSSIA_302, [replace(RC_20, claimant="syria")], []),
    ],
)
def test_what_is_noted_before_it_is_saved(new: Statement, standing: list[Statement], codes: list[ClaimFlag]) -> None:
    assert sorted({flag.code for flag in noted(new, standing, SEPTEMBER)}) == sorted(codes)


@pytest.mark.parametrize("standing", [[], [RC_14], [RUSSIA_199, RC_14], [cumulative("C", 400, sept(18))]])
@pytest.mark.parametrize("new", [RUSSIA_302, RC_17, RC_20, replace(RUSSIA_302, parts=(Part("Aleppo", 300),), id="X")])
def test_what_is_noted_of_figures_travels_with_them_after(new: Statement, standing: list[Statement]) -> None:
    travelling = {flag for tally in claimed([*standing, new], SEPTEMBER) for flag in tally.flags}
    own = {ClaimFlag.PARTS_DO_NOT_ADD_UP}
    assert {flag for flag in noted(new, standing, SEPTEMBER) if flag.code not in own} <= travelling
