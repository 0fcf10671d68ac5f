"""What is said of a convoy on its way, as plain values: status events, the seven steps they belong to, and what cannot be (section 2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, pairwise

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.errors import RuleBroken
from incidents.rules.timespans import Timespan
from incidents.vocabulary import ConvoyStatus as S


class ConvoyStep(TextChoices):
    """The seven steps that every convoy is shown by, in order."""

    REQUESTED = "requested", pgettext_lazy("step of a convoy", "Requested")
    APPROVED = "approved", pgettext_lazy("step of a convoy", "Approved")
    LOADED = "loaded", pgettext_lazy("step of a convoy", "Loaded")
    DEPARTED = "departed", pgettext_lazy("step of a convoy", "Departed")
    CHECKPOINT = "checkpoint", pgettext_lazy("step of a convoy", "Checkpoint")
    ARRIVED = "arrived", pgettext_lazy("step of a convoy", "Arrived")
    DELIVERED = "delivered", pgettext_lazy("step of a convoy", "Delivered")


STEPS = list(ConvoyStep)

# An approval in principle is not one yet, and holds, attacks and removals take a convoy no step farther.
STEP_OF: Mapping[S, ConvoyStep] = {
    S.REQUESTED: ConvoyStep.REQUESTED,
    S.APPROVED: ConvoyStep.APPROVED,
    S.APPROVED_WITH_CONDITIONS: ConvoyStep.APPROVED,
    S.LOADED: ConvoyStep.LOADED,
    S.DEPARTED: ConvoyStep.DEPARTED,
    S.WAITING_AT_CHECKPOINT: ConvoyStep.CHECKPOINT,
    S.ARRIVED: ConvoyStep.ARRIVED,
    S.UNLOADING: ConvoyStep.ARRIVED,
    S.PARTLY_DELIVERED: ConvoyStep.DELIVERED,
    S.DELIVERED: ConvoyStep.DELIVERED,
}


@dataclass(frozen=True)
class StatusEvent:
    """What one source says happened to a convoy, and when. At a checkpoint, departed means left and arrived means reached it.

    `happened` False: the source says that it did not, such as "never requested".
    """

    id: str
    status: S
    when: Timespan
    source: str
    checkpoint: str = ""
    happened: bool = True

    @property
    def step(self) -> ConvoyStep | None:
        """Return the step that this belongs to, or None if it takes the convoy no step farther."""
        return ConvoyStep.CHECKPOINT if self.checkpoint else STEP_OF.get(self.status)

    @property
    def order(self) -> tuple[bool, float, int, str]:
        """Return what puts events in order of time. Those without a time come first; at one time the vocabulary's order decides."""
        at = self.when.starts_at
        return (at is not None, at.timestamp() if at else 0.0, list(S).index(self.status), self.id)


@dataclass(frozen=True)
class Counts:
    """How many people and trucks, as stated. None: not known, which is not zero."""

    people_requested_low: int | None = None
    people_requested: int | None = None
    people_requested_high: int | None = None
    people_approved_low: int | None = None
    people_approved: int | None = None
    people_approved_high: int | None = None
    people_reached_low: int | None = None
    people_reached: int | None = None
    people_reached_high: int | None = None
    trucks_planned: int | None = None
    trucks_departed: int | None = None
    trucks_arrived: int | None = None
    trucks_lost: int | None = None


@dataclass(frozen=True)
class Plan:
    """A convoy as planned: its checkpoints in order, and by when each step was to be done."""

    route: tuple[str, ...] = ()
    due: Mapping[ConvoyStep, datetime] = field(default_factory=dict, hash=False)


def must_be_possible(events: Iterable[StatusEvent], plan: Plan, counts: Counts, *, now: datetime) -> None:
    """Raise RuleBroken, naming the field, for what cannot be (rule 3 of the domain). What different sources contradict is kept, not refused."""
    _must_count(counts)
    said = list(events)
    for event in said:
        _must_be_dated(event, now)
        if event.checkpoint and event.checkpoint not in plan.route:
            raise RuleBroken("unknown_checkpoint", _("This checkpoint is not on the convoy's route."), "checkpoint")
        if event.status == S.WAITING_AT_CHECKPOINT and not event.checkpoint:
            raise RuleBroken("required", _("Say at which checkpoint."), "checkpoint")
    for source in {event.source for event in said}:
        _must_be_in_order([event for event in said if event.source == source and event.happened])


def is_before(one: Timespan, other: Timespan) -> bool:
    """Tell whether all of one time is before all of another. A span ends just before its end; an instant is its own end."""
    if one.starts_at is None or one.ends_at is None or other.starts_at is None:
        return False
    return one.ends_at < other.starts_at or (one.ends_at == other.starts_at and one.starts_at != one.ends_at)


def _must_count(counts: Counts) -> None:
    for name, count in vars(counts).items():
        if count is not None and count < 0:
            raise RuleBroken("negative", _("A count cannot be negative."), name)
    if counts.trucks_arrived is not None and counts.trucks_departed is not None and counts.trucks_arrived > counts.trucks_departed:
        raise RuleBroken("more_arrived_than_left", _("More trucks arrived than left."), "trucks_arrived")
    if counts.trucks_lost is not None and counts.trucks_departed is not None and counts.trucks_lost > counts.trucks_departed:
        raise RuleBroken("more_lost_than_left", _("More trucks were lost than left."), "trucks_lost")
    for people in ("people_requested", "people_approved", "people_reached"):
        stated = [(name, getattr(counts, name)) for name in (f"{people}_low", people, f"{people}_high")]
        known = [(name, count) for name, count in stated if count is not None]
        for (_lower, low), (upper, high) in pairwise(known):
            if low > high:
                raise RuleBroken("not_in_order", _("The lowest number comes first, the highest last."), upper)


def _must_be_dated(event: StatusEvent, now: datetime) -> None:
    starts_at, ends_at = event.when.starts_at, event.when.ends_at
    if starts_at and starts_at > now:
        raise RuleBroken("in_future", _("This date is in the future."), "starts_at")
    if starts_at and ends_at and ends_at < starts_at:
        raise RuleBroken("ends_before_start", _("The end is before the start."), "ends_at")


def _must_be_in_order(events: Sequence[StatusEvent]) -> None:
    """Refuse what one source says arrived, or was delivered, before it left."""
    on_the_way = [ConvoyStep.DEPARTED, ConvoyStep.ARRIVED, ConvoyStep.DELIVERED]
    first = {
        step: min((event for event in events if event.step == step and event.when.starts_at), key=lambda one: one.order, default=None)
        for step in on_the_way
    }
    for earlier, later in combinations(on_the_way, 2):
        left, came = first[earlier], first[later]
        if left and came and is_before(came.when, left.when):
            raise RuleBroken("out_of_order", _("This is before what the same source says came first: departed, arrived, delivered."), "starts_at")
