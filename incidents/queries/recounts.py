"""Reports recounted by PostgreSQL and held against the ledger: the same sums as `contributions.of_report`, for all reports at once."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from incidents.models import Agreement, Recount
from incidents.queries.rollups import AMOUNTS

# What every line of a report shares, by the name of its column in the ledger.
_SHARED = ("subject", "record_id", "bucket", "side_id", "claimant_id", "violation_type", "unit", "day", "first_day", "last_day", "area_id")
KEYS = (*_SHARED, "measure", "harm_group")

# On which side each party stood, span by span between the days on which anybody joined or left one, and, `dated` false, over all days.
# A party on no side itself stands where the one stands whose organ it is.
_STANDING = """
    SELECT party.id AS party_id, span.dated, span.from_on, span.before_on, count(DISTINCT held.side_id) AS sides, min(held.side_id) AS side_id
    FROM incidents_party party
    LEFT JOIN (SELECT DISTINCT party_id FROM incidents_membership WHERE agreement_id = %(agreement)s AND role = 'on_side') own
        ON own.party_id = party.id
    CROSS JOIN (
        SELECT true AS dated, edge AS from_on, coalesce(lead(edge) OVER (ORDER BY edge), 'infinity') AS before_on
        FROM (
            SELECT '-infinity'::date AS edge
            UNION SELECT from_on FROM incidents_membership WHERE agreement_id = %(agreement)s AND role = 'on_side' AND from_on IS NOT NULL
            UNION SELECT until_on + 1 FROM incidents_membership WHERE agreement_id = %(agreement)s AND role = 'on_side' AND until_on IS NOT NULL
        ) edges
        UNION ALL SELECT false, NULL, NULL
    ) span
    JOIN incidents_membership held ON held.agreement_id = %(agreement)s AND held.role = 'on_side'
        AND held.party_id = CASE WHEN own.party_id IS NULL THEN party.organ_of_id ELSE party.id END
        AND (NOT span.dated
            OR (held.from_on IS NULL OR held.from_on <= span.from_on) AND (held.until_on IS NULL OR span.from_on <= held.until_on))
    GROUP BY party.id, span.dated, span.from_on, span.before_on
"""
_FIRST = "(report.starts_at AT TIME ZONE %(zone)s)::date"
_LAST = "(greatest(report.starts_at, report.ends_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date"
_ACCUSED = """
    CASE WHEN report.accused_side_id IS NOT NULL OR stood.sides = 1 THEN 'side'
        WHEN report.accused_party_id IS NULL THEN 'nobody' ELSE 'no_side' END AS bucket,
    coalesce(report.accused_side_id, CASE WHEN stood.sides = 1 THEN stood.side_id END) AS side_id
"""
_REPORTS = f"""
    incidents_report report
    LEFT JOIN incidents_party claimant ON claimant.id = report.claimant_id
    LEFT JOIN ({_STANDING}) stood ON stood.party_id = report.accused_party_id AND stood.dated = (report.occurred_on IS NOT NULL)
        AND (report.occurred_on IS NULL OR stood.from_on <= report.occurred_on AND report.occurred_on < stood.before_on)
"""
_STANDS = "report.agreement_id = %(agreement)s AND report.state = 'submitted'"


def waiting() -> list[int]:
    """Return the keys of the recounts that are to be gone on with, oldest first."""
    return list(Recount.objects.filter(state__in=[Recount.State.QUEUED, Recount.State.RUNNING]).order_by("id").values_list("pk", flat=True))


def latest(most: int) -> list[Recount]:
    """Return the latest recounts, newest first."""
    return list(Recount.objects.order_by("-id")[:most])


def lines(where: str = "") -> str:
    """Return the statement that gives every line that the standing reports of an agreement contribute. It takes `agreement` and `zone`."""
    names = ", ".join(_SHARED)
    return f"""
        WITH counted AS (
            SELECT report.id, report.stated_count, 'report:' || report.public_id AS subject, report.public_id AS record_id, {_ACCUSED},
                coalesce(claimant.organ_of_id, claimant.id) AS claimant_id, report.violation_type, report.unit, report.occurred_on AS day,
                coalesce(report.occurred_on, {_FIRST}) AS first_day, coalesce(report.occurred_on, {_LAST}) AS last_day,
                report.place_id AS area_id
            FROM {_REPORTS} WHERE {_STANDS} {where}
        )
        SELECT {names}, 'count' AS measure, '' AS harm_group, 1 AS records,
            1 AS low, 1 AS best, 1 AS high, 0 AS low_unknown, 0 AS best_unknown, 0 AS high_unknown FROM counted
        UNION ALL
        SELECT {names}, 'stated', '', 1, coalesce(stated_count, 0), coalesce(stated_count, 0), coalesce(stated_count, 0),
            (stated_count IS NULL)::int, (stated_count IS NULL)::int, (stated_count IS NULL)::int FROM counted
        UNION ALL
        SELECT {names}, harm.kind, harm."group", 1, coalesce(harm.low, 0), coalesce(harm.best, 0), coalesce(harm.high, 0),
            (harm.low IS NULL)::int, (harm.best IS NULL)::int, (harm.high IS NULL)::int
        FROM counted JOIN incidents_casualtyclaim harm ON harm.report_id = counted.id
    """


# The keys that only some cells keep: what each is to PostgreSQL, and how a report gives it.
_KEPT = {
    "claimant_id": ("bigint", "coalesce(claimant.organ_of_id, claimant.id)"),
    "violation_type": ("text", "report.violation_type"),
    "day": ("date", "report.occurred_on"),
    "first_day": ("date", f"coalesce(report.occurred_on, {_FIRST})"),
    "last_day": ("date", f"coalesce(report.occurred_on, {_LAST})"),
    "month": ("date", "date_trunc('month', report.occurred_on::timestamp)::date"),
    "area_id": ("bigint", "report.place_id"),
}
_TOGETHER = (("claimant_id", "violation_type"), ("day", "first_day", "last_day"), ("area_id",), ("violation_type", "month"))
_IN_FORCE = f"""coalesce(coalesce(report.occurred_on, {_LAST}) >= %(first)s
    AND (%(last)s::date IS NULL OR coalesce(report.occurred_on, {_FIRST}) <= %(last)s), false)"""


def cells(agreement: Agreement) -> list[tuple[Any, ...]]:
    """Return every cell of the roll-ups as all reports make it, counted from the records alone: its keys, then its amounts.

    Beside the keys that every cell has: by claimant and type, by day and span, by place, by month and type. Reports, of which there are most,
    are read in parallel for each of these by itself; a third as many lines of harm are read once and kept.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _prepare(cursor)
        cursor.execute(
            f"{_HARMED} UNION ALL {' UNION ALL '.join(_counted(kept) for kept in _TOGETHER)}",
            {"agreement": agreement.pk, "zone": agreement.timezone, "first": agreement.first_day, "last": agreement.last_day},
        )
        return list(cursor.fetchall())


