"""The dashboard shows what the ledger holds: balances with their claimants, and "not computed" where nothing was."""

import csv
import html
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from incidents.actions import coverage, seals
from incidents.models import Agreement, LedgerEntry, LedgerHead
from incidents.queries import dashboard
from incidents.vocabulary import Basis, Unit
from tests.builders import correct_claim, make_agreement, make_claim, make_party, make_place, make_report, make_source, sealed_and_posted
from tests.builders.convoys import make_convoy
from tests.views.reading import card_of, text_of

DASHBOARD = "/en/agreements/river-2020/"


def test_figures_come_from_the_posted_ledger_and_not_from_claims(analyst: Client) -> None:
    claim = make_claim(254)
    sealed_and_posted()
    assert "254" in card_of(analyst.get(DASHBOARD), "A")
    correct_claim(claim, 260)
    while seals.seal():
        pass
    waiting = analyst.get(DASHBOARD)
    assert "254" in card_of(waiting, "A")
    assert "260" not in card_of(waiting, "A")
    assert "2 changes not yet counted" in text_of(waiting)
    sealed_and_posted()
    assert "260" in card_of(analyst.get(DASHBOARD), "A")


def test_zero_is_what_was_counted_and_not_found(analyst: Client) -> None:
    make_claim(254)
    sealed_and_posted()
    card = card_of(analyst.get(DASHBOARD), "A")
    for series in ("Logged", "Incidents", "Verified"):
        assert f"{series} 0" in card


def test_a_side_against_which_nobody_claims_has_no_number(analyst: Client) -> None:
    make_claim(254)
    sealed_and_posted()
    card = card_of(analyst.get(DASHBOARD), "B")
    assert "Nobody published a total against this side. That is not zero." in card
    assert "Claimed no number" in card


def test_before_anything_is_counted_nothing_is_zero(analyst: Client) -> None:
    make_agreement()
    assert not LedgerEntry.objects.exists()
    answer = analyst.get(DASHBOARD)
    for series in ("Logged", "Incidents", "Verified"):
        assert f"{series} not computed yet" in card_of(answer, "A")
    assert "Nothing has been counted yet." in text_of(answer)


def test_claimants_stand_side_by_side_and_are_never_added(analyst: Client) -> None:
    make_claim(254)
    make_claim(213, claimant=make_party("Monitor"))
    sealed_and_posted()
    card = card_of(analyst.get(DASHBOARD), "A")
    assert "254 claimed violations claimed by Highlands" in card
    assert "213 claimed violations, claimed by Monitor" in card
    assert "467" not in text_of(analyst.get(DASHBOARD))


def test_each_claimed_number_leads_to_its_statement_and_each_logged_one_to_its_reports(analyst: Client) -> None:
    claim = make_claim(254)
    make_report()
    make_report(occurred_on=date(2020, 7, 1))
    sealed_and_posted()
    page = analyst.get(DASHBOARD).content.decode()
    assert f'href="/en/claims/{claim.public_id}/">254</a>' in page
    behind = "/en/reports/?agreement=river-2020&amp;side=A&amp;state=submitted&amp;since=2020-06-01&amp;until=2020-06-07"
    assert f'href="{behind}">1</a>' in page
    assert "1 report, as one source each said it" in text_of(analyst.get(behind.replace("&amp;", "&")))


def test_a_figure_from_several_statements_leads_to_exactly_those(analyst: Client) -> None:
    shared = {"basis": "periodic", "counted_from": None}
    make_claim(20, period_start=date(2020, 6, 1), period_end=date(2020, 6, 2), published_on=date(2020, 6, 2), **shared)
    make_claim(30, period_start=date(2020, 6, 3), period_end=date(2020, 6, 7), published_on=date(2020, 6, 7), **shared)
    make_claim(7, claimant=make_party("Monitor"))
    sealed_and_posted()
    page = analyst.get(DASHBOARD).content.decode()
    behind = "/en/claims/?agreement=river-2020&amp;claimant=highlands&amp;against=A&amp;unit=violation"
    assert f'href="{behind}"' in page
    shown = text_of(analyst.get(behind.replace("&amp;", "&")))
    assert "1–2 Jun 2020 for a period 20" in shown
    assert "3–7 Jun 2020 for a period 30" in shown
    assert shown.count("in the figure") == 2, "and no third"


