"""Pages in Arabic, as they are rendered, over records whose every word is Arabic: whatever is left in Latin letters, the project itself said.

`test_words.py` holds that each message has a translation; this holds that whatever a page says is a message.
"""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db.models import SlugField
from django.test import Client

from incidents.models import ImportBatch, ImportRow, Profile, User
from tests.addresses import FRAGMENTS, PICTURES, addresses
from tests.builders import make_user, typed
from tests.builders.everything import make_everything
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db

WORD = "كلمة"
# Accounts have names that are no role's, so that a role that is not translated is seen.
PEOPLE = {
    "administrator": ("u-1", User.Role.ADMINISTRATOR), "editor": ("u-2", User.Role.EDITOR), "second": ("u-3", User.Role.EDITOR),
    "analyst": ("u-4", User.Role.ANALYST), "partner": ("u-5", User.Role.PARTNER),
}  # fmt: skip
QUICK = {"agreement-dashboard", "report", "log-report", "case", "claim", "convoy", "import", "exports", "audit", "public-dashboard"}
# Names that Arabic writes in Latin letters: of formats, standards, encodings, keys of a keyboard, products and data sets.
NAMES = """
    CSV JSON GeoJSON SVG PNG XLSX HXL UTF ISO iso utf windows be le SHA HMAC OpenAPI API Truce-Signature image png
    UTC MGRS UTM Plus CA Enter Shift Ctrl Tab Esc localhost https
    GeoNames UCDP ACLED GED Natural Earth
"""
# What says something to a reader, beside text.
SAYING = {"title", "aria-label", "placeholder", "alt", "aria-description", "aria-valuetext", "aria-roledescription", "label"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# A word, or a few that a sign joins: a name such as SHA-256 is one.
LATIN = re.compile(r"[A-Za-z][A-Za-z.]*[A-Za-z]")
# What tells one record from another, and when: addresses, ids, hashes, keys, instants.
IDS = re.compile(r"https?://\S+|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{64}\b|\btruce_[0-9a-f]+_|\b[0-9a-f]{8}\b|\d[\dT:.+-]+Z?")


class Reading(HTMLParser):
    """What one page says to somebody who reads Arabic: its text and the words of its elements, but for code and other languages."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        is_other = self._is_other() or tag in {"script", "style", "code", "kbd"} or has.get("lang", "ar") != "ar"
        if not is_other:
            is_sent = tag == "input" and has.get("type") in {"submit", "button"}
            self.said += [value for name, value in attrs if value and (name in SAYING or (name == "value" and is_sent) or _is_sentence(name, value))]
        if tag not in EMPTY:
            self.open.append((tag, is_other))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "script":
            self.said += [text for text in _strings(json.loads(data or "null")) if _is_sentence("data-", text)]
        elif data.strip() and not self._is_other():
            self.said.append(data.strip())

    def _is_other(self) -> bool:
        return any(is_other for _tag, is_other in self.open)


def _is_sentence(name: str, value: str) -> bool:
    """Return whether what is handed to a script is for reading: several words, and no keys to press."""
    return name.startswith("data-") and name != "data-keys" and " " in value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def english(page: str, known: Iterable[str]) -> dict[str, list[str]]:
    """Return the words in Latin letters that are neither names nor stand in the records, by the text of the page that says them."""
    reading = Reading()
    reading.feed(page)
    reading.close()
    words = {text: sorted(set(LATIN.findall(_bare(text, known))) - set(NAMES.split())) for text in reading.said}
    return {text: left for text, left in words.items() if left}


def _bare(text: str, known: Iterable[str]) -> str:
    text = IDS.sub(" ", text)
    for one in known:
        text = text.replace(one, " ")
    return text


def in_the_records() -> list[str]:
    """Return what stands in the records in Latin letters, the longest first: slugs, names of accounts, and what was sent in files."""
    models = apps.get_app_config("incidents").get_models()
    slugs = {slug for model in models for field in model._meta.get_fields() if isinstance(field, SlugField)
             for slug in model._default_manager.values_list(field.name, flat=True)}  # fmt: skip
    sent = {str(cell) for raw in ImportRow.objects.values_list("raw", flat=True) for cell in raw}
    sent |= {str(name) for header in ImportBatch.objects.values_list("header", flat=True) for name in header}
    return sorted(filter(LATIN.search, slugs | set(User.objects.values_list("username", flat=True)) | sent), key=len, reverse=True)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>بلاغ CSV</p><p lang=en>Report</p><code>verify</code>", []),
        ("<p>بلاغ <b>Report</b> من ford</p>", ["Report"]),
        ('<button title="Report"></button><div data-says="Two reports" data-view="map"></div>', ["Report", "Two reports"]),
        ('<script type="application/json">{"label": "Two reports", "kind": "fire"}</script>', ["Two reports"]),
    ],
)
def test_the_reading_finds_what_is_left_in_english(page: str, found: list[str]) -> None:
    assert list(english(page, ["ford"])) == found


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_no_page_in_arabic_says_anything_in_english(settings: Any, tmp_path: Any, everything: bool) -> None:
    settings.FILES_ROOT, settings.PUBLIC_PROFILE = tmp_path, "public"
    with typed.everywhere(lambda _field: WORD):
        Profile.objects.create(slug="public", name="Public")
        people = {name: make_user(role, username, password="opens nothing else") for name, (username, role) in PEOPLE.items()}
        keys = make_everything(people, text=WORD, link=WORD).keys
    assert typed.bare(lambda value: WORD in value) == []
    known, wrong, seen = in_the_records(), list[str](), 0
    for name in ("administrator", "partner", "anonymous") if everything else ("administrator",):
        browser = signed_in(people[name]) if name in people else Client()
        for one in addresses(keys, name):
            if (one.is_page or one.route in (*FRAGMENTS, *PICTURES)) and (everything or one.route in QUICK):
                answer = browser.get(f"/ar/{one.path}")
                seen += answer.status_code == 200
                wrong += [f"/ar/{one.path}: {words} in {text}" for text, words in english(answer.content.decode(), known).items()]
    assert not wrong, "\n".join(wrong)
    assert seen > (100 if everything else len(QUICK))
