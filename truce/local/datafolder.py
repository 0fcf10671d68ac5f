"""The data folder: who holds it, its secrets, what is running from it, and its logs.

lock          held as long as something runs; the kernel lets go of it when the holder dies
state.json    process numbers, address and environment of what runs (mode 0600: it holds passwords)
secrets.json  generated once (mode 0600)
place.json    where the server folders are, when they cannot be in here
logs/         one file per process
demo-loaded   the demo was loaded
"""

import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from truce.local.bootstrap import take
from truce.local.processes import Identity, Recorded, this_boot

LOG_LIMIT = 5_000_000

# What settings put into the default folder for those who start Truce otherwise.
MAY_COME_FIRST = {"files"}

# A socket's address holds 107 bytes; PostgreSQL adds `/.s.PGSQL.5432` and a lock beside it.
SOCKET_FOLDER_LIMIT = 80
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")


class Occupied(Exception):
    """The folder is in use by a running supervisor."""


class BadFolder(Exception):
    """The folder cannot be used; the message says why."""


@dataclass
class State:
    """What runs from a data folder, as others may read it."""

    supervisor: Recorded
    base_url: str
    env: dict[str, str]
    processes: dict[str, Recorded] = field(default_factory=dict)
    folder: tuple[int, int] = (0, 0)
    boot: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "supervisor": vars(self.supervisor),
            "base_url": self.base_url,
            "processes": {name: vars(recorded) for name, recorded in self.processes.items()},
            "folder": list(self.folder),
            "boot": self.boot,
            "env": self.env,
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "State":
        processes = {name: Recorded(**recorded) for name, recorded in facts["processes"].items()}
        device, number = facts["folder"]
        return cls(Recorded(**facts["supervisor"]), facts["base_url"], dict(facts["env"]), processes, (device, number), facts["boot"])


