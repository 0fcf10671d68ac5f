"""Possible duplicates while a report is logged: shown with reasons, answered in three ways, and never in the way twice."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from incidents.actions import incidents
from incidents.models import NotTheSame, Report
from tests.builders import make_agreement, make_place, make_report, make_source
from tests.views.reading import text_of

FORM = "/en/reports/new/?agreement=river-2020"
PANEL = "/en/reports/duplicates/?agreement=river-2020"


@pytest.fixture
def other(db: None) -> Report:
    """Return a report of the same shelling on file."""
    return make_report(
        place=make_place(latitude=Decimal("35.1"), longitude=Decimal("38.2")),
        source=make_source("Bulletin"),
        link="https://example.org/7",
        summary="shelling of the ford",
        occurred_on=date(2020, 6, 2),
    )


@pytest.fixture
def typed(other: Report) -> dict[str, Any]:
    make_agreement()
    make_source()
    return {
        "token": str(uuid.uuid4()),
        "day": "02/06/2020",
        "time_precision": "day",
        "place": "Ford",
        "violation_type": "shelling",
        "accused": "A",
        "claimant": "highlands",
        "source": "gazette",
        "credibility": "6",
        "then": "next",
    }


def mine(typed: dict[str, Any]) -> Report:
    return Report.objects.get(public_id=typed["token"])


def test_the_panel_shows_candidates_with_reasons_before_the_form_is_whole(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    shown = text_of(analyst.post(PANEL, {"day": typed["day"], "place": "Ford", "violation_type": "shelling"}, headers={"HX-Request": "true"}))
    assert "Possible duplicates of this report 1" in shown
    assert other.reference in shown and "same type" in shown and "same place" in shown
    assert "Possible duplicates" not in text_of(analyst.post(PANEL, {"day": "05/06/2020", "place": "Ford"}))


def test_an_address_on_file_is_caught_wherever_it_was(analyst: Client, typed: dict[str, Any]) -> None:
    shown = text_of(analyst.post(PANEL, {"link": " https://example.org/7", "day": "06/06/2020"}))
    assert "This source address is on file already." in shown


def test_the_panel_echoes_how_coordinates_are_read(analyst: Client, typed: dict[str, Any]) -> None:
    body = analyst.post(PANEL, {"place": "35.1, 38.2", "order": "38.2° N, 35.1° E"}).content.decode()
    assert 'data-part="place-reading"' in body
    assert 'value="38.2° N, 35.1° E" checked' in body
    assert "not understood" in text_of(analyst.post(PANEL, {"place": "35.10, 38.20 x"}))


def test_without_a_script_the_first_save_asks(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    page = analyst.post(FORM, typed)
    assert page.status_code == 422
    assert not Report.objects.filter(public_id=typed["token"]).exists()
    for said in ("Same event: add my source", "Different event", "Save anyway", "Not saved yet"):
        assert said in text_of(page)
    assert f'name="seen" value="{other.public_id}"' in page.content.decode()


def test_saved_beside_what_was_seen_and_not_answered_it_is_flagged(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    assert analyst.post(FORM, typed | {"seen": str(other.public_id)}).status_code == 302
    report = mine(typed)
    assert (report.may_be_duplicate, report.incident) == (True, None)
    assert "saved beside possible duplicates" in text_of(analyst.get(f"/en/reports/{report.public_id}/"))


def test_the_same_event_opens_an_incident_for_both(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    assert analyst.post(FORM, typed | {"same": str(other.public_id)}).status_code == 302
    report = mine(typed)
    other.refresh_from_db()
    assert report.incident is not None and report.incident == other.incident
    assert (report.incident.name, report.may_be_duplicate) == ("Shelling, Ford, 2 June 2020", False)


def test_the_same_event_joins_the_incident_there_is(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    incident = incidents.open_for(reports=[other], by=None, name="Ford")
    analyst.post(FORM, typed | {"same": str(other.public_id)})
    assert mine(typed).incident == incident


def test_a_different_event_is_remembered_and_not_asked_again(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    assert analyst.post(FORM, typed | {"different": str(other.public_id)}).status_code == 302
    report = mine(typed)
    pair = NotTheSame.objects.get()
    assert {pair.first, pair.second} == {report, other}
    assert not report.may_be_duplicate


def test_a_candidate_that_came_since_is_asked_about(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    make_report(place=make_place(), summary="again")
    page = analyst.post(FORM, typed | {"seen": str(other.public_id)})
    assert page.status_code == 422
    assert "Possible duplicates of this report 2" in text_of(page)


def test_a_report_that_no_longer_stands_joins_nothing(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    analyst.post(f"/en/reports/{other.public_id}/retract/", {"reason": "x"})
    page = analyst.post(FORM, typed | {"same": str(uuid.uuid4())})
    assert page.status_code == 422
    assert "no longer stands" in text_of(page)
    assert not Report.objects.filter(public_id=typed["token"]).exists(), "nothing is half done"


def test_a_mistake_keeps_the_answers_given(analyst: Client, typed: dict[str, Any], other: Report) -> None:
    page = analyst.post(FORM, typed | {"claimant": "", "different": str(other.public_id)})
    assert page.status_code == 422
    assert f'value="{other.public_id}" data-different checked' in page.content.decode()


def test_partners_are_told_nothing(partner: Client, typed: dict[str, Any]) -> None:
    assert partner.post(PANEL, typed).status_code == 403
