"""What people do at the desk, in a browser, by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import KEYHOLDER, PASSWORD, Watched

pytestmark = pytest.mark.browser

DASHBOARD = "agreements/syria-2016-09/"
# What a key might have done: moved the focus, opened something, chosen a side, turned the colours.
STATE = """() => [document.activeElement.id, document.querySelectorAll("details[open], dialog[open]").length,
    [...document.querySelectorAll("input:checked")].map((one) => one.id).join(), getComputedStyle(document.documentElement).colorScheme]"""
PAGES = [
    DASHBOARD,
    f"{DASHBOARD}?days=week",
    f"{DASHBOARD}attention/",
    f"{DASHBOARD}terms/",
    "agreements/",
    "reports/?agreement=syria-2016-09",
    "reports/new/?agreement=syria-2016-09",
    "reports/split/?agreement=syria-2016-09",
    "claims/?agreement=syria-2016-09",
    "claims/new/?agreement=syria-2016-09",
]


def test_signing_in_leads_to_254_and_302(watched: Watched) -> None:
    page = watched.page()
    page.goto("/")
    expect(page).to_have_title("Sign in · Truce")
    page.keyboard.type("analyst")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/agreements/syria-2016-09/")
    assert [figure.inner_text() for figure in page.locator(".tally-figure:not(.tally-figure--more)").all()] == ["254", "302"]
    page.get_by_role("link", name="العربية").click()
    page.wait_for_url("**/ar/agreements/syria-2016-09/")
    assert [figure.inner_text() for figure in page.locator(".tally-figure:not(.tally-figure--more)").all()] == ["254", "302"]
    first, second = page.locator(".tally").all()
    assert (first.bounding_box() or {})["x"] > (second.bounding_box() or {})["x"], "right to left, the first side stands on the right"


def test_a_report_is_logged_by_keyboard_alone(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{DASHBOARD}")
    page.keyboard.press("n")
    page.wait_for_url("**/reports/new/**")
    expect(page.locator("#id_wording")).to_be_focused()
    page.keyboard.insert_text("غارة جوية الساعة 6:20 مساءً على حلب، 3 شهداء")
    for text in ("19/09/2016", "18:20", "", "", "Aleppo", ""):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.type("Airstrike")
    page.keyboard.press("Tab")
    page.keyboard.press("2")
    page.keyboard.press("1")
    for text in ("", "3", "3", "11", "", "Houses hit"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    for text in ("", "High", "Associated"):  # the first stop is where missing and detained unfold
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    # The demo has airstrikes on Aleppo that day: they are shown beside the form, and what was seen does not stop the save.
    expect(page.locator("#duplicates")).to_contain_text(re.compile(r"R-\d+"))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".log-said")).to_contain_text(re.compile(r"R-\d+ saved\."))
    expect(page.locator("#id_wording")).to_be_focused()
    expect(page.locator("#id_day")).to_have_value("19/09/2016")
    expect(page.locator(".tape li")).to_have_count(1)
    page.locator(".tape a.ref").click()
    expect(page.locator("main")).to_contain_text("غارة جوية الساعة 6:20 مساءً على حلب، 3 شهداء")
    expect(page.locator("main")).to_contain_text("Government and allies")
    expect(page.locator("main")).to_contain_text("Aleppo")


def test_a_mistake_is_read_first_and_nothing_is_lost(analyst: Watched) -> None:
    page = analyst.page()
    page.goto("/ar/reports/new/?agreement=syria-2016-09")
    page.keyboard.type("kept")
    with page.expect_response(lambda answer: answer.status == 422):
        page.keyboard.press("Control+Enter")
    expect(page.locator("[data-focus-first]")).to_be_focused()
    expect(page.locator("#id_wording")).to_have_value("kept")
    page.locator("[data-focus-first] a").first.click()
    assert page.evaluate("location.hash") == "#id_day"
    # The browser itself notes every answer of 4xx on its console.
    analyst.wrong = [line for line in analyst.wrong if "422" not in line]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_chart_is_read_day_by_day_with_the_arrow_keys(analyst: Watched, language: str) -> None:
    page = analyst.page()
    page.goto(f"/{language}/{DASHBOARD}")
    chart = page.locator("[data-chart-scroll]")
    chart.focus()
    forward, back = ("ArrowRight", "ArrowLeft") if language == "en" else ("ArrowLeft", "ArrowRight")
    page.keyboard.press("Home")
    speech = page.locator("[data-chart-speech]")
    expect(speech).to_contain_text("10 September 2016" if language == "en" else "10 أيلول 2016")
    for _day in range(4):
        page.keyboard.press(forward)
    expect(speech).to_contain_text("14 September 2016" if language == "en" else "14 أيلول 2016")
    expect(speech).to_contain_text("42")
    page.keyboard.press(back)
    expect(speech).to_contain_text("13 ")


def test_search_and_escape(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{DASHBOARD}")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("n")
    assert page.url.endswith(DASHBOARD), "a letter typed into a field is a letter"
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/reports/new/**")


def test_single_keys_run_nothing_once_they_are_switched_off(watched: Watched) -> None:
    watched.sign_in(KEYHOLDER)  # who has no other journey's settings
    page = watched.page()
    page.goto("/en/settings/")
    page.uncheck("#id_has_shortcuts")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#id_has_shortcuts")).not_to_be_checked()
    for path, keys in ((DASHBOARD, "n/?gdtzf"), ("reports/new/?agreement=syria-2016-09", "p12xsz0")):
        page.goto(f"/en/{path}")
        page.evaluate("document.activeElement.blur()")
        before = page.url, page.evaluate(STATE)
        for key in keys:
            page.keyboard.press(key)
        assert (page.url, page.evaluate(STATE)) == before
    # What is not a single key stays, and so does what is typed into a field.
    page.locator("#id_wording").focus()
    page.keyboard.type("np1/")
    expect(page.locator("#id_wording")).to_have_value("np1/")
    page.keyboard.press("Escape")
    expect(page.locator("#id_wording")).not_to_be_focused()
    page.goto("/en/settings/")
    page.check("#id_has_shortcuts")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#id_has_shortcuts")).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/reports/new/**")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_at_320_pixels_and_without_script(analyst: Watched, path: str, language: str) -> None:
    page = analyst.page(width=320, height=800, java_script_enabled=False)
    answer = page.goto(f"/{language}/{path}")
    assert answer and answer.status == 200
    assert overflow(page) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_a_desk(analyst: Watched, path: str, scheme: str) -> None:
    for width in (1440, 1024, 768):
        page = analyst.page(width=width, color_scheme=scheme)
        page.goto(f"/en/{path}")
        assert overflow(page) == 0, f"at {width}"


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window. Playwright evaluates even where the page's own script is off."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_report_is_logged_without_script(analyst: Watched) -> None:
    page = analyst.page(java_script_enabled=False)
    page.goto("/en/reports/new/?agreement=syria-2016-09")
    page.fill("#id_day", "18/09/2016")
    page.select_option("#id_time_precision", "day")
    page.select_option("#id_violation_type", "shelling")
    page.locator("label.choice", has_text="Nobody").click()
    page.select_option("#id_claimant", index=1)
    page.select_option("#id_source", index=1)
    page.get_by_role("button", name="Save and next").click()
    expect(page.locator(".log-said")).to_contain_text("saved.")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".log-said")).to_contain_text("It stays on record and no longer counts.")


def test_the_theme_is_chosen_and_kept(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{DASHBOARD}")
    page.locator("summary", has_text="Theme").click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_load_state()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(14, 22, 28)"
    page.goto("/en/reports/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_a_partner_reads_but_is_not_offered_to_log(watched: Watched) -> None:
    watched.sign_in("partner")
    page = watched.page()
    page.goto(f"/en/{DASHBOARD}")
    expect(page.get_by_role("link", name="Log report")).to_have_count(0)
