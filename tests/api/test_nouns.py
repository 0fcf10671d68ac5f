"""Every noun has a list and an address of its own: terms, sides, casualty claims, tallies and reconciliations too, for whom they exist."""

from datetime import date

import pytest
from rest_framework.test import APIClient

from incidents.actions.reports import HarmStated
from incidents.models import Profile, User
from incidents.vocabulary import HarmGroup, HarmKind
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_claim, make_report, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy

pytestmark = pytest.mark.django_db
HARM = [HarmStated(HarmKind.KILLED, low=62, group=HarmGroup.CIVILIANS)]


def rows(client: APIClient, noun: str, **params: str) -> list[dict[str, object]]:
    answer = client.get(f"/api/v1/{noun}/", params)
    assert answer.status_code == 200, answer.content
    check(f"/api/v1/{noun}/", "get", answer)
    found: list[dict[str, object]] = answer.json()["results"]
    return found


def test_each_has_a_list_and_an_address_and_is_as_the_schema_says(analyst: APIClient) -> None:
    make_report(harm=HARM)
    make_claim(5)
    sealed_and_posted()
    for noun, name in (("terms", "id"), ("sides", "id"), ("casualty-claims", "id"), ("tallies", "slug"), ("reconciliations", "id")):
        first = rows(analyst, noun, agreement="river-2020")[0]
        address = str(first.get("url") or f"/api/v1/reconciliations/{first['claim']}/")
        one = analyst.get(address)
        assert one.status_code == 200
        check(f"/api/v1/{noun}/{{{name}}}/", "get", one)
        assert noun == "tallies" or one.json() == first
    assert analyst.get("/api/v1/reconciliations/", {"limit": "21"}).json()["field"] == "limit"


def test_terms_and_sides_are_those_of_agreements_that_are_given(analyst: APIClient) -> None:
    here, there = make_agreement(), make_agreement("hill-2021")
    profile = Profile.objects.create(slug="here", name="Here", is_every_agreement=False)
    profile.agreements.set([here])
    narrow = client_of(make_user(User.Role.PARTNER, profile=profile))
    for noun in ("terms", "sides", "tallies"):
        assert {row["agreement"]["slug"] for row in rows(narrow, noun)} == {"river-2020"}  # type: ignore[index]
        hidden, absent = (narrow.get(f"/api/v1/{noun}/", {"agreement": slug}).json() for slug in (there.slug, "none-here"))
        assert hidden | {"detail": ""} == absent | {"detail": ""}
    assert narrow.get(f"/api/v1/terms/{there.terms.get().public_id}/").status_code == 404
    assert narrow.get(f"/api/v1/sides/{there.sides.first().public_id}/").status_code == 404  # type: ignore[union-attr]
    (side,) = rows(analyst, "sides", party="lowlands", agreement="river-2020")
    assert [member["party"]["slug"] for member in side["members"]] == ["lowlands"]  # type: ignore[attr-defined]


def test_casualty_claims_are_those_of_reports_that_are_given(analyst: APIClient, partner: APIClient) -> None:
    told = make_report(harm=[HarmStated(HarmKind.KILLED, low=62), HarmStated(HarmKind.WOUNDED)])
    tied = make_report(harm=[HarmStated(HarmKind.KILLED, best=3)], convoy=make_convoy(ended_on=date(2020, 6, 3)), occurred_on=date(2020, 6, 3))
    assert [row["low"] for row in rows(analyst, "casualty-claims")] == [None, None, 62]
    (killed,) = rows(partner, "casualty-claims", kind="killed")
    assert (killed["low"], killed["best"], killed["report"]["reference"]) == (62, None, told.reference)  # type: ignore[index]
    assert rows(partner, "casualty-claims", since="2020-06-03") == []
    assert partner.get(str(killed["url"])).json() == killed
    for absent in (f"{tied.public_id}.killed.unknown", f"{told.public_id}.missing.unknown", f"{told.public_id}.killed", "x.killed.unknown"):
        assert partner.get(f"/api/v1/casualty-claims/{absent}/").status_code == 404, absent
    assert analyst.get(f"/api/v1/casualty-claims/{tied.public_id}.killed.unknown/").json()["best"] == 3
