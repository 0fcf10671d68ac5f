"""Whoever works under one agreement alone: what their keys leave out is in no file and no feed, and what is hidden is not named by trying."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.actions import roles
from incidents.models import ApiKey, Report, User
from incidents.vocabulary import Scope
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_party, make_source, make_user

pytestmark = pytest.mark.django_db

TAKEN = ("/api/v1/changes/", "/api/v1/exports/", "/api/v1/webhooks/", "/api/v1/exports/now/?of=reports&format=csv")
PARTNERS = [Scope.READ, Scope.EVIDENCE, Scope.CONVOYS, Scope.CHANGES, Scope.EXPORTS]


@pytest.fixture
def granted() -> User:
    """Return an analyst of one agreement, of no role elsewhere."""
    user = make_user(User.Role.NONE, "granted")
    roles.grant(user=user, agreement=make_agreement(), role=User.Role.ANALYST, by=None)
    return User.objects.get(pk=user.pk)


def with_key(user: User, scopes: list[Scope]) -> APIClient:
    expires_at = timezone.now() + timedelta(days=1)
    return APIClient(headers={"Authorization": f"Bearer {ApiKey.issue(user=user, name='script', scopes=scopes, expires_at=expires_at)[1]}"})


def test_a_key_without_what_its_owner_was_granted_takes_nothing_of_it_away(granted: User) -> None:
    """Files and feeds are drawn for the person: a key that may not read drafts, notes and protected sources has neither."""
    narrow, whole = with_key(granted, PARTNERS), with_key(granted, [*PARTNERS, Scope.INTERNAL])
    assert {path: narrow.get(path).status_code for path in TAKEN} == dict.fromkeys(TAKEN, 403)
    assert {path: whole.get(path).status_code for path in TAKEN} == dict.fromkeys(TAKEN, 200)


def test_a_protected_source_is_not_named_by_trying(granted: User) -> None:
    make_source("Whispering Willow", is_protected=True)
    make_party("Highlands")
    facts = {"agreement": "river-2020", "claimant": "highlands", "violation_type": "shelling", "occurred_on": "2020-06-02"}

    def said(slug: str, by: APIClient) -> tuple[int, str]:
        answer = by.post("/api/v1/reports/", facts | {"source": slug}, format="json")
        return answer.status_code, answer.content.decode().replace(slug, "NAMED")

    assert said("whispering-willow", client_of(granted)) == said("gurgling-gum-tree", client_of(granted))
    assert said("whispering-willow", client_of(granted))[0] == 422 and not Report.objects.exists()
    assert said("whispering-willow", client_of(make_user()))[0] == 201
