"""Who said last what a report says."""

import pytest

from incidents.actions import reports
from incidents.actions.reports import HarmStated
from incidents.models import Report, User
from incidents.queries import provenance
from incidents.vocabulary import HarmKind
from tests.builders import make_report, make_user

pytestmark = pytest.mark.django_db


def corrected(report: Report, by: User, harm: tuple[HarmStated, ...] = (), **facts: object) -> Report:
    """Return what takes the place of the report: all that it said, and what is corrected."""
    kept = ("agreement", "claimant", "source", "violation_type", "occurred_on", "time_precision", "accused_party", "summary")
    return reports.supersede(report=report, by=by, harm=harm, **{name: getattr(report, name) for name in kept} | facts)


def test_each_fact_has_the_editor_who_last_changed_it_and_those_before() -> None:
    first, second, third = (make_user(username=name) for name in ("first", "second", "third"))
    killed = HarmStated(HarmKind.KILLED, 3, 3, 3)
    begun = make_report(by=first, summary="Two shells", harm=[killed])
    better = corrected(begun, second, (killed,), summary="Three shells")
    last = corrected(better, third, (HarmStated(HarmKind.KILLED, 4, 4, 4),), link="https://example.org/1")
    said = provenance.of(third, last)
    assert {name: said[name].last.by for name in ("claimant", "summary", "link", "killed", "wounded")} == {
        "claimant": "first",
        "summary": "second",
        "link": "third",
        "killed": "third",
        "wounded": "first",
    }
    assert [(one.by, one.reference) for one in said["summary"].earlier] == [("first", begun.reference)]
    assert [one.by for one in said["killed"].earlier] == ["first"] and said["claimant"].earlier == []


def test_a_correction_that_is_not_seen_is_not_told_of() -> None:
    before = make_report(by=make_user(username="before"), summary="Two shells")
    after = corrected(before, make_user(username="after"), summary="Three shells")
    Report.objects.filter(pk=before.pk).update(state="draft")
    said = provenance.of(make_user(User.Role.PARTNER), after)
    assert said["summary"].last.by == "after" and said["summary"].earlier == []
