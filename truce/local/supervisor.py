"""The supervisor: starts parts in order, restarts what crashes, stops in reverse.

One thread, one loop. Parts are started from the main thread only, because the kernel's parent-death signal watches the thread
that started a process, not the process that thread belongs to.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from types import FrameType
from typing import Any

from truce.local import processes, terminal
from truce.local.processes import Identity, Recorded

FIRST_DELAY = 0.25
LONGEST_DELAY = 30.0
STEADY_AFTER = 5.0
LOOK_EVERY = 0.25
LOG_TAIL = 25
ATTEMPTS = 3


class Stopped(Exception):
    """Somebody asked us to stop."""


class Failed(Exception):
    """A step of the start failed; the message is for the person who started us."""


def backoff(failures: int) -> float:
    """Return how long to wait before starting a part again that has failed that many times in a row."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures, 10))


@dataclass
class Part:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    log: Path
    ready: Callable[[], bool] = lambda: True
    ready_word: bytes = b""  # what it writes to its log once it is ready, where asking is not possible
    prepare: Callable[[], None] = lambda: None
    identity: Identity | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    hurry_signal: signal.Signals = signal.SIGKILL
    death_signal: signal.Signals = signal.SIGTERM
    grace: float = 5.0
    works_in: Path | None = None  # where those of its children are found that make sessions of their own
    pass_fds: Sequence[int] = ()

    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    recorded: Recorded | None = field(default=None, init=False)
    mark: int = field(default=0, init=False)  # where its words begin in the log
    born: float = field(default=0.0, init=False)
    failures: int = field(default=0, init=False)
    due: float | None = field(default=None, init=False)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        """Return whether it serves. Where only its own words could tell, a steady life counts as well: words change."""
        if self.ready_word and time.monotonic() - self.born < 2 * STEADY_AFTER:
            return self.ready_word in said_since(self.log, self.mark)
        return self.ready()

    def spawn(self) -> None:
        """Start the process. What it says is added to its log."""
        self.prepare()
        self.mark = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = processes.spawn(
                self.command,
                env=self.env,
                folder=self.folder,
                output=output,
                identity=self.identity,
                death_signal=self.death_signal,
                pass_fds=self.pass_fds,
            )
        self.recorded = processes.record(self.process.pid)
        self.born, self.due = time.monotonic(), None

    def sweep(self) -> None:
        """End what a dead process left running: it may hold the port, the data or the socket that the next one needs."""
        if self.recorded:
            processes.kill(processes.left_running([self.recorded], self.works_in, Path(self.command[0]).name))

    def died(self) -> float:
        """Take note of the death, and return how long to wait before starting again."""
        self.sweep()
        if time.monotonic() - self.born >= STEADY_AFTER:
            self.failures = 0
        delay = backoff(self.failures)
        self.failures += 1
        self.due = time.monotonic() + delay
        return delay

    def end(self, in_a_hurry: Callable[[], bool]) -> None:
        """Ask the process to end; press it once `in_a_hurry()` or its grace is over; then sweep."""
        if self.process is None:
            return
        if self.is_running():
            processes.ask_to_end(self.process.pid, self.stop_signal)
            until = time.monotonic() + self.grace
            while time.monotonic() < until and not in_a_hurry() and not processes.wait(self.process, 0.05):
                pass
        if self.is_running():
            processes.ask_to_end(self.process.pid, self.hurry_signal)
            if not processes.wait(self.process, 2.0):
                self.process.kill()
                self.process.wait()
        self.sweep()
        self.process = None


