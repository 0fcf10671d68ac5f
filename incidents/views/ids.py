"""Ids of records as pages send them back."""

import uuid
from collections.abc import Iterable
from typing import Any


def as_uuid(text: str) -> Any:
    """Return the id, or None for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def as_uuids(texts: Iterable[str]) -> list[uuid.UUID]:
    """Return those of the texts that are ids, in their order."""
    return [found for text in texts if (found := as_uuid(text))]
