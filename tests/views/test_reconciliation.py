"""The page of a reconciliation: parts on one scale, each number opening exactly its reports."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders import make_claim, make_party, make_report
from tests.views.reading import text_of


def test_the_claim_page_lays_the_claim_beside_our_records(partner: Client) -> None:
    make_report(stated_count=4)
    claim = make_claim(10, counterpart=make_party("Lowlands"), confirmed_count=3)
    page = text_of(partner.get(f"/en/claims/{claim.public_id}/"))
    assert "on record, not verified 4 1 not itemised by the claimant 6" in page
    assert "The parts make the claim." in page
    assert "on record and verified 0 0" in page and "Nobody's coverage is on record for these days" in page
    assert "The counterpart did not confirm all of it. 10 recorded, 3 confirmed." in page


def test_more_on_record_than_claimed_leaves_a_remainder(partner: Client) -> None:
    make_report(stated_count=4)
    page = text_of(partner.get(f"/en/claims/{make_claim(3).public_id}/reconciliation/"))
    assert "remainder -1 the claim 3" in page
    assert "exceed the claim" in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_part_opens_its_reports(partner: Client, language: str) -> None:
    inside, outside = make_report(), make_report(occurred_on=date(2020, 6, 9))
    address = f"/{language}/claims/{make_claim(10).public_id}/reconciliation/"
    links = re.findall(rf'href="({address}\?part=\w+)"', partner.get(address).content.decode())
    assert links == [f"{address}?part=unverified", f"{address}?part=outside_period"]
    opened = [set(re.findall(r"R-\d+", text_of(partner.get(link)))) for link in links]
    assert opened == [{inside.reference}, {outside.reference}]


def test_what_is_by_other_claimants_opens_its_reports(partner: Client) -> None:
    make_report()
    other = make_report(claimant=make_party("Monitor"))
    address = f"/en/claims/{make_claim(10).public_id}/reconciliation/?part=others"
    assert f'href="{address}"' in partner.get(address).content.decode()
    assert set(re.findall(r"R-\d+", text_of(partner.get(address)))) == {other.reference}


def test_what_is_not_there_is_not_found(partner: Client) -> None:
    claim = make_claim(10)
    for address in (f"{uuid4()}/reconciliation/", f"{claim.public_id}/reconciliation/?part=not_itemised"):
        assert partner.get(f"/en/claims/{address}").status_code == 404