class Supervisor:
    """Keeps parts running until asked to stop. Use as a context: leaving it, however that happens, ends every part."""

    def __init__(self, changed: Callable[[dict[str, Recorded]], None] = lambda _: None) -> None:
        self.parts: list[Part] = []
        self.stop_asked = 0
        self.last_signal = 0
        self._changed = changed
        self._restarts = 0
        self._replaced: dict[signal.Signals, Any] = {}
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup a hang-up is ignored already, and stays so.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._replaced[number] = signal.signal(number, self._on_stop)
        self._replaced[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()
        signal.set_wakeup_fd(-1)
        for number, handler in self._replaced.items():
            signal.signal(number, handler)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked += 1
        self.last_signal = number

    # --- Starting

    def start(self, *parts: Part, within: float = 60.0) -> None:
        """Start parts in that order, and wait until all are ready. Raise Failed with the log's tail if one ends instead, or takes too long."""
        with terminal.step(f"Starting {', '.join(part.name for part in parts)}") as progress:
            for part in parts:
                part.spawn()
                self.parts.append(part)
                self._tell()
            for part in parts:
                while not part.is_ready():
                    self.pause(0.05, but=parts)
                    for each in parts:
                        if each.process and each.process.poll() is not None:
                            raise Failed(f"{each.name} {how_it_ended(each.process.returncode)} while starting.\n{tail(each.log, each.mark)}")
                    if progress.seconds > within:
                        raise Failed(f"{part.name} was not ready after {within:.0f} s.\n{tail(part.log, part.mark)}")
                    progress.tick(part.name)

    def run_step(self, label: str, command: Sequence[str], env: Mapping[str, str], folder: Path, log: Path, keep_output: bool = False) -> str:
        """Run a command to its end, while keeping the parts running. Raise Failed with the tail of its log if it fails.

        A step that fails while a server was being restarted is tried again. With `keep_output` what it printed is returned.
        """
        attempts = 0
        while True:
            mark, restarts = log.stat().st_size if log.exists() else 0, self._restarts
            with terminal.step(label) as progress, log.open("ab") as file, TemporaryFile() as said:
                # Its warnings go to the log even when its output is wanted.
                process = processes.spawn(command, env=env, folder=folder, output=said if keep_output else file, errors=file)
                try:
                    while process.poll() is None:
                        self.pause(0.05)
                        progress.tick()
                finally:
                    end_session(process)
                if process.returncode == 0:
                    said.seek(0)
                    return said.read().decode("utf-8", "replace").rstrip()
                attempts += 1
                if restarts == self._restarts or attempts == ATTEMPTS:
                    raise Failed(f"{label}: the command {how_it_ended(process.returncode)}.\n{tail(log, mark)}")
            terminal.event(f"{label}: a server was restarted meanwhile; trying again")

    def try_step(self, label: str, command: Sequence[str], env: Mapping[str, str], folder: Path, log: Path, within: float) -> bool:
        """Run a command that may fail, for that long at most. Return whether it succeeded."""
        with terminal.step(label) as progress, log.open("ab") as file:
            process = processes.spawn(command, env=env, folder=folder, output=file)
            try:
                while process.poll() is None and progress.seconds < within:
                    self.pause(0.05)
                    progress.tick()
            finally:
                end_session(process)
        return process.returncode == 0

    def run_in_foreground(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> int:
        """Run a command that has the terminal to itself, and return how it ended. Asked to stop, we ask it, once, and wait for it."""
        asked = self.stop_asked
        process = processes.spawn(command, env=env, folder=folder, errors=None, death_signal=signal.SIGTERM, own_session=False)
        while process.poll() is None:
            try:
                self.pause(LOOK_EVERY)
            except Stopped:
                # Ctrl-C reached it too, since it shares our terminal; a TERM reached us alone.
                if self.last_signal != signal.SIGINT and self.stop_asked > asked:
                    process.send_signal(signal.SIGINT)
                asked, self.stop_asked = self.stop_asked, 0
        return process.returncode

    # --- Keeping

    def watch(self) -> None:
        """Keep every part running until asked to stop."""
        try:
            while True:
                self.pause(LOOK_EVERY)
        except Stopped:
            return

    def pause(self, seconds: float, but: Sequence[Part] = ()) -> None:
        """Wait that long, or until a child ends, and look after the parts, all `but` these. Raise Stopped if somebody asked us to stop."""
        if select.select([self._wake_read], [], [], seconds)[0]:
            os.read(self._wake_read, 4096)
        if self.stop_asked:
            raise Stopped
        for part in self.parts:
            if part not in but:
                self.look_after(part)

    def look_after(self, part: Part) -> None:
        """Restart a part that has died, when its time has come."""
        if part.due is None and part.process is not None and part.process.poll() is not None:
            ended = how_it_ended(part.process.returncode)
            delay = part.died()
            terminal.event(f"{part.name} {ended}; starting it again in {delay:.1f} s (see {part.log.name})")
        elif part.due is not None and time.monotonic() >= part.due:
            part.spawn()
            self._restarts += 1
            self._tell()
            terminal.event(f"{part.name} started again (process {part.process.pid if part.process else '?'})")

    def _tell(self) -> None:
        self._changed({part.name: part.recorded for part in self.parts if part.recorded and part.is_running()})

    # --- Ending

    def stop_all(self) -> None:
        """End every part, the last started first. Asked a second time, wait for none of them."""
        asked = self.stop_asked
        while self.parts:
            part = self.parts.pop()
            with terminal.step(f"Stopping {part.name}"):
                part.end(in_a_hurry=lambda: self.stop_asked > max(asked, 1))


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that has not ended, and all that it started."""
    recorded = processes.record(process.pid) if process.poll() is None else None
    if recorded:
        processes.kill(processes.left_running([recorded]))
        process.wait()


def how_it_ended(code: int | None) -> str:
    """Return an exit status in words."""
    if code is None:
        return "has not ended"
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def said_since(log: Path, since: int) -> bytes:
    """Return what was added to a log after it had that many bytes."""
    with log.open("rb") as file:
        file.seek(since)
        return file.read()


def tail(log: Path, since: int = 0) -> str:
    """Return the last lines of a log, from what was added after `since`."""
    lines = said_since(log, since).decode("utf-8", "replace").splitlines()
    if not lines:
        return f"It wrote nothing to {log}."
    return "\n".join([f"The end of {log}:", *(f"    {line}" for line in lines[-LOG_TAIL:])])
