"""Two who change the same records at once wait for each other, and neither dies of it: with a real second connection."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from incidents.actions import convoys, duplicates, incidents
from incidents.errors import RuleBroken
from incidents.models import Change, ChangeKind, Convoy, Incident, Report
from incidents.vocabulary import ViolationType
from tests.builders import make_report
from tests.builders.convoys import make_convoy

DEADLINE = 20.0  # seconds
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
KEPT = ("agreement", "claimant", "accused_party", "source", "violation_type", "occurred_on", "time_precision")

Act = Callable[[], object]


def correct(report: Report) -> Act:
    facts = {name: getattr(report, name) for name in KEPT}
    return lambda: incidents.correct(report=report, by=None, **facts)


def undo_a_move(report: Report) -> tuple[Act, Act]:
    home, other = incidents.open_for(reports=[report], by=None, name="Here"), incidents.open_for(reports=[], by=None, name="There")
    incidents.move(report=report, to=other, by=None)
    operation = Change.objects.filter(kind=ChangeKind.REPORT_MOVED).latest("id").operation_id
    return lambda: incidents.undo(operation_id=operation, by=None), lambda: incidents.merge(incident=other, into=home, by=None)


def settled(report: Report) -> tuple[Act, Act]:
    home, other = incidents.open_for(reports=[report], by=None, name="Here"), incidents.open_for(reports=[], by=None, name="There")
    fresh = make_report()
    settle = lambda: duplicates.settle(report=fresh, same=report, by=None, title=lambda _one: ("", ""))  # noqa: E731
    return settle, lambda: incidents.merge(incident=home, into=other, by=None)


def told(report: Report) -> tuple[Act, Act]:
    home, other = incidents.open_for(reports=[report], by=None, name="Here"), incidents.open_for(reports=[], by=None, name="There")
    convoy, attack = make_convoy(), make_report(violation_type=ViolationType.CONVOY_ATTACKED)
    Convoy.objects.filter(pk=convoy.pk).update(incident=home)
    return lambda: convoys.tell(convoy=convoy, report=attack, by=None), lambda: incidents.merge(incident=home, into=other, by=None)


def corrected(report: Report) -> tuple[Act, Act]:
    home, other = incidents.open_for(reports=[report], by=None, name="Here"), incidents.open_for(reports=[], by=None, name="There")
    return correct(report), lambda: incidents.merge(incident=home, into=other, by=None)


def in_a_thread(act: Act) -> None:
    try:
        act()
    finally:
        connection.close()


def is_anybody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def while_another_waits(monkeypatch: pytest.MonkeyPatch, first: Act, second: Act) -> None:
    """Do the first; let the second begin where the first has locked what it begins with, and go on once the second waits for it."""
    real, crossing = incidents.still_open, []
    with ThreadPoolExecutor(1) as pool:

        def once_it_waits(incident: Incident) -> Incident:
            if not crossing:
                crossing.append(pool.submit(in_a_thread, second))
                until = time.monotonic() + DEADLINE
                while not is_anybody_waiting() and not crossing[0].done() and time.monotonic() < until:
                    time.sleep(0.01)
                assert is_anybody_waiting()
            return real(incident)

        monkeypatch.setattr(incidents, "still_open", once_it_waits)
        first()
        monkeypatch.setattr(incidents, "still_open", real)
        crossing[0].result(DEADLINE)


@pytest.mark.django_db(transaction=True)
def test_whoever_crosses_a_merger_waits_and_both_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, made in enumerate((corrected, undo_a_move, settled, told)):
        while_another_waits(monkeypatch, *made(make_report()))
        assert Change.objects.filter(kind=ChangeKind.INCIDENT_MERGED).count() == number + 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_of_two_reports_that_they_are_one_event_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = make_report(), make_report()

    def same(report: Report, as_this: Report) -> Act:
        return lambda: duplicates.settle(report=report, same=as_this, by=None, title=lambda _one: ("Shelling", ""))

    with pytest.raises(RuleBroken) as broken:
        while_another_waits(monkeypatch, same(other, one), same(one, other))
    assert broken.value.code == "already_attached"
    assert Incident.objects.get().reports.count() == 2
