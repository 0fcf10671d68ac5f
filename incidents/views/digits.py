"""Arabic pages in Arabic digits, for those who chose them: in what is said, not in addresses, references, fields or words received."""

import re
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import get_language

from incidents.models.accounts import Digits

_PART = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_TAG = re.compile(r"</?([a-zA-Z0-9]+)")
_WORD = re.compile(r"\S+")
_NUMBERED = re.compile(r"[0-9]")
# An entity such as &#x27; is no number.
_LATIN = re.compile(r"[A-Za-z]|&#")
_TO_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# What a machine, or another person, wrote.
_KEPT = {"script", "style", "textarea", "code", "kbd", "pre", "option"}
_VERBATIM = re.compile(r"\sdir=[\"']?auto\b")
_VOID = {"input", "br", "hr", "img", "meta", "link", "path", "rect", "circle", "line"}


def shown(request: Any, answer: HttpResponseBase) -> HttpResponseBase:
    """Return the page with the digits that its reader chose."""
    if getattr(request.user, "digits", "") != Digits.ARABIC or (get_language() or "")[:2] != "ar":
        return answer
    if isinstance(answer, HttpResponse) and answer.headers.get("Content-Type", "").startswith("text/html"):
        answer.content = arabic(answer.content.decode())
    return answer


def arabic(page: str) -> str:
    """Return the page with Arabic digits in its text. A word that holds a Latin letter is a reference, and stays."""
    parts, within, depth = [], "", 0
    for part in _PART.findall(page):
        if not part.startswith("<"):
            parts.append(part if within else _WORD.sub(_word, part))
            continue
        parts.append(part)
        match = _TAG.match(part)
        name = match[1].lower() if match else ""
        if within:
            depth += (name == within) * (-1 if part.startswith("</") else 1)
            within = within if depth else ""
        elif name and name not in _VOID and not part.startswith("</") and not part.endswith("/>") and (name in _KEPT or _VERBATIM.search(part)):
            within, depth = name, 1
    return "".join(parts)


def _word(match: re.Match[str]) -> str:
    word = match[0]
    return word if not _NUMBERED.search(word) or _LATIN.search(word) else word.translate(_TO_ARABIC)
