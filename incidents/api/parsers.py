"""Reading JSON strictly: what two readers could understand differently, or no database could keep, is refused and named."""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from incidents.api.errors import CannotRead, TooLarge

DEEPEST = 32
LONGEST_NUMBER = 40

# Strings are skipped whole, so that brackets inside them do not count.
_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 without duplicate keys, NaN, Infinity, NUL, lone surrogates, or nesting deeper than anyone writes."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the value. Raise CannotRead naming the field, or the line and column, of what is wrong."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge("too_large", _("The body is larger than %(limit)d bytes.") % {"limit": limit})
        return read(raw)


def read(raw: bytes) -> Any:
    """Return what the JSON says. Raise CannotRead if it says nothing, or nothing certain."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CannotRead("not_utf8", _("Line %(line)d: these bytes are not UTF-8.") % {"line": line}) from error
    _refuse_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole)
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno, "problem": error.msg}
        raise CannotRead("not_json", _("Line %(line)d, column %(column)d: %(problem)s.") % where) from error
    _refuse_characters(value, "")
    return value


def printable(text: str) -> str:
    """Return the text so that it can be shown: shortened, with NUL and lone surrogates spelled out."""
    return text[:100].encode("utf-8", "backslashreplace").decode().replace("\0", "\\u0000")


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _STRUCTURE.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > DEEPEST:
                line = text.count("\n", 0, token.start()) + 1
                raise CannotRead("too_deep", _("Line %(line)d: nested more than %(deepest)d deep.") % {"line": line, "deepest": DEEPEST})
        elif token[0] in "]}":
            depth -= 1


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, item in pairs:
        if name in value:
            raise CannotRead("said_twice", _("“%(name)s” is given more than once.") % {"name": printable(name)}, printable(name))
        value[name] = item
    return value


def _no_constant(text: str) -> None:
    raise CannotRead("not_a_number", _("%(text)s is not a number. Leave out what is unknown, or say null.") % {"text": text})


def _finite(text: str) -> float:
    value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise _too_large(text)
    return value


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _too_large(text)
    return int(text)


def _too_large(text: str) -> CannotRead:
    return CannotRead("too_large", _("%(text)s is too large, or has too many digits.") % {"text": printable(text)})


def _refuse_characters(value: Any, path: str) -> None:
    """Refuse text that PostgreSQL cannot keep or UTF-8 cannot carry, wherever it stands. Nesting is bounded by now."""
    if isinstance(value, str):
        if found := _NOT_TEXT.search(value):
            raise CannotRead("not_text", _("This holds U+%(code)04X, which is not text.") % {"code": ord(found[0])}, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_characters(name, _below(path, printable(name)))
            _refuse_characters(item, _below(path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_characters(item, _below(path, str(index)))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
