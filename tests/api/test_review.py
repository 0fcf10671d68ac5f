"""Review as JSON: the queue, the comparison, the effect, who has a case, what is said; and the walkthrough against the demo."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from incidents.actions import incidents as placing
from incidents.actions.reports import HarmStated
from incidents.models import ApiKey, Assessment, Incident, User
from incidents.vocabulary import HarmKind
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_party, make_report, make_user, sealed_and_posted

WALKTHROUGH = Path(__file__).resolve().parent.parent.parent / "docs" / "review_walkthrough.py"


@pytest.fixture
def editor(db: None) -> APIClient:
    return client_of(make_user(User.Role.EDITOR))


@pytest.fixture
def incident(db: None) -> Incident:
    reports = [
        make_report(harm=[HarmStated(HarmKind.KILLED, 1, 1, 1)]),
        make_report(accused_party=make_party("Outsiders"), harm=[HarmStated(HarmKind.KILLED, 9, 9, 9)]),
    ]
    return placing.open_for(reports=reports, by=None, name="Shelling of the ford")


def post(client: APIClient, incident: Incident, what: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/api/v1/incidents/{incident.public_id}/{what}/", body, format="json")
    assert answer.status_code == status, answer.content
    check(f"/api/v1/incidents/{{id}}/{what}/", "post", answer)
    return answer.json()


def test_the_queue_says_what_waits_and_why(analyst: APIClient, partner: APIClient, incident: Incident) -> None:
    answer = analyst.get("/api/v1/review/", {"agreement": "river-2020"})
    check("/api/v1/review/", "get", answer)
    (row,) = answer.json()["results"]
    assert row["reasons"] == ["contradiction", "unverified"]
    assert "Accused (as claimed)" in row["contradicted"]
    assert (row["claims"], row["held_by"]) == (2, None)
    assert analyst.get("/api/v1/review/", {"mine": "1"}).json()["results"] == []
    assert partner.get("/api/v1/review/").json()["results"] == []
    for wrong in ({"agreement": "none"}, {"mine": "x"}, {"else": "1"}):
        assert analyst.get("/api/v1/review/", wrong).status_code == 400, wrong


def test_claims_are_compared_in_order_of_receipt(analyst: APIClient, incident: Incident) -> None:
    answer = analyst.get(f"/api/v1/incidents/{incident.public_id}/comparison/")
    check("/api/v1/incidents/{id}/comparison/", "get", answer)
    body = answer.json()
    rows = {row["field"]: row for row in body["rows"]}
    assert body["reports"] == [str(report.public_id) for report in incident.reports.order_by("id")]
    assert (rows["accused"]["verdict"], rows["type"]["verdict"], rows["harm"]["verdict"]) == ("contradict", "agree", "contradict")
    assert [value["best"] for value in rows["harm"]["values"]] == [1, 9]
    assert [value["text"] for value in rows["accused"]["values"]] == ["Lowlands", "Outsiders"]


def test_the_effect_is_told_and_nothing_is_stored(editor: APIClient, analyst: APIClient, incident: Incident) -> None:
    judged = {"agreement": "river-2020", "occurrence": "verified", "attribution": "attributed", "attributed_side": "A"}
    told = post(editor, incident, "effect", **judged)
    assert [(one["series"], one["side"]["code"], one["before"], one["after"]) for one in told["effects"]] == [("verified", "A", 0, 1)]
    post(analyst, incident, "effect", 403, **judged)
    assert not Assessment.objects.exists()


def test_a_case_is_taken_up_assigned_and_let_go(editor: APIClient, partner: APIClient, incident: Incident) -> None:
    other = client_of(make_user(User.Role.EDITOR, "other"))
    assert post(editor, incident, "take-up")["held_by"] == "editor"
    assert post(other, incident, "take-up", 422)["code"] == "held_by_another"
    assert post(other, incident, "take-up", taking_over=True)["held_by"] == "other"
    assert post(other, incident, "let-go")["held_by"] is None
    assert post(editor, incident, "assign", to="other")["assigned_to"] == "other"
    assert post(editor, incident, "assign", 422, to="nobody-here")["field"] == "to"
    post(partner, incident, "take-up", 403)


def test_comments_questions_and_answers(editor: APIClient, analyst: APIClient, partner: APIClient, incident: Incident) -> None:
    asked = post(editor, incident, "comments", 201, body="Which bank?", put_to="analyst")
    assert asked["kind"] == "question"
    assert post(analyst, incident, "comments", 201, body="The left.", answers=asked["id"])["answers"] == asked["id"]
    post(analyst, incident, "comments", 403, body="By the way")
    assert post(editor, incident, "comments", 422, body="x", answers=str(uuid4()))["field"] == "answers"
    post(partner, incident, "comments", 404, body="x")
    answer = analyst.get(f"/api/v1/incidents/{incident.public_id}/comments/")
    check("/api/v1/incidents/{id}/comments/", "get", answer)
    assert [said["kind"] for said in answer.json()["results"]] == ["question", "answer"]


def test_the_history_tells_the_whole_tale_of_every_report(editor: APIClient, partner: APIClient, incident: Incident) -> None:
    other = placing.open_for(reports=[make_report()], by=None, name="Shelling of the mill")
    (report,) = other.reports.all()
    placing.move(report=report, to=incident, by=User.objects.get(username="editor"), note="One and the same.")
    sealed_and_posted()
    address = f"/api/v1/incidents/{incident.public_id}/history/"
    answer = editor.get(address)
    check("/api/v1/incidents/{id}/history/", "get", answer)
    told = [row for row in answer.json()["results"] if row["record"] == {"type": "report", "id": str(report.public_id)}]
    assert [row["kind"] for row in told] == ["report.submitted", "report.attached", "report.moved"]
    assert [(row["was_of"], row["is_of"]) for row in told] == [(None, None), (None, other.slug), (other.slug, incident.slug)]
    assert (told[-1]["by"], told[-1]["note"]) == ("editor", "One and the same.")
    left = editor.get(f"/api/v1/incidents/{other.public_id}/history/").json()["results"]
    assert [row["kind"] for row in left] == ["report.submitted", "incident.opened", "report.attached", "report.moved"]
    placing.merge(incident=other, into=incident, by=None)
    assert editor.get(address).json()["results"][-1]["kind"] == "incident.merged"
    numbers = [row["number"] for row in answer.json()["results"]]
    assert None not in numbers and numbers == sorted(numbers)
    absent = partner.get(f"/api/v1/incidents/{uuid4()}/history/")
    assert (partner.get(address).status_code, partner.get(address).content) == (404, absent.content)


def test_a_merger_takes_questions_along(editor: APIClient, analyst: APIClient, incident: Incident) -> None:
    asked = post(editor, incident, "comments", 201, body="Which bank?", put_to="analyst")
    heir = placing.open_for(reports=[make_report()], by=None, name="Shelling of the mill")
    placing.merge(incident=incident, into=heir, by=None)
    assert post(analyst, heir, "comments", 201, body="The left.", answers=asked["id"])["answers"] == asked["id"]
    said = editor.get(f"/api/v1/incidents/{heir.public_id}/comments/").json()["results"]
    assert [row["body"] for row in said] == ["Which bank?", "The left."]


def test_a_decision_is_taken_back_by_who_made_it(editor: APIClient, incident: Incident) -> None:
    make_agreement()
    said = {"incident": incident.slug, "agreement": "river-2020", "version": 0, "occurrence": "disputed", "reason": "two accounts"}
    decided = editor.post("/api/v1/assessments/", said, format="json").json()
    address, back = f"/api/v1/assessments/{decided['id']}/move/", {"move": "withdraw", "reason": "too early", "version": 1}
    other = client_of(make_user(User.Role.EDITOR, "other"))
    assert other.post(address, back, format="json").status_code == 422
    answer = editor.post(address, back, format="json")
    check("/api/v1/assessments/{id}/move/", "post", answer)
    assert (answer.json()["occurrence"], answer.json()["reason"]) == ("under_review", "two accounts")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_walkthrough_plays_both_cases_twice(live_server: LiveServer, tmp_path: Path) -> None:
    people = {"editor": User.Role.EDITOR, "second-editor": User.Role.EDITOR, "partner": User.Role.PARTNER}
    demo: dict[str, Any] = {"base_url": live_server.url}
    for name, role in people.items():
        demo[name] = {"api_key": ApiKey.issue(user=make_user(role, name), name="walkthrough")[1]}
    # The sample editors are there first: they release the demo's convoys, and with them the struck one, to partners.
    call_command("load_demo", verbosity=0)
    sealed_and_posted()
    file = tmp_path / "demo-credentials.json"
    file.write_text(json.dumps(demo), encoding="utf-8")
    for _each in range(2):
        done = subprocess.run([sys.executable, WALKTHROUGH, file], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "62 (at least) to 90" in done.stdout
        assert "in force: contested" in done.stdout
        assert "You made this decision. A second editor must confirm it." in done.stdout
        assert done.stdout.count("Partner sees: verified") == 2
        assert done.stdout.count("Confirmed by second-editor: verified") == 2
        assert done.stdout.count("second-editor assessment.confirmed (assessment): Read, and agreed.") >= 2
    assert set(Assessment.objects.filter(confirmed_by__username="second-editor").values_list("occurrence", flat=True)) == {"verified"}
