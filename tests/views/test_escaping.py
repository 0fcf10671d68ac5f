"""What pages are made of, with mischief stored in every field that holds words: it is text there, before any browser is asked.

This takes each page apart as HTML says it is to be read; `tests/hostile/` has a browser look at the same, which takes longer.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from incidents.models import Profile, User
from tests.addresses import PICTURES, addresses
from tests.builders import make_user, typed
from tests.builders.everything import make_everything
from tests.builders.hostile import LINK, TEXT, everywhere, is_there
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db

ROLES = {"administrator": User.Role.ADMINISTRATOR, "editor": User.Role.EDITOR, "second": User.Role.EDITOR, "analyst": User.Role.ANALYST}
# Where words of most kinds meet; the slow run reads all pages.
QUICK = {"agreement-dashboard", "reports", "report", "log-report", "incident", "case", "claim", "convoy", "import", "audit", "public-dashboard"}
LEADS = {"href", "src", "action", "formaction", "xlink:href", "data", "hx-get", "hx-post"}


class Reading(HTMLParser):
    """One page, read as a browser does: what in it could run, and whether the mischief stands there as text."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.shows = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "script" and not has.get("src") and has.get("type") != "application/json":
            self.wrong.append("a script within the page")
        if tag in {"iframe", "object", "embed", "base", "svg:script"} or (tag == "img" and has.get("src") == "x"):
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or "ran()" in name:
                self.wrong.append(f"<{tag}> has {name}")
            if name in LEADS and (value or "").strip().lower().startswith(("javascript:", "data:text", "vbscript:")):
                self.wrong.append(f"<{tag}> leads to {value}")
            self.shows |= "ran()" in (value or "")

    def handle_data(self, data: str) -> None:
        if "ran()>49" in data:
            self.wrong.append("a sum was done")
        self.shows |= "ran()" in data


def read(text: str) -> Reading:
    """Return what stands in a page."""
    reading = Reading()
    reading.feed(text)
    reading.close()
    return reading


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{TEXT}</p>", f'<p title="{TEXT}">Words</p>', f'<a href="{LINK}">Words</a>', '<a href=" JavaScript:ran()">Words</a>',
        '<svg onload="ran()">', '<script type="application/json">{"name": "</script><script>ran()</script>"}</script>',
    ],
)  # fmt: skip
def test_the_reading_finds_what_would_run(page: str) -> None:
    assert read(page).wrong


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_no_page_takes_words_for_more_than_words(settings: Any, tmp_path: Any, everything: bool) -> None:
    settings.FILES_ROOT, settings.PUBLIC_PROFILE = tmp_path, "public"
    with everywhere():
        Profile.objects.create(slug="public", name="Public")
        people = {name: make_user(role, name, password="opens nothing else") for name, role in ROLES.items()}
        keys = make_everything(people, text=TEXT, link=LINK).keys
    # A new field that somebody types into fails here until `make_everything` makes a row that has it.
    assert (typed.untyped(), typed.bare(is_there)) == (set(), [])
    browser = signed_in(people["administrator"])
    asked = [one for one in addresses(keys, "administrator") if (one.is_page or one.route in PICTURES) and (everything or one.route in QUICK)]
    found = {one.path: read(text) for one in asked for text in _answers(browser, one.path)}
    wrong = [f"{path}: {line}" for path, reading in found.items() for line in reading.wrong]
    assert not wrong, "\n".join(wrong)
    assert sum(reading.shows for reading in found.values()) > len(found) / 2


def _answers(browser: Client, path: str) -> Iterator[str]:
    answer = browser.get(f"/en/{path}")
    if answer.status_code == 200:
        yield answer.content.decode()
