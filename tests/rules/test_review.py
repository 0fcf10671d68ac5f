"""The path of a case from report to confirmed judgement: every move the table has, and every one it has not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import RuleBroken
from incidents.rules import review
from incidents.rules.review import STATES, UNDER_REVIEW, UNVERIFIED, VERDICTS, Hold, Move, Stage, State, after, may_move, moves_from, state_of
from incidents.vocabulary import Occurrence as O

NOON = datetime(2016, 9, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALICE, BOB, CAROL = 1, 2, 3

# Written out once more, by hand: a move that is added or lost by mistake fails here.
ALLOWED = {
    ("unverified", "take_up"): "under_review",
    ("unverified", "ask_for_more"): "under_review",
    ("under_review", "put_back"): "unverified",
    ("under_review", "ask_for_more"): "under_review",
    ("under_review", "decide"): "decided",
    ("decided", "withdraw"): "under_review",
    ("decided", "send_back"): "under_review",
    ("decided", "confirm"): "confirmed",
    ("confirmed", "reopen"): "under_review",
}
PAIRS = [(state, move) for state in STATES for move in Move]


def decided(verdict: O) -> State:
    return State(Stage.DECIDED, verdict)


def confirmed(verdict: O) -> State:
    return State(Stage.CONFIRMED, verdict)


def refusal(*call: object) -> RuleBroken:
    function, *given = call
    with pytest.raises(RuleBroken) as broken:
        function(*given)  # type: ignore[operator]
    return broken.value


def test_the_vocabulary_gives_seven_verdicts_and_sixteen_states() -> None:
    assert set(VERDICTS) == {O.CORROBORATED, O.VERIFIED, O.DISPUTED, O.NOT_VERIFIABLE, O.UNFOUNDED, O.REFUTED, O.OUTSIDE_TERMS}
    assert len(STATES) == len(set(STATES)) == 16


@pytest.mark.parametrize(("state", "move"), PAIRS, ids=lambda value: getattr(value, "name", None) or f"{value.stage}-{value.occurrence}")
def test_a_move_leads_where_the_table_says_and_every_other_is_refused(state: State, move: Move) -> None:
    leads_to = ALLOWED.get((state.stage.value, move.value))
    verdict = O.DISPUTED if move == Move.DECIDE else None
    assert may_move(state, move) == (leads_to is not None) == (move in moves_from(state))
    if leads_to is None:
        assert refusal(after, state, move, verdict).code == "not_possible_now"
        return
    reached = after(state, move, verdict)
    assert reached.stage == leads_to
    assert reached in STATES


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_decision_finds_its_verdict_and_confirming_keeps_it(verdict: O) -> None:
    assert after(UNDER_REVIEW, Move.DECIDE, verdict) == decided(verdict)
    assert after(decided(verdict), Move.CONFIRM) == confirmed(verdict)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_what_is_sent_back_withdrawn_or_reopened_says_under_review_again(verdict: O) -> None:
    assert {after(decided(verdict), Move.SEND_BACK), after(decided(verdict), Move.WITHDRAW), after(confirmed(verdict), Move.REOPEN)} == {UNDER_REVIEW}


@pytest.mark.parametrize("verdict", [None, O.UNVERIFIED, O.UNDER_REVIEW])
def test_a_decision_needs_a_verdict(verdict: O | None) -> None:
    broken = refusal(after, UNDER_REVIEW, Move.DECIDE, verdict)
    assert (broken.code, broken.field) == ("verdict_required", "occurrence")


def test_no_other_move_takes_a_verdict() -> None:
    assert refusal(after, decided(O.VERIFIED), Move.CONFIRM, O.REFUTED).code == "verdict_without_decision"
    assert refusal(after, UNVERIFIED, Move.TAKE_UP, O.VERIFIED).code == "verdict_without_decision"


def test_only_what_a_second_editor_confirmed_is_final() -> None:
    assert {state.stage for state in STATES if state.is_final} == {Stage.CONFIRMED}


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{state.stage}-{state.occurrence}")
def test_a_state_is_read_from_what_is_stored(state: State) -> None:
    is_decided = state.stage in {Stage.DECIDED, Stage.CONFIRMED}
    assert state_of(state.occurrence, is_decided=is_decided, is_confirmed=state.stage == Stage.CONFIRMED) == state


@pytest.mark.parametrize("occurrence", list(O))
@pytest.mark.parametrize("is_decided", [True, False])
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_what_contradicts_itself_is_no_state(occurrence: O, is_decided: bool, is_confirmed: bool) -> None:
    stored = {"is_decided": is_decided, "is_confirmed": is_confirmed}
    if (occurrence in VERDICTS and is_decided) or (occurrence not in VERDICTS and not is_decided and not is_confirmed):
        assert state_of(occurrence, **stored) in STATES
    else:
        with pytest.raises(RuleBroken, match="contradicts itself"):
            state_of(occurrence, **stored)


@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(VERDICTS))))
def test_no_walk_reaches_confirmed_but_through_a_decision_and_a_confirmation(walk: list[tuple[Move, O]]) -> None:
    state, since_review = UNVERIFIED, []
    for move, verdict in walk:
        if not may_move(state, move):
            continue
        state = after(state, move, verdict if move == Move.DECIDE else None)
        since_review = [] if state.stage in {Stage.UNVERIFIED, Stage.UNDER_REVIEW} else [*since_review, move]
        assert state in STATES
        assert (state.stage == Stage.CONFIRMED) == (since_review == [Move.DECIDE, Move.CONFIRM])


@pytest.mark.parametrize(
    ("decided_by", "authors", "confirming", "code"),
    [
        (ALICE, [], BOB, None),
        (ALICE, [CAROL], BOB, None),
        (ALICE, [None, CAROL], BOB, None),
        (ALICE, [], ALICE, "own_decision"),
        (ALICE, [BOB], BOB, "own_report"),
        (ALICE, [CAROL, BOB, None], BOB, "own_report"),
        (None, [], BOB, "not_decided"),
        (None, [BOB], BOB, "not_decided"),
    ],
)
def test_a_second_editor_confirms_who_neither_decided_nor_entered(
    decided_by: int | None, authors: list[int | None], confirming: int, code: str
) -> None:
    if code is None:
        review.must_be_second_editor(decided_by, authors, confirming)
    else:
        assert refusal(review.must_be_second_editor, decided_by, authors, confirming).code == code


def test_a_report_of_the_deciders_own_that_came_since_bars_confirming_and_not_sending_back() -> None:
    review.must_be_confirmable(ALICE, [CAROL, None], BOB)
    assert refusal(review.must_be_confirmable, ALICE, [CAROL, ALICE], BOB).code == "deciders_report"
    assert refusal(review.must_be_confirmable, ALICE, [BOB], BOB).code == "own_report"
    review.must_be_second_editor(ALICE, [CAROL, ALICE], BOB)
    assert refusal(review.must_be_confirmable, ALICE, [CAROL], BOB, [BOB, CAROL]).code == "own_report", "it left the case since"
    assert refusal(review.must_be_confirmable, ALICE, [CAROL], BOB, [ALICE]).code == "deciders_report"
    review.must_be_confirmable(ALICE, [], BOB, [CAROL])


def test_a_judgement_is_by_others_if_neither_editor_entered_a_report_behind_it() -> None:
    assert review.is_by_others(ALICE, BOB, [CAROL, None]) and review.is_by_others(None, None, [None, CAROL])
    assert not review.is_by_others(ALICE, BOB, [BOB]) and not review.is_by_others(ALICE, None, [ALICE])


def test_nobody_judges_a_report_that_they_entered() -> None:
    review.must_not_judge_own([BOB, None], ALICE)
    assert refusal(review.must_not_judge_own, [BOB, ALICE], ALICE).code == "own_report"
    assert {Move.DECIDE, Move.CONFIRM, Move.SEND_BACK} == review.JUDGING


def test_only_the_decider_takes_a_decision_back() -> None:
    review.must_be_decider(ALICE, ALICE)
    assert refusal(review.must_be_decider, ALICE, BOB).code == "not_own_decision"
    assert refusal(review.must_be_decider, None, BOB).code == "not_own_decision"


class TestSoftLock:
    held = review.claim(None, ALICE, NOON)

    def test_opening_a_case_says_who_since_when_and_until_when(self) -> None:
        assert self.held == Hold(ALICE, NOON, NOON + 15 * MINUTE)
        assert review.holder(self.held, NOON + 14 * MINUTE) == self.held

    def test_it_expires(self) -> None:
        assert review.holder(self.held, NOON + 15 * MINUTE) is None
        assert review.claim(self.held, BOB, NOON + 15 * MINUTE) == Hold(BOB, NOON + 15 * MINUTE, NOON + 30 * MINUTE)

    def test_somebody_else_is_told_and_may_take_it_over_knowingly(self) -> None:
        now = NOON + MINUTE
        assert refusal(review.claim, self.held, BOB, now).code == "held_by_another"
        assert review.claim(self.held, BOB, now, taking_over=True) == Hold(BOB, now, now + 15 * MINUTE)

    def test_who_has_it_goes_on_having_it_since_they_opened_it(self) -> None:
        assert review.claim(self.held, ALICE, NOON + 10 * MINUTE) == Hold(ALICE, NOON, NOON + 25 * MINUTE)

    def test_a_shorter_renewal_takes_nothing_away(self) -> None:
        assert review.claim(self.held, ALICE, NOON + MINUTE, MINUTE) == self.held

    def test_only_the_holder_lets_go_while_it_lasts(self) -> None:
        review.release(self.held, ALICE, NOON)
        review.release(None, BOB, NOON)
        review.release(self.held, BOB, NOON + 15 * MINUTE)
        assert refusal(review.release, self.held, BOB, NOON).code == "held_by_another"

    @given(st.lists(st.tuples(st.sampled_from([ALICE, BOB, CAROL]), st.integers(0, 40), st.booleans())))
    def test_two_never_hold_one_case(self, steps: list[tuple[int, int, bool]]) -> None:
        hold, now = None, NOON
        for by, minutes, taking_over in steps:
            now += minutes * MINUTE
            before = review.holder(hold, now)
            try:
                hold = review.claim(hold, by, now, taking_over=taking_over)
            except RuleBroken:
                assert before is not None and before.by != by and not taking_over
                continue
            assert hold.by == by and hold.since <= now < hold.until
            assert before is None or before.by == by or taking_over
