"""The supervisor starts in order, restarts what crashes, stops in reverse - tried on small real processes."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.conftest import is_running, pid_of, stop_after, supervise_until
from truce.local.processes import Recorded
from truce.local.supervisor import LONGEST_DELAY, Failed, Part, Supervisor, backoff

PartMaker = Callable[..., Part]

WRITES_ITS_END = """
import signal, sys, time
def end(*_):
    with open("order", "a") as order:
        order.write("{name}\\n")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"


def test_backoff_begins_within_a_second_and_grows_to_its_limit() -> None:
    delays = [backoff(failures) for failures in range(12)]
    assert delays[0] < 1
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY == 30.0
    assert backoff(10_000) == LONGEST_DELAY


def test_a_killed_child_is_back_within_a_second(supervisor: Supervisor, part: PartMaker, told: list[dict[str, Recorded]]) -> None:
    child = part("child")
    supervisor.start(child)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    killed_at = time.monotonic()
    assert supervise_until(supervisor, lambda: child.is_running() and pid_of(child) != first)
    assert time.monotonic() - killed_at < 1
    assert told[-1]["child"].pid == pid_of(child)


def test_a_child_that_keeps_dying_is_started_ever_less_often(supervisor: Supervisor, part: PartMaker, tmp_path: Path) -> None:
    child = part("child", "open('births', 'a').write('x')")
    child.spawn()
    supervisor.parts.append(child)
    until = time.monotonic() + 2.2
    supervise_until(supervisor, lambda: time.monotonic() > until)
    # At 0, 0.25, 0.75 and 1.75 s, and a little later each. Without backoff there would be dozens.
    assert 3 <= len((tmp_path / "births").read_text()) <= 4


def test_a_steady_life_forgives_earlier_failures(supervisor: Supervisor, part: PartMaker) -> None:
    child = part("child")
    supervisor.start(child)
    child.failures = 6
    child.born -= 60
    os.kill(pid_of(child), signal.SIGKILL)
    assert supervise_until(supervisor, lambda: child.due is not None)
    assert child.failures == 1


def test_what_a_killed_child_left_running_ends_before_the_next_begins(supervisor: Supervisor, part: PartMaker, tmp_path: Path) -> None:
    code = "import subprocess, sys, time; c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    child = part("child", code + "open('grandchild', 'w').write(str(c.pid)); print('ready', flush=True); time.sleep(600)", ready_word=b"ready")
    supervisor.start(child)
    grandchild, first = int((tmp_path / "grandchild").read_text()), pid_of(child)
    assert is_running(grandchild)
    os.kill(first, signal.SIGKILL)
    assert supervise_until(supervisor, lambda: child.due is not None)
    assert not is_running(grandchild)


def test_parts_stop_in_reverse(supervisor: Supervisor, part: PartMaker, tmp_path: Path) -> None:
    names = ["first", "second", "third"]
    for name in names:
        supervisor.start(part(name, WRITES_ITS_END.replace("{name}", name), ready_word=b"ready"))
    supervisor.stop_all()
    assert (tmp_path / "order").read_text().split() == ["third", "second", "first"]


def test_a_stubborn_part_is_killed_after_its_grace(supervisor: Supervisor, part: PartMaker) -> None:
    child = part("child", STUBBORN, ready_word=b"ready", grace=0.3)
    supervisor.start(child)
    pid = pid_of(child)
    began = time.monotonic()
    supervisor.stop_all()
    assert 0.3 <= time.monotonic() - began < 3
    assert not is_running(pid)


def test_being_asked_twice_does_not_wait_for_the_grace(supervisor: Supervisor, part: PartMaker) -> None:
    child = part("child", STUBBORN, ready_word=b"ready", grace=60)
    supervisor.start(child)
    pid = pid_of(child)
    stop_after(supervisor, signals=1)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    began = time.monotonic()
    supervisor.stop_all()
    assert time.monotonic() - began < 5
    assert not is_running(pid)


def test_a_frozen_part_is_woken_to_end(supervisor: Supervisor, part: PartMaker) -> None:
    child = part("child", grace=30)
    supervisor.start(child)
    pid = pid_of(child)
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    supervisor.stop_all()
    assert time.monotonic() - began < 5
    assert not is_running(pid)


def test_leaving_the_supervisor_by_an_error_ends_its_parts(part: PartMaker) -> None:
    child = part("child")
    with pytest.raises(ZeroDivisionError), Supervisor() as supervisor:
        supervisor.start(child)
        pid = pid_of(child)
        raise ZeroDivisionError
    assert not is_running(pid)


def test_a_part_that_ends_while_starting_fails_the_start_with_its_last_words(supervisor: Supervisor, part: PartMaker) -> None:
    with pytest.raises(Failed, match=r"(?s)child ended with status 3 while starting.*no room left"):
        supervisor.start(part("child", "import sys; print('no room left'); sys.exit(3)", ready=lambda: False))


def test_old_words_in_a_log_are_not_taken_for_new_ones(supervisor: Supervisor, part: PartMaker) -> None:
    child = part("child", ready_word=b"ready")
    child.log.write_text("ready\n")
    with pytest.raises(Failed, match="not ready after"):
        supervisor.start(child, within=0.3)


def test_a_step_that_fails_says_why(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"(?s)Migrating: the command ended with status 4.*relation is missing"):
        step(supervisor, tmp_path, "import sys; print('relation is missing'); sys.exit(4)")


def test_a_step_returns_what_it_printed_and_logs_what_it_warned(supervisor: Supervisor, tmp_path: Path) -> None:
    assert step(supervisor, tmp_path, "import sys; print('shown'); print('warned', file=sys.stderr)", keep_output=True) == "shown"
    assert "warned" in (tmp_path / "steps.log").read_text()


def test_a_step_is_tried_again_if_a_server_was_restarted_meanwhile(supervisor: Supervisor, part: PartMaker, tmp_path: Path) -> None:
    server = part("server")
    supervisor.start(server)
    (tmp_path / "victim").write_text(str(pid_of(server)))
    kills_the_server_and_fails = (
        "import os, sys, time\n"
        "if not os.path.exists('victim'): sys.exit(0)\n"
        "os.kill(int(open('victim').read()), 9); os.unlink('victim'); time.sleep(1); sys.exit(1)"
    )
    step(supervisor, tmp_path, kills_the_server_and_fails)
    assert server.is_running()


def test_parts_are_kept_while_a_step_runs(supervisor: Supervisor, part: PartMaker, tmp_path: Path) -> None:
    server = part("server")
    supervisor.start(server)
    first = pid_of(server)
    os.kill(first, signal.SIGKILL)
    step(supervisor, tmp_path, "import time; time.sleep(1)")
    assert server.is_running()
    assert pid_of(server) != first


def test_a_step_that_may_fail_is_cut_off(supervisor: Supervisor, tmp_path: Path) -> None:
    began = time.monotonic()
    command = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]
    assert not supervisor.try_step("Fonts", command, {}, tmp_path, tmp_path / "log", within=0.3)
    assert time.monotonic() - began < 5


def step(supervisor: Supervisor, folder: Path, code: str, keep_output: bool = False) -> str:
    command = [sys.executable, "-I", "-S", "-c", code]
    return supervisor.run_step("Migrating", command, {}, folder, folder / "steps.log", keep_output=keep_output)
