"""Tallies as pages and JSON show them: balances of the ledger, read, never added up from claims or reports."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum

from incidents.models import AggregateClaim, Agreement, LedgerEntry, LedgerHead, Party, Posting, Seal, SealHead, Side
from incidents.queries import rollups, visibility
from incidents.queries.visibility import Reader
from incidents.rules.lookbacks import Days
from incidents.vocabulary import Bucket, HarmGroup, HarmKind, Qualifier, Series, Unit

COUNT = "count"
LONGEST = 62
Counted = dict[tuple[str, str, int | None], int]


@dataclass(frozen=True)
class HarmFigure:
    """Harm within a figure; None is unknown."""

    kind: HarmKind
    group: HarmGroup
    low: int | None
    best: int | None
    high: int | None
    qualifier: Qualifier


@dataclass(frozen=True)
class StatementBehind:
    """A statement from which a claimed figure is taken, and how much of it."""

    claim: AggregateClaim
    count: int | None


@dataclass(frozen=True)
class ClaimedFigure:
    """What one claimant claims against one side in one unit, with everything that must travel with the number."""

    claimant: Party
    unit: Unit
    count: int | None
    qualifier: Qualifier
    harm: list[HarmFigure]
    statements: list[StatementBehind]
    flags: list[dict[str, Any]]


@dataclass(frozen=True)
class SideTally:
    """The series of one side (or of no side, or of nobody), kept apart. None: not computed."""

    bucket: Bucket
    side: Side | None
    claimed: list[ClaimedFigure]
    logged: int | None
    incidents: int | None = None
    verified: int | None = None


@dataclass(frozen=True)
class Tallies:
    """An agreement's tallies in its default window, the local days in force, as the ledger stood at `change`."""

    agreement: Agreement
    first_day: date
    last_day: date | None
    change: int
    as_known_on: datetime | None
    waiting: int
    sides: list[SideTally]
    no_side: SideTally
    nobody: SideTally


@dataclass(frozen=True)
class ClaimedDay:
    """What one claimant claimed for one local day."""

    claimant: Party
    unit: Unit
    count: int | None


@dataclass
class DayCells:
    """One side's series on one local day. `claimed` is empty where nobody claimed anything for that day."""

    claimed: list[ClaimedDay] = field(default_factory=list)
    logged: int = 0
    incidents: int = 0
    verified: int = 0


@dataclass(frozen=True)
class Day:
    """One local day of the daily chart; `sides` by the side's letter. `is_counted`: it is in the window, and not drawn for what lies beside."""

    day: date
    in_force: bool
    is_counted: bool
    sides: dict[str, DayCells]


def of_agreement(agreement: Agreement, reader: Reader | None = None) -> Tallies:
    """Return the agreement's tallies as the ledger has them now, which may be a few changes behind the record (`waiting`).

    To a reader what is hidden does not count; without one, everything does.
    """
    number = _number(reader)
    sealed = SealHead.objects.values_list("number", flat=True).first() or 0
    sealed = sealed if reader is None else visibility.told_up_to(reader, sealed)
    claimed = _claimed(agreement, number)
    found = counted(agreement, number, reader)
    zero = 0 if number > 0 else None  # counted and found none, against not counted yet

    def tally(bucket: Bucket, side: Side | None) -> SideTally:
        cell = (bucket, side.pk if side else None)
        logged, incidents, verified = (found.get((series, *cell), zero) for series in (Series.LOGGED, Series.INCIDENTS, Series.VERIFIED))
        return SideTally(bucket=bucket, side=side, claimed=claimed.get(cell, []), logged=logged, incidents=incidents, verified=verified)

    return Tallies(
        agreement=agreement,
        first_day=agreement.first_day,
        last_day=agreement.last_day,
        change=number,
        as_known_on=Seal.objects.filter(number=number).values_list("sealed_at", flat=True).first(),
        waiting=sealed - number,
        sides=[tally(Bucket.SIDE, side) for side in agreement.sides.all()],
        no_side=tally(Bucket.NO_SIDE, None),
        nobody=tally(Bucket.NOBODY, None),
    )


def by_day(agreement: Agreement, reader: Reader | None = None, *, within: Days | None = None, margin: int = 2, longest: int = LONGEST) -> list[Day]:
    """Return the local days in force, or those of another window, with `margin` days around them; at most the last `longest` of them.

    A window that is open reaches as far as anything is on record, and has nothing around it.

    To a reader what is hidden does not count; without one, everything does.
    """
    number = _number(reader)
    sides = {side.pk: side for side in agreement.sides.all()}
    ours = [series for series in Series if series not in {Series.CLAIMED, Series.CLAIMED_DAILY}]
    of_days: dict[str, Any] = {"where": {"measure": COUNT}, "reader": reader}
    ours_by_day = rollups.balances(agreement, number, by=("series", "side_id", "unit", "day"), series=ours, **of_days)
    claimed = rollups.balances(agreement, number, by=("series", "side_id", "claimant_id", "unit", "day"), series=[Series.CLAIMED_DAILY], **of_days)
    claimed.sort(key=lambda row: row["claimant_id"])
    rows = [row for row in [*ours_by_day, *claimed] if row["day"] and row["side_id"]]
    begins, ends = agreement.first_day, agreement.last_day
    spoken_of = [row["day"] for row in rows]
    first, last = within or (begins, ends)
    if first is None:
        margin = 0
    first = first or min([begins, *spoken_of])
    last = last or max([ends or begins, *spoken_of])
    start = max(first - timedelta(days=margin), last - timedelta(days=longest))
    days = {
        day: Day(
            day=day,
            in_force=begins <= day <= (ends or last),
            is_counted=first <= day <= last,
            sides={side.code: DayCells() for side in sides.values()},
        )
        for day in (start + timedelta(days=offset) for offset in range((last - start).days + margin + 1))
    }
    claimants = Party.objects.in_bulk([row["claimant_id"] for row in claimed])
    for row in rows:
        if row["day"] not in days:
            continue
        cells = days[row["day"]].sides[sides[row["side_id"]].code]
        if row["series"] == Series.LOGGED:
            cells.logged += row["best"]
        elif row["series"] == Series.INCIDENTS:
            cells.incidents += row["best"]
        elif row["series"] == Series.VERIFIED:
            cells.verified += row["best"]
        elif row["series"] == Series.CLAIMED_DAILY:
            count = _known(row["best"], row["best_unknown"], row["records"])
            cells.claimed.append(ClaimedDay(claimant=claimants[row["claimant_id"]], unit=Unit(row["unit"]), count=count))
    return list(days.values())


