"""Cases: held softly, given to editors, talked about."""

import pytest
from django.utils import timezone

from incidents.actions import cases, incidents
from incidents.errors import RuleBroken
from incidents.models import Case, Incident, User
from tests.builders import make_report, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident() -> Incident:
    return incidents.open_for(reports=[make_report()], by=None, name="Shelling of the ford")


@pytest.fixture
def editor() -> User:
    return make_user("editor", "editor")


@pytest.fixture
def colleague() -> User:
    return make_user("editor", "colleague")


def test_a_case_that_somebody_has_says_who(incident: Incident, editor: User, colleague: User) -> None:
    cases.take_up(incident=incident, by=editor)
    with pytest.raises(RuleBroken) as broken:
        cases.take_up(incident=incident, by=colleague)
    assert broken.value.code == "held_by_another"
    assert Case.objects.get().held_by == editor
    assert cases.take_up(incident=incident, by=colleague, taking_over=True).held_by == colleague


def test_a_hold_runs_out(incident: Incident, editor: User, colleague: User) -> None:
    case = cases.take_up(incident=incident, by=editor)
    assert case.held_until is not None
    Case.objects.update(held_until=timezone.now())
    assert cases.take_up(incident=incident, by=colleague).held_by == colleague


def test_only_its_holder_lets_it_go(incident: Incident, editor: User, colleague: User) -> None:
    cases.take_up(incident=incident, by=editor)
    with pytest.raises(RuleBroken):
        cases.let_go(incident=incident, by=colleague)
    assert cases.let_go(incident=incident, by=editor).held_by is None


def test_only_editors_are_given_cases(incident: Incident, editor: User) -> None:
    assert cases.assign(incident=incident, to=editor, by=editor).assigned_to == editor
    with pytest.raises(RuleBroken) as broken:
        cases.assign(incident=incident, to=make_user("analyst"), by=editor)
    assert broken.value.code == "not_an_editor"


def test_a_question_waits_for_the_one_it_was_put_to_and_is_answered_once(incident: Incident, editor: User, colleague: User) -> None:
    analyst = make_user("analyst")
    question = cases.comment(incident=incident, body="Which bank of the river?", by=editor, put_to=analyst)
    with pytest.raises(RuleBroken):
        cases.answer(question=question, body="The left one", by=colleague)
    assert cases.answer(question=question, body="The left one", by=analyst).answers == question
    with pytest.raises(RuleBroken) as broken:
        cases.answer(question=question, body="Or the right", by=analyst)
    assert broken.value.code == "answered"


def test_nothing_is_not_a_comment(incident: Incident, editor: User) -> None:
    with pytest.raises(RuleBroken) as broken:
        cases.comment(incident=incident, body="  ", by=editor)
    assert broken.value.field == "body"
