"""The review queue: what waits, why, in which order; and what a decision would do."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.actions import assessments, cases, incidents, responses
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.models import Incident, User
from incidents.queries import incidents as found
from incidents.queries import queue, review
from incidents.queries.queue import Waits
from incidents.vocabulary import Bucket, HarmKind, ResponseKind, Series
from tests.builders import make_agreement, make_party, make_report, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return make_user("editor", "editor")


@pytest.fixture
def second() -> User:
    return make_user("editor", "second")


def opened(name: str = "Shelling of the ford", **facts: object) -> Incident:
    return incidents.open_for(reports=[make_report(**facts)], by=None, name=name)


def confirmed(incident: Incident, by: User, then: User) -> None:
    party = make_party("Lowlands")
    judged = assessments.decide(
        incident=incident, agreement=make_agreement(), by=by, occurrence="verified", attribution="attributed", attributed_party=party, reason="seen"
    )
    assessments.confirm(assessment=judged, by=then)


def reasons(editor: User) -> list[tuple[Waits, ...]]:
    return [row.reasons for row in queue.page(editor).rows]


def test_the_longest_waiting_comes_first(editor: User) -> None:
    first, second = opened(), opened(name="Another")
    assert [row.incident for row in queue.page(editor).rows] == [first, second]
    assert reasons(editor) == [(Waits.UNVERIFIED,), (Waits.UNVERIFIED,)]


def test_a_contradiction_names_its_field(editor: User) -> None:
    incident = opened(harm=[HarmStated(HarmKind.KILLED, 1, 1, 1)])
    incidents.attach(report=make_report(harm=[HarmStated(HarmKind.KILLED, 20, 20, 20)]), incident=incident, by=None)
    (row,) = queue.page(editor).rows
    assert row.reasons == (Waits.CONTRADICTION, Waits.UNVERIFIED)
    assert len(row.contradicted) == 1
    assert row.claims == 2


def test_a_decision_waits_for_a_second_editor_and_leaves_once_confirmed(editor: User, second: User) -> None:
    incident = opened()
    judged = assessments.decide(incident=incident, agreement=make_agreement(), by=editor, occurrence="disputed", reason="two accounts")
    assert reasons(editor) == [(Waits.SECOND_EDITOR,)]
    assessments.confirm(assessment=judged, by=second)
    assert reasons(editor) == []


def test_what_comes_in_after_a_decision_brings_it_back(editor: User, second: User) -> None:
    incident = opened()
    confirmed(incident, editor, second)
    incidents.attach(report=make_report(), incident=incident, by=None)
    assert reasons(editor) == [(Waits.NEW_REPORT,)]
    said = {"party": make_party("Lowlands"), "kind": ResponseKind.DENIES, "answered_on": date(2020, 6, 3), "gist": "Nobody fired."}
    responses.log(incident=incident, by=None, source=make_source(), **said)
    assert reasons(editor) == [(Waits.NEW_REPORT, Waits.NEW_RESPONSE)]


def test_an_open_question_and_who_has_the_case_are_shown(editor: User) -> None:
    incident = opened()
    cases.comment(incident=incident, body="Which bank?", by=editor, put_to=make_user("analyst"))
    cases.take_up(incident=incident, by=editor)
    (row,) = queue.page(editor).rows
    assert row.reasons == (Waits.UNVERIFIED, Waits.QUESTION)
    assert row.held_by == editor


def test_merged_incidents_are_not_in_the_queue(editor: User) -> None:
    one, two = opened(), opened(name="The same")
    incidents.merge(incident=one, into=two, by=None)
    assert [row.incident for row in queue.page(editor).rows] == [two]


def test_the_effect_is_shown_before_anything_is_saved(editor: User) -> None:
    incident, agreement = opened(), make_agreement()
    judged = {"occurrence": "verified", "attribution": "attributed", "attributed_party": make_party("Lowlands")}
    (effect,) = review.effect(incident, agreement, judged)
    assert (effect.series, effect.bucket, effect.before, effect.after) == (Series.VERIFIED, Bucket.SIDE, 0, 1)
    assert effect.side is not None
    assert effect.side.code == "A"
    assert [one.series for one in review.effect(incident, agreement, {"occurrence": "refuted"})] == [Series.REFUTED]
    assert not incident.assessments.exists()


def test_claims_are_compared_in_order_of_receipt(editor: User) -> None:
    first = make_report()
    incident = incidents.open_for(reports=[first], by=None, name="Shelling of the ford")
    later = make_report(claimant=make_party("Lowlands"), accused_party=make_party("Highlands"))
    incidents.attach(report=later, incident=incident, by=None)
    comparison = review.compared(found.one(editor, incident.public_id))
    assert comparison.reports == (str(first.public_id), str(later.public_id))
    assert "accused" in {row.field for row in comparison.contradicted}


def many(number: int, reports: int) -> list[Incident]:
    """Return incidents that wait, each with so many contradicting reports by two claimants, a comment put to somebody, and a case."""
    asked, editor = make_user("analyst", f"asked {number}"), User.objects.get(username="editor")
    made = []
    for _each in range(number):
        told = [
            make_report(claimant=make_party(("Lowlands", "Highlands")[n % 2]), harm=[HarmStated(HarmKind.KILLED, n, n, n)]) for n in range(reports)
        ]
        incident = incidents.open_for(reports=told, by=None, name="Shelling of the ford")
        cases.comment(incident=incident, body="Which bank?", by=editor, put_to=asked)
        cases.assign(incident=incident, to=editor, by=editor)
        made.append(incident)
    return made


def test_pages_follow_one_another_whoever_joins_the_queue(editor: User) -> None:
    made = many(5, 1)
    first = queue.page(editor, limit=2)
    opened(name="Later")
    second = queue.page(editor, limit=2, cursor=first.next)
    last = queue.page(editor, limit=2, cursor=second.next)
    seen = [row.incident for page in (first, second, last) for row in page.rows]
    assert seen[:5] == made and len(seen) == 6 and last.next is None and first.previous is None
    back = queue.page(editor, limit=2, cursor=second.previous)
    assert [row.incident for row in back.rows] == made[:2] and back.previous is None
    assert queue.page(editor, limit=2, cursor=back.next).rows[0].incident == made[2]


@pytest.mark.parametrize("cursor", ["x", "bm90aGluZw", "bjIwMjAtMDEtMDEgMQ", "é"])
def test_what_is_no_cursor_is_refused(editor: User, cursor: str) -> None:
    with pytest.raises(RuleBroken, match="cursor"):
        queue.page(editor, cursor=cursor)


def test_a_case_is_shown_among_its_neighbours(editor: User) -> None:
    made = many(6, 1)
    assert [row.incident for row in queue.around(editor, made[3], before=1, after=2)] == made[2:6]
    assert [row.incident for row in queue.around(editor, made[0], before=1, after=1)] == made[:2]
    assert [row.incident for row in queue.around(editor, made[5], before=1, after=2)] == made[4:]
    merged = opened(name="Merged away")
    incidents.merge(incident=merged, into=made[0], by=None)
    assert [row.incident for row in queue.around(editor, merged, before=1, after=1)] == made[:3]


def test_what_is_mine_is_what_i_have_or_was_given(editor: User, second: User) -> None:
    given, held, _other = opened(), opened(name="Held"), opened(name="Nobody's")
    cases.assign(incident=given, to=second, by=editor)
    cases.take_up(incident=held, by=second)
    assert [row.incident for row in queue.page(second, is_mine=True).rows] == [given, held]
    assert queue.number(second, is_mine=True) == 2 and queue.number(editor, is_mine=True) == 0


def test_the_queue_takes_as_many_queries_for_many_cases_and_reports(editor: User) -> None:
    many(2, 2)
    with CaptureQueriesContext(connection) as few:
        assert len(queue.page(editor).rows) == 2
    many(20, 6)
    with CaptureQueriesContext(connection) as more:
        assert len(queue.page(editor).rows) == 22
    assert len(more) == len(few) <= 20
