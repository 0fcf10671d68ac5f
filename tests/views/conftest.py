"""Who opens pages: an analyst, an editor, a partner, and somebody who has not signed in."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import translation

from incidents.models import User
from tests.builders import make_user


@pytest.fixture(autouse=True)
def in_no_language() -> Iterator[None]:
    """Leave no language active for the next test: a page activates its own."""
    yield
    translation.deactivate_all()


def signed_in(user: User) -> Client:
    """Return a browser in which this user has signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def as_role(db: None) -> Callable[[str], Client]:
    """Return a browser of somebody with a role."""
    return lambda role: signed_in(User.objects.filter(role=role).first() or make_user(role, password="opens nothing else"))


@pytest.fixture
def analyst(as_role: Callable[[str], Client]) -> Client:
    return as_role(User.Role.ANALYST)


@pytest.fixture
def editor(as_role: Callable[[str], Client]) -> Client:
    return as_role(User.Role.EDITOR)


@pytest.fixture
def partner(as_role: Callable[[str], Client]) -> Client:
    return as_role(User.Role.PARTNER)
