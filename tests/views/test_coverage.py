"""Coverage on the desk: shown, logged and removed without a script."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from incidents.actions.coverage import log
from incidents.models import Coverage
from tests.builders import make_agreement, make_claim, make_party, make_place, make_source, sealed_and_posted
from tests.views.reading import card_of, text_of

PAGE = "/en/coverage/?agreement=river-2020"


def said(**more: str) -> dict[str, str]:
    make_source()
    make_place()
    make_party("Monitor")
    return {"observer": "monitor", "kind": "patrol", "place": "Ford", "from_on": "2020-06-02", "source": "gazette"} | more


@pytest.fixture(autouse=True)
def truce(db: None) -> None:
    make_agreement()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_opens_in_both_languages(analyst: Client, language: str) -> None:
    assert analyst.get(f"/{language}/coverage/").status_code == 200


def test_coverage_is_logged_shown_and_removed(analyst: Client, partner: Client) -> None:
    assert analyst.post(PAGE, said(is_denied="on", denied_by="lowlands")).status_code == 302
    shown = text_of(partner.get(PAGE))
    assert "Monitor" in shown and "denied" in shown and "Log coverage" not in shown
    address = f"/en/coverage/{Coverage.objects.get().public_id}/remove/"
    assert partner.post(address, {"reason": "x"}).status_code == 403
    analyst.post(address, {"reason": ""})
    assert Coverage.objects.exists()
    analyst.post(address, {"reason": "wrong valley"})
    assert not Coverage.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"), [({"until_on": "2020-06-01"}, "until_on"), ({"denied_by": "lowlands"}, "denied_by"), ({"place": ""}, "place")]
)
def test_a_mistake_is_shown_at_its_field(analyst: Client, more: dict[str, str], field: str) -> None:
    answer = analyst.post(PAGE, said(**more))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_partners_log_nothing(partner: Client) -> None:
    partner.post(PAGE, said())
    assert not Coverage.objects.exists()


def observe(first: date, last: date | None, **facts: Any) -> None:
    values = {"agreement": make_agreement(), "observer": make_party("Monitor"), "kind": "patrol", "place_as_worded": "the ford"}
    log(by=None, from_on=first, until_on=last, source=make_source(), **values | facts)


def test_beside_every_zero_stands_who_could_observe(partner: Client) -> None:
    make_claim(254)
    sealed_and_posted()
    address = "/en/agreements/river-2020/"
    assert "Nobody's coverage is on record for these days: a zero says nothing yet." in card_of(partner.get(address), "A")
    observe(date(2020, 6, 2), date(2020, 6, 3))
    observe(date(2020, 6, 3), date(2020, 6, 5), is_denied=True)
    sealed_and_posted()
    page = partner.get(address)
    for side in "AB":
        assert "Of 7 days: observed somewhere on 2; kept out on 2; not known for 3." in card_of(page, side)
    assert "nobody 0 0 0 nobody 0 0 0 observers were kept out" in text_of(page)
