"""Signing in with a passkey, in a browser that holds one; and the brief on one sheet of paper."""

import re
import time

import pytest

from incidents.actions import one_time_codes
from tests.journeys.conftest import CODED, KEYHOLDER, PASSWORD, SECRETS, Watched

pytestmark = pytest.mark.browser
DAYS = ("2016-09-12", "2016-09-17", "2016-09-19")
HELD = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}


def test_a_passkey_is_added_and_opens_without_a_password(watched: Watched) -> None:
    # Browsers keep passkeys for names alone.
    watched.address = watched.address.replace("127.0.0.1", "localhost")
    page = watched.page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**HELD, "automaticPresenceSimulation": True}})
    page.goto("/en/accounts/login/")
    page.fill("#id_login", KEYHOLDER)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/agreements/**")
    page.goto("/en/accounts/2fa/webauthn/add/")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    page.goto("/en/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/ar/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/agreements/**")


def test_a_code_from_an_app_opens(watched: Watched) -> None:
    page = watched.page()
    page.goto("/en/accounts/login/")
    page.fill("#id_login", CODED)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/")
    assert page.evaluate("document.activeElement.id") == "id_code"
    page.keyboard.type(one_time_codes.code(SECRETS[CODED], int(time.time()) // 30))
    page.keyboard.press("Enter")
    page.wait_for_url("**/agreements/**")


def test_the_brief_is_one_sheet_in_each_language(analyst: Watched) -> None:
    page = analyst.page()
    for language in ("en", "ar"):
        for day in DAYS:
            page.goto(f"/{language}/agreements/syria-2016-09/brief/?day={day}")
            printed = page.pdf(prefer_css_page_size=True)
            sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
            assert sheets == 1, f"{language} {day}: {sheets} sheets"
