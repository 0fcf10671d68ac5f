"""`bin/test`: pytest on throw-away servers of its own, or on those that DATABASE_URL and REDIS_URL name."""

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from truce.local import assets, environment, processes, services, terminal
from truce.local.bootstrap import ROOT
from truce.local.datafolder import BadFolder, DataFolder, Occupied, State, is_private
from truce.local.postgres import unprivileged
from truce.local.supervisor import Stopped, Supervisor
from truce.local.up import EXPECTED

PREFIX = "truce-test-"
QUICK = ["-m", "not slow and not browser"]
ONLY_SHOWN = ("-q", "-v", "-r", "--tb", "--durations", "--color", "--junit")
MOST_PROCESSES = 4
PYTEST = [sys.executable, "-m", "pytest"]
EVERYTHING = ["-p", "truce.local.skips"]


def main(argv: list[str]) -> int:
    started = time.monotonic()
    remove_abandoned(Path(tempfile.gettempdir()))
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=PREFIX)))
    folder.acquire()
    try:
        status = run(folder, pytest_command(argv))
    except EXPECTED as error:
        terminal.say(f"\nThe tests did not start. {error}")
        status = 1
    finally:
        folder.remove(unprivileged())
        folder.release()
    terminal.say(f"bin/test took {time.monotonic() - started:.0f} s and ended with status {status}.")
    return status


def pytest_command(argv: list[str]) -> list[str]:
    """Return the command for these arguments. Ours come first, so that an `-m` of the caller's wins over ours."""
    if "--all" in argv:
        # One after the other: drills measure times, and whole starts fill the machine by themselves.
        return [*PYTEST, *EVERYTHING, *(word for word in argv if word != "--all")]
    return [*PYTEST, *QUICK, *(spread() if is_whole_suite(argv) else []), *argv]


def is_whole_suite(argv: list[str]) -> bool:
    """Return whether these arguments select nothing and change only what is shown. A selection is too small to gain by processes."""
    return all(word.startswith(ONLY_SHOWN) for word in argv)


def spread() -> list[str]:
    """Return how the whole suite is spread over processes: 1,200 tests took 82 s on two cores, 134 s in one process."""
    # What this process may use, not what the machine has: in a container these differ.
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = min(usable, MOST_PROCESSES)
    return ["-n", str(cores), "--dist", "worksteal"] if cores > 1 else []


def run(folder: DataFolder, command: list[str]) -> int:
    """Start the servers, run the tests, end the servers. Return pytest's exit status."""
    state = State(processes.this_process(), "", {})

    def write_down(running: dict[str, processes.Recorded]) -> None:
        state.processes = running
        folder.write_state(state)

    with Supervisor(write_down) as supervisor:
        try:
            # Who has signed in, in tests, has signed in fully; tests of the second factor ask for it.
            values = services.start(folder, supervisor, throw_away=True) | {"FILES_ROOT": str(folder.path / "files")} | {"SECOND_FACTOR_FOR": ""}
            added = environment.ours("http://127.0.0.1:8000", values)
            env = environment.complete(added)
            assets.prepare(supervisor, env, folder.log("assets"))
            return supervisor.run_in_foreground(command, env, ROOT)
        except Stopped:
            return 128 + signal.SIGINT


def remove_abandoned(parent: Path) -> None:
    """Remove what earlier runs could not, because they were killed. A folder that is held belongs to a run that goes on."""
    for path in parent.glob(f"{PREFIX}*"):
        if not is_private(path, None) or not (path / "lock").exists():
            continue
        folder = DataFolder(path)
        try:
            folder.acquire()
        except (Occupied, BadFolder):
            continue
        services.end_leftovers(folder)
        folder.remove(unprivileged())
        folder.release()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
