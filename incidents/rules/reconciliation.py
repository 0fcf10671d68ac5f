"""One published total beside our records: what of it we hold and how it stands, what nobody itemised, and what is left (rule 6 of the domain)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from incidents.rules.statements import Part
from incidents.vocabulary import Occurrence, Share, Unit

# Records of ours that the claim, by its own words, does not count.
BESIDE = (Share.DUPLICATE, Share.OUTSIDE_PERIOD, Share.OUTSIDE_AREA, Share.OTHER_UNIT)
OF_RECORDS: tuple[Share, ...] = tuple(share for share in Share if share not in {Share.NOT_YET_LOGGED, Share.NOT_ITEMISED})
ONE_HAPPENING = {Unit.VIOLATION, Unit.INCIDENT}


@dataclass(frozen=True)
class Claimed:
    """The total. `itemised`: how many its printed rows give; None where it has none, or none of them a number."""

    count: int | None
    units: frozenset[Unit]
    first: date | None
    last: date
    itemised: int | None = None
    has_unknown_rows: bool = False


@dataclass(frozen=True)
class Record:
    """One report of the claimant's against the same accused. None: not known, or not judged; nothing is held against it then.

    What was judged counts only once a second editor confirmed it. `is_printed_with`: the claim's own document itemises it.
    """

    id: str
    incident: str = ""
    first: date | None = None
    last: date | None = None
    unit: Unit = Unit.VIOLATION
    stated: int | None = None
    is_duplicate: bool = False
    is_printed_with: bool = False
    is_in_area: bool | None = None
    is_target_excluded: bool | None = None
    is_in_force: bool | None = None
    occurrence: Occurrence | None = None
    is_attributed: bool | None = None


@dataclass(frozen=True)
class Counted:
    """A record, and how much of the claim it is. None: that is not known."""

    record: Record
    count: int | None


@dataclass(frozen=True)
class Row:
    """One part: how much of the claim it is (None: not known), the records in it, and how many of them give no number."""

    share: Share
    count: int | None
    records: tuple[Counted, ...] = ()

    @property
    def unknown(self) -> int:
        return sum(counted.count is None for counted in self.records)


@dataclass(frozen=True)
class Reconciliation:
    """The parts in the order of the vocabulary. `remainder` is what they leave of the claim; None where the claim gives no number.

    Below zero: more is on record, or in the claimant's own rows, than it claims.
    """

    claimed: Claimed
    rows: tuple[Row, ...]
    remainder: int | None

    @property
    def known(self) -> int:
        """Return what the parts of which the number is known make together."""
        return sum(row.count or 0 for row in self.rows)

    def of(self, share: Share) -> Row:
        """Return one part."""
        return next(row for row in self.rows if row.share == share)


def reconcile(claimed: Claimed, records: Iterable[Record]) -> Reconciliation:
    """Return the claim laid beside the records, each of which stands in exactly one part.

    What we hold beside the claim (a duplicate, another period, area or unit) is none of it, unless the claim's own document itemises it.
    """
    placed = _without_twins((record, _share(record, claimed)) for record in sorted(set(records), key=lambda record: record.id))
    rows = {share: _row(share, [record for record, where in placed if where == share], claimed) for share in OF_RECORDS}
    held = sum(row.count or 0 for row in rows.values())
    not_yet_logged = None if claimed.itemised is None else max(0, claimed.itemised - held)
    spoken_for = held + (not_yet_logged or 0)
    not_itemised = None if claimed.count is None else max(0, claimed.count - spoken_for)
    # Without rows nothing is itemised, so nothing waits to be logged from them.
    rows[Share.NOT_YET_LOGGED] = Row(Share.NOT_YET_LOGGED, None if claimed.has_unknown_rows and not not_yet_logged else not_yet_logged or 0)
    rows[Share.NOT_ITEMISED] = Row(Share.NOT_ITEMISED, not_itemised)
    remainder = None if claimed.count is None or not_itemised is None else claimed.count - spoken_for - not_itemised
    return Reconciliation(claimed, tuple(rows[share] for share in Share), remainder)


def itemised(parts: Sequence[Part]) -> tuple[int | None, bool]:
    """Return how many the printed rows give, and whether some give no number. A row without one is read from the rows under it."""
    known: list[int] = []
    is_partly_unknown = False
    for part in parts:
        below, unknown = (part.count, False) if part.count is not None else itemised(part.parts)
        is_partly_unknown |= unknown or below is None
        if below is not None:
            known.append(below)
    return (sum(known) if known else None), is_partly_unknown


def _share(record: Record, claimed: Claimed) -> Share:
    """Return the first part that fits: whether the claim counts it at all, then whether it may, then what became of it."""
    if record.is_duplicate:
        return Share.DUPLICATE
    if _amount(record, claimed) is None:
        return Share.OTHER_UNIT
    if record.is_in_force is False or not _touches(record, claimed):
        return Share.OUTSIDE_PERIOD
    if record.is_in_area is False:
        return Share.OUTSIDE_AREA
    if record.is_target_excluded:
        return Share.TARGET_EXCLUDED
    match record.occurrence:
        case Occurrence.UNFOUNDED | Occurrence.REFUTED:
            return Share.UNFOUNDED
        case Occurrence.OUTSIDE_TERMS:
            return Share.OUTSIDE_TERMS
        case Occurrence.VERIFIED:
            return Share.MATCHED if record.is_attributed else Share.NOT_ATTRIBUTED
        case _:
            return Share.UNVERIFIED


def _without_twins(placed: Iterable[tuple[Record, Share]]) -> list[tuple[Record, Share]]:
    """Return the records with all but one of each incident as duplicates: the one whose part comes first stands for it."""
    order = list(Share)
    found = list(placed)
    stands: dict[str, tuple[int, str]] = {}
    for record, share in found:
        if record.incident and share != Share.DUPLICATE:
            stands[record.incident] = min(stands.get(record.incident, (len(order), "")), (order.index(share), record.id))
    return [(record, Share.DUPLICATE if record.incident in stands and stands[record.incident][1] != record.id else share) for record, share in found]


def _row(share: Share, records: Sequence[Record], claimed: Claimed) -> Row:
    counted = tuple(Counted(record, 0 if share in BESIDE and not record.is_printed_with else _amount(record, claimed)) for record in records)
    known = [one.count for one in counted if one.count is not None]
    return Row(share, sum(known) if known or not counted else None, counted)


def _amount(record: Record, claimed: Claimed) -> int | None:
    """Return how many a report is in the claim's units; None where it counts something else, or does not say how many."""
    if record.unit in claimed.units and record.stated is not None:
        return record.stated
    is_one = record.unit in ONE_HAPPENING and record.stated is None and bool(claimed.units & ONE_HAPPENING)
    return 1 if is_one else None


def _touches(record: Record, claimed: Claimed) -> bool:
    """Return whether any of its days may lie in the period; one whose day is not known may."""
    if record.first is None or record.last is None:
        return True
    return record.first <= claimed.last and (claimed.first is None or record.last >= claimed.first)
