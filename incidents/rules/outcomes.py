"""What became of an aid movement, as counted: asked for, agreed to, refused, left unanswered, hindered, delivered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from incidents.rules.journeys import STEP_OF, STEPS, ConvoyStep
from incidents.vocabulary import ConvoyStatus as S


class Outcome(TextChoices):
    """What a convoy counts under. One may count under several: delivered in part and struck, or agreed to and denied by different sources."""

    ENTERED = "entered", pgettext_lazy("convoys counted", "Entered")
    REQUESTED = "requested", pgettext_lazy("convoys counted", "Requested")
    AGREED = "agreed", pgettext_lazy("convoys counted", "Agreed")
    DENIED = "denied", pgettext_lazy("convoys counted", "Denied")
    UNANSWERED = "unanswered", pgettext_lazy("convoys counted", "Unanswered")
    DEPARTED = "departed", pgettext_lazy("convoys counted", "Departed")
    HELD_UP = "held_up", pgettext_lazy("convoys counted", "Held up")
    STRIPPED = "stripped", pgettext_lazy("convoys counted", "Supplies removed")
    STRUCK = "struck", pgettext_lazy("convoys counted", "Struck or looted")
    DELIVERED_IN_PART = "delivered_in_part", pgettext_lazy("convoys counted", "Delivered in part")
    DELIVERED = "delivered", pgettext_lazy("convoys counted", "Delivered in full")


@dataclass(frozen=True)
class Said:
    """One reported status, as far as counting asks: what, whether it happened, and whether at a checkpoint."""

    status: S
    happened: bool = True
    at_checkpoint: bool = False


HINDERED = frozenset(
    {S.ON_HOLD_INSECURITY, S.ON_HOLD_ADMINISTRATIVE, S.WAITING_AT_BORDER, S.WAITING_AT_CHECKPOINT, S.DELAYED, S.TURNED_BACK}
)  # fmt: skip


def outcomes(said: Iterable[Said]) -> frozenset[Outcome]:
    """Return what a convoy counts under. A step that nobody reports is implied by a later one: what departed was agreed to."""
    happened = [one for one in said if one.happened]
    statuses = {one.status for one in happened}
    reached = max((STEPS.index(_step(one)) for one in happened if _step(one)), default=-1)  # type: ignore[arg-type]
    is_denied = any(one.status == S.DENIED and not one.at_checkpoint for one in happened)
    is_agreed = reached >= STEPS.index(ConvoyStep.APPROVED)
    is_requested = reached >= 0 or is_denied or bool(statuses & {S.NO_ANSWER, S.APPROVED_IN_PRINCIPLE})
    is_delivered = S.DELIVERED in statuses
    holds = {
        Outcome.ENTERED: True,
        Outcome.REQUESTED: is_requested,
        Outcome.AGREED: is_agreed,
        Outcome.DENIED: is_denied,
        Outcome.UNANSWERED: is_requested and not is_agreed and not is_denied,
        Outcome.DEPARTED: reached >= STEPS.index(ConvoyStep.DEPARTED),
        Outcome.HELD_UP: bool(statuses & HINDERED),
        Outcome.STRIPPED: S.SUPPLIES_REMOVED in statuses,
        Outcome.STRUCK: bool(statuses & {S.ATTACKED, S.LOOTED}),
        Outcome.DELIVERED_IN_PART: S.PARTLY_DELIVERED in statuses and not is_delivered,
        Outcome.DELIVERED: is_delivered,
    }
    return frozenset(outcome for outcome, is_so in holds.items() if is_so)


def _step(one: Said) -> ConvoyStep | None:
    return ConvoyStep.CHECKPOINT if one.at_checkpoint else STEP_OF.get(one.status)
