"""Answers to questions of the tallies: sums of ledger entries, broken down, and the records behind each of them.

Both come from the same lines under the same condition, so what stands behind a number always sums to it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db.models import Case, DateField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, TruncWeek

from incidents.models import LedgerEntry, Party, Place, Posting, Side
from incidents.queries import claims_within, filters, rollups, visibility, withholding
from incidents.queries.questions import Question
from incidents.queries.visibility import Reader
from incidents.vocabulary import Bucket, Grouping, HarmGroup, Series, Unit, ViolationType

Row = dict[str, Any]
WHOLE = "all"
MOST = 10_000
AMOUNTS = ("low", "best", "high", "low_unknown", "best_unknown", "high_unknown")
RECORD = ("record_type", "record_id")
# What a line is told apart by, beside whom it is held against.
COLUMN_OF = {Grouping.DAY: "day", Grouping.WEEK: "week", Grouping.TYPE: "violation_type", Grouping.AREA: "area_id"}
COLUMN_OF |= {Grouping.CLAIMANT: "claimant_id", Grouping.UNIT: "unit"}


@dataclass(frozen=True)
class Amount:
    """A sum: the known parts, None where nothing is known, and of how many records each end is not known."""

    low: int | None
    best: int | None
    high: int | None
    low_unknown: int
    best_unknown: int
    high_unknown: int
    records: int

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return the amount of a row. Unknown is not zero."""
        held = row["held"]
        known: dict[str, Any] = {name: None if row[f"{name}_unknown_sum"] >= held else row[f"{name}_sum"] for name in ("low", "best", "high")}
        return cls(**known, **{f"{name}_unknown": row[f"{name}_unknown_sum"] for name in known}, records=held)


@dataclass(frozen=True)
class Cell:
    """One number, and all that it is a number of. `key` is the day, type, place and so on that it was broken down by; None: undated, or not one."""

    bucket: str
    side: str
    claimant: str | None
    unit: str | None
    group: str | None
    key: str | None
    amount: Amount
    flags: list[dict[str, Any]] = field(default_factory=list)
    qualifier: str = ""

    @property
    def identity(self) -> tuple[str | None, ...]:
        """Return what tells this number from the others of an answer."""
        return (self.bucket, self.side, self.claimant, self.unit, self.group, self.key)


@dataclass(frozen=True)
class Behind:
    """A record behind numbers, and what it gives to them."""

    record_type: str
    record_id: UUID
    identity: tuple[str | None, ...]
    amount: Amount


@dataclass(frozen=True)
class Opened:
    """A page of the records behind numbers, all rows of a record on one page. `after` is the record that the next page begins after."""

    rows: list[Behind]
    after: UUID | None


@dataclass(frozen=True)
class Answer:
    """The numbers asked for. `timeless` is how many records name no time at all and so lie in no window."""

    question: Question
    cells: list[Cell]
    timeless: int


