"""Places, sources, parties, areas, declarations and the read log on pages: for those who may, in both languages, without a script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Affiliation, AgreementArea, Change, Coverage, Declaration, Party, PartyAlias, Place, PlaceAlias, ReadEntry, Source, User
from incidents.views.desk import maps
from incidents.vocabulary import AffiliationKind, CoverageKind, Stance
from tests.builders import make_agreement, make_claim, make_member, make_party, make_place, make_report, make_source
from tests.views.reading import text_of

pytestmark = pytest.mark.django_db
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[36, 35], [37, 35], [37, 36], [36, 36], [36, 35]], [[36.4, 35.4], [36.5, 35.4], [36.5, 35.5], [36.4, 35.4]]],
}
LISTS = ["places/", "sources/", "parties/", "agreements/", "coverage/?agreement=river-2020"]


@pytest.fixture
def administrator(as_role: Callable[[str], Client]) -> Client:
    return as_role(User.Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def truce(db: None) -> None:
    make_agreement()
    make_source()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_opens_in_both_languages(administrator: Client, language: str) -> None:
    place = make_place("Ford", name_ar="المخاضة", latitude="36.148", longitude="36.9478", pcode="SY02", parent=make_place("Valley"))
    PlaceAlias.objects.create(place=place, name="الفورد", language="ar")
    Affiliation.objects.create(party=make_party("Lowlands"), kind=AffiliationKind.MEMBER, other=make_party("Union"), until_on="2020-06-03")
    AgreementArea.objects.create(agreement=make_agreement(), name="North bank", geometry=SQUARE)
    make_report()
    make_claim()
    pages = ["places/ford/", "places/new/", "sources/gazette/", "sources/new/", "parties/lowlands/", "parties/new/", "agreements/river-2020/terms/"]
    for page in (*LISTS, *pages, "reads/"):
        answer = administrator.get(f"/{language}/{page}")
        assert answer.status_code == 200, page
        assert "<style" not in answer.content.decode() and " style=" not in answer.content.decode(), "the policy forbids it"
    assert "36.148000, 36.947800" in text_of(administrator.get(f"/{language}/places/ford/"))


@pytest.mark.parametrize("page", ["places/", "sources/", "parties/"])
def test_lists_are_filtered_turned_and_say_when_they_are_empty(analyst: Client, page: str) -> None:
    for index in range(55):
        make_place(f"Hamlet {index:02}")
        make_party(f"Band {index:02}")
        make_source(f"Paper {index:02}")
    first = analyst.get(f"/en/{page}")
    older = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert older, "there is a second page"
    second = analyst.get(f"/en/{page}{older[1].replace('&amp;', '&')}")
    names = [re.findall(r"(?:Hamlet|Band|Paper) \d\d", text_of(shown)) for shown in (first, second)]
    assert len(set(names[0])) == 50 and set(names[0]).isdisjoint(names[1]) and len(set(names[0]) | set(names[1])) == 55
    narrowed = text_of(analyst.get(f"/en/{page}?text= 42"))
    assert len(set(re.findall(r"(?:Hamlet|Band|Paper) \d\d", narrowed))) == 1
    assert "Nothing on record answers to this." in text_of(analyst.get(f"/en/{page}?text=no such thing"))
    wrong = analyst.get(f"/en/{page}?cursor=x")
    assert wrong.status_code == 400 and "cannot be read" in text_of(wrong)


def test_lists_of_nothing_say_so(administrator: Client) -> None:
    for model in (Source, Place):
        model.objects.all().delete()
    told = {"places/": "No place is on record.", "sources/": "No source is on record.", "reads/": "Nobody has looked at anything protected yet."}
    for page, words in told.items():
        assert words in text_of(administrator.get(f"/en/{page}"))


@pytest.mark.parametrize("page", [*LISTS, "agreements/river-2020/terms/", "parties/union/", "reads/"])
def test_more_rows_do_not_mean_more_queries(administrator: Client, page: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get(f"/en/{page}").status_code == 200
        return len(captured)

    def more(number: int) -> None:
        agreement, union = make_agreement(), make_party("Union")
        for index in range(number):
            place, source = make_place(f"Hamlet {number}-{index}", parent=make_place("Valley")), make_source(f"Paper {number}-{index}")
            party = make_party(f"Band {number}-{index}", organ_of=make_party("Lowlands"))
            PlaceAlias.objects.create(place=place, name="x")
            PartyAlias.objects.create(party=party, name="x")
            make_member(agreement.sides.get(code="A"), party)
            Affiliation.objects.create(party=party, kind=AffiliationKind.ALLIED, other=union, source=source)
            AgreementArea.objects.create(agreement=agreement, name="x", place=place)
            said = {"party": party, "source": source, "declared_on": "2020-06-07"}
            Declaration.objects.create(agreement=agreement, stance=Stance.BLAMES, gist="x", **said).blamed.add(union)
            seen = {"observer": party, "place": place, "source": source, "from_on": "2020-06-02"}
            Coverage.objects.create(agreement=agreement, kind=CoverageKind.PATROL, **seen)
            ReadEntry.objects.create(actor_id=1, what=ReadEntry.What.SOURCE, record_type="source", record_id=source.public_id)

    more(2)
    administrator.get(f"/en/{page}")
    few = queries()
    more(7)
    assert queries() == few


def test_a_place_is_added_with_its_names_and_coordinates(analyst: Client, partner: Client) -> None:
    make_place("Valley")
    said = {"name": "Big Orm", "name_ar": "أورم الكبرى", "parent": "valley", "coordinates": "36.148, 36.948", "precision": "town", "pcode": "C1186"}
    assert partner.post("/en/places/new/", said).status_code == 403
    answer = analyst.post("/en/places/new/", said | {"aliases": "Urum al-Kubra\r\nأورم الكبرى\r\n"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/places/big-orm/")
    place = Place.objects.get(slug="big-orm")
    assert (str(place.latitude), str(place.longitude), place.parent and place.parent.slug) == ("36.148000", "36.948000", "valley")
    assert set(place.aliases.values_list("name", "language")) == {("Urum al-Kubra", ""), ("أورم الكبرى", "ar")}
    assert Change.objects.get().kind == "reference.added"
    shown = text_of(partner.get("/en/places/big-orm/"))
    assert "Urum al-Kubra" in shown and "C1186" in shown and "36.148000, 36.948000" in shown
    assert "History" not in shown and "History" in text_of(analyst.get("/en/places/big-orm/"))
    assert "Big Orm" in text_of(partner.get("/en/places/?text=urum"))
    assert "Big Orm" in text_of(partner.get("/en/places/valley/"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"parent": "nowhere"}, "parent"),
        ({"coordinates": "36.1"}, "coordinates"),
        ({"coordinates": "somewhere"}, "coordinates"),
        ({"coordinates": "96.1, 200.5"}, "coordinates"),
        ({"precision": "exact"}, "precision"),
        ({"pcode": "SY02"}, "pcode"),
        ({"aliases": "x" * 201}, "aliases"),
    ],
)
def test_a_mistake_in_a_place_is_shown_at_its_field_and_nothing_is_lost(analyst: Client, more: dict[str, str], field: str) -> None:
    make_place("Valley", pcode="SY02")
    answer = analyst.post("/en/places/new/", {"name": "Mill", "precision": "town", "name_ar": "الطاحونة"} | more)
    page = answer.content.decode()
    assert answer.status_code == 422 and f'id="id_{field}_error"' in page
    assert "الطاحونة" in page and not Change.objects.exists()


def test_a_protected_source_is_there_for_those_alone_who_may_know_it(analyst: Client, partner: Client) -> None:
    said = {"name": "Canary", "kind": "hotline", "reliability": "B", "is_protected": "on"}
    assert partner.post("/en/sources/new/", said).status_code == 403
    assert analyst.post("/en/sources/new/", said).headers["Location"] == "/en/sources/canary/"
    source = Source.objects.get(slug="canary")
    make_report(source=source)
    make_claim(source=source)
    assert "Canary" not in text_of(partner.get("/en/sources/")) and "Canary" not in text_of(partner.get("/en/sources/?kind=hotline"))
    hidden, absent = partner.get("/en/sources/canary/"), partner.get("/en/sources/no-such/")
    assert (hidden.status_code, text_of(hidden)) == (404, text_of(absent))
    assert not ReadEntry.objects.exists()
    shown = text_of(analyst.get("/en/sources/canary/"))
    assert "protected" in shown and "R-" in shown and "10 violations" in shown
    assert ReadEntry.objects.get().record_id == source.public_id


def test_the_read_log_shows_who_looked_to_administrators(administrator: Client, analyst: Client, partner: Client) -> None:
    source = make_source("Canary", is_protected=True)
    analyst.get("/en/sources/canary/")
    for other in (analyst, partner):
        assert other.get("/en/reads/").status_code == 403
        assert "Read log" not in text_of(other.get("/en/places/"))
    shown = text_of(administrator.get("/en/reads/"))
    assert "analyst" in shown and str(source.public_id) in shown
    assert str(source.public_id) not in text_of(administrator.get("/en/reads/?actor=partner"))
    assert administrator.get("/en/reads/?record=x").status_code == 400


def test_an_administrator_adds_a_party_and_ties_it_to_another(administrator: Client, analyst: Client) -> None:
    said = {"name": "Rangers", "kind": "armed_group", "aliases": "الحراس\nRNG"}
    assert analyst.post("/en/parties/new/", said).status_code == 403
    assert administrator.post("/en/parties/new/", said).headers["Location"] == "/en/parties/rangers/"
    tie = {"kind": "member", "other": "highlands", "from_on": "02/01/2016", "until_on": "2016-06-30"}
    analyst.post("/en/parties/rangers/", tie)
    assert not Affiliation.objects.exists()
    assert administrator.post("/en/parties/rangers/", tie).status_code == 302
    assert administrator.post("/en/parties/rangers/", tie | {"until_on": "2015-01-01", "from_on": "2016-01-01"}).status_code == 422
    shown = text_of(analyst.get("/en/parties/rangers/"))
    assert "الحراس" in shown and "member of Highlands 2 Jan to 30 Jun 2016" in shown
    assert "member of" in text_of(analyst.get("/en/parties/highlands/")), "a tie is told from both its ends"
    assert [change.kind for change in Change.objects.order_by("id")] == ["reference.added"] * 2


def test_the_protected_source_of_a_tie_is_withheld(partner: Client, analyst: Client) -> None:
    facts = {"party": make_party("Lowlands"), "other": make_party("Highlands"), "source": make_source("Canary", is_protected=True), "link": "canary"}
    Affiliation.objects.create(kind=AffiliationKind.SPONSORED, **facts)
    assert "anary" not in partner.get("/en/parties/lowlands/").content.decode()
    assert "Canary" in text_of(analyst.get("/en/parties/lowlands/"))


def declared(**more: Any) -> dict[str, Any]:
    least = {"enter": "declaration", "party": "highlands", "stance": "over", "declared_on": "2020-06-07", "source": "gazette", "gist": "It is over."}
    return least | more


def test_an_analyst_logs_a_declaration_and_the_standing_follows(analyst: Client, partner: Client) -> None:
    page = "/en/agreements/river-2020/terms/"
    assert "Highlands: over" not in text_of(partner.get(page))
    partner.post(page, declared())
    assert not Declaration.objects.exists()
    answer = analyst.post(page, declared(clock="١٩:٠٠", blamed=["lowlands"], wording="over\r\nas of 19:00 "))
    assert answer.status_code == 302, text_of(answer)
    declaration = Declaration.objects.get()
    assert declaration.wording == "over\nas of 19:00 " and declaration.declared_at
    assert declaration.declared_at.astimezone(declaration.agreement.zone).isoformat() == "2020-06-07T19:00:00+03:00"
    assert [party.slug for party in declaration.blamed.all()] == ["lowlands"]
    assert "Highlands: over" in text_of(partner.get(page))
    assert Change.objects.get().payload.body["actor"] == "analyst"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"declared_on": "2199-01-01"}, "declared_on"),
        ({"clock": "25:00"}, "clock"),
        ({"stance": "blames"}, "blamed"),
        ({"gist": ""}, "gist"),
        ({"party": "x"}, "party"),
    ],
)
def test_a_mistake_in_a_declaration_is_shown_at_its_field(analyst: Client, more: dict[str, Any], field: str) -> None:
    answer = analyst.post("/en/agreements/river-2020/terms/", declared(spoken_by="a spokesman") | more)
    assert answer.status_code == 422 and f'id="word_{field}_error"' in answer.content.decode()
    assert "a spokesman" in answer.content.decode() and not Declaration.objects.exists()


def test_an_administrator_adds_areas_and_the_page_draws_them(administrator: Client, analyst: Client) -> None:
    page = "/en/agreements/river-2020/terms/"
    assert "the agreement covers the whole" in text_of(analyst.get(page))
    shape = {"enter": "area", "name": "North bank", "geometry": str(SQUARE).replace("'", '"')}
    analyst.post(page, shape)
    assert not AgreementArea.objects.exists()
    for wrong in ({"geometry": "{"}, {"geometry": '{"type": "Point"}'}, {"geometry": '{"a": NaN}'}, {"geometry": '{"a": "\\u0000"}'}):
        answer = administrator.post(page, shape | wrong)
        assert answer.status_code == 422 and 'id="area_geometry_error"' in answer.content.decode()
    assert administrator.post(page, shape).status_code == 302
    make_place("Ford", latitude="35.9", longitude="36.9")
    left_out = {"enter": "area", "name": "The ford", "place": "ford", "is_excluded": "on", "from_on": "2020-06-03"}
    assert administrator.post(page, left_out).status_code == 302
    shown = analyst.get(page)
    assert "North bank covered" in text_of(shown) and "left out" in text_of(shown) and "from 3 Jun 2020" in text_of(shown)
    drawn = re.search(r'<figure class="area-map".*?</figure>', shown.content.decode(), re.DOTALL)
    assert drawn and drawn[0].count('class="area"') == 1 and drawn[0].count("area--out") == 1


def test_a_picture_keeps_north_up_and_proportions() -> None:
    drawn = maps.of([AgreementArea(name="x", geometry=SQUARE)])
    assert drawn and len(drawn.shapes) == 1
    points = [tuple(map(float, pair.split(","))) for pair in re.findall(r"[0-9.]+,[0-9.]+", drawn.shapes[0].path)]
    (west, south), (east, _), (_, north), *_rest = points
    assert west < east and north < south
    assert 0.80 < (east - west) / (south - north) < 0.83, "a degree of longitude is shorter at 35.5 degrees north"
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in points)
    assert drawn.shapes[0].path.count("M") == 2, "the hole is an outline of its own"
    scale = float(drawn.bar) / drawn.kilometres
    assert abs((south - north) / 111.2 - scale) < 0.02
    assert maps.of([]) is None and maps.of([AgreementArea(name="x", geometry={"type": "Point"})]) is None


def test_coverage_is_filtered_by_observer(analyst: Client) -> None:
    for name in ("Patrolmen", "Watchers"):
        facts = {"observer": make_party(name), "place": make_place(), "source": make_source(), "from_on": "2020-06-02"}
        Coverage.objects.create(agreement=make_agreement(), kind=CoverageKind.PATROL, **facts)

    narrowed = analyst.get(f"/en/{LISTS[-1]}&observer=watchers").content.decode()
    assert '<td class="wide">Watchers</td>' in narrowed and '<td class="wide">Patrolmen</td>' not in narrowed


def test_without_an_agreement_the_way_to_reference_data_is_there(administrator: Client) -> None:
    agreement = make_agreement()
    agreement.memberships.all().delete()
    agreement.delete()
    shown = text_of(administrator.get("/en/agreements/"))
    assert "No agreement is on record." in shown and "Places" in shown and "Administration" in shown
    assert Party.objects.exists()