def _counted(kept: Collection[str]) -> str:
    """Return the statement that sums reports by these keys: how many there are, and how many violations they state."""
    keys = ", ".join(f"{_KEPT[key][1]} AS {key}" for key in kept)
    told = ", ".join(key if key in kept else f"NULL::{type_}" for key, (type_, _given) in _KEPT.items())
    return f"""
        SELECT measure, bucket, side_id, unit, '', in_force, {told}, records, given, given, given, gone, gone, gone
        FROM (
            SELECT {_ACCUSED}, report.unit, {_IN_FORCE} AS in_force, {keys},
                count(*) AS records, coalesce(sum(stated_count), 0) AS stated, count(*) - count(stated_count) AS unstated
            FROM {_REPORTS} WHERE {_STANDS} GROUP BY {", ".join(str(1 + number) for number in range(4 + len(kept)))}
        ) sums
        CROSS JOIN LATERAL (VALUES ('count', records, 0), ('stated', stated, unstated)) both_ (measure, given, gone)
    """


_COMMON = 'kind, bucket, side_id, unit, "group", in_force'
_HARMED = f"""
    WITH harmed AS MATERIALIZED (
        SELECT {_ACCUSED}, report.unit, {_IN_FORCE} AS in_force, harm.kind, harm."group", harm.low, harm.best, harm.high,
            {", ".join(f"{given} AS {key}" for key, (_type, given) in _KEPT.items())}
        FROM {_REPORTS} JOIN incidents_casualtyclaim harm ON harm.report_id = report.id WHERE {_STANDS}
    )
    SELECT {_COMMON}, {", ".join(_KEPT)}, count(*), coalesce(sum(low), 0), coalesce(sum(best), 0), coalesce(sum(high), 0),
        count(*) - count(low), count(*) - count(best), count(*) - count(high)
    FROM harmed GROUP BY GROUPING SETS ({", ".join(f"({_COMMON}, {', '.join(kept)})" for kept in _TOGETHER)})
"""


def astray(agreement: Agreement, subjects: Collection[str] | None = None) -> list[str]:
    """Return the subjects of reports, all or these, whose lines in the ledger are not what the reports contribute, in order."""
    among = "" if subjects is None else "AND 'report:' || report.public_id = ANY(%(subjects)s)"
    known = "" if subjects is None else "AND subject = ANY(%(subjects)s)"
    held = ", ".join(f"line.{name}" for name in AMOUNTS)
    sums = " OR ".join(f"sum({name}) <> 0" for name in AMOUNTS)
    keys = ", ".join(["series", *KEYS])
    with transaction.atomic(), connection.cursor() as cursor:
        _prepare(cursor)
        cursor.execute(
            f"""
            SELECT DISTINCT subject FROM (
                SELECT {keys} FROM (
                    SELECT 'logged' AS series, {", ".join(f"line.{key}" for key in KEYS)}, {held} FROM ({lines(among)}) line
                    UNION ALL
                    SELECT {keys}, {", ".join(f"-{name}" for name in AMOUNTS)} FROM incidents_ledgerentry
                    WHERE agreement_id = %(agreement)s AND subject LIKE 'report:%%' {known}
                ) both_ GROUP BY {keys} HAVING {sums}
            ) wrong ORDER BY subject
            """,
            {"agreement": agreement.pk, "zone": agreement.timezone, "subjects": list(subjects or ())},
        )
        return [subject for (subject,) in cursor.fetchall()]


def _prepare(cursor: CursorWrapper) -> None:
    """Give one large statement room to sort and hash and all processors, and have it run as it is: compiling its many parts takes seconds.

    PostgreSQL takes sums by computed keys to give as many rows as they read, and would not share out the reading for that.
    """
    cursor.execute("SET LOCAL work_mem = '256MB'")
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL parallel_setup_cost = 0")
    cursor.execute("SET LOCAL parallel_tuple_cost = 0")
