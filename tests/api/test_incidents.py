"""Incidents over the wire, with what hangs on them: answers, assessments, declarations, coverage; all true to the schema."""

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from incidents.actions import reports
from incidents.actions.reports import HarmStated
from incidents.models import Declaration, Incident, User
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user


@pytest.fixture
def incident(db: None) -> Incident:
    """Return an incident that two claimants report with different numbers."""
    found = Incident.objects.create(slug="ford", name="Strike at the ford")
    make_report(incident=found, place=make_place(), harm=[HarmStated(HarmKind.KILLED, 62, 62, None, HarmGroup.FIGHTERS, Qualifier.AT_LEAST)])
    make_report(
        incident=found,
        claimant=make_party("Monitor"),
        accused_party=None,
        harm=[HarmStated(HarmKind.KILLED, 90, 90, 90, HarmGroup.FIGHTERS)],
    )
    return found


@pytest.fixture
def editor(db: None) -> APIClient:
    return client_of(make_user(User.Role.EDITOR))


@pytest.fixture
def second(db: None) -> APIClient:
    return client_of(make_user(User.Role.EDITOR, "second"))


def address(incident: Incident) -> str:
    return f"/api/v1/incidents/{incident.public_id}/"


# --- The incident


def test_claims_stand_side_by_side_with_what_is_derived(analyst: APIClient, incident: Incident) -> None:
    answer = analyst.get(address(incident))
    check("/api/v1/incidents/{id}/", "get", answer)
    body = answer.json()
    (killed,) = body["harm"]
    assert (killed["text"], killed["rule"], killed["low_qualifier"]) == ("62 (at least) to 90", "lowest_to_highest", "at_least")
    assert [claim["best"] for claim in killed["claims"]] == [62, 90]
    assert [(row["party"], row["claimants"]) for row in body["accusations"]] == [("lowlands", ["highlands"]), (None, ["monitor"])]
    assert (body["when"]["occurred_on"], body["when"]["rule"]) == ("2020-06-02", "same_in_all")
    assert [report["claimant"]["slug"] for report in body["reports"]] == ["highlands", "monitor"]
    (scope,) = body["scope"]
    assert (scope["in_force"]["answer"], scope["party_bound"]["answer"]) == ("yes", "yes")
    assert scope["party_bound"]["reasons"] == [{"code": "on_side", "text": "Lowlands is on a side (Lowlands and allies)."}]
    assert scope["open_questions"] == ["target_excluded"]


def test_the_list_says_the_same_shorter(analyst: APIClient, incident: Incident) -> None:
    answer = analyst.get("/api/v1/incidents/", {"agreement": "river-2020"})
    check("/api/v1/incidents/", "get", answer)
    (row,) = answer.json()["results"]
    whole = analyst.get(address(incident)).json()
    assert row == {name: whole[name] for name in row}
    assert analyst.get("/api/v1/incidents/", {"text": "elsewhere"}).json()["results"] == []
    assert analyst.get("/api/v1/incidents/", {"agreement": "none"}).status_code == 400


def test_a_retracted_report_is_shown_and_derived_from_no_more(analyst: APIClient, incident: Incident) -> None:
    reports.retract(report=incident.reports.order_by("id")[1], by=None, reason="wrong")
    body = analyst.get(address(incident)).json()
    assert body["harm"][0]["text"] == "62 (at least)"
    assert [report["state"] for report in body["reports"]] == ["submitted", "retracted"]
    assert len(body["report_ids"]) == 1


