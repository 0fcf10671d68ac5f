"""What happened when, on one axis: truces in force, what parties declared of one, and the events counted on each of its days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from incidents.models import Agreement, Declaration
from incidents.queries import answers, opened, visibility
from incidents.queries.answers import Choice
from incidents.queries.questions import Question
from incidents.queries.visibility import Reader
from incidents.vocabulary import Grouping, Periods

LONGEST = 92
MARGIN = timedelta(days=3)


@dataclass(frozen=True)
class Event:
    """An incident on the one day that all its reports name."""

    day: date
    id: UUID
    label: str


@dataclass(frozen=True)
class Timeline:
    """The days shown, and what falls on them."""

    first: date
    last: date
    truces: list[Agreement]
    declarations: list[tuple[Declaration, bool]]
    events: list[Event]
    undated: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def of(agreement: Agreement, reader: Reader, first: date | None = None, last: date | None = None) -> Timeline:
    """Return the days in force with a few around them, or those asked for; of a long time the last LONGEST days."""
    question = Question.parse({"method": "distinct_incidents", "by": str(Grouping.DAY), "periods": str(Periods.ALL)}, agreement, reader)
    declared = visibility.declarations(reader).filter(agreement=agreement).select_related("agreement", "party", "source")
    found = sorted(declared, key=lambda row: (row.declared_on, row.pk))
    behind = answers.behind(question, reader, Choice()).rows
    dated = [(date.fromisoformat(key), row) for row in behind if (key := row.identity[-1])]
    known = [agreement.first_day, *(row.declared_on for row in found), *(day for day, _row in dated)]
    ends = last or (agreement.last_day + MARGIN if agreement.last_day else max(known) + MARGIN)
    begins = max(first or agreement.first_day - MARGIN, ends - timedelta(days=LONGEST - 1))
    labels = {record.behind.record_id: record.label for record in opened.records(reader, [row for _day, row in dated])}
    return Timeline(
        first=begins,
        last=ends,
        truces=list(_truces(agreement, reader, begins, ends)),
        declarations=[(row, not visibility.shows_source(reader, row.source, row)) for row in found if begins <= row.declared_on <= ends],
        events=[Event(day, row.record_id, labels[row.record_id]) for day, row in dated if begins <= day <= ends and row.record_id in labels],
        undated=len(behind) - len(dated),
    )


def _truces(agreement: Agreement, reader: Reader, first: date, last: date) -> Iterator[Agreement]:
    """Yield the truces of the same country in force on any of these days, by their beginning."""
    for one in visibility.agreements(reader).filter(country=agreement.country).order_by("in_force_from"):
        if one.first_day <= last and (one.last_day is None or one.last_day >= first):
            yield one
