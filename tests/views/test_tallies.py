"""The tallies explorer: a form, its answer as table, chart and spreadsheet, and the records behind each number."""

import re
from datetime import date

import pytest
from django.test import Client

from incidents.actions import incidents
from incidents.models import Agreement
from tests.builders import make_agreement, make_claim, make_party, make_report, make_source, sealed_and_posted
from tests.builders.convoys import make_convoy
from tests.views.reading import text_of

PAGE = "/en/tallies/"


@pytest.fixture
def counted() -> Agreement:
    agreement = make_agreement()
    make_claim(254)
    reports = [make_report(), make_report(occurred_on=date(2020, 6, 4)), make_report(convoy=make_convoy())]
    incidents.open_for(reports=reports[:1], by=None, name="Shelling of the ford")
    sealed_and_posted()
    return agreement


@pytest.mark.parametrize("method", ["claimed", "logged", "incidents", "verified", "distinct_incidents"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_number_on_the_page_opens_records_that_sum_to_it(analyst: Client, counted: Agreement, method: str, language: str) -> None:
    page = analyst.get(f"/{language}/tallies/?agreement={counted.slug}&method={method}").content.decode()
    links = re.findall(r'href="([^"]*/behind/[^"]*)"><b><bdi>(\d+)', page)
    assert len(links) == (0 if method == "verified" else 1)
    for address, number in links:
        opened = analyst.get(address.replace("&amp;", "&")).content.decode()
        (total,) = re.findall(r"<tfoot>.*<b>(\d+)</b>", opened, re.DOTALL)
        counts = re.findall(r'<td class="number"><bdi>(\d+)</bdi></td></tr>', opened)
        assert total == number == str(sum(map(int, counts)))


def test_what_is_hidden_from_a_partner_is_in_none_of_it(partner: Client, analyst: Client, counted: Agreement) -> None:
    for client, number in ((partner, "2"), (analyst, "3")):
        rows = client.get(f"/en/tallies/{counted.slug}/table.csv?method=logged").content.decode().splitlines()
        assert dict(zip(rows[0].split(","), rows[1].split(","), strict=True))["best"] == number
        assert len(rows) == 2


def test_a_spreadsheet_runs_nothing_and_leaves_unknown_empty(analyst: Client) -> None:
    make_claim(None, claimant=make_party("Evil", slug="-evil"), source=make_source())
    sealed_and_posted()
    row = analyst.get("/en/tallies/river-2020/table.csv?method=claimed").content.decode().splitlines()[1]
    assert ",'-evil,violation,,,,," in row


def test_the_chart_is_a_picture_of_its_own(analyst: Client, counted: Agreement) -> None:
    answer = analyst.get(f"/en/tallies/{counted.slug}/chart.svg?by=day")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.strip().startswith(b"<svg") and b"<script" not in answer.content


def test_a_mistake_is_said_at_its_field_and_nothing_is_lost(analyst: Client, counted: Agreement) -> None:
    answer = analyst.get(f"{PAGE}?agreement={counted.slug}&method=logged&from=12/09&by=day")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'name="from" dir="ltr" placeholder="2016-09-12" value="12/09" aria-invalid="true"' in page
    assert '<option value="day" selected>' in page


def test_the_page_of_a_settled_number_says_the_same_later(analyst: Client, counted: Agreement) -> None:
    page = analyst.get(f"{PAGE}?agreement={counted.slug}&method=logged").content.decode()
    (address,) = re.findall(r'href="([^"]*)">Address of these very numbers', page)
    settled = analyst.get(address.replace("&amp;", "&"))
    make_report()
    sealed_and_posted()
    again = analyst.get(address.replace("&amp;", "&"))
    assert re.findall(r"<tbody>.*</tbody>", settled.content.decode(), re.DOTALL) == re.findall(
        r"<tbody>.*</tbody>", again.content.decode(), re.DOTALL
    )
    assert "tallies/counted" not in again.content.decode()


def test_a_page_is_drawn_anew_when_a_fold_has_landed_and_only_then(analyst: Client, counted: Agreement) -> None:
    page = analyst.get(PAGE).content.decode()
    (address,) = re.findall(r'hx-get="([^"]*tallies/counted[^"]*)"', page)
    assert analyst.get(address).status_code == 204
    make_report()
    assert analyst.get(address).status_code == 204
    sealed_and_posted()
    assert analyst.get(address)["HX-Refresh"] == "true"
    dashboard = analyst.get(f"/en/agreements/{counted.slug}/").content.decode()
    (polled,) = re.findall(r'hx-get="([^"]*since=[^"]*)"', dashboard)
    assert analyst.get(polled, headers={"HX-Request": "true"}).status_code == 204
    make_report()
    sealed_and_posted()
    assert analyst.get(polled, headers={"HX-Request": "true"}).status_code == 200


def test_ways_of_counting_have_pages(partner: Client) -> None:
    assert "one each whoever is blamed" in text_of(partner.get("/en/tallies/methods/"))
    assert "Submitted reports that stand" in text_of(partner.get("/en/tallies/methods/logged/"))
    assert partner.get("/en/tallies/methods/guessed/").status_code == 404


def test_several_agreements_stand_apart(analyst: Client, counted: Agreement) -> None:
    make_report(agreement=make_agreement("hills-2020", name="Hills truce"))
    sealed_and_posted()
    page = analyst.get(f"{PAGE}?agreement=river-2020&agreement=hills-2020&method=logged").content.decode()
    assert re.findall(r'/behind/[^"]*"><b><bdi>(\d+)', page) in (["3", "1"], ["1", "3"])
    assert analyst.get(f"{PAGE}?agreement=river-2020&agreement=none").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "Reports logged: 3."), ("ar", "البلاغات المسجّلة: 3.")])
