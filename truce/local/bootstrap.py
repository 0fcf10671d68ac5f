"""From a bare clone to an environment with the locked packages in it. Nothing here needs more than the standard library.

The environment is `.venv` in the clone. A stamp in it holds the digest of the lock it was filled from, so that the next start
has nothing to do. While it is being filled a marker lies in it: one found later means that the filling was interrupted, and
such an environment is made again (pip takes a half-copied package for an installed one).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from truce.local import terminal

try:
    import fcntl
except ImportError:
    sys.exit("Truce's local commands need Linux or macOS; on Windows, run them in WSL.")

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"

# Which lock each command needs. The test lock holds all the others hold, at the same versions, so it serves everyone.
LOCK_FOR = {"up": "local", "manage": "local", "test": "test"}
WIDER = {"local": "test"}

NO_ENSUREPIP = """This Python ({python}) cannot make a virtual environment: its `{module}` is missing.
Either install what it lacks (Debian and Ubuntu: apt install python3-venv), or put uv on the PATH, and run the command again."""


class CannotPrepare(Exception):
    """The environment could not be made; the message says what to do."""


def run(command: str) -> NoReturn:
    """Make the environment where it is not there yet, then become the command, run by the environment's Python."""
    try:
        with file_lock(ROOT / ".venv.lock", "another start is preparing this clone"):
            prepare(LOCK_FOR[command])
    except CannotPrepare as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    if sys.argv[1:] == ["--prepare"]:  # the environment alone, for tools that run in it (.ci/run)
        sys.exit(0)
    python = str(venv_python())
    arguments = [python, "-m", f"truce.local.{command}", *sys.argv[1:]]
    try:
        os.execve(python, arguments, environ_for_ours())
    except OSError as error:
        sys.exit(f"{python} does not run ({error.strerror}). Delete {VENV} and try again.")


def environ_for_ours() -> dict[str, str]:
    """Return the environment with the clone first on the import path, whatever folder we were called from."""
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "VIRTUAL_ENV", "PYTHONSAFEPATH"}}
    environ["PYTHONPATH"] = str(ROOT)
    return environ


def prepare(lock: str) -> None:
    """Fill the environment from that lock. Return at once if it already is."""
    if is_filled(lock):
        return
    unfinished = VENV / "truce-unfinished"
    if unfinished.exists() or (VENV.exists() and not answers(venv_python())):
        terminal.say(f"  {VENV.name} is unfinished or its Python has gone; making it again")
        discard(VENV)
    if not VENV.exists():
        check_can_make()
        VENV.mkdir()
        unfinished.touch()
        make()
    unfinished.touch()
    fill(requirements(lock))
    stamp(lock).write_text(digest(lock), encoding="ascii")
    unfinished.unlink()


def is_filled(lock: str) -> bool:
    """Return whether the environment holds what that lock, or a wider one, asks for."""
    if (VENV / "truce-unfinished").exists() or not venv_python().exists():
        return False
    candidates = [lock, WIDER[lock]] if lock in WIDER else [lock]
    return any(stamp(name).exists() and stamp(name).read_text(encoding="ascii") == digest(name) for name in candidates)


def requirements(lock: str) -> Path:
    return ROOT / "requirements" / f"{lock}.txt"


def digest(lock: str) -> str:
    return hashlib.sha256(requirements(lock).read_bytes()).hexdigest()


def stamp(lock: str) -> Path:
    return VENV / f"truce-{lock}.sha256"


def venv_python() -> Path:
    return VENV / "bin" / "python"


def answers(python: Path) -> bool:
    """Return whether the environment's Python runs and is new enough. It stops doing so when the Python it was made from is removed."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def discard(folder: Path) -> None:
    """Remove a folder, or the link that stands in its place."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def check_can_make() -> None:
    """Raise CannotPrepare where nothing here can make an environment, before anything has been made."""
    if shutil.which("uv"):
        return
    for module in ("venv", "ensurepip"):
        if find_spec(module) is None:
            raise CannotPrepare(NO_ENSUREPIP.format(python=sys.executable, module=module))


def make() -> None:
    """Make the environment from the Python that runs us."""
    uv = shutil.which("uv")
    if uv:
        execute("Making the environment", [uv, "venv", "--quiet", "--allow-existing", "--no-project", "--python", sys.executable, str(VENV)])
    else:
        execute("Making the environment", [sys.executable, "-m", "venv", str(VENV)])


def fill(file: Path) -> None:
    """Install the lock, every file checked against its hash."""
    uv = shutil.which("uv")
    python = str(venv_python())
    if uv:
        execute("Installing packages", [uv, "pip", "install", "--python", python, "--require-hashes", "-r", str(file)])
        return
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        # Made by a uv that is no longer on the PATH.
        if find_spec("ensurepip") is None:
            raise CannotPrepare(NO_ENSUREPIP.format(python=sys.executable, module="ensurepip"))
        execute("Adding pip", [python, "-m", "ensurepip"])
    # Only wheels: a source package would run its own code and need compilers.
    pip = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    execute("Installing packages", [*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(file)])


def execute(label: str, command: list[str]) -> None:
    """Run a command, showing its last word while it goes on. Raise CannotPrepare with its last lines if it fails."""
    log = ROOT / ".venv.log"
    with terminal.step(label) as progress:
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environ_for_ours())
            try:
                while process.poll() is None:
                    progress.tick(last_line(log))
                    time.sleep(0.05)
            except BaseException:
                process.terminate()
                process.wait()
                raise
        if process.returncode:
            tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
            raise CannotPrepare(f"{label} failed: {' '.join(command[:4])} ... ended with {process.returncode}.\n{tail}\nAll of it is in {log}.")
        log.unlink()


def last_line(log: Path) -> str:
    """Return the last line of what has been written so far, shortened."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 400))
        lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:60]


@contextmanager
def file_lock(path: Path, why: str) -> Iterator[None]:
    """Hold a lock on a file, waiting for whoever has it. The kernel lets go of it when its holder dies, however that happens."""
    with path.open("ab") as file:
        progress = terminal.Progress(f"Waiting: {why}")
        while not take(file.fileno()):
            progress.tick()
            time.sleep(0.1)
        progress.clear()
        yield


def take(descriptor: int) -> bool:
    """Return whether the lock on that open file could be taken."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
