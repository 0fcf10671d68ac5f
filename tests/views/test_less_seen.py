"""Pages that are seen once a month: they say where one is, on whose clocks, what went wrong and what cannot be taken back."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from incidents.models import ApiKey, Invitation, User, Webhook
from tests.builders import make_agreement, make_user
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(as_role: Callable[[str], Client]) -> Client:
    make_agreement()
    return as_role(User.Role.ADMINISTRATOR)


def seen(browser: Client, path: str, language: str = "en") -> str:
    answer = browser.get(f"/{language}/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_rail_says_where_one_is_and_the_note_on_whose_clocks_times_are(administrator: Client) -> None:
    for path in ("exports", "keys", "webhooks", "imports", "invitations", "audit", "reads"):
        page = seen(administrator, f"{path}/")
        assert re.search(rf'href="/en/{path}/" aria-current="page"', page), path
        assert "<p>All times UTC</p>" in page, path
    assert re.search(r'href="/en/reports/[^"]*" aria-current="page"', seen(administrator, "reports/drafts/"))
    assert "<p>All times UTC</p>" not in seen(administrator, "reports/"), "an agreement's times are told on its own clocks"


@pytest.mark.parametrize(
    ("path", "said", "field"),
    [
        ("keys/", {"scopes": []}, "name"),
        ("webhooks/", {"address": "http://192.0.2.1/"}, "address"),
        ("exports/", {"of": "reports", "format": "csv", "since": "soon"}, "since"),
        ("invitations/", {"role": "analyst", "days": "99"}, "whom"),
        ("parties/new/", {"kind": "state"}, "name"),
        ("imports/new/", {}, "file"),
    ],
)
def test_what_went_wrong_is_summed_up_in_links_that_lead_to_the_fields(administrator: Client, path: str, said: dict[str, str], field: str) -> None:
    answer = administrator.post(f"/en/{path}", said)
    page = answer.content.decode()
    summary = re.search(r'<div class="note note--error" role="alert" tabindex="-1" autofocus>(.*?)</div>', page, re.DOTALL)
    assert answer.status_code == 422 and summary
    leads = re.findall(r'href="#([^"]+)"', summary[1])
    assert f"id_{field}" in leads
    assert all(f'id="{name}"' in page for name in leads)
    assert re.search(r"<title>Not \w+ yet · ", page), "the title is what is heard first"


def test_help_stands_under_its_field_and_is_read_with_it(administrator: Client) -> None:
    page = seen(administrator, "webhooks/")
    assert re.search(r'<input [^>]*name="address"[^>]*aria-describedby="id_address_helptext"', page)
    assert re.search(r'id="id_address_helptext">https, on a public host', page)
    assert "<legend" in page and 'for=""' not in page, "boxes to tick are a group with a name"


def test_what_cannot_be_taken_back_is_asked_about_first_and_told_after(administrator: Client) -> None:
    me = User.objects.get(role=User.Role.ADMINISTRATOR)
    key, _text = ApiKey.issue(user=me, name="nightly")
    administrator.post("/en/invitations/", {"whom": "Desk two", "role": "analyst", "days": "3"})
    webhook = Webhook.objects.create(user=me, url="https://example.org/hook", secret="s")
    invitation = Invitation.objects.get()
    asked = {
        "keys/": (f"keys/{key.public_id}/revoke/", "cannot be undone", "The key nightly opens nothing any more."),
        "invitations/": (f"invitations/{invitation.public_id}/revoke/", "opens nothing any more", "The invitation of Desk two is taken back."),
        f"webhooks/{webhook.public_id}/": (f"webhooks/{webhook.public_id}/change/", "cannot be undone", "The webhook is ended."),
    }
    for path, (address, warning, told) in asked.items():
        folded = re.findall(r"<details[^>]*>.*?</details>", seen(administrator, path), re.DOTALL)
        assert any(f'action="/en/{address}"' in part and warning in part and "button--danger" in part for part in folded), path
        assert told in administrator.post(f"/en/{address}", {"do": "end"}, follow=True).content.decode()


def test_a_secret_is_shown_once_where_the_focus_is_with_a_button_that_copies_it(administrator: Client) -> None:
    me = User.objects.get(role=User.Role.ADMINISTRATOR)
    for path, said in {
        "keys/": {"name": "nightly", "user": me.get_username(), "scopes": ["read"], "days": "٣٠", "per_minute": "60"},
        "webhooks/": {"address": "https://example.org/hook"},
        "invitations/": {"whom": "Desk two", "role": "analyst", "days": "3"},
    }.items():
        page = administrator.post(f"/en/{path}", said).content.decode()
        secret = re.search(r'<input class="input" id="secret" readonly autofocus [^>]*value="([^"]+)"', page)
        assert secret and 'data-copy="secret" hidden' in page, path
        assert secret[1] not in seen(administrator, path)


def test_arabic_tells_the_state_of_a_file_from_a_state_on_the_map(administrator: Client) -> None:
    for path in ("exports/", "webhooks/", "invitations/", "imports/"):
        assert "دولة" not in seen(administrator, path, "ar"), path


def test_arabic_says_that_a_password_is_short() -> None:
    person = make_user(User.Role.ANALYST, password="Orchard-77-lamp")
    page = signed_in(person).post("/ar/accounts/password/change/", {"oldpassword": "x", "password1": "aZ#9", "password2": "aZ#9"}).content.decode()
    assert "كلمة المرور هذه قصيرة جداً" in page and "This password" not in page


def test_whoever_leaves_an_arabic_page_signs_in_on_one(administrator: Client) -> None:
    assert administrator.post("/ar/accounts/logout/")["Location"] == "/ar/accounts/login/"


def test_a_stranger_who_finds_nothing_is_led_to_the_sign_in_page() -> None:
    page = Client().get("/en/nothing-here/").content.decode()
    assert 'href="/en/accounts/login/"' in page and 'class="rail"' not in page


def test_a_filter_that_finds_nothing_says_so_and_how_to_see_everything(administrator: Client) -> None:
    slug = make_agreement().slug
    for path in (f"claims/?agreement={slug}&since=2010-01-01&until=2010-01-02", f"incidents/?agreement={slug}&since=2010-01-01&until=2010-01-02"):
        page = seen(administrator, path)
        assert "Nothing on record answers to this." in page and f"?agreement={slug}" in page.partition("answers to this")[2]
    assert 'href="/en/parties/">Show everything' in seen(administrator, "parties/?text=nobodywhatsoever")
    translation.deactivate_all()


def test_before_anything_is_on_record_every_page_opens_and_says_what_to_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT truce_seal(1)")  # as the relay does from its first second on
    administrator, partner = signed_in(make_user(User.Role.ADMINISTRATOR)), signed_in(make_user(User.Role.PARTNER, "part"))
    for path in ("", "reports/new/", "claims/", "coverage/", "timeline/", "tallies/", "tallies/sides/"):
        page = seen(administrator, path)
        assert "<h1>No agreement yet</h1>" in page and 'href="/en/administration/incidents/agreement/add/"' in page, path
        assert "agreement/add/" not in seen(partner, path) if path != "reports/new/" else True
    for path in ("audit", "reports", "review", "map", "convoys", "places", "exports", "tallies/published", "tallies/recounts"):
        assert "empty" in seen(administrator, f"{path}/"), path


def test_an_account_without_a_role_is_told_what_is_missing_and_can_sign_out() -> None:
    answer = signed_in(make_user(User.Role.NONE, "new")).get("/en/")
    page = answer.content.decode()
    assert answer.status_code == 403 and "has no role yet" in page and 'action="/en/accounts/logout/"' in page
    assert "To the dashboard" not in page, "it would not open either"
