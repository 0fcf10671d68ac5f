"""Logging a report: what is typed is kept, mistakes are shown where they were made, and nothing is logged twice."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from incidents.models import Report
from tests.builders import make_agreement, make_party, make_place, make_source
from tests.views.reading import text_of

FORM = "/en/reports/new/?agreement=river-2020"


@pytest.fixture
def typed(db: None) -> dict[str, str]:
    """Return a form filled in as far as it must be."""
    make_agreement()
    make_source()
    make_place(name_ar="المعبر", latitude=Decimal("35.1"), longitude=Decimal("38.2"))
    return {
        "token": str(uuid.uuid4()),
        "wording": "",
        "day": "02/06/2020",
        "clock": "18:20",
        "time_precision": "exact",
        "place": "Ford",
        "violation_type": "shelling",
        "accused": "A",
        "claimant": "highlands",
        "source": "gazette",
        "credibility": "6",
        "then": "next",
    }


def only() -> Report:
    (report,) = Report.objects.all()
    return report


def test_a_report_is_logged(analyst: Client, typed: dict[str, str]) -> None:
    answer = analyst.post(
        FORM, typed | {"killed_low": "3", "killed_high": "3", "wounded_low": "11", "summary": "Shelling", "link": "https://example.org/1"}
    )
    assert answer.status_code == 302
    report = only()
    at = datetime(2020, 6, 2, 15, 20, tzinfo=UTC)
    assert (report.occurred_on, report.starts_at, report.ends_at) == (date(2020, 6, 2), at, at)
    assert (str(report.accused_side), report.claimant.name, report.place and report.place.name) == ("Lowlands and allies", "Highlands", "Ford")
    assert report.entered_by and report.entered_by.username == "analyst"
    harm = {claim.kind: (claim.low, claim.best, claim.high, claim.qualifier) for claim in report.casualty_claims.all()}
    assert harm == {"killed": (3, 3, 3, "exactly"), "wounded": (11, 11, None, "at_least")}


def test_words_are_kept_code_point_for_code_point(analyst: Client, typed: dict[str, str]) -> None:
    received = "  <b>غارة</b>\n\n\tline \u200f two  "
    analyst.post(FORM, typed | {"wording": received.replace("\n", "\r\n")})
    assert only().wording == received


@pytest.mark.parametrize("day", ["2020-06-02", "02/06/2020", "2/6/2020", "02.06.2020", "٠٢/٠٦/٢٠٢٠"])
def test_days_are_read_as_people_write_them(analyst: Client, typed: dict[str, str], day: str) -> None:
    analyst.post(FORM, typed | {"day": day, "clock": "١٨:٢٠"})
    assert only().occurred_on == date(2020, 6, 2)


@pytest.mark.parametrize(
    ("mistake", "field", "said"),
    [
        ({"day": "31/02/2020"}, "day", "Write the day as"),
        ({"day": ""}, "day", "Give the date"),
        ({"day": "02/06/2920"}, "day", "in the future"),
        ({"clock": "25:00"}, "clock", "hours and minutes"),
        ({"clock": ""}, "clock", "needs a time of day"),
        ({"until": "17:00"}, "until", "before"),
        ({"violation_type": ""}, "violation_type", "required"),
        ({"accused": ""}, "accused", "Choose a side"),
        ({"accused_party": "Lowlands"}, "accused_party", "not both"),
        ({"accused": "", "accused_party": "Nobody knows"}, "accused_party", "No party of this name"),
        ({"place": "36.296; 37.190; 4"}, "place", "decimal degrees"),
        ({"place": "36.296, 37.190"}, "place_precision", "how exactly"),
        ({"place": "96.296, 37.190", "place_precision": "point"}, "place", "Latitude"),
        ({"killed_low": "five"}, "killed_low", "whole number"),
        ({"killed_low": "-1"}, "killed_low", "whole number"),
        ({"killed_low": "9", "killed_high": "3"}, "killed_high", ""),
        ({"source": "unknown"}, "source", ""),
        ({"wording": "nul \0 here"}, "wording", ""),
    ],
)
def test_a_mistake_is_shown_at_its_field_and_nothing_is_lost(
    analyst: Client, typed: dict[str, str], mistake: dict[str, str], field: str, said: str
) -> None:
    answer = analyst.post(FORM, typed | {"summary": "kept <so>"} | mistake)
    assert answer.status_code == 422
    assert not Report.objects.exists()
    assert field in answer.context["form"].errors
    if said:
        assert said in " ".join(answer.context["form"].errors[field])
    body = answer.content.decode()
    assert 'value="kept &lt;so&gt;"' in body
    assert f'value="{typed["token"]}"' in body
    assert "Not saved yet" in text_of(answer)


def test_a_place_is_found_by_its_arabic_name(analyst: Client, typed: dict[str, str]) -> None:
    analyst.post(FORM, typed | {"place": "المعبر"})
    assert only().place == make_place()


def test_a_name_that_the_gazetteer_lacks_is_kept_as_worded(analyst: Client, typed: dict[str, str]) -> None:
    page = analyst.get(analyst.post(FORM, typed | {"place": "the mill, 2 km north of the ford"}).headers["Location"])
    assert (only().place, only().place_as_worded) == (None, "the mill, 2 km north of the ford")
    assert "is not in the gazetteer" in text_of(page)


def test_coordinates_are_a_point(analyst: Client, typed: dict[str, str]) -> None:
    analyst.post(FORM, typed | {"place": "٣٦.٢٩٦، ٣٧.١٩٠", "place_precision": "neighbourhood"})
    report = only()
    assert (report.latitude, report.longitude, report.place_precision, report.place) == (
        Decimal("36.296000"),
        Decimal("37.190000"),
        "neighbourhood",
        None,
    )


def test_nobody_or_a_party_may_be_accused(analyst: Client, typed: dict[str, str]) -> None:
    analyst.post(FORM, typed | {"accused": "nobody"})
    assert (only().accused_side, only().accused_party) == (None, None)
    analyst.post(FORM, typed | {"accused": "", "accused_party": "lowlands", "token": str(uuid.uuid4())})
    assert Report.objects.latest("id").accused_party == make_party("Lowlands")


def test_an_unknown_time_needs_no_date(analyst: Client, typed: dict[str, str]) -> None:
    analyst.post(FORM, typed | {"day": "", "clock": "", "time_precision": "unknown"})
    assert (only().occurred_on, only().time_precision) == (None, "unknown")


def test_a_form_sent_twice_logs_once(analyst: Client, typed: dict[str, str]) -> None:
    assert analyst.post(FORM, typed).status_code == 302
    assert analyst.post(FORM, typed).status_code == 302
    assert str(only().public_id) == typed["token"]


def test_what_stays_the_same_is_kept_and_the_rest_is_empty(analyst: Client, typed: dict[str, str]) -> None:
    page = analyst.get(analyst.post(FORM, typed | {"summary": "once"}).headers["Location"])
    form: Any = page.context["form"]
    assert (form["day"].value(), form["claimant"].value(), form["source"].value()) == ("02/06/2020", "highlands", "gazette")
    assert (form["summary"].value(), form["clock"].value()) == (None, None)
    assert form["token"].value() != uuid.UUID(typed["token"])
    assert page.content.decode().count('class="kept"') == 4
    assert f"{only().reference} saved." in text_of(page)


def test_save_and_copy_keeps_everything_for_the_next(analyst: Client, typed: dict[str, str]) -> None:
    page = analyst.get(analyst.post(FORM, typed | {"summary": "again", "then": "copy"}).headers["Location"])
    form: Any = page.context["form"]
    assert (form["summary"].value(), form["violation_type"].value(), form["accused"].value()) == ("again", "shelling", "A")


def test_the_tape_lists_what_was_logged_and_undoes_it(analyst: Client, typed: dict[str, str]) -> None:
    page = analyst.get(analyst.post(FORM, typed).headers["Location"])
    assert "Logged this session" in text_of(page)
    undo = f"/en/reports/{typed['token']}/retract/"
    assert undo in page.content.decode()
    answer = analyst.post(undo, {"from": "tape", "reason": "Undone right after logging"})
    assert answer.headers["Location"] == "/en/reports/new/"
    assert only().state == "retracted"


def test_partners_cannot_log(partner: Client, typed: dict[str, str]) -> None:
    assert partner.get(FORM).status_code == 403
    assert partner.post(FORM, typed).status_code == 403
    assert not Report.objects.exists()
    assert "Log report" not in text_of(partner.get("/en/agreements/river-2020/"))
