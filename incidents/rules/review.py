"""Review: the stages a case goes through, the moves between them as one table, who may judge, and who has a case open.

A case is one assessment: an incident under an agreement. Its occurrence says what was found, its stage how far that finding stands: a
decision is one editor's until a second confirms it (rule 8 of the domain).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.vocabulary import Occurrence

HELD_FOR = timedelta(minutes=15)


class Stage(TextChoices):
    """How far a case has come."""

    UNVERIFIED = "unverified", _("not taken up")
    UNDER_REVIEW = "under_review", _("under review")
    DECIDED = "decided", _("decided: waits for a second editor")
    CONFIRMED = "confirmed", _("confirmed by a second editor")


class Move(TextChoices):
    """What an editor may do with a case."""

    TAKE_UP = "take_up", _("Take up for review")
    PUT_BACK = "put_back", _("Put back, not reviewed")
    ASK_FOR_MORE = "ask_for_more", _("Ask the analyst for more")
    DECIDE = "decide", _("Decide")
    WITHDRAW = "withdraw", _("Take back one's own decision")
    SEND_BACK = "send_back", _("Send back to review")
    CONFIRM = "confirm", _("Confirm")
    REOPEN = "reopen", _("Reopen")


# What a decision may find. The other two words of the vocabulary say that nothing is decided.
VERDICTS = tuple(word for word in Occurrence if word not in {Occurrence.UNVERIFIED, Occurrence.UNDER_REVIEW})

# Moves with which one judges: not on reports that one entered.
JUDGING = frozenset({Move.DECIDE, Move.SEND_BACK, Move.CONFIRM})

# Every move there is. Asking for more is a record of its own and leaves the case under review; what is reopened keeps its history.
MOVES: dict[Stage, dict[Move, Stage]] = {
    Stage.UNVERIFIED: {Move.TAKE_UP: Stage.UNDER_REVIEW, Move.ASK_FOR_MORE: Stage.UNDER_REVIEW},
    Stage.UNDER_REVIEW: {
        Move.PUT_BACK: Stage.UNVERIFIED,
        Move.ASK_FOR_MORE: Stage.UNDER_REVIEW,
        Move.DECIDE: Stage.DECIDED,
    },
    Stage.DECIDED: {Move.WITHDRAW: Stage.UNDER_REVIEW, Move.SEND_BACK: Stage.UNDER_REVIEW, Move.CONFIRM: Stage.CONFIRMED},
    Stage.CONFIRMED: {Move.REOPEN: Stage.UNDER_REVIEW},
}


@dataclass(frozen=True)
class State:
    """Where a case stands: its stage, and what the decision says once there is one."""

    stage: Stage
    occurrence: Occurrence

    @property
    def is_final(self) -> bool:
        """Return whether this may be counted as our judgement."""
        return self.stage == Stage.CONFIRMED


UNVERIFIED = State(Stage.UNVERIFIED, Occurrence.UNVERIFIED)
UNDER_REVIEW = State(Stage.UNDER_REVIEW, Occurrence.UNDER_REVIEW)
STATES = (UNVERIFIED, UNDER_REVIEW, *(State(stage, verdict) for stage in (Stage.DECIDED, Stage.CONFIRMED) for verdict in VERDICTS))


@dataclass(frozen=True)
class Hold:
    """Who has a case open, since when, and until when that is taken to be so unless they stir."""

    by: int
    since: datetime
    until: datetime


def state_of(occurrence: Occurrence, *, is_decided: bool, is_confirmed: bool) -> State:
    """Return the state of an assessment from what is stored of it. Raise RuleBroken if these cannot stand together."""
    occurrence = Occurrence(occurrence)
    if occurrence in VERDICTS:
        if is_decided:
            return State(Stage.CONFIRMED if is_confirmed else Stage.DECIDED, occurrence)
    elif not is_decided and not is_confirmed:
        return UNDER_REVIEW if occurrence == Occurrence.UNDER_REVIEW else UNVERIFIED
    raise RuleBroken("no_such_state", _("What is stored of this assessment contradicts itself."), "occurrence")


def moves_from(state: State) -> tuple[Move, ...]:
    """Return the moves that are open, in the order in which they are offered."""
    return tuple(move for move in Move if move in MOVES[state.stage])


def may_move(state: State, move: Move) -> bool:
    """Return whether the table has this move from this state. Who may make it is asked apart."""
    return move in MOVES[state.stage]


def after(state: State, move: Move, verdict: Occurrence | None = None) -> State:
    """Return the state that a move leads to. Deciding needs a verdict, and nothing else takes one. Raise RuleBroken for any other pair."""
    if not may_move(state, move):
        raise RuleBroken("not_possible_now", _("This cannot be done with the case as it now stands."), "move")
    if move == Move.DECIDE:
        if verdict not in VERDICTS:
            raise RuleBroken("verdict_required", _("Say what the decision finds."), "occurrence")
        return State(Stage.DECIDED, Occurrence(verdict))
    if verdict is not None:
        raise RuleBroken("verdict_without_decision", _("Only a decision finds anything."), "occurrence")
    stage = MOVES[state.stage][move]
    if stage == Stage.CONFIRMED:
        return State(stage, state.occurrence)
    return UNDER_REVIEW if stage == Stage.UNDER_REVIEW else UNVERIFIED


def must_not_judge_own(report_authors: Collection[int | None], user: int) -> None:
    """Raise RuleBroken if the user entered one of the reports behind the case. Reports that nobody entered (imports) bar nobody."""
    if user in report_authors:
        raise RuleBroken("own_report", _("You entered a report behind this case. Somebody else must judge it."))


def must_be_second_editor(decided_by: int | None, report_authors: Collection[int | None], confirming: int) -> None:
    """Raise RuleBroken unless there is a decision, somebody else made it, and the user entered no report behind it."""
    if decided_by is None:
        raise RuleBroken("not_decided", _("There is no decision to confirm."))
    if decided_by == confirming:
        raise RuleBroken("own_decision", _("You made this decision. A second editor must confirm it."))
    must_not_judge_own(report_authors, confirming)


def must_be_confirmable(
    decided_by: int | None, report_authors: Collection[int | None], confirming: int, since_decided: Collection[int | None] = ()
) -> None:
    """Raise RuleBroken unless a second editor may confirm: a report of the decider's own that joined the case since bars that, too.

    `since_decided` entered reports that were behind the case when it was decided or at any time since, though they may have left it.
    """
    must_be_second_editor(decided_by, report_authors, confirming)
    if confirming in since_decided:
        raise RuleBroken("own_report", _("A report that you entered was behind this decision, and left it since. Somebody else must confirm it."))
    if not is_by_others(decided_by, None, {*report_authors, *since_decided}):
        raise RuleBroken(
            "deciders_report", _("Whoever decided this entered a report that is behind the case now. Send it back, so that somebody else judges it.")
        )


def is_by_others(decided_by: int | None, confirmed_by: int | None, report_authors: Collection[int | None]) -> bool:
    """Return whether neither of those who judged entered a report behind the case. Nobody has judged: nobody judged their own."""
    return not ({decided_by, confirmed_by} - {None}) & set(report_authors)


def must_be_decider(decided_by: int | None, user: int) -> None:
    """Raise RuleBroken unless the user made the decision that they take back."""
    if decided_by is None or decided_by != user:
        raise RuleBroken("not_own_decision", _("Only who made a decision takes it back. A second editor sends it back."))


def holder(hold: Hold | None, now: datetime) -> Hold | None:
    """Return who has the case open, or None: nobody, or a hold that has run out."""
    return hold if hold and now < hold.until else None


def claim(hold: Hold | None, by: int, now: datetime, lasting: timedelta = HELD_FOR, *, taking_over: bool = False) -> Hold:
    """Return the hold that the user now has. Who holds the case already goes on holding it since then.

    Raise RuleBroken if somebody else has it open, unless it is taken over from them knowingly: the lock is a soft one.
    """
    held = holder(hold, now)
    if held and held.by == by:
        return Hold(by, held.since, max(held.until, now + lasting))
    if not taking_over:
        must_not_be_held_by_another(held, by, now)
    return Hold(by, now, now + lasting)


def release(hold: Hold | None, by: int, now: datetime) -> None:
    """Let the case go. Letting go of what nobody holds is harmless; raise RuleBroken if somebody else holds it."""
    must_not_be_held_by_another(hold, by, now)


def must_not_be_held_by_another(hold: Hold | None, by: int, now: datetime) -> None:
    """Raise RuleBroken if somebody else has the case open."""
    held = holder(hold, now)
    if held and held.by != by:
        raise RuleBroken("held_by_another", _("Somebody else has this case open."))
