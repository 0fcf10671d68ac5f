"""Agreements and parties over JSON."""

from datetime import UTC, date, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from incidents.models import Declaration, Membership, PartyAlias
from incidents.vocabulary import Role, Stance
from tests.builders import make_agreement, make_member, make_party, make_source


def test_an_agreement_opens_with_all_that_hangs_on_it(partner: APIClient) -> None:
    agreement = make_agreement(renews=make_agreement("river-2019"))
    side = agreement.sides.get(code="A")
    make_member(side, make_party("Rangers"), from_on=date(2020, 6, 3))
    Membership.objects.create(agreement=agreement, party=make_party("Broker"), role=Role.GUARANTOR)
    declaration = Declaration.objects.create(
        agreement=agreement,
        party=make_party("Highlands"),
        stance=Stance.OVER,
        declared_on=date(2020, 6, 7),
        declared_at=datetime(2020, 6, 7, 16, tzinfo=UTC),
        wording="over",
        source=make_source(),
    )
    declaration.blamed.add(make_party("Lowlands"))
    told = partner.get("/api/v1/agreements/river-2020/").json()
    assert (told["in_force_from"], told["in_force_until"]) == ("2020-06-01T00:00:00+03:00", "2020-06-07T23:59:00+03:00")
    assert (told["first_day"], told["last_day"], told["timezone"]) == ("2020-06-01", "2020-06-07", "Asia/Damascus")
    assert told["renews"]["slug"] == "river-2019"
    assert [(side["code"], [(row["party"]["slug"], row["from_on"]) for row in side["members"]]) for side in told["sides"]] == [
        ("A", [("lowlands", None), ("rangers", "2020-06-03")]),
        ("B", [("highlands", None)]),
    ]
    assert [(row["party"]["slug"], row["role"]) for row in told["roles"]] == [("broker", "guarantor")]
    assert [(row["number"], row["subject"]) for row in told["terms"]] == [("1", "cessation_of_fire")]
    (said,) = told["declarations"]
    assert (said["party"]["slug"], said["stance"], said["wording"], said["source"]["slug"]) == ("highlands", "over", "over", "gazette")
    assert [party["slug"] for party in said["blamed"]] == ["lowlands"]
    assert partner.get(told["tallies_url"]).status_code == 200
    (row, *_) = [row for row in partner.get("/api/v1/agreements/").json()["results"] if row["slug"] == "river-2020"]
    assert row["url"] == told["url"]
    assert "declarations" not in row


def test_the_protected_source_of_a_declaration_is_withheld(partner: APIClient) -> None:
    agreement, source = make_agreement(), make_source("Canary", is_protected=True)
    facts = {"stance": Stance.OVER, "declared_on": date(2020, 6, 7), "wording": "canary", "link": "canary", "spoken_by": "canary"}
    Declaration.objects.create(agreement=agreement, party=make_party("Highlands"), source=source, **facts)
    assert b"anary" not in partner.get("/api/v1/agreements/river-2020/").content


def test_a_party_opens_with_its_names_and_organs(partner: APIClient) -> None:
    party = make_party("Highlands", name_ar="المرتفعات")
    make_party("General Staff", organ_of=party)
    PartyAlias.objects.create(party=party, name="HL", language="en")
    told = partner.get("/api/v1/parties/highlands/").json()
    assert (told["name_ar"], told["kind"], told["organ_of"]) == ("المرتفعات", "state", None)
    assert [organ["slug"] for organ in told["organs"]] == ["general-staff"]
    assert told["aliases"] == [{"name": "HL", "language": "en"}]
    assert partner.get("/api/v1/parties/general-staff/").json()["organ_of"]["slug"] == "highlands"


def test_more_rows_do_not_mean_more_queries(partner: APIClient) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert partner.get(address).status_code == 200
        return len(captured)

    agreement = make_agreement(renews=make_agreement("river-2019"))
    party = make_party("Lowlands", organ_of=None)
    Declaration.objects.create(agreement=agreement, party=party, stance=Stance.OVER, declared_on=date(2020, 6, 7), source=make_source())
    addresses = ["/api/v1/agreements/", "/api/v1/agreements/river-2020/", "/api/v1/parties/"]
    few = [queries(address) for address in addresses]
    for number in range(5):
        make_agreement(f"other-{number}", renews=agreement)
        party = make_party(f"Party {number}", organ_of=make_party("Lowlands"))
        make_member(agreement.sides.get(code="A"), party)
        PartyAlias.objects.create(party=party, name="Alias")
        Declaration.objects.create(
            agreement=agreement, party=party, stance=Stance.OVER, declared_on=date(2020, 6, 7), source=make_source(f"Source {number}")
        ).blamed.add(party)
    assert [queries(address) for address in addresses] == few


def test_what_is_not_there_is_not_found(partner: APIClient) -> None:
    for address in ("/api/v1/agreements/none/", "/api/v1/parties/none/"):
        answer = partner.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
