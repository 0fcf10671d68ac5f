"""Convoys on the desk: planned, added to and released by people; not there for partners until two have opened them. No script is needed."""

import csv
import html
import io
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from incidents.actions import convoys as actions
from incidents.models import Convoy, ConvoyEvent, Incident, Report, User
from incidents.queries import convoys
from incidents.templatetags.desk import grouped
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user
from tests.views.conftest import signed_in
from tests.views.reading import text_of


@pytest.fixture
def planned(db: None) -> Convoy:
    make_place()
    facts: dict[str, Any] = {"agreement": make_agreement(), "operator": make_party("Relief"), "destination": make_place(), "source": make_source()}
    return actions.plan(by=None, reference="C-1", checkpoints=[actions.CheckpointStated("First post")], people_requested=0, **facts)


def plan(**more: str) -> dict[str, str]:
    make_source()
    make_place()
    make_party("Relief")
    return {"reference": "C-2", "agreement": "river-2020", "operator": "relief", "destination": "Ford", "source": "gazette"} | more


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_open_in_both_languages(analyst: Client, planned: Convoy, language: str) -> None:
    actions.add_event(convoy=planned, by=None, status="delayed", time_precision="unknown", source=make_source())
    for page in (
        "convoys/",
        "convoys/?agreement=river-2020",
        "convoys/new/",
        "convoys/table/",
        "convoys/map/",
        "convoys/counts/",
        "convoys/counts/?agreement=river-2020",
        *(f"convoys/{planned.public_id}/{page}" for page in ("", "summary/", "change/", "events/")),
    ):
        answer = analyst.get(f"/{language}/{page}")
        assert answer.status_code == 200, page
    assert "C-1" in text_of(analyst.get(f"/{language}/convoys/"))


def test_a_convoy_is_planned(analyst: Client) -> None:
    make_agreement()
    said = plan(
        checkpoint_name_1="First post",
        checkpoint_name_3="Second post",
        checkpoint_by_3="lowlands",
        due_departed="2020-06-02 08:00",
        cargo_kind_1="food",
        cargo_quantity_1="٢٠٠",
        cargo_unit_1="boxes",
        trucks_planned="0",
    )
    answer = analyst.post("/en/convoys/new/", said | {"origin": "somewhere else"})
    assert answer.status_code == 302, text_of(answer)
    convoy = Convoy.objects.get()
    assert [point.name for point in convoy.checkpoints.all()] == ["First post", "Second post"]
    assert [(line.kind, line.quantity, line.unit) for line in convoy.cargo.all()] == [("food", 200, "boxes")]
    assert (convoy.trucks_planned, convoy.trucks_departed) == (0, None)
    assert (convoy.destination and convoy.destination.slug, convoy.origin, convoy.origin_as_worded) == ("ford", None, "somewhere else")
    assert convoy.entered_by == User.objects.get(username="analyst")


@pytest.mark.parametrize(
    ("more", "field"),
    [({"trucks_departed": "1", "trucks_arrived": "2"}, "trucks_arrived"), ({"reference": ""}, "reference"), ({"planned_on": "soon"}, "planned_on")],
)
def test_a_mistake_is_shown_at_its_field(analyst: Client, more: dict[str, str], field: str) -> None:
    make_agreement()
    answer = analyst.post("/en/convoys/new/", plan(**more))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Convoy.objects.exists()


def test_an_event_is_added(analyst: Client, planned: Convoy) -> None:
    address = f"/en/convoys/{planned.public_id}/events/"
    said = {
        "status": "waiting_at_checkpoint",
        "day": "02/06/2020",
        "clock": "09:30",
        "time_precision": "exact",
        "checkpoint": "1",
        "source": "gazette",
    }
    assert analyst.post(address, said).status_code == 302
    event = planned.events.get()
    assert (event.status, str(event.occurred_on), event.checkpoint and event.checkpoint.name) == ("waiting_at_checkpoint", "2020-06-02", "First post")
    assert "First post" in text_of(analyst.get(f"/en/convoys/{planned.public_id}/"))


def test_an_event_of_the_future_is_refused_at_its_field(analyst: Client, planned: Convoy) -> None:
    said = {"status": "departed", "day": "2999-01-01", "time_precision": "day", "source": "gazette"}
    answer = analyst.post(f"/en/convoys/{planned.public_id}/events/", said)
    assert answer.status_code == 422
    assert 'id="id_day_error"' in answer.content.decode()
    assert not planned.events.exists()


