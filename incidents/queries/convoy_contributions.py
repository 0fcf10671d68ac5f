"""What a convoy contributes to the ledger of convoys, computed from what the change log says of it and of its history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from incidents.models import Agreement, Party
from incidents.models.base import Facts
from incidents.models.convoys import PEOPLE
from incidents.queries.sides import Camps, camps
from incidents.rules.outcomes import Outcome, Said, outcomes
from incidents.vocabulary import Bucket, ConvoyStatus

UNKNOWN = "unknown"


@dataclass(frozen=True)
class ConvoyLine:
    """One entry's worth, before it is posted."""

    record_id: UUID
    agreement_id: int | None
    controller: str
    month: date | None
    mode: str
    destination_class: str
    measure: str
    low: int = 1
    best: int = 1
    high: int = 1
    low_unknown: int = 0
    best_unknown: int = 0
    high_unknown: int = 0


class Surroundings:
    """What contributions look up, read once for a batch and only when it is asked for."""

    def __init__(self) -> None:
        self._camps: dict[str, Camps] = {}

    @cached_property
    def agreements(self) -> Mapping[str, Agreement]:
        return {agreement.slug: agreement for agreement in Agreement.objects.all()}

    @cached_property
    def parties(self) -> Mapping[str, int]:
        return dict(Party.objects.values_list("slug", "pk"))

    def camps(self, slug: str) -> Camps:
        """Return who stands where under this agreement."""
        if slug not in self._camps:
            self._camps[slug] = camps(self.agreements[slug])
        return self._camps[slug]


def lines_of(record_id: UUID, facts: Facts, history: Iterable[Facts], around: Surroundings) -> tuple[ConvoyLine, ...]:
    """Return the lines of one convoy: once in all, and once under each that controls a part of its way."""
    told = list(history)
    agreement = around.agreements.get(facts["agreement"] or "")
    day = _first_day(facts, told, agreement.zone if agreement else ZoneInfo("UTC"))
    cell: dict[str, Any] = {
        "record_id": record_id,
        "agreement_id": agreement.pk if agreement else None,
        "month": day and day.replace(day=1),
        "mode": facts["mode"],
        "destination_class": facts["destination_class"],
    }
    counted = outcomes(Said(ConvoyStatus(row["status"]), row.get("happened", True), row["checkpoint"] is not None) for row in told)
    found = []
    for controller in ("", *sorted(_controllers(facts, day, agreement, around))):
        found += [ConvoyLine(**cell, controller=controller, measure=outcome) for outcome in Outcome if outcome in counted]
        found += [ConvoyLine(**cell, controller=controller, measure=name, **_people(facts, name)) for name in PEOPLE]
    return tuple(found)


def _controllers(facts: Facts, day: date | None, agreement: Agreement | None, around: Surroundings) -> set[str]:
    """Return who controls parts of the way: sides by their codes as parties stood that day, no side, or unknown where nobody says."""
    named = [point["controlled_by"] for point in facts["checkpoints"]]
    found = {UNKNOWN} if not all(named) or not named else set()
    for slug in filter(None, named):
        bucket, side = around.camps(agreement.slug).side_of(around.parties.get(slug), day) if agreement else (Bucket.NO_SIDE, None)
        found.add(side.code if side else str(bucket))
    return found


def _first_day(facts: Facts, told: Iterable[Facts], zone: ZoneInfo) -> date | None:
    days = []
    for row in told:
        if row["occurred_on"]:
            days.append(date.fromisoformat(row["occurred_on"]))
        elif row["starts_at"]:
            days.append(datetime.fromisoformat(row["starts_at"]).astimezone(zone).date())
    return min(days, default=date.fromisoformat(facts["planned_on"]) if facts["planned_on"] else None)


def _people(facts: Facts, name: str) -> dict[str, Any]:
    """Return a number of people with its bounds; one that is not hedged is its own bound."""
    best = facts[name]
    stated = {"low": facts.get(f"{name}_low"), "best": best, "high": facts.get(f"{name}_high")}
    if stated["low"] is None and stated["high"] is None:
        stated |= {"low": best, "high": best}
    return {key: value or 0 for key, value in stated.items()} | {f"{key}_unknown": int(value is None) for key, value in stated.items()}