@dataclass(frozen=True)
class Choice:
    """Which numbers of an answer are opened: those that say so in each of these; None leaves all of them."""

    bucket: str | None = None
    side: str | None = None
    claimant: str | None = None
    unit: str | None = None
    group: str | None = None
    key: str | None = None

    NAMES = ("bucket", "side", "claimant", "unit", "group", "key")

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the choice. A name that is given and empty asks for what has none: the undated, what is of no one type."""
        return cls(**{name: filters.said_once(params, name) for name in cls.NAMES if name in params})

    def takes(self, identity: tuple[str | None, ...]) -> bool:
        """Return whether a number is among those opened."""
        wanted = (self.bucket, self.side, self.claimant, self.unit, self.group, self.key)
        return all(one is None or one == (other or "") for one, other in zip(wanted, identity, strict=True))


def answer(question: Question, reader: Reader | None) -> Answer:
    """Return the numbers asked for. To a reader what is hidden does not count; without one, everything does."""
    names = _Names(question)
    cells = [names.cell(row) for row in _rows(question, reader, _columns(question))]
    return Answer(question, sorted(_with_flags(question, cells), key=names.order), _timeless(question, reader))


def behind(question: Question, reader: Reader | None, choice: Choice, *, after: UUID | None = None, limit: int = MOST) -> Opened:
    """Return a page of the records behind the chosen numbers, one row for each of these numbers that a record is in."""
    names = _Names(question)
    found = _rows(question, reader, (*_columns(question), *RECORD), _chosen(question, choice), after, limit)
    listed, following = found, None
    if len(found) > limit:
        # A record is not torn apart: the one that begins the next page is left out of this one.
        listed = [row for row in found[:limit] if row["record_id"] != found[limit]["record_id"]] or found[:limit]
        following = listed[-1]["record_id"]
    chosen = [(cell, row) for cell, row in ((names.cell(row), row) for row in listed) if choice.takes(cell.identity)]
    chosen.sort(key=lambda pair: (names.order(pair[0]), str(pair[1]["record_id"])))
    return Opened([Behind(row["record_type"], row["record_id"], cell.identity, cell.amount) for cell, row in chosen], following)


def every_behind(question: Question, reader: Reader | None, choice: Choice) -> Iterator[Opened]:
    """Yield page after page of the records behind the chosen numbers, to the last."""
    page = behind(question, reader, choice)
    yield page
    while page.after:
        page = behind(question, reader, choice, after=page.after)
        yield page


def _chosen(question: Question, choice: Choice) -> Q:
    """Return the condition for the lines of the chosen numbers, as far as the ledger says it in columns."""
    found = Q()
    if choice.bucket is not None and not question.method.is_whole:
        found &= Q(bucket=choice.bucket)
    if choice.side and not question.method.is_whole:
        found &= Q(side__code=choice.side)
    for value, column in ((choice.claimant, "claimant__slug"), (choice.unit, "unit"), (choice.group, "harm_group")):
        found &= Q(**{column: value}) if value else Q()
    if choice.key is None or not question.by:
        return found
    column = {Grouping.AREA: "area__slug", Grouping.CLAIMANT: "claimant__slug"}.get(Grouping(question.by), COLUMN_OF[Grouping(question.by)])
    key: Any = filters.day(choice.key, "key") if question.by in {Grouping.DAY, Grouping.WEEK} else choice.key
    empty = Q(**{column: ""}) if question.by == Grouping.TYPE else Q(**{f"{column}__isnull": True})
    return found & (Q(**{column: key}) if key else empty)


def lines(question: Question, reader: Reader | None) -> QuerySet[LedgerEntry]:
    """Return the lines of the ledger that the numbers are sums of."""
    agreement = question.agreement
    entries = LedgerEntry.objects.filter(agreement=agreement) if reader is None else visibility.counted_under(reader, agreement)
    return entries.filter(
        series=question.method.series,
        measure=question.method.measure_of(question.measure),
        number__lte=question.point.number,
    )


def _sums(question: Question, reader: Reader | None, by: tuple[str, ...]) -> list[Row]:
    """Return the sums by these keys, from the roll-ups where they answer.

    Roll-ups know no weeks. From whom a profile hides reports, nearly all that they hold would have to be taken off again.
    """
    agreement, window, method = question.agreement, question.window, question.method
    profile = withholding.profile_of(reader) if reader else None
    if question.by == Grouping.WEEK or (profile and profile.hides_reports):
        return list(_summed(_touching(question, reader).order_by(), by))
    within: dict[str, Any] = {"window": window}
    if window == (None, None) or method.series == Series.CLAIMED:
        within = {}
    elif window == (agreement.first_day, agreement.last_day):
        within = {"only_in_force": True}
    asked: dict[str, Any] = {"by": by, "series": [method.series], "where": {"measure": method.measure_of(question.measure)}}
    found = rollups.balances(agreement, question.point.number, reader=reader, **asked, **within)
    return [
        {name: row[name] for name in by} | {"held": row["records"]} | {f"{name}_sum": row[name] for name in AMOUNTS}
        for row in found
        if row["records"] > 0
    ]


def _rows(
    question: Question,
    reader: Reader | None,
    columns: tuple[str, ...],
    chosen: Q | None = None,
    after: UUID | None = None,
    limit: int = MOST,
) -> list[Row]:
    if question.method.series == Series.CLAIMED and not _is_default(question):
        rows = claims_within.rows(question, columns)
        if chosen is None:
            return rows
        return sorted((row for row in rows if after is None or row["record_id"] > after), key=lambda row: row["record_id"])[: limit + 1]
    if chosen is None:
        return _sums(question, reader, columns)
    found = _touching(question, reader).filter(chosen)
    found = found.filter(record_id__gt=after) if after else found
    return list(_summed(found.order_by("record_id"), columns)[: limit + 1])


def _touching(question: Question, reader: Reader | None) -> QuerySet[LedgerEntry]:
    """Return the lines that touch the window, each with its week where that is asked for."""
    found = lines(question, reader)
    found = found if question.method.series == Series.CLAIMED else found.filter(question.touches())
    if question.by == Grouping.WEEK:
        same = When(first_day__isnull=False, last_day__isnull=False, then=Cast(TruncWeek("first_day"), DateField()))
        last = When(last_day__isnull=False, then=Cast(TruncWeek("last_day"), DateField()))
        found = found.annotate(begins=Case(same, output_field=DateField()), ends=Case(last, output_field=DateField()))
        found = found.annotate(week=Case(When(begins=F("ends"), then=F("begins")), default=Value(None), output_field=DateField()))
    return found


def _summed(found: QuerySet[LedgerEntry], by: tuple[str, ...]) -> QuerySet[Any, Row]:
    sums: dict[str, Any] = {f"{name}_sum": Sum(name) for name in AMOUNTS}
    summed: QuerySet[Any, Row] = found.values(*by).annotate(held=Sum("records"), **sums).filter(held__gt=0)
    return summed


def _is_default(question: Question) -> bool:
    """Return whether a claimed figure is asked for in the window that the ledger holds it for: the days in force."""
    return question.claimed_within == question.in_force


def _columns(question: Question) -> tuple[str, ...]:
    method = question.method
    asked = [*method.apart, *([Grouping(question.by)] if question.by else [])]
    harm = ["harm_group"] if question.measure != "count" else []
    return tuple(dict.fromkeys(["bucket", "side_id", *harm, *(COLUMN_OF[one] for one in asked)]))


def _timeless(question: Question, reader: Reader | None) -> int:
    """Return how many records name no time at all, so that no window holds them."""
    if question.window == (None, None) or question.method.opens == "aggregateclaim":
        return 0
    found = lines(question, reader).filter(last_day__isnull=True).order_by().values("record_id").annotate(held=Sum("records"))
    return found.filter(held__gt=0).count()


def _with_flags(question: Question, cells: list[Cell]) -> Iterable[Cell]:
    """Give each claimed figure what must travel with it."""
    if question.method.series != Series.CLAIMED or not cells:
        return cells
    details = _details(question) if _is_default(question) else claims_within.details(question)
    told = []
    for cell in cells:
        detail = details.get(f"{Series.CLAIMED}:{cell.claimant}:{cell.bucket}:{cell.side}:{cell.unit}", {})
        hedge = detail.get("qualifier", "") if cell.group is None else detail.get("harm", {}).get(f"{question.measure}:{cell.group}", "")
        told.append(replace(cell, flags=detail.get("flags", []), qualifier=hedge))
    return told


def _details(question: Question) -> dict[str, Mapping[str, Any]]:
    postings = Posting.objects.filter(agreement=question.agreement, number__lte=question.point.number, subject__startswith=f"{Series.CLAIMED}:")
    return dict(postings.order_by("subject", "-number").distinct("subject").values_list("subject", "detail"))


class _Names:
    """Names for the keys of rows, read once, and the order in which numbers stand: never that of their size."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.sides = {side.pk: side for side in Side.objects.filter(agreement=question.agreement)}
        self.parties: dict[int, str] = {}
        self.places: dict[int, str] = {}
        wanted = {*question.method.apart, question.by}
        if Grouping.CLAIMANT in wanted:
            self.parties = dict(Party.objects.values_list("pk", "slug"))
        if question.by == Grouping.AREA:
            self.places = dict(Place.every.values_list("pk", "slug"))
        # Read out of their words once, not for each number.
        words: dict[str, list[str]] = {Grouping.TYPE: ViolationType.values, Grouping.UNIT: Unit.values}
        self.words = _order_of(words.get(question.by, []))
        self.buckets, self.groups = _order_of([*Bucket.values, WHOLE]), _order_of([*HarmGroup.values, None, ""])
        self.positions = {side.code: side.position for side in self.sides.values()}

    def cell(self, row: Row) -> Cell:
        side = self.sides.get(row["side_id"])
        return Cell(
            bucket=WHOLE if self.question.method.is_whole else row["bucket"],
            side=side.code if side else "",
            claimant=self.parties.get(row["claimant_id"]) if Grouping.CLAIMANT in self.question.method.apart else None,
            unit=row["unit"] if Grouping.UNIT in self.question.method.apart else None,
            group=row.get("harm_group"),
            key=self._key(row),
            amount=Amount.of(row),
        )

    def _key(self, row: Row) -> str | None:
        if not self.question.by:
            return None
        value = row[COLUMN_OF[Grouping(self.question.by)]]
        match self.question.by:
            case Grouping.CLAIMANT:
                return self.parties.get(value)
            case Grouping.AREA:
                return self.places.get(value)
        return value.isoformat() if isinstance(value, date) else value or None

    def order(self, cell: Cell) -> tuple[Any, ...]:
        """Return where a number stands: by its key in the key's own order, then in the agreement's order of sides, then by claimant and unit."""
        key = self.words.get(cell.key, len(self.words)) if self.words else cell.key or "\uffff"
        held = (self.buckets[cell.bucket], self.positions.get(cell.side, 0))
        return (key, held, cell.claimant or "", cell.unit or "", self.groups[cell.group])


def _order_of(words: Iterable[str | None]) -> dict[str | None, int]:
    """Return at which place each word stands."""
    return {word: place for place, word in enumerate(words)}
