"""The September truce on the page: 254 and 302, each with its claimant, in English and in Arabic."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from incidents.models import User
from tests.builders import make_user
from tests.demo.loaded import demo
from tests.views.conftest import signed_in
from tests.views.reading import card_of, text_of


@pytest.fixture(scope="module")
def reader(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Client]:
    with demo(django_db_blocker):
        yield signed_in(make_user(User.Role.ANALYST))


def test_the_opposition_claims_254_and_russia_302(reader: Client) -> None:
    page = reader.get("/en/agreements/syria-2016-09/")
    assert "254 claimed violations claimed by Syrian opposition" in card_of(page, "A")
    assert "302 claimed violations claimed by Russian Federation" in card_of(page, "B")
    assert "killed: 63 civilians; killed: 153 fighters of a side" in card_of(page, "B")
    assert "Syria: over; opposition: 'clinically dead'; United States and Russia: prolong contested" in text_of(page)


def test_the_same_in_arabic_with_levantine_months(reader: Client) -> None:
    page = reader.get("/ar/agreements/syria-2016-09/")
    assert "254 خرقاً مُدّعى" in card_of(page, "A")
    assert "302 خرق مُدّعى" in card_of(page, "B"), "the plural form of 302 is that of 102"
    words = text_of(page)
    assert "اليوم 8 من 8 · 12–19 أيلول 2016" in words
    assert "سبتمبر 2016" not in words.replace("أيلول/سبتمبر 2016", ""), "the agreement's own name apart"


def test_the_first_page_is_the_september_truce(reader: Client) -> None:
    assert reader.get("/en/").headers["Location"] == "/en/agreements/syria-2016-09/"


def test_it_says_that_this_is_a_demonstration(reader: Client) -> None:
    assert "Demonstration data" in text_of(reader.get("/en/reports/"))
