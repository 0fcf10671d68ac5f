"""Structured logs: one object a line, and in it nobody's name, address, question or words."""

import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory

from tests.builders import make_user
from truce import logs


@pytest.fixture
def written() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Return a reader of what is logged as JSON while the test runs."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keep = Keep()
    keep.setFormatter(logs.JsonFormatter())
    root, requests = logging.getLogger(), logging.getLogger("truce.requests")
    level = requests.level
    root.addHandler(keep)
    requests.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in lines]
    root.removeHandler(keep)
    requests.setLevel(level)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /en/reports/?q=Abu+Khalil&page=2", "Not Found: /en/reports/?..."),
        ("Connected to redis://:secret@valkey:6379/0", "Connected to redis://valkey:6379/0"),
        ("postgres://truce_web:pw@database/truce refused", "postgres://database/truce refused"),
        ("POST https://partner.example/hooks/9f8e7d?token=1 answered 500", "POST https://partner.example/... answered 500"),
        ("sent to salma@aid.example.org", "sent to (e-mail address)"),
        ("from 203.0.113.77:5411 and 2001:db8::8a2e:370:7334", "from (address):5411 and (address)"),
        ("duplicate key\nDETAIL:  Key (username)=(salma) already exists.", "duplicate key\nDETAIL:  Key (...) already exists."),
        ("Failing row contains (7, salma, null).", "Failing row (...)"),
        ("3 of 5 rows, 12:30:45, gunicorn 27.0.1", "3 of 5 rows, 12:30:45, gunicorn 27.0.1"),
    ],
)
def test_what_names_a_person_or_opens_something_is_taken_out(said: str, kept: str) -> None:
    assert logs.scrubbed(said) == kept


def test_an_exception_is_its_type_and_place_and_not_its_words() -> None:
    try:
        raise IntegrityError("Key (username)=(salma) already exists.")
    except IntegrityError:
        record = logging.LogRecord("truce", logging.ERROR, __file__, 1, "it failed", None, sys.exc_info())
    line = logs.JsonFormatter().format(record)
    assert "\n" not in line and "salma" not in line
    facts = json.loads(line)
    assert facts["exception"] == "IntegrityError" and facts["where"][0].endswith("test_an_exception_is_its_type_and_place_and_not_its_words")


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_route(client: Client, written: Callable[[], list[dict[str, object]]]) -> None:
    client.force_login(make_user(username="salma"))
    answer = client.get("/en/reports/?q=Abu+Khalil", headers={"X-Request-ID": "given-by-proxy"})
    assert answer["X-Request-ID"] == "given-by-proxy"
    line = next(line for line in written() if line["logger"] == "truce.requests")
    assert {"request": "given-by-proxy", "method": "GET", "route": "en/reports/", "status": 200, "level": "info"}.items() <= line.items()
    assert "salma" not in json.dumps(written()) and "Khalil" not in json.dumps(written())


def test_an_id_that_could_forge_a_line_is_not_taken() -> None:
    from django.http import HttpResponse

    answer = logs.RequestLog(lambda request: HttpResponse())(RequestFactory().get("/", headers={"X-Request-ID": 'x"}\n{"level":"info'}))
    assert len(answer["X-Request-ID"]) == 32
    assert logs.request_id.get() == ""
