"""On every page, with mischief stored in every field that holds words: nothing runs, nothing is refused, all of it is shown as text."""

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.addresses import FRAGMENTS, PICTURES, Address, addresses
from tests.builders.everything import Everything
from tests.builders.hostile import SHORT, TEXT
from tests.journeys.conftest import Watched

pytestmark = pytest.mark.browser

# Before anything of the page: what the mischief would call, and who is told that a policy had to step in.
WATCH = """
window.broken = [];
window.ran = () => window.broken.push("something ran");
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(
    `the policy had to stop ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => window.broken.push(name);
"""
# After it: what came to be an element, a handler or a way to script out of text; then text that turns what stands beside it.
FOUND = """() => {
    const wrong = [...window.broken];
    for (const one of document.querySelectorAll("*")) {
        for (const attribute of one.attributes) {
            if (attribute.name.startsWith("on")) wrong.push(`${one.tagName} has ${attribute.name}`);
            if (/^(href|src|action|formaction|xlink:href|data)$/.test(attribute.name) && /^\\s*(javascript|data:text)/i.test(attribute.value))
                wrong.push(`${one.tagName} leads to ${attribute.value.slice(0, 40)}`);
        }
        if (one.matches("script:not([src]):not([type='application/json'])")) wrong.push("a script within the page");
        if (one.matches("img[src=x], iframe, object, embed")) wrong.push(`${one.tagName} ${one.outerHTML.slice(0, 80)}`);
    }
    return wrong;
}"""
TURNED = """() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.data.includes("\\u202e") || node.parentElement.closest("script, style, title, option, textarea")) continue;
        const at = node.data.lastIndexOf("\\u202e");
        if (/[\\u2066-\\u2068]/.test(node.data.slice(0, at)) && node.data.includes("\\u2069", at)) continue;
        let around = node.parentElement;
        const ends = (one) => /isolate|plaintext/.test(getComputedStyle(one).unicodeBidi)
            || !/^(inline|contents)$/.test(getComputedStyle(one).display);
        while (!ends(around)) around = around.parentElement;
        const range = document.createRange();
        range.selectNodeContents(around);
        range.setStart(node, at);
        const after = range.toString().replace("\\u202e", "").replace(/^evil\\d*/, "").trim();
        if (after && !/isolate|plaintext/.test(getComputedStyle(around).unicodeBidi)) found.push(
            `${around.tagName}.${around.className}: “${after.slice(0, 40)}” stands turned after ${node.data.slice(0, 30)}`);
    }
    return [...new Set(found)];
}"""