def test_flags_are_sentences(analyst: Client) -> None:
    make_claim(254, period_end=date(2020, 6, 5), published_on=date(2020, 6, 5))
    sealed_and_posted()
    assert "The latest statement does not reach the end of the window. 6–7 Jun 2020." in card_of(analyst.get(DASHBOARD), "A")


def test_who_speaks_for_a_protected_source_is_not_named(partner: Client) -> None:
    make_claim(254, source=make_source("Hidden", is_protected=True), spoken_by="A person at risk")
    sealed_and_posted()
    assert "A person at risk" not in partner.get(DASHBOARD).content.decode()


def test_only_the_fragment_is_sent_to_htmx_and_it_asks_less_often_when_all_is_counted(analyst: Client) -> None:
    make_claim(254)
    while seals.seal():
        pass
    waiting = analyst.get(DASHBOARD, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in waiting
    assert 'hx-trigger="every 3s"' in waiting
    sealed_and_posted()
    counted = analyst.get(DASHBOARD, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 10s"' in counted


def test_those_on_no_side_and_nobody_accused_stand_beside_the_cards(analyst: Client) -> None:
    make_report(accused_party=make_party("Faraway"))
    make_report(accused_party=None)
    make_report(accused_party=None)
    sealed_and_posted()
    words = text_of(analyst.get(DASHBOARD))
    assert "Parties on no side: 1 report logged" in words
    assert "Nobody accused: 2 reports logged" in words


def test_a_past_truce_says_that_it_is_past(analyst: Client) -> None:
    make_agreement()
    words = text_of(analyst.get(DASHBOARD))
    assert "Day 7 of 7 · 1–7 June 2020" in words
    assert "In the past: it lapsed on 7 Jun 2020 23:59, Damascus" in words


def test_attention_counts_what_it_then_lists(analyst: Client) -> None:
    make_report(accused_party=None, occurred_on=None, time_precision="unknown")
    sealed_and_posted()
    words = text_of(analyst.get(DASHBOARD))
    assert "Without a single day 1" in words
    listed = text_of(analyst.get(DASHBOARD + "attention/"))
    assert "Reports that count for no single day 1" in listed


def test_a_daily_bar_stands_only_where_somebody_claimed_that_day(analyst: Client) -> None:
    day = {
        "basis": "periodic",
        "counted_from": None,
        "period_start": date(2020, 6, 3),
        "period_end": date(2020, 6, 3),
        "published_on": date(2020, 6, 3),
    }
    make_claim(42, **day)
    make_claim(254)
    sealed_and_posted()
    page = analyst.get(DASHBOARD).content.decode()
    assert page.count('class="box claimed"') == 1
    assert "3 June 2020. Lowlands and allies: 42 claimed by Highlands, 0 logged, incidents: 0, verified: 0." in page
    assert "nobody claimed a number for this day" in page


def test_coverage_beside_a_zero_is_as_known_when_it_was_counted(analyst: Client) -> None:
    agreement = make_agreement()
    make_claim(254)
    sealed_and_posted()
    seen: dict[str, Any] = {"observer": make_party("Monitor"), "kind": "patrol", "place": make_place(), "source": make_source()}
    coverage.log(by=None, agreement=agreement, from_on=agreement.first_day, **seen)
    nobody = "coverage is on record for these days"
    other = ("/en/tallies/?agreement=river-2020", "/en/tallies/sides/?agreement=river-2020")
    assert all(nobody in text_of(analyst.get(address)) for address in other)
    assert nobody in card_of(analyst.get(DASHBOARD), "A")  # as JSON has it: the coverage is not yet part of what was counted
    sealed_and_posted()
    assert nobody not in card_of(analyst.get(DASHBOARD), "A")
    assert not any(nobody in text_of(analyst.get(address)) for address in other)


def test_the_map_shows_where_reports_lie_and_how_many_have_no_coordinates(analyst: Client) -> None:
    make_report(place=make_place("Mapped <b>town</b>", latitude="36.2", longitude="37.1"))
    make_report(place=None)
    page = analyst.get(DASHBOARD)
    body = page.content.decode()
    assert '<text class="disc-name"' in body and "Mapped &lt;b&gt;town&lt;/b&gt;: 1" in body and "Mapped <b>" not in body
    assert '<a class="where-picture" href="/en/map/?agreement=river-2020"' in body
    assert "1 report without coordinates" in text_of(page)


def test_of_many_the_newest_are_listed_and_all_are_counted(analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "LISTED", 1)
    first, second = make_report(place=None), make_report(place=None)
    assert "Without coordinates 2" in text_of(analyst.get(DASHBOARD))
    page = analyst.get(f"{DASHBOARD}attention/")
    assert "Reports without coordinates the newest 1 of 2" in text_of(page)
    whole = html.unescape(page.content.decode()).partition('id="coordinates"')[2].partition('<a href="')[2].partition('"')[0]
    assert "2 reports" in text_of(analyst.get(whole)), "the others are one step away"
    listed = text_of(page).partition("Reports without coordinates")[2].partition("Reports that count")[0]
    assert second.reference in listed and first.reference not in listed


def in_three_windows() -> None:
    """Record a report before the truce, one on its first day and one on its last; a total for all of it and one for its last day."""
    for day in (date(2020, 5, 20), date(2020, 6, 1), date(2020, 6, 7)):
        make_report(occurred_on=day)
    make_claim(254)
    last = {"period_start": date(2020, 6, 7), "period_end": date(2020, 6, 7), "published_on": date(2020, 6, 7)}
    make_claim(9, claimant=make_party("Monitor"), basis="periodic", counted_from=None, **last)
    sealed_and_posted()


@pytest.mark.parametrize(
    ("days", "logged", "reports"),
    [
        ("", 2, "&since=2020-06-01&until=2020-06-07"),
        ("?days=truce", 2, "&since=2020-06-01&until=2020-06-07"),
        ("?days=today", 1, "&since=2020-06-07&until=2020-06-07"),
        ("?days=week", 2, "&since=2020-06-01&until=2020-06-07"),
        ("?days=all", 3, ""),
    ],
)
def test_a_window_counts_its_days_and_each_number_opens_exactly_what_it_counts(analyst: Client, days: str, logged: int, reports: str) -> None:
    in_three_windows()
    page = analyst.get(f"{DASHBOARD}{days}")
    assert f"Logged {logged} " in card_of(page, "A")
    behind = f"/en/reports/?agreement=river-2020&side=A&state=submitted{reports}"
    assert f'href="{behind.replace("&", "&amp;")}">{logged}</a>' in page.content.decode()
    listed = text_of(analyst.get(behind))
    assert f"{logged} report{'s' if logged > 1 else ''}, as one source each said it" in listed
    assert f"/?since={LedgerHead.objects.get().number}-0{days.replace('?', '&amp;') if 'truce' not in days else ''}" in page.content.decode()


def test_a_total_claimed_for_the_truce_is_not_cut_to_one_day_of_it(analyst: Client) -> None:
    in_three_windows()
    page = analyst.get(f"{DASHBOARD}?days=today")
    card = card_of(page, "A")
    assert "no number claimed violations claimed by Highlands" in card and "254 for 1–7 Jun 2020." in card
    assert "9 claimed violations, claimed by Monitor" in card
    said = text_of(page)
    assert "Tallies and chart count 7 Jun 2020, Damascus (UTC+3). A total claimed for other days is not cut to these" in said
    assert "Claimed totals stay those of the days in force." in text_of(analyst.get(f"{DASHBOARD}?days=all"))
    # What needs attention is no matter of days, and its numbers are the ones its page lists.
    flags = text_of(analyst.get(DASHBOARD)).partition("Flags on claimed figures ")[2].partition(" ")[0]
    assert f"Flags on claimed figures {flags} " in said and f"Flags on claimed figures {flags} " in text_of(analyst.get(f"{DASHBOARD}attention/"))


def test_a_sum_of_statements_in_a_window_opens_these_statements(analyst: Client) -> None:
    in_three_windows()
    shared = {"basis": "periodic", "counted_from": None, "claimant": make_party("Observers")}
    for day in (3, 6, 7):
        make_claim(day, period_start=date(2020, 6, day), period_end=date(2020, 6, day), published_on=date(2020, 6, day), **shared)
    Agreement.objects.update(in_force_from=datetime(2020, 5, 24, 21, tzinfo=UTC))
    sealed_and_posted()
    page = analyst.get(f"{DASHBOARD}?days=week")
    found = re.search(r'<a class="tally-figure [^"]*" href="([^"]*)">16</a>', page.content.decode())
    assert found, "3, 6 and 7 of June"
    opened = text_of(analyst.get(html.unescape(found[1])))
    assert "16" in opened and "254" not in opened


def test_the_chart_draws_the_days_counted_and_those_around_in_grey(analyst: Client) -> None:
    in_three_windows()
    for days, drawn, grey in (("", 11, 0), ("?days=today", 5, 0), ("?days=all", 19, 0)):
        body = analyst.get(f"{DASHBOARD}{days}").content.decode()
        assert (body.count("data-day "), body.count('outside" x')) == (drawn, grey), days
    make_report(occurred_on=date(2020, 6, 6))
    sealed_and_posted()
    assert 'class="box logged outside"' in analyst.get(f"{DASHBOARD}?days=today").content.decode()
    assert "not counted above" in text_of(analyst.get(f"{DASHBOARD}?days=today"))


def test_the_window_looked_at_is_told_to_all_and_a_word_that_is_none_is_refused(analyst: Client) -> None:
    make_agreement()
    body = analyst.get(f"{DASHBOARD}?days=week").content.decode()
    assert f'<a href="{DASHBOARD}?days=week" aria-current="page">Last 7 days</a>' in body
    assert f'<a href="{DASHBOARD}">This truce</a>' in body
    assert analyst.get(f"{DASHBOARD}?days=fortnight").status_code == 400
    make_agreement("to-come", in_force_from=datetime(2400, 1, 1, tzinfo=UTC), in_force_until=None)
    assert "Last day" not in text_of(analyst.get("/en/agreements/to-come/"))
    assert analyst.get("/en/agreements/to-come/?days=today").status_code == 400


def test_on_days_outside_the_truce_nobody_is_not_said_to_have_claimed_nothing(analyst: Client) -> None:
    make_claim(254)
    sealed_and_posted()
    assert "9 June 2020. Lowlands and allies: outside the truce, 0 logged" in analyst.get(DASHBOARD).content.decode()


def test_its_days_are_a_spreadsheet_and_a_picture_that_names_the_claimants(analyst: Client, partner: Client) -> None:
    for count, unit in ((42, Unit.VIOLATION), (None, Unit.SHOT)):
        day = {"basis": Basis.PERIODIC, "period_start": date(2020, 6, 3), "period_end": date(2020, 6, 3), "counted_from": None}
        make_claim(count, unit=unit, **day)
    make_report(occurred_on=date(2020, 6, 3), convoy=make_convoy())
    sealed_and_posted()
    for client, logged in ((analyst, "1"), (partner, "0")):
        rows = list(csv.DictReader(io.StringIO(client.get(f"{DASHBOARD}days.csv").content.decode())))
        of_day = {(row["series"], row["claimant"], row["unit"]): row["number"] for row in rows if (row["day"], row["side"]) == ("2020-06-03", "A")}
        assert of_day["claimed_daily", "highlands", "violation"] == "42"
        assert of_day["claimed_daily", "highlands", "shot"] == "", "unknown is not zero"
        assert of_day["logged", "", ""] == logged
    picture = analyst.get(f"/ar{DASHBOARD[3:]}chart.svg")
    assert picture["Content-Disposition"].endswith('-rtl.svg"') and picture["Content-Type"] == "image/svg+xml"
    body = picture.content.decode()
    assert ">42</text>" in body and "Highlands" in body and "http://testserver/ar/agreements/river-2020/" in body
    assert "class=" not in re.sub(r'class="slot"', "", body), "its colours are its own"
    assert analyst.get(f"{DASHBOARD}chart.svg?days=never").status_code == 400
