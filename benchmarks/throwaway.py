"""Servers for one run of a benchmark, as bin/test has them: they begin and end with it."""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def on_servers() -> None:
    """Return where DATABASE_URL names a server. Elsewhere run this very script again beside servers of its own, and exit with its status."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    if os.environ.get("DATABASE_URL"):
        return
    from truce.local.datafolder import DataFolder
    from truce.local.postgres import unprivileged
    from truce.local.test import PREFIX, run

    folder = DataFolder(Path(tempfile.mkdtemp(prefix=PREFIX)))
    folder.acquire()
    try:
        status = run(folder, [sys.executable, *sys.argv])
    finally:
        folder.remove(unprivileged())
        folder.release()
    sys.exit(status)