def test_sides_stand_beside_one_another_in_the_agreements_order_and_none_is_ranked(
    analyst: Client, counted: Agreement, language: str, words: str
) -> None:
    page = text_of(analyst.get(f"/{language}/tallies/sides/?agreement={counted.slug}"))
    assert words in page
    if language == "en":
        first, second = (page.index(f"{name} and allies, as accused. Claimed:") for name in ("Lowlands", "Highlands"))
        assert first < second
        assert "254 36.3" in page, "254 in the seven days in force"
        assert not re.search(r"\b(more|most|worse|less|fewer) (than|violations)", page)


def test_a_chart_beside_others_draws_what_most_is_logged_of_and_says_what_it_leaves_out(
    analyst: Client, counted: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.views.desk.sides_compared.ROOM", 1)
    for kind in ("airstrike", "sniper", "sniper", "sniper", "sniper"):
        make_report(violation_type=kind)
    sealed_and_posted()
    page = analyst.get(f"/en/tallies/sides/?agreement={counted.slug}").content.decode()
    drawn = page[page.index("Logged, by type") :]
    assert ">Sniper fire</text>" in drawn and ">Airstrike</text>" not in drawn and "stand only in the table" in drawn


def test_pages_and_the_spreadsheet_behind_a_number_sum_to_it(analyst: Client, counted: Agreement, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidents.views.desk.tallies.LISTED", 2)
    address, counts, totals = f"/en/tallies/{counted.slug}/behind/?method=logged", [], set()
    while address:
        page = analyst.get(address).content.decode()
        counts.append([int(count) for count in re.findall(r'<td class="number"><bdi>(\d+)</bdi></td></tr>', page)])
        totals |= {*re.findall(r'In all</th><td class="number"><b>(\d+)', page)}
        following = re.findall(r'href="(\?[^"]*)" rel="next"', page)
        address = f"/en/tallies/{counted.slug}/behind/{following[0].replace('&amp;', '&')}" if following else ""
    assert (counts, totals) == ([[1, 1], [1]], {"3"})
    lines = b"".join(analyst.get(f"/en/tallies/{counted.slug}/behind.csv?method=logged")).decode().splitlines()  # type: ignore[call-overload]
    assert lines[0] == "type,id,label,bucket,side,claimant,unit,group,key,low,best,high"
    assert sum(int(line.split(",")[10]) for line in lines[1:]) == 3
    assert analyst.get(f"/en/tallies/{counted.slug}/behind/?cursor=nonsense").status_code == 400