def test_one_editor_begins_a_release_and_a_second_confirms_it(planned: Convoy, partner: Client) -> None:
    one, two = (signed_in(make_user(User.Role.EDITOR, name)) for name in ("one", "two"))
    page, release = f"/en/convoys/{planned.public_id}/", f"/en/convoys/{planned.public_id}/release/"
    incident = Incident.objects.create(slug="ford", name="Strike at the ford")
    Convoy.objects.update(incident=incident)
    report = make_report(incident=incident)
    assert one.post(release, {"move": "begin", "opens_at": "soon"}).status_code == 422
    one.post(release, {"move": "begin"})
    assert "has not ended" in text_of(one.get(page))
    actions.add_event(convoy=planned, by=None, status="delivered", time_precision="unknown", source=make_source())
    hidden = [page, f"/en/incidents/{incident.public_id}/", f"/en/reports/{report.public_id}/"]
    one.post(release, {"move": "begin"})
    assert "Confirm release" not in text_of(one.get(page))
    one.post(release, {"move": "confirm", "version": "2"})
    assert [partner.get(address).status_code for address in hidden] == [404, 404, 404]
    assert "C-1" not in text_of(partner.get("/en/convoys/")) and "Strike" not in text_of(partner.get("/en/incidents/"))
    shown = two.get(page).content.decode()
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert version
    two.post(release, {"move": "confirm", "version": version[1]})
    assert [partner.get(address).status_code for address in hidden] == [200, 200, 200]
    assert "Release to partners" not in text_of(partner.get(page)) and "Add event" not in text_of(partner.get(page))
    one.post(release, {"move": "withdraw", "reason": ""})
    assert partner.get(page).status_code == 200
    one.post(release, {"move": "withdraw", "reason": "still moving"})
    assert partner.get(page).status_code == 404


@pytest.mark.parametrize("page", ["convoys/new/", "convoys/{id}/events/", "convoys/{id}/release/"])
def test_partners_enter_and_open_nothing(partner: Client, planned: Convoy, page: str) -> None:
    assert partner.post(f"/en/{page.format(id=planned.public_id)}", {}).status_code == 403


def test_analysts_open_nothing(analyst: Client, planned: Convoy) -> None:
    assert analyst.post(f"/en/convoys/{planned.public_id}/release/", {"move": "begin"}).status_code == 403


def test_the_table_asks_no_more_often_when_there_is_more(analyst: Client, planned: Convoy, django_assert_max_num_queries: Callable[..., Any]) -> None:
    for number in range(5):
        convoy = actions.plan(by=None, reference=f"D-{number}", operator=make_party("Relief"), destination=make_place(), source=make_source())
        actions.add_event(convoy=convoy, by=None, status="delayed", time_precision="unknown", source=make_source())
    with django_assert_max_num_queries(22):
        assert "D-4" in text_of(analyst.get("/en/convoys/"))


# --- From what hindered a convoy to a report of it, in one step


def attacked(convoy: Convoy) -> ConvoyEvent:
    facts: dict[str, Any] = {
        "responsible": make_party("Lowlands"),
        "reason": "Shelled at the post.",
        "source": make_source(),
        "link": "https://x.example",
    }
    at = datetime(2020, 6, 2, 9, 30, tzinfo=UTC)
    point = convoy.checkpoints.get()
    return actions.add_event(convoy=convoy, by=None, status="attacked", starts_at=at, ends_at=at, time_precision="exact", checkpoint=point, **facts)


def values_of(page: str) -> dict[str, str]:
    """Return what the fields of the report form hold, by name."""
    form = page[page.index('id="log-form"') :]
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?([^<]*)', form))
    chosen = re.findall(r'<select[^>]*name="(\w+)".*?</select>', form, re.DOTALL)
    for name in chosen:
        part = re.search(rf'<select[^>]*name="{name}".*?</select>', form, re.DOTALL)
        selected = re.search(r'<option value="([^"]*)" selected', part[0]) if part else None
        found[name] = selected[1] if selected else ""
    return {name: value for name, value in found.items() if name != "accused"}


def test_an_attack_becomes_a_report_with_its_fields_filled_and_opens_an_incident(analyst: Client, planned: Convoy) -> None:
    term = make_agreement().terms.get()
    Convoy.objects.update(term=term)
    event = attacked(planned)
    shown = analyst.get(f"/en/convoys/{planned.public_id}/").content.decode()
    address = re.search(r'href="(/en/reports/new/[^"]*event=[^"]*)"', shown)
    assert address
    form = analyst.get(address[1].replace("&amp;", "&"))
    held = values_of(form.content.decode())
    assert (held["violation_type"], held["day"], held["clock"], held["place"]) == ("convoy_attacked", "2020-06-02", "12:30", "First post")
    assert (held["accused_party"], held["term"], held["source"], held["link"]) == ("Lowlands", "1", "gazette", "https://x.example")
    answer = analyst.post("/en/reports/new/?agreement=river-2020", held | {"claimant": "highlands", "then": "next"})
    assert answer.status_code == 302, text_of(answer)
    report, convoy = Report.objects.get(), Convoy.objects.get()
    event.refresh_from_db()
    assert (event.report, report.convoy, report.checkpoint) == (report, convoy, planned.checkpoints.get())
    assert report.incident is not None and convoy.incident == report.incident
    again = text_of(analyst.get(f"/en/convoys/{planned.public_id}/"))
    assert report.reference in again and "Report it" not in again


