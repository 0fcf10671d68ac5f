"""A web server over one of everything, every word of which would do harm if a page let it."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from incidents.models import Profile, User
from tests.builders import make_user
from tests.builders.everything import Everything, make_everything
from tests.builders.hostile import LINK, TEXT, everywhere
from tests.journeys.conftest import browser, serving, watched

__all__ = ["browser", "watched"]

ROLES = {"administrator": User.Role.ADMINISTRATOR, "editor": User.Role.EDITOR, "second": User.Role.EDITOR, "analyst": User.Role.ANALYST,
         "partner": User.Role.PARTNER}  # fmt: skip
_made: dict[str, Everything] = {}


@pytest.fixture(scope="package")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve it from a process of its own."""
    with serving(django_db_blocker, _fill, tmp_path_factory.mktemp("web") / "log") as base:
        yield base


@pytest.fixture
def everything(address: str) -> Everything:
    """Return what there is to go to."""
    return _made["everything"]


def _fill() -> None:
    with everywhere():
        Profile.objects.create(slug="public", name="Public")
        people = {name: make_user(role, name) for name, role in ROLES.items()}
        _made["everything"] = make_everything(people, text=TEXT, link=LINK)
