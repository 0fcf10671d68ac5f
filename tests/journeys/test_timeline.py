"""The timeline by keyboard and by pointer: days are chosen on the chart and stand in the address."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "onward"), [("en", "ArrowRight"), ("ar", "ArrowLeft")])
def test_days_are_chosen_on_the_chart(watched: Watched, language: str, onward: str) -> None:
    watched.sign_in("editor")
    page = watched.page()
    page.goto(f"/{language}/timeline/?agreement=syria-2016-09")
    days = page.locator("[data-brush] [data-day]")
    chart = page.locator("[data-chart-scroll]")
    chart.focus()
    page.keyboard.press("Home")
    page.keyboard.press(onward)
    for _each in range(3):
        page.keyboard.press(f"Shift+{onward}")
    expect(page.locator(".slot.chosen")).to_have_count(4)
    second, fifth = (days.nth(number).get_attribute("data-day") for number in (1, 4))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**from={second}&until={fifth}")
    days.nth(0).hover()
    page.mouse.down()
    days.nth(2).hover()
    page.mouse.up()
    page.wait_for_url(f"**from={second}&until=*")
    expect(days).to_have_count(3)
