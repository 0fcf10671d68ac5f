"""Finding and ending what was left running, and nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.local.conftest import SLEEPER, eventually, is_running
from truce.local import processes
from truce.local.processes import Recorded

SLEEP = [sys.executable, "-I", "-S", "-c", SLEEPER]


@pytest.fixture
def sleeper(tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    process = processes.spawn(SLEEP, env={}, folder=tmp_path)
    yield process
    process.kill()
    process.wait()


def test_each_process_leads_a_session_of_its_own(sleeper: "subprocess.Popen[bytes]") -> None:
    """So that Ctrl-C at the terminal does not reach it past the supervisor."""
    assert os.getsid(sleeper.pid) == sleeper.pid
    assert os.getpgid(sleeper.pid) != os.getpgrp()


def test_signals_ignored_by_us_are_not_ignored_by_what_we_start(tmp_path: Path) -> None:
    """Python ignores SIGPIPE, and a shell's `&` ignores SIGINT; a server must not inherit that."""
    code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = processes.spawn([sys.executable, "-I", "-S", "-c", code], env={}, folder=tmp_path, output=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.communicate()[0] == b"True\n"


def test_a_process_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    if sys.platform != "linux":  # elsewhere the kernel tells nobody; the next start ends it
        return
    code = f"""
import subprocess, sys, time
from pathlib import Path
from truce.local import processes
child = processes.spawn({SLEEP!r}, env={{}}, folder=Path('.'))
print(child.pid, flush=True)
time.sleep(600)
"""
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path, env=environ) as supervisor:
        assert supervisor.stdout
        child = int(supervisor.stdout.readline())
        assert eventually(lambda: psutil.Process(child).cmdline() == SLEEP)
        supervisor.kill()
    assert eventually(lambda: not is_running(child), within=3)


def test_what_a_killed_process_left_behind_is_found_by_its_session(tmp_path: Path) -> None:
    code = f"import subprocess, time; print(subprocess.Popen({SLEEP!r}).pid, flush=True); time.sleep(600)"
    leader = processes.spawn([sys.executable, "-I", "-S", "-c", code], env={}, folder=tmp_path, output=subprocess.PIPE)
    assert leader.stdout
    orphan = int(leader.stdout.readline())
    recorded = processes.record(leader.pid)
    assert recorded
    leader.stdout.close()
    leader.kill()
    leader.wait()
    assert [process.pid for process in processes.left_running([recorded])] == [orphan]
    assert processes.kill(processes.left_running([recorded])) == []
    assert not is_running(orphan)


def test_a_number_that_now_belongs_to_somebody_else_is_spared(sleeper: "subprocess.Popen[bytes]") -> None:
    recorded = processes.record(sleeper.pid)
    assert recorded
    assert processes.left_running([recorded])
    earlier = Recorded(sleeper.pid, recorded.started - 10)
    assert processes.left_running([earlier]) == []
    assert not processes.is_alive(earlier)


def test_a_stranger_in_the_folder_is_spared_and_the_program_is_found(tmp_path: Path) -> None:
    """A person's shell may stand in the data folder. PostgreSQL's backends are known by name and folder together."""
    with subprocess.Popen(SLEEP, cwd=tmp_path) as process:
        assert eventually(lambda: psutil.Process(process.pid).cmdline() == SLEEP)
        named = psutil.Process(process.pid).name()
        assert processes.left_running([], tmp_path, "postgres") == []
        assert [found.pid for found in processes.left_running([], tmp_path, named)] == [process.pid]
        process.kill()


def test_we_never_find_ourselves() -> None:
    assert os.getpid() not in [process.pid for process in processes.left_running([], Path.cwd(), psutil.Process().name())]
