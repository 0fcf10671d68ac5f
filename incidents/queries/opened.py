"""The records that stand behind numbers, as far as the reader may see them: what is hidden was not counted for them either."""

from collections.abc import Iterable
from dataclasses import dataclass

from incidents.models import AggregateClaim, Incident, Report
from incidents.queries import reports, visibility
from incidents.queries.answers import Amount, Behind
from incidents.queries.visibility import Reader


@dataclass(frozen=True)
class Record:
    """A record behind a number, and what it gives to it."""

    behind: Behind
    record: Report | Incident | AggregateClaim

    @property
    def amount(self) -> Amount:
        return self.behind.amount

    @property
    def label(self) -> str:
        return self.record.reference if isinstance(self.record, Report) else str(self.record)


def records(reader: Reader, rows: Iterable[Behind]) -> list[Record]:
    """Return the records in the order of the rows."""
    listed = list(rows)
    ids = {row.record_id for row in listed}
    found: dict[object, Report | Incident | AggregateClaim] = {}
    types = {row.record_type for row in listed}
    if "report" in types:
        found |= {one.public_id: one for one in reports.joined(reader, visibility.reports(reader).filter(public_id__in=ids))}
    if "incident" in types:
        found |= {one.public_id: one for one in visibility.incidents(reader).filter(public_id__in=ids)}
    if "aggregateclaim" in types:
        found |= {one.public_id: one for one in visibility.aggregate_claims(reader).filter(public_id__in=ids).select_related("claimant", "source")}
    return [Record(row, found[row.record_id]) for row in listed if row.record_id in found]
