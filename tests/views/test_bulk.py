"""Several reports of the list at once: what is offered, done, refused and undone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from incidents.actions import bulk as several_at_once
from incidents.actions import incidents, reports
from incidents.errors import RuleBroken
from incidents.models import Change, Incident, Report, User
from incidents.vocabulary import ReportState
from tests.builders import make_report, make_user
from tests.builders.convoys import make_convoy
from tests.views.conftest import signed_in
from tests.views.reading import text_of

LIST, BULK, UNDO = "/en/reports/?agreement=river-2020", "/en/reports/bulk/", "/en/reports/bulk/undo/"


def told(client: Client, verb: str, *reports: Report, **facts: str) -> Any:
    """Return the answer to doing something with these reports."""
    chosen = {"verb": verb, "reports": [str(report.public_id) for report in reports], "back": "agreement=river-2020&type=shelling"}
    return client.post(BULK, chosen | facts, follow=True)


def states(*reports: Report) -> list[str]:
    return [Report.objects.get(pk=report.pk).state for report in reports]


def undone(client: Client) -> Any:
    return client.post(UNDO, {"operation": client.session["bulk"]["operation"]}, follow=True)


def test_only_what_a_reader_may_do_is_offered(editor: Client, analyst: Client, partner: Client) -> None:
    make_report()
    offered = [analyst.get(LIST).content.decode(), editor.get(LIST).content.decode(), partner.get(LIST).content.decode()]
    assert ['value="retract"' in page for page in offered] == [True, True, False]
    assert ['value="attach"' in page for page in offered] == [False, True, False]
    assert ['name="reports"' in page for page in offered] == [True, True, False]
    assert told(partner, "retract", make_report(), reason="no").status_code == 403


def test_each_report_is_retracted_or_refused_by_itself_and_what_was_done_is_undone(db: None) -> None:
    me = make_user(User.Role.ANALYST, "me")
    mine, others, gone = make_report(by=me), make_report(), make_report(by=me)
    client = signed_in(me)
    told(client, "retract", gone, reason="twice")
    page = text_of(told(client, "retract", mine, others, gone, reason="wrong day"))
    assert "Done: 1. Refused: 2." in page and "You may not do this with it." in page
    assert states(mine, others, gone) == [ReportState.RETRACTED, ReportState.SUBMITTED, ReportState.RETRACTED]
    assert "Done: 1. Refused: 0." in text_of(undone(client))
    assert states(mine, others, gone) == [ReportState.SUBMITTED, ReportState.SUBMITTED, ReportState.RETRACTED]
    assert client.post(UNDO, {"operation": ""}, follow=True).context["operation"] == ""


def test_an_incident_is_opened_for_the_chosen_in_one_operation_and_undone(editor: Client) -> None:
    free, other, taken = make_report(), make_report(), make_report()
    home = incidents.open_for(reports=[taken], by=None, name="Elsewhere")
    page = text_of(told(editor, "open", free, other, taken, incident="Shelling of the ford"))
    assert "Done: 2. Refused: 1." in page
    placed = [Report.objects.get(pk=report.pk).incident for report in (free, other, taken)]
    assert placed[0] == placed[1] and str(placed[0]) == "Shelling of the ford" and placed[2] == home
    assert len(set(Change.objects.filter(kind="report.attached", record_id__in=[free.public_id, other.public_id]).values_list("operation_id"))) == 1
    undone(editor)
    assert not Report.objects.filter(pk__in=[free.pk, other.pk], incident__isnull=False).exists()
    assert "Done: 1." in text_of(told(editor, "attach", free, incident=home.slug, reason="same night"))
    assert Report.objects.get(pk=free.pk).incident == home


def test_no_incident_is_left_behind_for_reports_that_somebody_tied_meanwhile(db: None) -> None:
    report, editor = make_report(), make_user(User.Role.EDITOR)
    as_read = Report.objects.get(pk=report.pk)
    incidents.open_for(reports=[report], by=None, name="Sooner")
    with pytest.raises(RuleBroken, match="of an incident already"):
        several_at_once.open_for([as_read], by=editor, name="Later")
    assert [str(one) for one in Incident.objects.all()] == ["Sooner"]


def test_a_mistake_is_said_on_the_list_as_it_was_and_nothing_chosen_is_lost(editor: Client) -> None:
    report = make_report()
    for verb, facts, said in (
        ("retract", {}, "Give a reason."),
        ("open", {}, "Give the incident a working title."),
        ("attach", {"incident": "nowhere"}, "There is no incident of this name."),
        ("", {}, "Say what to do."),
    ):
        page = told(editor, verb, report, **facts)
        assert page.status_code == 422 and said in text_of(page)
        body = page.content.decode()
        assert f'value="{report.public_id}" checked' in body and '<option value="shelling" selected>' in body
    assert "Choose reports first." in text_of(told(editor, "retract", reason="none"))
    assert states(report) == [ReportState.SUBMITTED]


def test_what_a_reader_may_not_see_is_not_there_to_be_chosen(analyst: Client) -> None:
    seen = make_report()
    page = analyst.post(
        BULK, {"verb": "retract", "reports": ["no id", "7f1f7f0e-0000-4000-8000-000000000000"], "reason": "x", "back": "agreement=river-2020"}
    )
    assert page.status_code == 422 and "Choose reports first." in text_of(page)
    assert states(seen) == [ReportState.SUBMITTED]


def test_what_was_chosen_and_is_not_there_is_told_with_the_rest(analyst: Client) -> None:
    report = make_report(by=User.objects.get(role=User.Role.ANALYST))
    draft = make_report(convoy=make_convoy())
    chosen = [str(report.public_id), str(draft.public_id), "7f1f7f0e-0000-4000-8000-000000000000"]
    page = text_of(analyst.post(BULK, {"verb": "retract", "reports": chosen, "reason": "x", "back": "agreement=river-2020"}, follow=True))
    assert "Done: 1. Refused: 1. Not found, or not yours to see: 1." in page


def test_what_was_retracted_again_since_stays_retracted(db: None) -> None:
    me = make_user(User.Role.ANALYST, "me")
    kept, back = make_report(by=me), make_report(by=me)
    client = signed_in(me)
    told(client, "retract", kept, back, reason="wrong day")
    reports.restore(report=kept, by=None, reason="the day is right")
    reports.retract(report=kept, by=None, reason="the source withdrew it")
    page = text_of(undone(client))
    assert "Done: 1. Refused: 1." in page and "This was changed again since; undo that first." in page
    assert states(kept, back) == [ReportState.RETRACTED, ReportState.SUBMITTED]
    assert Report.objects.get(pk=kept.pk).retraction_reason == "the source withdrew it"


def test_sent_twice_it_is_done_once_and_can_still_be_undone(editor: Client) -> None:
    report = make_report()
    for _turn in range(2):
        assert "Done: 1. Refused: 0." in text_of(told(editor, "retract", report, reason="wrong day"))
    assert "Done: 1. Refused: 0." in text_of(undone(editor))
    assert states(report) == [ReportState.SUBMITTED]
    told(editor, "retract", report, reason="wrong day after all")
    assert states(report) == [ReportState.RETRACTED]


@pytest.mark.parametrize("turn", ["done", "undone"])
def test_sent_twice_at_once_one_of_the_two_tells_and_it_can_still_be_undone(editor: Client, monkeypatch: Any, turn: str) -> None:
    report, other, real = make_report(), Client(), several_at_once.each
    other.cookies.update(editor.cookies)
    send: Callable[[Client], Any] = undone if turn == "undone" else lambda client: told(client, "retract", report, reason="wrong day")
    if turn == "undone":
        told(editor, "retract", report, reason="wrong day")

    def after_the_other(*args: Any) -> Any:
        monkeypatch.setattr(several_at_once, "each", real)
        assert "Done: 1. Refused: 0." in text_of(send(other))
        return real(*args)

    monkeypatch.setattr(several_at_once, "each", after_the_other)
    assert "Done: 1. Refused: 0." in text_of(send(editor))
    if turn == "done":
        assert "Done: 1. Refused: 0." in text_of(undone(editor))
    assert states(report) == [ReportState.SUBMITTED]


def test_the_undo_takes_back_each_that_it_can_and_says_why_not_of_the_rest(editor: Client) -> None:
    chosen = [make_report() for _one in range(3)]
    home, other = (incidents.open_for(reports=[], by=None, name=name) for name in ("Here", "There"))
    told(editor, "attach", *chosen, incident=home.slug, reason="same night")
    incidents.move(report=chosen[0], to=other, by=None)
    page = text_of(undone(editor))
    assert "Done: 2. Refused: 1." in page and "This was changed again since; undo that first." in page
    assert [Report.objects.get(pk=one.pk).incident for one in chosen] == [other, None, None]


def test_an_incident_that_was_opened_for_some_stays_while_something_is_in_it(editor: Client) -> None:
    report, later = make_report(), make_report()
    told(editor, "open", report, incident="Shelling of the ford")
    home = Report.objects.get(pk=report.pk).incident
    assert home is not None
    incidents.attach(report=later, incident=home, by=None)
    page = text_of(undone(editor))
    assert "Done: 1. Refused: 0." in page and "The incident that was opened for them stays" in page
    home.refresh_from_db()
    assert home.withdrawn_at is None and Report.objects.get(pk=later.pk).incident == home
    assert Report.objects.get(pk=report.pk).incident is None


def test_more_than_are_done_at_once_are_refused_by_that_word_and_stay_chosen(editor: Client) -> None:
    report = make_report()
    chosen = [str(report.public_id), *(f"7f1f7f0e-0000-4000-8000-{number:012}" for number in range(100))]
    asked = {"verb": "retract", "reports": chosen, "reason": "wrong day", "back": "agreement=river-2020"}
    page = editor.post(BULK, asked)
    assert page.status_code == 422 and "At most 100 at once; chosen: 101. Nothing was done" in text_of(page)
    assert f'value="{report.public_id}" checked' in page.content.decode() and 'value="wrong day"' in page.content.decode()
    assert "Refused: 0" in text_of(editor.post(BULK, asked | {"reports": [*chosen[:100], chosen[0]]}, follow=True))
