"""Trouble that is nobody's mistake, and what a caller is told of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from rest_framework.test import APIClient

from incidents.actions import reports
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_user

ADDRESS = "/api/v1/reports/"


@pytest.mark.django_db(transaction=True)
def test_without_the_database_a_caller_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(make_user())
    make_agreement()
    connections["default"].close()
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", "/nowhere/at/all")
    for answer in (client.get(ADDRESS), client.post(ADDRESS, {}, format="json")):
        assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "database_unavailable", "5")


def test_a_defect_of_ours_is_not_dressed_up_as_a_mistake_of_theirs(
    analyst: APIClient, report_facts: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**facts: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(reports, "submit", broken)
    with pytest.raises(ZeroDivisionError):
        analyst.post(ADDRESS, report_facts(), format="json")


def test_problems_speak_arabic_where_asked(analyst: APIClient) -> None:
    answer = analyst.post(ADDRESS, {}, format="json", headers={"Accept-Language": "ar"})
    problem = answer.json()
    assert (answer.status_code, answer["Content-Language"]) == (422, "ar")
    assert problem["code"] == "required"
    assert any("\u0600" <= character <= "\u06ff" for character in problem["detail"])


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/", "/api/v2/reports/", "/api/v1/places/a%0Ab/", "/api/v1/places/a%E2%80%A8b/", "/api/v1/%0A/"])
def test_where_there_is_nothing_the_answer_is_json(address: str, client: Client) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (404, "application/problem+json", "not_found")
