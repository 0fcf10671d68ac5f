"""The ledger under strain, on a real relay and real Celery workers: nothing is called in their place.

    bin/test tests/drills/test_tallies.py -m slow -s

10,000 random operations; every task delivered three times and shuffled while workers are killed; corruptions planted as the owner of the
tables. TRUCE_DRILL_SEED repeats a run's choices, TRUCE_DRILL_OPERATIONS and TRUCE_DRILL_KILLS make it shorter or longer.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random, SystemRandom

import psutil
import psycopg
import pytest
from django.db import transaction

from incidents.actions import folds, recounts, tallies
from incidents.models import FoldHead, LedgerEntry, LedgerHead, Recount, SealHead, Unsealed
from incidents.queries.recounts import waiting
from incidents.queries.rollups import KEYS
from incidents.tasks import fold_ledger, post_ledger, recount_ledger
from tests import processes
from tests.builders import make_agreement
from tests.drills.operations import Operations

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OPERATIONS = int(os.environ.get("TRUCE_DRILL_OPERATIONS", "10000"))
KILLS = int(os.environ.get("TRUCE_DRILL_KILLS", "100"))
CHECKS = 10
STUCK = 120  # seconds
MOST_WAITING = 10
TWO_AT_A_TIME = ["2" if option == "1" else option for option in processes.WORKER]


@pytest.fixture
def random() -> Random:
    seed = int(os.environ.get("TRUCE_DRILL_SEED", SystemRandom().randrange(10**6)))
    sys.stdout.write(f"\nseed {seed}: ")
    return Random(seed)


def number_of(head: type[SealHead] | type[LedgerHead] | type[FoldHead]) -> int:
    return head.objects.values_list("number", flat=True).first() or 0


def settled() -> bool:
    """Return whether everything is sealed, posted and folded."""
    return not Unsealed.objects.exists() and number_of(SealHead) == number_of(LedgerHead) == number_of(FoldHead)


def must_be_right() -> None:
    """Wait until workers have counted all there is, then hold every balance and every roll-up against a recount."""
    processes.eventually(settled, within=STUCK)
    assert tallies.differences(make_agreement()) == []
    with transaction.atomic():
        assert folds.astray(make_agreement()) == []


def test_balances_equal_a_recount_on_the_way_and_at_the_end(tmp_path: Path, random: Random) -> None:
    operations = Operations(random)
    with processes.running(processes.RELAY, TWO_AT_A_TIME, log=tmp_path / "log"):
        for _check in range(CHECKS):
            operations.run(OPERATIONS // CHECKS)
            must_be_right()
    said = f"{operations.done} operations, {operations.refused} refused, {LedgerEntry.objects.count()} entries, {CHECKS} checks equal a recount\n"
    sys.stdout.write(said)
    assert operations.done - operations.refused > OPERATIONS / 3


def test_tasks_delivered_three_times_and_shuffled_while_workers_are_killed(tmp_path: Path, random: Random) -> None:
    operations = Operations(random)
    with processes.running(processes.RELAY, log=tmp_path / "log"), workers_that_die(Random(random.random()), tmp_path / "log") as killed:
        asked: list[int] = []
        while killed() < KILLS:
            operations.run(20)
            # Some at a time: what nobody could have begun yet would pass for stuck.
            if len(waiting()) < MOST_WAITING:
                asked.append(recounts.request(heals=True).pk)
            deliveries = 3 * [(post_ledger, ()), (fold_ledger, ()), (recount_ledger, (asked[-1],)), (recount_ledger, (random.choice(asked),))]
            random.shuffle(deliveries)
            for task, values in deliveries:
                task.apply_async(values)
        kills = killed()
        must_be_right()
        processes.eventually(lambda: not waiting(), within=STUCK)
    assert not Recount.objects.exclude(state=Recount.State.DONE).exists()
    assert [line for found in Recount.objects.values_list("found", flat=True) for line in found] == [], "what is late was taken for wrong"
    sys.stdout.write(f"{kills} workers killed, {operations.done} operations, {len(asked)} recounts, all equal\n")


def test_one_audit_finds_and_heals_what_was_planted(tmp_path: Path, random: Random) -> None:
    operations = Operations(random)
    operations.run(400)
    with processes.running(processes.RELAY, TWO_AT_A_TIME, log=tmp_path / "log"):
        must_be_right()
        planted = plant(random)
        recount = recounts.request()
        processes.eventually(lambda: Recount.objects.get(pk=recount.pk).state == Recount.State.DONE, within=STUCK)
        found = Recount.objects.get(pk=recount.pk).found
        assert [mark for mark in planted if not any(mark in line for line in found)] == []
        must_be_right()
        again = recounts.request()
        processes.eventually(lambda: Recount.objects.get(pk=again.pk).state == Recount.State.DONE, within=STUCK)
        assert Recount.objects.get(pk=again.pk).found == []
    sys.stdout.write(f"{len(planted)} corruptions planted, {len(found)} differences found and healed in one audit\n")


IN_ENTRIES = (
    "UPDATE incidents_ledgerentry SET best = best + 5 WHERE id = %s",
    "UPDATE incidents_ledgerentry SET low = low + 1, high = high + 1 WHERE id = %s",
    "UPDATE incidents_ledgerentry SET best_unknown = best_unknown + 1 WHERE id = %s",
    "UPDATE incidents_ledgerentry SET records = -records WHERE id = %s",
    "UPDATE incidents_ledgerentry SET day = day + 1, first_day = first_day + 1, last_day = last_day + 1 WHERE id = %s",
    "UPDATE incidents_ledgerentry SET violation_type = 'looting' WHERE id = %s",
    "UPDATE incidents_ledgerentry SET unit = 'shot' WHERE id = %s",
    "UPDATE incidents_ledgerentry SET bucket = 'no_side', side_id = NULL WHERE id = %s",
    "UPDATE incidents_ledgerentry SET measure = 'killed', harm_group = 'children' WHERE id = %s",
    "UPDATE incidents_ledgerentry SET subject = 'report:' || gen_random_uuid() WHERE id = %s",
    "UPDATE incidents_ledgerentry SET series = 'refuted' WHERE id = %s",
    "DELETE FROM incidents_ledgerentry WHERE id = %s",
)
IN_ROLLUPS = (
    "UPDATE incidents_rollup SET best = best + 1 WHERE id = %s",
    "UPDATE incidents_rollup SET records = records + 1, low_unknown = low_unknown + 1 WHERE id = %s",
    "UPDATE incidents_rollup SET in_force = NOT in_force, day = '2020-01-01', first_day = '2020-01-01', last_day = '2020-01-01' WHERE id = %s",
    "UPDATE incidents_rollup SET violation_type = 'looting' WHERE id = %s",
    "UPDATE incidents_rollup SET month = '2019-01-01' WHERE id = %s",
    "UPDATE incidents_rollup SET grain = 'area', area_id = NULL, unit = 'shot' WHERE id = %s",
    "UPDATE incidents_rollup SET high = -high - 1 WHERE id = %s",
    "DELETE FROM incidents_rollup WHERE id = %s",
)


def plant(random: Random) -> list[str]:
    """Corrupt twenty lines and cells, each of another subject or cell, and return what an audit must name of each."""
    marks = []
    with psycopg.connect(processes.environment()["DATABASE_OWNER_URL"]) as owner, owner.cursor() as cursor:
        # Lines that stand: of subjects that have just one posting, so that each corruption shows by itself.
        cursor.execute(
            "SELECT min(id), subject FROM incidents_ledgerentry"
            " WHERE measure = 'count' AND series = 'logged' AND day IS NOT NULL AND side_id IS NOT NULL"
            " GROUP BY subject HAVING count(*) = 1 ORDER BY 1"
        )
        for statement, (key, subject) in zip(IN_ENTRIES, random.sample(cursor.fetchall(), len(IN_ENTRIES)), strict=True):
            cursor.execute(statement, [key])
            assert cursor.rowcount == 1
            marks.append(subject)
        columns = ", ".join(["grain", *KEYS])
        cursor.execute(f"SELECT id, concat_ws(' ', {columns}) FROM incidents_rollup WHERE records > 0 AND series = 'incidents' ORDER BY id")
        for statement, (key, cell) in zip(IN_ROLLUPS, random.sample(cursor.fetchall(), len(IN_ROLLUPS)), strict=True):
            cursor.execute(statement, [key])
            assert cursor.rowcount == 1
            marks.append(cell)
    return marks


@contextmanager
def workers_that_die(random: Random, log: Path) -> Iterator[Callable[[], int]]:
    """Keep two workers of two processes each alive while one of their processes is killed at random moments. Yield how many were."""
    killed, done = [0], threading.Event()
    env = processes.environment()

    def start() -> "subprocess.Popen[bytes]":
        with log.open("ab") as output:
            command = [sys.executable, *TWO_AT_A_TIME, "-n", f"w{random.randrange(10**9)}@drill"]
            return subprocess.Popen(command, cwd=processes.ROOT, env=env, stdout=output, stderr=output)

    def reap() -> None:
        running = [start(), start()]
        while not done.wait(random.uniform(0.05, 0.5)):
            at = random.randrange(2)
            try:
                # Mostly a process at a task, which its worker replaces; now and then the whole worker. Never one that is not up yet:
                # its worker would take that for a fault of the installation and end.
                inner = [child for child in psutil.Process(running[at].pid).children() if time.time() - child.create_time() > 2]
                victims = inner if random.random() < 0.95 else [psutil.Process(running[at].pid)] if inner else []
                for victim in random.sample(victims, min(1, len(victims))):
                    os.kill(victim.pid, signal.SIGKILL)
                    killed[0] += 1
            except (psutil.NoSuchProcess, ProcessLookupError):
                pass
            for other, worker in enumerate(running):
                if worker.poll() is not None:
                    running[other] = start()
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait(30)

    reaper = threading.Thread(target=reap)
    reaper.start()
    try:
        yield lambda: killed[0]
    finally:
        done.set()
        reaper.join()
