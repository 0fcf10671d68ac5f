"""The map of reports: half-discs, the list that says the same, what has no coordinates, and the window that a script asks for."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from incidents.models import Place, Profile, Report, User
from incidents.queries import names
from incidents.vocabulary import ConvoyStatus, Grid, PlacePrecision
from tests.builders import make_agreement, make_place, make_report, make_user
from tests.builders.convoys import make_convoy, release, tell
from tests.views.conftest import signed_in
from tests.views.reading import text_of

LIST_MAP = "/en/reports/?agreement=river-2020&view=map"
MAP = "/en/map/?agreement=river-2020"
MARKS = "/en/map/marks/?agreement=river-2020"
WORLD = "&box=-180,-85,180,85&zoom=2"


def at(latitude: str, longitude: str, precision: PlacePrecision = PlacePrecision.POINT) -> Report:
    return make_report(latitude=Decimal(latitude), longitude=Decimal(longitude), place_precision=precision)


def test_the_map_and_its_list_say_where_and_how_many_and_obey_the_filters(analyst: Client) -> None:
    here = make_place(name="Mapped <b>town</b>", latitude="36.2", longitude="37.1")
    make_report(place=here, violation_type="airstrike")
    make_report(place=here, violation_type="shelling")
    make_report(place=None, violation_type="shelling")
    for address in (LIST_MAP, MAP):
        page = analyst.get(address)
        body = page.content.decode()
        picture = re.search(r'<noscript><img class="map-picture" src="([^"]+)"', body)
        drawn = analyst.get(picture[1].replace("&amp;", "&")).content.decode() if picture else body
        assert drawn.count("<svg") and 'd="M' in drawn
        assert "Mapped <b>" not in body + drawn and "Mapped &lt;b&gt;town&lt;/b&gt;" in drawn
        assert "1 report without coordinates" in text_of(page)
        narrowed = analyst.get(address + "&type=airstrike")
        assert "Mapped &lt;b&gt;town&lt;/b&gt;" in narrowed.content.decode()
        assert "without coordinates" not in text_of(narrowed)
        assert analyst.get(address + "&type=nonsense").status_code == 400


def test_what_the_map_lacks_is_the_list_that_its_number_leads_to(analyst: Client) -> None:
    at("36.2", "37.1")
    for summary, violation_type in (("by the ford", "shelling"), ("by the ford", "airstrike"), ("", "shelling"), ("", "sniper")):
        make_report(place=None, summary=summary, violation_type=violation_type)
    for asked, expected in (("", 4), ("&type=shelling", 2), ("&box=36,35,38,37&zoom=9&text=ford", 2), ("&coordinates=without", 4)):
        led_to = set()
        for page in (MAP, MARKS, LIST_MAP):
            body = analyst.get(page + asked).content.decode()
            pill = re.search(r'<a class="chip chip--outline" href="([^"]+)">.*?(\d+) reports without coordinates', body, re.DOTALL)
            assert pill and int(pill[2]) == expected, (page, asked)
            led_to.add(pill[1].replace("&amp;", "&"))
        (address,) = led_to
        listed = text_of(analyst.get(address))
        assert f"{expected} reports, as one source each said it" in listed and "Coordinates: Without coordinates" in listed


def test_a_reader_on_a_grid_is_led_to_what_lacks_coordinates_for_them(db: None) -> None:
    """A place finer than the grid is not named, nor is it told whether it has coordinates."""
    mill = make_place("Mill", latitude="36.12", longitude="37.65", precision=PlacePrecision.POINT)
    make_report(place=mill), at("36.2", "37.1")
    profile = Profile.objects.create(slug="coarse", name="Coarse", is_every_agreement=True, grid=Grid.KM_11)
    reader = signed_in(make_user(User.Role.PARTNER, profile=profile))
    addresses = [f"{page}{word}" for page in (MARKS, LIST_MAP) for word in ("", "&coordinates=with", "&coordinates=without")]
    answers = []
    for point in (mill.latitude, None):
        Place.objects.filter(pk=mill.pk).update(latitude=point, longitude=point and mill.longitude)
        answers.append([reader.get(address).content for address in addresses])
    assert "1 report without coordinates" in answers[0][0].decode()
    assert answers[0][0] == answers[1][0] and answers[0][1:3] == answers[1][1:3]
    assert [text.count(b"without coordinates") for text in answers[0]] == [text.count(b"without coordinates") for text in answers[1]]


def test_a_single_report_is_named_with_how_exactly_it_knows_its_place(analyst: Client) -> None:
    report = at("36.2", "37.1", PlacePrecision.NEIGHBOURHOOD)
    vague = make_report(place=make_place("Province", latitude="30", longitude="30", precision=PlacePrecision.GOVERNORATE))
    body = analyst.get(MAP).content.decode()
    assert f'href="/en/reports/{report.public_id}/"' in body and report.reference in body
    assert 'data-metres="1000"' in body
    assert "Known to the governorate" in body and vague.reference in body
    assert body.count("data-metres") == 1


def test_the_marks_of_a_window_come_alone(analyst: Client) -> None:
    at("36.2", "37.1")
    at("-10", "-50")
    page = analyst.get(MARKS + "&box=36,35,38,37&zoom=9")
    assert "1 report in view · 1 elsewhere" in text_of(page)
    assert "<html" not in page.content.decode()
    assert "2 reports in view" in text_of(analyst.get(MARKS + WORLD))
    assert "No report asked for lies in this window." in text_of(analyst.get(MARKS + "&box=1,1,2,2&zoom=9"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("&box=1,2,3", "Write a box as west,south,east,north"),
        ("&box=36,37,38,35", "The box ends south of where it begins."),
        ("&box=36,35,38,37&zoom=99", "A zoom level is a whole number from 1 to 18."),
        ("&zoom=7", "A zoom level needs a box"),
        ("&box=-180,-85,180,85&zoom=18", "This box is larger than a window shows"),
        ("&box=1,2,3,4&box=1,2,3,4", "is given more than once"),
    ],
)
def test_what_is_no_window_is_said_and_nothing_is_shown_for_it(analyst: Client, asked: str, said: str) -> None:
    at("36.2", "37.1")
    for address in (MAP, MARKS):
        page = analyst.get(address + asked)
        assert page.status_code == 400
        assert said in text_of(page)
        assert "data-at=" not in page.content.decode()


def test_a_popup_names_the_newest_reports_of_a_mark_and_leads_to_all(analyst: Client) -> None:
    town = make_place("Town", latitude="36.2", longitude="37.1")
    made = [make_report(place=town) for _number in range(10)]
    body = analyst.get(MAP).content.decode()
    address = re.search(r'data-here="([^"]+)"', body)
    assert address
    page = analyst.get(address[1].replace("&amp;", "&"))
    assert made[-1].reference in text_of(page) and made[0].reference not in text_of(page)
    assert "All 10 reports here" in text_of(page)
    assert analyst.get("/en/map/here/?agreement=river-2020&box=x").status_code == 400


def test_a_reader_on_a_grid_is_told_nodes_alone(db: None) -> None:
    profile = Profile.objects.create(slug="coarse", name="Coarse", is_every_agreement=True, grid=Grid.KM_11)
    at("36.171717", "37.028282")
    reader = signed_in(make_user(User.Role.PARTNER, profile=profile))
    for address in (MAP, MARKS + WORLD):
        body = reader.get(address).content.decode()
        assert 'data-at="36.200000,37.000000"' in body
        assert 'data-metres="15000"' in body
        assert "36.17" not in body and "37.02" not in body


def test_neither_picture_nor_popup_nor_names_tell_more_than_the_marks(db: None) -> None:
    profile = Profile.objects.create(slug="coarse", name="Coarse", is_every_agreement=True, grid=Grid.KM_11)
    report = at("36.171717", "37.028282")
    make_place("Hidden hamlet", latitude="36.171717", longitude="37.028282", precision=PlacePrecision.TOWN)
    reader, exact = signed_in(make_user(User.Role.PARTNER, "afar", profile=profile)), signed_in(make_user(User.Role.ANALYST))
    near = "agreement=river-2020&box=36.8,36.0,37.2,36.4"
    addresses = (f"/en/map/marks/?{near}&zoom=11", f"/en/map/picture.svg?{near}&zoom=11", f"/en/map/here/?{near}")

    def told(client: Client) -> list[bytes]:
        return [client.get(address).content for address in addresses]

    before, seen = told(reader), told(exact)
    assert report.reference.encode() in before[2]
    assert b"Hidden hamlet" in seen[0] and b"Hidden hamlet" not in b"".join(before)
    Report.objects.filter(pk=report.pk).update(latitude="36.222222", longitude="36.981818")
    make_report(convoy=make_convoy(), latitude=Decimal("36.3"), longitude=Decimal("37.1"), place_precision=PlacePrecision.POINT)
    assert told(reader) == before, "elsewhere on the same node, beside a report on a convoy that is not released"
    assert all(one != other for one, other in zip(told(exact), seen, strict=True))


def test_the_drawing_of_one_report_names_the_nearest_places_and_none_finer_than_the_grid(analyst: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(names, "MOST_AROUND", 2)
    make_place("Away", latitude="36.4", longitude="37.4")
    make_place("Mill", latitude="36.12", longitude="37.65", precision=PlacePrecision.POINT)
    make_place("Zawiya", latitude="36.11", longitude="37.66", precision=PlacePrecision.DISTRICT)
    page = f"/en/reports/{at('36.12', '37.65').public_id}/"
    whole = text_of(analyst.get(page))
    assert "at Mill" in whole and "Zawiya" in whole and "Away" not in whole
    profile = Profile.objects.create(slug="grid", name="Grid", grid=Grid.KM_11)
    coarse = text_of(signed_in(make_user(User.Role.PARTNER, "coarse", profile=profile)).get(page))
    assert "of Zawiya" in coarse and "Mill" not in coarse


def test_ways_of_convoys_are_for_those_who_may_see_them(analyst: Client, partner: Client) -> None:
    ends = {"origin": make_place("Depot", latitude="36.5", longitude="37"), "destination": make_place("Camp", latitude="36.1", longitude="37.3")}
    convoy = make_convoy(reference="CV-SECRET", **ends)
    make_report()
    assert 'data-way="36.500000,37.000000 36.100000,37.300000"' in analyst.get(MAP).content.decode()
    assert "CV-SECRET" not in partner.get(MAP).content.decode()
    tell(convoy, ConvoyStatus.DELIVERED)
    release(convoy)
    assert "CV-SECRET" in partner.get(MAP).content.decode()


def test_the_ground_is_sent_with_names_in_the_readers_language_and_may_be_kept(analyst: Client) -> None:
    english, arabic = analyst.get("/en/map/ground/syria.json"), analyst.get("/ar/map/ground/syria.json")
    assert "immutable" in english["Cache-Control"] and "private" in english["Cache-Control"]
    said, its = json.loads(english.content), json.loads(arabic.content)
    assert {"Aleppo", "Homs"} <= {region[1] for region in said["regions"]}
    assert "سوريا" in {*its["countries"].values()}
    assert len(said["kinds"]) == len(said["lines"]) and set(said["kinds"]) == {"0", "1", "2"}
    assert [dispute["name"] for dispute in said["disputes"]] == ["Golan Heights (disputed)"]
    assert analyst.get("/en/map/ground/atlantis.json").status_code == 404


def test_pictures_come_from_a_tile_server_only_where_one_is_set_and_only_on_this_page(analyst: Client, settings: Any) -> None:
    make_agreement()
    assert "img-src 'self' data:;" in analyst.get(MAP)["Content-Security-Policy"] + ";"
    settings.TILE_SERVER, settings.TILE_ORIGIN = "https://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org"
    settings.TILE_ATTRIBUTION = "Tiles <by> somebody"
    page = analyst.get(MAP)
    assert "img-src 'self' data: https://tiles.example.org" in page["Content-Security-Policy"]
    assert 'data-tiles-by="Tiles &lt;by&gt; somebody"' in page.content.decode()
    assert "example.org" not in analyst.get("/en/reports/?agreement=river-2020")["Content-Security-Policy"]
