"""A convoy's timeline from events that are partial, out of order and contradict one another: where it stands, what is late, what is disputed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, product

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.rules import facts
from incidents.rules.bonds import Party
from incidents.rules.journeys import STEPS, ConvoyStep, Plan, StatusEvent, is_before
from incidents.rules.timespans import Timespan
from incidents.vocabulary import ConvoyStatus as S


class ConvoyState(TextChoices):
    """How it is with a convoy at the step where it stands."""

    ON_TIME = "on_time", _("on time")
    LATE = "late", _("late")
    WAITING = "waiting", _("waiting")
    DENIED = "denied", pgettext_lazy("state of a convoy", "denied")
    STRUCK = "struck", _("struck")
    CANCELLED = "cancelled", _("cancelled")
    UNKNOWN = "unknown", pgettext_lazy("state of a convoy", "no planned time")


class Progress(TextChoices):
    """How far a step is known to be done."""

    DONE = "done", _("done")
    PARTLY = "partly", _("partly done")
    IMPLIED = "implied", _("not reported, but a later step is")
    OPEN = "open", _("not reported")


class Disputed(TextChoices):
    """What sources contradict one another about."""

    TIMES = "times", _("Sources give times that do not meet.")
    ANSWER = "answer", _("One source says approved, another denied or not answered.")
    HAPPENED = "happened", _("One source says that it happened, another that it did not.")
    ORDER = "order", _("By different sources a later step came before an earlier one.")


@dataclass(frozen=True)
class Dispute:
    """Two events that contradict each other. Both are kept."""

    about: Disputed
    step: ConvoyStep
    events: tuple[str, str]


@dataclass(frozen=True)
class StepTime:
    """One step: by when it was due, when it was done, and how late for certain. `late` None: not late, or it cannot be said."""

    step: ConvoyStep
    progress: Progress
    due: datetime | None
    actual: Timespan | None
    late: timedelta | None
    events: tuple[str, ...]


@dataclass(frozen=True)
class Timeline:
    """The seven steps, where the convoy stands, and how it is there."""

    steps: tuple[StepTime, ...]
    stands_at: ConvoyStep
    state: ConvoyState
    disputes: tuple[Dispute, ...]


STRUCK = frozenset({S.ATTACKED, S.LOOTED})
REFUSED = frozenset({S.DENIED, S.TURNED_BACK})
HELD = frozenset({S.NO_ANSWER, S.ON_HOLD_INSECURITY, S.ON_HOLD_ADMINISTRATIVE, S.WAITING_AT_BORDER, S.WAITING_AT_CHECKPOINT, S.DELAYED})
ENDINGS = STRUCK | REFUSED | {S.CANCELLED, S.PARTLY_DELIVERED, S.DELIVERED}
APPROVALS = frozenset({S.APPROVED, S.APPROVED_WITH_CONDITIONS})
REFUSALS = frozenset({S.DENIED, S.NO_ANSWER})


def timeline(events: Iterable[StatusEvent], plan: Plan, *, now: datetime) -> Timeline:
    """Return the timeline, from what is said by now in whatever order it came. Without events the convoy stands at its request."""
    said = _told(events)
    happened = [event for event in said if event.happened]
    reached = max((STEPS.index(event.step) for event in happened if event.step), default=-1)
    steps = tuple(_step(step, [event for event in happened if event.step == step], STEPS.index(step) < reached, plan, now) for step in STEPS)
    stands_at = _stands_at(happened, reached, plan)
    at = steps[STEPS.index(stands_at)]
    return Timeline(steps, stands_at, _state(happened, at), tuple(_disputes(said)))


def has_ended(events: Iterable[StatusEvent]) -> bool:
    """Return whether the latest of what is said is an end: delivered, if only in part, refused, struck or called off. Nothing said is no end."""
    telling = [event.status for event in _told(events) if event.happened and event.status != S.SUPPLIES_REMOVED]
    return bool(telling) and telling[-1] in ENDINGS


def _told(events: Iterable[StatusEvent]) -> list[StatusEvent]:
    return sorted(events, key=lambda event: event.order)


def _step(step: ConvoyStep, events: Sequence[StatusEvent], is_passed: bool, plan: Plan, now: datetime) -> StepTime:
    # Unloading shows that a convoy arrived, but not when, where anybody says when it did.
    telling = [event for event in events if event.status != S.UNLOADING] or events
    first = list({event.source: event for event in reversed(telling)}.values())
    actual = facts.when([_as_claim(event) for event in first]).value
    due = plan.due.get(step)
    late = None
    if events:
        complete = step != ConvoyStep.DELIVERED or any(event.status == S.DELIVERED for event in events)
        progress = Progress.DONE if complete else Progress.PARTLY
        if due and actual and actual.starts_at and actual.starts_at > due:
            late = actual.starts_at - due
    else:
        progress = Progress.IMPLIED if is_passed else Progress.OPEN
        if due and not is_passed and now > due:
            late = now - due
    return StepTime(step, progress, due, actual, late, tuple(event.id for event in events))


def _stands_at(happened: Sequence[StatusEvent], reached: int, plan: Plan) -> ConvoyStep:
    """Return the step that is under way: the one after the farthest reached, or the checkpoint at which the convoy is."""
    checkpoint = STEPS.index(ConvoyStep.CHECKPOINT)
    if reached == checkpoint:
        # Checkpoints that nobody reports are passed once a farther one is reached.
        last = plan.route[-1] if plan.route else ""
        has_left = any(event.status == S.DEPARTED and event.checkpoint == last for event in happened)
        return ConvoyStep.ARRIVED if has_left else ConvoyStep.CHECKPOINT
    following = min(reached + 1, len(STEPS) - 1)
    return ConvoyStep.ARRIVED if following == checkpoint and not plan.route else STEPS[following]


def _state(happened: Sequence[StatusEvent], at: StepTime) -> ConvoyState:
    """Return what the latest event means at the step where the convoy stands. Supplies removed on the way stop no convoy."""
    telling = [event.status for event in happened if event.status != S.SUPPLIES_REMOVED]
    last = telling[-1] if telling else S.PLANNED
    for statuses, state in ((STRUCK, ConvoyState.STRUCK), (REFUSED, ConvoyState.DENIED), ({S.CANCELLED}, ConvoyState.CANCELLED)):
        if last in statuses:
            return state
    if at.late or last == S.DELAYED:
        return ConvoyState.LATE
    if last in HELD:
        return ConvoyState.WAITING
    return ConvoyState.ON_TIME if at.due else ConvoyState.UNKNOWN


def _disputes(said: Sequence[StatusEvent]) -> list[Dispute]:
    happened = [event for event in said if event.happened]
    found = []
    for step in STEPS:
        # A convoy waits at several checkpoints, so there only what is said of one and the same can be apart.
        for a, b in _between_sources([event for event in happened if event.step == step], happened):
            same = a.step == b.step and a.status == b.status and a.checkpoint == b.checkpoint
            if same and (is_before(a.when, b.when) or is_before(b.when, a.when)):
                found.append(Dispute(Disputed.TIMES, step, (a.id, b.id)))
    for a, b in product([event for event in happened if event.status in APPROVALS], [event for event in happened if event.status in REFUSALS]):
        if not b.checkpoint and not {a.source, b.source} & _sources_of_both(happened):
            found.append(Dispute(Disputed.ANSWER, ConvoyStep.APPROVED, (a.id, b.id)))
    for denied, event in product([event for event in said if not event.happened], happened):
        if denied.step and event.step and _refutes(event, denied):
            found.append(Dispute(Disputed.HAPPENED, denied.step, (event.id, denied.id)))
    for a, b in combinations([event for event in happened if event.step and not event.checkpoint], 2):
        early, late = sorted((a, b), key=lambda event: STEPS.index(event.step))  # type: ignore[arg-type]
        if early.source != late.source and early.step != late.step and early.step and is_before(late.when, early.when):
            found.append(Dispute(Disputed.ORDER, early.step, (early.id, late.id)))
    return found


def _between_sources(events: Sequence[StatusEvent], happened: Sequence[StatusEvent]) -> list[tuple[StatusEvent, StatusEvent]]:
    """Return each two events of different sources, each source's first of its status, as later ones may be another time."""
    first = {(event.source, event.status, event.checkpoint): event for event in reversed(events)}
    return [(a, b) for a, b in combinations(sorted(first.values(), key=lambda event: event.order), 2) if a.source != b.source]


def _sources_of_both(happened: Sequence[StatusEvent]) -> set[str]:
    """Return the sources that tell of an approval and of a refusal: to them one followed the other."""
    return {event.source for event in happened if event.status in APPROVALS} & {event.source for event in happened if event.status in REFUSALS}


def _refutes(event: StatusEvent, denied: StatusEvent) -> bool:
    """Tell whether an event contradicts a denial: the step itself or one that needs it, no later than the denial is about."""
    if event.step is None or denied.step is None or event.source == denied.source:
        return False
    if STEPS.index(event.step) < STEPS.index(denied.step) or (denied.checkpoint and event.checkpoint != denied.checkpoint):
        return False
    return not is_before(denied.when, event.when)


def _as_claim(event: StatusEvent) -> facts.Claim:
    return facts.Claim(event.id, Party(event.source, event.source), event.source, when=event.when)
