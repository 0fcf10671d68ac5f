"""The public dashboard: off unless a deployment names a profile, the same for everybody, and never more than that profile gives. The brief."""

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from incidents.actions import declarations, reference
from incidents.models import Agreement, Profile, Report, User
from incidents.vocabulary import Grid, Stance
from tests.builders import make_agreement, make_claim, make_party, make_report, make_source, make_user, sealed_and_posted
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db
PUBLIC = "/en/public/river-2020/"


@pytest.fixture
def opened(settings: Any) -> Profile:
    """Open one agreement to the public, delayed by a day."""
    settings.PUBLIC_PROFILE = "public"
    profile = Profile.objects.create(slug="public", name="Public", is_every_agreement=False, grid=Grid.KM_11, shows_convoys=False)
    profile.agreements.set([make_agreement()])
    return profile


def test_nothing_is_public_unless_a_deployment_says_so(settings: Any, opened: Profile) -> None:
    make_agreement("hills-2020")
    assert Client().get(PUBLIC).status_code == 200
    assert Client().get("/en/public/hills-2020/").status_code == 404, "only what the profile names"
    settings.PUBLIC_PROFILE = "misspelt"
    assert Client().get(PUBLIC).status_code == Client().get("/en/public/").status_code == 404
    settings.PUBLIC_PROFILE = ""
    assert Client().get(PUBLIC).status_code == Client().get(f"{PUBLIC}as-of/1/").status_code == 404


def test_it_is_the_same_for_everybody_and_names_no_source(opened: Profile) -> None:
    make_claim(254, source=make_source("Whispering Willow"), spoken_by="Spokesman of the mill", wording="overheard in the cellar")
    make_report(source=make_source("Whispering Willow"), summary="overheard in the cellar", place_as_worded="Behind the mill")
    sealed_and_posted()
    answer = Client().get(PUBLIC)
    page = answer.content.decode()
    assert ">254<" in page and "Highlands" in page and "never added together" in page
    for secret in ("illow", "mill", "cellar", "csrf"):
        assert secret not in page
    assert answer["Cache-Control"].startswith("public, max-age=") and answer["Vary"] == "Accept-Encoding" and not answer.cookies
    signed = signed_in(make_user(User.Role.ADMINISTRATOR, "root")).get(PUBLIC)
    assert signed.content == answer.content and not signed.cookies and "Cookie" not in signed.get("Vary", "")
    packed = Client().get(PUBLIC, headers={"Accept-Encoding": "gzip"})
    assert len(packed.content) < len(answer.content) / 2
    for one in (answer, packed):
        assert Client().get(PUBLIC, headers={"If-None-Match": one["ETag"]}).status_code == 304
    address = re.findall(r'href="/en/public/river-2020/as-of/([^"]*#[^"]*)"', page)[0]
    settled = Client().get(f"/en/public/river-2020/as-of/{address.partition('#')[0]}")
    assert settled.status_code == 200 and f'id="{address.partition("#")[2]}"' in settled.content.decode()


def test_the_figures_of_the_page_are_a_chart_and_files_that_everybody_may_fetch(opened: Profile) -> None:
    make_claim(254, source=make_source("Whispering Willow"), wording="=cmd|overheard")
    make_report()
    sealed_and_posted()
    page = Client().get(PUBLIC).content.decode()
    links = dict.fromkeys(re.findall(r'href="(/en/public/river-2020/as-of/[0-9]+/figures\.[a-z]+)"', page))
    assert [link.rpartition(".")[2] for link in links] == ["csv", "json", "svg"] and "data-chart" in page
    table, figures, picture = (Client().get(link) for link in links)
    for answer in (table, figures, picture):
        assert answer["Cache-Control"].startswith("public, max-age=") and not answer.cookies and "-ltr." in answer["Content-Disposition"]
        assert "illow" not in answer.content.decode() and "overheard" not in answer.content.decode()
        assert Client().get(answer.request["PATH_INFO"], headers={"If-None-Match": answer["ETag"]}).status_code == 304
    first = json.loads(figures.content)["sides"][0]
    assert [claim["number"] for claim in first["claimed"]] == [254] and first["claimed"][0]["claimant"] == "Highlands"
    assert {name: first[name]["number"] for name in ("logged", "incidents", "verified")} == {"logged": 1, "incidents": 0, "verified": 0}
    counted = {(row["side"], row["series"]): row["number"] for row in csv.DictReader(io.StringIO(table.content.decode()))}
    assert counted["A", "claimed"] == "254" and counted["A", "logged"] == "1" and counted["B", "claimed"] == ""
    assert picture["Content-Type"].startswith("image/svg+xml") and ">254<" in picture.content.decode()
    assert Client().get(f"{PUBLIC}figures.exe").status_code == 404
    assert "-rtl." in Client().get("/ar/public/river-2020/figures.svg")["Content-Disposition"]


