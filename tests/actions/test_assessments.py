"""Assessments: a reason, a second editor, and nobody on what they reported."""

from typing import Any

import pytest

from incidents.actions import assessments, incidents
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import Assessment, Change, Incident, User
from incidents.rules.review import Move
from tests.builders import make_agreement, make_party, make_report, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident() -> Incident:
    return Incident.objects.create(slug="ford", name="Strike at the ford")


@pytest.fixture
def editor() -> User:
    return make_user(User.Role.EDITOR)


@pytest.fixture
def second() -> User:
    return make_user(User.Role.EDITOR, "second")


def decide(incident: Incident, by: User, **judged: Any) -> Assessment:
    return assessments.decide(incident=incident, agreement=make_agreement(), by=by, **{"reason": "Two witnesses.", "occurrence": "disputed"} | judged)


def refused(field: str, code: str, *args: Any, **facts: Any) -> None:
    with pytest.raises(RuleBroken) as broken:
        decide(*args, **facts)
    assert (broken.value.field, broken.value.code) == (field, code)
    assert not Assessment.objects.exists()


def test_a_second_editor_confirms(incident: Incident, editor: User, second: User) -> None:
    decided = decide(incident, editor, occurrence="verified", attribution="attributed", attributed_party=make_party("Lowlands"))
    assert (decided.decided_by, decided.confirmed_by, decided.party_bound) == (editor, None, "unknown")
    confirmed = assessments.confirm(assessment=decided, by=second, version=decided.version)
    assert (confirmed.confirmed_by, confirmed.version) == (second, 2)
    kinds = Change.objects.filter(record_id=decided.public_id).order_by("id").values_list("kind", "agreement_id")
    assert list(kinds) == [("assessment.decided", make_agreement().public_id), ("assessment.confirmed", make_agreement().public_id)]


def test_whoever_decided_does_not_confirm(incident: Incident, editor: User) -> None:
    with pytest.raises(RuleBroken) as broken:
        assessments.confirm(assessment=decide(incident, editor), by=editor)
    assert broken.value.code == "own_decision"


@pytest.mark.parametrize("then", ["submitted", "retracted"])
def test_whoever_entered_a_report_neither_decides_nor_confirms(incident: Incident, editor: User, second: User, then: str) -> None:
    from incidents.actions import reports

    mine = make_report(by=editor, incident=incident)
    if then == "retracted":
        reports.retract(report=mine, by=second, reason="no")
    refused("", "own_report", incident, editor)
    decided = decide(incident, second)
    with pytest.raises(RuleBroken) as broken:
        assessments.confirm(assessment=decided, by=editor)
    assert broken.value.code == "own_report"


@pytest.mark.parametrize("arranged", ["attached", "moved", "merged"])
def test_a_decision_does_not_outlive_the_deciders_own_report_joining_the_case(incident: Incident, editor: User, second: User, arranged: str) -> None:
    mine = make_report(by=editor)
    other = None if arranged == "attached" else incidents.open_for(reports=[mine], by=None, name="Another")
    decided = decide(incident, editor)
    if other is None:
        incidents.attach(report=mine, incident=incident, by=editor)
    elif arranged == "moved":
        incidents.move(report=mine, to=incident, by=editor)
    else:
        incidents.merge(incident=other, into=incident, by=editor)
    with pytest.raises(RuleBroken) as broken:
        assessments.confirm(assessment=decided, by=second)
    assert broken.value.code == "deciders_report"
    assessments.move(assessment=decided, move=Move.SEND_BACK, by=second, reason="Their own report is behind it.")
    assert assessments.confirm(assessment=decide(incident, second), by=make_user(User.Role.EDITOR, "third")).confirmed_by


def confirm_refused(code: str, assessment: Assessment, by: User) -> None:
    with pytest.raises(RuleBroken) as broken:
        assessments.confirm(assessment=assessment, by=by)
    assert broken.value.code == code


