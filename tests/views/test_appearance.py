"""Theme, fonts, budget, and that pages need nothing the policy forbids."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from incidents.views import appearance
from tests.builders import make_claim, make_report, sealed_and_posted

CSS = sorted((Path(settings.BASE_DIR) / "static" / "css").rglob("*.css"))
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
PHYSICAL = re.compile(
    r"(?<![-\w])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\b|(?:left|right|top|bottom)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:text-align|float|clear)\s*:\s*(?:left|right)|(?:min-|max-)?(?:width|height)\s*:)"
)
BUDGET = 25 * 1024


@pytest.mark.parametrize("file", CSS, ids=lambda file: file.name)
def test_css_says_start_and_end_never_left_and_right(file: Path) -> None:
    # A media query asks for the width of the window, which has no logical name everywhere yet.
    rules = re.sub(r"@media[^{]*\{|/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not PHYSICAL.findall(rules)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_templates_hold_no_inline_style_or_script(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|\{% autoescape off|\|safe\b", text)


def test_every_style_and_script_a_page_names_is_there() -> None:
    for file in TEMPLATES:
        for name in re.findall(r"\{% static '([^']+)' %\}", file.read_text(encoding="utf-8")):
            assert finders.find(name), f"{file.name} names {name}"


@pytest.mark.parametrize("page", ["agreements/river-2020/", "reports/new/?agreement=river-2020", "reports/?agreement=river-2020"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_html_and_css_stay_within_the_budget(analyst: Client, page: str, language: str) -> None:
    make_claim(254)
    for _each in range(9):
        make_report()
    sealed_and_posted()
    body = analyst.get(f"/{language}/{page}").content
    # Nothing waits for what only paper needs.
    styles = re.findall(rb'<link rel="stylesheet" href="/static/([^"]+?)\.[0-9a-f]{12}\.css"(?! media="print")', body)
    assert styles
    files = [finders.find(name.decode() + ".css") for name in styles]
    common = gzip.compress(analyst.get(f"/{language}/styles.css").content)
    total = len(gzip.compress(body)) + len(common) + sum(len(gzip.compress(Path(str(file)).read_bytes())) for file in files)
    assert total <= BUDGET, f"{total} bytes"


def test_the_common_sheet_says_what_its_files_say(analyst: Client) -> None:
    served = analyst.get("/en/styles.css").content.decode()
    for name in appearance.ON_EVERY_PAGE:
        said = re.sub(r"/\*.*?\*/", "", Path(str(finders.find(f"css/{name}.css"))).read_text(encoding="utf-8"), flags=re.DOTALL)
        rules = [re.sub(r"[\s;]", "", rule) for rule in re.findall(r"[^{}]+\{[^{}]*\}", said)]
        bare = re.sub(r"[\s;]", "", served)
        assert rules and all(rule in bare for rule in rules), name


def test_pages_come_compressed_and_under_a_strict_policy(analyst: Client) -> None:
    make_claim()
    answer = analyst.get("/en/agreements/river-2020/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_theme_is_chosen_without_script(db: None) -> None:
    client = Client()
    system = client.get("/en/accounts/login/").content.decode()
    assert 'media="screen and (prefers-color-scheme: dark)"' in system
    answer = client.post("/en/theme/", {"theme": "dark", "next": "/en/accounts/login/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/accounts/login/")
    assert 'media="screen">' in client.get("/en/accounts/login/").content.decode()
    client.post("/en/theme/", {"theme": "light", "next": "/en/accounts/login/"})
    assert "dark" not in re.findall(r"<link[^>]+>", client.get("/en/accounts/login/").content.decode()).__str__()


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_choosing_a_theme_leads_nowhere_else(db: None, elsewhere: str) -> None:
    assert Client().post("/en/theme/", {"theme": "dark", "next": elsewhere}).headers["Location"] == "/"


def test_the_other_language_has_the_same_page(analyst: Client) -> None:
    make_report()
    page = analyst.get("/en/reports/?agreement=river-2020&type=shelling").content.decode()
    assert 'hreflang="ar" href="/ar/reports/?agreement=river-2020&amp;type=shelling"' in page


def test_fonts_are_named_only_where_they_are(client: Client, db: None) -> None:
    installed = bool(finders.find("fonts/ibm-plex-sans/files/ibm-plex-sans-latin-400-normal.woff2"))
    page = client.get("/en/accounts/login/").content.decode()
    (address,) = re.findall(r'href="(/en/styles\.css\?\w{12})"', page)
    answer = client.get(address)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.content.decode().count("@font-face") == (8 if installed else 0)
    assert ".appbar" in answer.content.decode() and "http" not in answer.content.decode()


def test_nobody_signs_up(client: Client, db: None) -> None:
    answer = client.get("/en/accounts/signup/")
    assert "<form" not in re.sub(r'<form[^>]*action="/en/theme/".*?</form>', "", answer.content.decode(), flags=re.DOTALL)
    client.post("/en/accounts/signup/", {"username": "intruder", "password1": "long enough 123"})
    assert client.post("/en/accounts/login/", {"login": "intruder", "password": "long enough 123"}).status_code == 200