def opened(watched: Watched) -> Page:
    """Return a window that notes what runs."""
    page = watched.page()
    page.context.add_init_script(WATCH)
    page.on("dialog", lambda dialog: (watched.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    return page


def looked_at(page: Page, path: str) -> tuple[list[str], bool]:
    """Return what is wrong with the page here, and whether the mischief is shown on it, as it was written."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => one.open = true)")
    for marker in page.locator(".leaflet-interactive, .leaflet-marker-icon").all()[:6]:
        marker.dispatch_event("click")
    wrong = page.evaluate(FOUND) + page.evaluate(TURNED)
    text = page.evaluate("document.body.textContent")
    if "ran()>49" in text:
        wrong.append("a sum was done")
    return [f"{path}: {one}" for one in wrong], "ran()" in text


def walk(watched: Watched, found: list[Address], language: str) -> None:
    page, faults, shown = opened(watched), [], 0
    for address in found:
        answer = page.goto(f"/{language}/{address.path}")
        if answer is None or answer.status != 200:
            faults.append(f"{address.path}: answers {answer and answer.status}")
            continue
        wrong, shows = looked_at(page, f"/{language}/{address.path}")
        faults += wrong
        shown += shows
    print(f"{len(found)} pages in {language}, {shown} of them show it, {len(faults)} faults")  # noqa: T201
    assert not faults, "\n".join(faults)
    assert shown > len(found) / 3


def pages(everything: Everything, name: str) -> list[Address]:
    """Return every page and part of a page that opens to somebody, but those of signing in, which hold nobody's words."""
    found = addresses(everything.keys, name)
    return [one for one in found if (one.is_page or one.route in FRAGMENTS) and not one.path.startswith("accounts/")]


def test_nothing_runs_where_most_of_it_stands(watched: Watched, everything: Everything) -> None:
    watched.sign_in("editor")
    routes = {"agreement-dashboard", "report", "case", "log-report", "import"}
    walk(watched, [one for one in pages(everything, "editor") if one.route in routes], "en")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["administrator", "editor", "partner"])
def test_nothing_runs_on_any_page(watched: Watched, everything: Everything, name: str, language: str) -> None:
    watched.sign_in(name)
    walk(watched, pages(everything, name), language)


@pytest.mark.slow
def test_nothing_runs_for_strangers(watched: Watched, everything: Everything) -> None:
    walk(watched, [one for one in pages(everything, "anonymous") if one.who == "anybody"], "en")


@pytest.mark.slow
def test_what_is_asked_in_the_address_is_text(watched: Watched, everything: Everything) -> None:
    watched.sign_in("administrator")
    page, faults = opened(watched), []
    for address in pages(everything, "administrator"):
        if "?" in address.path:
            continue
        for word in ("text", "agreement", "kind", "by", "next", "q"):
            page.goto(f"/en/{address.path}?{word}={quote(TEXT)}")
            faults += looked_at(page, f"{address.path}?{word}=")[0]
    watched.wrong = [line for line in watched.wrong if "status of 4" not in line]  # the browser notes every refusal
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_charts_files_and_answers_to_programs_are_no_pages(watched: Watched, everything: Everything) -> None:
    watched.sign_in("administrator")
    page = opened(watched)
    for address in addresses(everything.keys, "administrator"):
        if address.is_page or address.route in FRAGMENTS:
            continue
        answer = page.request.get(f"/en/{address.path}")
        kind, place = answer.headers["content-type"], answer.headers.get("content-disposition", "")
        assert answer.headers["x-content-type-options"] == "nosniff", address
        if address.route in PICTURES:
            assert kind.startswith("image/svg+xml")
            page.goto(f"/en/{address.path}")
            assert page.evaluate("() => window.broken.length + document.querySelectorAll('script, foreignObject, img').length") == 0
        elif answer.status == 200 and "html" in kind:
            assert place.startswith("attachment"), address
    for path in ("reports", "incidents", "convoys", "places", "sources", "parties", "changes", "review"):
        answer = page.request.get(f"/api/v1/{path}/")
        assert answer.headers["content-type"].startswith("application/json") and answer.headers["x-content-type-options"] == "nosniff", path
        assert "ran()" in json.dumps(answer.json()) or path == "changes", path


def test_what_scripts_make_of_it_is_text(watched: Watched, everything: Everything) -> None:
    watched.sign_in("analyst")
    page = opened(watched)
    page.goto(f"/en/reports/new/?agreement={everything.keys['agreement']}")
    page.locator("#id_wording").focus()
    page.keyboard.insert_text(f"{TEXT} Shelling on 2 June 2020 at the ford, 3 killed {SHORT}")
    expect(page.locator("#marks mark")).not_to_have_count(0)
    expect(page.locator("#marks")).to_contain_text("<script>ran()</script>")
    for box in ("#id_place", "#id_claimant", "#id_source"):
        page.locator(box).fill("")
        page.locator(box).press_sequentially("script")
        expect(page.locator("[role=option]").first).to_contain_text("ran()")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    page.fill("#id_day", "2/6/2020")
    page.select_option("#id_violation_type", "shelling")
    page.keyboard.press("Tab")
    expect(page.locator("#duplicates ol > li")).not_to_have_count(0)
    assert not looked_at(page, "log")[0]
    page.goto(f"/en/reports/split/?agreement={everything.keys['agreement']}")
    page.keyboard.insert_text(f"2 June 2020:\n- {TEXT}\n- {SHORT} shelling at the ford")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".split-row")
    assert not looked_at(page, "split")[0]
