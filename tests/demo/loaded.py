"""The demo, loaded and counted once for a whole module of tests that only read it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django import DjangoDbBlocker

from incidents.demo import loading
from tests.builders import sealed_and_posted


@contextmanager
def demo(blocker: DjangoDbBlocker, *, without_other_claims: bool = False) -> Iterator[None]:
    """Load the demo for as long as this lasts. The tests in it are not marked `django_db`: that would close the connection between them."""
    with blocker.unblock(), transaction.atomic():
        loading.load(without_other_claims=without_other_claims, tell=lambda _line: None)
        sealed_and_posted()
        yield
        transaction.set_rollback(True)
