"""What records contribute to the ledger, computed from what the change log says of them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from incidents.models import Agreement, Party, Place
from incidents.models.base import Facts
from incidents.queries.sides import Camps, camps
from incidents.rules import tallying, timespans
from incidents.vocabulary import Basis, Bucket, HarmGroup, HarmKind, Qualifier, ReportState, Series, Unit

COUNT = "count"
STATED = "stated"
DISTINCT = "distinct"


@dataclass(frozen=True)
class Line:
    """One ledger entry's worth, before it is posted. Amounts that are not known are 0 with a 1 in the column beside."""

    series: str
    bucket: str
    side_id: int | None
    claimant_id: int | None
    unit: str
    record_type: str
    record_id: UUID
    measure: str = COUNT
    violation_type: str = ""
    day: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    area_id: int | None = None
    harm_group: str = ""
    low: int = 0
    best: int = 0
    high: int = 0
    low_unknown: int = 0
    best_unknown: int = 0
    high_unknown: int = 0


@dataclass(frozen=True)
class Contribution:
    """All the lines of one subject, and what travels with a claimed figure."""

    lines: tuple[Line, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """What contributions look up, read once for a batch."""

    agreement: Agreement
    camps: Camps
    parties: Mapping[str, Party]
    places: Mapping[str, int]

    @property
    def window(self) -> tallying.Window:
        """Return the default window: the local days in force."""
        return tallying.Window(self.agreement.first_day, self.agreement.last_day)


def surroundings(agreement: Agreement) -> Surroundings:
    """Return what the contributions of this agreement's records look up."""
    return Surroundings(
        agreement=agreement,
        camps=camps(agreement),
        parties={party.slug: party for party in Party.objects.select_related("organ_of")},
        places=dict(Place.every.values_list("slug", "pk")),
    )


def of_report(record_id: UUID, facts: Facts, around: Surroundings) -> Contribution:
    """Return what a report counts for under "logged": one, its stated multiplicity apart, its harm; nothing unless it stands."""
    if facts["state"] != ReportState.SUBMITTED:
        return Contribution()
    first, last = days_of(facts, around.agreement)
    day = local_day(facts["occurred_on"])
    bucket, side_id = accused_in(facts["accused_party"], facts["accused_side"], day, around)

    def line(measure: str, quantity: Mapping[str, int], group: str = "") -> Line:
        return Line(
            series=Series.LOGGED,
            bucket=bucket,
            side_id=side_id,
            claimant_id=around.parties[facts["claimant"]].principal.pk,
            violation_type=facts["violation_type"],
            unit=facts["unit"],
            day=day,
            first_day=first,
            last_day=last,
            area_id=around.places.get(facts["place"] or ""),
            record_type="report",
            record_id=record_id,
            measure=measure,
            harm_group=group,
            **quantity,
        )

    lines = [line(COUNT, amounts(1, 1, 1)), line(STATED, amounts(*[facts["stated_count"]] * 3))]
    lines += [line(harm["kind"], amounts(harm["low"], harm["best"], harm["high"]), harm["group"]) for harm in facts["harm"]]
    return Contribution(tuple(lines))


def of_claims(claims: Mapping[UUID, Facts], around: Surroundings) -> dict[str, Contribution]:
    """Return the claimed figures of an agreement by subject, from all the statements known under it (rule 5 of the domain)."""
    replaced = {facts["supersedes"] for facts in claims.values()}
    standing = {
        str(record_id): statement_of(record_id, facts, around, claims)
        for record_id, facts in claims.items()
        if facts["retracted_at"] is None and str(record_id) not in replaced
    }
    sides = {side.code: side.pk for side in around.camps.sides.values()}

    def line(series: Series, tally: tallying.ClaimedTally | tallying.DayClaim, statement: str, **values: Any) -> Line:
        return Line(
            series=series,
            bucket=tally.accused.bucket,
            side_id=sides.get(tally.accused.side),
            claimant_id=around.parties[tally.claimant].pk,
            unit=tally.unit,
            record_type="aggregateclaim",
            record_id=UUID(statement),
            **values,
        )

    found = {}
    for tally in tallying.claimed(standing.values(), around.window):
        lines = [line(Series.CLAIMED, tally, used.statement, **amounts(*[used.count] * 3)) for used in tally.used]
        if not tally.used:
            # Nothing usable: the figure is held open as unknown, by the statement that its first flag names.
            naming = next((str(flag.detail["statement"]) for flag in tally.flags if flag.detail.get("statement")), None)
            lines = [line(Series.CLAIMED, tally, naming, **amounts(None, None, None))] if naming else []
        lines += [
            line(Series.CLAIMED, tally, tally.used[0].statement, measure=harm.kind, harm_group=harm.group, **amounts(harm.low, harm.best, harm.high))
            for harm in tally.harm
        ]
        found[_subject(Series.CLAIMED, tally)] = Contribution(
            tuple(lines),
            {
                "qualifier": str(tally.qualifier),
                "flags": [{"code": str(flag.code), **flag.detail} for flag in tally.flags],
                "harm": {f"{harm.kind}:{harm.group}": str(harm.qualifier) for harm in tally.harm},
            },
        )
    days: dict[str, list[Line]] = {}
    for claim in tallying.claimed_on_days(standing.values(), around.window):
        days.setdefault(_subject(Series.CLAIMED_DAILY, claim), []).append(
            line(Series.CLAIMED_DAILY, claim, claim.statement, day=claim.day, first_day=claim.day, last_day=claim.day, **amounts(*[claim.count] * 3))
        )
    return found | {subject: Contribution(tuple(lines)) for subject, lines in days.items()}


def _subject(series: Series, tally: tallying.ClaimedTally | tallying.DayClaim) -> str:
    return f"{series}:{tally.claimant}:{tally.accused.bucket}:{tally.accused.side}:{tally.unit}"


def report_subject(record_id: UUID) -> str:
    """Return the subject under which a report's contribution is posted."""
    return f"report:{record_id}"


def reports_among(subjects: Iterable[str]) -> list[UUID]:
    """Return the reports that these subjects name. A subject that was tampered with may name none."""
    found = []
    for subject in subjects:
        kind, _, name = subject.partition(":")
        if kind == "report":
            with suppress(ValueError):
                found.append(UUID(name))
    return found


def incident_subject(slug: str) -> str:
    """Return the subject under which an incident's contribution is posted."""
    return f"incident:{slug}"


def is_claim_subject(subject: str) -> bool:
    """Return whether a subject is a claimed figure."""
    return subject.startswith((f"{Series.CLAIMED}:", f"{Series.CLAIMED_DAILY}:"))


def statement_of(record_id: UUID, facts: Facts, around: Surroundings, claims: Mapping[UUID, Facts] | None = None) -> tallying.Statement:
    """Return the statement that a record's facts make, with those among the claims whose place it took, latest first."""
    day = date.fromisoformat(facts["period_end"])

    def accused(row: Mapping[str, str | None]) -> tallying.Accused:
        if row["side"]:
            return tallying.Accused(Bucket.SIDE, row["side"])
        bucket, side = around.camps.side_of(around.parties[row["party"]] if row["party"] else None, day)
        return tallying.Accused(bucket, side.code if side else "")

    def parts(parent: int | None) -> tuple[tallying.Part, ...]:
        return tuple(
            tallying.Part(
                label=row["label"],
                count=row["count"],
                unit=Unit(row["unit"]) if row["unit"] else None,
                accused=accused(row) if row["party"] or row["side"] else None,
                parts=parts(row["position"]),
            )
            for row in facts["parts"]
            if row["parent"] == parent
        )

    return tallying.Statement(
        id=str(record_id),
        claimant=around.parties[facts["claimant"]].principal.slug,
        accused=tuple(accused(row) for row in facts["accused"]),
        count=facts["count"],
        unit=Unit(facts["unit"]),
        basis=Basis(facts["basis"]),
        period_start=local_day(facts["period_start"]),
        period_end=day,
        published_on=date.fromisoformat(facts["published_on"]),
        counted_from=local_day(facts["counted_from"]),
        covers_24_hours=facts["covers_24_hours"],
        qualifier=Qualifier(facts["qualifier"]),
        parts=parts(None),
        harm=tuple(
            tallying.Harm(HarmKind(row["kind"]), HarmGroup(row["group"]), row["low"], row["best"], row["high"], Qualifier(row["qualifier"]))
            for row in facts["harm"]
        ),
        counterpart=facts.get("counterpart") or "",
        confirmed=facts.get("confirmed_count"),
        replaces=tuple(_replaced(facts, claims or {})),
    )


def _replaced(facts: Facts, claims: Mapping[UUID, Facts]) -> Iterator[tallying.Replaced]:
    """Yield the statements whose place these facts took, latest first, as far as they are known."""
    seen: set[UUID] = set()
    while facts["supersedes"] and (earlier := UUID(facts["supersedes"])) in claims and earlier not in seen:
        seen.add(earlier)
        facts = claims[earlier]
        yield tallying.Replaced(str(earlier), facts["count"])


def accused_in(party: str | None, side: str | None, day: date | None, around: Surroundings) -> tuple[Bucket, int | None]:
    """Return against whom a count is held: the side named, or where the party named stood that day."""
    if side:
        return Bucket.SIDE, next(known.pk for known in around.camps.sides.values() if str(known.public_id) == side)
    bucket, known = around.camps.side_of(around.parties[party] if party else None, day)
    return bucket, known.pk if known else None


def amounts(low: int | None, best: int | None, high: int | None) -> dict[str, int]:
    """Return the amounts of a line: what is not known is 0 with a 1 in the column beside it."""
    return {name: value or 0 for name, value in (("low", low), ("best", best), ("high", high))} | {
        f"{name}_unknown": int(value is None) for name, value in (("low", low), ("best", best), ("high", high))
    }


def days_of(facts: Facts, agreement: Agreement) -> tuple[date | None, date | None]:
    """Return the first and last local day a report speaks of; both None where its time is unknown."""
    if facts["occurred_on"]:
        day = local_day(facts["occurred_on"])
        return day, day
    if facts["starts_at"]:
        starts_at, ends_at = datetime.fromisoformat(facts["starts_at"]), datetime.fromisoformat(facts["ends_at"])
        return timespans.days_in_force(starts_at, ends_at, agreement.zone)
    return None, None


def local_day(text: str | None) -> date | None:
    """Return a day as facts keep it."""
    return date.fromisoformat(text) if text else None


def latest_facts(changes: Iterable[tuple[UUID, Facts | None]]) -> dict[UUID, Facts]:
    """Return each record's facts after the last of these changes, which come in order. An erased payload changes nothing."""
    known: dict[UUID, Facts] = {}
    for record_id, after in changes:
        if after is not None:
            known[record_id] = after
    return known
