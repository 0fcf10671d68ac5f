"""A digest cut into the reports that it lists: by its bullets or numbers, by blank lines, or line by line. Every word stays in one of the parts."""

import re
from dataclasses import dataclass

_ITEM = re.compile(
    r"[ \t\u200e\u200f]*(?:[-*•·▪◦‣–—●○■]|[0-9\u0660-\u0669]{1,3}\s?[.)\-/:،](?![0-9\u0660-\u0669:/])|\([0-9\u0660-\u0669]{1,3}\))[ \t]*(?=\S)"
)
_BLANK = re.compile(r"\n[ \t\r]*\n\s*")


@dataclass(frozen=True)
class Digest:
    """What stands above the list, perhaps its day, and the parts in their order, word for word."""

    lead: str
    parts: tuple[str, ...]


def split(received: str) -> Digest:
    """Return the parts of a digest. What cannot be cut is one part."""
    lines = received.split("\n")
    starts = [index for index, line in enumerate(lines) if _ITEM.match(line)]
    if len(starts) > 1:
        ends = [*starts[1:], len(lines)]
        parts = ["\n".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]
        return Digest("\n".join(lines[: starts[0]]).strip(), _said(parts))
    paragraphs = _said(_BLANK.split(received))
    parts = list(paragraphs if len(paragraphs) > 1 else _said(lines))
    lead = parts.pop(0) if len(parts) > 2 and _is_heading(parts[0]) else ""
    return Digest(lead, tuple(parts))


def _is_heading(text: str) -> bool:
    return text.rstrip().endswith(":") and len(text) < 120


def _said(parts: list[str]) -> tuple[str, ...]:
    return tuple(stripped for part in parts if (stripped := part.strip()))
