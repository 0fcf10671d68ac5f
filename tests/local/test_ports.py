"""Choosing the port: the first free one, or exactly the one asked for."""

import socket
from unittest.mock import patch

import pytest

from truce.local import ports
from truce.local.up import port_number


def test_a_taken_port_that_was_asked_for_is_an_error() -> None:
    with ports.listen(0) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(ports.PortTaken, match=rf"Port {number} cannot be used: another program listens on it\. .*--port N"):
            ports.listen(number)


def test_without_asking_the_next_free_port_is_taken() -> None:
    with ports.listen(0) as taken, patch.object(ports, "DEFAULT", taken.getsockname()[1]), ports.listen(None) as chosen:
        number = chosen.getsockname()[1]
        assert ports.DEFAULT < number < ports.DEFAULT + ports.TRIED
        assert ports.address(chosen) == f"http://127.0.0.1:{number}"


def test_no_free_port_at_all_says_so() -> None:
    with (
        ports.listen(0) as taken,
        patch.multiple(ports, DEFAULT=taken.getsockname()[1], TRIED=1),
        pytest.raises(ports.PortTaken, match="one with --port N"),
    ):
        ports.listen(None)


def test_callers_queue_from_the_moment_the_port_is_chosen() -> None:
    """Nobody is refused while the web process is started, or started again."""
    with ports.listen(0) as listener, socket.create_connection(listener.getsockname(), timeout=1):
        pass


@pytest.mark.parametrize("text", ["65536", "-1", "8e3", "²", "", "http"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="is not a port number"):
        port_number(text)
