"""Writing to addresses that somebody else chose."""

import socket
from ipaddress import ip_network
from typing import Any

import pytest

from incidents.delivery import client
from incidents.delivery.signing import signature
from tests.delivery.receiver import receiving

LOOPBACK = [ip_network("127.0.0.0/8")]


def test_a_delivery_arrives_as_it_was_sent() -> None:
    with receiving() as receiver:
        answer = client.post(receiver.url, b'{"a":1}', {"Truce-Delivery": "x"}, LOOPBACK)
    assert answer.is_taken and answer.status == 200
    ((headers, body),) = receiver.got
    assert (body, headers["Truce-Delivery"]) == (b'{"a":1}', "x")


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 500, 503])
def test_only_a_plain_yes_is_one_and_no_redirect_is_followed(status: int) -> None:
    with receiving() as receiver:
        receiver.answers = [status]
        answer = client.post(receiver.url, b"{}", {}, LOOPBACK)
    assert not answer.is_taken and answer.status == status
    assert len(receiver.got) == 1


def test_loopback_is_refused_before_anything_is_opened() -> None:
    with receiving() as receiver:
        answer = client.post(receiver.url, b"{}", {})
        assert (answer.status, receiver.got) == (None, [])


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these addresses, and keep what was asked."""
    asked: list[str] = []

    def lookup(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["10.0.0.1"], ["8.8.8.8", "169.254.169.254"]])
def test_a_name_that_leads_inside_is_refused_also_where_one_of_its_addresses_does_not(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    leads_to(monkeypatch, *addresses)
    answer = client.post("https://hooks.example.org/", b"{}", {})
    assert (answer.status, answer.problem) == (None, "an address of the inner network")


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        opened: list[Any] = []
        monkeypatch.setattr(socket, "create_connection", lambda address, timeout: opened.append(address) or _refuse())
        asked = leads_to(monkeypatch, "127.0.0.9")
        client.post(f"http://hooks.example.org:{port}/", b"{}", {}, LOOPBACK)
    assert asked == ["hooks.example.org"] and opened == [("127.0.0.9", int(port))]


def _refuse() -> None:
    raise ConnectionRefusedError("refused")


UNREADABLE = [
    *[
        "ftp://example.org/",
        "https:///x",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "file:///etc/passwd",
    ],
    *["//example.org/", "http://example.org/", "https://example.org:99999/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/"],
    "https://exa mple.org/",
]


@pytest.mark.parametrize("url", UNREADABLE)
def test_what_is_no_address_to_write_to_is_refused(url: str) -> None:
    answer = client.post(url, b"{}", {})
    assert answer.status is None and answer.problem


def test_a_receiver_that_hangs_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "IN_ALL", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = client.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, LOOPBACK)
    assert answer.status is None and answer.problem


def test_the_signature_is_over_instant_and_body() -> None:
    assert signature("whsec_x", b"{}", 1_700_000_000) == "t=1700000000,v1=" + _by_hand("whsec_x", b"1700000000.{}")
    assert signature("whsec_x", b"{}", 1_700_000_000) != signature("whsec_x", b"{}", 1_700_000_001)


def _by_hand(key: str, message: bytes) -> str:
    """Return HMAC-SHA256 as RFC 2104 writes it."""
    import hashlib

    block = key.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()
