"""Incidents on the desk: claims side by side, derived facts with their rule, answers, scope with reasons, and two editors' judgement."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.actions.reports import HarmStated
from incidents.models import Assessment, Incident, Response, User
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user
from tests.views.conftest import signed_in
from tests.views.reading import text_of


@pytest.fixture
def incident(db: None) -> Incident:
    found = Incident.objects.create(slug="ford", name="Strike at the ford", name_ar="ضربة")
    make_report(incident=found, place=make_place(), harm=[HarmStated(HarmKind.KILLED, 62, 62, None, HarmGroup.FIGHTERS, Qualifier.AT_LEAST)])
    make_report(
        incident=found, claimant=make_party("Monitor"), accused_party=None, harm=[HarmStated(HarmKind.KILLED, 90, 90, 90, HarmGroup.FIGHTERS)]
    )
    return found


def address(incident: Incident) -> str:
    return f"/en/incidents/{incident.public_id}/"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("role", ["editor", "partner"])
def test_the_pages_open_in_both_languages(request: pytest.FixtureRequest, incident: Incident, language: str, role: str) -> None:
    client: Client = request.getfixturevalue(role)
    for page in ("incidents/", "incidents/?agreement=river-2020&text=ford", f"incidents/{incident.public_id}/"):
        assert client.get(f"/{language}/{page}").status_code == 200
    assert client.get(f"/{language}/incidents/?agreement=none").status_code == 400


def test_claims_stand_side_by_side_with_what_is_derived(partner: Client, incident: Incident) -> None:
    shown = text_of(partner.get(address(incident)))
    for words in (
        "62 (at least) to 90",
        "From the lowest to the highest number that a claim states.",
        "Lowlands is on a side (Lowlands and allies).",
        "By its dates it was in force.",
        "Nobody has answered yet.",
    ):
        assert words in shown, words
    assert "Log an answer" not in shown and "Decide" not in shown
    assert "62 (at least) to 90" in text_of(partner.get("/en/incidents/"))


def test_an_answer_is_logged(analyst: Client, incident: Incident) -> None:
    make_source()
    said = {"party": "lowlands", "kind": "denies", "answered_on": "2020-06-03", "gist": "Not ours.", "source": "gazette"}
    wrong = analyst.post(f"{address(incident)}responses/", said | {"kind": "blames_another"})
    assert wrong.status_code == 422 and 'id="id_blamed_error"' in wrong.content.decode()
    assert analyst.post(f"{address(incident)}responses/", said).status_code == 302
    assert Response.objects.get().incident == incident
    assert "Not ours." in text_of(analyst.get(address(incident)))


def test_one_editor_decides_and_a_second_confirms(incident: Incident, partner: Client) -> None:
    one, two = (signed_in(make_user(User.Role.EDITOR, name)) for name in ("one", "two"))
    decide, confirm = f"{address(incident)}river-2020/decide/", f"{address(incident)}river-2020/confirm/"
    said = {"version": "0", "occurrence": "verified", "attribution": "attributed", "attributed_side": "A", "public_summary": "It happened."}
    said |= {"in_force": "yes", "party_bound": "yes", "target_excluded": "no", "place_covered": "yes"}

    def post(client: Client, to: str, **more: str) -> int:
        return client.post(to, {f"river-2020-{name}": value for name, value in (said | more).items()}).status_code

    assert post(one, decide) == 422
    assert post(one, decide, reason="Two witnesses.", attributed_side="") == 422
    assert not Assessment.objects.exists()
    assert post(one, decide, reason="Two witnesses.") == 302
    decided = Assessment.objects.get()
    assert (decided.occurrence, decided.scope_reasons["in_force"]["answer"]) == ("verified", "yes")
    assert "It happened." not in text_of(partner.get(address(incident)))
    assert "Confirm decision" not in text_of(one.get(address(incident)))
    one.post(confirm, {"version": decided.version})
    assert Assessment.objects.get().confirmed_by is None
    assert two.post(confirm, {"version": decided.version}).status_code == 302
    shown = text_of(partner.get(address(incident)))
    assert "It happened." in shown and "Two witnesses." not in shown


def test_nobody_decides_on_what_they_reported(editor: Client, incident: Incident) -> None:
    make_report(by=User.objects.get(username="editor"), incident=incident)
    said = {"version": "0", "occurrence": "verified", "attribution": "contested", "reason": "Because."}
    said |= dict.fromkeys(("in_force", "party_bound", "target_excluded", "place_covered"), "yes")
    answer = editor.post(f"{address(incident)}river-2020/decide/", {f"river-2020-{name}": value for name, value in said.items()})
    assert answer.status_code == 422
    assert not Assessment.objects.exists()


def test_analysts_judge_nothing(analyst: Client, incident: Incident) -> None:
    assert analyst.post(f"{address(incident)}river-2020/decide/", {}).status_code == 403


def test_a_merged_incident_leads_to_where_it_goes_on(partner: Client, incident: Incident) -> None:
    old = Incident.objects.create(slug="old", name="Old", merged_into=incident)
    assert partner.get(address(old)).headers["Location"] == address(incident)
    assert "Old" not in text_of(partner.get("/en/incidents/"))


def test_the_list_says_whom_reports_accuse_how_it_is_judged_and_of_whom_the_numbers_are(editor: Client, incident: Incident) -> None:
    shown = text_of(editor.get("/en/incidents/?agreement=river-2020"))
    assert "1 event that we believe lies behind reports." in shown
    assert "Lowlands Nobody accused 2 62 (at least) to 90 fighters" in shown and "unverified contested" in shown
    by = make_user(User.Role.EDITOR, "judge")
    Assessment.objects.create(
        incident=incident,
        agreement=make_agreement(),
        occurrence="disputed",
        attribution="contested",
        reason="x",
        decided_by=by,
        decided_at=timezone.now(),
    )
    assert "disputed contested" in text_of(editor.get("/en/incidents/"))


def test_the_list_is_narrowed_by_its_form_and_keeps_what_cannot_be_read(editor: Client, incident: Incident) -> None:
    make_report(incident=Incident.objects.create(slug="mill", name="Fire at the mill"), violation_type="sniper")
    shown = text_of(editor.get("/en/incidents/?agreement=river-2020&type=sniper"))
    assert "Fire at the mill" in shown and "Strike at the ford" not in shown and "Type: Sniper fire" in shown
    assert "Nothing on record answers to this." in text_of(editor.get("/en/incidents/?agreement=river-2020&state=verified"))
    wrong = editor.get("/en/incidents/?since=soon&text=mill")
    assert wrong.status_code == 400
    body = wrong.content.decode()
    assert 'value="soon" aria-invalid="true"' in body and 'value="mill"' in body and "Nothing on record" not in body


def test_the_list_asks_no_more_often_when_there_are_more(editor: Client, incident: Incident) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            editor.get("/en/incidents/")
        return len(queries)

    asked()
    few = asked()
    for number in range(4):
        make_report(incident=Incident.objects.create(slug=f"i-{number}", name=f"Event {number}"), place=make_place(f"Place {number}"))
    assert asked() <= few


def test_an_editor_goes_on_to_the_case_and_a_partner_does_not(editor: Client, partner: Client, incident: Incident) -> None:
    case = f"/en/review/{incident.public_id}/"
    assert f'href="{case}"' in editor.get(address(incident)).content.decode() and editor.get(case).status_code == 200
    assert case not in partner.get(address(incident)).content.decode()
