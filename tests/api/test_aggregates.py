"""Published totals over JSON: listed, opened, logged, superseded. Kept as printed, never added up."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from incidents.actions.aggregates import PartStated, retract
from incidents.actions.reports import HarmStated
from incidents.models import AggregateClaim, Change
from incidents.vocabulary import HarmKind
from tests.builders import make_agreement, make_claim, make_member, make_party, make_place, make_source

ADDRESS = "/api/v1/aggregate-claims/"
Facts = Callable[..., dict[str, Any]]


def post(client: APIClient, facts: dict[str, Any], address: str = ADDRESS, **headers: str) -> Any:
    return client.post(address, facts, format="json", headers=headers)


def test_a_logged_total_can_be_read_back_as_it_was_printed(analyst: APIClient, claim_facts: Facts) -> None:
    make_place()
    parts = [
        {"label": "shelling", "count": 219, "violation_type": "shelling", "parts": [{"label": "by the north", "count": 203, "accused_side": "A"}]},
        {"label": "arrests", "count": 32, "unit": "arrest", "place": "ford", "accused_party": "lowlands"},
        {"label": "others", "count": None},
    ]
    harm = [{"kind": "killed", "group": "civilians", "best": 63}, {"kind": "killed", "group": "fighters", "best": 153}]
    answer = post(analyst, claim_facts(parts=parts, harm=harm, wording="  254 خرقاً ", note="ours", accused=[{"side": "A"}, {"party": "monitor"}]))
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert answer["Location"] == said["url"]
    assert analyst.get(said["url"]).json() == said
    assert said["count"] == 254
    assert said["wording"] == "  254 خرقاً "
    assert [(row["party"] or row["side"])["name"] for row in said["accused"]] == ["Lowlands and allies", "Monitor"]
    first, second, third = said["parts"]
    assert (first["count"], first["unit"], first["violation_type"]) == (219, None, "shelling")
    assert [(row["label"], row["count"], row["accused_side"]["code"], row["parts"]) for row in first["parts"]] == [("by the north", 203, "A", [])]
    assert (second["unit"], second["place"]["slug"], second["accused_party"]["slug"]) == ("arrest", "ford", "lowlands")
    assert (third["count"], third["parts"]) == (None, [])
    assert [(row["group"], row["best"]) for row in said["harm"]] == [("civilians", 63), ("fighters", 153)]
    assert said["is_current"] is True
    assert Change.objects.filter(record_id=said["id"], kind="aggregate_claim.logged").count() == 1


def test_a_number_that_is_not_stated_is_null(analyst: APIClient, claim_facts: Facts) -> None:
    assert post(analyst, claim_facts(count=None)).json()["count"] is None
    assert post(analyst, claim_facts(count=0)).json()["count"] == 0


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"counts": 3}, "unknown_field", "counts"),
        ({"count": "254"}, "invalid", "count"),
        ({"count": -1}, "min_value", "count"),
        ({"basis": "weekly"}, "invalid_choice", "basis"),
        ({"counted_from": None}, "since_when", "counted_from"),
        ({"basis": "periodic"}, "since_when", "counted_from"),
        ({"counted_from": "2020-06-30"}, "ends_before_start", "period_end"),
        ({"period_end": "2199-01-01"}, "in_future", "period_end"),
        ({"accused": [{}]}, "party_or_side", "accused.0"),
        ({"accused": [{"side": "A", "party": "lowlands"}]}, "party_or_side", "accused.0"),
        ({"accused": [{"side": "Z"}]}, "unknown_word", "accused.0.side"),
        ({"accused": [{"side": "a"}]}, "invalid", "accused.0.side"),
        ({"accused": [{"party": "nobody"}]}, "unknown_word", "accused.0.party"),
        ({"accused": [{"side": "A"}, {"side": "A"}]}, "stated_twice", "accused"),
        ({"parts": [{"count": 3}]}, "required", "parts.0.label"),
        ({"parts": [{"label": "x", "parts": [{"label": "y", "count": 1.5}]}]}, "invalid", "parts.0.parts.0.count"),
        ({"parts": [{"label": "x", "parts": [{"label": "y", "accused_side": "Z"}]}]}, "unknown_word", "parts.0.parts.0.accused_side"),
        ({"parts": [{"label": "x", "accused_side": "A", "accused_party": "lowlands"}]}, "accused_twice", "parts.0.accused_side"),
        ({"parts": [{"label": "x"}] * 1001}, "too_many", "parts"),
        ({"harm": [{"kind": "killed", "group": "civilians"}] * 2}, "stated_twice", "harm.1"),
        ({"covers_24_hours": "yes"}, "invalid", "covers_24_hours"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_kept(analyst: APIClient, claim_facts: Facts, facts: dict[str, Any], code: str, field: str) -> None:
    answer = post(analyst, claim_facts(**facts))
    assert answer.status_code == 422, answer.content
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert not AggregateClaim.objects.exists()


def test_a_corrected_total_takes_the_place_of_the_first(analyst: APIClient, claim_facts: Facts) -> None:
    first = post(analyst, claim_facts()).json()
    answer = post(analyst, claim_facts(count=260, reason="the ministry corrected itself"), f"{first['url']}supersede/")
    assert answer.status_code == 201, answer.content
    second = answer.json()
    assert second["supersedes"] == first["id"]
    told = analyst.get(first["url"]).json()
    assert (told["count"], told["is_current"], told["superseded_by"]) == (254, False, second["id"])
    change = Change.objects.get(kind="aggregate_claim.superseded")
    assert change.payload.body["note"] == "the ministry corrected itself"
    again = post(analyst, claim_facts(count=270), f"{first['url']}supersede/")
    assert (again.status_code, again.json()["code"]) == (409, "not_current")


def test_only_the_same_claimant_supersedes(analyst: APIClient, claim_facts: Facts) -> None:
    first = post(analyst, claim_facts()).json()
    answer = post(analyst, claim_facts(claimant="monitor"), f"{first['url']}supersede/")
    assert (answer.status_code, answer.json()["code"]) == (422, "other_claimant")
    assert AggregateClaim.objects.count() == 1
    assert analyst.get(first["url"]).json()["version"] == 1


def test_what_is_not_there_cannot_be_superseded(analyst: APIClient, claim_facts: Facts) -> None:
    assert post(analyst, claim_facts(), f"{ADDRESS}{uuid4()}/supersede/").status_code == 404


def test_a_list_may_be_narrowed(partner: APIClient) -> None:
    agreement = make_agreement()
    turncoat = make_party("Turncoats")
    make_member(agreement.sides.get(code="A"), turncoat, until_on=date(2020, 6, 3))
    make_member(agreement.sides.get(code="B"), turncoat, from_on=date(2020, 6, 4))
    make_claim(1, claimant=make_party("Speaker", organ_of=make_party("Highlands")))
    make_claim(2, accused=[make_party("Spokesman", organ_of=make_party("Lowlands"))])
    make_claim(3, accused=[turncoat], period_end=date(2020, 6, 2))
    make_claim(4, accused=[turncoat], period_end=date(2020, 6, 5))
    make_claim(5, accused=[make_party("Outsiders")])
    make_claim(6, accused=[], claimant=make_party("Lowlands"))

    def found(**params: str) -> list[int]:
        answer = partner.get(ADDRESS, {"agreement": "river-2020", **params})
        assert answer.status_code == 200, answer.content
        return sorted(row["count"] for row in answer.json()["results"])

    assert found() == [1, 2, 3, 4, 5, 6]
    assert found(side="A") == [1, 2, 3]
    assert found(side="B") == [4]
    assert found(side="no_side") == [5]
    assert found(side="nobody") == [6]
    assert found(claimant="highlands") == [1, 2, 3, 4, 5]
    assert found(claimant="speaker") == [1]
    assert partner.get(ADDRESS, {"side": "A"}).json()["code"] == "agreement_required"
    assert partner.get(ADDRESS, {"type": "shelling"}).json()["code"] == "unknown_parameter"


def test_more_rows_do_not_mean_more_queries(partner: APIClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert partner.get(ADDRESS).status_code == 200
        return len(captured)

    parts = (PartStated("all", 5, place=make_place(), parts=(PartStated("some", 3), PartStated("more", 1))),)
    make_claim(parts=parts, harm=[HarmStated(HarmKind.KILLED, best=1)])
    few = queries()
    for number in range(8):
        make_claim(
            number,
            parts=parts,
            source=make_source(f"Source {number}"),
            claimant=make_party(f"Party {number}"),
            accused=[make_party(f"Other {number}")],
        )
    assert queries() == few


def test_a_protected_source_and_our_notes_are_withheld_from_partners(partner: APIClient, analyst: APIClient) -> None:
    facts = {"wording": "canary", "link": "canary", "spoken_by": "canary", "external_id": "canary", "note": "canary"}
    claim = make_claim(source=make_source("Canary", is_protected=True), **facts)
    one = f"{ADDRESS}{claim.public_id}/"
    assert analyst.get(one).json()["withheld"] == []
    told = partner.get(one)
    assert set(told.json()["withheld"]) == {"source", *facts}
    for answer in (told, partner.get(ADDRESS)):
        assert b"anary" not in answer.content


def test_a_retracted_total_stays_on_record(partner: APIClient) -> None:
    claim = make_claim()
    retract(claim=claim, by=None, reason="withdrawn by the ministry")
    told = partner.get(f"{ADDRESS}{claim.public_id}/").json()
    assert (told["is_current"], told["retraction_reason"]) == (False, "withdrawn by the ministry")


def test_a_partner_may_neither_log_nor_supersede(partner: APIClient, claim_facts: Facts) -> None:
    claim = make_claim()
    assert post(partner, claim_facts()).status_code == 403
    assert post(partner, claim_facts(), f"{ADDRESS}{claim.public_id}/supersede/").status_code == 403
    assert AggregateClaim.objects.count() == 1
