"""What one request was shown of protected sources. It is noted where it is decided that it may be shown, and written down before any of it leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from incidents.models import User
from incidents.models.base import Record

# Who looked, and at which record: its type and id.
Look = tuple[int, str, UUID]
_noted: ContextVar[dict[Look, None] | None] = ContextVar("looks", default=None)


@contextmanager
def noting() -> Iterator[None]:
    """Note the looks of one request. Outside of one, as in a command, nobody looks."""
    token = _noted.set({})
    try:
        yield
    finally:
        _noted.reset(token)


def note(reader: object, record: Record) -> None:
    """Note that this reader is shown the protected source of this record, or this source itself; once a request."""
    noted = _noted.get()
    if noted is not None and isinstance(reader, User):
        noted[reader.pk, str(record._meta.model_name), record.public_id] = None


def taken() -> list[Look]:
    """Return what was noted and not taken yet, in order."""
    noted = _noted.get()
    found = list(noted or ())
    if noted:
        noted.clear()
    return found
