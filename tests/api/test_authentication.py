"""Who is let in: a key that opens, or a session; and who is told what of the rest."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.models import ApiKey, User
from tests.builders import make_agreement, make_source, make_user

ADDRESS = "/api/v1/reports/"


def ask(text: str) -> int:
    return APIClient().get(ADDRESS, headers={"Authorization": text}).status_code


def test_a_key_opens(partner: APIClient) -> None:
    assert partner.get(ADDRESS).status_code == 200


def test_the_word_bearer_is_read_in_any_case(db: None) -> None:
    _key, text = ApiKey.issue(user=make_user(User.Role.PARTNER), name="test")
    assert [ask(f"{word} {text}") for word in ("Bearer", "bearer", "BEARER")] == [200] * 3


def test_without_a_key_the_answer_says_how_to_send_one(stranger: APIClient, db: None) -> None:
    answer = stranger.get(ADDRESS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="truce"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


def test_a_key_that_opens_nothing_is_refused(db: None) -> None:
    user = make_user(User.Role.PARTNER)
    revoked, revoked_text = ApiKey.issue(user=user, name="revoked")
    expired, expired_text = ApiKey.issue(user=user, name="expired")
    ApiKey.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    _key, text = ApiKey.issue(user=user, name="good")
    wrong = [revoked_text, expired_text, f"{text}x", text[:-1], text.upper(), "truce_", "x", "", f"{text} {text}"]
    answers = [APIClient().get(ADDRESS, headers={"Authorization": f"Bearer {value}".strip()}) for value in wrong]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "unknown_key"


@pytest.mark.parametrize("text", ["Bearer truce_\0_x", "Bearer truce_\u00e9_x", "Bearer \ud800", "Bearer " + "x" * 100_000, "Basic eDp5", "\0"])
def test_a_hostile_header_is_refused_like_any_other(db: None, text: str) -> None:
    assert ask(text) == 401


def test_a_key_of_somebody_who_left_opens_nothing(db: None) -> None:
    user = make_user(User.Role.PARTNER)
    _key, text = ApiKey.issue(user=user, name="test")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert ask(f"Bearer {text}") == 401


def test_a_wrong_key_is_refused_even_beside_a_session(db: None) -> None:
    client = Client()
    client.force_login(make_user(User.Role.ANALYST), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(ADDRESS).status_code == 200
    assert client.get(ADDRESS, headers={"Authorization": "Bearer truce_x_y"}).status_code == 401


def test_a_session_writes_only_with_its_token(db: None) -> None:
    make_agreement()
    make_source()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(User.Role.ANALYST), backend="django.contrib.auth.backends.ModelBackend")
    facts = {"agreement": "river-2020", "claimant": "highlands", "source": "gazette", "violation_type": "shelling"}
    answer = client.post(ADDRESS, facts, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    token = "x" * 32
    client.cookies["csrftoken"] = token
    answer = client.post(ADDRESS, facts, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 201, answer.content


def test_refusals_speak_the_language_asked_for(stranger: APIClient, db: None) -> None:
    answer = stranger.get(ADDRESS, headers={"Accept-Language": "ar"})
    assert answer["Content-Language"] == "ar"
    assert any("\u0600" <= character <= "\u06ff" for character in answer.json()["detail"])
