"""Claimed figures in another window than the days in force, which the ledger does not hold: rule 5 over the statements known at the point."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from incidents.models import Change
from incidents.models.base import Facts
from incidents.queries import contributions, sides_known
from incidents.queries.contributions import Contribution, Surroundings
from incidents.queries.questions import Question
from incidents.rules.tallying import Window
from incidents.vocabulary import Series

AMOUNTS = ("low", "best", "high", "low_unknown", "best_unknown", "high_unknown")


@dataclass(frozen=True)
class _Within(Surroundings):
    """What contributions look up, with a window of its own."""

    days: Window = None  # type: ignore[assignment]

    @property
    def window(self) -> Window:
        """Return the days asked for."""
        return self.days


def once(question: Question) -> Question:
    """Return the question with its claimed figures worked out, for several numbers to be taken from them."""
    return question if question.claimed_within == question.in_force else replace(question, held=_figures(question))


def rows(question: Question, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the sums by these columns, spelled as those of the ledger are."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    measure = question.method.measure_of(question.measure)
    for contribution in _figures(question).values():
        for line in contribution.lines:
            if line.measure != measure or line.series != Series.CLAIMED:
                continue
            key = tuple(getattr(line, name) for name in columns)
            row = found.setdefault(key, dict(zip(columns, key, strict=True)) | {"held": 0} | {f"{name}_sum": 0 for name in AMOUNTS})
            row["held"] += 1
            for name in AMOUNTS:
                row[f"{name}_sum"] += getattr(line, name)
    return list(found.values())


def details(question: Question) -> dict[str, Mapping[str, Any]]:
    """Return what travels with each figure, by its subject."""
    return {subject: contribution.detail for subject, contribution in _figures(question).items()}


def _figures(question: Question) -> Mapping[str, Contribution]:
    if question.held is not None:
        return question.held
    days = question.claimed_within
    if days.last and days.last < days.first:
        return {}
    around = sides_known.at(contributions.surroundings(question.agreement), question.point.number)
    held = {one.name: getattr(around, one.name) for one in fields(Surroundings)}
    return contributions.of_claims(_known(question), _Within(**held, days=days))


def _known(question: Question) -> dict[UUID, Facts]:
    """Return what the log said of the agreement's statements as of the point."""
    said = Change.objects.filter(
        agreement_id=question.agreement.public_id, record_type="aggregateclaim", seal__number__lte=question.point.number
    ).order_by("seal__number")
    return contributions.latest_facts(said.values_list("record_id", "payload__body__after"))
