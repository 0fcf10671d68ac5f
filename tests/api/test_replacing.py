"""What is replaced is replaced as it was read: missing 428, stale 412, nothing lost, and a repeated change is answered again."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from incidents.actions import incidents
from incidents.models import Change, Draft, Incident, Report, User
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_report, make_user
from tests.builders.convoys import make_convoy

REPORTS = "/api/v1/reports/"


@pytest.fixture(params=["convoy", "draft", "webhook"])
def record(request: Any, analyst: APIClient) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return the address of a record, and two changes of it."""
    if request.param == "convoy":
        return f"/api/v1/convoys/{make_convoy().public_id}/", {"people_reached": 5}, {"people_reached": 9}
    make_agreement()
    if request.param == "webhook":
        made = analyst.post("/api/v1/webhooks/", {"address": "https://hooks.example.org/truce"}, format="json").json()
        return f"/api/v1/webhooks/{made['id']}/", {"is_active": False}, {"is_active": True}
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


def test_a_report_is_corrected_and_retracted_as_it_was_read(analyst: APIClient, report_facts: Any) -> None:
    incident = Incident.objects.create(slug="mill", name="Strike at the mill")
    first = analyst.post(REPORTS, report_facts(wording="nine", external_id="un-1"), format="json").json()
    incidents.attach(report=Report.objects.get(), incident=incident, by=None)
    told = analyst.get(first["url"])
    facts = report_facts(wording="ten", reason="They said ten.")
    assert analyst.post(f"{first['url']}supersede/", facts, format="json", HTTP_IF_MATCH='"1"').status_code == 412
    done = analyst.post(f"{first['url']}supersede/", facts, format="json", HTTP_IF_MATCH=told["ETag"], HTTP_IDEMPOTENCY_KEY="c-1")
    again = analyst.post(f"{first['url']}supersede/", facts, format="json", HTTP_IF_MATCH=told["ETag"], HTTP_IDEMPOTENCY_KEY="c-1")
    assert (done.status_code, again.content) == (201, done.content)
    check("/api/v1/reports/{id}/supersede/", "post", done)
    correction, former = done.json(), analyst.get(first["url"]).json()
    assert (correction["supersedes"], correction["wording"], correction["incident"]["slug"]) == (first["id"], "ten", "mill")
    assert (former["state"], former["superseded_by"], former["wording"]) == ("superseded", correction["id"], "nine")
    assert analyst.post(f"{first['url']}supersede/", facts, format="json").json()["code"] == "not_current"
    assert analyst.post(f"{correction['url']}retract/", {"reason": " "}, format="json").json()["field"] == "reason"
    assert analyst.post(f"{correction['url']}retract/", {"reason": "Made up."}, format="json", HTTP_IF_MATCH='"9"').status_code == 412
    gone = analyst.post(f"{correction['url']}retract/", {"reason": "Made up."}, format="json")
    assert (gone.status_code, gone.json()["state"], gone.json()["retraction_reason"]) == (200, "retracted", "Made up.")
    check("/api/v1/reports/{id}/retract/", "post", gone)
    assert analyst.post(f"{correction['url']}retract/", {"reason": "Made up."}, format="json").status_code == 409
    assert list(Change.objects.filter(kind="report.superseded").values_list("payload__body__note", flat=True)) == ["They said ten."]


def test_anothers_report_and_anothers_agreement_are_left_alone(analyst: APIClient, partner: APIClient, report_facts: Any) -> None:
    report = make_report(by=make_user(User.Role.ANALYST, "another"))
    address = f"{REPORTS}{report.public_id}/"
    make_agreement("hill-2021")
    for reader in (analyst, partner):
        assert reader.post(f"{address}retract/", {"reason": "No."}, format="json").status_code == 403
        assert reader.post(f"{address}supersede/", report_facts(), format="json").status_code == 403
    editor = client_of(make_user(User.Role.EDITOR))
    moved = editor.post(f"{address}supersede/", report_facts(agreement="hill-2021"), format="json")
    assert (moved.status_code, moved.json()["field"], Report.objects.get().state) == (422, "agreement", "submitted")
    assert editor.post(f"{address}supersede/", report_facts(), format="json").status_code == 201