def test_a_hindrance_that_no_event_tells_of_is_reported_from_the_convoy_itself_and_opens_no_incident(analyst: Client, planned: Convoy) -> None:
    shown = analyst.get(f"/en/convoys/{planned.public_id}/").content.decode()
    (address,) = {found for found in re.findall(r'href="(/en/reports/new/[^"]*)"', shown) if str(planned.public_id) in found}
    held = values_of(analyst.get(address.replace("&amp;", "&")).content.decode())
    assert held["violation_type"] == "aid_delayed"
    said = held | {"claimant": "highlands", "source": "gazette", "summary": "held back", "day": "2020-06-02", "time_precision": "day", "then": "next"}
    answer = analyst.post("/en/reports/new/?agreement=river-2020", said | {"accused_party": "Lowlands", "place": "Ford"})
    assert answer.status_code == 302, text_of(answer)
    assert (Report.objects.get().convoy, Report.objects.get().incident, Incident.objects.count()) == (planned, None, 0)


def test_the_time_at_a_checkpoint_is_drawn_and_ends_with_the_convoy(analyst: Client, planned: Convoy) -> None:
    at = datetime(2020, 6, 2, 9, tzinfo=UTC)
    facts: dict[str, Any] = {"source": make_source(), "checkpoint": planned.checkpoints.get(), "time_precision": "exact"}
    actions.add_event(convoy=planned, by=None, status="waiting_at_checkpoint", starts_at=at, ends_at=at, **facts)
    Convoy.objects.update(ended_on=at.date())
    shown = analyst.get(f"/en/convoys/{planned.public_id}/").content.decode()
    assert "<svg" in shown[shown.index("dwell") :] and "First post" in shown
    (dwell,) = convoys.journey(convoys.one(User.objects.get(username="analyst"), planned.public_id)).dwells
    assert (dwell.at_least, dwell.at_most, dwell.has_left) == (timedelta(0), timedelta(hours=12), False)  # local midnight is 21:00


def test_a_partner_sees_no_such_step_and_a_hidden_convoy_fills_no_form(analyst: Client, as_role: Callable[[str], Client], planned: Convoy) -> None:
    attacked(planned)
    address = f"/en/reports/new/?agreement=river-2020&convoy={planned.public_id}"
    assert "First post" not in text_of(as_role(User.Role.PARTNER).get(address))
    assert analyst.get(address.replace(str(planned.public_id), str(uuid.uuid4()))).status_code == 404


def test_a_change_keeps_what_was_typed_and_refuses_what_cannot_be(analyst: Client, planned: Convoy) -> None:
    page = f"/en/convoys/{planned.public_id}/change/"
    said = plan(reference="C-1", version="1", checkpoint_name_1="First post", trucks_departed="3", trucks_arrived="4", note="kept words")
    answer = analyst.post(page, said)
    assert answer.status_code == 422 and "kept words" in text_of(answer)
    assert 'id="id_trucks_arrived_error"' in answer.content.decode()
    assert analyst.post(page, said | {"trucks_arrived": "3"}).status_code == 302
    assert (Convoy.objects.get().trucks_arrived, Convoy.objects.get().note) == (3, "kept words")
    stale = analyst.post(page, said | {"trucks_arrived": "2"})
    assert stale.status_code == 422 and Convoy.objects.get().trucks_arrived == 3


def test_what_needs_attention_is_on_the_dashboard(analyst: Client, planned: Convoy) -> None:
    attacked(planned)
    assert "struck attacked · Shelled at the post." in text_of(analyst.get("/en/convoys/"))
    assert "Convoys late, denied or struck 1" in text_of(analyst.get("/en/agreements/river-2020/"))
    assert "C-1" in text_of(analyst.get("/en/agreements/river-2020/attention/"))


def test_the_sheet_has_hxl_tags_and_runs_no_formula(analyst: Client, planned: Convoy) -> None:
    Convoy.objects.update(reference="=1+1", people_reached=0)
    answer = analyst.get("/en/convoys/convoys.csv?agreement=river-2020")
    names, tags, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()))  # type: ignore[attr-defined]
    held = dict(zip(names, row, strict=True))
    assert all(tag.startswith("#") for tag in tags) and len(tags) == len(names)
    assert (held["reference"], held["people_reached"], held["people_approved"]) == ("'=1+1", "0", "")
    assert analyst.get("/en/convoys/convoys.csv?agreement=nowhere").status_code == 400


