"""Logging a report: what is typed is kept, mistakes are shown where they were made, and nothing is logged twice."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from incidents.actions import incidents, reports
from incidents.actions.reports import HarmStated
from incidents.models import Report, User
from incidents.vocabulary import HarmKind, Qualifier
from tests.builders import make_agreement, make_party, make_place, make_report, make_source
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
        FORM,
        typed
        | {"killed_low": "3", "killed_high": "3", "wounded_low": "11", "detained_high": "2", "summary": "Shelling", "link": "https://example.org/1"},
    )
    assert answer.status_code == 302
    report = only()
    at = datetime(2020, 6, 2, 15, 20, tzinfo=UTC)
    assert (report.occurred_on, report.starts_at, report.ends_at) == (date(2020, 6, 2), at, at)
    assert (str(report.accused_side), report.claimant.name, report.place and report.place.name) == ("Lowlands and allies", "Highlands", "Ford")
    assert report.entered_by and report.entered_by.username == "analyst"
    harm = {claim.kind: (claim.low, claim.best, claim.high, claim.qualifier) for claim in report.casualty_claims.all()}
    assert harm == {"killed": (3, 3, 3, "exactly"), "wounded": (11, 11, None, "at_least"), "detained": (None, None, 2, "up_to")}


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
        ({"place": "36.296; 37.190; 4"}, "place", "not understood"),
        ({"place": "36.296, 37.190 Handarat"}, "place", "not understood"),
        ({"place": "36.296 N, 37.190 E"}, "place_precision", "how exactly"),
        ({"place": "36.296, 37.190", "place_precision": "point"}, "order", "which of the two"),
        ({"place": "37S CA 3747 182", "place_precision": "point"}, "place", "as many digits"),
        ({"place": "https://example.org/map", "place_precision": "point"}, "place", "No single place"),
        ({"place": "36.296, 37.190", "place_precision": "point", "order": "35° N, 36° E"}, "order", "which of the two"),
        ({"place": "96.296, 137.190", "place_precision": "point"}, "place", "latitude"),
        ({"last_day": "03/06/2020"}, "until", "needs a time of day"),
        ({"last_day": "03/06/2020", "time_precision": "week"}, "last_day", "A last day goes with"),
        ({"last_day": "01/06/2020", "time_precision": "day"}, "until", "before"),
        ({"relayed_by": "Nobody knows"}, "relayed_by", "No party of this name"),
        ({"stated_count": "many"}, "stated_count", "whole number"),
        ({"term": "99"}, "term", ""),
        ({"killed_low": "five"}, "killed_low", "whole number"),
        ({"killed_low": "-1"}, "killed_low", "whole number"),
        ({"killed_low": "9", "killed_high": "3"}, "killed_high", ""),
        ({"missing_low": "9", "missing_high": "3"}, "missing_high", ""),
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
    where = {"place": "٣٦.٢٩٦، ٣٧.١٩٠", "place_precision": "neighbourhood"}
    asked = analyst.post(FORM, typed | where)
    assert "Read as 36.296° N, 37.19° E" in text_of(asked), "the reading is echoed, and the order asked for"
    analyst.post(FORM, typed | where | {"order": "36.296° N, 37.19° E"})
    report = only()
    assert (report.latitude, report.longitude, report.place_precision, report.place) == (
        Decimal("36.296000"),
        Decimal("37.190000"),
        "neighbourhood",
        None,
    )


def test_a_place_is_added_to_the_gazetteer_in_the_same_step(analyst: Client, typed: dict[str, str]) -> None:
    where = {"place": "37S CA 3747 1829", "place_precision": "neighbourhood", "place_name": " Old  Mill "}
    analyst.post(FORM, typed | where)
    place = only().place
    assert place
    assert (place.name, place.precision, only().latitude) == ("Old Mill", "neighbourhood", place.latitude)
    refused = analyst.post(FORM, typed | {"place": "Ford", "place_name": "Old Mill", "token": str(uuid.uuid4())})
    assert "place_name" in refused.context["form"].errors


def test_nobody_or_a_party_may_be_accused(analyst: Client, typed: dict[str, str]) -> None:
    analyst.post(FORM, typed | {"accused": "nobody"})
    assert (only().accused_side, only().accused_party) == (None, None)
    analyst.post(FORM, typed | {"accused": "", "accused_party": "lowlands", "day": "04/06/2020", "token": str(uuid.uuid4())})
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


@pytest.mark.parametrize(
    ("said", "order", "point"),
    [
        ("36.296, 37.190", "37.19° N, 36.296° E", ("37.190000", "36.296000")),
        ("36°17'46\" N 37°11'24\" E", "", ("36.296111", "37.190000")),
        ("37.190 E 36.296 N", "", ("36.296000", "37.190000")),
    ],
)
def test_coordinates_are_read_as_written_and_turned_as_answered(
    analyst: Client, typed: dict[str, str], said: str, order: str, point: tuple[str, str]
) -> None:
    analyst.post(FORM, typed | {"place": said, "place_precision": "point", "order": order})
    assert (str(only().latitude), str(only().longitude)) == point


def test_the_rarer_fields_are_kept(analyst: Client, typed: dict[str, str]) -> None:
    rare = {"relayed_by": "Lowlands", "spoken_by": "General Staff", "term": "1", "target_as_claimed": "the mill", "stated_count": "7", "unit": "shot"}
    analyst.post(FORM, typed | rare | {"time_precision": "day", "last_day": "04/06/2020", "published_on": "05/06/2020", "accused_as_worded": "they"})
    report = only()
    assert (report.relayed_by, report.spoken_by, report.term and report.term.number) == (make_party("Lowlands"), "General Staff", "1")
    assert (report.target_as_claimed, report.stated_count, report.unit, report.accused_as_worded) == ("the mill", 7, "shot", "they")
    assert (report.occurred_on, report.published_on) == (None, date(2020, 6, 5))
    assert (report.starts_at, report.ends_at) == (datetime(2020, 6, 1, 21, tzinfo=UTC), datetime(2020, 6, 4, 21, tzinfo=UTC))


# --- Correcting and restoring


def sent(page: Any) -> dict[str, str]:
    """Return the form as a browser would send it untouched."""
    form = page.context["form"]
    return {name: str(form[name].value()) for name in form.fields if form[name].value() is not None}


def test_a_correction_takes_the_place_of_a_report_and_leaves_what_is_not_touched(analyst: Client, typed: dict[str, str]) -> None:
    me = User.objects.get(username="analyst")
    former = make_report(
        by=me,
        place=make_place(),
        place_as_worded="by the ford",
        latitude=Decimal("35.100001"),
        longitude=Decimal("38.2"),
        place_precision="point",
        wording="one\r\ntwo",
        time_as_worded="at dawn",
        starts_at=datetime(2020, 6, 2, 3, 0, 30, tzinfo=UTC),
        ends_at=datetime(2020, 6, 2, 3, 0, 30, tzinfo=UTC),
        time_precision="exact",
        harm=[HarmStated(HarmKind.KILLED, best=20, qualifier=Qualifier.ABOUT), HarmStated(HarmKind.MISSING, low=1, best=1, high=1)],
    )
    incident = incidents.open_for(reports=[former], by=me, name="Ford")
    page = analyst.get(f"/en/reports/new/?corrects={former.public_id}")
    assert "Correct" in text_of(page)
    answer = analyst.post(FORM, sent(page) | {"summary": "corrected"})
    assert answer.status_code == 302, answer.context["form"].errors
    former.refresh_from_db()
    heir = Report.objects.get(supersedes=former)
    assert (former.state, heir.state, heir.summary, heir.incident) == ("superseded", "submitted", "corrected", incident)
    untouched = (
        "wording",
        "starts_at",
        "ends_at",
        "occurred_on",
        "time_as_worded",
        "place",
        "place_as_worded",
        "latitude",
        "longitude",
        "accused_party",
    )
    assert {name: getattr(heir, name) for name in untouched} == {name: getattr(former, name) for name in untouched}
    assert [claim.facts() | {"report": ""} for claim in heir.casualty_claims.all()] == [
        claim.facts() | {"report": ""} for claim in former.casualty_claims.all()
    ]
    assert analyst.post(FORM, sent(page) | {"token": str(uuid.uuid4())}).status_code == 422, "it no longer stands"


def test_only_ones_own_are_corrected_and_restored(analyst: Client, editor: Client) -> None:
    report = make_report()
    assert analyst.get(f"/en/reports/new/?corrects={report.public_id}").status_code == 403
    assert analyst.get(f"/en/reports/new/?corrects={uuid.uuid4()}").status_code == 404
    assert editor.get(f"/en/reports/new/?corrects={report.public_id}").status_code == 200
    reports.retract(report=report, by=None, reason="wrong")
    assert analyst.post(f"/en/reports/{report.public_id}/restore/", {"reason": "right"}).status_code == 403


def test_a_retracted_report_is_restored_with_a_reason(editor: Client) -> None:
    report = make_report()
    reports.retract(report=report, by=None, reason="wrong")
    assert "Why is it restored?" in text_of(editor.get(f"/en/reports/{report.public_id}/"))
    address = f"/en/reports/{report.public_id}/restore/"
    assert editor.post(address, {"reason": " "}).status_code == 422
    assert editor.post(address, {"reason": "it was right"}).status_code == 302
    assert only().state == "submitted"
    assert editor.post(address, {"reason": "again"}).status_code == 422
