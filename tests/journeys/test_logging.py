"""Logging by keyboard alone, in both languages: how many keys a typical report takes, what is suggested, kept and undone; what the scripts weigh."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Response, expect

from tests.journeys.conftest import Watched

pytestmark = pytest.mark.browser

FORM = "reports/new/?agreement=syria-2016-09"
MOST_KEYS, MOST_BYTES = 60, 35 * 1024
MESSAGES = {
    "en": "Airstrike by regime forces on 19 September at 6:20 pm in Hreitan, at least 3 killed and 11 wounded. https://example.org/cd/20431",
    "ar": "غارة جوية لقوات النظام يوم 19 أيلول الساعة 6:20 مساءً على بلدة حريتان، 3 شهداء و11 جريحاً",
}
CLAIMANTS = {"en": "Syrian Obs", "ar": "المرصد السوري"}
SAVED = {"en": re.compile(r"R-\d+ saved\."), "ar": re.compile(r"R-\d+")}


@dataclass
class Keys:
    """A keyboard that counts: each key, each letter, and a paste as the one key that it is beside Ctrl."""

    page: Page
    pressed: int = 0

    def press(self, key: str, times: int = 1) -> None:
        for _turn in range(times):
            self.page.keyboard.press(key)
        self.pressed += times

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def paste(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.pressed += 1

    def go_to(self, field: str) -> None:
        """Press Tab until the focus is there."""
        for _turn in range(40):
            if self.page.evaluate("document.activeElement.id") == field:
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {field}")


@contextmanager
def compared(page: Page) -> Iterator[None]:
    """Wait until possible duplicates have been looked for after this: who saves without having seen them is asked first."""
    yield
    expect(page.locator("#duplicates")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_typical_report_takes_at_most_sixty_keys_beyond_its_text(analyst: Watched, language: str) -> None:
    page = analyst.page()
    page.goto(f"/{language}/agreements/syria-2016-09/")
    keys = Keys(page)
    keys.press("n")
    page.wait_for_url("**/reports/new/**")
    expect(page.locator("#id_wording")).to_be_focused()
    keys.paste(MESSAGES[language])
    expect(page.locator("[data-from=day]")).to_be_visible()
    expect(page.locator("#id_wording")).to_be_focused()
    filled = {name: page.locator(f"#id_{name}").input_value() for name in ("day", "clock", "violation_type", "wounded_low", "wounded_high")}
    assert filled == {"day": "19/09/2016", "clock": "18:20", "violation_type": "airstrike", "wounded_low": "11", "wounded_high": "11"}
    assert page.locator("#id_place").input_value() == {"en": "Hreitan", "ar": "حريتان"}[language]
    assert page.locator("input[name=accused]:checked").get_attribute("value") == "A"
    expect(page.locator("#marks mark")).to_have_count(6)
    expect(page.locator("#locator .locator-precision")).to_be_visible()
    keys.go_to("id_claimant")
    keys.type(CLAIMANTS[language])
    keys.press("Tab")
    keys.type("Associated")
    with compared(page):
        keys.press("Tab")
    keys.press("Control+Enter")
    expect(page.locator(".log-said")).to_contain_text(SAVED[language])
    first = keys.pressed
    # The next one of the same claimant takes the paste and the save.
    expect(page.locator("#id_wording")).to_be_focused()
    assert re.search(r"R-\d+", page.title()), "the reference is in the title, which is read out"
    expect(page.locator("[data-kept=claimant]")).to_be_visible()
    keys.paste(MESSAGES[language].replace("11", "5").replace("18:20", "19:00"))
    expect(page.locator("#duplicates")).to_contain_text("Hreitan" if language == "en" else "حريتان")
    keys.press("Control+Enter")
    expect(page.locator(".tape li")).to_have_count(2)
    print(f"{language}: {first} keys for the first report, {keys.pressed - first} for the next")  # noqa: T201
    assert first <= MOST_KEYS
    page.locator(".tape a.ref").last.click()
    expect(page.locator("main")).to_contain_text(MESSAGES[language])


def test_a_suggestion_stays_one_until_it_is_touched_and_never_writes_over_what_was_typed(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{FORM}")
    page.fill("#id_clock", "17:00")
    page.focus("#id_wording")
    page.keyboard.insert_text(MESSAGES["en"])
    expect(page.locator("[data-from=place]")).to_be_visible()
    expect(page.locator("#id_clock")).to_have_value("17:00")
    expect(page.locator("[data-from=clock]")).to_be_hidden()
    page.locator("#id_place").press("End")
    page.keyboard.type(" camp")
    expect(page.locator("[data-from=place]")).to_be_hidden()
    page.locator("#id_wording").press("End")
    page.keyboard.insert_text(" More words.")
    expect(page.locator("#marks")).to_contain_text("More words.")
    expect(page.locator("#id_place")).to_have_value("Hreitan camp")
    # What is taken back from the text is taken back from the field.
    page.fill("#id_wording", "Shelling in Hreitan.")
    expect(page.locator("#id_day")).to_have_value("")
    expect(page.locator("#id_violation_type")).to_have_value("shelling")


def test_names_are_found_misspelt_and_in_the_other_script_and_coordinates_are_echoed(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{FORM}")
    box = page.locator("#id_place")
    for typed in ("Haritan", "حريتا"):
        box.fill("")
        box.press_sequentially(typed)
        expect(page.locator("[role=option]").first).to_contain_text("Hreitan")
        expect(box).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("ArrowDown")
        expect(page.locator(f"#{box.get_attribute('aria-activedescendant')}")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(box).to_have_value("Hreitan")
        expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("37S CA 3747 1829")
    page.keyboard.press("Tab")
    expect(page.locator("#place-reading")).to_contain_text("Read as 36.29")
    page.select_option("#id_place_precision", "neighbourhood")
    expect(page.locator(".locator-how")).to_contain_text("1 km")
    expect(page.locator("#locator figcaption")).to_contain_text("of Hreitan")


def test_the_last_save_is_undone_with_one_key(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{FORM}")
    page.keyboard.insert_text(MESSAGES["en"].replace("Hreitan", "Deir ez-Zor"))
    expect(page.locator("[data-from=day]")).to_be_visible()
    page.locator("#id_claimant").press_sequentially("Syrian Obs")
    page.keyboard.press("Tab")
    page.locator("#id_source").press_sequentially("Associated")
    with compared(page):
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".log-said")).to_contain_text("saved.")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator(".log-said")).to_contain_text("It stays on record and no longer counts.")
    expect(page.locator("#id_wording")).to_be_focused()


def test_the_same_event_and_another_one_are_said_with_one_key_each(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{FORM}")
    page.keyboard.insert_text("Airstrike by regime forces on 19 September at 6:20 pm in Aleppo, 3 killed")
    expect(page.locator("#duplicates ol > li")).not_to_have_count(0)
    expect(page.locator("#id_wording")).to_be_focused()
    page.locator("#id_claimant").press_sequentially("Syrian Obs")
    page.keyboard.press("Tab")
    page.locator("#id_source").press_sequentially("Associated")
    with compared(page):
        page.keyboard.press("Tab")
    page.locator("#main").focus()
    page.keyboard.press("x")
    expect(page.locator("[data-different]").first).to_be_checked()
    page.keyboard.press("s")
    expect(page.locator(".log-said")).to_contain_text("saved.")


def test_the_scripts_of_the_page_are_light(analyst: Watched) -> None:
    page = analyst.page()
    scripts: list[Response] = []
    page.on("response", lambda answer: scripts.append(answer) if answer.request.resource_type == "script" else None)
    page.goto(f"/en/{FORM}")
    weight = sum(len(gzip.compress(script.body())) for script in scripts)
    print(f"{len(scripts)} scripts of {weight / 1024:.1f} KB compressed")  # noqa: T201
    assert scripts
    assert weight <= MOST_BYTES


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_digest_is_split_and_saved_by_keyboard(analyst: Watched, language: str) -> None:
    page = analyst.page(width=320, height=900)
    page.goto(f"/{language}/reports/split/?agreement=syria-2016-09")
    page.keyboard.insert_text(f"19/09/2016:\n- {MESSAGES['en']}\n- {MESSAGES['ar']}")
    page.locator("#id_claimant").press_sequentially(CLAIMANTS[language])
    page.keyboard.press("Tab")
    page.locator("#id_source").press_sequentially("Associated")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".split-row")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    expect(page.locator("#id_1-violation_type")).to_have_value("airstrike")
    page.locator("#id_1-clock").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".split-saved")).to_have_count(2)


def test_a_copy_says_what_it_keeps_and_gives_way_to_a_new_text(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{FORM}")
    page.keyboard.insert_text(MESSAGES["en"].replace("Hreitan", "Talbisa").replace("20431", "5"))
    expect(page.locator("[data-from=day]")).to_be_visible()
    page.locator("#id_killed_low").fill("4")
    page.locator("#id_claimant").press_sequentially("Syrian Obs")
    page.keyboard.press("Tab")
    page.locator("#id_source").press_sequentially("Associated")
    with compared(page):
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".log-said")).to_contain_text("saved.")
    expect(page.locator("#marks mark")).not_to_have_count(0)
    for name in ("place", "accused", "killed_low"):
        expect(page.locator(f"[data-kept={name}]")).to_be_visible()
    # What was corrected by hand is not read from the text again.
    expect(page.locator("#id_killed_low")).to_have_value("4")
    expect(page.locator("#duplicates")).to_contain_text("Talbisa")
    page.locator("#id_wording").fill(MESSAGES["en"].replace("Hreitan", "Damascus").replace("11", "12"))
    expect(page.locator("#id_place")).to_have_value("Damascus")
    expect(page.locator("#id_killed_low")).to_have_value("3")
    expect(page.locator("[data-kept=place]")).to_be_hidden()
    expect(page.locator("[data-kept=accused]")).to_be_hidden()


def ground(page: Page) -> list[float]:
    """Return what the drawing says of its ground: its middle, a degree's share of a step down and right, and how many kilometres it is high."""
    return [float(word) for word in (page.locator("[data-ground]").get_attribute("data-ground") or "").split()]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_drawing_begins_with_the_country_and_is_zoomed_moved_and_read_by_keyboard(analyst: Watched, language: str) -> None:
    page = analyst.page()
    page.goto(f"/{language}/{FORM}")
    latitude, longitude, _down, _right, km = ground(page)
    assert (latitude, longitude) == pytest.approx((34.8, 39), abs=0.5)
    assert km > 400, "all of Syria"

    def drawn(key: str) -> list[float]:
        before = page.locator("[data-ground]").get_attribute("data-ground") or ""
        page.keyboard.press(key)
        expect(page.locator("[data-ground]")).not_to_have_attribute("data-ground", before)
        return ground(page)

    page.keyboard.press("Escape")
    assert drawn("+")[4] == pytest.approx(km / 2, rel=0.01)
    assert drawn("-")[4] == pytest.approx(km, rel=0.01)
    page.locator(".locator-ground").focus()
    # East is to the right, in Arabic as in English.
    assert drawn("ArrowRight")[1] > longitude
    north = drawn("ArrowUp")
    assert north[0] > latitude
    expect(page.locator(".locator-ground")).to_be_focused()
    with compared(page):
        page.keyboard.press("Enter")
    expect(page.locator("#id_place")).to_be_focused()
    # Of so much ground nobody points out a spot to the metre.
    assert page.locator("#id_place").input_value() == f"{north[0]:.2f}, {north[1]:.2f}"
    expect(page.locator(".locator-point")).to_be_visible()
    assert ground(page)[4] == 16
    page.locator("[data-zoom=in]").click()
    expect(page.locator("[data-ground$=' 8.000']")).to_be_visible()
    # What else is typed leaves the ground as it is; another place is looked at where it lies.
    with compared(page):
        page.select_option("#id_violation_type", "shelling")
    assert ground(page)[4] == 8
    with compared(page):
        page.locator("#id_place").fill("36.2000, 37.1500")
        page.locator("#id_place").dispatch_event("change")
    assert ground(page)[4] == 16


