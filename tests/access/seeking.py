"""Looking for what is hidden: everything that one reader can be answered by reading, address by address."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.utils.translation import override
from rest_framework.test import APIClient

from tests.access.cast import SECRETS, Identity
from tests.access.conftest import World
from tests.access.doors import doors, tried
from tests.access.test_doors import expected
from tests.access.test_objects import NOUNS, keyed

# A name in the gazetteer is no secret; what ties it to the convoy is.
HIDDEN = tuple(secret for secret in SECRETS if secret != "Embargoed depot")
DIGITS = ("171717", "028282")
# Digits alone are kept from whom points are snapped for; no partner is given the rest.
KEPT_FROM = {
    "coarse": HIDDEN,
    **{name: tuple(word for word in HIDDEN if word not in DIGITS) for name in ("partner", "here", "delayed", "verified", "key here", "key reading")},
    "elsewhere": HIDDEN,
}
# Around the exact point, and around nothing.
BOX, ELSEWHERE = "37.0282,36.1717,37.0283,36.1718", "37.1282,36.2717,37.1283,36.2718"
FORMATS = ("csv", "hxl", "ndjson", "geojson", "xlsx", "ucdp")
ASKED = {
    "json export-now": [f"of={of}&format={form}" for of in ("reports", "incidents", "aggregate-claims", "convoys") for form in FORMATS],
    "json tallies-cells": ["by=side", "by=day", "by=area", "by=type"],
}


def addresses(world: World) -> Iterator[tuple[Any, str]]:
    """Yield every address at which something may be read: every list with its usual questions, and every record in every state."""
    read = {name for name, method in expected() if method == "GET"}
    by_key = {door.name: (parameter, before) for door, parameter, before in keyed()}
    for door in (door for door in doors() if door.name in read):
        if door.name not in by_key:
            yield door, door.address()
            yield from ((door, f"{door.address()}?{query}") for query in ASKED.get(door.name, []))
            if not door.is_json:
                yield door, f"{door.address()}?agreement=river-2020"
            continue
        parameter, before = by_key[door.name]
        for thing in world.things.values():
            if thing.noun == NOUNS.get(before):
                values = {"slug": "river-2020", "part": "matched"} | {parameter: str(thing.key)}
                yield door, door.address(**values)


def read(identity: Identity, door: Any, address: str) -> str:
    """Return what is answered, the files in a workbook unpacked, but for what is only the address said again."""
    came = tried(identity, door, "GET", address)
    body = came.body
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return "" if came.status in {401, 403, 404} else body.decode("utf-8", "replace").replace(address, "")


def told(world: World, who: str, secrets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield every secret that this one is told of, with the address where."""
    secrets = tuple(secret.casefold() for secret in secrets)
    for door, address in addresses(world):
        text = read(world.identities[who], door, address).casefold()
        yield from ((address, secret) for secret in secrets if secret in text and secret not in address.casefold())


@cache
def parameters() -> dict[str, tuple[str, ...]]:
    """Return what each list may be asked by, from the published schema."""
    with override("en"):
        paths = APIClient().get("/api/v1/schema/").json()["paths"]
    found = {}
    for path, operations in paths.items():
        names = tuple(row["name"] for row in operations.get("get", {}).get("parameters", []) if row["in"] == "query")
        if names and "{" not in path:
            found[path] = names
    return found


def fields(page: str) -> tuple[str, ...]:
    """Return the names by which a page's forms ask."""
    forms = [form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'method="post"' not in form]
    return tuple(sorted({name for form in forms for name in re.findall(r'<(?:input|select)[^>]*\bname="([\w-]+)"', form)}))
