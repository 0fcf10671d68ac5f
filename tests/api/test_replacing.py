"""What is replaced is replaced as it was read: missing 428, stale 412, nothing lost, and a repeated change is answered again."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from incidents.models import Draft
from tests.builders import make_agreement
from tests.builders.convoys import make_convoy


@pytest.fixture(params=["convoy", "draft"])
def record(request: Any, analyst: APIClient) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return the address of a record, and two changes of it."""
    if request.param == "convoy":
        return f"/api/v1/convoys/{make_convoy().public_id}/", {"people_reached": 5}, {"people_reached": 9}
    make_agreement()
    made = analyst.post("/api/v1/drafts/", {"agreement": "river-2020", "fields": {"summary": "a"}}, format="json").json()
    return f"/api/v1/drafts/{made['id']}/", {"fields": {"summary": "b"}}, {"fields": {"summary": "c"}}


def changed(client: APIClient, address: str, body: dict[str, Any], match: str = "", **headers: str) -> Any:
    return client.patch(address, body, format="json", **({"HTTP_IF_MATCH": match} if match else {}), **headers)


def test_it_takes_the_tag_of_what_was_read_and_refuses_what_is_stale(analyst: APIClient, record: Any) -> None:
    address, first, second = record
    tag = analyst.get(address)["ETag"]
    for match in ("", "*"):
        missing = changed(analyst, address, first, match)
        assert (missing.status_code, missing.json()["code"], missing.json()["field"]) == (428, "version_required", "If-Match")
    assert changed(analyst, address, first, f"W/{tag}").status_code == 200
    held = analyst.get(address)
    for match in (tag, '"1"', '"no such tag"', "1"):
        stale = changed(analyst, address, second, match)
        assert (stale.status_code, stale.json()["status"]) == (412, 412), match
    assert changed(analyst, address, second | {"version": 1}).status_code == 409, "as the body says it"
    assert changed(analyst, address, second | {"version": 1}, held["ETag"]).status_code == 412, "of two versions"
    assert analyst.get(address).content == held.content, "nothing is lost"
    assert changed(analyst, address, second, '"2"').status_code == 200


def test_a_change_sent_again_with_its_key_is_answered_again(analyst: APIClient, record: Any) -> None:
    address, first, second = record
    key = {"HTTP_IDEMPOTENCY_KEY": "k-1"}
    done = changed(analyst, address, first, '"1"', **key)
    again = changed(analyst, address, first, '"1"', **key)
    assert (done.status_code, again.status_code, again.content) == (200, 200, done.content)
    assert analyst.get(address).json()["version"] == 2
    assert "Location" not in again
    for body, match in ((second, '"1"'), (first, '"2"')):
        assert changed(analyst, address, body, match, **key).json()["code"] == "key_used_for_another"
    assert Draft.objects.count() <= 1


def test_a_claim_that_was_corrected_meanwhile_is_not_corrected_again(analyst: APIClient, claim_facts: Any) -> None:
    claim = analyst.post("/api/v1/aggregate-claims/", claim_facts(), format="json").json()
    address = f"/api/v1/aggregate-claims/{claim['id']}/supersede/"
    stale = analyst.post(address, claim_facts(count=255), format="json", HTTP_IF_MATCH='"7"')
    assert (stale.status_code, stale.json()["field"]) == (412, "If-Match")
    tag = analyst.get(f"/api/v1/aggregate-claims/{claim['id']}/")["ETag"]
    assert analyst.post(address, claim_facts(count=255), format="json", HTTP_IF_MATCH=tag).status_code == 201
