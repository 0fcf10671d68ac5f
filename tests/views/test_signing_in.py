"""Signing in: the second factor of those who decide, codes that open once, lockout after wrong passwords."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from incidents.actions import one_time_codes
from incidents.models import AgreementRole, ApiKey, User
from incidents.permissions import Capability, may
from tests.builders import make_agreement, make_user

pytestmark = pytest.mark.django_db
SIGN_IN, SECOND, SET_UP = "/en/accounts/login/", "/en/accounts/2fa/authenticate/", "/en/accounts/2fa/"
PASSWORD = "opens the desk and nothing else"
JSON = "/api/v1/agreements/"


@pytest.fixture(autouse=True)
def as_deployed(settings: Any) -> Iterator[None]:
    settings.SECOND_FACTOR_FOR = ["editor", "administrator"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


def tried(client: Client, name: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password}, **extra)  # type: ignore[arg-type]


def now(user: User) -> str:
    return one_time_codes.code(one_time_codes.secret_of(user), int(time.time()) // 30)


def test_who_decides_sets_up_a_second_factor_before_anything_opens(client: Client) -> None:
    editor = make_user(User.Role.EDITOR, "ed", password=PASSWORD)
    assert tried(client, "ed").status_code == 302
    for page in ("/en/reports/", f"/en/agreements/{make_agreement().slug}/", "/ar/review/"):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"][3:]) == (302, SET_UP[3:]), page
    assert client.get("/en/reports/", headers={"HX-Request": "true"})["HX-Redirect"] == SET_UP
    refused = client.get(JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_missing")
    _, key = ApiKey.issue(user=editor, name="script")
    assert Client().get(JSON, headers={"Authorization": f"Bearer {key}"}).status_code == 200, "keys are a machine's: they have no second factor"
    assert 'name="code"' in client.get("/en/accounts/2fa/totp/activate/").content.decode()
    secret = client.session["mfa.totp.secret"]
    code = one_time_codes.code(secret, int(time.time()) // 30)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert client.post("/en/accounts/2fa/totp/activate/", {"code": arabic}).status_code == 302
    assert client.get("/en/reports/").status_code == client.get(JSON).status_code == 200
    assert client.get("/en/accounts/2fa/recovery-codes/").content.decode().count("<li><code>") == 10
    assert secret not in str(editor.authenticator_set.first().data), "the database holds it encrypted"  # type: ignore[attr-defined]


def test_others_may_go_without_and_one_role_on_one_agreement_is_enough_to_need_it(client: Client) -> None:
    analyst = make_user(User.Role.ANALYST, "ana", password=PASSWORD)
    tried(client, "ana")
    assert client.get("/en/reports/").status_code == 200
    AgreementRole.objects.create(user=analyst, agreement=make_agreement(), role=User.Role.EDITOR)
    User.objects.filter(pk=analyst.pk).update(has_grants=True)
    assert client.get("/en/reports/")["Location"] == SET_UP


def test_a_code_is_asked_for_and_opens_once(client: Client) -> None:
    editor = make_user(User.Role.EDITOR, "ed", password=PASSWORD)
    one_time_codes.set_up(editor)
    answer = tried(client, "ed")
    assert answer["Location"] == SECOND
    assert client.get("/en/reports/")["Location"].startswith(SIGN_IN), "half of a sign-in opens nothing"
    assert client.get(JSON).status_code in {401, 403}
    code = now(editor)
    assert "does not open" in client.post(SECOND, {"code": f"{(int(code) + 7) % 1_000_000:06}"}).content.decode()
    assert client.post(SECOND, {"code": code}).status_code == 302
    assert client.get("/en/reports/").status_code == 200
    again = Client()
    tried(again, "ed")
    for spelled in (code, f"{code[:3]}-{code[3:]}", f"{code[:3]} {code[3:]}"):
        cache.delete(f"allauth.mfa.totp.used?user={editor.pk}&code={code}")  # remembered for a third of the time in which a code holds
        assert "does not open" in again.post(SECOND, {"code": spelled}).content.decode()


def test_administration_has_no_door_of_its_own(client: Client) -> None:
    make_user(User.Role.ADMINISTRATOR, "root", password=PASSWORD, is_staff=True)
    answer = client.get("/en/administration/login/")
    assert answer["Location"].startswith(SIGN_IN)
    posted = client.post("/en/administration/login/", {"username": "root", "password": PASSWORD})
    assert posted.status_code == 302 and posted["Location"].startswith(SIGN_IN)


def test_the_first_administrator_may_administer_and_needs_a_second_factor(client: Client) -> None:
    first = User.objects.create_superuser("first", password=PASSWORD)
    assert may(first, Capability.ADMINISTER) and first.is_staff
    tried(client, "first")
    assert client.get("/en/administration/")["Location"] == SET_UP
    one_time_codes.set_up(first)
    page = client.get("/en/administration/").content.decode()
    assert "/incidents/user/" in page and not any(f"/{app}/" in page for app in ("mfa", "usersessions", "axes", "account"))


def test_wrong_passwords_close_a_name_to_an_address_whether_or_not_anybody_has_it(client: Client, settings: Any) -> None:
    make_user(User.Role.ANALYST, "ana", password=PASSWORD)
    pages = {}
    for name in ("ana", "nobody-at-all"):
        answers = [tried(client, spelled, "wrong") for spelled in (name, name.upper(), name, f" {name}", name)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
        pages[name] = answers[-1].content.decode()
        assert answers[-1]["Retry-After"] == "900"
    assert _without_tokens(pages["ana"]) == _without_tokens(pages["nobody-at-all"])
    assert tried(client, "ana").status_code == 429, "the right password does not open it either"
    assert tried(Client(), "ana", REMOTE_ADDR="192.0.2.7").status_code == 302, "from elsewhere it does"
    settings.BEHIND_PROXY = True
    forwarded = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}
    assert tried(Client(), "ana", HTTP_X_FORWARDED_FOR="192.0.2.9, 127.0.0.1", **forwarded).status_code == 429, "what stands before is hearsay"
    assert tried(Client(), "ana", HTTP_X_FORWARDED_FOR="127.0.0.1, 192.0.2.9", **forwarded).status_code == 302


def _without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_the_lock_opens_after_a_while(client: Client, settings: Any) -> None:
    make_user(User.Role.ANALYST, "ana", password=PASSWORD)
    for _ in range(5):
        tried(client, "ana", "wrong")
    assert tried(client, "ana").status_code == 429
    settings.AXES_COOLOFF_TIME = timedelta(0)
    assert tried(client, "ana").status_code == 302


def test_every_page_of_the_second_factor_is_in_both_languages(client: Client) -> None:
    editor = make_user(User.Role.EDITOR, "ed", password=PASSWORD)
    one_time_codes.set_up(editor)
    tried(client, "ed")
    client.post(SECOND, {"code": now(editor)})
    names = ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_list_webauthn")
    for name in (*names, "mfa_reauthenticate", "account_reauthenticate", "account_change_password"):
        for language, way in (("en", "ltr"), ("ar", "rtl")):
            answer = client.get(f"/{language}/{reverse(name)[4:]}")
            assert answer.status_code == 200, (name, answer.status_code)
            assert f'lang="{language}" dir="{way}"' in answer.content.decode()
