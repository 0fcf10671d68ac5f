"""Possible duplicates over the wire: candidates with reasons, nothing saved, nothing told to those who may not log."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from incidents.actions import reports
from incidents.models import Report
from tests.api.test_schema import check
from tests.builders import make_agreement, make_place, make_report, make_source

ADDRESS = "/api/v1/duplicates/"
SAID = {"agreement": "river-2020", "violation_type": "shelling", "occurred_on": "2020-06-02", "place": "ford"}


@pytest.fixture
def other(db: None) -> Report:
    return make_report(place=make_place(latitude=Decimal("35.1"), longitude=Decimal("38.2")), link="https://example.org/7")


def test_candidates_come_with_reasons(analyst: APIClient, other: Report) -> None:
    answer = analyst.post(ADDRESS, SAID | {"source": "gazette"}, format="json")
    check(ADDRESS, "post", answer)
    (row,) = answer.json()["candidates"]
    assert row["report"]["reference"] == other.reference
    reasons = {reason["code"]: reason for reason in row["reasons"]}
    assert {"km_apart", "same_type", "same_source"} <= reasons.keys()
    assert (reasons["km_apart"]["km"], reasons["km_apart"]["text"]) == (0.0, "0.0 km apart")
    assert Report.objects.count() == 1


def test_what_is_far_is_no_candidate_and_a_shared_address_always_is(analyst: APIClient, other: Report) -> None:
    far = SAID | {"occurred_on": "2020-06-06"}
    assert analyst.post(ADDRESS, far, format="json").json()["candidates"] == []
    (row,) = analyst.post(ADDRESS, far | {"link": "https://example.org/7"}, format="json").json()["candidates"]
    assert "same_address" in [reason["code"] for reason in row["reasons"]]


def test_a_logged_report_is_no_duplicate_of_itself_nor_of_what_was_told_apart(analyst: APIClient, other: Report) -> None:
    mine = make_report(place=make_place())
    asked = SAID | {"report": str(mine.public_id)}
    assert [row["report"]["id"] for row in analyst.post(ADDRESS, asked, format="json").json()["candidates"]] == [str(other.public_id)]
    reports.tell_apart(report=mine, other=other, by=None)
    assert analyst.post(ADDRESS, asked, format="json").json()["candidates"] == []


@pytest.mark.parametrize("slip", [{"agreement": "none"}, {"latitude": 35.1}, {"time": "18:20", "occurred_on": None}, {"plase": "ford"}])
def test_what_cannot_be_compared_is_refused(analyst: APIClient, other: Report, slip: dict[str, object]) -> None:
    answer = analyst.post(ADDRESS, SAID | slip, format="json")
    assert answer.status_code == 422
    check(ADDRESS, "post", answer)


def test_only_those_who_log_may_ask(partner: APIClient, stranger: APIClient) -> None:
    make_agreement()
    make_source()
    assert partner.post(ADDRESS, SAID, format="json").status_code == 403
    assert stranger.post(ADDRESS, SAID, format="json").status_code == 401