class DataFolder:
    """One folder in which everything of one running Truce lies."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self.credentials = self.path / "demo-credentials.json"
        self.demo_loaded = self.path / "demo-loaded"
        self._state = self.path / "state.json"
        self._lock: IO[bytes] | None = None

    # --- Who holds it

    def acquire(self) -> None:
        """Make the folder and hold it. Raise Occupied if somebody else does, BadFolder if it cannot be used or holds what is not ours."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._refuse_what_is_not_ours()
            # Everything secret in here is 0600. As root the folder must let PostgreSQL's user through to its own part.
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            # The lock comes first: by it, a start at the same moment knows the folder for ours.
            lock = (self.path / "lock").open("ab")
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise BadFolder(f"{self.path} cannot be used as data folder: {error.strerror} ({error.filename}).") from error
        if not take(lock.fileno()):
            lock.close()
            raise Occupied
        self._lock = lock

    def _refuse_what_is_not_ours(self) -> None:
        """Raise BadFolder for a folder of somebody's files: `wipe` would one day delete them with ours."""
        found = {entry.name for entry in self.path.iterdir()}
        if "lock" not in found and found - MAY_COME_FIRST:
            raise BadFolder(f"{self.path} is not empty and not a data folder of Truce. Name a folder that is new or empty.")

    def release(self) -> None:
        """Let go of the folder."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def is_held(self) -> bool:
        """Return whether somebody holds the folder, without disturbing them."""
        try:
            with (self.path / "lock").open("rb") as lock:
                return not take(lock.fileno())
        except FileNotFoundError:
            return False

    # --- What runs

    def identity(self) -> tuple[int, int]:
        """Return what tells this folder from a copy of it (which would bring a state along that is not its own)."""
        status = self.path.stat()
        return status.st_dev, status.st_ino

    def write_state(self, state: State) -> None:
        state.folder, state.boot = self.identity(), this_boot()
        write_private(self._state, state.as_json())

    def read_state(self) -> State | None:
        """Return the state last written here, or None if there is none, or if it is not of now: before a reboot, or copied from another folder."""
        try:
            state = State.from_json(json.loads(self._state.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return state if (state.folder, state.boot) == (self.identity(), this_boot()) else None

    def forget_state(self) -> None:
        self._state.unlink(missing_ok=True)

    # --- What it keeps

    def secrets(self) -> dict[str, str]:
        """Return the secrets of this folder, making those that are not there yet."""
        file = self.path / "secrets.json"
        known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        missing = [name for name in ("secret_key", "superuser", "owner", "web") if name not in known]
        if missing:
            known.update({name: secrets.token_urlsafe(48 if name == "secret_key" else 24) for name in missing})
            write_private(file, known)
        return known

    def has_secrets(self) -> bool:
        return (self.path / "secrets.json").exists()

    def log(self, name: str) -> Path:
        """Return a process's log. One that has grown large is set aside first, once."""
        file = self.logs / f"{name}.log"
        if file.exists() and file.stat().st_size > LOG_LIMIT:
            file.replace(file.with_suffix(".log.1"))
        return file

    # --- Where sockets and server folders are

    def placed(self, name: str, default: Path | None, otherwise: list[Path], owner: Identity | None = None) -> Path:
        """Return a folder of mode 0700: `default`, or where it is None one elsewhere, the one used before or a new one.

        The choice is written down, so that the next start finds what lies there. A folder that somebody else made under
        that name is not used, nor one that belongs to the data folder of which this one is a copy.
        """
        if default is not None:
            default.mkdir(mode=0o700, exist_ok=True)
            return self._given_to(owner, default)
        known = self._places()
        if name in known and is_private(Path(known[name]), owner):
            return Path(known[name])
        for parent in otherwise:
            try:
                parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                made = Path(tempfile.mkdtemp(prefix="truce-", dir=parent))
            except OSError:
                continue
            device, number = self.identity()
            write_private(self.path / "place.json", {"folder": [device, number], "places": known | {name: str(made)}})
            return self._given_to(owner, made)
        raise BadFolder(f"There is no place for {name}: none of {', '.join(map(str, otherwise))} can be written.")

    def sockets(self, name: str = "sockets", within: Path | None = None, owner: Identity | None = None) -> Path:
        """Return a folder for sockets: inside our own where that path is short and plain, else a private short one elsewhere."""
        here = (within or self.path) / "run"
        return self.placed(name, here if suits_sockets(here) else None, short_folders(), owner)

    def _places(self) -> dict[str, str]:
        """Return where things were placed before. What a copy of another data folder says is not ours."""
        try:
            facts = json.loads((self.path / "place.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return dict(facts["places"]) if facts["folder"] == list(self.identity()) else {}

    @staticmethod
    def _given_to(owner: Identity | None, folder: Path) -> Path:
        if owner:
            os.chown(folder, owner.uid, owner.gid)
        return folder

    def remove(self, owner: Identity | None = None) -> None:
        """Remove the folder and what was placed outside of it."""
        for place in self._places().values():
            if is_private(Path(place), None) or is_private(Path(place), owner):
                shutil.rmtree(place)
        shutil.rmtree(self.path)


def suits_sockets(folder: Path) -> bool:
    """Return whether sockets can lie there: PostgreSQL, Valkey's configuration and Celery's addresses all take the path as it is."""
    return len(os.fsencode(folder)) <= SOCKET_FOLDER_LIMIT and set(str(folder)) <= PLAIN


def short_folders() -> list[Path]:
    """Return where short-named private folders can be made, the user's own runtime folder first."""
    candidates = [Path(folder) for folder in (os.environ.get("XDG_RUNTIME_DIR"), "/tmp") if folder]
    return [folder for folder in candidates if suits_sockets(folder / "truce-xxxxxxxx")]


def is_private(folder: Path, owner: Identity | None) -> bool:
    """Return whether the folder is there, is a folder and not a link, is its owner's (or ours), and nobody else may write in it."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    expected = owner.uid if owner else os.geteuid()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == expected and not status.st_mode & 0o022


def write_private(file: Path, facts: Mapping[str, Any]) -> None:
    """Replace a file by one that only we may read. Readers see the old or the new, never half of one."""
    new = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        json.dump(facts, output, indent=1)
        output.flush()
        os.fsync(output.fileno())
    new.replace(file)
