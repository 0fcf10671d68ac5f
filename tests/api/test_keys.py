"""Keys over the wire: one's own are listed, rotated and revoked; a key changes none but itself; and what applies to it is told."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.models import Agreement, ApiKey, Profile, SentRequest, User
from incidents.permissions import Capability, may_somewhere
from incidents.vocabulary import Grid, Scope
from tests.api.test_schema import check
from tests.builders import make_agreement, make_user

pytestmark = pytest.mark.django_db
KEYS = "/api/v1/keys/"


def opened(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def owner() -> User:
    return make_user(User.Role.PARTNER)


def test_signed_in_one_issues_rotates_and_revokes_ones_own(owner: User) -> None:
    person = APIClient()
    person.force_authenticate(owner)
    made = person.post(KEYS, {"name": "dashboard", "scopes": ["read"], "networks": ["192.0.2.0/24"], "days": 30}, format="json")
    check(KEYS, "post", made)
    assert (made.status_code, made["Cache-Control"], made.json()["networks"]) == (201, "no-store", ["192.0.2.0/24"])
    key = ApiKey.objects.get()
    assert ApiKey.opened_by(made.json()["text"], key.created_at) == key
    for body, field in (
        ({"scopes": ["read"]}, "name"),
        ({"name": "x", "scopes": ["fly"]}, "scopes.0"),
        ({"name": "x", "scopes": ["exports"]}, "scopes"),
    ):
        wrong = person.post(KEYS, body, format="json")
        assert (wrong.status_code, wrong.json()["field"]) == (422, field)
    rotated = person.post(f"{made.json()['url']}rotate/", {"overlap_hours": 0}, format="json")
    check("/api/v1/keys/{id}/rotate/", "post", rotated)
    assert ApiKey.opened_by(made.json()["text"], timezone.now()) is None
    assert person.post(f"{made.json()['url']}rotate/", {"overlap_hours": 200}, format="json").json()["field"] == "overlap_hours"
    listed = person.get(KEYS)
    check(KEYS, "get", listed)
    assert "text" not in listed.json()["results"][0] and listed.json()["results"][0]["is_usable"]
    assert not person.post(f"{made.json()['url']}revoke/").json()["is_usable"]
    assert person.post(f"{made.json()['url']}rotate/", {}, format="json").status_code == 409


def test_a_key_rotates_and_revokes_itself_and_no_other(owner: User) -> None:
    key, text = ApiKey.issue(user=owner, name="script")
    other, _text = ApiKey.issue(user=owner, name="other")
    _foreign, _text = ApiKey.issue(user=make_user(User.Role.PARTNER, "else"), name="foreign")
    client = opened(text)
    listed = client.get(KEYS).json()["results"]
    assert [(row["name"], row["is_this"]) for row in listed] == [("other", False), ("script", True)]
    assert client.get(f"{KEYS}{_foreign.public_id}/").status_code == 404
    assert client.post(KEYS, {"name": "more", "scopes": ["read"]}, format="json").status_code == 403
    for verb in ("rotate", "revoke"):
        assert client.post(f"{KEYS}{other.public_id}/{verb}/", {}, format="json").status_code == 403
        assert client.post(f"{KEYS}{_foreign.public_id}/{verb}/", {}, format="json").status_code == 404
    renewed = client.post(f"{KEYS}{key.public_id}/rotate/", {}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert renewed.status_code == 200 and not SentRequest.objects.exists(), "a secret is kept nowhere"
    assert ApiKey.objects.get(pk=key.pk).expires_at == key.expires_at, "it gains no time"
    fresh = opened(renewed.json()["text"])
    assert client.get(KEYS).status_code == fresh.get(KEYS).status_code == 200, "both open it for a while"
    refused = client.post(f"{KEYS}{key.public_id}/rotate/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "former_secret"), "or who stole the secret before would shut its owner out"
    assert fresh.get(KEYS).status_code == 200
    assert fresh.post(f"{KEYS}{key.public_id}/revoke/").status_code == 200
    assert client.get(KEYS).status_code == fresh.get(KEYS).status_code == 401


def test_what_applies_is_told_to_the_key_that_asks(owner: User) -> None:
    here = make_agreement()
    make_agreement("hill-2021")
    owner.profile = Profile.objects.create(slug="narrow", name="Of little trust", is_every_agreement=False, grid=Grid.KM_11, delay_hours=5)
    owner.profile.agreements.set([here])
    owner.save()
    _key, text = ApiKey.issue(user=owner, name="script", scopes=["read", "evidence"])
    answer = opened(text).get("/api/v1/profile/")
    check("/api/v1/profile/", "get", answer)
    told: dict[str, Any] = answer.json()
    assert (told["role"], told["profile"]["grid"], told["profile"]["delay_hours"]) == ("partner", "0.1", 5)
    assert [agreement["slug"] for agreement in told["agreements"]] == ["river-2020"]
    assert "read_evidence" in told["may"] and "export" not in told["may"] and told["key"]["is_this"]
    assert "little trust" not in answer.content.decode(), "what administrators call it is theirs"
    whole = APIClient()
    whole.force_authenticate(make_user(User.Role.ANALYST))
    assert whole.get("/api/v1/profile/").json()["profile"] is whole.get("/api/v1/profile/").json()["key"] is None


def test_a_key_administers_only_if_it_was_made_to() -> None:
    administrator = make_user(User.Role.ADMINISTRATOR)
    facts = {"slug": "hills-2021", "name": "Hills", "timezone": "Asia/Damascus", "in_force_from": "2021-02-01T00:00:00+02:00"}
    every = set(Scope.values)
    for scopes, status in ((every - {Scope.ADMINISTER}, 403), (every, 201)):
        _key, text = ApiKey.issue(user=administrator, name="script", scopes=sorted(scopes))
        assert opened(text).get("/api/v1/reads/").status_code == (200 if Scope.ADMINISTER in scopes else 403)
        assert opened(text).post("/api/v1/agreements/", facts, format="json").status_code == status
    assert Agreement.objects.get().slug == "hills-2021"


def test_whoever_carries_a_profile_administers_nothing() -> None:
    profile = Profile.objects.create(slug="narrow", name="Narrow")
    assert not may_somewhere(make_user(User.Role.ADMINISTRATOR, profile=profile), Capability.ADMINISTER)
