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
