"""Finding a Python that is new enough. Runs on whatever `python3` is, so nothing here may need a newer one than 3.6."""

import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
NEWEST_TRIED = 20


def is_new_enough(python: str) -> bool:
    """Return whether that interpreter answers and is 3.11 or newer."""
    question = f"import sys; sys.exit(sys.version_info < {NEEDED!r})"
    try:
        # A pyenv shim exists on the PATH for versions that are not active, so existing is not enough: it must answer.
        return subprocess.call([python, "-c", question], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def other_pythons() -> "list[str]":
    """Return the interpreters on the PATH whose names say that they are new enough, newest first."""
    names = [f"python3.{minor}" for minor in range(NEWEST_TRIED, NEEDED[1] - 1, -1)]
    return [path for path in map(shutil.which, names) if path]


def ensure_new_enough(script: str) -> None:
    """Return if this interpreter is new enough; else run the script again with one that is. Without one, say so and exit."""
    if sys.version_info >= NEEDED:
        return
    for python in other_pythons():
        if is_new_enough(python):
            os.execv(python, [python, script, *sys.argv[1:]])
    here = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"Truce needs Python 3.11 or newer; `python3` is {here} ({sys.executable}), and there is no newer one on the PATH.\n"
        "Install one (Debian 12 and Ubuntu 24.04: apt install python3 python3-venv; or: uv python install 3.12) and try again."
    )