def test_taking_ones_own_report_out_of_the_case_makes_nobody_a_second_editor(incident: Incident, editor: User, second: User) -> None:
    mine = make_report(by=second, incident=incident)
    decided = decide(incident, editor)
    incidents.detach(report=mine, by=second)
    confirm_refused("own_report", decided, second)
    late = make_report(by=make_user(User.Role.EDITOR, "late"))
    incidents.detach(report=incidents.attach(report=late, incident=incident, by=None), by=None)
    confirm_refused("own_report", decided, late.entered_by)  # type: ignore[arg-type]
    assert assessments.confirm(assessment=decided, by=make_user(User.Role.EDITOR, "third")).confirmed_by


def test_a_decision_on_a_report_of_ones_own_that_came_and_went_is_not_confirmed(incident: Incident, editor: User, second: User) -> None:
    decided, mine = decide(incident, editor), make_report(by=editor)
    incidents.detach(report=incidents.attach(report=mine, incident=incident, by=None), by=None)
    confirm_refused("deciders_report", decided, second)
    assessments.move(assessment=decided, move=Move.WITHDRAW, by=editor, reason="Mine was behind it for a while.")
    assert assessments.confirm(assessment=decide(incident, editor), by=second).confirmed_by, "decided anew, without it"


def test_correcting_a_colleagues_report_hides_nobodys_authorship(incident: Incident, editor: User, second: User) -> None:
    from incidents.actions import reports

    mine = make_report(by=second)
    told = {name: getattr(mine, name) for name in ("agreement", "claimant", "source", "violation_type", "occurred_on", "time_precision")}
    corrected = reports.supersede(report=mine, by=make_user(), **told)
    decided = decide(incident, editor)
    incidents.attach(report=corrected, incident=incident, by=None)
    confirm_refused("own_report", decided, second)


@pytest.mark.parametrize("author", ["who decided", "who confirmed", "somebody else"])
@pytest.mark.parametrize("joining", ["attached", "moved", "merged", "logged there"])
def test_what_is_confirmed_is_reopened_when_a_report_of_the_editors_own_joins_it(
    incident: Incident, editor: User, second: User, author: str, joining: str
) -> None:
    by = {"who decided": editor, "who confirmed": second}.get(author) or make_user()
    mine = make_report(by=by) if joining != "logged there" else None
    other = incidents.open_for(reports=[mine], by=None, name="Another") if mine and joining != "attached" else None
    confirmed = assessments.confirm(assessment=decide(incident, editor, occurrence="verified"), by=second)
    if mine is None:
        make_report(by=by, incident=incident)
    elif other is None:
        incidents.attach(report=mine, incident=incident, by=make_user(User.Role.ANALYST, "attaching"))
    elif joining == "moved":
        incidents.move(report=mine, to=incident, by=None)
    else:
        incidents.merge(incident=other, into=incident, by=None)
    confirmed.refresh_from_db()
    reopened = Change.objects.filter(record_id=confirmed.public_id, kind="assessment.reopened").select_related("payload")
    if author == "somebody else":
        assert (confirmed.confirmed_by, reopened.count(), confirmed.report_authors) == (second, 0, [by.pk])
        return
    assert (confirmed.occurrence, confirmed.decided_by, confirmed.confirmed_by) == ("under_review", None, None)
    assert [(change.actor_id, change.payload.body["note"][:24]) for change in reopened] == [(None, "A report joined the case")]
    third, fourth = make_user(User.Role.EDITOR, "third"), make_user(User.Role.EDITOR, "fourth")
    refused_now = decide(incident, third)
    confirm_refused("own_report", refused_now, by)
    assert assessments.confirm(assessment=refused_now, by=fourth).confirmed_by


def test_what_reopened_a_judgement_is_undone_and_the_judgement_stays_reopened(incident: Incident, editor: User, second: User) -> None:
    confirmed = assessments.confirm(assessment=decide(incident, editor), by=second)
    mine = make_report(by=editor)
    incidents.attach(report=mine, incident=incident, by=None)
    operation = Change.objects.get(record_id=confirmed.public_id, kind="assessment.reopened").operation_id
    incidents.undo(operation_id=operation, by=None)
    mine.refresh_from_db()
    confirmed.refresh_from_db()
    assert (mine.incident, confirmed.confirmed_by, confirmed.occurrence) == (None, None, "under_review")


