"""One database with everybody and everything in it, for a whole module: made once, thrown away at its end."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.access import cast
from tests.access.cast import Identity, Thing
from tests.builders import sealed_and_posted


@dataclass(frozen=True)
class World:
    """Who asks, and for what."""

    identities: dict[str, Identity]
    things: dict[str, Thing]


class _Undo(Exception):
    pass


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Say nothing of the thousands who are refused."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Return the world; nothing of it, and nothing that a request did to it, outlives the module."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                things = cast.things()
                identities = cast.identities()
                sealed_and_posted()
                yield World(identities, things)
                raise _Undo
        except _Undo:
            pass
