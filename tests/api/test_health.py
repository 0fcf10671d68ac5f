"""The probes: one needs nothing, the other says what is down and never waits long for it."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Unsealed
from incidents.queries import health
from incidents.queries.health import Ledger, Status
from tests.builders import make_report, sealed_and_posted


@pytest.fixture
def broker(tmp_path: Path, settings: Any) -> Iterator[list[bytes]]:
    """A broker that answers every command with the words in the list; none: it takes the connection and stays silent."""
    answers: list[bytes] = [b"+PONG\r\n"]
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "s"))
    listening.listen()
    taken = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            taken.append(connection)
            if answers and connection.recv(1000):
                connection.sendall(answers[0])

    threading.Thread(target=serve, daemon=True).start()
    settings.CELERY_BROKER_URL = f"redis+socket://{tmp_path / 's'}"
    yield answers
    listening.close()
    for connection in taken:
        connection.close()


def test_livez_needs_neither_database_nor_session_nor_a_known_host(client: Client) -> None:
    # Without the `db` fixture any query is an error.
    for method in (client.get, client.head):
        assert method("/livez").status_code == 200
    assert client.get("/livez").content == b"ok\n"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_come_by_address_over_plain_http(client: Client, settings: Any, transactional_db: None, broker: list[bytes], path: str) -> None:
    settings.MIDDLEWARE = ["incidents.api.health.Probes", *settings.MIDDLEWARE]
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = []
    assert client.get(path, headers={"Host": "10.1.2.3:9999"}).status_code == 200
    assert client.get(path, headers={"Host": "no host at all"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_readyz_is_ok_when_all_is_well(client: Client, broker: list[bytes]) -> None:
    make_report()
    sealed_and_posted()
    answer = client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["status"]) == (200, "ok")
    assert {name: part["status"] for name, part in told["parts"].items()} == {"database": "ok", "broker": "ok", "ledger": "ok"}
    ledger = told["parts"]["ledger"]
    assert ledger["sealed"] == ledger["posted"] > 0
    assert (ledger["waiting"], ledger["unsealed"], ledger["oldest_seconds"]) == (0, 0, None)


@pytest.mark.django_db(transaction=True)
def test_readyz_tells_how_far_the_ledger_is_behind(client: Client, broker: list[bytes]) -> None:
    make_report()
    ledger = client.get("/readyz").json()["parts"]["ledger"]
    assert ledger["unsealed"] == Unsealed.objects.count() == 1
    assert ledger["oldest_seconds"] >= 0


def test_a_ledger_that_waits_too_long_is_degraded() -> None:
    assert Ledger(9, 8, 1, 0, 59.0).status is Status.OK
    assert Ledger(9, 8, 1, 0, 61.0).status is Status.DEGRADED


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_it_is_degraded(client: Client, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/at/all"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["parts"]["broker"]["status"]) == (200, "degraded", "down")


@pytest.mark.django_db(transaction=True)
def test_a_frozen_broker_is_not_waited_for(client: Client, broker: list[bytes]) -> None:
    broker.clear()
    started = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - started < 1.5
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


@pytest.mark.parametrize("url", ["redis+socket:///nowhere/at/all", "redis://127.0.0.1:1/0", "redis://nowhere.invalid:6379/0", "nonsense://"])
def test_a_broker_that_cannot_be_reached_is_down(url: str) -> None:
    started = time.monotonic()
    assert health._broker(url) is Status.DOWN
    assert time.monotonic() - started < 1.5


@pytest.mark.django_db(transaction=True)
def test_without_the_database_it_is_down(client: Client, broker: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", "/nowhere/at/all")
    answer = client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["status"]) == (503, "down")
    assert (told["parts"]["database"]["status"], told["parts"]["broker"]["status"]) == ("down", "ok")


@pytest.mark.django_db(transaction=True)
def test_the_probe_leaves_the_request_connection_alone(client: Client, broker: list[bytes]) -> None:
    with CaptureQueriesContext(connections["default"]) as captured:
        client.get("/readyz")
    assert len(captured) == 0
