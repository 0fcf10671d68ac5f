"""Charts are taken along: as SVG from the server, and as PNG that the browser draws from it, under a name that says which way it runs."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watched

pytestmark = pytest.mark.browser

A, B, SOFT_A, SOFT_B, DECLARED = (0x17, 0x57, 0x9A), (0xA8, 0x4A, 0x08), (0xDF, 0xEA, 0xF5), (0xFA, 0xEA, 0xD9), (0x6B, 0x3A, 0x94)
# The page, how its files are called, how many charts it has, and colours that stand in the first one.
CHARTED = {
    "agreements/syria-2016-09/": ("syria-2016-09-daily-", 1, (SOFT_A, SOFT_B)),
    "tallies/sides/?agreement=syria-2016-09": ("syria-2016-09-sides-", 3, (A, B)),
    "tallies/?agreement=syria-2016-09": ("syria-2016-09-logged-", 1, (A, B)),
    "timeline/?agreement=syria-2016-09": ("syria-2016-09-timeline-", 1, (DECLARED,)),
    "public/syria-2016-09/": ("syria-2016-09-", 1, (A, B)),
}
SIZE = """text => {
    const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    return [svg.width.baseVal.value, svg.height.baseVal.value];
}"""


def saved(page: Page) -> tuple[str, Image.Image]:
    """Press the first PNG and return the name and the picture that come of it."""
    with page.expect_download() as waited:
        page.get_by_role("button", name="PNG").first.click()
    return waited.value.suggested_filename, Image.open(io.BytesIO(Path(waited.value.path()).read_bytes()))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_chart_is_saved_as_the_picture_that_its_svg_is(watched: Watched, language: str) -> None:
    watched.sign_in("editor")
    page = watched.page()
    for path, (stem, charts, colours) in CHARTED.items():
        page.goto(f"/{language}/{path}")
        links = page.locator(".tally-links").filter(has=page.get_by_role("button", name="PNG"))
        expect(links).to_have_count(charts)
        for link in links.all():
            expect(link.get_by_role("link", name="CSV")).to_have_count(1)
        address = links.first.get_by_role("link", name="SVG").get_attribute("href") or ""
        answer = page.request.get(address)
        width, height = page.evaluate(SIZE, answer.text())
        name, picture = saved(page)
        assert name.startswith(stem) and name.endswith(f"-{'rtl' if language == 'ar' else 'ltr'}.png"), name
        assert f'"{name.removesuffix(".png")}.svg"' in answer.headers["content-disposition"]
        assert (picture.format, picture.size) == ("PNG", (2 * width, 2 * height)), path
        found = {colour[:3] for _number, colour in picture.convert("RGBA").getcolors(picture.width * picture.height) or []}
        assert found >= {(255, 255, 255), *colours}, path
        for chart in page.locator("[data-chart-scroll]").all():
            chart.focus()
            page.keyboard.press("End")
            assert chart.locator("xpath=ancestor::*[@data-chart]").locator("[data-chart-speech]").inner_text().strip()


def test_without_script_there_is_no_button_and_the_links_stay(watched: Watched) -> None:
    watched.sign_in("editor")
    page = watched.page(java_script_enabled=False)
    for path in CHARTED:
        page.goto(f"/en/{path}")
        expect(page.get_by_role("button", name="PNG")).to_have_count(0)
        assert page.get_by_role("link", name="SVG").count()
