"""Reports over JSON: listed, opened, logged."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from incidents.actions.reports import HarmStated, retract, supersede
from incidents.models import Change, Report
from incidents.vocabulary import HarmKind, ReportState
from tests.builders import make_agreement, make_party, make_place, make_report, make_source

ADDRESS = "/api/v1/reports/"
Facts = Callable[..., dict[str, Any]]


def post(client: APIClient, facts: dict[str, Any], **headers: str) -> Any:
    return client.post(ADDRESS, facts, format="json", headers=headers)


def test_a_logged_report_can_be_read_back_as_it_was_sent(analyst: APIClient, report_facts: Facts) -> None:
    harm = [{"kind": "killed", "group": "civilians", "low": 62, "qualifier": "at_least"}]
    answer = post(analyst, report_facts(wording=" قصف \u200f\n", link="https://example.org/ ", harm=harm, term="1", place="ford", stated_count=0))
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert answer["Location"] == said["url"]
    assert analyst.get(said["url"]).json() == said
    assert said["wording"] == " قصف \u200f\n"
    assert said["link"] == "https://example.org/ "
    assert said["harm"] == [{"kind": "killed", "group": "civilians", "low": 62, "best": None, "high": None, "qualifier": "at_least"}]
    assert said["term"] == {"number": "1", "subject": "cessation_of_fire"}
    assert said["stated_count"] == 0
    assert said["against"]["bucket"] == "side" and said["against"]["side"]["code"] == "A"
    assert said["state"] == "submitted"
    assert Change.objects.filter(record_id=said["id"], kind="report.submitted").count() == 1


def test_what_is_not_stated_is_null_and_not_zero(analyst: APIClient, report_facts: Facts) -> None:
    said = post(analyst, report_facts(accused_party=None, occurred_on=None)).json()
    assert said["stated_count"] is None
    assert said["harm"] == []
    assert (said["occurred_on"], said["starts_at"], said["ends_at"], said["time_precision"]) == (None, None, None, "unknown")
    assert said["latitude"] is None and said["place_precision"] is None
    assert said["against"] == {"bucket": "nobody", "side": None}


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ({"occurred_on": "2020-06-02"}, ("2020-06-02", "2020-06-02T00:00:00+03:00", "2020-06-03T00:00:00+03:00", "day")),
        ({"occurred_on": "٢٠٢٠-٠٦-٠٢"}, ("2020-06-02", "2020-06-02T00:00:00+03:00", "2020-06-03T00:00:00+03:00", "day")),
        ({"occurred_on": "2020-06-02", "time": "19:12"}, ("2020-06-02", "2020-06-02T19:12:00+03:00", "2020-06-02T19:12:00+03:00", "exact")),
        (
            {"occurred_on": "2020-06-02", "time": "19:12", "time_precision": "part_of_day"},
            ("2020-06-02", "2020-06-02T18:00:00+03:00", "2020-06-03T00:00:00+03:00", "part_of_day"),
        ),
        ({"occurred_on": "2020-06-02", "time_precision": "week"}, (None, "2020-06-02T00:00:00+03:00", "2020-06-09T00:00:00+03:00", "week")),
        ({"starts_at": "2020-06-01T21:30:00Z"}, ("2020-06-02", "2020-06-02T00:30:00+03:00", "2020-06-02T00:30:00+03:00", "exact")),
        (
            {"starts_at": "2020-06-02T00:00:00+03:00", "ends_at": "2020-06-03T00:00:00+03:00", "time_precision": "day"},
            ("2020-06-02", "2020-06-02T00:00:00+03:00", "2020-06-03T00:00:00+03:00", "day"),
        ),
        (
            {"starts_at": "2020-06-02T22:00:00+03:00", "ends_at": "2020-06-03T02:00:00+03:00", "time_precision": "hour"},
            (None, "2020-06-02T22:00:00+03:00", "2020-06-03T02:00:00+03:00", "hour"),
        ),
        (
            {"starts_at": "2020-06-02T10:00:00+03:00", "time_precision": "hour"},
            ("2020-06-02", "2020-06-02T10:00:00+03:00", "2020-06-02T11:00:00+03:00", "hour"),
        ),
    ],
)
def test_time_is_kept_as_exactly_as_it_was_said(analyst: APIClient, report_facts: Facts, time: dict[str, str], expected: tuple[Any, ...]) -> None:
    facts = report_facts()
    del facts["occurred_on"]
    answer = post(analyst, facts | time)
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["occurred_on"], said["starts_at"], said["ends_at"], said["time_precision"]) == expected
    # What was answered can be sent again and means the same.
    again = {name: said[name] for name in ("starts_at", "ends_at", "time_precision")}
    repeated = post(analyst, facts | again).json()
    assert (repeated["occurred_on"], repeated["starts_at"], repeated["ends_at"], repeated["time_precision"]) == expected


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"occured_on": "2020-06-02"}, "unknown_field", "occured_on"),
        ({"agreement": "other"}, "unknown_word", "agreement"),
        ({"claimant": None}, "null", "claimant"),
        ({"accused_side": "Z", "accused_party": None}, "unknown_word", "accused_side"),
        ({"accused_side": "A"}, "accused_twice", "accused_side"),
        ({"term": "9"}, "unknown_word", "term"),
        ({"violation_type": "shouting"}, "invalid_choice", "violation_type"),
        ({"violation_type": ["shelling"]}, "invalid_choice", "violation_type"),
        ({"stated_count": "12"}, "invalid", "stated_count"),
        ({"stated_count": 1.0}, "invalid", "stated_count"),
        ({"stated_count": True}, "invalid", "stated_count"),
        ({"stated_count": -1}, "min_value", "stated_count"),
        ({"stated_count": 2**31}, "max_value", "stated_count"),
        ({"spoken_by": 7}, "invalid", "spoken_by"),
        ({"spoken_by": "x" * 201}, "max_length", "spoken_by"),
        ({"occurred_on": "2020-W23-2"}, "not_a_date", "occurred_on"),
        ({"occurred_on": "20200602"}, "not_a_date", "occurred_on"),
        ({"occurred_on": 20200602}, "not_a_date", "occurred_on"),
        ({"occurred_on": "0001-01-01"}, "out_of_range", "occurred_on"),
        ({"occurred_on": "2199-01-01"}, "in_future", "occurred_on"),
        ({"time": "25:00"}, "not_a_time", "time"),
        ({"time_precision": "hour"}, "time_required", "time"),
        ({"occurred_on": None, "time": "19:12"}, "required", "occurred_on"),
        ({"occurred_on": None, "time_precision": "day"}, "required", "occurred_on"),
        ({"starts_at": "2020-06-02T10:00:00Z"}, "said_twice", "starts_at"),
        ({"occurred_on": None, "starts_at": "2020-06-02T10:00:00"}, "invalid", "starts_at"),
        ({"occurred_on": None, "starts_at": "2020-06-02"}, "invalid", "starts_at"),
        ({"occurred_on": None, "ends_at": "2020-06-02T10:00:00Z"}, "required", "starts_at"),
        ({"occurred_on": None, "starts_at": "2020-06-03T10:00:00Z", "ends_at": "2020-06-02T10:00:00Z"}, "ends_before_start", "ends_at"),
        ({"latitude": 36.1}, "half_a_point", "longitude"),
        ({"latitude": 91, "longitude": 37, "place_precision": "point"}, "out_of_range", "latitude"),
        ({"latitude": "36.1", "longitude": 37, "place_precision": "point"}, "invalid", "latitude"),
        ({"latitude": 36.1234567, "longitude": 37, "place_precision": "point"}, "max_decimal_places", "latitude"),
        ({"latitude": 36.1, "longitude": 37}, "precision_required", "place_precision"),
        ({"published_on": "2199-01-01"}, "in_future", "published_on"),
        ({"harm": [{"kind": "killed", "low": 3, "best": 2}]}, "out_of_order", "harm.0.low"),
        ({"harm": [{"kind": "killed"}, {"kind": "killed"}]}, "stated_twice", "harm.1"),
        ({"harm": [{"kind": "killed", "lowest": 3}]}, "unknown_field", "harm.0.lowest"),
        ({"harm": "many"}, "not_a_list", "harm"),
        ({"external_id": ""}, "blank", "external_id"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_kept(analyst: APIClient, report_facts: Facts, facts: dict[str, Any], code: str, field: str) -> None:
    answer = post(analyst, report_facts(**facts))
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["field"]) == (code, field)
    assert problem["type"] == f"urn:truce:problem:{code}"
    assert problem["status"] == 422
    assert not Report.objects.exists()
    assert not Change.objects.exists()


def test_all_fields_that_are_wrong_are_told_at_once(analyst: APIClient, report_facts: Facts) -> None:
    problem = post(analyst, report_facts(stated_count=-1, violation_type="shouting")).json()
    assert {error["field"] for error in problem["errors"]} == {"stated_count", "violation_type"}


def test_an_id_from_elsewhere_is_taken_once(analyst: APIClient, report_facts: Facts) -> None:
    assert post(analyst, report_facts(external_id="un-17")).status_code == 201
    answer = post(analyst, report_facts(external_id="un-17"))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "already_recorded", "external_id")
    assert Report.objects.count() == 1


def test_a_list_may_be_narrowed(analyst: APIClient, db: None) -> None:
    make_report(summary="at the mill")
    make_report(accused_party=make_party("Highlands"), claimant=make_party("Lowlands"), summary="at the ford")

    def found(**params: str) -> list[str]:
        answer = analyst.get(ADDRESS, params)
        assert answer.status_code == 200, answer.content
        return [row["summary"] for row in answer.json()["results"]]

    assert found() == ["at the ford", "at the mill"]
    assert found(agreement="river-2020", side="A") == ["at the mill"]
    assert found(claimant="lowlands") == ["at the ford"]
    assert found(text="mill") == ["at the mill"]
    assert found(since="2020-06-03") == []


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ("stat=draft", "unknown_parameter", "stat"),
        ("state=drafty", "unknown_word", "state"),
        ("state=draft&state=submitted", "said_twice", "state"),
        ("agreement=nothing", "unknown_word", "agreement"),
        ("agreement=no such", "unknown_word", "agreement"),
        ("side=A", "agreement_required", "side"),
        ("since=2020-13-01", "not_a_date", "since"),
        ("since=2020-06-02&until=2020-06-01", "ends_before_start", "until"),
        ("text=%00", "not_text", "text"),
        ("limit=0", "out_of_range", "limit"),
        ("limit=1001", "out_of_range", "limit"),
        ("limit=1_0", "not_a_number", "limit"),
        ("cursor=xyz", "unreadable_cursor", "cursor"),
        ("cursor=%00", "not_text", "cursor"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(analyst: APIClient, params: str, code: str, field: str) -> None:
    answer = analyst.get(f"{ADDRESS}?{params}")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, code, field)


def test_pages_lead_through_everything_once(analyst: APIClient) -> None:
    for number in range(7):
        make_report(summary=str(number))
    seen, address = [], f"{ADDRESS}?limit=3"
    while address:
        answer = analyst.get(address)
        page = answer.json()
        assert ('rel="next"' in answer.get("Link", "")) == (page["next"] is not None)
        seen += [row["summary"] for row in page["results"]]
        address = page["next"]
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    assert "count" not in page
    assert analyst.get(page["previous"]).json()["results"][-1]["summary"] == "1"


def test_more_rows_do_not_mean_more_queries(analyst: APIClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert analyst.get(ADDRESS).status_code == 200
        return len(captured)

    make_report(harm=[HarmStated(HarmKind.KILLED, low=1)])
    few = queries()
    for number in range(10):
        make_report(
            harm=[HarmStated(HarmKind.KILLED, low=1)],
            claimant=make_party(f"Party {number}", organ_of=make_party("Highlands")),
            place=make_place(f"Place {number}"),
            source=make_source(f"Source {number}"),
            accused_party=make_party(f"Organ {number}", organ_of=make_party("Lowlands")),
        )
    assert queries() == few


def test_supersession_is_told_from_both_ends(analyst: APIClient) -> None:
    first = make_report()
    second = supersede(report=first, by=None, **(vars_of(first) | {"summary": "better known"}))
    retract(report=second, by=None, reason="a hoax")
    told = analyst.get(f"{ADDRESS}{first.public_id}/").json()
    assert (told["state"], told["superseded_by"]) == ("superseded", str(second.public_id))
    told = analyst.get(f"{ADDRESS}{second.public_id}/").json()
    assert (told["state"], told["supersedes"], told["retraction_reason"]) == ("retracted", str(first.public_id), "a hoax")


def vars_of(report: Report) -> dict[str, Any]:
    names = ("agreement", "claimant", "source", "violation_type", "occurred_on", "time_precision", "accused_party")
    return {name: getattr(report, name) for name in names}


def headers_of(answer: Any) -> dict[str, str]:
    """Return what an answer's headers say of what was asked for: not which request it was, nor how many more there may be."""
    return {name: value for name, value in answer.items() if name not in {"X-Request-ID", "RateLimit"}}


