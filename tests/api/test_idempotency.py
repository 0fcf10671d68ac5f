"""A write sent again with the same key is answered again, not done again - also when all copies arrive at once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from incidents.actions import roles
from incidents.models import AggregateClaim, ApiKey, Change, Report, SentRequest, User
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_source, make_user

ADDRESS = "/api/v1/reports/"
Facts = Callable[..., dict[str, Any]]


def post(client: APIClient, facts: dict[str, Any], key: str) -> Any:
    return client.post(ADDRESS, facts, format="json", headers={"Idempotency-Key": key})


def test_the_second_answer_is_the_first(analyst: APIClient, report_facts: Facts) -> None:
    first, second = (post(analyst, report_facts(wording="  x "), "a") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert (first.content, first["Location"], first["Content-Type"]) == (second.content, second["Location"], second["Content-Type"])
    assert Report.objects.count() == Change.objects.count() == SentRequest.objects.count() == 1


def test_the_same_json_spelled_otherwise_is_the_same(analyst: APIClient, report_facts: Facts) -> None:
    facts = report_facts()
    first = post(analyst, facts, "a")
    other = json.dumps(dict(reversed(facts.items())), indent=3)
    second = analyst.post(ADDRESS, other, content_type="application/json", headers={"Idempotency-Key": "a"})
    assert second.content == first.content


def test_another_body_under_the_same_key_is_refused(analyst: APIClient, report_facts: Facts) -> None:
    post(analyst, report_facts(), "a")
    answer = post(analyst, report_facts(summary="other"), "a")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "key_used_for_another", "Idempotency-Key")
    assert Report.objects.count() == 1


def test_another_address_under_the_same_key_is_refused(analyst: APIClient, report_facts: Facts) -> None:
    post(analyst, report_facts(), "a")
    answer = analyst.post("/api/v1/aggregate-claims/", report_facts(), format="json", headers={"Idempotency-Key": "a"})
    assert answer.json()["code"] == "key_used_for_another"


def test_two_users_may_choose_the_same_key(analyst: APIClient, report_facts: Facts) -> None:
    editor = client_of(make_user(User.Role.EDITOR))
    assert post(analyst, report_facts(), "a").json()["id"] != post(editor, report_facts(), "a").json()["id"]


def test_a_refused_request_may_be_sent_again_corrected(analyst: APIClient, report_facts: Facts) -> None:
    assert post(analyst, report_facts(stated_count=-1), "a").status_code == 422
    assert post(analyst, report_facts(stated_count=1), "a").status_code == 201


def test_without_a_key_each_request_is_a_record(analyst: APIClient, report_facts: Facts) -> None:
    for _ in range(2):
        assert analyst.post(ADDRESS, report_facts(), format="json").status_code == 201
    assert Report.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "\u0661", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(analyst: APIClient, report_facts: Facts, key: str) -> None:
    answer = post(analyst, report_facts(), key)
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_a_total_superseded_twice_by_one_request_is_superseded_once(analyst: APIClient, claim_facts: Facts) -> None:
    claim = make_claim()
    address = f"/api/v1/aggregate-claims/{claim.public_id}/supersede/"
    first, second = (analyst.post(address, claim_facts(count=260), format="json", headers={"Idempotency-Key": "a"}) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert AggregateClaim.objects.count() == 2


def keyed(user: User, **facts: Any) -> APIClient:
    """Return a client that sends a key of this user's which opens what is said."""
    named = facts.pop("agreements", None)
    key, text = ApiKey.issue(user=user, name="narrow", is_every_agreement=named is None, **facts)
    key.agreements.set(named or [])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.mark.parametrize("narrow", ["scopes", "agreements", "role"])
def test_what_was_answered_to_wider_rights_is_not_answered_to_narrower_ones(db: None, report_facts: Facts, narrow: str) -> None:
    hidden = make_source("Hotline", is_protected=True)
    user, elsewhere = make_user(User.Role.EDITOR), make_agreement("hills")
    facts = report_facts(source=hidden.slug, wording="from the cellar")
    wide = keyed(user)
    first = post(wide, facts, "a")
    assert "from the cellar" in first.content.decode()
    if narrow == "role":
        User.objects.filter(pk=user.pk).update(role=User.Role.NONE)
        roles.grant(user=user, agreement=elsewhere, role=User.Role.ANALYST, by=None)
        other = wide
    else:
        told = {"scopes": {"scopes": ["read", "write-reports"]}, "agreements": {"agreements": [elsewhere]}}[narrow]
        other = keyed(user, **told)
    answer = post(other, facts, "a")
    assert (answer.status_code, answer.json()["code"]) == (409, "sent_with_other_rights")
    assert "cellar" not in answer.content.decode() and "Location" not in answer
    assert Report.objects.count() == 1


def test_a_key_rotated_or_as_wide_from_elsewhere_is_answered_what_the_first_was(db: None, report_facts: Facts) -> None:
    user = make_user(User.Role.ANALYST)
    first, second = (post(keyed(user, networks=networks), report_facts(), "a") for networks in ([], ["127.0.0.0/8"]))
    assert second.status_code == 201 and second.content == first.content


@pytest.mark.django_db(transaction=True)
def test_twenty_copies_at_once_make_one_report_and_one_answer() -> None:
    make_agreement()
    make_source()
    user = make_user(User.Role.ANALYST)
    facts = {"agreement": "river-2020", "claimant": "highlands", "source": "gazette", "violation_type": "shelling"}
    clients = [client_of(user) for _ in range(20)]
    together = Barrier(20)

    def send(client: APIClient) -> tuple[int, bytes]:
        try:
            together.wait(30)
            answer = post(client, facts, "one")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(send, clients))
    assert {status for status, _content in answers} == {201}
    assert len({content for _status, content in answers}) == 1
    assert Report.objects.count() == Change.objects.count() == SentRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_bodies_at_once_under_one_key_one_is_kept() -> None:
    make_agreement()
    make_source()
    user = make_user(User.Role.ANALYST)
    facts = {"agreement": "river-2020", "claimant": "highlands", "source": "gazette", "violation_type": "shelling"}
    clients = [client_of(user) for _ in range(20)]
    together = Barrier(20)

    def send(numbered: tuple[int, APIClient]) -> int:
        try:
            together.wait(30)
            return int(post(numbered[1], facts | {"summary": str(numbered[0])}, "one").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        statuses = sorted(threads.map(send, enumerate(clients)))
    assert statuses == [201] + [422] * 19
    assert Report.objects.count() == 1
