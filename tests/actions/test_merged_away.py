"""Nothing more is said of an incident that was merged into another or withdrawn: it would hang on an address that nobody reads."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.actions import assessments, cases, incidents, responses
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import Assessment, Case, Change, Comment, Incident, Response, User
from incidents.vocabulary import ResponseKind
from tests.builders import make_agreement, make_party, make_report, make_source, make_user

pytestmark = pytest.mark.django_db

SAID: dict[str, Callable[[Incident, User], Any]] = {
    "decided": lambda incident, by: decide(incident, by),
    "answered": lambda incident, by: responses.log(
        incident=incident,
        by=by,
        party=make_party(),
        kind=ResponseKind.DENIES,
        answered_on=make_agreement().first_day,
        source=make_source(),
        gist="No.",
    ),
    "taken up": lambda incident, by: cases.take_up(incident=incident, by=by),
    "assigned": lambda incident, by: cases.assign(incident=incident, to=None, by=by),
    "commented": lambda incident, by: cases.comment(incident=incident, body="So.", by=by),
    "renamed": lambda incident, by: incidents.rename(incident=incident, by=by, name="Other"),
}


def decide(incident: Incident, by: User) -> Assessment:
    return assessments.decide(incident=incident, agreement=make_agreement(), by=by, occurrence="disputed", reason="Two accounts.")


def opened(name: str, by: User | None = None) -> Incident:
    return incidents.open_for(reports=[make_report(by=by)], by=None, name=name)


@pytest.mark.parametrize("code", ["merged", "withdrawn"])
@pytest.mark.parametrize("what", SAID)
def test_it_is_refused(what: str, code: str) -> None:
    editor = make_user(User.Role.EDITOR)
    gone = opened("Gone", by=editor)
    if code == "merged":
        incidents.merge(incident=gone, into=opened("Goes on"), by=None)
    else:
        operation = Change.objects.get(kind="incident.opened").operation_id
        incidents.undo(operation_id=operation, by=None)
    before = Change.objects.count()
    with pytest.raises(RuleBroken) as broken:
        SAID[what](gone, editor)
    assert broken.value.code == code and Change.objects.count() == before
    assert not (Assessment.objects.exists() or Response.objects.exists() or Comment.objects.exists() or Case.objects.exists())


def test_a_decision_that_a_merger_took_elsewhere_is_read_again_before_it_is_confirmed() -> None:
    second = make_user(User.Role.EDITOR, "second")
    one, two = opened("One"), opened("Two", by=second)
    decided = decide(one, make_user(User.Role.EDITOR))
    incidents.merge(incident=one, into=two, by=None)
    with pytest.raises(StaleRecord):
        assessments.confirm(assessment=decided, by=second)
    with pytest.raises(RuleBroken) as broken:
        assessments.confirm(assessment=Assessment.objects.get(), by=second)
    assert broken.value.code == "own_report"
