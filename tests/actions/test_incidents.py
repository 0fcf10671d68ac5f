"""Incidents: reports attached, moved, merged and split, and every one of these undone."""

import pytest

from incidents.actions import incidents
from incidents.errors import RuleBroken
from incidents.models import Change, ChangeKind, Incident, Report, Response
from incidents.vocabulary import ResponseKind
from tests.builders import make_party, make_report, make_source

pytestmark = pytest.mark.django_db


def opened(*reports: Report, name: str = "Shelling of the ford") -> Incident:
    return incidents.open_for(reports=reports, by=None, name=name)


def of(incident: Incident) -> set[int]:
    return set(Report.objects.filter(incident=incident).values_list("pk", flat=True))


def last_operation(kind: ChangeKind) -> "Change":
    return Change.objects.filter(kind=kind).latest("id")


def test_opening_attaches_in_one_operation() -> None:
    first, second = make_report(), make_report()
    incident = opened(first, second)
    assert of(incident) == {first.pk, second.pk}
    operations = Change.objects.filter(kind__in=[ChangeKind.INCIDENT_OPENED, ChangeKind.REPORT_ATTACHED]).values_list("operation_id", flat=True)
    assert len(operations) == 3
    assert len(set(operations)) == 1


def test_a_report_is_of_one_incident_at_a_time() -> None:
    report = make_report()
    opened(report)
    other = opened(make_report(), name="Another")
    with pytest.raises(RuleBroken) as broken:
        incidents.attach(report=report, incident=other, by=None)
    assert broken.value.code == "already_attached"
    incidents.move(report=report, to=other, by=None)
    assert report.pk in of(other)


def test_detaching_leaves_the_report() -> None:
    report = make_report()
    opened(report)
    incidents.detach(report=report, by=None)
    assert Report.objects.get(pk=report.pk).incident is None
    with pytest.raises(RuleBroken):
        incidents.detach(report=report, by=None)


def test_a_merged_incident_leads_to_its_heir_and_takes_everything_along() -> None:
    first, second = make_report(), make_report()
    one, two, three = opened(first), opened(second, name="The same, later"), opened(make_report(), name="A third")
    answer = Response.objects.create(incident=one, party=make_party(), kind=ResponseKind.DENIES, answered_on=first.occurred_on, source=make_source())
    incidents.merge(incident=one, into=two, by=None)
    incidents.merge(incident=two, into=three, by=None)
    one.refresh_from_db()
    assert one.heir == three
    assert {first.pk, second.pk} <= of(three)
    assert of(one) == of(two) == set()
    answer.refresh_from_db()
    assert answer.incident == three
    with pytest.raises(RuleBroken) as broken:
        incidents.attach(report=make_report(), incident=one, by=None)
    assert broken.value.code == "merged"


def test_a_merger_is_undone_with_all_that_went_along() -> None:
    first, second = make_report(), make_report()
    one, two = opened(first), opened(second, name="The same")
    answer = Response.objects.create(incident=one, party=make_party(), kind=ResponseKind.DENIES, answered_on=first.occurred_on, source=make_source())
    incidents.merge(incident=one, into=two, by=None)
    incidents.undo(operation_id=last_operation(ChangeKind.INCIDENT_MERGED).operation_id, by=None)
    one.refresh_from_db()
    answer.refresh_from_db()
    assert one.merged_into is None
    assert (of(one), of(two), answer.incident) == ({first.pk}, {second.pk}, one)


def test_a_split_leaves_both_with_reports_and_is_undone() -> None:
    first, second = make_report(), make_report()
    incident = opened(first, second)
    with pytest.raises(RuleBroken) as broken:
        incidents.split(incident=incident, reports=[first, second], by=None, name="All of it")
    assert broken.value.code == "nothing_left"
    fresh = incidents.split(incident=incident, reports=[second], by=None, name="A second shelling")
    assert (of(incident), of(fresh)) == ({first.pk}, {second.pk})
    incidents.undo(operation_id=last_operation(ChangeKind.INCIDENT_SPLIT).operation_id, by=None)
    fresh.refresh_from_db()
    assert (of(incident), of(fresh)) == ({first.pk, second.pk}, set())
    assert fresh.withdrawn_at is not None


def test_what_was_changed_again_is_not_undone_behind_anybodys_back() -> None:
    report = make_report()
    incident, other = opened(report), opened(make_report(), name="Another")
    incidents.move(report=report, to=other, by=None)
    moved = last_operation(ChangeKind.REPORT_MOVED).operation_id
    incidents.detach(report=report, by=None)
    with pytest.raises(RuleBroken) as broken:
        incidents.undo(operation_id=moved, by=None)
    assert broken.value.code == "changed_since"
    assert of(incident) == set()


def test_undoing_is_undone_like_anything_else() -> None:
    report = make_report()
    incident, other = opened(report), opened(make_report(), name="Another")
    incidents.move(report=report, to=other, by=None)
    incidents.undo(operation_id=last_operation(ChangeKind.REPORT_MOVED).operation_id, by=None)
    incidents.undo(operation_id=last_operation(ChangeKind.REPORT_MOVED).operation_id, by=None)
    assert report.pk in of(other)
    assert of(incident) == set()


def test_other_operations_are_not_undone_here() -> None:
    make_report()
    with pytest.raises(RuleBroken) as broken:
        incidents.undo(operation_id=last_operation(ChangeKind.REPORT_SUBMITTED).operation_id, by=None)
    assert broken.value.code == "not_undoable"
