"""Drafts over the wire: kept, changed by version, dropped, and not there for those outside the desk."""

import pytest
from rest_framework.test import APIClient

from incidents.models import Draft, User
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_user

LIST, ONE = "/api/v1/drafts/", "/api/v1/drafts/{id}/"


@pytest.fixture
def said(db: None) -> dict[str, object]:
    return {"agreement": make_agreement().slug, "fields": {"wording": "  three\u200f ", "killed_low": "3 or 4?"}}


def test_a_draft_is_kept_read_and_changed(analyst: APIClient, said: dict[str, object]) -> None:
    begun = analyst.post(LIST, said, format="json")
    assert begun.status_code == 201
    check(LIST, "post", begun)
    address = begun.json()["url"]
    assert (begun.json()["fields"], begun.json()["version"]) == (said["fields"], 1)
    check(ONE, "get", analyst.get(address))
    check(LIST, "get", analyst.get(LIST))
    changed = analyst.patch(address, {"fields": {"wording": "four"}, "version": 1}, format="json")
    check(ONE, "patch", changed)
    assert (changed.json()["fields"], changed.json()["version"]) == ({"wording": "four"}, 2)


def test_an_old_version_is_refused_and_nothing_is_overwritten(analyst: APIClient, said: dict[str, object]) -> None:
    address = analyst.post(LIST, said, format="json").json()["url"]
    analyst.patch(address, {"fields": {"wording": "theirs"}, "version": 1}, format="json")
    stale = analyst.patch(address, {"fields": {"wording": "mine"}, "version": 1}, format="json")
    assert (stale.status_code, stale.json()["code"], stale.json()["field"]) == (409, "stale", "wording")
    check(ONE, "patch", stale)
    assert Draft.objects.get().fields == {"wording": "theirs"}


def test_a_draft_is_dropped_by_who_began_it(analyst: APIClient, said: dict[str, object]) -> None:
    address = analyst.post(LIST, said, format="json").json()["url"]
    assert client_of(make_user(User.Role.ANALYST, "colleague")).delete(address).status_code == 403
    assert analyst.delete(address).status_code == 204
    assert analyst.get(address).status_code == 404


@pytest.mark.parametrize("fields", [{"wording": 3}, {"n" * 41: "x"}, ["x"], {"wording": "nul \0"}])
def test_what_no_form_sends_is_refused(analyst: APIClient, said: dict[str, object], fields: object) -> None:
    assert analyst.post(LIST, said | {"fields": fields}, format="json").status_code in {400, 422}
    assert not Draft.objects.exists()


def test_for_partners_there_are_none(analyst: APIClient, partner: APIClient, said: dict[str, object]) -> None:
    address = analyst.post(LIST, said, format="json").json()["url"]
    assert partner.get(LIST).json()["results"] == []
    assert partner.get(address).status_code == 404
    assert partner.post(LIST, said, format="json").status_code == 403
