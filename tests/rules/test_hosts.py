"""Which addresses may be written to when somebody else chooses them."""

from ipaddress import ip_address, ip_network

import pytest

from incidents.rules.hosts import is_public, may_write_to
from incidents.rules.retries import ATTEMPTS, pause_after

INNER = """0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.168.1.1 192.0.2.1 198.18.0.1 224.0.0.1
240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:7f00:1::1 fc00::1 fd12::1
fe80::1 ff02::1 2001:db8::1"""


@pytest.mark.parametrize("address", INNER.split())
def test_the_inside_is_refused_in_every_spelling(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_the_world_is_not(address: str) -> None:
    assert is_public(ip_address(address))


def test_a_deployment_may_name_networks_of_its_own_and_no_others_open_with_them() -> None:
    inner = [ip_network("10.1.0.0/16")]
    assert may_write_to(ip_address("10.1.2.3"), inner) and not may_write_to(ip_address("10.2.0.1"), inner)


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, ATTEMPTS)]
    assert all(pauses) and pauses == sorted(pauses, key=lambda pause: pause.total_seconds() if pause else 0)
    assert pause_after(ATTEMPTS) is None and pause_after(0) is None
