"""On paper: the facts and what the sheet is; no ways to go, nothing to fill in, nothing cut off at the side; and a day is one sheet."""

import re

import pytest
from playwright.sync_api import Page

from tests.builders.busy import CLAIMANTS, DAY, DECLARED, HAPPENED, TRUCES
from tests.journeys.conftest import Watched

pytestmark = pytest.mark.browser

BUSY = [f"agreements/{slug}/brief/?day={DAY}" for slug in TRUCES]
BRIEFS = ["agreements/syria-2016-09/brief/", *BUSY]
PAGES = [
    "agreements/syria-2016-09/", "agreements/syria-2016-09/attention/", "agreements/syria-2016-09/terms/", *BRIEFS,
    "reports/?agreement=syria-2016-09", "reports/?agreement=syria-2016-09&view=cards", "report", "incidents/?agreement=busy-2020", "incident", "case",
    "review/?agreement=syria-2016-09", "claims/?agreement=syria-2016-09", "claims/?agreement=busy-2020", "claim", "claim/reconciliation/",
    "convoys/", "convoys/table/", "convoys/counts/", "convoy", "convoy/summary/", "timeline/?agreement=syria-2016-09",
    "tallies/?agreement=syria-2016-09", "tallies/?agreement=syria-2016-09&by=day", "tallies/sides/?agreement=syria-2016-09",
    "tallies/sides/?agreement=busy-2020", "snapshot", "public/syria-2016-09/", "coverage/?agreement=syria-2016-09",
]  # fmt: skip
# Where one of each noun is found: the first link of its list that ends in an identifier.
LISTS = {
    "report": "reports/?agreement=syria-2016-09",
    "incident": "incidents/?agreement=syria-2016-09&text=Urum",
    "case": "review/?agreement=syria-2016-09",
    "claim": "claims/?agreement=syria-2016-09",
    "convoy": "convoys/?text=CV-2016-09-19-URM",
    "snapshot": "tallies/published/",
}
# An A4 sheet between the margins of print.css, in CSS pixels.
SHEET = {"width": 688, "height": 1016}
FOUND = """() => {
    const seen = (one) => one.checkVisibility() && one.getClientRects().length > 0, wrong = [], root = document.documentElement;
    for (const one of document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, nav a:not([aria-current])"))
        if (seen(one) && !one.closest(".scope, .card-more")) wrong.push(`shows ${one.outerHTML.slice(0, 80)}`);
    if (root.scrollWidth > root.clientWidth) wrong.push(`is ${root.scrollWidth - root.clientWidth} pixels wider than the sheet`);
    for (const one of document.querySelectorAll("main, main *")) {
        if (!seen(one) || one.closest("svg, .unseen, .leaflet-container")) continue;
        const box = one.getBoundingClientRect(), style = getComputedStyle(one);
        if (box.width && (box.left < -1 || box.right > root.clientWidth + 1)) wrong.push(`${one.tagName}.${one.className} sticks out`);
        if (/sticky|fixed/.test(style.position)) wrong.push(`${one.tagName}.${one.className} is ${style.position}`);
        const hides = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
        if (hides && /auto|scroll/.test(style.overflowX + style.overflowY))
            wrong.push(`${one.tagName}.${one.className} scrolls`);
    }
    const ground = getComputedStyle(root).colorScheme;
    if (ground !== "light") wrong.push(`is ${ground}`);
    if (!root.innerText.includes(location.origin)) wrong.push("does not say what it is");
    return [...new Set(wrong)].slice(0, 6);
}"""


def sheets(page: Page) -> int:
    """Return how many sheets the page prints on."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def path_of(page: Page, named: str, language: str) -> str:
    """Return the address of a page; that of one record is looked up in its list."""
    noun, _slash, rest = named.partition("/")
    if noun not in LISTS:
        return named
    page.goto(f"/{language}/{LISTS[noun]}")
    found = page.locator("main a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    address = next(one for one in found if re.search(r"/[0-9a-f-]{36}/$", one or ""))
    return str(address).removeprefix(f"/{language}/") + rest


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_day_is_one_sheet_and_says_what_is_left_out(watched: Watched, language: str) -> None:
    watched.sign_in("editor")
    page = watched.page()
    for brief in BRIEFS:
        page.goto(f"/{language}/{brief}")
        assert sheets(page) == 1, brief
    for slug, brief in zip(TRUCES, BUSY, strict=True):
        page.goto(f"/{language}/{brief}")
        page.emulate_media(media="print")
        told = page.locator(".brief").inner_text()
        said, happened = (page.locator(f"section[aria-labelledby={name}] li").count() - 1 for name in ("said", "happened"))
        claims = page.locator(".brief-table").first.locator("tr").count() - 4  # our own three, and the line on what is left out
        for left_out in (DECLARED - said, HAPPENED - happened, 2 * CLAIMANTS - claims):
            assert re.search(rf"(?<!\d){left_out}(?!\d)", told), f"{left_out} more"
        assert f"{watched.address}/{language}/agreements/{slug}/" in told, "and where it stands in full"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_paper_holds_facts_alone_and_nothing_is_cut(watched: Watched, language: str) -> None:
    watched.sign_in("editor")
    page, wrong = watched.page(width=SHEET["width"], height=SHEET["height"], color_scheme="dark"), []
    page.goto(f"/{language}/tallies/?agreement=syria-2016-09&method=incidents")
    page.locator("form[action*='/publish/'] button").click()
    for named in PAGES:
        path = path_of(page, named, language)
        page.goto(f"/{language}/{path}")
        page.emulate_media(media="print")
        wrong += [f"/{language}/{named} {one}" for one in page.evaluate(FOUND)]
        page.emulate_media(media="screen")
    assert not wrong, "\n".join(wrong)
