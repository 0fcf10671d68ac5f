"""Who is killed in the middle of an import leaves whole chunks behind, and whoever comes next goes on. Nothing is doubled."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from incidents.actions import imports as action
from incidents.imports import readers, receiving, registry, running
from incidents.models import ImportBatch, Report
from tests import processes
from tests.builders import make_agreement, make_source
from tests.imports.conftest import run, show

pytestmark = [pytest.mark.django_db(transaction=True)]
Write = Callable[..., Path]


def sheet(rows: int) -> str:
    return "id,claimant,accused,type,when,source,killed\n" + "".join(
        f"{number},Highlands,A,shelling,2020-06-0{number % 7 + 1},Gazette,{number % 50}\n" for number in range(rows)
    )


def staged(path: Path) -> ImportBatch:
    format = registry.named("reports")
    opened = readers.examine(path, recognised=format.recognises)
    batch = receiving.received(opened, format=format, file_name=path.name, by=None, agreement=make_agreement())
    receiving.staged(batch, opened)
    return action.queue(batch=batch)


def state(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.get(pk=batch.pk)


def must_be_whole(batch: ImportBatch, rows: int) -> None:
    counts = action.counts(batch)
    assert counts["imported"] + counts["rejected"] + counts["held"] == rows == state(batch).rows_read
    assert counts["known"] == 0
    assert Report.objects.count() == rows


@pytest.mark.slow
def test_a_relay_and_a_worker_do_it(written: Write, tmp_path: Path) -> None:
    make_source()
    make_agreement()
    batch = staged(written(sheet(1200)))
    with processes.running(processes.RELAY, processes.WORKER, log=tmp_path / "log"):
        processes.eventually(lambda: state(batch).state == "done", within=60)
        must_be_whole(batch, 1200)
        action.begin_undo(batch=batch, by=None, reason="Sent by mistake.")
        processes.eventually(lambda: state(batch).state == "undone", within=60)
    assert not Report.objects.current().exists()


def test_two_at_once_double_nothing(written: Write) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    make_source()
    make_agreement()
    batch = staged(written(sheet(2500)))

    def work() -> None:
        while not running.work(batch.pk, slice=0):
            pass
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(work) for _number in range(3)]:
            future.result()
    must_be_whole(batch, 2500)


@pytest.mark.slow
def test_a_worker_killed_again_and_again_is_gone_on_from(written: Write, tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    dice, kills, rows = random.Random(seed), 0, 30_000
    make_source()
    make_agreement()
    batch = staged(written(sheet(rows)))
    log = tmp_path / "log"
    with processes.running(processes.RELAY, log=log):
        while state(batch).state != "done" and kills < 5:
            before = state(batch).rows_read
            with processes.running(processes.WORKER, log=log) as (worker,):
                processes.eventually(lambda before=before: state(batch).rows_read > before or state(batch).state == "done", within=90)  # type: ignore[misc]
                processes.eventually(lambda: dice.random() < 0.1, within=30)
                if state(batch).state != "done":
                    worker.send_signal(signal.SIGKILL)
                    worker.wait()
                    kills += 1
        with processes.running(processes.WORKER, log=log):
            processes.eventually(lambda: state(batch).state == "done", within=180)
    show(f"seed {seed}: {kills} kills; {rows} rows")
    assert kills > 0
    must_be_whole(batch, rows)


@pytest.mark.slow
def test_a_command_killed_again_and_again_goes_on_when_it_is_run_again(written: Write) -> None:
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    dice, kills, rows = random.Random(seed), 0, 20_000
    make_source()
    make_agreement()
    path = written(sheet(rows))
    command = [sys.executable, "manage.py", "import_file", "--format", "reports", "--agreement", "river-2020", str(path)]
    while kills < 4:
        before = Report.objects.count()
        process = subprocess.Popen(command, cwd=processes.ROOT, env=processes.environment(), stdout=subprocess.DEVNULL)
        processes.eventually(lambda before=before, process=process: Report.objects.count() > before or process.poll() is not None, within=90)  # type: ignore[misc]
        processes.eventually(lambda: dice.random() < 0.1, within=30)
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills += 1
    batch, said = run(path)
    show(f"seed {seed}: {kills} kills", said)
    assert kills > 0 and batch and ImportBatch.objects.count() == 1
    must_be_whole(batch, rows)


@pytest.mark.slow
def test_the_whole_import_takes_no_more_memory_for_ten_times_the_rows(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """The year of UCDP once and ten times over, each in a process of its own that says its peak."""
    path = shared("ucdp-ged-syria-2016.csv")
    lines = path.read_text(encoding="utf-8")
    header, _newline, body = lines.partition("\n")
    make_agreement("syria-2016")
    program = (
        "import os, resource, sys, django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('import_file', sys.argv[1], format='ucdp-ged', agreement='syria-2016', stdout=open(os.devnull, 'w'))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    peaks = []
    for times in (1, 10):
        copy = tmp_path / f"{times}.csv"
        with copy.open("w", encoding="utf-8") as file:
            file.write(header + "\n")
            for number in range(times):
                # Other ids each time, so that all of it is new.
                file.write(_renumbered(body, number))
        done = subprocess.run(
            [sys.executable, "-c", program, str(copy)], cwd=processes.ROOT, env=processes.environment(), capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout.split()[-1]) / 1024)
    show(f"peak of the process: {peaks[0]:.1f} MB for 6,170 rows, {peaks[1]:.1f} MB for 61,700")
    assert peaks[1] < peaks[0] + 16


def _renumbered(body: str, number: int) -> str:
    import csv
    import io

    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    for row in csv.reader(io.StringIO(body, newline="")):
        writer.writerow([f"{number}-{row[0]}", *row[1:]])
    return output.getvalue()
