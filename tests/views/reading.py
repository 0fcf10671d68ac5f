"""Reading a page as text: what stands where, without its markup."""

import html
import re
from typing import Any


def text_of(answer: Any) -> str:
    """Return the words of a page on one line."""
    body = re.sub(r"<(script|style|title|svg)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def card_of(answer: Any, side: str) -> str:
    """Return the words of one side's tally card."""
    match = re.search(rf'<section class="card tally[^>]*aria-labelledby="side-{side}".*?</section>', answer.content.decode(), re.DOTALL)
    assert match, f"no card of side {side}"
    body = re.sub(r"<svg\b.*?</svg>", " ", match.group(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
