"""Convoys as they stand on the board: seven steps, planned and actual, and how it is with each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from incidents.models import Convoy
from incidents.queries.convoys import Journey, journey
from incidents.rules.journeys import ConvoyStep
from incidents.rules.timeline import ConvoyState, Progress, StepTime
from incidents.rules.timespans import Timespan
from incidents.views import dates

# How a state looks on a chip, and its icon.
LOOKS = {
    ConvoyState.ON_TIME: ("verified", "check"),
    ConvoyState.LATE: ("waiting", "triangle-alert"),
    ConvoyState.WAITING: ("waiting", "hourglass"),
    ConvoyState.DENIED: ("danger", "circle-x"),
    ConvoyState.STRUCK: ("danger", "triangle-alert"),
    ConvoyState.CANCELLED: ("outline", "circle-x"),
    ConvoyState.UNKNOWN: ("outline", "circle-dashed"),
}


@dataclass(frozen=True)
class Step:
    """One step as it is drawn. `look` is done, implied, partly or open, or the state of the convoy where it stands."""

    label: Any
    look: str
    icon: str
    is_here: bool
    actual: str
    due: str
    late: str
    progress: Any


@dataclass(frozen=True)
class Shown:
    """One convoy, ready to be shown. `says` is its state; where no time was planned to be held against, what is reported last."""

    convoy: Convoy
    journey: Journey
    look: str
    icon: str
    says: Any
    steps: list[Step]

    @property
    def reported(self) -> Any:
        """Return what is reported last, "" where that is what the state says already."""
        said = self.journey.latest.get_status_display() if self.journey.latest else ""
        return "" if said == self.says else said

    @property
    def trucks(self) -> int | None:
        """Return how many trucks departed, or else were planned; None where nobody stated either."""
        return self.convoy.trucks_planned if self.convoy.trucks_departed is None else self.convoy.trucks_departed

    @property
    def says_people(self) -> bool:
        """Return whether anybody stated how many people it was for."""
        bounds = (self.convoy.people_requested_low, self.convoy.people_requested, self.convoy.people_requested_high)
        return any(number is not None for number in bounds)

    @property
    def is_implied(self) -> bool:
        """Return whether a step of it is drawn as reached though no source reports it."""
        return any(step.look == "implied" for step in self.steps)


def shown(convoy: Convoy, now: datetime | None = None) -> Shown:
    """Return a convoy that `filtered` or `one` gave, ready to be shown."""
    return of(journey(convoy, now))


def of(found: Journey) -> Shown:
    """Return a journey, ready to be shown."""
    state = found.timeline.state
    look, icon = LOOKS[state]
    says: Any = state.label
    delivered = found.timeline.steps[-1]
    if state == ConvoyState.UNKNOWN:
        says = found.latest.get_status_display() if found.latest else state.label
        if delivered.progress == Progress.DONE:
            look, icon = "verified", "check"
    return Shown(found.convoy, found, look, icon, says, [_step(step, found, look, icon) for step in found.timeline.steps])


def _step(step: StepTime, found: Journey, look: str, icon: str) -> Step:
    state = found.timeline.state
    is_here = step.step == found.timeline.stands_at
    settled = {Progress.DONE: ("done", "check"), Progress.PARTLY: ("partly", "circle-dashed"), Progress.IMPLIED: ("implied", "check")}
    drawn = settled.get(step.progress, ("open", ""))
    if is_here and state not in {ConvoyState.ON_TIME, ConvoyState.UNKNOWN}:
        drawn = (look, icon)
    return Step(
        label=ConvoyStep(step.step).label,
        look=drawn[0],
        icon=drawn[1],
        is_here=is_here,
        actual=_when(step.actual, found) if step.actual else "",
        due=dates.moment(step.due, found.zone) if step.due else "",
        late=dates.duration(step.late) if step.late else "",
        progress=step.progress.label,
    )


@dataclass(frozen=True)
class _Told:
    occurred_on: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    time_precision: str


def _when(span: Timespan, found: Journey) -> str:
    return dates.span(_Told(span.day, span.starts_at, span.ends_at, span.precision), found.zone, year=True)
