"""Tallies over JSON: what the ledger holds, null where nothing is computed, and no sum of our own."""

from datetime import date
from typing import Any

from rest_framework.test import APIClient

from incidents.actions import aggregates
from incidents.actions.reports import HarmStated
from incidents.vocabulary import Basis, HarmGroup, HarmKind
from tests.api.test_schema import check
from tests.builders import make_agreement, make_claim, make_party, make_report, make_source, sealed_and_posted
from tests.builders.convoys import make_convoy

ADDRESS = "/api/v1/agreements/river-2020/tallies/"


def test_before_anything_is_counted_numbers_are_null(partner: APIClient) -> None:
    agreement = make_agreement()
    told = partner.get(ADDRESS).json()
    assert told["agreement"] == {"id": str(agreement.public_id), "slug": "river-2020", "name": "River truce", "name_ar": ""}
    assert told["window"] == {"first": "2020-06-01", "last": "2020-06-07", "timezone": "Asia/Damascus"}
    assert (told["change"], told["as_known_on"]) == (0, None)
    assert [side["side"]["code"] for side in told["sides"]] == ["A", "B"]
    for series in (*told["sides"], told["no_side"], told["nobody"]):
        assert (series["claimed"], series["logged"], series["incidents"], series["verified"]) == ([], None, None, None)


def test_it_has_the_shape_that_was_promised(partner: APIClient) -> None:
    claim = make_claim(254, external_id="moi-1")
    make_report()
    sealed_and_posted()
    told = partner.get(ADDRESS).json()
    assert set(told) == {
        "agreement",
        "window",
        "as_known_on",
        "change",
        "sides",
        "no_side",
        "nobody",
        "waiting",
        "coverage",
        "periods",
        "by",
        "cells",
    }
    assert told["change"] > 0 and told["as_known_on"] and told["waiting"] == 0
    side = told["sides"][0]
    assert set(side) == {"side", "claimed", "logged", "incidents", "verified"}
    assert set(side["side"]) == {"code", "name", "name_ar", "id"}
    assert (side["logged"], side["incidents"], side["verified"]) == (1, 0, 0)
    (figure,) = side["claimed"]
    assert set(figure) == {"claimant", "unit", "count", "qualifier", "harm", "statements", "flags"}
    assert figure["claimant"]["slug"] == "highlands"
    assert (figure["unit"], figure["count"], figure["flags"]) == ("violation", 254, [])
    (statement,) = figure["statements"]
    assert statement == {
        "id": str(claim.public_id),
        "count": 254,
        "url": f"http://testserver/api/v1/aggregate-claims/{claim.public_id}/",
        "reference": "moi-1",
        "published_on": "2020-06-07",
    }
    assert partner.get(statement["url"]).json()["count"] == 254
    assert told["sides"][1]["logged"] == 0


def test_a_figure_waits_for_the_worker(partner: APIClient) -> None:
    claim = make_claim(254)
    sealed_and_posted()
    before = partner.get(ADDRESS).json()
    names = ("agreement", "claimant", "source", "unit", "basis", "counted_from", "period_end", "published_on")
    facts: dict[str, Any] = {name: getattr(claim, name) for name in names}
    aggregates.supersede(claim=claim, by=None, accused=[claim.agreement.sides.get(code="A")], count=260, **facts)
    assert partner.get(ADDRESS).json() == before
    sealed_and_posted()
    after = partner.get(ADDRESS).json()
    assert after["sides"][0]["claimed"][0]["count"] == 260
    assert after["change"] > before["change"]


def test_figures_of_two_claimants_stand_side_by_side(partner: APIClient) -> None:
    make_claim(254)
    make_claim(302, claimant=make_party("Monitor"))
    sealed_and_posted()
    claimed = partner.get(ADDRESS).json()["sides"][0]["claimed"]
    assert [(figure["claimant"]["slug"], figure["count"]) for figure in claimed] == [("highlands", 254), ("monitor", 302)]


def test_what_must_be_known_travels_in_the_language_asked_for(partner: APIClient) -> None:
    make_claim(10, period_end=make_agreement().first_day)
    sealed_and_posted()
    (flag,) = partner.get(ADDRESS).json()["sides"][0]["claimed"][0]["flags"]
    assert flag["code"] == "gap"
    assert flag["message"] == "The latest statement does not reach the end of the window."
    assert (flag["from"], flag["to"]) == ("2020-06-02", "2020-06-07")
    assert partner.get(ADDRESS, headers={"Accept-Language": "ar"})["Content-Language"] == "ar"


def test_an_unknown_number_is_null_and_not_zero(partner: APIClient) -> None:
    make_claim(None)
    sealed_and_posted()
    (figure,) = partner.get(ADDRESS).json()["sides"][0]["claimed"]
    assert figure["count"] is None
    assert figure["statements"][0]["count"] is None


def test_reports_against_no_side_and_nobody_are_kept_apart(partner: APIClient) -> None:
    make_report(accused_party=make_party("Outsiders"))
    make_report(accused_party=None)
    make_report(accused_party=None)
    sealed_and_posted()
    told = partner.get(ADDRESS).json()
    assert (told["no_side"]["logged"], told["nobody"]["logged"]) == (1, 2)
    assert [side["logged"] for side in told["sides"]] == [0, 0]


