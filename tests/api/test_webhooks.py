"""Webhooks over the wire: made, tried, paused, looked at, resent, ended; each only by whom it belongs to."""

import pytest
from rest_framework.test import APIClient

from incidents.models import Delivery, User, Webhook
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_user

pytestmark = pytest.mark.django_db
LIST = "/api/v1/webhooks/"
ADDRESS = "https://hooks.example.org/truce"


def test_the_secret_is_shown_once(partner: APIClient) -> None:
    make_agreement()
    answer = partner.post(LIST, {"address": ADDRESS, "types": ["report"], "agreements": ["river-2020"]}, format="json")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["secret"].startswith("whsec_") and (made["types"], made["agreements"]) == (["report"], ["river-2020"])
    assert made["address"] == ADDRESS and made["url"] == answer["Location"]
    again = partner.get(made["url"])
    assert again.json() == made | {"secret": None}
    assert partner.get(LIST).json()["results"] == [again.json()]
    check(LIST, "get", partner.get(LIST))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "address"),
        ({"address": "http://hooks.example.org/"}, "address"),
        ({"address": "https://10.0.0.1/"}, "address"),
        ({"address": "https://localhost:99999/"}, "address"),
        ({"address": ADDRESS, "types": ["user"]}, "types"),
        ({"address": ADDRESS, "agreements": ["none"]}, "agreements.0"),
        ({"address": ADDRESS, "secret": "mine"}, "secret"),
    ],
)
def test_what_cannot_be_made_names_its_field(partner: APIClient, facts: dict[str, object], field: str) -> None:
    answer = partner.post(LIST, facts, format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content
    assert not Webhook.objects.exists()


def test_it_is_tried_paused_looked_at_resent_and_ended(partner: APIClient) -> None:
    made = partner.post(LIST, {"address": ADDRESS}, format="json").json()
    tried = partner.post(f"{made['url']}try/")
    assert (tried.status_code, tried.json()["is_test"], tried.json()["state"]) == (201, True, "waiting")
    Delivery.objects.update(state="dead", attempts=3)
    (listed,) = partner.get(f"{made['url']}deliveries/").json()
    assert (listed["state"], listed["attempts"]) == ("dead", 3)
    again = partner.post(f"{made['url']}deliveries/{listed['id']}/resend/").json()
    assert (again["state"], again["attempts"]) == ("waiting", 0)
    assert partner.patch(made["url"], {"is_active": False, "version": 1}, format="json").json()["is_active"] is False
    assert partner.patch(made["url"], {"is_active": 1, "version": 2}, format="json").json()["field"] == "is_active"
    assert partner.delete(made["url"]).status_code == 204
    assert not Webhook.objects.exists()


def test_another_ones_webhook_does_not_exist(partner: APIClient) -> None:
    made = partner.post(LIST, {"address": ADDRESS}, format="json").json()
    other = client_of(make_user(User.Role.PARTNER, "other"))
    assert other.get(LIST).json()["results"] == []
    for method, address in (("get", ""), ("delete", ""), ("post", "try/"), ("get", "deliveries/")):
        absent = other.generic(method.upper(), f"{LIST}00000000-0000-0000-0000-000000000000/{address}")
        theirs = other.generic(method.upper(), made["url"] + address)
        assert (theirs.status_code, theirs.content) == (404, absent.content)
    administrator = client_of(make_user(User.Role.ADMINISTRATOR))
    assert [row["id"] for row in administrator.get(LIST).json()["results"]] == [made["id"]]
