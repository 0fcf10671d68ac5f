"""Every route and method there is, taken from the URLconf, and what became of one who tried it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from incidents.models import Change
from tests.access.cast import Identity

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABSENT = {"uuid": str(UUID(int=7)), "slug": "absent", "int": "999999", "str": "absent"}
# Not ours to list: Django's administration and the sign-in pages have their own tests.
ELSEWHERE = ("administration/", "accounts/")

REFUSED, NOT_POSSIBLE, LET_IN = "refused", "not possible", "let in"


@dataclass(frozen=True)
class Door:
    """A route: `json reports` or `page reports`, and its path as the URLconf writes it."""

    name: str
    path: str

    @property
    def is_json(self) -> bool:
        """Return whether machines come in here."""
        return self.path.startswith(("/api/", "/livez", "/readyz"))

    def address(self, **values: str) -> str:
        """Return an address with these values in place of what the path takes, and what does not exist where none is given."""
        return re.sub(r"<(\w+):(\w+)>", lambda found: values.get(found[2], ABSENT[found[1]]), self.path)


def doors(patterns: list[Any] | None = None, before: str = "/") -> Iterator[Door]:
    """Yield every route that has a name. One without is the catch-all under /api/, where nothing is."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if str(entry.pattern) not in ELSEWHERE:
                yield from doors(entry.url_patterns, path)
        elif isinstance(entry, URLPattern) and entry.name:
            yield Door(f"{'json' if path.startswith('/api/') else 'page'} {entry.name}", path)


@dataclass(frozen=True)
class Tried:
    """What came back."""

    address: str
    status: int
    place: str
    body: bytes
    written: int = 0

    @property
    def outcome(self) -> str:
        """Return whether this one was let in."""
        if self.status in {401, 403} or (self.status == 302 and "/accounts/login/" in self.place):
            return REFUSED
        return NOT_POSSIBLE if self.status == 405 else LET_IN

    def told(self) -> str:
        """Return what is said, but for the address that was asked, in whichever language, and the form's own secret."""
        text = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", self.body.decode("utf-8", "replace") + self.place)
        for path in (self.address, self.address.removeprefix("/en")):
            text = text.replace(path, "ADDRESS").replace(quote(path), "ADDRESS").replace(quote(path, safe=""), "ADDRESS")
        return text


class _Undo(Exception):
    pass


def tried(identity: Identity, door: Door, method: str, address: str = "", said: Any = None) -> Tried:
    """Return what came of trying, with the number of changes that were recorded; whatever was done is undone."""
    client: Any = identity.client_at(door.is_json)
    before = Change.objects.count() if method != "GET" else 0
    found = Tried(address := address or door.address(), 0, "", b"")
    try:
        with transaction.atomic():
            answer = client.generic(
                method, address, data=json.dumps(said) if said else b"", content_type="application/json" if door.is_json else "text/plain"
            )
            body = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
            found = Tried(address, answer.status_code, answer.get("Location", ""), body, Change.objects.count() - before if method != "GET" else 0)
            raise _Undo
    except _Undo:
        pass
    assert found.status < 500, (identity.name, method, door, found.status)
    return found
