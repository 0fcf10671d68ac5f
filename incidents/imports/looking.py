"""What the rows of our own sheets share: what makes a row itself, and the names in it looked up together."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from incidents.imports.base import Context
from incidents.imports.resolve import Unresolved
from incidents.models import Party, Place, Side

LONGEST_KEY = 120


def key_of(format_name: str, values: dict[str, Any], cells: Sequence[str], context: Context) -> str:
    """Return what makes this row itself: its id where it has one, else everything it says, under this agreement."""
    stated = values.get("id")
    if stated and len(stated) <= LONGEST_KEY:
        return f"{format_name}:{stated}"
    agreement = context.batch.agreement.slug if context.batch.agreement else ""
    said = json.dumps([agreement, stated or list(cells)], ensure_ascii=False)
    return f"{format_name}:sha256-{hashlib.sha256(said.encode()).hexdigest()}"


class Looking:
    """Looks up the names of one row and collects those that lead nowhere, so that a person sees all of them at once."""

    def __init__(self, context: Context) -> None:
        self.resolver = context.resolver
        self.unresolved: list[tuple[str, str, str]] = []

    def party(self, name: str, field: str) -> Party | None:
        """Return the party of this name; None without a name, or while it is unresolved."""
        return self._tried(lambda: self.resolver.party(name, field)) if name else None

    def source(self, name: str, field: str) -> Any:
        """Return the source of this name; None while it is unresolved."""
        return self._tried(lambda: self.resolver.source(name, field))

    def accused(self, name: str, field: str) -> Party | Side | None:
        """Return the accused party or side; None for nobody."""
        return self._tried(lambda: self.resolver.accused(name, field)) if name else None

    def place(self, name: str, field: str, point: Any = None) -> Place | None:
        """Return the place of this name; None without a name, or where the row's own coordinates stand for it."""
        return self._tried(lambda: self.resolver.place(name, field, point)) if name else None

    def _tried(self, look: Any) -> Any:
        try:
            return look()
        except Unresolved as one:
            self.unresolved += one.names
            return None

    def done(self) -> None:
        """Raise Unresolved if any name of the row leads nowhere."""
        if self.unresolved:
            raise Unresolved(self.unresolved)
