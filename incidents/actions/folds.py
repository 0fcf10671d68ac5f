"""Folding ledger entries into the roll-ups. Called by workers alone; folding twice is harmless."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from incidents.models import Agreement, FoldedWindow, FoldHead, Grain, LedgerEntry, LedgerHead, Rollup
from incidents.queries.rollups import AMOUNTS, COMMON, KEPT_BY, KEYS, OF_ENTRY
from incidents.vocabulary import Series

BATCH = 20_000  # changes


@transaction.atomic
def fold(limit: int = BATCH) -> int:
    """Return how many changes were folded, `limit` at most: their entries are added to the roll-ups in the order of the cells.

    The head row is locked throughout and moves in the same transaction, so folders take turns and none folds an entry twice. An agreement
    whose days in force are not those that its roll-ups know is folded anew from its first entry.
    """
    head = locked_head()
    posted = LedgerHead.objects.values_list("number", flat=True).first() or 0
    upto = min(posted, head.number + limit)
    if upto <= head.number:
        return 0
    touched = set(LedgerEntry.objects.filter(number__gt=head.number, number__lte=upto).order_by().values_list("agreement_id", flat=True).distinct())
    known = {window.agreement_id: (window.first_day, window.last_day) for window in FoldedWindow.objects.all()}
    for agreement in Agreement.objects.order_by("pk"):
        if agreement.pk in known and known[agreement.pk] != (agreement.first_day, agreement.last_day):
            fold_anew(agreement, upto)
        elif agreement.pk in touched:
            FoldedWindow.objects.get_or_create(agreement=agreement, defaults={"first_day": agreement.first_day, "last_day": agreement.last_day})
            _add(agreement, head.number, upto)
    folded, head.number = upto - head.number, upto
    head.save(update_fields=["number"])
    return folded


def fold_anew(agreement: Agreement, number: int) -> None:
    """Throw an agreement's roll-ups away and sum its entries up to change `number`. The head must be locked."""
    Rollup.objects.filter(agreement=agreement).delete()
    FoldedWindow.objects.update_or_create(agreement=agreement, defaults={"first_day": agreement.first_day, "last_day": agreement.last_day})
    _add(agreement, 0, number)


def astray(agreement: Agreement) -> list[str]:
    """Return the cells of an agreement's roll-ups that are not the sum of its entries up to the fold, in order. The head must be locked.

    Days in force that have moved since are not an error: the next fold follows them.
    """
    head = locked_head()
    window = FoldedWindow.objects.filter(agreement=agreement).first()
    first_day, last_day = (window.first_day, window.last_day) if window else (agreement.first_day, agreement.last_day)
    keys = ", ".join(["grain", *KEYS])
    lines = " UNION ALL ".join(
        [
            f"SELECT {keys}, {', '.join(f'-{name} AS {name}' for name in AMOUNTS)} FROM incidents_rollup WHERE agreement_id = %(agreement)s",
            *(f"SELECT '{grain}', cell.* FROM ({_cells(grain)}) cell" for grain in Grain),
        ]
    )
    differ = " OR ".join(f"sum({name}) <> 0" for name in AMOUNTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT concat_ws(' ', {keys}) FROM ({lines}) line GROUP BY {keys} HAVING {differ} ORDER BY 1",
            _values(agreement, 0, head.number) | {"first_day": first_day, "last_day": last_day},
        )
        return [cell for (cell,) in cursor.fetchall()]


def locked_head() -> FoldHead:
    """Return the head row, locked until the transaction ends, in which statements are not compiled: there are few, and each has many parts."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
    FoldHead.objects.bulk_create([FoldHead(pk=1)], ignore_conflicts=True)
    return FoldHead.objects.select_for_update().get(pk=1)


def _add(agreement: Agreement, after: int, upto: int) -> None:
    keys, amounts = ", ".join(KEYS), ", ".join(AMOUNTS)
    added = ", ".join(f"{name} = incidents_rollup.{name} + excluded.{name}" for name in AMOUNTS)
    with connection.cursor() as cursor:
        for grain in Grain:
            cursor.execute(
                f"INSERT INTO incidents_rollup (agreement_id, grain, {keys}, {amounts})"
                f" SELECT %(agreement)s, %(grain)s, cell.* FROM ({_cells(grain)}) cell ORDER BY {keys}"
                f" ON CONFLICT (agreement_id, grain, series, measure, bucket, side_id, unit, harm_group, in_force,"
                f" claimant_id, violation_type, day, first_day, last_day, month, area_id) DO UPDATE SET {added}",
                _values(agreement, after, upto) | {"grain": grain},
            )


def _cells(grain: Grain) -> str:
    """Return the statement that sums entries to the cells of a grain."""
    keys = ", ".join(f"{_key(grain, key)} AS {key}" for key in KEYS)
    sums = ", ".join(f"sum(entry.{name})::bigint AS {name}" for name in AMOUNTS)
    return (
        f"SELECT {keys}, {sums} FROM incidents_ledgerentry entry"
        f" WHERE entry.agreement_id = %(agreement)s AND entry.number > %(after)s AND entry.number <= %(upto)s GROUP BY {_positions(KEYS)}"
    )


def _key(grain: Grain, key: str) -> str:
    if grain is Grain.DAY and key == "claimant_id":
        return f"CASE WHEN entry.series = '{Series.CLAIMED_DAILY}' THEN entry.claimant_id END"
    if key in (*COMMON, "in_force", *KEPT_BY[grain]):
        return OF_ENTRY[key]
    return {"violation_type": "''", "claimant_id": "NULL::bigint", "area_id": "NULL::bigint"}.get(key, "NULL::date")


def _positions(keys: Collection[str]) -> str:
    return ", ".join(str(position) for position in range(1, len(keys) + 1))


def _values(agreement: Agreement, after: int, upto: int) -> dict[str, Any]:
    return {"agreement": agreement.pk, "after": after, "upto": upto, "first_day": agreement.first_day, "last_day": agreement.last_day}
