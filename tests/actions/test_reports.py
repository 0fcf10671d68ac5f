"""Reports: logged as received, superseded, retracted, restored, told apart."""

from datetime import date

import pytest

from incidents.actions import reports
from incidents.errors import RuleBroken
from incidents.models import Change, NotTheSame, Report
from tests.builders import make_agreement, make_party, make_report, make_source

pytestmark = pytest.mark.django_db


def test_wording_and_link_are_kept_code_point_for_code_point() -> None:
    wording, link = "  قصف\u200f \u0301e\n\tend  ", " channel/20431 "
    stored = Report.objects.get(pk=make_report(wording=wording, link=link).pk)
    assert (stored.wording, stored.link) == (wording, link)


def test_a_superseded_report_stays_as_it_was_received() -> None:
    report = make_report(summary="three shells")
    heir = reports.supersede(
        report=report, by=None, agreement=make_agreement(), claimant=make_party("Highlands"), source=make_source(), violation_type="shelling",
        occurred_on=date(2020, 6, 2), time_precision="day", summary="four shells",
    )  # fmt: skip
    report.refresh_from_db()
    assert (report.state, report.summary, heir.supersedes) == ("superseded", "three shells", report)
    with pytest.raises(RuleBroken) as broken:
        reports.retract(report=report, by=None, reason="twice")
    assert broken.value.code == "not_current"


def test_a_retraction_needs_a_reason_and_is_reversed_with_one() -> None:
    report = make_report()
    with pytest.raises(RuleBroken):
        reports.retract(report=report, by=None, reason=" ")
    reports.retract(report=report, by=None, reason="the wrong truce")
    with pytest.raises(RuleBroken):
        reports.restore(report=report, by=None, reason="")
    restored = reports.restore(report=report, by=None, reason="it was the right one")
    assert (restored.state, restored.retracted_at) == ("submitted", None)
    notes = Change.objects.filter(record_id=report.public_id).order_by("id").values_list("payload__body__note", flat=True)
    assert list(notes) == ["", "the wrong truce", "it was the right one"]
    with pytest.raises(RuleBroken) as broken:
        reports.restore(report=report, by=None, reason="again")
    assert broken.value.code == "not_retracted"


def test_two_reports_are_told_apart_once_whichever_comes_first() -> None:
    first, second = make_report(), make_report()
    reports.tell_apart(report=second, other=first, by=None)
    reports.tell_apart(report=first, other=second, by=None)
    assert NotTheSame.objects.count() == 1
    assert Change.objects.filter(kind="report.told_apart").count() == 1


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("occurred_on", {"occurred_on": date(2999, 1, 1)}),
        ("published_on", {"published_on": date(2999, 1, 1)}),
        ("latitude", {"latitude": 91, "longitude": 0, "place_precision": "point"}),
        ("longitude", {"latitude": 0, "longitude": 181, "place_precision": "point"}),
        ("longitude", {"latitude": 0, "place_precision": "point"}),
        ("place_precision", {"latitude": 0, "longitude": 0}),
    ],
)
def test_bad_input_is_refused_by_field(field: str, facts: dict[str, object]) -> None:
    with pytest.raises(RuleBroken) as broken:
        make_report(**facts)
    assert broken.value.field == field
    assert not Report.objects.exists()
