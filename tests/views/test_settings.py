"""One's own settings take effect on every page; sessions end; an invitation makes one account."""

from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone

from incidents import migrations
from incidents.actions import invitations
from incidents.errors import RuleBroken
from incidents.models import Change, Invitation, User
from incidents.permissions import Capability, may, may_somewhere
from incidents.views.digits import arabic
from tests.builders import make_agreement, make_report, make_user
from tests.views.conftest import signed_in

SETTINGS, INVITATIONS = "/en/settings/", "/en/invitations/"
CHOSEN = {"language": "ar", "theme": "dark", "density": "compact", "digits": "arabic", "months": "international"}
PASSWORD = "a long enough way in 9"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_digits_change_in_what_is_said_and_nowhere_else() -> None:
    page = '<p class="h1">302 in 12–19, CV-09 &#x27;16</p><bdi dir="auto">killed 5 <b>6</b></bdi> 7<input value="8"><code>9</code> 18:20'
    shown = '<p class="h1">٣٠٢ in ١٢–١٩, CV-09 &#x27;16</p><bdi dir="auto">killed 5 <b>6</b></bdi> ٧<input value="8"><code>9</code> ١٨:٢٠'
    assert arabic(page) == shown


def test_what_a_person_chose_takes_effect(db: None) -> None:
    make_report(occurred_on=date(2020, 9, 3))
    client = signed_in(make_user(User.Role.ANALYST, "ana"))
    before = client.get("/ar/reports/").content.decode()
    assert "أيلول" in before and "data-density" not in before and "data-shortcuts" not in before
    answer = client.post(SETTINGS, CHOSEN)
    assert (answer.status_code, answer["Location"]) == (302, "/ar/settings/")
    page = client.get("/ar/reports/").content.decode()
    assert "سبتمبر" in page and "أيلول" not in page and "٢٠٢٠" in page
    assert 'data-density="compact"' in page and 'data-shortcuts="off"' in page and "css/dark" in page
    assert "2020" in client.get("/en/reports/").content.decode(), "English keeps its digits"
    elsewhere = signed_in(User.objects.get(username="ana")).get("/ar/reports/").content.decode()
    assert "css/dark" in elsewhere, "it follows the person to another browser"
    wrong = client.post(SETTINGS, CHOSEN | {"digits": "roman"})
    assert wrong.status_code == 422 and User.objects.get(username="ana").digits == "arabic"


def test_a_session_is_listed_and_ended_by_its_owner_alone(db: None) -> None:
    here, there, stranger = Client(), Client(), Client()
    for client, name in ((here, "ana"), (there, "ana"), (stranger, "bea")):
        if not User.objects.filter(username=name).exists():
            make_user(User.Role.ANALYST, name, password=PASSWORD)
        assert client.post("/en/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
    page = here.get(SETTINGS).content.decode()
    key = page.split('name="session" value="')[1].split('"')[0]
    stranger.post("/en/settings/sessions/", {"session": key})
    assert there.get("/en/reports/").status_code == 200
    here.post("/en/settings/sessions/", {"session": "others"})
    assert there.get("/en/reports/").status_code == 302 and here.get("/en/reports/").status_code == stranger.get("/en/reports/").status_code == 200


def test_an_invitation_makes_one_account_with_its_role(db: None) -> None:
    agreement = make_agreement()
    administrator = make_user(User.Role.ADMINISTRATOR, "root")
    page = signed_in(administrator).post(INVITATIONS, {"whom": "Field team", "role": "editor", "days": "3", "agreements": [agreement.slug]})
    link = page.content.decode().split('value="http://testserver')[1].split('"')[0]
    assert signed_in(administrator).get(INVITATIONS).content.decode().count(link) == 0, "the link is shown once"
    browser, form = Client(), {"username": "newcomer", "password": PASSWORD, "again": PASSWORD}
    assert browser.post(link, form | {"again": "other"}).status_code == browser.post(link, form | {"username": "ROOT"}).status_code == 422
    assert browser.post(link, form | {"username": "\uff52\uff4f\uff4f\uff54"}).status_code == 422, "root, in full-width letters"
    assert browser.post(link, form | {"username": "r\u043e\u043et"}).status_code == 422, "root, with Cyrillic letters in it"
    assert browser.post(link, form | {"password": "12345", "again": "12345"}).status_code == 422
    assert browser.post(link, form)["Location"] == "/en/accounts/login/"
    person = User.objects.get(username="newcomer")
    assert person.check_password(PASSWORD) and may(person, Capability.ASSESS, agreement) and not may(person, Capability.ASSESS)
    assert browser.get(link).status_code == browser.post(link, form).status_code == 404
    assert browser.get("/en/invited/nothing/").status_code == 404
    kinds = list(Change.objects.filter(record_type="invitation").order_by("id").values_list("kind", flat=True))
    assert kinds == ["invitation.made", "invitation.taken"]
    assert "newcomer" not in Invitation.objects.get().token_hash


def test_an_invitation_ends_with_its_time_its_maker_or_a_word(db: None) -> None:
    administrator = make_user(User.Role.ADMINISTRATOR, "root")
    made = [invitations.make(whom="Somebody", role="analyst", agreements=[], by=administrator) for _ in range(3)]
    assert all(invitations.opened_by(token) for _, token in made)
    signed_in(administrator).post(f"/en/invitations/{made[0][0].public_id}/revoke/")
    Invitation.objects.filter(pk=made[1][0].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [bool(invitations.opened_by(token)) for _, token in made] == [False, False, True]
    User.objects.filter(pk=administrator.pk).update(role=User.Role.ANALYST)
    assert invitations.opened_by(made[2][1]) is None
    analyst = signed_in(make_user(User.Role.ANALYST, "ana"))
    assert analyst.get(INVITATIONS).status_code == 403
    assert may_somewhere(administrator, Capability.READ)


def test_an_invitation_to_one_agreement_does_not_become_one_to_all_when_that_is_removed(db: None) -> None:
    agreement, administrator = make_agreement("hills"), make_user(User.Role.ADMINISTRATOR, "root")
    made, token = invitations.make(whom="Somebody", role="editor", agreements=[agreement], by=administrator)
    _kept, open_still = invitations.make(whom="Somebody else", role="editor", agreements=[], by=administrator)
    agreement.memberships.all().delete()
    agreement.delete()
    assert invitations.opened_by(token) is None and invitations.opened_by(open_still)
    with pytest.raises(RuleBroken):
        invitations.take(invitation=made, username="newcomer", password=PASSWORD)
    assert not User.objects.filter(username="newcomer").exists()


def test_invitations_of_before_are_marked_by_whether_they_name_agreements(db: None) -> None:
    administrator, agreement = make_user(User.Role.ADMINISTRATOR, "root"), make_agreement("hills")
    some, _token = invitations.make(whom="Somebody", role="editor", agreements=[agreement], by=administrator)
    everywhere, _token = invitations.make(whom="Somebody else", role="editor", agreements=[], by=administrator)
    Invitation.objects.update(is_every_agreement=True)
    [moving] = Path(migrations.__path__[0]).glob("*_invitations_to_all_or_some.py")
    import_module(f"incidents.migrations.{moving.stem}").mark(apps, SimpleNamespace(connection=connection))
    assert [Invitation.objects.get(pk=one.pk).is_every_agreement for one in (some, everywhere)] == [False, True]
