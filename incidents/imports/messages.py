"""What is said of a row or a file: kept as a code, a text to translate and its values, so that a page says it in the reader's language."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, override

from incidents.errors import RuleBroken

Level = Literal["error", "held", "flag", "note"]


@dataclass(frozen=True)
class Message:
    """One thing said. An error rejects the row, held holds it, a flag keeps it with what is wrong named, a note only tells."""

    level: Level
    code: str
    field: str
    text: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what the row keeps of it; empty parts are left out."""
        return {name: value for name, value in vars(self).items() if value}

    def __str__(self) -> str:
        return said(self.as_json())


def said(message: dict[str, Any]) -> str:
    """Return a kept message in the reader's language."""
    text = gettext(message["text"]) if message.get("text") else message.get("code", "")
    values = message.get("values", {})
    return text % values if values else text


def note(code: str, text: str, field: str = "", **values: Any) -> Message:
    """Return a message that only tells."""
    return Message("note", code, field, text, values)


def flag(code: str, text: str, field: str = "", **values: Any) -> Message:
    """Return a message that travels with the record: it breaks a rule and was kept as it is."""
    return Message("flag", code, field, text, values)


def held(kind: str, name: str, field: str) -> Message:
    """Return the message that a name leads nowhere."""
    return Message("held", "unresolved", field, gettext_noop("“%(name)s” does not resolve."), {"name": name, "kind": kind})


def error(broken: RuleBroken, column: str = "") -> Message:
    """Return the message of a broken rule, in English as messages are kept."""
    text = broken.message
    if isinstance(text, Promise):
        with override("en"):
            text = str(text)
    return Message("error", broken.code, column or broken.field, str(text))
