"""The page of keys: the text of one is shown once, and each sees their own."""

import pytest
from django.test import Client
from django.utils import timezone

from incidents.models import ApiKey, Change, Profile, User
from tests.builders import make_agreement, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/en/keys/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(user: User, **more: object) -> dict[str, object]:
    return {"name": "nightly", "user": user.get_username(), "scopes": ["read"], "days": "30", "per_minute": "60"} | more


def test_a_partner_issues_rotates_and_revokes_an_own_key() -> None:
    partner = make_user(User.Role.PARTNER)
    client = signed_in(partner)
    page = client.post(ADDRESS, said(partner, networks="192.0.2.0/24")).content.decode()
    key = ApiKey.objects.get()
    text = page.partition(f"truce_{key.lookup}_")[2].partition('"')[0]
    assert ApiKey.opened_by(f"truce_{key.lookup}_{text}", timezone.now(), "192.0.2.1") == key
    assert (key.user, key.scopes, key.networks) == (partner, ["read"], ["192.0.2.0/24"])
    assert text not in client.get(ADDRESS).content.decode()
    assert f'value="truce_{key.lookup}_' in client.post(f"{ADDRESS}{key.public_id}/rotate/").content.decode()
    assert client.post(f"{ADDRESS}{key.public_id}/revoke/").status_code == 302
    assert "revoked" in client.get(ADDRESS).content.decode()
    assert list(Change.objects.order_by("id").values_list("kind", flat=True)) == ["key.issued", "key.rotated", "key.revoked"]


def test_nobody_sees_or_makes_the_key_of_another() -> None:
    other = make_user(User.Role.PARTNER, "other")
    key, _text = ApiKey.issue(user=other, name="theirs")
    client = signed_in(make_user(User.Role.EDITOR))
    assert "theirs" not in client.get(ADDRESS).content.decode()
    assert client.post(f"{ADDRESS}{key.public_id}/revoke/").status_code == 404
    answer = client.post(ADDRESS, said(other))
    assert answer.status_code == 422
    assert ApiKey.objects.get() == key
    assert "theirs" in signed_in(make_user(User.Role.ADMINISTRATOR)).get(ADDRESS).content.decode()


def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_is_lost() -> None:
    partner = make_user(User.Role.PARTNER)
    answer = signed_in(partner).post(ADDRESS, said(partner, networks="192.0.2.1/24"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "no address range" in page
    assert 'value="nightly"' in page
    assert not ApiKey.objects.exists()


def test_an_administrator_keeps_profiles() -> None:
    here = make_agreement()
    client = signed_in(make_user(User.Role.ADMINISTRATOR, is_staff=True))
    facts = {"name": "Press", "slug": "press", "agreements": [here.pk], "report_states": ["submitted"], "delay_hours": "24", "grid": "0.1"}
    assert client.post("/en/administration/incidents/profile/add/", facts).status_code == 302
    profile = Profile.objects.get()
    assert (profile.named, profile.report_states, profile.shows_sources) == (frozenset({here.pk}), ["submitted"], False)
    change = Change.objects.get(record_id=profile.public_id)
    assert change.kind == "profile.added"
    assert change.payload.body["after"]["agreements"] == [here.slug]
    assert client.post("/en/administration/incidents/profile/add/", facts | {"slug": "none", "agreements": []}).status_code == 200
    assert Profile.objects.count() == 1
