"""Balances of the ledger, from the roll-ups where they can answer and from the entries where they cannot. Both give the same numbers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from incidents.models import Agreement, Grain
from incidents.permissions import Capability, may
from incidents.queries import visibility
from incidents.queries.visibility import Reader
from incidents.vocabulary import Series

AMOUNTS = ("records", "low", "best", "high", "low_unknown", "best_unknown", "high_unknown")
COMMON = ("series", "measure", "bucket", "side_id", "unit", "harm_group")
KEPT_BY: dict[Grain, tuple[str, ...]] = {
    Grain.TYPE: ("claimant_id", "violation_type"),
    Grain.DAY: ("claimant_id", "day", "first_day", "last_day"),
    Grain.AREA: ("area_id",),
    Grain.MONTH: ("violation_type", "month"),
}
KEYS = (*COMMON, "in_force", "claimant_id", "violation_type", "day", "first_day", "last_day", "month", "area_id")

# How an entry gives each key of a cell. In the roll-ups the keys are columns.
OF_ENTRY = {key: f"entry.{key}" for key in KEYS} | {
    "in_force": "coalesce(entry.last_day >= %(first_day)s AND (%(last_day)s::date IS NULL OR entry.first_day <= %(last_day)s), false)",
    "month": "date_trunc('month', entry.day)::date",
}

# What is said in totals. Hidden are reports and incidents, and these lines are of neither.
CLAIMED = {Series.CLAIMED, Series.CLAIMED_DAILY}

Row = dict[str, Any]


def grain_for(keys: Collection[str], series: Collection[str]) -> Grain | None:
    """Return the grain that keeps these keys apart, None where only the entries do. Claimants by day are kept for daily claims alone."""
    asked = set(keys) - {*COMMON, "in_force"}
    for grain in (Grain.AREA, Grain.TYPE, Grain.MONTH, Grain.DAY):
        if asked <= set(KEPT_BY[grain]):
            if grain is Grain.DAY and "claimant_id" in asked and set(series) != {Series.CLAIMED_DAILY}:
                continue
            return grain
    return None


def balances(
    agreement: Agreement,
    number: int,
    *,
    by: Sequence[str],
    series: Collection[str],
    reader: Reader | None = None,
    where: Mapping[str, Any] | None = None,
    only_in_force: bool = False,
    window: tuple[date | None, date | None] | None = None,
) -> list[Row]:
    """Return the sums that stand after change `number`, one row for each combination of the keys in `by`; what sums up to no record is left out.

    `where` narrows by keys; `only_in_force` to what touches the default window, `window` to what touches any other. It is one statement,
    so what it reads is of one moment: the roll-ups where they are folded no further than `number` and know the same days in force, and the
    entries after that fold; else the entries alone. A reader from whom something is hidden gets the same sums less the entries of what
    is hidden, so that no roll-up is kept for each reader and none tells of what it should not.
    """
    where = dict(where or {})
    spans = {"first_day", "last_day"} if window else set()
    grain = grain_for({*by, *where, *spans}, series)
    first_day, last_day = window or (agreement.first_day, agreement.last_day)
    hidden: list[str] = []
    if reader is not None:
        if not may(reader, Capability.READ, agreement):
            return []
        number = visibility.told_up_to(reader, number)
        hidden = [] if CLAIMED.issuperset(series) else visibility.uncounted(reader, agreement)
    values = {
        "agreement": agreement.pk,
        "number": number,
        "grain": grain,
        "series": list(series),
        "first_day": agreement.first_day,
        "last_day": agreement.last_day,
        "window_first": first_day,
        "window_last": last_day,
        "hidden": hidden,
    }
    for key, value in where.items():
        wanted = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
        values |= {f"where_{key}": [one for one in wanted if one is not None], f"null_{key}": None in wanted}
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(by), tuple(where), grain, only_in_force, window is not None, bool(hidden)), values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _statement(by: tuple[str, ...], where: tuple[str, ...], grain: Grain | None, in_force: bool, windowed: bool, hides: bool) -> str:
    def conditions(column: Mapping[str, str]) -> str:
        held = [f"{column['series']} = ANY(%(series)s)"]
        held += [f"({column[key]} = ANY(%(where_{key})s) OR {column[key]} IS NULL AND %(null_{key})s)" for key in where]
        if in_force:
            held.append(column["in_force"])
        if windowed:
            held.append(f"(%(window_first)s::date IS NULL OR {column['last_day']} >= %(window_first)s)")
            held.append(f"(%(window_last)s::date IS NULL OR {column['first_day']} <= %(window_last)s)")
        return " AND ".join(held)

    def selected(column: Mapping[str, str], sign: str = "") -> str:
        return ", ".join([*(f"{column[key]} AS {key}" for key in by), *(f"{sign}{name} AS {name}" for name in AMOUNTS)])

    in_rollup = {key: key for key in KEYS}
    parts = []
    if grain:
        parts.append(
            f"SELECT {selected(in_rollup)} FROM incidents_rollup, fold WHERE agreement_id = %(agreement)s AND grain = %(grain)s"
            f" AND fold.number > 0 AND {conditions(in_rollup)}"
        )
    parts.append(
        f"SELECT {selected(OF_ENTRY)} FROM incidents_ledgerentry entry, fold WHERE entry.agreement_id = %(agreement)s"
        f" AND entry.number > fold.number AND entry.number <= %(number)s AND {conditions(OF_ENTRY)}"
    )
    if hides:
        parts.append(
            f"SELECT {selected(OF_ENTRY, '-')} FROM incidents_ledgerentry entry WHERE entry.subject = ANY(%(hidden)s)"
            f" AND entry.agreement_id = %(agreement)s AND entry.number <= %(number)s AND {conditions(OF_ENTRY)}"
        )
    keys = f"{', '.join(by)}, " if by else ""
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in AMOUNTS)
    return (
        f"WITH fold AS ({_FOLD if grain else 'SELECT 0::bigint AS number'}) "
        f"SELECT {keys}{sums} FROM ({' UNION ALL '.join(parts)}) line{grouped} HAVING sum(records) <> 0"
    )


# Up to which change the roll-ups answer: 0 where they are folded too far for the question, or by other days in force.
_FOLD = """
    SELECT coalesce((
        SELECT head.number FROM incidents_foldhead head, incidents_foldedwindow known
        WHERE head.number <= %(number)s AND known.agreement_id = %(agreement)s AND known.first_day = %(first_day)s
            AND known.last_day IS NOT DISTINCT FROM %(last_day)s::date
    ), 0) AS number
"""
