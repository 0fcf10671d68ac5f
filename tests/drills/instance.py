"""A whole Truce, started by `bin/up` in a folder of its own, for drills that kill parts of it."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truce.local.datafolder import DataFolder
from truce.local.postgres import unprivileged

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("postgres", "valkey", "web", "relay", "worker", "beat")


@dataclass(frozen=True)
class Instance:
    """A running Truce: where it is, who may ask, and which process is which."""

    folder: Path
    base_url: str
    credentials: Mapping[str, Any]

    def pid(self, part: str) -> int | None:
        """Return the process number of a part as the supervisor last wrote it down; None while it is being replaced."""
        try:
            processes = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))["processes"]
        except (OSError, ValueError, KeyError):
            return None
        return processes[part]["pid"] if part in processes else None

    def key(self, role: str) -> str:
        """Return a role's API key."""
        return str(self.credentials[role]["api_key"])

    def manage(self, *command: str) -> str:
        """Return what a management command printed. Fail with its words if it failed."""
        done = subprocess.run(
            [sys.executable, ROOT / "bin" / "manage", "--data", self.folder, *command], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Instance]:
    """Start Truce with its demo in `folder` and end it with the block."""
    log = folder.with_suffix(".log")
    # What this test run lives on is not what the instance shall live on.
    own = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "STATIC_ROOT", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in own}
    with log.open("wb") as output:
        up = subprocess.Popen([sys.executable, ROOT / "bin" / "up", "--data", folder, *options], cwd=ROOT, env=env, stdout=output, stderr=output)
        try:
            credentials = _credentials(folder, up, log)
            yield Instance(folder, credentials["base_url"], credentials)
        finally:
            up.terminate()
            try:
                up.wait(30)
            except subprocess.TimeoutExpired:
                up.kill()
                up.wait()
            # As root the database may lie outside the folder, where its own user can reach it.
            DataFolder(folder).remove(unprivileged())


def ask(truce: Instance, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Return the status and body of a request made with the analyst's key. Raise OSError if nobody answers."""
    request = urllib.request.Request(
        path if path.startswith("http") else truce.base_url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {truce.key('analyst')}", "Content-Type": "application/json"} | (headers or {}),
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def _credentials(folder: Path, up: subprocess.Popen[bytes], log: Path) -> Any:
    deadline = time.monotonic() + 180
    while b"Truce is running at" not in log.read_bytes():
        assert up.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.1)
    return json.loads((folder / "demo-credentials.json").read_text(encoding="utf-8"))