def test_what_is_not_read_yet_is_not_saved_unseen(analyst: Watched) -> None:
    page = analyst.page()
    page.goto(f"/en/{FORM}")
    page.locator("#id_claimant").press_sequentially("Syrian Obs")
    page.keyboard.press("Tab")
    page.locator("#id_source").press_sequentially("Associated")
    page.keyboard.press("Tab")
    page.locator("#id_wording").focus()
    page.keyboard.insert_text(MESSAGES["en"].replace("Hreitan", "Anadan"))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#suggested-said")).to_contain_text("7 fields suggested · read just now: look, and save again")
    expect(page.locator("#id_place")).to_have_value("Anadan")
    # One key says another side, and the suggestion is one no more.
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator("[data-from=accused]")).to_be_hidden()
    with page.expect_response(lambda answer: "/drafts/keep/" in answer.url) as kept:
        page.locator("#id_wording").press("End")
        page.keyboard.insert_text(" Later.")
    assert kept.value.ok
    expect(page.locator("#draft-said")).to_have_attribute("data-kept", "true")
    expect(page.locator("input[name=accused]:checked")).to_have_value("B")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_click_on_the_drawing_fills_in_the_place(analyst: Watched, language: str) -> None:
    page = analyst.page()
    page.goto(f"/{language}/{FORM}")
    with compared(page):
        page.locator("#id_place").fill("36.2000, 37.1500")
        page.locator("#id_place").dispatch_event("change")
    drawing = page.locator("[data-ground]")
    _latitude, _longitude, down, right, _km = ground(page)
    size = drawing.bounding_box() or {}
    with compared(page):
        drawing.click(position={"x": size["width"] * 3 / 4, "y": size["height"] / 4})
    latitude, longitude = (float(word) for word in page.locator("#id_place").input_value().split(","))
    # Up is north and right is east, in Arabic as in English: 360 by 250 steps are drawn.
    assert latitude == pytest.approx(36.2 + 250 / 4 * down, abs=2 * down)
    assert longitude == pytest.approx(37.15 + 360 / 4 * right, abs=2 * right)
    expect(page.locator("[data-ground]")).to_have_attribute("data-ground", re.compile(f"^{latitude:.4f}"))
