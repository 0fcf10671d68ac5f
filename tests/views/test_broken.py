"""While PostgreSQL is away, and when we are at fault: every address answers in its own form, and says when to ask again."""

import socket
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client

from incidents.models import User
from incidents.queries import dashboard
from tests.builders import make_agreement, make_user

DEFECT = ZeroDivisionError("canary of a defect")


@pytest.fixture
def without_database(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Client], Client]:
    """Return a function that takes the database away from a browser: from then on its address refuses every connection."""

    def taken(client: Client) -> Client:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        connections["default"].close()
        monkeypatch.setitem(connections["default"].settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connections["default"].settings_dict, "PORT", port)
        return client

    return taken


def browser() -> Client:
    make_agreement()
    client = Client(raise_request_exception=False)
    client.force_login(make_user(User.Role.ANALYST), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_pages_say_503_and_when_to_come_back(without_database: Callable[[Client], Client]) -> None:
    client = without_database(browser())
    answers = [client.get(path) for path in ("/en/", "/ar/reports/", "/en/accounts/login/", "/en/administration/incidents/party/")]
    answers.append(client.get("/en/reports/", headers={"HX-Request": "true"}))
    answers.append(client.post("/en/accounts/login/", {"login": "analyst", "password": "x"}))
    for answer in answers:
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
        assert answer["Content-Type"].startswith("text/html") and "Content-Security-Policy" in answer
        assert "The database does not answer" in answer.content.decode() and "قاعدة البيانات" in answer.content.decode()


def test_json_says_so_in_its_own_form(without_database: Callable[[Client], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    client = without_database(browser())
    for answer in (client.get("/api/v1/agreements/"), client.get("/api/v1/parties/", headers={"Authorization": "Bearer truce_a_b"})):
        told = answer.json()
        assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, "application/problem+json", "5")
        assert (told["code"], told["status"]) == ("database_unavailable", 503)
    monkeypatch.undo()
    assert client.get("/api/v1/agreements/").status_code == 200, "it answers as soon as the database does"


@pytest.mark.django_db
def test_a_defect_stays_a_500_and_tells_nothing_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: object) -> None:
        raise DEFECT

    client = browser()
    monkeypatch.setattr(dashboard, "agreements", breaks)
    page = client.get("/en/agreements/")
    assert (page.status_code, "canary" in page.content.decode()) == (500, False)
    monkeypatch.setattr("incidents.queries.visibility.agreements", breaks)
    told = client.get("/api/v1/agreements/")
    assert (told.status_code, told["Content-Type"], told.json()["code"]) == (500, "application/problem+json", "defect")
    assert "canary" not in told.content.decode()
