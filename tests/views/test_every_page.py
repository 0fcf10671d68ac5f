"""Every page there is, from the URLconf: it opens, and asks the database no more often when there is more to show."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Profile, User
from tests.addresses import addresses
from tests.builders import make_agreement, make_claim, make_place, make_report, make_user, sealed_and_posted
from tests.builders.everything import make_everything
from tests.builders.multiplied import multiply
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db

ROLES = {"administrator": User.Role.ADMINISTRATOR, "editor": User.Role.EDITOR, "second": User.Role.EDITOR, "analyst": User.Role.ANALYST}
# Where most rows of most nouns meet; the slow run walks all.
QUICK = {"agreement-dashboard", "reports", "claims", "claim", "incident", "case", "convoys", "convoy", "timeline", "import", "source", "audit"}
# Lead on: to an agreement, or back where nothing was chosen.
ELSEWHERE = {"dashboard", "bulk"}
TIMES = 6


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_no_page_asks_more_often_when_there_is_more_to_show(settings: Any, tmp_path: Any, everything: bool) -> None:
    settings.FILES_ROOT, settings.PUBLIC_PROFILE = tmp_path, "public"
    Profile.objects.create(slug="public", name="Public")
    people = {name: make_user(role, name, password="opens nothing else") for name, role in ROLES.items()}
    keys = make_everything(people).keys
    browser = signed_in(people["administrator"])
    ours = [one for one in addresses(keys, "administrator") if not one.is_file and not one.path.startswith("accounts/")]
    asked = [one for one in ours if (one.route not in ELSEWHERE if everything else one.route in QUICK)]
    assert len(asked) > (60 if everything else len(QUICK) - 1)
    queries(browser, asked[0].path)  # the first page of a process reads what all others keep

    few = {address.path: queries(browser, address.path) for address in asked}
    made = multiply(TIMES)
    assert sum(made.values()) > 300
    for day in range(1, TIMES + 1):
        make_report(place=make_place(f"Village {day}"), occurred_on=date(2020, 6, day))
        make_claim(day, agreement=make_agreement())
    sealed_and_posted()
    many = {address.path: queries(browser, address.path) for address in asked}
    grown = {path: (number, many[path]) for path, number in few.items() if many[path] > number}
    assert not grown, "\n".join(f"{path}: {less} queries became {more}" for path, (less, more) in grown.items())


def queries(browser: Client, path: str) -> int:
    """Return how often a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(f"/en/{path}")
    assert answer.status_code == 200, (path, answer.status_code)
    return len(asked)