def test_a_page_that_is_cited_stays_as_it_was_and_no_cache_keeps_what_has_changed(opened: Profile) -> None:
    agreement = make_agreement()
    agreement.summary = "On record before anything is counted."
    reference.save(agreement, by=None)
    make_report()
    sealed_and_posted()
    address = re.findall(r'href="(/en/public/river-2020/as-of/[0-9]+/)#', Client().get(PUBLIC).content.decode())[0]
    cited, brief = Client().get(address), f"/en/agreements/river-2020/brief/?day=2020-06-03&change={address.split('/')[-2]}"
    analyst = signed_in(make_user(User.Role.ANALYST, "ana"))
    printed = _standing(analyst.get(brief).content.decode())
    facts: dict[str, Any] = {"stance": Stance.OVER, "declared_on": date(2020, 6, 3), "gist": "Over.", "source": make_source()}
    declarations.declare(by=None, agreement=agreement, party=make_party("Highlands"), **facts)
    agreement.in_force_until = timezone.now() + timedelta(days=9)
    reference.save(agreement, by=None)
    sealed_and_posted()
    assert "Highlands: over" in Client().get(PUBLIC).content.decode()
    assert Client().get(address).content == cited.content, "what was declared, and prolonged, since is not in it"
    assert _standing(analyst.get(brief).content.decode()) == printed
    held = {page: Client().get(page)["ETag"] for page in ("/en/public/", PUBLIC, address)}
    Agreement.objects.update(name="Truce of the two rivers")
    for page, tag in held.items():
        answer = Client().get(page, headers={"If-None-Match": tag})
        assert answer.status_code == 200 and "two rivers" in answer.content.decode(), page


def test_a_claim_without_a_number_against_a_party_on_no_side_is_told(opened: Profile) -> None:
    make_claim(None, claimant=make_party("Monitor"), accused=[make_party("Stranger")])
    sealed_and_posted()
    rows = csv.DictReader(io.StringIO(Client().get(f"{PUBLIC}figures.csv").content.decode()))
    told = {(row["claimant"], row["series"]): row["number"] for row in rows if row["side_name"] == "Parties on no side"}
    assert told == {("Monitor", "claimed"): "", ("", "logged"): "0", ("", "incidents"): "0", ("", "verified"): "0"}, "unknown is not zero"


def test_what_came_in_within_the_delay_does_not_exist_at_any_address(opened: Profile) -> None:
    make_report()
    sealed_and_posted()
    counted = Client().get(PUBLIC).content.decode()
    opened.delay_hours = 24
    opened.save()
    delayed = Client().get(PUBLIC)
    assert delayed.status_code == 200 and delayed.content.decode() != counted
    change = counted.split("/as-of/")[1].partition("/")[0]
    assert Client().get(f"{PUBLIC}as-of/{change}/").status_code == 404
    assert Client().get(f"{PUBLIC}as-of/99999/").status_code == 404
    assert Report.objects.filter(submitted_at__gt=timezone.now() - timedelta(hours=1)).exists()


def test_the_brief_tells_a_day_as_known_and_what_partners_may_see() -> None:
    agreement = make_agreement()
    make_claim(254)
    make_report(occurred_on=date(2020, 6, 2))
    sealed_and_posted()
    client = signed_in(make_user(User.Role.ANALYST, "ana"))
    brief = f"/en/agreements/{agreement.slug}/brief/"
    page = client.get(brief, {"day": "2020-06-02"}).content.decode()
    assert "2 June 2020" in page and "<b>254</b>" in page and "The whole truce" in page
    address = page.split('<p dir="ltr">http://testserver')[1].split("<")[0].replace("&amp;", "&")
    make_report(occurred_on=date(2020, 6, 2), summary="later")
    sealed_and_posted()
    assert _figures(client.get(address).content.decode()) == _figures(page), "as known up to the change that it names"
    assert _figures(client.get(brief, {"day": "2020-06-02"}).content.decode()) != _figures(page)
    for wrong in ("2020-06-31", "1999-01-01", "2999-01-01"):
        assert client.get(brief, {"day": wrong}).status_code == 400
    assert Client().get(brief).status_code == 302


def _standing(page: str) -> str:
    return page.split("Standing")[1].split("</p>")[0]


def _figures(page: str) -> str:
    return page.split("brief-columns")[1].split('id="said"')[0]