def test_a_protected_source_gives_partners_no_reference(partner: APIClient, analyst: APIClient) -> None:
    make_claim(external_id="hotline-7", source=make_source("Hotline", is_protected=True), basis=Basis.CUMULATIVE)
    sealed_and_posted()

    def reference(client: APIClient) -> Any:
        return client.get(ADDRESS).json()["sides"][0]["claimed"][0]["statements"][0]["reference"]

    assert (reference(analyst), reference(partner)) == ("hotline-7", None)


def test_an_agreement_that_is_not_there_is_not_found(partner: APIClient) -> None:
    answer = partner.get("/api/v1/agreements/none/tallies/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_it_answers_for_other_days_and_for_an_earlier_change(partner: APIClient) -> None:
    make_claim(254)
    make_report()
    sealed_and_posted()
    earlier = partner.get(ADDRESS).json()
    make_report(occurred_on=date(2020, 6, 4))
    make_report(occurred_on=date(2020, 6, 20))
    sealed_and_posted()
    settled = partner.get(ADDRESS, {"change": earlier["change"]}).json()
    assert settled == earlier
    assert settled == partner.get(ADDRESS, {"as_known_on": earlier["as_known_on"]}).json()
    assert [
        partner.get(ADDRESS, asked).json()["sides"][0]["logged"]
        for asked in ({}, {"periods": "all"}, {"from": "2020-06-04"}, {"since": "2020-06-04"})
    ] == [2, 3, 1, 1]


def test_it_is_broken_down_and_each_number_opens_its_records(partner: APIClient) -> None:
    report = make_report()
    make_report(occurred_on=date(2020, 6, 4))
    sealed_and_posted()
    told = partner.get(ADDRESS, {"by": "day"}).json()
    logged = [cell for cell in told["cells"] if cell["method"] == "logged"]
    assert [(cell["key"], cell["side"], cell["best"]) for cell in logged] == [("2020-06-02", "A", 1), ("2020-06-04", "A", 1)]
    opened = partner.get(logged[0]["behind"]).json()
    assert [record["id"] for record in opened["records"]] == [str(report.public_id)]
    assert opened["records"][0]["url"].endswith(f"/api/v1/reports/{report.public_id}/")
    check("/api/v1/agreements/{slug}/tallies/behind/", "get", partner.get(logged[0]["behind"]))
    check("/api/v1/agreements/{slug}/tallies/", "get", partner.get(ADDRESS, {"by": "day"}))
    check("/api/v1/agreements/{slug}/tallies/cells/", "get", partner.get(f"{ADDRESS}cells/", {"by": "type"}))


def test_what_a_reader_may_not_see_is_in_no_number_and_behind_none(partner: APIClient, analyst: APIClient) -> None:
    agreement = make_agreement()
    make_report(convoy=make_convoy(agreement=agreement))
    make_report()
    sealed_and_posted()
    for client, number in ((partner, 1), (analyst, 2)):
        (cell,) = client.get(f"{ADDRESS}cells/").json()["cells"]
        assert cell["best"] == number
        assert len(client.get(cell["behind"]).json()["records"]) == number


def test_a_parameter_that_cannot_be_read_is_named(partner: APIClient) -> None:
    make_report()
    sealed_and_posted()
    for asked, field in (
        ({"by": "mood"}, "by"),
        ({"from": "x"}, "from"),
        ({"from": "2020-06-04", "since": "2020-06-04"}, "since"),
        ({"as_known_on": "now"}, "as_known_on"),
        ({"color": "1"}, "color"),
    ):
        answer = partner.get(ADDRESS, asked)
        assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_ways_of_counting_are_listed_with_what_they_say(partner: APIClient) -> None:
    listed = partner.get("/api/v1/tally-methods/").json()["results"]
    assert [one["name"] for one in listed][:4] == ["claimed", "claimed_daily", "logged", "stated"]
    assert partner.get(listed[2]["url"]).json() == listed[2]
    check("/api/v1/tally-methods/{slug}/", "get", partner.get(listed[2]["url"]))


def test_what_is_behind_a_number_sums_to_it_over_all_pages_and_as_it_was_counted(partner: APIClient) -> None:
    reports = [make_report() for _each in range(5)]
    sealed_and_posted()
    (cell,) = partner.get(f"{ADDRESS}cells/").json()["cells"]
    address, pages = f"{cell['behind']}&limit=2", []
    while address:
        pages.append(partner.get(address).json())
        address = pages[-1]["next"]
        make_report()  # what comes later is on no later page
        sealed_and_posted()
    assert [len(page["records"]) for page in pages] == [2, 2, 1]
    assert {record["id"] for page in pages for record in page["records"]} == {str(report.public_id) for report in reports}
    assert sum(record["best"] for page in pages for record in page["records"]) == cell["best"] == 5
    assert not any(page["is_all"] for page in pages)
    for asked, field in (({"cursor": "nonsense"}, "cursor"), ({"limit": "0"}, "limit"), ({"limit": "10001"}, "limit")):
        answer = partner.get(f"{ADDRESS}behind/", asked)
        assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_record_that_stands_in_two_numbers_is_not_torn_over_pages(partner: APIClient) -> None:
    for _each in range(3):
        make_report(harm=[HarmStated(HarmKind.KILLED, 1, 2, 3, group=group) for group in (HarmGroup.CIVILIANS, HarmGroup.FIGHTERS)])
    sealed_and_posted()
    address, pages = f"{ADDRESS}behind/?measure=killed&limit=3", []
    while address:
        pages.append([record["id"] for record in partner.get(address).json()["records"]])
        address = partner.get(address).json()["next"]
    assert [len(page) for page in pages] == [2, 2, 2]
    assert all(len(set(page)) == 1 for page in pages)
