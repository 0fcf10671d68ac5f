"""What an incident contributes to the ledger: one event however many reports tell of it, and what was judged of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from incidents.models.base import Facts
from incidents.queries.contributions import COUNT, DISTINCT, Contribution, Line, Surroundings, accused_in, amounts, days_of, local_day
from incidents.rules import bonds, facts
from incidents.rules.ranges import OPEN_ABOVE, Range
from incidents.vocabulary import Bucket, HarmGroup, HarmKind, Qualifier, ReportState, Series, Unit

Cell = tuple[Bucket, int | None]

# What a confirmed assessment can say of an event that is counted. The names are those of its occurrence.
JUDGED = (Series.VERIFIED, Series.DISPUTED, Series.NOT_VERIFIABLE, Series.UNFOUNDED, Series.REFUTED, Series.OUTSIDE_TERMS)


@dataclass(frozen=True)
class _Event:
    """What all lines of one incident share."""

    id: UUID
    day: date | None
    first_day: date | None
    last_day: date | None
    violation_type: str
    area_id: int | None
    harm: tuple[tuple[HarmKind, HarmGroup, dict[str, int]], ...]

    def lines(self, series: Series, cells: Sequence[Cell]) -> Iterator[Line]:
        """Yield the event and its harm, once under each of these and once in the distinct total."""
        for bucket, side_id in cells:
            yield self._line(series, bucket, side_id, COUNT, amounts(1, 1, 1))
            for kind, group, harmed in self.harm:
                yield self._line(series, bucket, side_id, kind, harmed, group)
        yield self._line(series, Bucket.NOBODY, None, DISTINCT, amounts(1, 1, 1))
        for kind, group, harmed in self.harm:
            yield self._line(series, Bucket.NOBODY, None, f"{DISTINCT}_{kind}", harmed, group)

    def _line(self, series: Series, bucket: Bucket, side_id: int | None, measure: str, quantity: dict[str, int], group: str = "") -> Line:
        return Line(
            series=series,
            bucket=bucket,
            side_id=side_id,
            claimant_id=None,
            violation_type=self.violation_type,
            unit=Unit.INCIDENT,
            day=self.day,
            first_day=self.first_day,
            last_day=self.last_day,
            area_id=self.area_id,
            record_type="incident",
            record_id=self.id,
            measure=measure,
            harm_group=group,
            **quantity,
        )


def of_incident(incident_id: UUID, reports: Iterable[Facts], assessments: Iterable[Facts], around: Surroundings) -> Contribution:
    """Return what an incident counts for: one under each side its standing reports blame, one in the distinct total, and what was judged.

    Blamed on two sides it is contested and counts once under each. It counts under a day only if all its reports name that
    one day. What was judged needs the second editor's confirmation. It counts for whom it is attributed to by membership on
    the day. Not attributed, a verified one counts for no side (rule 4 of the domain), and any other finding, which is about the
    accusation, for those whom the reports accuse.
    """
    standing = [report for report in reports if report["state"] == ReportState.SUBMITTED]
    event = _event(incident_id, standing, around)
    blamed = {accused_in(report["accused_party"], report["accused_side"], local_day(report["occurred_on"]), around) for report in standing}
    named = sorted({cell for cell in blamed if cell[0] != Bucket.NOBODY} or blamed, key=str)
    lines = list(event.lines(Series.INCIDENTS, named)) if standing else []
    for assessment in assessments:
        if assessment["confirmed_by"] is None or assessment["occurrence"] not in JUDGED:
            continue
        series = Series(assessment["occurrence"])
        culprit = accused_in(assessment["attributed_party"], assessment["attributed_side"], event.day, around)
        is_about_the_accusation = series != Series.VERIFIED and culprit[0] == Bucket.NOBODY and named
        lines += event.lines(series, named if is_about_the_accusation else [culprit])
    return Contribution(tuple(lines), {"contested": True} if len(named) > 1 else {})


def _event(incident_id: UUID, standing: Sequence[Facts], around: Surroundings) -> _Event:
    spans = [days_of(report, around.agreement) for report in standing]
    first = min((span[0] for span in spans if span[0]), default=None)
    last = max((span[1] for span in spans if span[1]), default=None)
    types = {report["violation_type"] for report in standing}
    areas = {report["place"] for report in standing}
    return _Event(
        id=incident_id,
        day=first if first == last and all(report["occurred_on"] for report in standing) else None,
        first_day=first,
        last_day=last,
        violation_type=next(iter(types)) if len(types) == 1 else "",
        area_id=around.places.get(next(iter(areas)) or "") if len(areas) == 1 else None,
        harm=tuple(_harm(standing)),
    )


def _harm(standing: Sequence[Facts]) -> Iterator[tuple[HarmKind, HarmGroup, dict[str, int]]]:
    """Yield one range per kind and group, from the lowest to the highest that a report gives: reports that contradict are never added."""
    claims = [
        facts.Claim("", bonds.Party(report["claimant"], ""), "", harm=tuple(map(_stated, report["harm"]))) for report in standing if report["harm"]
    ]
    for fact in facts.harm(claims):
        yield fact.value.kind, fact.value.group, _ends(fact.value)


def _ends(harm: facts.HarmFact) -> dict[str, int]:
    """Return the amounts of a derived range: what all say alike, or else its ends without a best; an end hedged away from it is not known."""
    said = {claimed for _report, _by, claimed in harm.claims if claimed.is_known}
    if len(said) == 1:
        (only,) = said
        return amounts(only.low, only.best, only.high)
    count = harm.count
    low = count.low if count.low_qualifier in {Qualifier.EXACTLY, *OPEN_ABOVE} else None
    return amounts(low, None, count.high if count.high_qualifier in {Qualifier.EXACTLY, Qualifier.UP_TO} else None)


def _stated(row: Facts) -> facts.HarmClaim:
    return facts.HarmClaim(HarmKind(row["kind"]), HarmGroup(row["group"]), Range(row["low"], row["best"], row["high"], Qualifier(row["qualifier"])))
