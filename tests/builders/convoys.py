"""Convoys, and histories of them at random: partial, out of order, contradictory, as sources tell them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from incidents.actions import convoys
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.errors import RuleBroken
from incidents.models import Convoy, ConvoyEvent, User
from incidents.vocabulary import CargoKind, ConvoyMode, ConvoyStatus, DestinationClass, TimePrecision
from tests.builders import make_agreement, make_party, make_place, make_source, make_user


def make_convoy(reference: str = "C-1", **facts: Any) -> Convoy:
    """Return a convoy run by Relief to Ford."""
    values = {"operator": make_party("Relief"), "destination": make_place("Ford"), "source": make_source(), "agreement": make_agreement()}
    return convoys.plan(by=None, reference=reference, **values | facts)


def tell(convoy: Convoy, status: str, at: datetime | None = None, **facts: Any) -> ConvoyEvent:
    """Return what is reported of the convoy at an instant, or at a time that nobody states."""
    times = {"starts_at": at, "ends_at": at, "time_precision": TimePrecision.EXACT if at else TimePrecision.UNKNOWN}
    return convoys.add_event(convoy=convoy, by=None, **{"status": status, "source": make_source()} | times | facts)


def release(convoy: Convoy, opens_at: datetime | None = None) -> Convoy:
    """Return the convoy, opened to partners by two people."""
    one, two = (
        User.objects.filter(username=name).first() or make_user(User.Role.EDITOR, name) for name in ("one who releases", "another who releases")
    )
    return convoys.confirm_release(convoy=convoys.begin_release(convoy=convoy, by=one, opens_at=opens_at), by=two)


def make_random(random: Random, reference: str) -> Convoy:
    """Return a convoy with a way, people, cargo and a history at random. What the rules refuse is left out."""
    people = sorted(random.choice([0, 5, 40, 900]) for _bound in range(3))
    hedged = {"people_requested_low": people[0], "people_requested": people[1], "people_requested_high": people[2]}
    stated: dict[str, Any] = {name: value for name, value in hedged.items() if random.random() < 0.6}
    stated |= {"people_reached": random.choice([None, 0, 7, 800]), "mode": random.choice(["", *ConvoyMode.values])}
    stated["destination_class"] = random.choice(["", *DestinationClass.values])
    controllers = [None, make_party("Lowlands"), make_party("Highlands"), make_party("Relief")]
    way = [CheckpointStated(f"Post {number}", controlled_by=random.choice(controllers)) for number in range(random.randint(0, 3))]
    cargo = [CargoStated(CargoKind.FOOD) for _line in range(random.randint(0, 2))]
    agreement = random.choice([make_agreement(), make_agreement(), None])
    convoy = make_convoy(reference, checkpoints=way, cargo=cargo, agreement=agreement, **stated)
    points = [None, None, *convoy.checkpoints.all()]
    for _event in range(random.randint(0, 7)):
        begins = datetime(2020, random.choice([5, 6, 7]), random.randint(1, 28), random.randint(0, 23), tzinfo=UTC)
        facts = {"checkpoint": random.choice(points), "happened": random.random() < 0.9, "source": make_source(random.choice(["Gazette", "Other"]))}
        if random.random() < 0.3:
            facts |= {"occurred_on": begins.date(), "time_precision": TimePrecision.DAY}
        elif random.random() < 0.8:
            ends = begins + timedelta(hours=random.choice([0, 2, 60]))
            facts |= {"starts_at": begins, "ends_at": ends, "time_precision": TimePrecision.HOUR}
        else:
            facts |= {"time_precision": TimePrecision.UNKNOWN}
        try:
            convoys.add_event(convoy=convoy, by=None, status=random.choice(ConvoyStatus.values), **facts)
        except RuleBroken:
            continue
    return convoy
