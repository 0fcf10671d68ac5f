"""The published schema: valid, without warnings, complete, and true of what is answered."""

import io
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override
from rest_framework.test import APIClient

from tests.builders import make_agreement, make_claim, make_member, make_party, make_report, make_source, sealed_and_posted

Facts = Callable[..., dict[str, Any]]
ADMINISTRATORS_ONLY = {"/api/v1/reads/"}
UNPUBLISHED = {"livez", "readyz", "schema", None}


@cache
def published() -> dict[str, Any]:
    """Return the schema as it is served."""
    with override("en"):
        told = APIClient().get("/api/v1/schema/")
    assert told.status_code == 200
    schema: dict[str, Any] = json.loads(told.content)
    return schema


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.name


def check(address: str, method: str, answer: Any) -> None:
    """Hold an answer against what the schema says of it, unknown fields included."""
    content = published()["paths"][address][method]["responses"][str(answer.status_code)]["content"]
    schema = content[answer["Content-Type"]]["schema"]
    closed = json.loads(json.dumps({"components": published()["components"]}))
    for component in closed["components"]["schemas"].values():
        if component.get("type") == "object":
            component["additionalProperties"] = False
    jsonschema.Draft202012Validator(schema | closed, format_checker=jsonschema.FormatChecker()).validate(answer.json())


def test_it_is_valid_and_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())


def test_it_is_open_and_says_how_to_authenticate() -> None:
    assert published()["openapi"] == "3.1.0"
    assert published()["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for path in published()["paths"].values():
        for operation in path.values():
            assert {"key": []} in operation["security"]
            assert {} not in operation["security"]


def test_every_route_is_in_it() -> None:
    expected = set()
    for address, name in routes(get_resolver("incidents.api.urls").url_patterns):
        if name not in UNPUBLISHED:
            parts = [f"{{{part.strip('<>').split(':')[-1]}}}" if part.startswith("<") else part for part in address.split("/")]
            expected.add("/" + "/".join(parts))
    assert expected == set(published()["paths"])
    assert len(expected) > 30, "the addresses are found at all"


def test_reads_are_as_it_says(analyst: APIClient, partner: APIClient) -> None:
    agreement = make_agreement(renews=make_agreement("river-2019"))
    make_member(agreement.sides.get(code="A"), make_party("Rangers", organ_of=make_party("Lowlands")))
    report = make_report(source=make_source("Hotline", is_protected=True), accused_party=None)
    claim = make_claim(5)
    make_claim(None, accused=[make_party("Outsiders")], unit="arrest")
    sealed_and_posted()
    for client in (analyst, partner):
        for address, arguments in {
            "/api/v1/agreements/": {},
            "/api/v1/agreements/{slug}/": {"slug": "river-2020"},
            "/api/v1/agreements/{slug}/tallies/": {"slug": "river-2020"},
            "/api/v1/parties/": {},
            "/api/v1/parties/{slug}/": {"slug": "lowlands"},
            "/api/v1/reports/": {},
            "/api/v1/reports/{id}/": {"id": report.public_id},
            "/api/v1/aggregate-claims/": {},
            "/api/v1/aggregate-claims/{id}/": {"id": claim.public_id},
        }.items():
            answer = client.get(address.format(**arguments))
            assert answer.status_code == 200, answer.content
            check(address, "get", answer)


def test_writes_are_as_it_says(analyst: APIClient, report_facts: Facts, claim_facts: Facts) -> None:
    harm = [{"kind": "killed", "low": 1}]
    check("/api/v1/reports/", "post", analyst.post("/api/v1/reports/", report_facts(harm=harm), format="json"))
    parts = [{"label": "x", "count": 1, "parts": [{"label": "y"}]}]
    logged = analyst.post("/api/v1/aggregate-claims/", claim_facts(parts=parts, harm=harm), format="json")
    check("/api/v1/aggregate-claims/", "post", logged)
    heir = analyst.post(f"{logged.json()['url']}supersede/", claim_facts(), format="json")
    assert heir.status_code == 201
    check("/api/v1/aggregate-claims/{id}/supersede/", "post", heir)


def test_refusals_are_as_it_says(analyst: APIClient, partner: APIClient, stranger: APIClient, report_facts: Facts) -> None:
    address = "/api/v1/reports/"
    check(address, "get", stranger.get(address))
    check(address, "get", partner.get(address, {"state": "x"}))
    check(address, "get", partner.get(address, headers={"Accept": "text/html"}))
    check("/api/v1/reports/{id}/", "get", partner.get(f"{address}{uuid4()}/"))
    check(address, "post", partner.post(address, report_facts(), format="json"))
    check(address, "post", analyst.post(address, report_facts(harm=[{"kind": "x"}]), format="json"))
    check(address, "post", analyst.post(address, b"{", content_type="application/json"))
    check(address, "post", analyst.post(address, b"{", content_type="text/plain"))


# What an address cannot be asked without.
NEEDED = {"/api/v1/exports/now/": {"of": "reports", "format": "ndjson"}}


@pytest.mark.parametrize("role", ["analyst", "partner"])
def test_every_published_read_answers_every_role(role: str, request: pytest.FixtureRequest) -> None:
    client: APIClient = request.getfixturevalue(role)
    for address, path in published()["paths"].items():
        if "get" in path:
            answer = client.get(address.replace("{slug}", "none").replace("{id}", str(uuid4())), NEEDED.get(address))
            assert answer.status_code == (403 if address in ADMINISTRATORS_ONLY else 404 if "{" in address else 200), address
            if not answer.streaming:
                check(address, "get", answer)
