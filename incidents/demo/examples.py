"""Examples for the published schema: what the interface answers about the demo, asked of it as it stands. Whatever is sent is undone."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from incidents.models import User

Json = Any
HOST = "truce.example"
# Lists are cut: an example shows what one looks like.
MOST = 2
# Tried one after the other until there is one of which there is something to show.
KEYS_TRIED = 6
READERS = (User.Role.PARTNER, User.Role.EDITOR, User.Role.ADMINISTRATOR)
FIRST = {"agreements": ["syria-2016-09"], "tallies": ["syria-2016-09"], "tally-methods": ["logged"]}
ASKED = {
    "/api/v1/agreements/{slug}/tallies/cells/": {"method": "logged", "by": "day"},
    "/api/v1/agreements/{slug}/tallies/behind/": {"method": "logged"},
}
# Of these nothing is kept: they tell of whoever asks, or are a file.
LEFT_OUT = {"/api/v1/reads/", "/api/v1/keys/", "/api/v1/keys/{id}/", "/api/v1/exports/now/"}
REPORT = {
    "agreement": "syria-2016-09",
    "claimant": "russia",
    "accused_side": "B",
    "violation_type": "mortar",
    "occurred_on": "2016-09-18",
    "time": "19:12",
    "source": "ap-2016-09-19",
    "harm": [{"kind": "wounded", "group": "civilians", "low": 1, "qualifier": "at_least"}],
}
TOTAL = {
    "agreement": "syria-2016-09",
    "claimant": "sohr",
    "accused": [{"side": "A"}],
    "count": 12,
    "unit": "violation",
    "basis": "periodic",
    "period_start": "2016-09-18",
    "period_end": "2016-09-18",
    "published_on": "2016-09-19",
    "source": "ap-2016-09-19",
}
SENT: dict[str, Json] = {
    "/api/v1/reports/": REPORT,
    "/api/v1/reports/bulk/": {"rows": [REPORT, REPORT | {"accused_side": "Q"}]},
    "/api/v1/aggregate-claims/": TOTAL,
    "/api/v1/aggregate-claims/bulk/": {"rows": [TOTAL]},
    "/api/v1/aggregate-claims/check/": TOTAL,
    "/api/v1/aggregate-claims/{id}/supersede/": TOTAL | {"count": 13, "reason": "Corrected the next day."},
    "/api/v1/aggregate-claims/{id}/retract/": {"reason": "Entered twice."},
    "/api/v1/duplicates/": {"agreement": "syria-2016-09", "violation_type": "mortar", "occurred_on": "2016-09-18"},
}


@dataclass(frozen=True)
class Example:
    """One exchange: what was sent, if anything, and what came back."""

    operation: str
    status: int
    answer: Json
    sent: Json = None

    def told(self) -> dict[str, Json]:
        """Return what is kept of it."""
        return {"status": self.status} | ({"sent": self.sent} if self.sent is not None else {}) | {"answer": self.answer}


def drawn() -> dict[str, Json]:
    """Return an example of each operation of which the demo has one, by method and path; and nothing is left of the asking."""
    with translation.override("en"), transaction.atomic():
        asking = _Asking()
        found = {example.operation: example.told() for example in (*asking.read(), *asking.written())}
        transaction.set_rollback(True)
    return dict(sorted(found.items()))


class _Asking:
    """Those who ask, and what they were told."""

    def __init__(self) -> None:
        self._clients = [_client(role) for role in READERS]

    @cached_property
    def paths(self) -> dict[str, Json]:
        """Return what is published."""
        schema: dict[str, Json] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return dict(schema["paths"])

    def read(self) -> Iterator[Example]:
        """Yield what is answered to each question, by the least of the readers who is told anything."""
        for path, operations in sorted(self.paths.items()):
            if "get" in operations and path not in LEFT_OUT:
                words = {parameter["name"] for parameter in operations["get"].get("parameters", [])}
                asked = ASKED.get(path, {}) | ({"limit": MOST} if "limit" in words else {})
                answer = next((one for client in self._clients if (one := self._first(client, path, asked)) is not None), None)
                if answer is not None:
                    yield Example(f"GET {path}", 200, _cut(answer))

    def written(self) -> Iterator[Example]:
        """Yield what is answered to what an editor sends; each is undone before the next."""
        client = self._clients[READERS.index(User.Role.EDITOR)]
        for path, sent in SENT.items():
            point = transaction.savepoint()
            address = path
            if "{id}" in path:
                address = path.replace("{id}", client.post("/api/v1/aggregate-claims/", TOTAL, format="json", secure=True).json()["id"])
            answer = client.post(address, sent, format="json", secure=True)
            transaction.savepoint_rollback(point)
            if answer.status_code < 300:
                yield Example(f"POST {path}", answer.status_code, _cut(answer.json()), sent)

    def _first(self, client: APIClient, path: str, asked: dict[str, Json]) -> Json:
        """Return the first answer that shows something, or None."""
        for address in self._addresses(client, path):
            answer = client.get(address, asked, secure=True)
            if answer.status_code == 200 and "json" in answer["Content-Type"] and _shows(told := answer.json()):
                return told
        return None

    def _addresses(self, client: APIClient, path: str) -> Iterator[str]:
        """Yield the addresses of an operation: of the first few records of its noun, and the first part of each."""
        for name in ("id", "slug"):
            if f"{{{name}}}" in path:
                noun = path.split("/")[3]
                for key in self._keys(client, noun, name):
                    yield from _parts(client, path.replace(f"{{{name}}}", key))
                return
        if "{" not in path:
            yield path

    def _keys(self, client: APIClient, noun: str, name: str) -> list[str]:
        if noun in FIRST:
            return FIRST[noun]
        answer = client.get(f"/api/v1/{noun}/", {"limit": KEYS_TRIED}, secure=True)
        told = answer.json() if answer.status_code == 200 else {}
        return [str(row[name]) for row in told.get("results", []) if name in row][:KEYS_TRIED]


def _parts(client: APIClient, address: str) -> Iterator[str]:
    if "{part}" not in address:
        yield address
        return
    whole = client.get(address.replace("{part}/", ""), secure=True)
    for part in whole.json().get("parts", [])[:KEYS_TRIED] if whole.status_code == 200 else []:
        if named := part.get("part") or part.get("key") or part.get("name"):
            yield address.replace("{part}", named)


def _client(role: str) -> APIClient:
    client = APIClient(SERVER_NAME=settings.ALLOWED_HOSTS[0].lstrip(".*") or HOST)
    client.force_authenticate(User.objects.create(username=f"example-{uuid4()}", role=role))
    return client


def _shows(told: Json) -> bool:
    """Return whether there is something in it: of a page, a row."""
    return bool(told["results"]) if isinstance(told, dict) and "results" in told else bool(told)


def _cut(told: Json) -> Json:
    """Return an answer with its lists cut, and as if the host were another."""
    text = re.sub(r"https://[^/\"\s]+/api/", f"https://{HOST}/api/", json.dumps(told))
    return _shortened(json.loads(text))


def _shortened(told: Json) -> Json:
    if isinstance(told, dict):
        return {name: _shortened(value) for name, value in told.items()}
    return [_shortened(value) for value in told[:MOST]] if isinstance(told, list) else told
