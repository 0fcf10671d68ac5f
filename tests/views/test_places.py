"""Places: in the order of their names in the reader's language, each with its names, its neighbours, and exactly the reports that name it."""

import html
import re

import pytest
from django.test import Client

from incidents.actions import reference
from incidents.models import Place, PlaceAlias, Profile, User
from incidents.vocabulary import Grid, PlacePrecision
from tests.builders import make_place, make_report, make_user
from tests.builders.convoys import make_convoy
from tests.views.conftest import signed_in
from tests.views.reading import text_of


def listed(client: Client, address: str) -> tuple[list[str], dict[str, str]]:
    """Return the places of a page of the list, in their order, and the addresses of the pages around it."""
    body = html.unescape(client.get(address).content.decode())
    around = dict(re.findall(r'rel="(next|prev)" href="([^"]+)"', body))
    return re.findall(r'<a class="ref" href="/../places/([^/]+)/"', body), {way: f"{address.partition('?')[0]}{to}" for way, to in around.items()}


def test_they_stand_in_the_order_of_their_names_in_the_readers_language(analyst: Client) -> None:
    make_place("Zaytun", name_ar="أم الزيتون")
    make_place("ḩamah", name_ar="حماة", slug="hama")
    make_place("Idlib", name_ar="إدلب")
    make_place("Aleppo", name_ar="حلب", slug="aleppo")
    make_place("Nowhere")
    assert listed(analyst, "/en/places/")[0] == ["aleppo", "hama", "idlib", "nowhere", "zaytun"]
    assert listed(analyst, "/ar/places/")[0] == ["nowhere", "idlib", "zaytun", "aleppo", "hama"], "what has no Arabic name stands by its other"
    assert listed(analyst, "/en/places/?text=إدلب")[0] == ["idlib"]


def test_pages_follow_the_alphabet_without_a_gap_and_lead_back(analyst: Client) -> None:
    for number in range(104):
        make_place(f"Same {number % 3}", slug=f"same-{number:03}")
    pages, address = [], "/en/places/?text=same"
    while address and len(pages) < 4:
        found, around = listed(analyst, address)
        pages.append(found)
        back, address = around.get("prev", ""), around.get("next", "")
    assert [len(page) for page in pages] == [50, 50, 4]
    whole = [slug for page in pages for slug in page]
    assert whole == sorted(whole, key=lambda slug: (int(slug[-3:]) % 3, slug))
    assert listed(analyst, back)[0] == pages[1]
    for wrong in ("x", "bjE", "bjEuAA"):
        assert analyst.get(f"/en/places/?cursor={wrong}").status_code == 400


def test_a_place_counts_and_leads_to_exactly_the_reports_that_name_it_or_what_lies_in_it(analyst: Client, partner: Client) -> None:
    ford = make_place("Ford", latitude=34, longitude=36)
    make_report(place=ford)
    make_report(place=make_place("Mill", parent=ford))
    make_report(place=make_place("Ford hill"), summary="Seen from the ford")
    make_report(place=ford, convoy=make_convoy())
    for reader, expected in ((analyst, 3), (partner, 2)):
        page = reader.get("/en/places/ford/").content.decode()
        found = re.search(r'<a href="([^"]+)">(\d+)</a></td>\s*<td class="nowrap">2 Jun 2020', page)
        assert found and int(found[2]) == expected
        assert f"{expected} reports, as one source each said it" in text_of(reader.get(found[1].replace("&amp;", "&")))


def test_it_is_drawn_with_its_neighbours_and_all_its_names(analyst: Client) -> None:
    valley = make_place("Valley", precision=PlacePrecision.DISTRICT, latitude="34.1", longitude="36.1")
    ford = make_place("Ford", name_ar="المخاضة", latitude=34, longitude=36, parent=valley, pcode="C77")
    PlaceAlias.objects.create(place=ford, name="Le Gué", language="fr")
    PlaceAlias.objects.create(place=ford, name="Fjord")
    make_place("Hilltop", latitude="34.15", longitude="36.1")
    page = analyst.get("/en/places/ford/")
    words, body = text_of(page), page.content.decode()
    assert "Arabic المخاضة" in words and "French Le Gué" in words and "Other spellings Fjord" in words and "C77" in words
    drawing = body[body.index("<svg dir=") :]
    assert "locator-precision" in drawing and ">Hilltop</text>" in drawing and "base-land" in drawing
    assert "of Hilltop" in words
    wide = analyst.get("/en/places/valley/").content.decode()
    assert ">Ford</a>" not in words and 'href="/en/places/ford/"' in wide


def test_on_a_grid_a_place_is_not_told_to_be_named_where_it_is_not(db: None) -> None:
    make_report(place=make_place("Mill", latitude=34, longitude=36, precision=PlacePrecision.POINT))
    profile = Profile.objects.create(slug="coarse", name="Coarse", is_every_agreement=True, grid=Grid.KM_11)
    coarse = signed_in(make_user(User.Role.PARTNER, profile=profile))
    assert "No report that you may see names it." in text_of(coarse.get("/en/places/mill/"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_place_without_coordinates_says_so(analyst: Client, language: str) -> None:
    make_place("Nowhere")
    page = analyst.get(f"/{language}/places/nowhere/")
    assert page.status_code == 200 and "<svg dir=" not in page.content.decode()


def test_the_history_says_what_kind_of_record_was_added(editor: Client) -> None:
    reference.add(Place(slug="ford", name="Ford", precision=PlacePrecision.TOWN), by=None)
    assert "Place · Reference data added" in text_of(editor.get("/en/places/ford/"))


def test_an_editor_merges_a_place_into_another_and_its_address_leads_on(editor: Client, analyst: Client) -> None:
    ford = make_place("Ford")
    make_report(place=ford)
    make_place("The ford", slug="twin")
    assert "merge/" not in analyst.get("/en/places/ford/").content.decode()
    wrong = editor.post("/en/places/ford/merge/", {"into": "Nowhere", "reason": "One bridge."})
    assert wrong.status_code == 422 and "No place, or more than one, bears this name." in text_of(wrong) and "One bridge." in wrong.content.decode()
    done = editor.post("/en/places/ford/merge/", {"into": "The ford", "reason": "One bridge."})
    assert done.headers["Location"] == "/en/places/twin/"
    assert analyst.get("/en/places/ford/").headers["Location"] == "/en/places/twin/"
    assert "Ford" in text_of(analyst.get("/en/places/twin/")) and listed(analyst, "/en/places/")[0] == ["twin"]