def test_the_number_of_queries_does_not_grow(analyst: APIClient, incident: Incident, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        make_report(incident=Incident.objects.create(slug=f"x-{number}", name="X"), place=make_place())
    with django_assert_max_num_queries(10):
        assert len(analyst.get("/api/v1/incidents/").json()["results"]) == 6


# --- Answers


def response(**more: Any) -> dict[str, Any]:
    make_source()
    return {"incident": "ford", "party": "lowlands", "kind": "denies", "answered_on": "2020-06-03", "gist": "Not ours.", "source": "gazette"} | more


def test_an_answer_is_logged_once(analyst: APIClient, incident: Incident) -> None:
    headers = {"Idempotency-Key": "k"}
    first, second = (analyst.post("/api/v1/responses/", response(), format="json", headers=headers) for _ in range(2))
    check("/api/v1/responses/", "post", first)
    assert first.status_code == 201 and first.content == second.content
    assert [row["kind"] for row in analyst.get(address(incident)).json()["responses"]] == ["denies"]
    check("/api/v1/responses/", "get", analyst.get("/api/v1/responses/", {"incident": "ford"}))
    check("/api/v1/responses/{id}/", "get", analyst.get(first["Location"]))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "blames_another"}, "blamed"),
        ({"answered_on": "2999-01-01"}, "answered_on"),
        ({"gist": ""}, "gist"),
        ({"incident": "none"}, "incident"),
        ({"kind": "shrugs"}, "kind"),
    ],
)
def test_bad_answers_name_their_field(analyst: APIClient, incident: Incident, more: dict[str, Any], field: str) -> None:
    answer = analyst.post("/api/v1/responses/", response(**more), format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_protected_source_is_withheld_from_partners(analyst: APIClient, partner: APIClient, incident: Incident) -> None:
    make_source("Driver", is_protected=True)
    analyst.post("/api/v1/responses/", response(source="driver", wording="words", spoken_by="Somebody"), format="json")
    (row,) = partner.get("/api/v1/responses/").json()["results"]
    assert (row["source"], row["wording"], row["spoken_by"], row["gist"]) == (None, None, None, "Not ours.")


# --- Judgements


def decision(**more: Any) -> dict[str, Any]:
    return {"incident": "ford", "agreement": "river-2020", "occurrence": "verified", "reason": "Two witnesses."} | more


def test_one_editor_decides_and_a_second_confirms(editor: APIClient, second: APIClient, partner: APIClient, incident: Incident) -> None:
    attributed = {"attribution": "attributed", "attributed_side": "A", "harm_grade": "fair", "term": "1", "version": 0}
    decided = editor.post("/api/v1/assessments/", decision(**attributed), format="json")
    check("/api/v1/assessments/", "post", decided)
    assert decided.status_code == 201
    assert partner.get("/api/v1/assessments/").json()["results"] == []
    assert partner.get(decided["Location"]).status_code == 404
    confirm = f"{decided.json()['url']}confirm/"
    assert editor.post(confirm, {"version": 1}, format="json").status_code == 422
    assert second.post(confirm, {"version": 7}, format="json").status_code == 409
    confirmed = second.post(confirm, {"version": 1}, format="json")
    check("/api/v1/assessments/{id}/confirm/", "post", confirmed)
    assert confirmed.status_code == 200 and confirmed.json()["confirmed_at"]
    (shown,) = partner.get("/api/v1/assessments/", {"agreement": "river-2020"}).json()["results"]
    assert (shown["occurrence"], shown["attributed_side"]["code"], shown["reason"]) == ("verified", "A", None)
    check("/api/v1/assessments/{id}/", "get", partner.get(decided["Location"]))
    assert [row["occurrence"] for row in partner.get(address(incident)).json()["assessments"]] == ["verified"]


def test_analysts_and_partners_decide_nothing(analyst: APIClient, partner: APIClient, incident: Incident) -> None:
    for client in (analyst, partner):
        assert client.post("/api/v1/assessments/", decision(), format="json").status_code == 403


def test_nobody_decides_on_what_they_reported(editor: APIClient, incident: Incident) -> None:
    make_report(by=User.objects.get(username="editor"), incident=incident)
    answer = editor.post("/api/v1/assessments/", decision(), format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "own_report")


def test_ones_own_report_attached_to_a_decided_case_bars_its_confirmation(editor: APIClient, second: APIClient, incident: Incident) -> None:
    mine = make_report(by=User.objects.get(username="editor"))
    decided = editor.post("/api/v1/assessments/", decision(), format="json").json()
    assert editor.post(f"/api/v1/reports/{mine.public_id}/attach/", {"incident": incident.slug}, format="json").status_code == 200
    answer = second.post(f"{decided['url']}confirm/", {"version": 1}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "deciders_report")


@pytest.mark.parametrize(
    ("more", "field"),
    [({"reason": " "}, "reason"), ({"term": "9"}, "term"), ({"attribution": "attributed"}, "attributed_side"), ({"in_force": "maybe"}, "in_force")],
)
def test_bad_decisions_name_their_field(editor: APIClient, incident: Incident, more: dict[str, Any], field: str) -> None:
    answer = editor.post("/api/v1/assessments/", decision(**more), format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


# --- Declarations, coverage


def test_declarations_are_read(analyst: APIClient, partner: APIClient, incident: Incident) -> None:
    facts = {"agreement": make_agreement(), "party": make_party("Lowlands"), "stance": "over", "declared_on": date(2020, 6, 5)}
    made = Declaration.objects.create(**facts, wording="It is over.", source=make_source("Driver", is_protected=True))
    make_agreement("hills-2020")
    for client in (analyst, partner):
        check("/api/v1/declarations/", "get", client.get("/api/v1/declarations/"))
        check("/api/v1/declarations/{id}/", "get", client.get(f"/api/v1/declarations/{made.public_id}/"))
    assert analyst.get("/api/v1/declarations/", {"agreement": "river-2020"}).json()["results"][0]["wording"] == "It is over."
    assert partner.get("/api/v1/declarations/").json()["results"][0]["wording"] is None
    assert analyst.get("/api/v1/declarations/", {"agreement": "hills-2020"}).json()["results"] == []
    assert analyst.get("/api/v1/declarations/", {"agreement": "none"}).json()["field"] == "agreement"


def coverage(**more: Any) -> dict[str, Any]:
    make_agreement()
    make_source()
    make_place()
    make_party("Monitor")
    least = {"agreement": "river-2020", "observer": "monitor", "kind": "patrol", "place": "ford", "from_on": "2020-06-02", "source": "gazette"}
    return least | more


def test_coverage_is_logged_and_read(analyst: APIClient, partner: APIClient) -> None:
    logged = analyst.post("/api/v1/coverage/", coverage(is_denied=True, denied_by="lowlands", note="ours"), format="json")
    check("/api/v1/coverage/", "post", logged)
    assert logged.status_code == 201
    check("/api/v1/coverage/", "get", partner.get("/api/v1/coverage/", {"observer": "monitor"}))
    answer = partner.get(logged["Location"])
    check("/api/v1/coverage/{id}/", "get", answer)
    assert (answer.json()["denied_by"]["slug"], answer.json()["note"]) == ("lowlands", None)
    assert partner.post("/api/v1/coverage/", coverage(), format="json").status_code == 403


@pytest.mark.parametrize(
    ("more", "field"), [({"place": None}, "place"), ({"until_on": "2020-06-01"}, "until_on"), ({"denied_by": "lowlands"}, "denied_by")]
)
def test_bad_coverage_names_its_field(analyst: APIClient, more: dict[str, Any], field: str) -> None:
    answer = analyst.post("/api/v1/coverage/", coverage(**more), format="json")
    assert (answer.status_code, answer.json()["field"]) == (422, field)