@pytest.mark.parametrize("view", ["", "table/", "map/"])
def test_the_views_share_their_filters(analyst: Client, planned: Convoy, view: str) -> None:
    actions.plan(by=None, reference="D-2", mode="air_drop", operator=make_party("Relief"), destination=make_place(), source=make_source())
    shown = text_of(analyst.get(f"/en/convoys/{view}?mode=air_drop"))
    assert "D-2" in shown and "C-1" not in shown
    assert analyst.get(f"/en/convoys/{view}?mode=mule").status_code == 400


def test_thousands_stand_apart_and_what_is_unknown_stays_so() -> None:
    assert [grouped(78_000), grouped(0), grouped(999), grouped("?")] == ["78,000", "0", "999", "?"]


def test_what_nobody_stated_is_named_together_and_leads_to_its_field_for_whoever_may_enter_it(
    analyst: Client, partner: Client, planned: Convoy
) -> None:
    Convoy.objects.update(people_reached=0)
    page = analyst.get(f"/en/convoys/{planned.public_id}/")
    assert "Not stated origin mode class of destination people approved trucks planned" in text_of(page)
    assert "people reached 0" in text_of(page) and "not stated" not in text_of(page)
    form = f"/en/convoys/{planned.public_id}/change/"
    names = re.findall(rf'href="{form}#(id_\w+)"', page.content.decode())
    fields = analyst.get(form).content.decode()
    assert "id_trucks_lost" in names and all(f'id="{name}"' in fields for name in names)
    actions.add_event(convoy=planned, by=None, status="delivered", time_precision="unknown", source=make_source())
    Convoy.objects.update(
        released_at=datetime(2020, 6, 9, tzinfo=UTC),
        released_by=make_user(User.Role.EDITOR, "one"),
        release_confirmed_by=make_user(User.Role.EDITOR, "two"),
    )
    shown = partner.get(f"/en/convoys/{planned.public_id}/")
    assert "Not stated origin mode" in text_of(shown) and form not in shown.content.decode()


def test_the_number_of_obstructions_opens_to_the_reports_behind_it(analyst: Client, planned: Convoy) -> None:
    told = make_report(convoy=planned, violation_type="aid_delayed", summary="held back")
    make_report(convoy=planned, violation_type="shelling", summary="fell beside the road")
    make_report(violation_type="aid_delayed", summary="another convoy")
    retracted = make_report(convoy=planned, violation_type="aid_blocked")
    Report.objects.filter(pk=retracted.pk).update(state="retracted", retracted_at=datetime(2020, 6, 9, tzinfo=UTC), retraction_reason="an error")
    for page in ("", "table/", f"{planned.public_id}/"):
        shown = analyst.get(f"/en/convoys/{page}").content.decode()
        link = re.search(r'<a href="([^"]*hinders=[^"]*)"><b>(\d+)</b>', shown)
        assert link and link[2] == "1", page
        listed = text_of(analyst.get(link[1].replace("&amp;", "&")))
        assert told.reference in listed and "1 report, as one source each said it" in listed
    assert analyst.get(f"/en/reports/?hinders={uuid.uuid4()}").status_code == 400


def test_the_claims_stand_under_whole_headings(analyst: Client, planned: Convoy) -> None:
    make_report(convoy=planned)
    make_report(convoy=planned, claimant=make_party("Monitor"))
    shown = text_of(analyst.get(f"/en/convoys/{planned.public_id}/"))
    assert "Claimed by Highlands and allies 1" in shown and "Claimed by parties on no side 1" in shown


def test_what_cannot_be_read_stays_as_it_was_typed(analyst: Client, planned: Convoy) -> None:
    page = analyst.get("/en/convoys/?since=soon&text=ford&agreement=river-2020")
    body = page.content.decode()
    assert page.status_code == 400
    assert (
        re.search(r'name="since" aria-invalid="true" value="soon"', body) and 'value="ford"' in body and '<details class="filters-more" open>' in body
    )


def test_what_narrows_the_board_is_named_and_taken_out_by_itself(analyst: Client, planned: Convoy) -> None:
    page = analyst.get("/en/convoys/?agreement=river-2020&operator=relief&counted=entered")
    words, body = text_of(page), html.unescape(page.content.decode())
    assert "Agreement: River truce" in words and "Operator: Relief" in words and "Counted as: Entered" in words
    assert 'href="?operator=relief&counted=entered"' in body and 'href="?agreement=river-2020&counted=entered"' in body
    assert "Filters in force" not in analyst.get("/en/convoys/").content.decode()
    without = html.unescape(analyst.get("/en/convoys/?agreement=river-2020&counted=entered&controller=A").content.decode())
    assert 'href="?counted=entered"' in without, "whose side it is means nothing without the agreement"
