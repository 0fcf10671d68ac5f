"""Agreements on the desk: how each stands by its dates, how long it is or was, and what is declared of it, whoever asks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Agreement, Declaration
from incidents.views.desk.agreements import length
from tests.builders import make_agreement, make_party, make_source
from tests.views.reading import text_of


def declared(agreement: Agreement, party: str, stance: str) -> Declaration:
    facts: dict[str, Any] = {"party": make_party(party), "source": make_source(), "declared_on": date(2020, 6, 7)}
    return Declaration.objects.create(agreement=agreement, stance=stance, **facts)


def test_the_list_says_how_each_truce_stands_and_who_declares_what(analyst: Client) -> None:
    past, now = make_agreement(), timezone.now()
    declared(past, "Lowlands", "over"), declared(past, "Highlands", "prolong")
    make_agreement("open", name="Open truce", in_force_from=now - timedelta(days=3), in_force_until=None)
    make_agreement("coming", name="Coming truce", in_force_from=now + timedelta(days=400), in_force_until=None)
    shown = text_of(analyst.get("/en/agreements/"))
    assert "1–7 Jun 2020 7 days lapsed Lowlands: over; Highlands: prolong contested Lowlands and allies Highlands and allies" in shown
    assert "Day 4 in force, no end date Nobody has declared anything yet." in shown
    assert "Begins in 400 days not announced" in shown


@pytest.mark.parametrize(
    ("today", "says"),
    [((2020, 5, 30), "Begins in 2 days"), ((2020, 6, 1), "Day 1 of 7"), ((2020, 6, 7), "Day 7 of 7"), ((2020, 6, 8), "7 days")],
)
def test_days_are_counted_while_it_runs_and_told_once_it_is_past(today: tuple[int, int, int], says: str) -> None:
    begins, ends = datetime(2020, 5, 31, 21, tzinfo=UTC), datetime(2020, 6, 7, 20, 59, tzinfo=UTC)
    truce = Agreement(timezone="Asia/Damascus", in_force_from=begins, in_force_until=ends)
    assert length(truce, date(*today)) == says


def test_the_list_asks_no_more_often_when_there_are_more(analyst: Client) -> None:
    declared(make_agreement(), "Lowlands", "over"), make_agreement("second", name="Second truce")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            analyst.get("/en/agreements/")
        return len(queries)

    few = asked()
    for number in range(4):
        declared(make_agreement(f"truce-{number}", name=f"Truce {number}"), "Lowlands", "over")
    assert asked() <= few


def test_a_page_names_what_nobody_stated_together(analyst: Client) -> None:
    make_agreement()
    assert "Not stated announced on public reference source" in text_of(analyst.get("/en/agreements/river-2020/terms/"))
    Agreement.objects.update(announced_on=date(2020, 5, 30), reference="S/1", source_link="https://x.example")
    page = text_of(analyst.get("/en/agreements/river-2020/terms/"))
    assert "Announced 30 May 2020" in page and "Not stated" not in page
