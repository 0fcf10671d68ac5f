"""The review queue and the page of a case: who may do what, what is compared, decided, undone; nothing typed is lost."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.actions import assessments, cases
from incidents.actions import incidents as placing
from incidents.actions.reports import HarmStated
from incidents.models import Assessment, Case, Change, Comment, Incident, User
from incidents.queries import queue, tallies
from incidents.vocabulary import HarmKind
from tests.builders import make_agreement, make_member, make_party, make_place, make_report, make_user, sealed_and_posted
from tests.views.conftest import signed_in
from tests.views.reading import text_of

SLUG = "river-2020"


@pytest.fixture
def incident(db: None) -> Incident:
    far = {"latitude": Decimal("33.60"), "longitude": Decimal("36.30"), "place_precision": "point"}
    near = {"latitude": Decimal("33.50"), "longitude": Decimal("36.30"), "place_precision": "point"}
    first = make_report(harm=[HarmStated(HarmKind.KILLED, 1, 1, 1)], target_as_claimed="A mill", **near)
    second = make_report(
        claimant=make_party("Lowlands"), accused_party=make_party("Highlands"), harm=[HarmStated(HarmKind.KILLED, 20, 20, 20)], **far
    )
    return placing.open_for(reports=[first, second], by=None, name="Shelling of the ford")


def at(incident: Incident, rest: str = "") -> str:
    return f"/en/review/{incident.public_id}/{rest}"


def judged(**more: object) -> dict[str, object]:
    answers = dict.fromkeys(("in_force", "party_bound", "target_excluded", "place_covered"), "yes")
    return {"version": 0, "occurrence": "verified", "attribution": "attributed", "whom": "side:A", "reason": "Seen by two.", **answers} | more


def plain(name: str) -> Incident:
    return placing.open_for(reports=[make_report()], by=None, name=name)


def test_the_queue_says_why_each_waits(analyst: Client, incident: Incident) -> None:
    words = text_of(analyst.get("/en/review/"))
    assert "1 case waits" in words
    assert "Claims contradict one another :" in words.replace("another:", "another :")
    assert "Accused (as claimed)" in words
    assert "open for under 1 h" in words


def test_the_number_in_the_rail_is_that_of_the_queue(editor: Client, incident: Incident) -> None:
    reader = User.objects.get(role=User.Role.EDITOR)
    second = make_user(User.Role.EDITOR, "second")
    other = plain("Another")
    assert queue.number(reader) == len(queue.page(reader).rows) == 2
    done = assessments.decide(incident=other, agreement=make_agreement(), by=reader, occurrence="disputed", reason="two accounts")
    assert queue.number(reader) == len(queue.page(reader).rows) == 2
    assessments.confirm(assessment=done, by=second)
    assert queue.number(reader) == len(queue.page(reader).rows) == 1
    placing.attach(report=make_report(), incident=other, by=None)
    assert queue.number(reader) == len(queue.page(reader).rows) == 2
    assert 'rail-count--filled">2<' in editor.get("/en/review/").content.decode()


def test_partners_are_refused_and_analysts_read_along(partner: Client, analyst: Client, incident: Incident) -> None:
    assert partner.get("/en/review/").status_code == 403
    assert partner.get(at(incident)).status_code == 403
    assert "/en/review/" not in partner.get("/en/reports/").content.decode()
    page = text_of(analyst.get(at(incident)))
    assert "You read along: editors decide." in page
    assert "Record decision" not in page
    for address in ("take-up/", "let-go/", "assign/", "say/", "arrange/", "merge/", "undo/", f"{SLUG}/decide/", f"{SLUG}/confirm/", f"{SLUG}/move/"):
        assert analyst.post(at(incident, address), judged()).status_code == 403, address
    assert analyst.post("/en/review/plain/", {}).status_code == 403
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_case_lays_claims_beside_one_another(editor: Client, incident: Incident, language: str) -> None:
    page = editor.get(f"/{language}/review/{incident.public_id}/")
    body = page.content.decode()
    assert page.status_code == 200
    assert body.count('class="is-contradict"') >= 3
    assert '<svg class="positions"' in body
    if language == "en":
        words = text_of(page)
        assert "Claim 1" in words
        assert "apart: 11 km" in words
        assert "A mill" in words
        assert "In force? yes" in words
        assert "contradicts another claim: Lowlands" in words
        assert "By its dates it was in force." in words


def test_values_are_adopted_from_any_claim_and_nothing_is_saved(editor: Client, incident: Incident) -> None:
    body = editor.get(at(incident, "?adopt=2")).content.decode()
    assert '<option value="party:highlands" selected>' in body
    assert "Filled in from claim 2." in body
    assert not Assessment.objects.exists()


def test_the_effect_is_shown_and_nothing_is_saved(editor: Client, incident: Incident) -> None:
    effect = at(incident, f"{SLUG}/decide/")
    assert "Lowlands and allies Verified not counted yet" in text_of(editor.get(at(incident)))
    sealed_and_posted()
    unmoved = "Lowlands and allies Verified 0 → to 0 stays Highlands and allies Verified 0 → to 0 stays"
    assert unmoved in text_of(editor.get(at(incident))), "before anything is chosen, the tally as it stands"
    answer = editor.post(effect, judged(then="effect", reason=""))
    words = text_of(answer)
    assert answer.status_code == 200
    assert "Lowlands and allies Verified 0 → to 1 changes Highlands and allies Verified 0 → to 0 stays" in words
    fragment = editor.post(effect, judged(then="effect"), headers={"HX-Request": "true"})
    assert "0 → to 1 changes" in text_of(fragment)
    assert "<html" not in fragment.content.decode()
    disputed = text_of(
        editor.post(effect, judged(then="effect", occurrence="disputed", attribution="contested", whom=""), headers={"HX-Request": "true"})
    )
    assert unmoved in disputed
    assert "Lowlands and allies Disputed 0 → to 1 changes Highlands and allies Disputed 0 → to 1 changes" in disputed
    half = editor.post(effect, judged(then="effect", whom=""), headers={"HX-Request": "true"})
    assert "What is filled in cannot be weighed yet." in text_of(half)
    assert not Assessment.objects.exists()


def test_what_happened_outside_the_days_in_force_moves_no_tally_of_them(editor: Client) -> None:
    late = placing.open_for(reports=[make_report(occurred_on=date(2020, 7, 1))], by=None, name="After the truce")
    sealed_and_posted()
    words = text_of(editor.post(at(late, f"{SLUG}/decide/"), judged(then="effect")))
    assert "Lowlands and allies Verified 0 → to 0 stays" in words
    assert "It did not happen on the days in force" in words


def test_what_the_effect_foretells_is_what_the_tally_then_shows(editor: Client, incident: Incident) -> None:
    sealed_and_posted()
    foretold = text_of(editor.post(at(incident, f"{SLUG}/decide/"), judged(then="effect")))
    assert "Lowlands and allies Verified 0 → to 1" in foretold
    editor.post(at(incident, f"{SLUG}/decide/"), judged())
    signed_in(make_user(User.Role.EDITOR, "second")).post(at(incident, f"{SLUG}/confirm/"), {"version": 1})
    sealed_and_posted()
    assert [row.verified for row in tallies.of_agreement(make_agreement()).sides] == [1, 0]


def test_a_decision_without_a_reason_loses_nothing(editor: Client, incident: Incident) -> None:
    answer = editor.post(at(incident, f"{SLUG}/decide/"), judged(reason=" ", public_summary="What we found.", target_as_assessed="A mill"))
    body = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_reason_error">Say why you decide so.' in body
    assert "What we found." in body
    assert '<option value="side:A" selected>' in body
    assert not Assessment.objects.exists()
    unnamed = editor.post(at(incident, f"{SLUG}/decide/"), judged(whom=""))
    assert 'id="id_whom_error">Name the one party or side' in unnamed.content.decode()
    nothing = editor.post(at(incident, f"{SLUG}/decide/"), judged(occurrence=""))
    assert "Say what the decision finds." in text_of(nothing)


def test_one_decides_another_confirms_and_either_may_go_back(editor: Client, incident: Incident) -> None:
    second = signed_in(make_user(User.Role.EDITOR, "second"))
    assert editor.post(at(incident, f"{SLUG}/decide/"), judged()).status_code == 302
    sealed_and_posted()
    stored = Assessment.objects.get()
    assert (stored.occurrence, stored.attributed_side and stored.attributed_side.code) == ("verified", "A")
    assert stored.scope_reasons["in_force"]["answer"] == "yes"
    own = text_of(editor.get(at(incident)))
    assert "Take back one's own decision" in own
    assert "Note (optional)" not in own
    assert editor.post(at(incident, f"{SLUG}/confirm/"), {"version": 1}).status_code == 422
    page = text_of(second.get(at(incident)))
    assert "Send back to review" in page
    assert "0 → to 1 changes" in page
    assert second.post(at(incident, f"{SLUG}/confirm/"), {"version": 1}).status_code == 302
    again = second.post(at(incident, f"{SLUG}/move/"), {"version": 2, "move": "reopen", "reason": ""})
    assert again.status_code == 422
    assert "Say why." in text_of(again)
    assert second.post(at(incident, f"{SLUG}/move/"), {"version": 2, "move": "reopen", "reason": "A video came."}).status_code == 302
    stored.refresh_from_db()
    assert (stored.occurrence, stored.decided_by, stored.reason) == ("under_review", None, "Seen by two.")
    kept = second.get(at(incident))
    assert "Seen by two." in kept.content.decode()
    assert "Assessment reopened" in text_of(kept)


def test_nobody_decides_on_what_they_reported(incident: Incident) -> None:
    author = make_user(User.Role.EDITOR, "author")
    placing.attach(report=make_report(by=author), incident=incident, by=None)
    client = signed_in(author)
    page = text_of(client.get(at(incident)))
    assert "You entered a report behind this case." in page
    assert "Record decision" not in page
    refused = client.post(at(incident, f"{SLUG}/decide/"), judged())
    assert refused.status_code == 422
    assert "Seen by two." in refused.content.decode()


def test_ones_own_report_arranged_into_a_decided_case_bars_its_confirmation(editor: Client, incident: Incident) -> None:
    mine = make_report(by=User.objects.get(username="editor"))
    elsewhere = placing.open_for(reports=[mine], by=None, name="Another")
    assert editor.post(at(incident, f"{SLUG}/decide/"), judged()).status_code == 302
    moved = editor.post(at(elsewhere, "arrange/"), {"arrange-reports": [mine.public_id], "arrange-how": "move", "arrange-to": incident.slug})
    assert moved.status_code == 302
    second = signed_in(make_user(User.Role.EDITOR, "second"))
    refused = second.post(at(incident, f"{SLUG}/confirm/"), {"version": 1})
    assert refused.status_code == 422 and "Whoever decided this entered a report that is behind the case now." in text_of(refused)
    assert Assessment.objects.get().confirmed_by is None
    back = {"version": 1, "move": "send_back", "reason": "It rests on the decider's own report."}
    assert second.post(at(incident, f"{SLUG}/move/"), back).status_code == 302
    assert editor.post(at(incident, f"{SLUG}/decide/"), judged(version=2)).status_code == 422


def test_deciding_together_passes_over_ones_own_and_says_so(editor: Client) -> None:
    own = placing.open_for(reports=[make_report(by=User.objects.get(username="editor"))], by=None, name="Own")
    other = plain("Other")
    both = [str(own.public_id), str(other.public_id)]
    done = editor.post("/en/review/plain/", {"cases": both, "occurrence": "not_verifiable", "reason": "No trace."}, follow=True)
    assert "You entered a report behind this case." in text_of(done) or done.status_code == 422
    assert not Assessment.objects.filter(incident=own).exists()
    editor.post("/en/review/plain/", {"cases": both[1:], "occurrence": "not_verifiable", "reason": "No trace."})
    assert Assessment.objects.filter(incident=other).exists()


def test_an_older_version_is_refused_and_what_was_typed_stays(editor: Client, incident: Incident) -> None:
    assessments.decide(
        incident=incident, agreement=make_agreement(), by=make_user(User.Role.EDITOR, "other"), occurrence="disputed", reason="two accounts"
    )
    answer = editor.post(at(incident, f"{SLUG}/decide/"), judged())
    assert answer.status_code == 422
    assert "Somebody changed this assessment since you opened it." in text_of(answer)
    assert Assessment.objects.get().occurrence == "disputed"


def test_a_case_is_taken_up_taken_over_knowingly_and_let_go(editor: Client, incident: Incident) -> None:
    other = make_user(User.Role.EDITOR, "other")
    cases.take_up(incident=incident, by=other)
    assert "other is looking at this since" in text_of(editor.get(at(incident)))
    assert "Somebody else has this case open." in text_of(editor.post(at(incident, "take-up/"), follow=True))
    assert "You are looking at this since" in text_of(editor.post(at(incident, "take-up/"), {"taking_over": "yes"}, follow=True))
    assert "Nobody looks at this case now." in text_of(editor.post(at(incident, "let-go/"), follow=True))
    assert "Nobody is looking at this." in text_of(editor.get(at(incident)))


def test_opening_a_case_shows_others_who_looks_and_holds_nobody_up(editor: Client, incident: Incident) -> None:
    second = signed_in(make_user(User.Role.EDITOR, "second"))
    look = {"then": "look"}
    assert 'hx-trigger="load, every 300s"' in editor.get(at(incident)).content.decode()
    mine = editor.post(at(incident, "take-up/"), look)
    assert "You are looking at this since" in text_of(mine) and 'hx-trigger="every 300s"' in mine.content.decode()
    assert "editor is looking at this since" in text_of(second.post(at(incident, "take-up/"), look)), "who came first keeps it"
    assert "who looks at it: editor" in text_of(second.get(at(incident)))
    assert second.post(at(incident, f"{SLUG}/decide/"), judged()).status_code == 302
    Case.objects.update(held_since=timezone.now() - timedelta(hours=1), held_until=timezone.now() - timedelta(seconds=1))
    assert "Nobody is looking at this." in text_of(second.get(at(incident))), "it runs out by itself"
    assert "second" in text_of(second.get("/en/review/")) and not Change.objects.filter(kind__startswith="case.").exists()


def test_the_queue_counts_its_cases_by_how_far_they_are(editor: Client, incident: Incident) -> None:
    plain("Another")
    editor.post(at(incident, f"{SLUG}/decide/"), judged())
    words = text_of(editor.get(at(incident)))
    assert "not taken up 1 second editor 1" in words


def test_a_case_is_assigned_to_editors_alone_and_mine_finds_it(editor: Client, analyst: Client, incident: Incident) -> None:
    plain("Another")
    assert editor.post(at(incident, "assign/"), {"to": "editor"}).status_code == 302
    assert Case.objects.get().assigned_to == User.objects.get(username="editor")
    assert editor.post(at(incident, "assign/"), {"to": "analyst"}).status_code == 422
    words = text_of(editor.get("/en/review/?mine=1"))
    assert "1 case waits" in words
    assert "2 cases wait" in text_of(editor.get(f"/en/review/?agreement={SLUG}"))


def test_a_question_is_answered_by_the_one_asked(editor: Client, analyst: Client, incident: Incident) -> None:
    assert editor.post(at(incident, "say/"), {"body": "Which bank?", "put_to": "analyst"}).status_code == 302
    question = Comment.objects.get()
    assert "A question waits for an answer" in text_of(analyst.get("/en/review/"))
    address = at(incident, f"questions/{question.public_id}/")
    assert editor.post(address, {f"answer-{question.pk}-body": "me"}).status_code == 403
    assert analyst.post(address, {f"answer-{question.pk}-body": " "}).status_code == 422
    assert analyst.post(address, {f"answer-{question.pk}-body": "The left one."}).status_code == 302
    assert "The left one." in text_of(editor.get(at(incident)))


def test_reports_are_split_moved_detached_merged_and_each_is_undone(editor: Client, incident: Incident) -> None:
    first, second = incident.reports.order_by("id")
    other = plain("Another")

    def arranged(**said: object) -> Client:
        answer = editor.post(at(incident, "arrange/"), {f"arrange-{name}": value for name, value in said.items()})
        assert answer.status_code == 302, text_of(answer)
        return editor

    def undone() -> None:
        body = editor.get(at(incident)).content.decode()
        operation = body.split('name="operation" value="')[1].split('"')[0]
        assert editor.post(at(incident, "undo/"), {"operation": operation}).status_code == 302
        assert set(incident.reports.all()) == {first, second}

    arranged(reports=[second.public_id], how="split", name="Shelling of the mill")
    assert list(incident.reports.all()) == [first]
    undone()
    arranged(reports=[second.public_id], how="move", to=other.slug)
    assert second in other.reports.all()
    undone()
    arranged(reports=[first.public_id, second.public_id], how="detach")
    assert not incident.reports.exists()
    undone()
    assert editor.post(at(incident, "merge/"), {"merge-into": other.slug}).status_code == 302
    assert editor.get(at(incident)).headers["Location"].endswith(f"{other.public_id}/")


def test_a_mistake_in_rearranging_is_said_at_its_field(editor: Client, incident: Incident) -> None:
    first = incident.reports.order_by("id")[0]
    nowhere = editor.post(at(incident, "arrange/"), {"arrange-reports": [first.public_id], "arrange-how": "move", "arrange-to": "nowhere"})
    assert nowhere.status_code == 422
    assert "There is no such incident." in text_of(nowhere)
    assert 'value="nowhere"' in nowhere.content.decode()
    unnamed = editor.post(at(incident, "arrange/"), {"arrange-reports": [first.public_id], "arrange-how": "split"})
    assert "Give the incident a working title." in text_of(unnamed)


def test_plain_cases_are_decided_together_each_with_its_record(editor: Client, incident: Incident) -> None:
    one, two = plain("One"), plain("Two")
    make_member(make_agreement().sides.get(code="A"), make_party("Rangers"))
    both = [str(one.public_id), str(two.public_id)]
    without = editor.post("/en/review/plain/", {"cases": both, "occurrence": "not_verifiable", "reason": ""})
    assert without.status_code == 422
    assert f'value="{one.public_id}" aria-label="One" checked' in without.content.decode()
    contradictory = editor.post("/en/review/plain/", {"cases": [str(incident.public_id)], "occurrence": "not_verifiable", "reason": "No trace."})
    assert contradictory.status_code == 422
    done = editor.post("/en/review/plain/", {"cases": both, "occurrence": "not_verifiable", "reason": "No trace."}, follow=True)
    assert "2 cases are decided." in text_of(done)
    assert {row.incident for row in Assessment.objects.all()} == {one, two}
    assert set(Assessment.objects.values_list("occurrence", "attribution", "in_force")) == {("not_verifiable", "not_established", "yes")}


def test_what_is_typed_is_never_markup(editor: Client) -> None:
    hostile = "<script>alert('x')</script>"
    report = make_report(target_as_claimed=hostile, place=make_place("Pla<u>ce", slug="p"), claimant=make_party("C<b>x", slug="c"))
    incident = placing.open_for(reports=[report], by=None, name=hostile)
    cases.comment(incident=incident, body=hostile, by=make_user(User.Role.EDITOR, "other"))
    for page in (at(incident), "/en/review/"):
        body = editor.get(page).content.decode()
        assert "<script>alert" not in body
        assert "<b>x" not in body
        assert "Pla<u>ce" not in body


def several(number: int, reports: int) -> list[Incident]:
    """Return cases that wait, each with so many reports that contradict one another."""
    made = []
    for _each in range(number):
        told = [
            make_report(claimant=make_party(("Lowlands", "Highlands")[n % 2]), harm=[HarmStated(HarmKind.KILLED, n, n, n)]) for n in range(reports)
        ]
        made.append(placing.open_for(reports=told, by=None, name="Shelling of the mill"))
    return made


def test_neither_more_cases_nor_more_reports_take_more_queries(editor: Client) -> None:
    few = several(5, 2)
    editor.get(at(few[0]))  # remembers the agreement in view
    taken: list[tuple[int, int]] = []
    for case in (few[0], several(45, 2)[0], several(1, 12)[0]):
        with CaptureQueriesContext(connection) as listed:
            assert editor.get("/en/review/").status_code == 200
        with CaptureQueriesContext(connection) as shown:
            assert editor.get(at(case)).status_code == 200
        taken.append((len(listed), len(shown)))
    assert taken[0] == taken[1] == taken[2], taken
    assert taken[0][0] <= 30 and taken[0][1] <= 70, taken


def test_the_queue_has_pages(editor: Client) -> None:
    several(52, 1)
    first = editor.get("/en/review/").content.decode()
    assert first.count('class="ref queue-name"') == 50 and "52 cases wait" in first
    (address,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = editor.get(address.replace("&amp;", "&")).content.decode()
    assert second.count('class="ref queue-name"') == 2 and 'rel="prev"' in second and 'rel="next"' not in second
    assert editor.get("/en/review/?cursor=nothing").status_code == 404
