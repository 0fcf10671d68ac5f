"""Starting, finding and ending processes.

Every process we start leads a session of its own: Ctrl-C at the terminal then reaches the supervisor alone, which ends its
parts in its own order; and what a killed process leaves running (gunicorn's workers, Celery's pool) is found by that session.
PostgreSQL's backends make sessions of their own and are found by the folder that they work in.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

SHIM = Path(__file__).with_name("shim.py")

# Start times are rounded to clock ticks.
SAME_START = 0.05


@dataclass(frozen=True)
class Identity:
    """The unprivileged user that a process runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Recorded:
    """A process as it is written down: a number alone may belong to somebody else by the time it is read."""

    pid: int
    started: float  # as `started` tells it


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    folder: Path,
    output: IO[bytes] | int | None = None,
    errors: IO[bytes] | int | None = subprocess.STDOUT,
    identity: Identity | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    pass_fds: Sequence[int] = (),
    own_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a process which receives `death_signal` when we die. Call this from the main thread: the kernel watches the thread."""
    who = (str(identity.uid), str(identity.gid)) if identity else ("-", "-")
    shim = [sys.executable, "-I", "-S", str(SHIM), str(os.getpid()), str(int(death_signal)), *who]
    return subprocess.Popen(
        [*shim, *command],
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL if own_session else None,
        stdout=output,
        stderr=errors,
        pass_fds=pass_fds,
        start_new_session=own_session,
    )


def started(pid: int) -> float | None:
    """Return when that process started, or None if it has ended. On Linux in seconds since the machine did."""
    # Not as a time of day: that is derived from the clock, and moves when the clock is set.
    try:
        if sys.platform != "linux":
            return psutil.Process(pid).create_time()
        words = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return int(words[19]) / os.sysconf("SC_CLK_TCK")
    except (psutil.Error, OSError):
        return None


def this_boot() -> str:
    """Return what tells one run of the machine from the next, in which the same numbers and times come again. Unknown is empty."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def record(pid: int) -> Recorded | None:
    """Return the process as it can be written down, or None if it has ended already."""
    since = started(pid)
    return None if since is None else Recorded(pid, since)


def this_process() -> Recorded:
    return Recorded(os.getpid(), started(os.getpid()) or 0.0)


def is_alive(recorded: Recorded) -> bool:
    """Return whether that very process still runs; another one which got its number does not count, nor does a zombie."""
    try:
        return is_same(recorded) and not is_gone(psutil.Process(recorded.pid))
    except psutil.Error:
        return False


def is_same(recorded: Recorded) -> bool:
    """Return whether the number still belongs to the process that was written down."""
    since = started(recorded.pid)
    return since is not None and abs(since - recorded.started) <= SAME_START


def left_running(recorded: Iterable[Recorded], working_in: Path | None = None, program: str = "") -> list[psutil.Process]:
    """Return what still runs of these processes and their sessions, and every `program` that works in that folder."""
    sessions = {one.pid: one.started for one in recorded if not is_reused(one)}
    folder = os.path.realpath(working_in) if working_in else None
    others = (process for process in psutil.process_iter() if process.pid != os.getpid())
    return [process for process in others if is_in_session(process, sessions) or (folder and is_at_work(process, folder, program))]


def is_reused(recorded: Recorded) -> bool:
    """Return whether the number now belongs to another process, whose session is then not ours to end."""
    return started(recorded.pid) is not None and not is_same(recorded)


def is_in_session(process: psutil.Process, sessions: Mapping[int, float]) -> bool:
    """Return whether the process is of one of the sessions, and no older than it."""
    try:
        leader_started, since = sessions.get(os.getsid(process.pid)), started(process.pid)
    except OSError:
        return False
    return leader_started is not None and since is not None and since >= leader_started - SAME_START and not is_gone(process)


def is_at_work(process: psutil.Process, folder: str, program: str) -> bool:
    """Return whether the process is that program and has the folder as its own. The name matters: a person's shell may stand there too."""
    try:
        return process.name() == program and process.cwd() == folder
    except (psutil.Error, OSError):
        return False


def kill(processes: Iterable[psutil.Process], within: float = 5.0) -> list[psutil.Process]:
    """Kill these processes and return those that still run after `within` seconds."""
    doomed = list(processes)
    for process in doomed:
        try:
            process.kill()
        except psutil.Error:
            continue
    until = time.monotonic() + within
    while (alive := [process for process in doomed if not is_gone(process)]) and time.monotonic() < until:
        time.sleep(0.01)
    return alive


def is_gone(process: psutil.Process) -> bool:
    """Return whether the process has ended. One that waits to be collected by a slow init has, though it still has a number."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def ask_to_end(pid: int, number: signal.Signals) -> None:
    """Send a signal, and wake the process if it was stopped: a stopped one would never read it."""
    for each in (number, signal.SIGCONT):
        try:
            os.kill(pid, each)
        except ProcessLookupError:
            return


def wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Return whether the process has ended within that time."""
    until = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() >= until:
            return False
        time.sleep(0.02)
    return True
