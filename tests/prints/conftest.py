"""A web server over the demo and days that bring too much for one sheet."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from incidents.demo import loading
from incidents.models import Profile, User
from tests.builders import make_user, sealed_and_posted
from tests.builders.busy import TRUCES, make_busy_day
from tests.journeys.conftest import browser, serving, watched

__all__ = ["browser", "watched"]


@pytest.fixture(scope="package")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve it from a process of its own."""
    with serving(django_db_blocker, _fill, tmp_path_factory.mktemp("web") / "log") as base:
        yield base


def _fill() -> None:
    loading.load(tell=lambda _line: None)
    sealed_and_posted()
    for slug in TRUCES:
        make_busy_day(slug)
    Profile.objects.create(slug="public", name="Public")
    make_user(User.Role.EDITOR)
