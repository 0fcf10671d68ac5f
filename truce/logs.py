"""What is written down about running: plain lines for a person, or one JSON object a line for a machine, without personal data.

Nobody's name, address, question or words belong in a log that is copied to places with other readers. A request is written as
the route it took, not as its path or query; an exception as its type and where it happened, since its message may quote a row.
"""

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

request_id: ContextVar[str] = ContextVar("request_id", default="")

log = logging.getLogger("truce.requests")

HEADER = "X-Request-ID"
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
LONGEST = 2000

# What a library may put into a message. Each is replaced by a word that says what stood there.
PERSONAL = (
    (re.compile(r"(?<=://)[^\s/@]+@"), ""),  # user and password in an address
    (re.compile(r"(https?://[^\s/?#\"'<>]+)[^\s\"'<>]*"), r"\1/..."),  # what follows the host, which may be somebody's key
    (re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*"), "?..."),  # a query string
    (re.compile(r"[^\s@\"'<>()]+@[^\s@\"'<>()]+\.\w+"), "(e-mail address)"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\.)"), "(address)"),
    (re.compile(r"\b(?:[0-9a-f]{1,4}::?){3,7}[0-9a-f]{0,4}", re.IGNORECASE), "(address)"),
    (re.compile(r"Key \(.*?\)=\(.*?\)", re.DOTALL), "Key (...)"),  # PostgreSQL quotes the row
    (re.compile(r"Failing row contains \(.*", re.DOTALL), "Failing row (...)"),
)


def scrubbed(text: str) -> str:
    """Return the text without what could name a person or open something, and not longer than a line should be."""
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text[:LONGEST]


class JsonFormatter(logging.Formatter):
    """One record as one JSON object: when, how bad, who says it, what, in which request, and where it went wrong."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrubbed(record.getMessage()),
        }
        if asked := request_id.get():
            facts["request"] = asked
        facts |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            facts["exception"] = record.exc_info[0].__name__
            facts["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])][-30:]
        return json.dumps(facts, ensure_ascii=False, default=str)


def configuration(*, is_json: bool, level: str) -> dict[str, Any]:
    """Return the logging configuration. In JSON, our middleware writes one line a request, in place of the server's access log."""
    formatter: dict[str, Any] = {"()": "truce.logs.JsonFormatter"} if is_json else {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "axes": {"level": "WARNING"},  # it tells of each sign-in otherwise
            "truce.requests": {"level": level if is_json else "WARNING"},
            # These repeat with the path what our own line says with the route; a defect still comes with where it happened.
            **({"django.request": {"level": "ERROR"}, "gunicorn.error": {"handlers": ["stderr"], "propagate": False}} if is_json else {}),
        },
    }


class RequestLog:
    """Middleware: give each request an id, say it in the answer, and write one line about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        asked = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(asked)
        began = time.monotonic()
        try:
            answer = self.get_response(request)
            answer[HEADER] = asked
            route = request.resolver_match.route if request.resolver_match else ""
            milliseconds = round((time.monotonic() - began) * 1000)
            facts = {"method": request.method, "route": route, "status": answer.status_code, "milliseconds": milliseconds}
            log.info("answered", extra={"facts": facts})
            return answer
        finally:
            request_id.reset(token)
