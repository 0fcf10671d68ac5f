"""Places, sources, parties, ties, areas, declarations and the read log over JSON: seen by readers, entered by those who may, always recorded."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from incidents.models import Affiliation, AgreementArea, Change, Declaration, Party, PartyAlias, Place, PlaceAlias, ReadEntry, Source, User
from incidents.vocabulary import AffiliationKind
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_party, make_place, make_source, make_user

pytestmark = pytest.mark.django_db
SQUARE = {"type": "Polygon", "coordinates": [[[36, 35], [37, 35], [37, 36], [36, 35]]]}
# What a request says at least, by address; who may send it besides administrators.
LEAST: dict[str, tuple[dict[str, Any], set[str]]] = {
    "places": ({"name": "Mill", "precision": "town"}, {User.Role.ANALYST, User.Role.EDITOR}),
    "sources": ({"name": "Hotline", "kind": "hotline"}, {User.Role.ANALYST, User.Role.EDITOR}),
    "declarations": (
        {
            "agreement": "river-2020",
            "party": "highlands",
            "stance": "over",
            "declared_on": "2020-06-07",
            "source": "gazette",
            "gist": "It is over.",
        },
        {User.Role.ANALYST, User.Role.EDITOR},
    ),
    "parties": ({"name": "Rangers", "kind": "armed_group"}, set()),
    "affiliations": ({"party": "lowlands", "kind": "member", "other": "highlands"}, set()),
    "areas": ({"agreement": "river-2020", "name": "North bank", "geometry": SQUARE}, set()),
    "agreements": ({"slug": "hills-2021", "name": "Hills", "timezone": "Asia/Damascus", "in_force_from": "2021-02-01T00:00:00+02:00"}, set()),
    "terms": ({"agreement": "river-2020", "number": "7", "subject": "detainees"}, set()),
    "sides": ({"agreement": "river-2020", "code": "C", "name": "Islanders"}, set()),
}


@pytest.fixture
def administrator(db: None) -> APIClient:
    return client_of(make_user(User.Role.ADMINISTRATOR))


@pytest.fixture(autouse=True)
def truce(db: None) -> None:
    make_agreement()
    make_source()


def post(client: APIClient, noun: str, **more: Any) -> Any:
    return client.post(f"/api/v1/{noun}/", LEAST[noun][0] | more, format="json")


@pytest.mark.parametrize("noun", LEAST)
@pytest.mark.parametrize("role", User.Role.values)
def test_who_may_enters_it_and_it_is_recorded(noun: str, role: str) -> None:
    client, before = client_of(make_user(role)), Change.objects.count()
    answer = post(client, noun)
    if role not in LEAST[noun][1] | {User.Role.ADMINISTRATOR}:
        assert (answer.status_code, Change.objects.count()) == (403, before)
        return
    assert answer.status_code == 201, answer.content
    check(f"/api/v1/{noun}/", "post", answer)
    assert client.get(answer["Location"]).json() == answer.json()
    assert any(answer.json() | row == answer.json() for row in client.get(f"/api/v1/{noun}/").json()["results"])
    change = Change.objects.get()
    assert (change.kind, change.payload.body["actor"], str(change.record_id)) == ("reference.added", role, answer.json()["id"])
    assert change.payload.body["after"]


@pytest.mark.parametrize(
    ("noun", "more", "code", "field"),
    [
        ("places", {"name": " "}, "required", "name"),
        ("places", {"latitude": 36.1}, "required", "longitude"),
        ("places", {"latitude": 96.1, "longitude": 37.0}, "out_of_range", "latitude"),
        ("places", {"precision": "exact"}, "invalid_choice", "precision"),
        ("places", {"slug": "ford"}, "already_recorded", "slug"),
        ("places", {"pcode": "SY0203"}, "already_recorded", "pcode"),
        ("places", {"parent": "nowhere"}, "unknown_word", "parent"),
        ("places", {"height": 3}, "unknown_field", "height"),
        ("sources", {"reliability": "G"}, "invalid_choice", "reliability"),
        ("sources", {"is_protected": "yes"}, "invalid", "is_protected"),
        ("parties", {"organ_of": "general-staff"}, "organ_of_an_organ", "organ_of"),
        ("affiliations", {"other": "lowlands"}, "tied_to_itself", "other"),
        ("affiliations", {"from_on": "2016-02-02", "until_on": "2016-02-01"}, "ends_before_start", "until_on"),
        ("affiliations", {"from_on": "2199-01-01"}, "in_future", "from_on"),
        ("affiliations", {"kind": "allied", "from_on": "2016-01-01"}, "already_recorded", "other"),
        ("areas", {"geometry": {"type": "Point", "coordinates": [1, 2]}}, "not_an_area", "geometry"),
        ("areas", {"geometry": None}, "place_or_shape", "place"),
        ("areas", {"place": "ford"}, "place_or_shape", "place"),
        ("declarations", {"declared_on": "2199-01-01"}, "in_future", "declared_on"),
        ("declarations", {"declared_at": "2020-06-08T03:00:00+03:00"}, "other_day", "declared_at"),
        ("declarations", {"stance": "blames"}, "required", "blamed"),
        ("declarations", {"blamed": ["highlands"]}, "blames_itself", "blamed"),
        ("declarations", {"gist": "  "}, "required", "gist"),
        ("agreements", {"slug": "river-2020"}, "already_recorded", "slug"),
        ("agreements", {"timezone": "Asia/Nowhere"}, "no_such_zone", "timezone"),
        ("agreements", {"in_force_from": "2021-02-01T00:00:00"}, "invalid", "in_force_from"),
        ("agreements", {"in_force_until": "2021-01-01T00:00:00+02:00"}, "ends_before_start", "in_force_until"),
        ("agreements", {"terms": [{"number": "1", "subject": "detainees"}] * 2}, "already_recorded", "terms.1.number"),
        ("agreements", {"sides": [{"code": "A", "name": "X", "members": [{"party": "nobody"}]}]}, "unknown_word", "sides.0.members.0.party"),
        (
            "agreements",
            {"sides": [{"code": code, "name": code, "members": [{"party": "lowlands"}]} for code in "AB"]},
            "on_two_sides",
            "sides.1.members.0.party",
        ),
        ("agreements", {"roles": [{"party": "lowlands", "role": "on_side"}]}, "names_no_side", "roles.0.role"),
        ("agreements", {"roles": [{"party": "lowlands", "role": "monitor"}] * 2}, "already_recorded", "roles.1.party"),
        ("terms", {"number": "1"}, "already_recorded", "number"),
        ("sides", {"code": "A"}, "already_recorded", "code"),
        ("sides", {"code": "c"}, "invalid", "code"),
        ("sides", {"members": [{"party": "lowlands", "from_on": "2020-06-05"}]}, "on_two_sides", "members.0.party"),
        ("sides", {"members": [{"party": "lowlands", "from_on": "2020-06-05", "until_on": "2020-06-04"}]}, "ends_before_start", "members.0.until_on"),
    ],
)
def test_what_breaks_a_rule_names_its_field_and_changes_nothing(
    administrator: APIClient, noun: str, more: dict[str, Any], code: str, field: str
) -> None:
    make_place(pcode="SY0203")
    make_party("General Staff", organ_of=make_party("Lowlands"))
    Affiliation.objects.create(party=make_party("Lowlands"), kind=AffiliationKind.ALLIED, other=make_party("Highlands"), from_on="2016-01-01")
    answer = post(administrator, noun, **more)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409 if code == "already_recorded" else 422, code, field)
    assert not Change.objects.exists()


def test_an_agreement_is_entered_whole_and_grows(administrator: APIClient, analyst: APIClient) -> None:
    for name in ("Lowlands", "Highlands", "Islands"):
        make_party(name)
    sides = [{"code": "A", "name": "Low camp", "members": [{"party": "lowlands", "until_on": "2021-02-03"}]}, {"code": "B", "name": "High camp"}]
    terms = [{"number": "1", "subject": "humanitarian_access", "summary": "Aid passes."}]
    roles = [{"party": "islands", "role": "guarantor"}, {"party": "islands", "role": "monitor"}]
    made = post(administrator, "agreements", sides=sides, terms=terms, roles=roles, renews="river-2020", announced_on="2021-01-30").json()
    assert (made["first_day"], made["last_day"], made["renews"]["slug"]) == ("2021-02-01", None, "river-2020")
    assert [(side["code"], len(side["members"])) for side in made["sides"]] == [("A", 1), ("B", 0)]
    assert [role["role"] for role in made["roles"]] == ["guarantor", "monitor"]

    url = f"/api/v1/sides/{made['sides'][1]['id']}/members/"
    changed_sides = {"party": "lowlands", "from_on": "2021-02-04"}
    assert analyst.post(url, changed_sides, format="json").status_code == 403
    assert administrator.post(url, changed_sides | {"from_on": "2021-02-03"}, format="json").json()["code"] == "on_two_sides"
    answer = administrator.post(url, changed_sides, format="json")
    check("/api/v1/sides/{id}/members/", "post", answer)
    assert [member["from_on"] for member in answer.json()["members"]] == ["2021-02-04"]
    again = administrator.post(url, {"party": "lowlands", "from_on": "2021-03-01"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_recorded")

    answer = administrator.post("/api/v1/agreements/hills-2021/roles/", {"party": "highlands", "role": "excluded"}, format="json")
    check("/api/v1/agreements/{slug}/roles/", "post", answer)
    assert answer.json()["roles"][-1]["party"]["slug"] == "highlands"
    assert administrator.post(answer["Location"] + "roles/", {"party": "highlands", "role": "bystander"}, format="json").json()["field"] == "role"
    told = analyst.get("/api/v1/agreements/hills-2021/").json()
    assert told == answer.json()
    assert Counter(Change.objects.values_list("record_type", flat=True)) == {"agreement": 1, "term": 1, "side": 2, "membership": 5}


def test_a_place_keeps_every_name_in_every_script(analyst: APIClient, partner: APIClient) -> None:
    make_place("Aleppo")
    names = [{"name": "أورم الكبرى", "language": "ar"}, {"name": "Big Orm"}]
    made = post(analyst, "places", name="أورم", parent="aleppo", latitude=36.148, longitude=36.947, pcode="C1186", aliases=names).json()
    assert made["slug"] == "place", "no Latin letter begins a slug"
    assert made["parent"]["slug"] == "aleppo" and (made["latitude"], made["longitude"]) == (36.148, 36.947)
    assert sorted((alias["name"], alias["language"]) for alias in made["aliases"]) == [("Big Orm", ""), ("أورم الكبرى", "ar")]
    for asked in ({"text": "big orm"}, {"text": "الكبرى"}, {"text": "c1186"}, {"parent": "aleppo"}, {"precision": "town", "text": "أورم"}):
        assert [row["slug"] for row in partner.get("/api/v1/places/", asked).json()["results"]] == ["place"]
    assert not partner.get("/api/v1/places/", {"text": "big orm", "precision": "district"}).json()["results"]
    change = Change.objects.get()
    assert sorted(change.payload.body["after"]["aliases"]) == ["Big Orm", "أورم الكبرى (ar)"]


def test_the_same_key_adds_once(analyst: APIClient) -> None:
    answers = [analyst.post("/api/v1/places/", LEAST["places"][0], format="json", headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json() and Place.objects.filter(name="Mill").count() == 1


def test_a_protected_source_does_not_exist_for_partners(analyst: APIClient, partner: APIClient) -> None:
    make_source("Canary", is_protected=True, link="https://canary.example/")
    for asked in ({}, {"text": "canary"}, {"kind": "press"}):
        assert b"anary" not in partner.get("/api/v1/sources/", asked).content
    hidden, absent = partner.get("/api/v1/sources/canary/"), partner.get("/api/v1/sources/no-such/")
    assert (hidden.status_code, hidden.json()) == (404, absent.json())
    assert not ReadEntry.objects.exists()
    assert analyst.get("/api/v1/sources/canary/").json()["is_protected"] is True
    entry = ReadEntry.objects.get()
    assert (entry.what, entry.record_type, entry.record_id) == ("source", "source", Source.objects.get(slug="canary").public_id)


def test_the_protected_source_of_a_tie_is_withheld(partner: APIClient, analyst: APIClient) -> None:
    source = make_source("Canary", is_protected=True)
    facts = {"party": make_party("Lowlands"), "other": make_party("Highlands"), "source": source, "link": "canary"}
    tie = Affiliation.objects.create(kind=AffiliationKind.SPONSORED, **facts)
    for address in ("/api/v1/affiliations/", f"/api/v1/affiliations/{tie.public_id}/"):
        assert b"anary" not in partner.get(address).content
        assert b"anary" in analyst.get(address).content
    told = partner.get(f"/api/v1/affiliations/{tie.public_id}/")
    check("/api/v1/affiliations/{id}/", "get", told)
    assert told.json()["withheld"] == ["source", "link"]


def test_ties_are_asked_by_party_either_way_by_kind_and_by_day(partner: APIClient) -> None:
    low, high, union = make_party("Lowlands"), make_party("Highlands"), make_party("Union")
    Affiliation.objects.create(party=low, kind=AffiliationKind.MEMBER, other=union, from_on="2016-01-01", until_on="2016-06-30")
    Affiliation.objects.create(party=high, kind=AffiliationKind.ALLIED, other=union)

    def told(**asked: str) -> list[str]:
        return sorted(row["party"]["slug"] for row in partner.get("/api/v1/affiliations/", asked).json()["results"])

    assert told(party="union") == ["highlands", "lowlands"]
    assert told(party="lowlands") == told(kind="member") == ["lowlands"]
    assert told(on="2016-06-30") == ["highlands", "lowlands"]
    assert told(on="2016-07-01") == ["highlands"]
    assert partner.get("/api/v1/affiliations/", {"party": "nobody"}).status_code == 400


def test_an_agreement_tells_what_it_covers_and_leaves_out(administrator: APIClient, partner: APIClient) -> None:
    make_place()
    assert post(administrator, "areas").status_code == 201
    assert post(administrator, "areas", name="Ford", geometry=None, place="ford", is_excluded=True, from_on="2020-06-03").status_code == 201
    told = partner.get("/api/v1/agreements/river-2020/")
    check("/api/v1/agreements/{slug}/", "get", told)
    assert [(area["name"], area["is_excluded"], bool(area["geometry"]), area["from_on"]) for area in told.json()["areas"]] == [
        ("North bank", False, True, None),
        ("Ford", True, False, "2020-06-03"),
    ]
    assert AgreementArea.objects.count() == len(partner.get("/api/v1/areas/", {"agreement": "river-2020"}).json()["results"]) == 2
    assert partner.get("/api/v1/areas/", {"agreement": "none"}).status_code == 400


def test_a_declaration_moves_the_standing_and_names_whom_it_blames(analyst: APIClient) -> None:
    answer = post(analyst, "declarations", stance="blames", blamed=["lowlands"], wording=" they fired first ", spoken_by="a spokesman")
    assert answer.status_code == 201, answer.content
    declaration = Declaration.objects.get()
    assert [party.slug for party in declaration.blamed.all()] == ["lowlands"]
    assert declaration.wording == " they fired first ", "evidence is kept code point for code point"
    change = Change.objects.get()
    assert change.payload.body["after"]["blamed"] == ["lowlands"]
    assert change.agreement_id == declaration.agreement.public_id


def test_the_read_log_is_for_administrators(administrator: APIClient, analyst: APIClient, partner: APIClient) -> None:
    source = make_source("Canary", is_protected=True)
    analyst.get("/api/v1/sources/canary/")
    for client in (analyst, partner):
        assert client.get("/api/v1/reads/").status_code == 403
    answer = administrator.get("/api/v1/reads/")
    check("/api/v1/reads/", "get", answer)
    (row,) = answer.json()["results"]
    assert (row["actor"], row["what"], row["record_id"]) == ("analyst", "source", str(source.public_id))
    for asked, number in (({"actor": "analyst"}, 1), ({"actor": "partner"}, 0), ({"what": "original"}, 0), ({"record": str(source.public_id)}, 1)):
        assert len(administrator.get("/api/v1/reads/", asked).json()["results"]) == number
    assert administrator.get("/api/v1/reads/", {"record": "x"}).json()["field"] == "record"


@pytest.fixture
def many() -> Callable[[int], None]:
    def make(number: int) -> None:
        agreement = make_agreement()
        for index in range(number):
            place, party = make_place(f"Place {index}", parent=make_place()), make_party(f"Party {index}", organ_of=make_party())
            PlaceAlias.objects.get_or_create(place=place, name="Alias")
            PartyAlias.objects.get_or_create(party=party, name="Alias")
            source = make_source(f"Source {index}")
            Affiliation.objects.create(party=party, kind=AffiliationKind.MEMBER, other=make_party("Union"), source=source)
            AgreementArea.objects.create(agreement=agreement, name="x", place=place)
            ReadEntry.objects.create(actor_id=User.objects.latest("id").pk, what="source", record_type="source", record_id=source.public_id)

    return make


@pytest.mark.parametrize("noun", ["places", "sources", "parties", "affiliations", "areas", "reads"])
def test_more_rows_do_not_mean_more_queries(administrator: APIClient, many: Callable[[int], None], noun: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get(f"/api/v1/{noun}/").status_code == 200
        return len(captured)

    many(1)
    few = queries()
    many(6)
    assert queries() == few
    rows = administrator.get(f"/api/v1/{noun}/", {"limit": "2"}).json()
    assert len(rows["results"]) == 2 and rows["next"]


def test_parties_are_found_by_any_name(partner: APIClient) -> None:
    PartyAlias.objects.create(party=make_party("Rangers", name_ar="الحراس"), name="RNG")
    for text in ("rang", "rng", "حراس"):
        assert [row["slug"] for row in partner.get("/api/v1/parties/", {"text": text}).json()["results"]] == ["rangers"]
    assert Party.objects.filter(kind="state").count() == len(partner.get("/api/v1/parties/", {"kind": "state"}).json()["results"])
