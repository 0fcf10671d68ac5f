"""A whole Truce, started by `bin/up` as a person would, for tests of the start itself."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.local.conftest import eventually

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["postgres", "valkey", "web", "relay", "worker", "beat"]
STARTED = "Ctrl-C ends it."
WITHIN = 180.0
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def own_environment() -> dict[str, str]:
    """Return the environment without what this test run lives on: a start must bring its own."""
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "STATIC_ROOT", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def clone_to(place: Path, with_environment: bool = True) -> Path:
    """Copy what a clone would hold, work not yet committed included. The environment is this one's, by a link, unless a new one is wanted."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    if with_environment:
        (place / ".venv").symlink_to(ROOT / ".venv")
    return place


class Up:
    """One start, and what can be seen of it."""

    def __init__(self, clone: Path, folder: Path, options: Sequence[str], env: Mapping[str, str], command: Sequence[str]) -> None:
        self.clone, self.folder = clone, folder
        self._log = folder.with_name(f"{folder.name}.out")
        with self._log.open("wb") as output:
            words = [*command, str(clone / "bin" / "up"), "--data", str(folder), *options]
            self.process = subprocess.Popen(words, cwd=clone, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_until_started(self) -> None:
        assert eventually(lambda: STARTED in self.said or self.process.poll() is not None, WITHIN), self.said
        assert self.process.poll() is None, self.said

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        return state

    def pids(self) -> dict[str, int]:
        return {name: recorded["pid"] for name, recorded in self.state["processes"].items()}

    def answers(self, path: str = "/livez") -> bool:
        try:
            with NO_PROXY.open(f"{self.state['base_url']}{path}", timeout=10) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def kill(self, *names: str) -> None:
        """Kill parts, by their numbers, all at once."""
        for pid in [self.pids()[name] for name in names]:
            os.kill(pid, signal.SIGKILL)

    def end(self, number: signal.Signals = signal.SIGTERM, within: float = 30.0) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(within)


@contextmanager
def up(folder: Path, *options: str, clone: Path = ROOT, env: Mapping[str, str] | None = None, command: Sequence[str] = ()) -> Iterator[Up]:
    """Start Truce from a folder and wait until it runs; end it with the block."""
    started = Up(clone, folder, options or ["--port", "0", "--no-demo"], env or own_environment(), command or [sys.executable])
    try:
        started.wait_until_started()
        yield started
    finally:
        started.end()


def run_up(folder: Path, *options: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Return how a start that is expected to end by itself has ended."""
    command = [sys.executable, str(ROOT / "bin" / "up"), "--data", str(folder), *options]
    env = env or own_environment()
    return subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WITHIN, check=False)


def still_running(folder: Path) -> list[str]:
    """Return what still runs from that data folder: by its arguments, its environment or where it stands."""
    found = []
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
            if (
                process.pid != os.getpid()
                and process.status() != psutil.STATUS_ZOMBIE
                and (f"{folder}/" in words or f"{folder}/" in f"{process.cwd()}/")
            ) or process.environ().get("DATABASE_URL", "").find(str(folder).replace("/", "%2F")) >= 0:
                found.append(f"{process.pid} {words}")
        except psutil.Error:
            continue
    return found
