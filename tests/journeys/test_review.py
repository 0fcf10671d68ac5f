"""An editor at the review queue, by keyboard; a second one beside them."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watched
from tests.journeys.test_desk import overflow

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(watched: Watched) -> Watched:
    watched.sign_in("editor")
    return watched


def case(page: Page, language: str = "en") -> None:
    """Go to the case of the strike at Deir ez-Zor from the queue, by its link."""
    page.goto(f"/{language}/review/")
    page.locator(".queue-name", has_text="Deir ez-Zor" if language == "en" else "دير الزور").click()
    page.wait_for_url("**/review/*-*/")


def test_a_case_is_weighed_decided_and_undone_by_keyboard_while_another_reads_along(editor: Watched) -> None:
    page = editor.page()
    case(page)
    expect(page.locator(".hold")).to_contain_text("You are looking at this since")
    moved = page.locator("#effect .is-moved")
    expect(moved).to_have_count(0)
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="disputed")).to_be_checked()
    expect(moved.first).to_contain_text("Disputed")
    page.keyboard.press("1")
    expect(moved).to_have_count(1)
    expect(moved).to_contain_text("Verified")
    page.locator("input[name=occurrence]:checked").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_reason")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("8")
    expect(page.locator("#arrange input[value=split]")).to_be_focused()
    page.keyboard.press("9")
    expect(page.locator("#comments textarea")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.locator("#id_reason").focus()
    page.keyboard.type("1234 say nothing of who struck")
    expect(page.get_by_role("radio", name="could not be verified")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#decision")).to_contain_text("1234 say nothing of who struck")
    page.keyboard.press("z")
    expect(page.locator("#back-reason")).to_be_focused()
    page.keyboard.type("Too soon")
    page.keyboard.press("Enter")
    expect(page.locator("#decision")).to_contain_text("under review")
    editor.sign_in("coded")
    beside = editor.page()
    case(beside, "ar")
    expect(beside.locator(".hold")).to_contain_text("editor")
    beside.keyboard.press("3")
    expect(beside.locator("#effect .is-moved").first).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_case_holds_at_320_pixels_and_without_script(editor: Watched, language: str, scheme: str) -> None:
    wide = editor.page()
    case(wide, language)
    address = wide.url
    for width in (320, 768, 1440):
        page = editor.page(width=width, height=800, java_script_enabled=False, color_scheme=scheme)
        page.goto(address)
        assert overflow(page) == 0, f"at {width}"
        expect(page.locator("#effect table")).to_be_visible()
