"""Tallies at 100,000 and 1,000,000 reports: the dashboard, a full recount, writing, and from commit to tally, each beside its peer.

    .venv/bin/pip install duckdb; .venv/bin/python benchmarks/tallies.py [--sizes 100000,1000000] [--rounds 7] [--only dashboard,recount,...]

It starts throw-away servers as bin/test does, or uses those that DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name, and works in a
database of its own. Reports are made by PostgreSQL, the same in every run (`synthetic.py`). Project and peer take turns in one process,
round by round; least and median are told with the machine's load, and ratios are of least times within the run, because other work on the
machine only ever adds. The last lines are the table that README.md shows.

- dashboard: the side cards and the daily chart, against the same sums by GROUP BY over the entries (`PEER_DASHBOARD`) and against ten
  times less data;
- recount: every cell of the roll-ups from the records, against DuckDB in memory on the same rows (`PEER_RECOUNT`), both in one statement;
- writes: eight writers, ten reports in a transaction, with a relay and a worker that post and fold meanwhile, against none;
- commit to tally: 300 reports a second in SQL; from a commit's return until the ledger holds it, as a reader on another connection sees.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks import throwaway  # noqa: E402
from benchmarks.throwaway import say  # noqa: E402

DATABASE = "truce_benchmark_tallies"
GOALS = {"raw": 0.1, "grows": 2.5, "recount": 6.0, "writes": 1.5, "p95": 1.0}
A_SECOND, A_COMMIT, SECONDS = 300, 10, 15
WRITERS, EACH = 8, 25

# What the dashboard asks of the ledger, without roll-ups: the cards, then the chart.
PEER_DASHBOARD = (
    """SELECT series, bucket, side_id, sum(best) FROM incidents_ledgerentry
       WHERE agreement_id = %s AND measure = 'count' AND series IN ('logged', 'incidents', 'verified') AND last_day >= %s AND first_day <= %s
       GROUP BY 1, 2, 3""",
    """SELECT series, side_id, claimant_id, unit, day, sum(best), sum(best_unknown), sum(records) FROM (
           SELECT series, side_id, CASE WHEN series = 'claimed_daily' THEN claimant_id END AS claimant_id, unit, day, best, best_unknown, records
           FROM incidents_ledgerentry WHERE agreement_id = %s AND measure = 'count' AND series <> 'claimed' AND side_id IS NOT NULL
               AND first_day >= %s - 3 AND last_day <= %s + 3) line
       WHERE day IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING sum(records) > 0""",
)

# The same cells from the same rows, as one would write it for DuckDB.
PEER_RECOUNT = """
WITH standing AS (
    SELECT asked.accused_party_id AS party_id, asked.occurred_on AS day, count(DISTINCT side_id) AS sides, min(side_id) AS side_id
    FROM (SELECT DISTINCT accused_party_id, occurred_on FROM report WHERE accused_party_id IS NOT NULL) asked
    LEFT JOIN membership held ON held.party_id = asked.accused_party_id AND (asked.occurred_on IS NULL
        OR (held.from_on IS NULL OR held.from_on <= asked.occurred_on) AND (held.until_on IS NULL OR asked.occurred_on <= held.until_on))
    GROUP BY ALL
), counted AS (
    SELECT report.*, CASE WHEN stood.sides = 1 THEN 'side' WHEN accused_party_id IS NULL THEN 'nobody' ELSE 'no_side' END AS bucket,
        CASE WHEN stood.sides = 1 THEN stood.side_id END AS side_id, coalesce(organ_of_id, party.id) AS principal,
        coalesce(occurred_on, starts_on) AS first_day, coalesce(occurred_on, ends_on) AS last_day,
        coalesce(coalesce(occurred_on, ends_on) >= DATE '2016-01-01' AND coalesce(occurred_on, starts_on) <= DATE '2016-12-31', false) AS in_force,
        date_trunc('month', occurred_on) AS month
    FROM report JOIN party ON party.id = claimant_id
    LEFT JOIN standing stood ON stood.party_id = accused_party_id AND stood.day IS NOT DISTINCT FROM occurred_on
), line AS (
    SELECT counted.*, 'count' AS measure, '' AS harm_group, 1 AS low, 1 AS best, 1 AS high, 0 AS low_gone, 0 AS best_gone, 0 AS high_gone FROM counted
    UNION ALL
    SELECT counted.*, 'stated', '', coalesce(stated_count, 0), coalesce(stated_count, 0), coalesce(stated_count, 0), (stated_count IS NULL)::int,
        (stated_count IS NULL)::int, (stated_count IS NULL)::int FROM counted
    UNION ALL
    SELECT counted.*, harm.kind, harm.of_whom, coalesce(harm.low, 0), coalesce(harm.best, 0), coalesce(harm.high, 0), (harm.low IS NULL)::int,
        (harm.best IS NULL)::int, (harm.high IS NULL)::int FROM counted JOIN harm ON harm.report_id = counted.id
)
SELECT measure, bucket, side_id, unit, harm_group, in_force, principal, violation_type, occurred_on, first_day, last_day, month, place_id,
    count(*), sum(low), sum(best), sum(high), sum(low_gone), sum(best_gone), sum(high_gone)
