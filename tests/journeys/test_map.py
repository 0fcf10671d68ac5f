"""The map by keyboard, with a script and without; nothing leaves the host, and the page stays light."""

import re
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watched

pytestmark = pytest.mark.browser

MAP = "map/?agreement=syria-2016-09"
# What a first visit may fetch, fonts and base map included.
MOST_BYTES = 220 * 1024


def focused(page: Page) -> str:
    """Return the name of what has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"))


def waited(page: Page) -> None:
    """Wait until the marks of the window that the address names are there."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-map-found][aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_the_dashboard_to_a_report_by_keyboard(analyst: Watched, language: str) -> None:
    page = analyst.page()
    page.goto(f"/{language}/agreements/syria-2016-09/")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/map/**")
    canvas = page.locator(".map-canvas")
    expect(canvas.locator(".map-mark").first).to_be_visible()
    canvas.focus()
    before = page.locator(".map-mark").count()
    with page.expect_response(re.compile("/map/marks/")):
        page.keyboard.press("+")
    with page.expect_response(re.compile("/map/marks/")):
        page.keyboard.press("ArrowUp")
    assert "zoom=" in page.url and "box=" in page.url
    with page.expect_response(re.compile("/map/marks/")):
        page.keyboard.press("-")
    waited(page)
    expect(page.locator(".map-mark")).not_to_have_count(0)
    assert before
    canvas.focus()
    page.keyboard.press("Tab")
    name = focused(page)
    assert re.search(r"\d", name), "a mark says how many there are"
    page.keyboard.press("Enter")
    popup = page.locator(".map-popup")
    expect(popup.locator(".map-reports a").first).to_be_visible()
    assert popup.evaluate("popup => popup.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    assert focused(page) == name, "the mark has the focus again"
    page.keyboard.press("Enter")
    link = popup.locator(".map-reports a").first
    expect(link).to_be_visible()
    reference = link.inner_text()
    for _step in range(8):
        page.keyboard.press("Tab")
        if focused(page).strip() == reference:
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/**")
    expect(page.locator("h1")).to_contain_text(reference)


def test_the_list_says_what_the_map_shows_and_leads_into_it(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{MAP}")
    waited(page)
    assert page.locator(".map-mark").count() == page.locator("[data-at]").count()
    with page.expect_response(re.compile("/map/marks/")):
        page.locator("a[data-nearer]").first.click()
    waited(page)
    assert page.locator(".map-mark").count() == page.locator("[data-at]").count()
    shown = re.search(r"\d+", page.locator(".map-sum b").inner_text())
    assert shown
    page.locator("[data-map-list]").click()
    page.wait_for_url("**/reports/**")
    expect(page.locator(".page-sub")).to_contain_text(f"{shown[0]} report")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_light(analyst: Watched, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = analyst.page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"/{language}/{MAP}")
    waited(page)
    total = sum(answer.request.sizes()["responseBodySize"] for answer in answers)
    with capsys.disabled():
        sys.stdout.write(f"\n  the map page, cold, {language}: {total:,} bytes of at most {MOST_BYTES:,}\n")
    assert total <= MOST_BYTES


def test_without_a_script_there_is_a_picture_and_the_list(analyst: Watched) -> None:
    page = analyst.page(java_script_enabled=False)
    page.goto(f"/en/{MAP}")
    picture = page.locator(".map-picture")
    expect(picture).to_be_visible()
    expect(page.locator(".map-canvas")).to_be_hidden()
    places = page.locator("[data-at]")
    expect(places).not_to_have_count(0)
    page.locator("a[data-nearer]").first.click()
    page.wait_for_url("**zoom=**")
    expect(page.locator(".map-sum")).to_contain_text("elsewhere")


def test_it_fits_a_narrow_screen(analyst: Watched) -> None:
    page = analyst.page(width=320, height=700)
    page.goto(f"/ar/{MAP}")
    waited(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.locator(".map-mark").first).to_be_visible()
