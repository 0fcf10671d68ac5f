"""Many rows in one request: each is its own success or failure, and the request is answered once."""

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from incidents.api import bulk
from incidents.models import AggregateClaim, Change, ConvoyEvent, Evidence, Report, User
from tests.api.conftest import client_of
from tests.builders import make_report, make_user
from tests.builders.convoys import make_convoy

BULK = "/api/v1/reports/bulk/"


def sent(client: APIClient, address: str, rows: Any, **headers: Any) -> Any:
    return client.post(address, {"rows": rows}, format="json", **headers)


def test_each_row_has_its_outcome_and_a_refused_one_leaves_the_others(analyst: APIClient, report_facts: Any) -> None:
    harm = [{"kind": "killed", "low": 5, "high": 2}]
    rows = [report_facts(external_id="a"), report_facts(harm=harm), report_facts(external_id="a"), None, report_facts(wordng="x"), report_facts()]
    answer = sent(analyst, BULK, rows)
    assert answer.status_code == 207
    body = answer.json()
    assert (body["created"], body["refused"]) == (2, 4)
    assert [row["line"] for row in body["results"]] == [1, 2, 3, 4, 5, 6]
    assert [row["status"] for row in body["results"]] == [201, 422, 409, 422, 422, 201]
    problems = [row["problem"] for row in body["results"]]
    assert problems[0] is problems[5] is None
    assert (problems[1]["field"], problems[1]["line"]) == ("harm.0.high", 2)
    assert (problems[2]["code"], problems[2]["field"]) == ("already_recorded", "external_id")
    assert (problems[4]["code"], problems[4]["field"]) == ("unknown_field", "wordng")
    made = [row["id"] for row in body["results"] if row["id"]]
    assert {str(report.public_id) for report in Report.objects.all()} == set(made)
    assert analyst.get(body["results"][0]["url"]).json()["id"] == made[0]
    assert Change.objects.values("operation_id").distinct().count() == 1, "one request is one operation"


def test_sent_again_with_its_key_it_is_answered_again(analyst: APIClient, report_facts: Any) -> None:
    rows = [report_facts(), report_facts(claimant="nobody-known")]
    first = sent(analyst, BULK, rows, HTTP_IDEMPOTENCY_KEY="k-1")
    again = sent(analyst, BULK, rows, HTTP_IDEMPOTENCY_KEY="k-1")
    assert (first.status_code, again.status_code, again.content) == (207, 207, first.content)
    assert Report.objects.count() == 1
    other = sent(analyst, BULK, rows[:1], HTTP_IDEMPOTENCY_KEY="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "key_used_for_another")


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 422, "required", "rows"),
        ({"rows": []}, 422, "required", "rows"),
        ({"rows": {"agreement": "x"}}, 422, "required", "rows"),
        ([{"agreement": "x"}], 422, "required", "rows"),
        ({"rows": [{}], "row": 1}, 422, "unknown_field", "row"),
        ({"rows": [{}] * (bulk.MOST_ROWS + 1)}, 413, "too_many", "rows"),
    ],
)
def test_what_is_no_list_of_rows_or_too_long_a_one_is_refused_whole(analyst: APIClient, body: Any, status: int, code: str, field: str) -> None:
    answer = analyst.post(BULK, body, format="json")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, code, field)


def test_who_may_not_log_one_may_not_log_many(partner: APIClient, report_facts: Any) -> None:
    assert sent(partner, BULK, [report_facts()]).status_code == 403
    assert sent(partner, "/api/v1/evidence/bulk/", [{}]).status_code == 403


def test_claims_evidence_and_events_come_in_bulk_too(claim_facts: Any) -> None:
    client = client_of(make_user(User.Role.EDITOR))
    claims = sent(client, "/api/v1/aggregate-claims/bulk/", [claim_facts(count=1), claim_facts(count=-1)], HTTP_ACCEPT_LANGUAGE="ar").json()
    assert (claims["created"], claims["results"][1]["problem"]["field"], AggregateClaim.objects.count()) == (1, "count", 1)
    assert any("\u0600" <= letter <= "\u06ff" for letter in claims["results"][1]["problem"]["detail"])
    report, link = make_report(), "https://a.example/1"
    rows = [
        {"report": str(report.public_id), "link": link},
        {"report": str(uuid.uuid4()), "link": link},
        {"report": str(report.public_id), "file": {}},
    ]
    attached = sent(client, "/api/v1/evidence/bulk/", rows).json()
    assert [row["status"] for row in attached["results"]] == [201, 422, 422]
    assert (attached["results"][1]["problem"]["field"], Evidence.objects.get().link) == ("report", link)
    convoy = make_convoy()
    events = [{"status": "planned", "source": "gazette"}, {"status": "flown", "source": "gazette"}]
    told = sent(client, f"/api/v1/convoys/{convoy.public_id}/events/bulk/", events).json()
    assert [row["status"] for row in told["results"]] == [201, 422]
    assert str(ConvoyEvent.objects.get().public_id) == told["results"][0]["id"]
