"""Text that would run, turn round or lead away if a page took it for more than text, for every field that holds a person's words."""

from contextlib import AbstractContextManager
from typing import Any

from tests.builders import typed

# What the page would call if anything ran; a browser that walks defines it.
CALL = "ran()"
OVERRIDE = "\u202e"
TEXT = f"\"'><script>{CALL}</script><img src=x onerror={CALL}>{{{{7*7}}}}{OVERRIDE}evil"
SHORT = f'"><img src=x onerror={CALL}>{OVERRIDE}'
SHORTEST = f"<svg onload={CALL}>"
# Where no call fits: a picture that is looked for would come to be.
TINY = "<img src=x"
LINK = f'javascript:{CALL}//"><img src=x onerror={CALL}>{OVERRIDE}'
LINKS = {"link", "source_link", "url"}


def payload_for(field: Any) -> str:
    """Return what fits: shorter fields get shorter mischief."""
    text = LINK if field.name in LINKS else TEXT
    most = field.max_length or len(text) + 20
    return next(one for one in (text, SHORT, SHORTEST, TINY) if len(one) <= most)


def everywhere() -> AbstractContextManager[None]:
    """Fill whatever is first saved meanwhile with mischief."""
    return typed.everywhere(payload_for)


def is_there(value: str) -> bool:
    """Return whether a value holds mischief."""
    return CALL in value or TINY in value
