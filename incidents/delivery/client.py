"""Writing to an address that somebody else chose: looked up once, refused if it lies inside, no redirects, a short time in all."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from incidents.rules.hosts import Network, may_write_to

PATIENCE = 5.0  # seconds for each step
IN_ALL = 15.0  # seconds for a whole delivery, however slowly it is answered
MOST_READ = 4096


class NotAllowed(Exception):
    """The address is not one that may be written to."""


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or none and what was in the way."""

    status: int | None
    problem: str = ""

    @property
    def is_taken(self) -> bool:
        """Return whether the receiver took it: any 2xx, and nothing else. A redirect is not followed."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], inner: Sequence[Network] = ()) -> Answer:
    """Return the answer to this body. Never raises for what the receiver or the network does."""
    try:
        connection = _connection(url, inner)
    except (NotAllowed, OSError, ValueError) as error:
        return Answer(None, str(error) or type(error).__name__)
    # Each step has its own patience; a receiver that drips bytes would outlast them all.
    watch = threading.Timer(IN_ALL, _hang_up, [connection])
    watch.start()
    try:
        parts = urlsplit(url)
        connection.request("POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, dict(headers))
        response = connection.getresponse()
        response.read(MOST_READ)
        return Answer(response.status, "" if 200 <= response.status < 300 else str(response.reason)[:200])
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, (str(error) or type(error).__name__)[:200])
    finally:
        watch.cancel()
        connection.close()


def check(url: str, inner: Sequence[Network] = ()) -> None:
    """Raise NotAllowed if this cannot be an address to write to. What its name leads to is looked up when something is sent."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise NotAllowed("not an https address")
    if any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise NotAllowed("not an https address")
    _ = parts.port  # raises ValueError where it is none
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        literal = None
    if literal is not None and not may_write_to(literal, inner):
        raise NotAllowed("an address of the inner network")
    if parts.scheme == "http" and not inner:
        raise NotAllowed("not an https address")


def _connection(url: str, inner: Sequence[Network]) -> http.client.HTTPConnection:
    """Return a connection to the one address that was looked up and found allowed, so that a name that changes its mind changes nothing."""
    check(url, inner)
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(may_write_to(address, inner) for address in addresses):
        raise NotAllowed("an address of the inner network")
    if parts.scheme == "http" and not all(any(address in network for network in inner) for address in addresses):
        raise NotAllowed("not an https address")
    return _Pinned(host, port, str(addresses[0]), ssl.create_default_context() if parts.scheme == "https" else None)


class _Pinned(http.client.HTTPConnection):
    """A connection that goes to one address, whatever the name says by now; the certificate must still be the name's."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address, self.context = address, context
        if context:
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Open it."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.context:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)


def _hang_up(connection: http.client.HTTPConnection) -> None:
    if connection.sock:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
