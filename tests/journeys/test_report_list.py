"""An editor at the list of reports, by keyboard: rows are chosen, something is done with them, and it is undone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Watched
from tests.journeys.test_desk import overflow

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "ar"])
def test_several_reports_are_chosen_tied_to_a_new_incident_and_untied_by_keyboard(watched: Watched, language: str) -> None:
    watched.sign_in("editor")
    page = watched.page()
    page.goto(f"/{language}/reports/?agreement=syria-2016-09&type=sniper")
    bar, filters = page.locator("#bulk"), page.locator("form.filters")
    expect(bar).to_be_hidden()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(bar).to_be_visible()
    expect(filters).to_be_hidden()
    expect(bar.locator("[data-count]")).to_have_text("2")
    page.locator("#bulk-verb").focus()
    page.locator("#bulk-verb").select_option("open")
    page.keyboard.press("Tab")
    page.keyboard.type("Snipers on the road")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/bulk/")
    expect(page.locator(".chip--verified")).to_have_count(2)
    page.keyboard.press("z")
    expect(page.locator("[data-key=KeyZ]")).to_have_count(0)
    expect(page.locator(".chip--verified")).to_have_count(2)


def test_the_views_of_one_address_fit_a_narrow_window(watched: Watched) -> None:
    watched.sign_in("editor")
    page = watched.page(width=320, height=800)
    for view in ("", "cards", "map"):
        page.goto(f"/ar/reports/?agreement=syria-2016-09&unit=violation&view={view}")
        assert overflow(page) <= 0, view


def test_keys_lead_to_pages_to_the_filters_and_to_their_own_list_and_can_be_switched_off(watched: Watched) -> None:
    watched.sign_in("editor")
    page = watched.page()
    page.goto("/ar/reports/?agreement=syria-2016-09")
    page.keyboard.press("f")
    expect(page.locator("#filter-side")).to_be_focused()
    page.keyboard.press("Escape")
    leads = {"gd": "agreements/syria-2016-09/", "gq": "review/", "gc": "claims/**", "gv": "convoys/", "gr": "reports/**"}
    for keys, address in leads.items():
        page.keyboard.type(keys)
        page.wait_for_url(f"**/ar/{address}")
    page.keyboard.press("Shift+Slash")
    page.wait_for_url("**/shortcuts/")
    assert page.locator("kbd").count() > 30
    pressed = "() => !document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyT', bubbles: true, cancelable: true}))"
    assert page.evaluate(pressed)
    page.evaluate("document.documentElement.dataset.shortcuts = 'off'")
    assert not page.evaluate(pressed)
