"""The change feed over the wire: a copy is kept in step by following it, and nothing is told of what the key may not see."""

import json
import time
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from incidents.actions import incidents, reports
from incidents.api.v1.changes import ENDPOINTS
from incidents.models import Convoy, Incident, User
from incidents.queries import feeds
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_party, make_report, make_source, make_user, sealed_and_posted

pytestmark = pytest.mark.django_db
FEED = "/api/v1/changes/"


def follow(client: APIClient, cursor: str = "", **asked: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return the place after everything there is to tell, and what was told."""
    sealed_and_posted()
    told = []
    while True:
        answer = client.get(FEED, {"cursor": cursor, **asked} if cursor else asked)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        cursor, told = body["cursor"], [*told, *body["results"]]
        if not body["has_more"]:
            return cursor, told


ADDRESSES = {
    "party": "parties",
    "agreement": "agreements",
    "declaration": "declarations",
    "aggregate_claim": "aggregate-claims",
    "convoy": "convoys",
    "incident": "incidents",
    "report": "reports",
    "response": "responses",
    "assessment": "assessments",
    "coverage": "coverage",
    "evidence": "evidence",
}


@pytest.mark.slow
def test_what_is_told_is_what_the_lists_show(partner: APIClient, analyst: APIClient) -> None:
    call_command("load_demo", verbosity=0)
    first, second = Incident.objects.order_by("id")[:2]
    incidents.merge(incident=first, into=second, by=None)
    for client in (partner, analyst):
        told = follow(client, limit=50)[1]
        for noun, address in ADDRESSES.items():
            listed = client.get(f"/api/v1/{address}/", {"limit": 1000}).json()["results"]
            assert {row["id"]: row["record"] for row in told if row["type"] == noun} == {row["id"]: row for row in listed}, noun
            assert listed or client is partner or noun in {"assessment", "evidence"}, "the demo has some of it"
    check(FEED, "get", partner.get(FEED))


def test_every_noun_of_the_feed_has_its_endpoint() -> None:
    assert set(ENDPOINTS) == set(feeds.BY_NAME) == set(ADDRESSES)


def test_the_pages_of_the_feed_miss_nothing_and_repeat_nothing(partner: APIClient) -> None:
    made = {str(make_report().public_id) for _turn in range(7)}
    cursor, told = follow(partner, type="report", limit=3)
    assert len(told) == 7 and {row["id"] for row in told} == made
    assert follow(partner, cursor)[1] == []
    more = make_report()
    assert [row["id"] for row in follow(partner, cursor)[1]] == [str(more.public_id)]


def test_what_has_left_the_view_is_said_to_be_gone_and_no_more(partner: APIClient) -> None:
    report = make_report()
    cursor, _told = follow(partner)
    convoy = Convoy.objects.create(reference="C-1", operator=make_party("Lowlands"), agreement=make_agreement(), source=make_source())
    report.convoy = convoy
    report.save(update_fields=["convoy"])
    reports.retract(report=report, by=None, reason="canary")
    _cursor, told = follow(partner, cursor)
    assert [(row["type"], row["id"], row["is_there"], row["record"]) for row in told] == [("report", str(report.public_id), False, None)]
    assert "canary" not in json.dumps(told)


def test_a_cursor_is_of_one_reader_and_cannot_be_made_up(partner: APIClient) -> None:
    make_report()
    cursor, _told = follow(partner)
    other = client_of(make_user(User.Role.PARTNER, "other"))
    for client, said in ((other, cursor), (partner, cursor[:-2]), (partner, "0"), (partner, "é")):
        answer = client.get(FEED, {"cursor": said})
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "unreadable_cursor", "cursor")


UNKNOWN = [({"type": "user"}, "type"), ({"limit": "0"}, "limit"), ({"wait": "26"}, "wait"), ({"after": "1"}, "after")]


@pytest.mark.parametrize(("asked", "field"), UNKNOWN)
def test_what_cannot_be_asked_names_its_field(partner: APIClient, asked: dict[str, str], field: str) -> None:
    answer = partner.get(FEED, asked)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_it_waits_until_there_is_something(partner: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    make_agreement()
    cursor, _told = follow(partner)

    def meanwhile(_seconds: float) -> None:
        make_report()
        sealed_and_posted()

    monkeypatch.setattr(time, "sleep", meanwhile)
    answer = partner.get(FEED, {"cursor": cursor, "wait": "20"}).json()
    assert [row["type"] for row in answer["results"]] == ["report"]


def test_nobody_unknown_follows(stranger: APIClient) -> None:
    assert stranger.get(FEED).status_code == 401