FROM line GROUP BY GROUPING SETS (
    (measure, bucket, side_id, unit, harm_group, in_force, principal, violation_type),
    (measure, bucket, side_id, unit, harm_group, in_force, occurred_on, first_day, last_day),
    (measure, bucket, side_id, unit, harm_group, in_force, place_id),
    (measure, bucket, side_id, unit, harm_group, in_force, violation_type, month))
"""
FOR_DUCKDB = {
    "report": """SELECT id, claimant_id, accused_party_id, violation_type, unit, stated_count, occurred_on, place_id,
        (starts_at AT TIME ZONE 'Asia/Damascus')::date AS starts_on,
        (greatest(starts_at, ends_at - interval '1 microsecond') AT TIME ZONE 'Asia/Damascus')::date AS ends_on
        FROM incidents_report WHERE state = 'submitted' AND agreement_id = {agreement}""",
    "party": "SELECT id, organ_of_id FROM incidents_party",
    "membership": "SELECT party_id, side_id, from_on, until_on FROM incidents_membership WHERE role = 'on_side' AND agreement_id = {agreement}",
    "harm": """SELECT report_id, kind, "group" AS of_whom, low, best, high FROM incidents_casualtyclaim""",
}
TYPES_FOR_DUCKDB = {
    "report": "id BIGINT, claimant_id BIGINT, accused_party_id BIGINT, violation_type VARCHAR, unit VARCHAR, stated_count INT, occurred_on DATE,"
    " place_id BIGINT, starts_on DATE, ends_on DATE",
    "party": "id BIGINT, organ_of_id BIGINT",
    "membership": "party_id BIGINT, side_id BIGINT, from_on DATE, until_on DATE",
    "harm": "report_id BIGINT, kind VARCHAR, of_whom VARCHAR, low INT, best INT, high INT",
}

TABLE: list[tuple[str, str, str, str]] = []


def main() -> None:
    options = _options()
    throwaway.on_servers()
    with throwaway.own_database(DATABASE):
        sys.exit(_measured(options))


def _measured(options: argparse.Namespace) -> int:
    failed: list[str] = []
    sizes = [int(size) for size in options.sizes.split(",")]
    asked = options.only.split(",")
    before: dict[str, float] = {}
    for size in sizes:
        _made(size)
        throwaway.analyze()
        if "dashboard" in asked:
            failed += _dashboard(size, options.rounds, before)
        if "recount" in asked:
            failed += _recount(size, min(options.rounds, 5))
        if size == sizes[0] and "writes" in asked:
            failed += _writes(min(options.rounds, 3))
        if size == sizes[0] and "latency" in asked:
            failed += _latency()
        if size != sizes[-1]:
            _emptied()
    say("\n| what | figure | ratio | goal |\n| --- | --- | --- | --- |")
    for row in TABLE:
        say("| " + " | ".join(row) + " |")
    say(f"\nNot reached: {', '.join(failed)}" if failed else "\nAll goals reached.")
    return 1 if failed else 0


def _made(size: int) -> None:
    import synthetic

    from incidents.actions import folds

    began = perf_counter()
    synthetic.make(size)
    made = perf_counter()
    while folds.fold():
        pass
    say(f"{size:,} reports made in {made - began:.0f} s, folded in {perf_counter() - made:.1f} s (load {os.getloadavg()[0]:.1f})")


def _emptied() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE incidents_report, incidents_rollup, incidents_foldhead, incidents_ledgerhead, incidents_posting, incidents_change,"
                       " incidents_sealhead, incidents_convoyledgerhead CASCADE")  # fmt: skip


def _dashboard(size: int, rounds: int, before: dict[str, float]) -> list[str]:
    from django.db import connection

    from incidents.models import Agreement, Rollup
    from incidents.queries import tallies

    agreement = Agreement.objects.get(slug="bench")
    asked = [agreement.pk, agreement.first_day, agreement.last_day]

    def ours() -> Any:
        return tallies.of_agreement(agreement), tallies.by_day(agreement, longest=366)

    def peer() -> Any:
        with connection.cursor() as cursor:
            return [(cursor.execute(statement, asked), cursor.fetchall())[1] for statement in PEER_DASHBOARD]

    shown, sums = ours(), peer()
    logged = {side.side.pk: side.logged for side in shown[0].sides if side.side}
    assert logged == {row[2]: row[3] for row in sums[0] if row[1] == "side"}, "the two do not count the same"
    mine, theirs = _in_turns(f"dashboard at {size:,}", rounds, ours, peer)
    ratio = mine / theirs
    TABLE.append(
        (f"dashboard at {size:,} against raw GROUP BY", f"{mine * 1000:.0f} ms : {theirs * 1000:.0f} ms", f"{ratio:.2f}", "<= 0.1 at 1,000,000")
    )
    failed = ["dashboard against raw GROUP BY"] if size >= 10**6 and ratio > GOALS["raw"] else []
    if before:
        (less,) = before.values()
        grows = mine / less
        TABLE.append((f"dashboard at {size:,} against ten times less", f"{mine * 1000:.0f} ms : {less * 1000:.0f} ms", f"{grows:.2f}", "<= 2.5"))
        failed += ["dashboard against ten times less"] if grows > GOALS["grows"] else []
    say(f"  {Rollup.objects.count():,} cells of roll-ups")
    before.clear()
    before[str(size)] = mine
    return failed


def _recount(size: int, rounds: int) -> list[str]:
    import duckdb
    from django.db import connection

    from incidents.models import Agreement
    from incidents.queries import recounts

    agreement = Agreement.objects.get(slug="bench")
    memory = duckdb.connect(":memory:")
    for table, statement in FOR_DUCKDB.items():
        memory.execute(f"CREATE TABLE {table} ({TYPES_FOR_DUCKDB[table]})")
        with tempfile.NamedTemporaryFile(suffix=".csv") as file, connection.cursor() as cursor:
            with cursor.copy(f"COPY ({statement.format(agreement=agreement.pk)}) TO STDOUT (FORMAT csv)") as copy:
                for block in copy:
                    file.write(block)
            file.flush()
            memory.execute(f"COPY {table} FROM '{file.name}' (FORMAT csv, NULL '')")

    def ours() -> Any:
        return recounts.cells(agreement)

    def peer() -> Any:
        return memory.execute(PEER_RECOUNT).fetchall()

    mine_, theirs_ = ours(), peer()
    assert len(mine_) == len(theirs_), f"{len(mine_)} cells against {len(theirs_)}"
    assert sum(row[-5] for row in mine_) == sum(row[-5] for row in theirs_), "the two do not count the same"
    mine, theirs = _in_turns(f"full recount at {size:,}", rounds, ours, peer)
    began = perf_counter()
    wrong = recounts.astray(agreement)
    say(f"  the audit, which also holds each report's lines against the ledger: {perf_counter() - began:.1f} s, {len(wrong)} differ")
    ratio = mine / theirs
    TABLE.append((f"full recount at {size:,} against DuckDB in memory", f"{mine:.2f} s : {theirs:.2f} s", f"{ratio:.1f}", "<= 6"))
    return [f"recount at {size:,}"] if ratio > GOALS["recount"] or wrong else []


def _writes(rounds: int) -> list[str]:
    from tests import processes

    def written() -> float:
        batches = [[_batch() for _n in range(EACH)] for _writer in range(WRITERS)]
        troubles: list[BaseException] = []
        threads = [threading.Thread(target=_write_all, args=(own, troubles)) for own in batches]
        began = perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if troubles:
            raise troubles[0]
        return perf_counter() - began

    without, with_tally = [], []
    log = Path(tempfile.gettempdir()) / "truce-benchmark-tallies.log"
    for _round in range(rounds):
        without.append(written())
        with processes.running(processes.RELAY, processes.WORKER, log=log):
            _write(_batch())  # wait until both are up and count
            _settled()
            with_tally.append(written())
            _settled()
    many = WRITERS * EACH * A_COMMIT
    say(f"writes, {WRITERS} writers, {many} reports: without {_told(without)}, with {_told(with_tally)} (load {os.getloadavg()[0]:.1f}); no deadlock")
    ratio = min(with_tally) / min(without)
    TABLE.append(
        (
            "8 writers with tally against without",
            f"{many / min(with_tally):.0f}/s : {many / min(without):.0f}/s",
            f"{ratio:.2f}",
            "<= 1.5, no deadlock",
        )
    )
    return ["writes"] if ratio > GOALS["writes"] else []


def _latency() -> list[str]:
    from incidents.models import LedgerHead, Seal
    from tests import processes

    log = Path(tempfile.gettempdir()) / "truce-benchmark-tallies.log"
    batches = [_batch() for _n in range(A_SECOND * SECONDS // A_COMMIT)]
    committed: list[tuple[float, int]] = []
    seen: list[tuple[float, int]] = []
    done = threading.Event()

    def look() -> None:
        from django.db import connection

        is_last = False
        while not is_last:
            is_last = done.is_set()  # and then one look more, so that the last number is seen
            number = LedgerHead.objects.values_list("number", flat=True).first() or 0
            if not seen or seen[-1][1] != number:
                seen.append((perf_counter(), number))
            time.sleep(0.005)
        connection.close()

    with processes.running(processes.RELAY, processes.WORKER, log=log):
        _write(_batch())  # wait until both are up and count
        _settled()
        looking = threading.Thread(target=look)
        looking.start()
        began = perf_counter()
        for number, batch in enumerate(batches):
            wait = began + number * A_COMMIT / A_SECOND - perf_counter()
            if wait > 0:
                time.sleep(wait)
            change = _write(batch)
            committed.append((perf_counter(), change))
        took = perf_counter() - began
        _settled()
        done.set()
        looking.join()
    numbers = dict(Seal.objects.filter(change_id__in=[change for _at, change in committed]).values_list("change_id", "number"))
    waits = sorted(next(at for at, number in seen if number >= numbers[change]) - at_commit for at_commit, change in committed)
    p95, middle = waits[int(0.95 * len(waits))], median(waits)
    rate = len(batches) * A_COMMIT / took
    say(f"commit to tally at {rate:.0f} reports/s: median {middle * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, most {waits[-1] * 1000:.0f} ms")
    TABLE.append((f"commit to tally, p95, at {rate:.0f} reports/s", f"{p95 * 1000:.0f} ms (median {middle * 1000:.0f} ms)", "", "<= 1 s at 300/s"))
    return ["commit to tally"] if p95 > GOALS["p95"] or rate < 0.95 * A_SECOND else []


Batch = tuple[list[Any], list[Any], list[Any]]


def _batch() -> Batch:
    """Return ten reports with their changes, ready to be stored: what an action writes, made ahead so that SQL alone is timed."""
    import uuid

    from django.utils import timezone

    from incidents.models import Agreement, Change, ChangeKind, ChangePayload, Party, Report, Source
    from incidents.models.base import Record

    if not _CAST:
        parties = list(Party.objects.filter(slug__startswith="bench-").order_by("pk"))
        _CAST.update(agreement=Agreement.objects.get(slug="bench"), parties=parties, source=Source.objects.get(slug="bench"))
    reports, changes, payloads = [], [], []
    for _n in range(A_COMMIT):
        _CAST["n"] = number = _CAST.get("n", 0) + 1
        report = Report(
            agreement=_CAST["agreement"], claimant=_CAST["parties"][number % 12], accused_party=_CAST["parties"][(number * 5 + 1) % 12],
            source=_CAST["source"], violation_type="shelling", occurred_on=date(2016, 1, 1) + timedelta(days=number % 366),
            time_precision="day", submitted_at=timezone.now(), state="submitted",
        )  # fmt: skip
        facts = Record.facts(report) | {"harm": []}
        payload = ChangePayload(salt=ChangePayload.fresh_salt(), body={"actor": "", "note": "", "before": None, "after": facts})
        change = Change(
            at=timezone.now(), kind=ChangeKind.REPORT_SUBMITTED, record_type="report", record_id=report.public_id,
            agreement_id=_CAST["agreement"].public_id, operation_id=uuid.uuid4(), payload_hash=payload.computed_hash(),
        )  # fmt: skip
        change.digest = change.computed_digest()
        reports.append(report)
        changes.append(change)
        payloads.append(payload)
    return reports, changes, payloads


_CAST: dict[str, Any] = {}


def _write(batch: Batch) -> int:
    """Store ten reports in one transaction and return the last of their changes."""
    from django.db import transaction

    from incidents.models import Change, ChangePayload, Report

    reports, changes, payloads = batch
    with transaction.atomic():
        Report.objects.bulk_create(reports)
        Change.objects.bulk_create(changes)
        for change, payload in zip(changes, payloads, strict=True):
            payload.change = change
        ChangePayload.objects.bulk_create(payloads)
    return int(changes[-1].pk)


def _write_all(batches: list[Batch], troubles: list[BaseException]) -> None:
    from django.db import connection

    try:
        for batch in batches:
            _write(batch)
    except BaseException as trouble:
        troubles.append(trouble)
    finally:
        connection.close()


def _settled() -> None:
    from incidents.models import LedgerHead, SealHead, Unsealed
    from tests import processes

    def is_settled() -> bool:
        if Unsealed.objects.exists():  # asked first: what is sealed a moment later would not be among the sealed
            return False
        sealed, posted = (head.objects.values_list("number", flat=True).first() or 0 for head in (SealHead, LedgerHead))
        return sealed <= posted

    processes.eventually(is_settled, within=300)


def _in_turns(name: str, rounds: int, ours: Callable[[], Any], peer: Callable[[], Any]) -> tuple[float, float]:
    """Return the least seconds of each, asked in turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for act, times in zip((ours, peer), taken, strict=True):
            began = perf_counter()
            act()
            times.append(perf_counter() - began)
    say(f"{name}: ours {_told(taken[0])}, peer {_told(taken[1])} (load {os.getloadavg()[0]:.1f})")
    return min(taken[0]), min(taken[1])


def _told(times: list[float]) -> str:
    return f"least {min(times) * 1000:.0f} ms, median {median(times) * 1000:.0f} ms"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="100000,1000000", help="how many reports, smallest first")
    parser.add_argument("--rounds", type=int, default=7, help="how often project and peer take turns")
    parser.add_argument("--only", default="dashboard,recount,writes,latency", help="what is measured")
    return parser.parse_args()


if __name__ == "__main__":
    main()
