"""Every page of the URLconf, with one of everything in it: clean to axe, as wide as its window, useful without script, within its host."""

import time

import pytest
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from incidents.actions import one_time_codes
from incidents.models import User
from tests.addresses import ENTRANCE, Address, addresses
from tests.builders import make_user
from tests.builders.everything import Everything, make_everything
from tests.journeys.conftest import PASSWORD, SECRETS, Watched, beside_the_browser
from tests.journeys.walking import WITHOUT_SCRIPT, Walk

pytestmark = pytest.mark.browser

# Signs in with codes; a code opens once, so this is nobody else's name.
WALKER = "walker"
QUICK = {"agreement-dashboard", "log-report", "case", "reports"}
# To somebody who has signed in, and to one without what they ask for, these lead elsewhere; each has its own journey.
ELSEWHERE = {*ENTRANCE, "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
WITH_CODES = {"mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_activate_totp"}


@pytest.fixture(scope="module")
def everything(address: str, django_db_blocker: DjangoDbBlocker) -> Everything:
    """Put one of everything beside the demo."""

    def make() -> Everything:
        SECRETS[WALKER] = one_time_codes.set_up(make_user(User.Role.EDITOR, WALKER, password=PASSWORD))
        people = {role: User.objects.get(username=role) for role in ("partner", "analyst", "editor", "administrator")}
        return make_everything(people | {"second": make_user(User.Role.EDITOR, "second")})

    return beside_the_browser(django_db_blocker, make)


def pages(everything: Everything, name: str) -> list[Address]:
    """Return every page that opens to somebody of this name."""
    return [one for one in addresses(everything.keys, name) if one.is_page]


def walk(watched: Watched, found: list[Address], language: str) -> None:
    """Go everywhere and look at each page as everybody may have to."""
    walk, page = Walk(language), watched.page(width=1280, height=800)
    for address in found:
        if walk.go(page, address):
            walk.accessibility(page, address)
            walk.widths(page, address)
    print(f"{walk.visited} pages in {language}, each in light and dark, {len(walk.faults)} faults")  # noqa: T201
    assert not walk.faults, "\n".join(walk.faults)


def walk_without_script(watched: Watched, found: list[Address], language: str) -> None:
    """Go everywhere with script off."""
    walk, page = Walk(language), watched.page(width=1280, height=800, java_script_enabled=False)
    for address in found:
        if walk.go(page, address):
            for wrong in page.evaluate(WITHOUT_SCRIPT):
                walk.note(address, wrong)
    assert not walk.faults, "\n".join(walk.faults)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_of_most_use_hold(watched: Watched, everything: Everything, language: str) -> None:
    watched.sign_in("editor")
    walk(watched, [one for one in pages(everything, "editor") if one.route in QUICK], language)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["editor", "partner"])
def test_every_page_holds(watched: Watched, everything: Everything, name: str, language: str) -> None:
    watched.sign_in(name)
    found = [one for one in pages(everything, name) if one.route not in ELSEWHERE | WITH_CODES | {"mfa_generate_recovery_codes"}]
    assert len(found) > (60 if name == "editor" else 40)
    walk(watched, found, language)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_opens_to_administrators_alone_holds(watched: Watched, everything: Everything, language: str) -> None:
    watched.sign_in("administrator")
    open_to_editors = {one.route for one in pages(everything, "editor")}
    walk(watched, [one for one in pages(everything, "administrator") if one.route not in open_to_editors], language)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_opens_to_strangers_holds(watched: Watched, everything: Everything, language: str) -> None:
    found = [one for one in pages(everything, "anonymous") if one.who == "anybody"]
    assert {"invited", "public-dashboard", "account_login"} <= {one.route for one in found}
    walk(watched, found, language)
    walk_without_script(watched, found, language)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["editor", "administrator", "partner"])
def test_every_page_is_of_use_without_script(watched: Watched, everything: Everything, name: str) -> None:
    watched.sign_in(name)
    left_out = ELSEWHERE | WITH_CODES | {"mfa_generate_recovery_codes"}
    walk_without_script(watched, [one for one in pages(everything, name) if one.route not in left_out], "ar" if name == "editor" else "en")


@pytest.mark.slow
def test_pages_of_codes_hold(watched: Watched, everything: Everything) -> None:
    page, walks = watched.page(), [Walk("en"), Walk("ar")]
    page.goto("/en/accounts/login/")
    page.fill("#id_login", WALKER)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/")
    asked = {one.route: one for one in pages(everything, "editor") if one.path.startswith("accounts/")}
    for one in walks:
        _look(one, page, asked["mfa_authenticate"])
    page.fill("#id_code", one_time_codes.code(SECRETS[WALKER], int(time.time()) // 30))
    page.keyboard.press("Enter")
    page.wait_for_url("**/agreements/**")
    for route in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_index"):
        for one in walks:
            _look(one, page, asked[route])
    assert not [fault for one in walks for fault in one.faults]


def _look(walk: Walk, page: Page, address: Address) -> None:
    if walk.go(page, address):
        walk.accessibility(page, address)
        walk.widths(page, address)
