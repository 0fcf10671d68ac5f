"""While PostgreSQL is away, and when we are at fault: every address answers in its own form, and says when to ask again."""

import socket
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client, RequestFactory

from incidents.models import User
from incidents.queries import dashboard
from incidents.views import broken
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "said", "status", "head"),
    [
        ("get", "/en/reports/duplicates/", {}, 405, "Nothing to see at this address"),
        ("delete", "/en/reports/", {}, 405, "Nothing to see at this address"),
        ("post", "/en/settings/", {"language": "x" * 2_700_000}, 413, "Too much at once"),
        ("post", "/en/settings/", {f"field-{number}": "" for number in range(1_100)}, 413, "Too much at once"),
    ],
)
def test_what_is_refused_outside_a_form_is_told_in_both_languages(method: str, path: str, said: dict[str, str], status: int, head: str) -> None:
    answer = getattr(browser(), method)(path, said)
    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{head}</h1>" in page and '<section class="card empty" lang="ar" dir="rtl">' in page
    assert 'href="/en/"' in page, "it leads somewhere"


@pytest.mark.parametrize(
    "words", [broken.UNAVAILABLE, broken.DEFECT, broken.READ_ONLY, broken.OUT_OF_DATE, broken.TOO_MUCH, *broken.REFUSED.values()]
)
def test_each_of_these_pages_can_be_told_without_the_database(words: broken.Words, rf: RequestFactory) -> None:
    page = broken.worded(rf.get("/en/reports/"), words)
    assert f"<h1>{words.title}</h1>" in page
    assert ('href="/en/reports/">Try again' in page) == (words in {broken.UNAVAILABLE, broken.DEFECT})
    assert "Try again" not in broken.worded(rf.post("/en/reports/"), words), "what was posted may have been done"


@pytest.mark.django_db
def test_a_form_without_its_proof_says_that_it_is_out_of_date_and_in_the_readers_language_first() -> None:
    for language, first, second in (("en", "This form is out of date", "هذا النموذج"), ("ar", "هذا النموذج", "This form is out of date")):
        answer = Client(enforce_csrf_checks=True).post(f"/{language}/accounts/login/", {"login": "analyst", "password": "x"})
        page = answer.content.decode()
        assert answer.status_code == 403
        assert page.index(f"<h1>{first}") < page.index(f"<h2>{second}")


@pytest.mark.django_db
def test_a_body_that_json_cannot_take_stays_json() -> None:
    told = browser().post("/api/v1/reports/", "x" * 2_700_000, content_type="application/x-www-form-urlencoded")
    assert told["Content-Type"] == "application/problem+json"
