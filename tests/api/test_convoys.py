"""Convoys over the wire: entered and added to by analysts, closed to partners until two people open them, and true to the schema."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from rest_framework.test import APIClient

from incidents.actions import convoys as actions
from incidents.models import AgreementRole, Change, Convoy, Incident, User
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user, sealed_and_posted

Facts = dict[str, Any]
LIST = "/api/v1/convoys/"


@pytest.fixture
def convoy_facts(db: None) -> Callable[..., Facts]:
    make_agreement()
    make_source()
    make_place()
    make_party("Relief")

    def facts(**more: Any) -> Facts:
        return {"reference": "C-1", "operator": "relief", "destination": "ford", "source": "gazette", "agreement": "river-2020"} | more

    return facts


def release(reference: str = "C-1") -> Convoy:
    convoy = Convoy.objects.get(reference=reference)
    actions.add_event(convoy=convoy, by=None, status="cancelled", time_precision="unknown", source=make_source())
    one, two = make_user(User.Role.EDITOR, "one"), make_user(User.Role.EDITOR, "two")
    return actions.confirm_release(convoy=actions.begin_release(convoy=convoy, by=one), by=two)


def test_one_is_entered_with_its_way_and_cargo(analyst: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    way = [{"name": "First post", "controlled_by": "lowlands"}, {"name": "Second post", "place": "ford"}]
    cargo = [{"kind": "food", "quantity": 200, "unit": "boxes", "removed": 5.5, "removed_by": "lowlands", "removed_at": 2}]
    answer = analyst.post(LIST, convoy_facts(checkpoints=way, cargo=cargo, term="1", people_requested=0, mode="cross_line"), format="json")
    assert answer.status_code == 201, answer.content
    check(LIST, "post", answer)
    body = answer.json()
    assert [(point["position"], point["name"]) for point in body["checkpoints"]] == [(1, "First post"), (2, "Second post")]
    assert (body["cargo"][0]["quantity"], body["cargo"][0]["removed"], body["cargo"][0]["removed_at"]) == (200.0, 5.5, 2)
    assert (body["people_requested"], body["people_reached"], body["is_released"]) == (0, None, False)
    assert analyst.get(answer["Location"]).json() == body


def test_the_same_key_enters_it_once(analyst: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    headers = {"Idempotency-Key": "k"}
    first, second = (analyst.post(LIST, convoy_facts(), format="json", headers=headers) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert Convoy.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"people_reached": -1}, "people_reached"),
        ({"trucks_departed": 1, "trucks_arrived": 2}, "trucks_arrived"),
        ({"operator": "nobody"}, "operator"),
        ({"term": "1", "agreement": None}, "agreement"),
        ({"term": "9"}, "term"),
        ({"cargo": [{"kind": "food", "quantity": "5"}]}, "cargo.0.quantity"),
        ({"cargo": [{"kind": "food", "removed_at": 1}]}, "cargo.0.removed_at"),
        ({"checkpoints": [{"name": ""}]}, "checkpoints.0.name"),
        ({"colour": "red"}, "colour"),
        ({"destination": None}, "destination"),
    ],
)
def test_bad_input_names_its_field(analyst: APIClient, convoy_facts: Callable[..., Facts], more: Facts, field: str) -> None:
    answer = analyst.post(LIST, convoy_facts(**more), format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content
    check(LIST, "post", answer)
    assert not Convoy.objects.exists()


def test_one_is_changed_by_whoever_read_it_as_it_is(analyst: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    way = [{"name": "First post"}, {"name": "Second post"}]
    begun = analyst.post(LIST, convoy_facts(checkpoints=way, people_requested=7, mode="air_drop", term="1", note="ours"), format="json").json()
    told = {"version": begun["version"], "people_reached": 0, "note": "theirs", "cargo": [{"kind": "food", "removed_at": 2}], "reason": "counted"}
    answer = analyst.patch(begun["url"], told, format="json")
    check("/api/v1/convoys/{id}/", "patch", answer)
    body = answer.json()
    assert (body["people_requested"], body["people_reached"], body["note"], body["mode"]) == (7, 0, "theirs", "air_drop")
    assert (body["term"]["number"], [point["name"] for point in body["checkpoints"]]) == ("1", ["First post", "Second post"])
    assert Change.objects.order_by("id").last().payload.body["note"] == "counted"  # type: ignore[union-attr]
    stale = analyst.patch(begun["url"], told | {"people_reached": 9}, format="json")
    assert (stale.status_code, stale.json()["field"]) == (409, "version")
    assert analyst.get(begun["url"]).json() == body


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"version": None}, "version"),
        ({"people_reached": -1}, "people_reached"),
        ({"trucks_departed": 1, "trucks_arrived": 2}, "trucks_arrived"),
        ({"term": "9"}, "term"),
        ({"agreement": None, "term": "1"}, "agreement"),
        ({"checkpoints": []}, "checkpoints"),
        ({"due": {"departed": "2020-06-01T00:00:00Z", "loaded": "2020-06-02T00:00:00Z"}}, "due.departed"),
        ({"released_at": "2020-06-02T08:00:00Z"}, "released_at"),
        ({"destination": None}, "destination"),
    ],
)
def test_a_change_that_cannot_be_names_its_field_and_changes_nothing(
    analyst: APIClient, convoy_facts: Callable[..., Facts], said: Facts, field: str
) -> None:
    begun = analyst.post(LIST, convoy_facts(checkpoints=[{"name": "Post"}]), format="json").json()
    analyst.post(f"{begun['url']}events/", {"status": "delayed", "source": "gazette", "checkpoint": 1}, format="json")
    begun = analyst.get(begun["url"]).json()
    answer = analyst.patch(begun["url"], {"version": begun["version"]} | said, format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content
    assert analyst.patch(begun["url"], {"people_reached": 1}, format="json").json()["field"] == "If-Match"
    assert analyst.get(begun["url"]).json() == begun


def test_two_people_release_one_and_a_change_or_a_reason_closes_it(
    analyst: APIClient, partner: APIClient, convoy_facts: Callable[..., Facts]
) -> None:
    editor, second = (client_of(make_user(User.Role.EDITOR, name)) for name in ("first", "second"))
    begun = analyst.post(LIST, convoy_facts(), format="json").json()
    address = f"{begun['url']}release/"
    assert editor.post(address, {}, format="json").json()["field"] == "events"  # it has not ended
    analyst.post(f"{begun['url']}events/", {"status": "delivered", "source": "gazette"}, format="json")
    assert analyst.post(address, {}, format="json").status_code == 403
    answer = editor.post(address, {}, format="json")
    check("/api/v1/convoys/{id}/release/", "post", answer)
    body = answer.json()
    own = editor.post(f"{address}confirm/", {"version": body["version"]}, format="json")
    assert (own.status_code, own.json()["code"], partner.get(begun["url"]).status_code) == (422, "second_person", 404)
    stale = second.post(f"{address}confirm/", {"version": body["version"] - 1}, format="json")
    assert (stale.status_code, partner.get(begun["url"]).status_code) == (409, 404)
    assert second.post(f"{address}confirm/", {}, format="json").json()["field"] == "version"
    confirmed = second.post(f"{address}confirm/", {"version": body["version"]}, format="json")
    check("/api/v1/convoys/{id}/release/confirm/", "post", confirmed)
    assert (confirmed.json()["is_released"], partner.get(begun["url"]).status_code) == (True, 200)
    assert editor.post(f"{address}withdraw/", {"reason": " "}, format="json").json()["field"] == "reason"
    assert editor.post(f"{address}withdraw/", {"reason": "too early"}, format="json").json()["is_released"] is False
    assert partner.get(begun["url"]).status_code == 404
    for path, said in (("", {}), ("confirm/", {"version": 1}), ("withdraw/", {"reason": "x"})):
        assert partner.post(f"{address}{path}", said, format="json").status_code in {403, 404}
    assert partner.patch(begun["url"], {"version": 1}, format="json").status_code in {403, 404}


def test_a_convoy_is_not_taken_from_an_agreement_by_somebody_who_may_not_touch_it_there(
    analyst: APIClient, convoy_facts: Callable[..., Facts]
) -> None:
    begun = analyst.post(LIST, convoy_facts(), format="json").json()
    other = make_agreement("other-2020")
    reader = make_user(User.Role.PARTNER, "analyst elsewhere")
    AgreementRole.objects.create(user=reader, agreement=other, role=User.Role.ANALYST)
    convoy = Convoy.objects.get(public_id=begun["id"])
    with pytest.raises(PermissionDenied):
        actions.change(convoy=convoy, by=reader, agreement=other, term=None)
    assert Convoy.objects.get(pk=convoy.pk).agreement == make_agreement()


def test_history_is_added_and_the_timeline_follows(analyst: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    make_source("Other")
    convoy = analyst.post(LIST, convoy_facts(checkpoints=[{"name": "Post"}], planned_on="2020-06-02"), format="json").json()
    address = f"{convoy['url']}events/"
    departed = {"status": "departed", "starts_at": "2020-06-02T08:00:00+03:00", "source": "gazette"}
    waiting = {"status": "waiting_at_checkpoint", "starts_at": "2020-06-02T09:00:00+03:00", "checkpoint": 1, "source": "gazette"}
    arrived = {"status": "arrived", "occurred_on": "2020-06-01", "source": "other"}
    for event in (departed, waiting, arrived):
        answer = analyst.post(address, event, format="json")
        assert answer.status_code == 201, answer.content
        check("/api/v1/convoys/{id}/events/", "post", answer)
    body = answer.json()
    assert [(event["status"], event["occurred_on"], event["checkpoint"]) for event in body["events"]] == [
        ("departed", "2020-06-02", None),
        ("waiting_at_checkpoint", "2020-06-02", 1),
        ("arrived", "2020-06-01", None),
    ]
    assert [dispute["about"] for dispute in body["timeline"]["disputes"]] == ["order"]
    assert len(body["timeline"]["steps"]) == 7


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"checkpoint": 4}, "checkpoint"),
        ({"occurred_on": "2999-01-01"}, "occurred_on"),
        ({"occurred_on": "2020-06-02", "starts_at": "2020-06-02T08:00:00Z"}, "starts_at"),
        ({"ends_at": "2020-06-02T08:00:00Z"}, "starts_at"),
        ({"report": "00000000-0000-0000-0000-000000000000"}, "report"),
    ],
)
def test_bad_history_names_its_field(analyst: APIClient, convoy_facts: Callable[..., Facts], event: Facts, field: str) -> None:
    convoy = analyst.post(LIST, convoy_facts(), format="json").json()
    answer = analyst.post(f"{convoy['url']}events/", {"status": "departed", "source": "gazette"} | event, format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content


def test_to_partners_it_does_not_exist_until_two_people_open_it(analyst: APIClient, partner: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    convoy = analyst.post(LIST, convoy_facts(note="ours"), format="json").json()
    incident = Incident.objects.create(slug="ford", name="Strike at the ford")
    Convoy.objects.update(incident=incident)
    report = make_report(convoy=Convoy.objects.get(), violation_type="aid_blocked")
    hidden = [convoy["url"], f"/api/v1/incidents/{incident.public_id}/", f"/api/v1/reports/{report.public_id}/"]
    assert [partner.get(address).status_code for address in hidden] == [404, 404, 404]
    assert [partner.get(f"/api/v1/{noun}/").json()["results"] for noun in ("convoys", "incidents", "reports")] == [[], [], []]
    release()
    assert [partner.get(address).status_code for address in hidden] == [200, 200, 200]
    body = partner.get(convoy["url"]).json()
    check("/api/v1/convoys/{id}/", "get", partner.get(convoy["url"]))
    assert (body["note"], body["withheld"], body["obstructions"], body["incident"]) == (None, ["note"], 1, str(incident.public_id))
    (event_free,) = partner.get(LIST).json()["results"]
    assert event_free["reference"] == "C-1"


def test_a_hidden_event_is_named_by_none_of_its_reports_and_counted_nowhere(
    analyst: APIClient, partner: APIClient, convoy_facts: Callable[..., Facts]
) -> None:
    analyst.post(LIST, convoy_facts(), format="json")
    incident = Incident.objects.create(slug="ford", name="Strike at the ford")
    make_report(convoy=Convoy.objects.get(), incident=incident)
    told = make_report(incident=incident)
    make_report()
    sealed_and_posted()

    def seen(reader: APIClient) -> tuple[int, int, int, int]:
        side = reader.get("/api/v1/agreements/river-2020/tallies/").json()["sides"][0]
        listed = reader.get("/api/v1/reports/?agreement=river-2020&side=A").json()["results"]
        return side["logged"], len(listed), side["incidents"], len(reader.get("/api/v1/incidents/").json()["results"])

    assert seen(analyst) == (3, 3, 1, 1)
    assert seen(partner) == (1, 1, 0, 0)
    assert b"ford" not in partner.get("/api/v1/reports/").content
    assert partner.get(f"/api/v1/reports/{told.public_id}/").status_code == 404
    release()
    assert seen(partner) == (3, 3, 1, 1)


def test_an_event_hides_a_report_that_the_reader_may_not_see(analyst: APIClient, partner: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    for reference in ("C-1", "C-2"):
        analyst.post(LIST, convoy_facts(reference=reference), format="json")
    other = make_report(convoy=Convoy.objects.get(reference="C-2"))
    url = f"/api/v1/convoys/{Convoy.objects.get(reference='C-1').public_id}/"
    event = {"status": "delayed", "source": "gazette", "report": str(other.public_id)}
    assert analyst.post(f"{url}events/", event, format="json").json()["events"][0]["report"] == str(other.public_id)
    release()
    assert partner.get(url).json()["events"][0]["report"] is None


def test_a_protected_source_is_withheld(analyst: APIClient, partner: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    make_source("Driver", is_protected=True)
    convoy = analyst.post(LIST, convoy_facts(source="driver", link="x"), format="json").json()
    analyst.post(f"{convoy['url']}events/", {"status": "delayed", "source": "driver", "wording": "we wait"}, format="json")
    release()
    answer = partner.get(convoy["url"])
    check("/api/v1/convoys/{id}/", "get", answer)
    assert "river" in answer.json()["agreement"]["slug"] and b"driver" not in answer.content.lower() and b"we wait" not in answer.content


def test_partners_enter_nothing(partner: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    assert partner.post(LIST, convoy_facts(), format="json").status_code == 403


def test_the_list_is_narrowed(analyst: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    convoy = analyst.post(LIST, convoy_facts(), format="json").json()
    analyst.post(LIST, convoy_facts(reference="C-2", agreement=None), format="json")
    analyst.post(f"{convoy['url']}events/", {"status": "delayed", "source": "gazette"}, format="json")
    for asked, found in (({"agreement": "river-2020"}, ["C-1"]), ({"status": "delayed"}, ["C-1"]), ({"operator": "relief"}, ["C-2", "C-1"])):
        assert [row["reference"] for row in analyst.get(LIST, asked).json()["results"]] == found
    check(LIST, "get", analyst.get(LIST))
    assert analyst.get(LIST, {"agreement": "none"}).json()["field"] == "agreement"
    assert analyst.get(LIST, {"status": "lost"}).json()["field"] == "status"


def test_the_number_of_queries_does_not_grow(analyst: APIClient, convoy_facts: Callable[..., Facts], django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        convoy = analyst.post(LIST, convoy_facts(reference=f"C-{number}", checkpoints=[{"name": "Post"}]), format="json").json()
        analyst.post(f"{convoy['url']}events/", {"status": "delayed", "source": "gazette", "checkpoint": 1}, format="json")
    with django_assert_max_num_queries(12):
        assert len(analyst.get(LIST).json()["results"]) == 6


def test_it_is_hedged_and_timed_and_what_is_refused_is_kept_as_said(analyst: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    due = {"loaded": "2020-06-02T06:00:00Z", "departed": "2020-06-02T08:00:00Z"}
    answer = analyst.post(LIST, convoy_facts(people_requested_low=5, people_requested_high=9, due=due), format="json")
    check(LIST, "post", answer)
    body = answer.json()
    assert (body["people_requested_low"], body["people_requested"], body["people_requested_high"]) == (5, None, 9)
    assert [step["due"] for step in body["timeline"]["steps"] if step["due"]] == ["2020-06-02T06:00:00+00:00", "2020-06-02T08:00:00+00:00"]
    never = {"status": "requested", "happened": False, "source": "gazette"}
    told = analyst.post(f"{body['url']}events/", never, format="json").json()
    assert told["events"][0]["happened"] is False and told["timeline"]["stands_at"] == "requested"
    wrong = analyst.post(LIST, convoy_facts(reference="C-2", due={"departed": due["loaded"], "loaded": due["departed"]}), format="json")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "due.departed")


def test_csv_and_counts_take_the_same_filters(analyst: APIClient, convoy_facts: Callable[..., Facts]) -> None:
    first = analyst.post(LIST, convoy_facts(mode="air_drop"), format="json").json()
    analyst.post(LIST, convoy_facts(reference="C-2"), format="json")
    analyst.post(f"{first['url']}events/", {"status": "delivered", "occurred_on": "2020-06-03", "source": "gazette"}, format="json")
    sealed_and_posted()
    sheet = b"".join(analyst.get(f"{LIST}csv/", {"mode": "air_drop"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert "C-1" in sheet and "C-2" not in sheet
    answer = analyst.get(f"{LIST}tallies/", {"agreement": "river-2020"})
    check(f"{LIST}tallies/", "get", answer)
    shares = {row["outcome"]: (row["number"], row["whole"]) for row in answer.json()["whole"]["shares"]}
    assert (shares["delivered"], shares["entered"]) == ((1, 1), (2, 2))
    asked = {"agreement": "river-2020", "counted": "delivered", "month": "2020-06", "controller": "unknown"}
    assert [row["reference"] for row in analyst.get(LIST, asked).json()["results"]] == ["C-1"]
    for asked, field in (({"month": "June"}, "month"), ({"controller": "A"}, "controller"), ({"since": "soon"}, "since")):
        assert analyst.get(LIST, asked).json()["field"] == field
    for name in ("as_known_on", "known_on"):
        assert analyst.get(f"{LIST}tallies/", {name: "soon"}).json()["field"] == name