def test_bad_judgements_name_their_field(incident: Incident, editor: User) -> None:
    other = make_agreement("hills-2020")
    lowlands, side = make_party("Lowlands"), make_agreement().sides.get(code="A")
    refused("reason", "reason_required", incident, editor, reason=" ")
    refused("occurrence", "unknown_word", incident, editor, occurrence="true")
    refused("place_covered", "unknown_word", incident, editor, place_covered="maybe")
    refused("harm_grade", "unknown_word", incident, editor, harm_grade="strong")
    refused("term", "other_agreement", incident, editor, term=other.terms.get())
    refused("attributed_side", "other_agreement", incident, editor, attribution="attributed", attributed_side=other.sides.get(code="A"))
    refused("attributed_side", "attributed_to_whom", incident, editor, attribution="attributed")
    refused("attributed_side", "attributed_to_whom", incident, editor, attribution="attributed", attributed_side=side, attributed_party=lowlands)
    refused("attributed_party", "not_attributed", incident, editor, attribution="contested", attributed_party=lowlands)


def test_deciding_anew_needs_a_new_confirmation_and_says_nothing_of_the_old(incident: Incident, editor: User, second: User) -> None:
    decided = decide(incident, editor, occurrence="verified", harm_grade="fair")
    assessments.confirm(assessment=decided, by=second)
    with pytest.raises(RuleBroken) as broken:
        decide(incident, second, occurrence="disputed", version=2)
    assert broken.value.code == "not_possible_now"
    reopened = assessments.move(assessment=decided, move=Move.REOPEN, by=second, reason="A new witness.", version=2)
    assert (reopened.occurrence, reopened.harm_grade, reopened.decided_by, reopened.confirmed_by) == ("under_review", "fair", None, None)
    again = decide(incident, second, occurrence="disputed", version=3)
    assert (again.pk, again.version, again.confirmed_by, again.harm_grade) == (decided.pk, 4, None, "")
    assert again.public_id == decided.public_id
    before = Change.objects.get(record_id=decided.public_id, kind="assessment.reopened").payload.body["before"]
    assert (before["occurrence"], before["harm_grade"]) == ("verified", "fair")


def test_two_editors_at_once_do_not_overwrite_one_another(incident: Incident, editor: User, second: User) -> None:
    decide(incident, editor, version=0)
    with pytest.raises(StaleRecord):
        decide(incident, second, version=0)


def test_it_is_confirmed_once(incident: Incident, editor: User, second: User) -> None:
    decided = decide(incident, editor)
    assessments.confirm(assessment=decided, by=second)
    with pytest.raises(RuleBroken) as broken:
        assessments.confirm(assessment=decided, by=make_user(User.Role.EDITOR, "third"))
    assert broken.value.code == "not_possible_now"


def test_one_event_may_breach_two_agreements(incident: Incident, editor: User) -> None:
    decide(incident, editor)
    assessments.decide(incident=incident, agreement=make_agreement("hills-2020"), by=editor, occurrence="disputed", reason="Also there.")
    assert Assessment.objects.count() == 2


def test_a_decision_is_taken_back_by_who_made_it_and_sent_back_by_another(incident: Incident, editor: User, second: User) -> None:
    decided = decide(incident, editor)
    for move, by, code in (
        (Move.WITHDRAW, second, "not_own_decision"),
        (Move.SEND_BACK, editor, "own_decision"),
        (Move.REOPEN, second, "not_possible_now"),
    ):
        with pytest.raises(RuleBroken) as broken:
            assessments.move(assessment=decided, move=move, by=by, reason="No.")
        assert broken.value.code == code
    sent_back = assessments.move(assessment=decided, move=Move.SEND_BACK, by=second, reason="Look at the time again.")
    assert sent_back.occurrence == "under_review"
    withdrawn = assessments.move(assessment=decide(incident, editor), move=Move.WITHDRAW, by=editor, reason="My mistake.")
    assert withdrawn.decided_by is None


def test_what_is_no_verdict_decides_nothing(incident: Incident, editor: User) -> None:
    refused("occurrence", "verdict_required", incident, editor, occurrence="under_review")