def _claimed(agreement: Agreement, number: int) -> dict[tuple[str, int | None], list[ClaimedFigure]]:
    entries = LedgerEntry.objects.filter(agreement=agreement, series=Series.CLAIMED, number__lte=number)
    cells = list(
        entries.values("bucket", "side_id", "claimant_id", "unit", "subject", "measure", "harm_group")
        .annotate(
            held=Sum("records"),
            low_sum=Sum("low"), best_sum=Sum("best"), high_sum=Sum("high"),
            low_gone=Sum("low_unknown"), best_gone=Sum("best_unknown"), high_gone=Sum("high_unknown"),
        )
        .filter(held__gt=0)
    )  # fmt: skip
    behind = list(
        entries.filter(measure=COUNT)
        .values("subject", "record_id")
        .annotate(held=Sum("records"), best_sum=Sum("best"), gone=Sum("best_unknown"))
        .filter(held__gt=0)
    )
    statements = {claim.public_id: claim for claim in _claims(row["record_id"] for row in behind)}
    details = dict(
        Posting.objects.filter(agreement=agreement, number__lte=number, subject__startswith=f"{Series.CLAIMED}:")
        .order_by("subject", "-number").distinct("subject").values_list("subject", "detail")
    )  # fmt: skip
    claimants = Party.objects.in_bulk([cell["claimant_id"] for cell in cells])

    figures: dict[tuple[str, int | None], list[ClaimedFigure]] = {}
    for cell in cells:
        if cell["measure"] != COUNT:
            continue
        detail = details[cell["subject"]]
        harm = [
            HarmFigure(
                kind=HarmKind(row["measure"]),
                group=HarmGroup(row["harm_group"]),
                low=_known(row["low_sum"], row["low_gone"], row["held"]),
                best=_known(row["best_sum"], row["best_gone"], row["held"]),
                high=_known(row["high_sum"], row["high_gone"], row["held"]),
                qualifier=Qualifier(detail["harm"].get(f"{row['measure']}:{row['harm_group']}", Qualifier.EXACTLY)),
            )
            for row in cells
            if row["subject"] == cell["subject"] and row["measure"] != COUNT
        ]
        figure = ClaimedFigure(
            claimant=claimants[cell["claimant_id"]],
            unit=Unit(cell["unit"]),
            count=_known(cell["best_sum"], cell["best_gone"], cell["held"]),
            qualifier=Qualifier(detail["qualifier"]),
            harm=sorted(harm, key=lambda row: (list(HarmKind).index(row.kind), list(HarmGroup).index(row.group))),
            statements=[
                StatementBehind(claim=statements[row["record_id"]], count=_known(row["best_sum"], row["gone"], row["held"]))
                for row in behind
                if row["subject"] == cell["subject"] and row["record_id"] in statements
            ],
            flags=detail["flags"],
        )
        figures.setdefault((cell["bucket"], cell["side_id"]), []).append(figure)
    members = set(agreement.memberships.filter(side__isnull=False).values_list("party_id", flat=True))
    for group in figures.values():
        # Parties to the agreement before third parties, then by name: an order that ranks no number.
        group.sort(key=lambda figure: (figure.claimant.pk not in members, figure.claimant.name, list(Unit).index(figure.unit)))
    return figures


def _claims(ids: Iterable[UUID]) -> Iterable[AggregateClaim]:
    return AggregateClaim.objects.filter(public_id__in=set(ids)).select_related("claimant", "source")


def _known(total: int, unknown: int, held: int) -> int | None:
    """Return the known part; None where nothing is known. Unknown is not zero."""
    return None if unknown >= held else total


def _number(reader: Reader | None) -> int:
    """Return the change that the ledger is read at: the last one posted, or the last that this reader is told of."""
    number = LedgerHead.objects.values_list("number", flat=True).first() or 0
    return number if reader is None else visibility.told_up_to(reader, number)


def now_counted(agreement: Agreement, series: Collection[Series]) -> Counted | None:
    """Return what the ledger counts of these series on the days in force, None before anything was posted. A cell that is missing is 0."""
    number = _number(None)
    return counted(agreement, number, None, series) if number else None


OURS = (Series.LOGGED, Series.INCIDENTS, Series.VERIFIED)


def counted(
    agreement: Agreement,
    number: int,
    reader: Reader | None,
    series: Collection[Series] = OURS,
    window: Days | None = None,
) -> Counted:
    """Return what we count ourselves, per series, bucket and side: what touches the days in force, or another window."""
    rows = rollups.balances(
        agreement,
        number,
        by=("series", "bucket", "side_id"),
        series=[one.value for one in series],
        where={"measure": COUNT},
        only_in_force=window is None,
        window=window if window and any(window) else None,
        reader=reader,
    )
    return {(row["series"], row["bucket"], row["side_id"]): row["best"] for row in rows}
