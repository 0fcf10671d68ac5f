"""Keys: what they open and for how long; and how often, whatever becomes of Redis."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.actions import keys
from incidents.errors import RuleBroken
from incidents.models import ApiKey, Change, KeyBucket, User
from incidents.permissions import CAPABILITIES, OPENS, Capability, may
from incidents.rules import networks
from incidents.vocabulary import Scope
from tests.builders import make_agreement, make_report, make_source, make_user

pytestmark = pytest.mark.django_db

REPORTS = "/api/v1/reports/"


@pytest.fixture
def admin() -> User:
    return make_user(User.Role.ADMINISTRATOR)


@pytest.fixture
def owner() -> User:
    return make_user(User.Role.PARTNER)


def issued(owner: User, by: User, **facts: Any) -> tuple[ApiKey, str]:
    return keys.issue(user=owner, by=by, **{"name": "script", "scopes": [Scope.READ]} | facts)


def ask(text: str, address: str = REPORTS, **extra: Any) -> Any:
    return APIClient().get(address, headers={"Authorization": f"Bearer {text}"}, **extra)


def test_every_capability_is_opened_by_one_scope() -> None:
    carried = [capability for scope in Scope for capability in OPENS[scope]]
    assert sorted(carried) == sorted(Capability)
    assert set().union(*CAPABILITIES.values()) == set(Capability)


def test_a_key_is_issued_with_a_change_that_holds_no_secret(owner: User, admin: User) -> None:
    key, text = issued(owner, admin, scopes=[Scope.READ, Scope.EVIDENCE])
    assert ask(text).status_code == 200
    change = Change.objects.get(record_id=key.public_id)
    assert change.kind == "key.issued"
    said = str(change.payload.body)
    assert text.rpartition("_")[2] not in said
    assert key.secret_hash not in said


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("name", {"name": " "}),
        ("scopes", {"scopes": ["everything"]}),
        ("scopes", {"scopes": [Scope.EVIDENCE]}),
        ("agreements", {"agreements": []}),
        ("days", {"days": 91}),
        ("per_minute", {"per_minute": 0}),
    ],
)
def test_what_cannot_be_issued_is_refused_by_its_field(owner: User, admin: User, field: str, facts: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken) as broken:
        issued(owner, admin, **facts)
    assert broken.value.field == field
    assert not ApiKey.objects.exists()


def test_ninety_days_are_the_most_in_the_database_too(owner: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.issue(user=owner, name="long", expires_at=timezone.now() + timedelta(days=91))


def test_people_manage_their_own_keys_and_no_key_makes_keys(owner: User, admin: User) -> None:
    key, _text = issued(owner, owner)
    other = make_user(User.Role.PARTNER, "other")
    for attempt in (lambda: issued(owner, other), lambda: keys.revoke(key=key, by=other), lambda: keys.rotate(key=key, by=other)):
        with pytest.raises(PermissionDenied):
            attempt()
    owner.key = key
    with pytest.raises(PermissionDenied):
        issued(owner, owner)


def test_the_former_secret_opens_during_the_overlap_alone(owner: User, admin: User) -> None:
    key, first = issued(owner, admin)
    key, second = keys.rotate(key=key, by=owner, overlap=timedelta(hours=1))
    now = timezone.now()
    assert ApiKey.opened_by(first, now) == ApiKey.opened_by(second, now) == key
    later = now + timedelta(hours=2)
    assert ApiKey.opened_by(first, later) is None
    assert ApiKey.opened_by(second, later) == key
    key, third = keys.rotate(key=key, by=owner, overlap=timedelta())
    assert [ask(text).status_code for text in (first, second, third)] == [401, 401, 200]


def test_a_key_revoked_opens_nothing_from_the_next_request_on(owner: User, admin: User) -> None:
    key, text = issued(owner, admin)
    assert ask(text).status_code == 200
    keys.revoke(key=key, by=admin)
    assert ask(text).status_code == 401
    with pytest.raises(RuleBroken):
        keys.rotate(key=key, by=admin)


def test_a_key_opens_its_agreements_and_scopes_and_no_more_than_its_owner_may(owner: User, admin: User) -> None:
    here, there = make_agreement(), make_agreement("hill-2021")
    report, hidden = make_report(), make_report(agreement=there)
    _key, text = issued(owner, admin, scopes=[Scope.READ, Scope.WRITE_REPORTS, Scope.CHANGES], agreements=[here])
    assert [row["id"] for row in ask(text).json()["results"]] == [str(report.public_id)]
    assert ask(text, f"{REPORTS}{hidden.public_id}/").status_code == 404
    assert ask(text, "/api/v1/changes/").status_code == 403
    facts = {"agreement": "river-2020", "claimant": "highlands", "source": make_source().slug, "violation_type": "shelling"}
    assert APIClient().post(REPORTS, facts, format="json", headers={"Authorization": f"Bearer {text}"}).status_code == 403


def test_a_key_of_an_analyst_without_internal_scope_sees_what_partners_see(admin: User) -> None:
    analyst = make_user(User.Role.ANALYST)
    make_report(source=make_source("Whisper", is_protected=True), wording="said low")
    _key, text = issued(analyst, admin, scopes=[Scope.READ, Scope.WRITE_REPORTS])
    row = ask(text).json()["results"][0]
    assert (row["source"], row["wording"]) == (None, None)
    assert may(analyst, Capability.READ_DRAFTS)


def test_a_key_opens_from_its_addresses_alone(owner: User, admin: User, settings: Any) -> None:
    _key, text = issued(owner, admin, networks=["192.0.2.0/24", "2001:db8::/32"])
    seen = {address: ask(text, REMOTE_ADDR=address).status_code for address in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "192.0.3.1", "")}
    assert seen == {"192.0.2.7": 200, "::ffff:192.0.2.7": 200, "2001:db8::1": 200, "192.0.3.1": 401, "": 401}
    hearsay = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7, 203.0.113.5"}
    assert ask(text, **hearsay).status_code == 401
    settings.BEHIND_PROXY = True
    assert ask(text, **hearsay).status_code == 401
    assert ask(text, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.5, 192.0.2.7").status_code == 200


@pytest.mark.parametrize("word", ["192.0.2.1/24", "0.0.0.0/0", "::/0", "192.0.2.0/33", "192.0.2", "host", "١٩٢.0.2.0/24", "192.0.2.0/255.255.255.0"])
def test_ranges_are_read_strictly(word: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        networks.parse(word, "networks")
    assert broken.value.field == "networks"


def test_ranges_are_kept_once_each() -> None:
    assert networks.parse("192.0.2.0/24, 192.0.2.9\n2001:DB8::/32 192.0.2.0/24", "networks") == ["192.0.2.0/24", "192.0.2.9/32", "2001:db8::/32"]


def test_over_the_limit_is_answered_429_with_when_to_come_back(owner: User, admin: User) -> None:
    _key, text = issued(owner, admin, per_minute=2)
    first, second, third = (ask(text) for _ in range(3))
    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
    assert (first["RateLimit-Policy"], first["RateLimit"].split(";")[:2]) == ('"key";q=2;w=60', ['"key"', "r=1"])
    assert 1 <= int(third["Retry-After"]) <= 30
    assert third.json()["code"] == "throttled"
    KeyBucket.objects.update(at=timezone.now() - timedelta(seconds=31))
    assert ask(text).status_code == 200


def test_buckets_cost_no_write_ahead_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'incidents_keybucket'")
        assert cursor.fetchone() == ("u",)


def test_a_read_only_copy_counts_in_the_process(owner: User, admin: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_here", {})
    _key, text = issued(owner, admin, per_minute=1)
    settings.READ_ONLY = True
    assert [ask(text).status_code for _ in range(2)] == [200, 429]
    assert not KeyBucket.objects.exists()


def test_a_use_is_written_down_now_and_then(owner: User, admin: User) -> None:
    key, text = issued(owner, admin)
    ask(text)
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    assert first is not None
    ask(text)
    assert ApiKey.objects.get(pk=key.pk).last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=11))
    ask(text)
    latest = ApiKey.objects.get(pk=key.pk).last_used_at
    assert latest is not None
    assert latest >= first
