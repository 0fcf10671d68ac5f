"""The address of the web process. The supervisor opens it and hands it down, so that no other program can take the port between
choosing and serving, and callers wait in the queue, instead of being refused, while the web process is started again."""

import errno
import socket

HOST = "127.0.0.1"
DEFAULT = 8000
TRIED = 100
QUEUE = 1024


class PortTaken(Exception):
    """The port asked for cannot be had; the message says why."""


def listen(port: int | None) -> socket.socket:
    """Return an open socket on the port; without one, on the first free port from the default on. Raise PortTaken."""
    if port is not None:
        try:
            return listen_on(port)
        except OSError as error:
            why = "another program listens on it" if error.errno == errno.EADDRINUSE else error.strerror
            raise PortTaken(f"Port {port} cannot be used: {why}. Choose another one with --port N, or leave it out.") from error
    for candidate in range(DEFAULT, DEFAULT + TRIED):
        try:
            return listen_on(candidate)
        except OSError:
            continue
    raise PortTaken(f"No port from {DEFAULT} to {DEFAULT + TRIED - 1} is free. Choose one with --port N.")


def listen_on(port: int) -> socket.socket:
    """Return an open socket on exactly that port; 0 is any free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A port whose last connections are still winding down may be used again; one that somebody listens on may not.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(QUEUE)
    except OSError:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"
