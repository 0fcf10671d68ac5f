"""Going to every page there is and holding each to the same: readable by everybody, on any width, with or without script, and by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.addresses import Address

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {"runOnly": {"type": "tag", "values": WCAG}, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
DESK = {"width": 1280, "height": 800}
# The narrowest that is to work, and the desk at 200 %.
NARROW, ENLARGED = {"width": 320, "height": 800}, {"width": 640, "height": 400}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Without script: something to read, a heading, and no form that cannot be sent.
WITHOUT_SCRIPT = """() => {
    const main = document.querySelector("main") || document.body, wrong = [];
    const shown = (element) => element.checkVisibility ? element.checkVisibility() : true;
    if (main.innerText.trim().length < 20) wrong.push("little to read");
    if (!document.querySelector("h1")) wrong.push("no heading");
    for (const form of document.querySelectorAll("form")) {
        const sends = [...form.elements, ...document.querySelectorAll(`[form="${form.id || "-"}"]`)].filter(
            (one) => one.matches("button:not([type=button]), input[type=submit], input[type=image]"));
        const typed = form.querySelectorAll("input[type=text], input[type=search], input:not([type])").length;
        if (!sends.length && typed !== 1) wrong.push("a form that cannot be sent: " + form.outerHTML.slice(0, 120));
    }
    return wrong;
}"""


@dataclass
class Walk:
    """What was wrong where."""

    language: str
    faults: list[str] = field(default_factory=list)
    visited: int = 0

    def note(self, address: Address, wrong: str) -> None:
        self.faults.append(f"/{self.language}/{address.path}: {wrong}")

    def go(self, page: Page, address: Address) -> bool:
        """Go there; say what is wrong with the answer."""
        answer = page.goto(f"/{self.language}/{address.path}", wait_until="load")
        self.visited += 1
        if answer is None or answer.status != 200:
            self.note(address, f"answers {answer and answer.status}")
            return False
        policy = answer.headers.get("content-security-policy", "")
        if "default-src 'self'" not in policy or "unsafe" in policy:
            self.note(address, f"its policy is {policy!r}")
        return True

    def widths(self, page: Page, address: Address) -> None:
        """Say where the page is wider than its window."""
        for size in (NARROW, ENLARGED):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if over := page.evaluate(OVERFLOW):
                self.note(address, f"{over} pixels wider than {size['width']}: {page.evaluate(WIDEST)}")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def accessibility(self, page: Page, address: Address) -> None:
        """Say what axe finds, in light and in dark."""
        page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for found in _axe(page):
                self.note(address, f"{scheme}: {found}")


# The first few elements that stick out, for whoever mends them.
WIDEST = """() => [...document.querySelectorAll("main *, header *, nav *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1) && !one.closest(".scroll, [data-scroll]");
}).slice(0, 4).map((one) => one.tagName + "." + one.className)"""


def _axe(page: Page) -> Iterator[str]:
    found: dict[str, Any] = page.evaluate("(asked) => axe.run(asked)", AXE)
    for violation in found["violations"]:
        nodes = violation["nodes"]
        yield f"{violation['id']} ({len(nodes)}): {nodes[0]['html'][:160]} {nodes[0]['failureSummary'].splitlines()[-1][:200]}"
