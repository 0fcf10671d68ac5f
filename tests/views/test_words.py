"""Arabic is complete: whatever the project says, on a page, in a refusal or over the wire, is translated, in all six plural forms."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
PO = ROOT / "incidents" / "locale" / "ar" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
# Messages that are all placeholders and signs read the same in both languages.
BARE = re.compile(r"^(?:%\(\w+\)[sd]|[^\w%]|–)*$")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
# Said by Django on our pages, and not translated there.
OF_DJANGO = {"This password is too short. It must contain at least %d character."}


@pytest.fixture(scope="module")
def arabic() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="ar", abort_invalid=True)


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def test_no_message_is_empty_fuzzy_or_left_in_english(arabic: Catalog) -> None:
    for message in messages(arabic):
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        sources = message.id if isinstance(message.id, tuple | list) else [message.id]
        assert not message.fuzzy, message.id
        assert all(strings), message.id
        assert len(strings) == (6 if isinstance(message.id, tuple | list) else 1), message.id
        assert all(BARE.fullmatch(source) for source in sources) or not set(strings) & set(sources), message.id


def test_placeholders_are_those_of_the_message(arabic: Catalog) -> None:
    for message in messages(arabic):
        if isinstance(message.id, tuple | list):
            assert all(set(PLACEHOLDER.findall(string)) <= set(PLACEHOLDER.findall(message.id[1])) for string in message.string), message.id
        else:
            assert sorted(PLACEHOLDER.findall(message.string)) == sorted(PLACEHOLDER.findall(message.id)), message.id


def test_whatever_is_said_is_translated(arabic: Catalog) -> None:
    known = {(message.context, _first(message.id)) for message in messages(arabic)}
    spoken = set(said()) | {(None, text) for text in OF_DJANGO}
    assert not sorted({text for context, text in spoken if (context, text) not in known})
    assert not sorted({text for context, text in known if (context, text) not in spoken}), "translated, and said no longer"


def said() -> Iterator[tuple[str | None, str]]:
    """Yield the context and text of every message in the templates and in the whole code: pages, rules, actions, queries, API, imports."""
    for path in sorted([*(ROOT / "incidents").rglob("*.py"), *(ROOT / "truce").glob("*.py")]):
        yield from _messages_of(path.read_bytes())
    for path in sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt", ".svg"}):
        yield from _messages_of(templatize(path.read_text(encoding="utf-8"), origin=path.name).encode())


def _messages_of(source: bytes) -> Iterator[tuple[str | None, str]]:
    for _line, text, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
        yield context, _first(text)


def _first(text: object) -> str:
    return str(text[0] if isinstance(text, tuple | list) else text)