def test_a_partner_sees_no_drafts_anywhere(partner: APIClient, analyst: APIClient) -> None:
    draft = make_report(summary="secret mill", external_id="d-1")
    Report.objects.filter(pk=draft.pk).update(state=ReportState.DRAFT)
    one = f"{ADDRESS}{draft.public_id}/"
    assert analyst.get(one).status_code == 200
    hidden, absent = partner.get(one), partner.get(f"{ADDRESS}{uuid4()}/")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert headers_of(hidden) == headers_of(absent)
    for question in ("", "?state=draft", "?text=mill", f"?text={draft.reference}", "?agreement=river-2020&side=A"):
        assert partner.get(ADDRESS + question).json()["results"] == []


def test_an_address_that_is_no_id_answers_like_an_absent_report(partner: APIClient) -> None:
    absent = partner.get(f"{ADDRESS}{uuid4()}/")
    for address in (f"{ADDRESS}17/", "/api/v1/nothing/", "/api/"):
        answer = partner.get(address)
        assert (answer.status_code, answer.content) == (404, absent.content)


def test_a_protected_source_is_withheld_from_partners_in_every_way(partner: APIClient, analyst: APIClient) -> None:
    hotline = make_source("Hotline Nine", is_protected=True)
    report = make_report(source=hotline, wording="the caller said canary", link="https://canary.example", spoken_by="canary", external_id="canary-1")
    one = f"{ADDRESS}{report.public_id}/"
    assert analyst.get(one).json()["source"]["name"] == "Hotline Nine"
    assert analyst.get(one).json()["withheld"] == []
    told = partner.get(one)
    names = ["source", "link", "wording", "spoken_by", "external_id"]
    assert told.json()["withheld"] == names
    assert [told.json()[name] for name in names] == [None] * 5
    for answer in (told, partner.get(ADDRESS)):
        assert b"canary" not in answer.content
        assert b"otline" not in answer.content
    assert len(analyst.get(ADDRESS, {"text": "canary"}).json()["results"]) == 1
    assert partner.get(ADDRESS, {"text": "canary"}).json()["results"] == []


def test_a_partner_may_not_log(partner: APIClient, report_facts: Facts) -> None:
    answer = post(partner, report_facts())
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_report_of_another_agreement_stays_out_of_a_side(analyst: APIClient) -> None:
    other = make_agreement("hill-2020")
    make_report(agreement=other, accused_party=None, accused_side=other.sides.get(code="A"), occurred_on=date(2020, 6, 3))
    make_agreement()
    assert analyst.get(ADDRESS, {"agreement": "river-2020", "side": "A"}).json()["results"] == []
    assert len(analyst.get(ADDRESS, {"agreement": "hill-2020", "side": "A"}).json()["results"]) == 1


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_is_overwritten_or_deleted(analyst: APIClient, method: str) -> None:
    report = make_report()
    answer = getattr(analyst, method)(f"{ADDRESS}{report.public_id}/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_head_and_options_answer(analyst: APIClient) -> None:
    assert analyst.head(ADDRESS).status_code == 200
    answer = analyst.options(ADDRESS)
    assert answer.status_code == 200
    assert set(answer.json()["methods"]) == {"GET", "POST", "HEAD", "OPTIONS"}
