"""A published total beside our records over JSON: parts that make it, each opening exactly its reports."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from incidents.models import Convoy
from incidents.vocabulary import Share
from tests.api.test_schema import check
from tests.builders import make_agreement, make_claim, make_party, make_report, make_source

ADDRESS = "/api/v1/aggregate-claims/{id}/reconciliation/"
PART = f"{ADDRESS}{{part}}/"


@pytest.mark.parametrize("role", ["analyst", "partner"])
def test_the_parts_make_the_claim_and_open_their_reports(role: str, request: pytest.FixtureRequest) -> None:
    client: APIClient = request.getfixturevalue(role)
    report, again = make_report(stated_count=4), make_report()
    make_report(claimant=make_party("Lowlands"))
    claim = make_claim(10)
    answer = client.get(ADDRESS.format(id=claim.public_id))
    assert answer.status_code == 200
    check(ADDRESS, "get", answer)
    said = answer.json()
    assert [row["part"] for row in said["parts"]] == list(Share)
    assert {row["part"]: row["count"] for row in said["parts"] if row["count"]} == {"unverified": 5, "not_itemised": 5}
    assert sum(row["count"] or 0 for row in said["parts"]) + said["remainder"] == said["count"] == 10
    assert (said["by_others"], said["undated"], said["is_whole"]) == (1, 0, True)
    for row in said["parts"]:
        assert row["message"] and (row["url"] is None) == (row["part"] in {"not_yet_logged", "not_itemised"})
        if row["url"]:
            opened = client.get(row["url"])
            check(PART, "get", opened)
            assert len(opened.json()["reports"]) == row["records"]
            assert sum(one["count"] or 0 for one in opened.json()["reports"]) == row["count"]
    (unverified,) = [row for row in said["parts"] if row["part"] == "unverified"]
    assert [(one["reference"], one["count"]) for one in client.get(unverified["url"]).json()["reports"]] == [
        (again.reference, 1),
        (report.reference, 4),
    ]


def test_a_claim_without_a_number_has_no_remainder(analyst: APIClient) -> None:
    said = analyst.get(ADDRESS.format(id=make_claim(None).public_id)).json()
    assert (said["count"], said["remainder"]) == (None, None)
    assert {row["part"]: row["count"] for row in said["parts"]}["not_itemised"] is None


def test_a_partner_finds_nothing_of_a_hidden_convoy(analyst: APIClient, partner: APIClient) -> None:
    convoy = Convoy.objects.create(agreement=make_agreement(), reference="CV-1", operator=make_party("Aid"), source=make_source())
    make_report(convoy=convoy)
    address = PART.format(id=make_claim(10).public_id, part="unverified")
    assert [len(client.get(address).json()["reports"]) for client in (analyst, partner)] == [1, 0]


def test_what_is_not_there_is_not_found(analyst: APIClient, stranger: APIClient) -> None:
    claim = make_claim(10)
    assert analyst.get(ADDRESS.format(id=uuid4())).status_code == 404
    for part in ("not_itemised", "nonsense"):
        assert analyst.get(PART.format(id=claim.public_id, part=part)).status_code == 404
    assert stranger.get(ADDRESS.format(id=claim.public_id)).status_code == 401
