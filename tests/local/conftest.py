"""Tiny real processes, in place of servers that take seconds."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from truce.local import processes
from truce.local.processes import Recorded
from truce.local.supervisor import Part, Stopped, Supervisor

SLEEPER = "import time; time.sleep(600)"


@pytest.fixture
def told() -> list[dict[str, Recorded]]:
    """What the supervisor said runs, one entry each time it changed."""
    return []


@pytest.fixture
def supervisor(told: list[dict[str, Recorded]]) -> Iterator[Supervisor]:
    with Supervisor(told.append) as supervisor:
        yield supervisor


@pytest.fixture
def part(tmp_path: Path) -> Callable[..., Part]:
    """Return a maker of parts that run a few lines of Python."""

    def make(name: str, code: str = SLEEPER, **more: Any) -> Part:
        environ = {"PATH": os.environ.get("PATH", os.defpath)}
        return Part(name, [sys.executable, "-I", "-S", "-c", code], environ, tmp_path, tmp_path / f"{name}.log", **more)

    return make


def eventually(condition: Callable[[], object], within: float = 10.0) -> bool:
    """Return whether the condition came true in time."""
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def supervise_until(supervisor: Supervisor, condition: Callable[[], object], within: float = 10.0) -> bool:
    """Let the supervisor work until the condition comes true, and return whether it did in time."""
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            return False
        supervisor.pause(0.02)
    return True


def pid_of(part: Part) -> int:
    assert part.process is not None
    return part.process.pid


def is_running(pid: int) -> bool:
    recorded = processes.record(pid)
    return recorded is not None and processes.is_alive(recorded)


def stop_after(supervisor: Supervisor, signals: int) -> None:
    """Act as if a person had pressed Ctrl-C that many times."""
    for _ in range(signals):
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(Stopped):
        supervisor.pause(0.1)
