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


def waiting() -> list[int]:
    """Return the keys of the recounts that are to be gone on with, oldest first."""
    return list(Recount.objects.filter(state__in=[Recount.State.QUEUED, Recount.State.RUNNING]).order_by("id").values_list("pk", flat=True))


def latest(most: int) -> list[Recount]:
    """Return the latest recounts, newest first."""
    return list(Recount.objects.order_by("-id")[:most])


def lines(where: str = "", *, shared: tuple[str, ...] = _SHARED) -> str:
    """Return the statement that gives every line that the standing reports of an agreement contribute. It takes `agreement` and `zone`.

    Sums that tell no report from another leave out the first two columns, which are most of a line.
    On which side a party stood is asked once for each party and day, not for each report.
    """

    names, columns = ", ".join(shared), ""
    if "subject" in shared:
        columns = "'report:' || report.public_id AS subject, report.public_id AS record_id,"
    return f"""
        WITH standing AS MATERIALIZED (
            SELECT asked.party_id, asked.day, count(DISTINCT held.side_id) AS sides, min(held.side_id) AS side_id
            FROM (SELECT DISTINCT accused_party_id AS party_id, occurred_on AS day FROM incidents_report
                  WHERE agreement_id = %(agreement)s AND accused_party_id IS NOT NULL) asked
            JOIN incidents_party party ON party.id = asked.party_id
            LEFT JOIN incidents_membership held ON held.agreement_id = %(agreement)s AND held.role = 'on_side'
                AND held.party_id = CASE WHEN EXISTS (SELECT 1 FROM incidents_membership own WHERE own.agreement_id = %(agreement)s
                    AND own.role = 'on_side' AND own.party_id = asked.party_id) THEN asked.party_id ELSE party.organ_of_id END
                AND (asked.day IS NULL
                    OR (held.from_on IS NULL OR held.from_on <= asked.day) AND (held.until_on IS NULL OR asked.day <= held.until_on))
            GROUP BY asked.party_id, asked.day
        ), counted AS (
            SELECT report.id, report.stated_count, {columns}
                CASE WHEN report.accused_side_id IS NOT NULL OR stood.sides = 1 THEN 'side'
                    WHEN report.accused_party_id IS NULL THEN 'nobody' ELSE 'no_side' END AS bucket,
                coalesce(report.accused_side_id, CASE WHEN stood.sides = 1 THEN stood.side_id END) AS side_id,
                coalesce(claimant.organ_of_id, claimant.id) AS claimant_id, report.violation_type, report.unit, report.occurred_on AS day,
                coalesce(report.occurred_on, (report.starts_at AT TIME ZONE %(zone)s)::date) AS first_day,
                coalesce(report.occurred_on, (greatest(report.starts_at, report.ends_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date)
                    AS last_day,
                report.place_id AS area_id
            FROM incidents_report report
            JOIN incidents_party claimant ON claimant.id = report.claimant_id
            LEFT JOIN standing stood ON stood.party_id = report.accused_party_id AND stood.day IS NOT DISTINCT FROM report.occurred_on
            WHERE report.agreement_id = %(agreement)s AND report.state = 'submitted' {where}
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


def cells(agreement: Agreement) -> list[tuple[Any, ...]]:
    """Return every cell of the roll-ups as all reports make it, counted from the records alone: its keys, then its amounts.

    Beside the keys that every cell has: by claimant and type, by day and span, by place, by month and type.
    """
    common = "measure, bucket, side_id, unit, harm_group, in_force"
    sums = ", ".join(f"sum({name})::bigint" for name in AMOUNTS)
    in_force = "coalesce(last_day >= %(first)s AND (%(last)s::date IS NULL OR first_day <= %(last)s), false)"
    with transaction.atomic(), connection.cursor() as cursor:
        _prepare(cursor)
        cursor.execute(
            f"""
            SELECT {common}, claimant_id, violation_type, day, first_day, last_day, month, area_id, {sums}
            FROM (SELECT *, {in_force} AS in_force, date_trunc('month', day)::date AS month FROM ({lines(shared=_SHARED[2:])}) line) line
            GROUP BY GROUPING SETS (
                ({common}, claimant_id, violation_type), ({common}, day, first_day, last_day), ({common}, area_id), ({common}, violation_type, month)
            )
            """,
            {"agreement": agreement.pk, "zone": agreement.timezone, "first": agreement.first_day, "last": agreement.last_day},
        )
        return list(cursor.fetchall())


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
    """Give one large statement room to sort and hash, and have it run as it is: compiling its many parts takes seconds."""
    cursor.execute("SET LOCAL work_mem = '256MB'")
    cursor.execute("SET LOCAL jit = off")
