"""Random work on reports and incidents by several people: nothing is lost, nothing illegal, and the log replays to what is there.

The quick run takes a few histories; the slow one many. Refusals are part of the game: a refused step must change nothing.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from incidents.actions import assessments, folds, incidents, reports, tallies
from incidents.errors import RuleBroken
from incidents.models import Assessment, Change, ChangeKind, Incident, LedgerEntry, LedgerHead, Report, User
from incidents.queries import rollups
from incidents.rules import review
from incidents.rules.review import Move
from incidents.vocabulary import Occurrence, ReportState, Series
from tests.builders import make_agreement, make_party, make_report, make_user, sealed_and_posted

pick = st.integers(min_value=0, max_value=10**6)
people = st.integers(min_value=0, max_value=2)


class Desk(RuleBasedStateMachine):
    """Three editors at one desk, doing whatever comes to mind."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.users = [make_user(User.Role.EDITOR, name) for name in ("first", "second", "third")]
        make_agreement()
        self.made: set[int] = set()

    def teardown(self) -> None:
        try:
            sealed_and_posted()
            assert tallies.differences(make_agreement()) == []
            self.fold()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def attempt(self, act: Callable[[], Any]) -> None:
        """Do it, or be refused and change nothing."""
        before = Change.objects.count()
        try:
            with transaction.atomic():
                act()
        except RuleBroken:
            assert Change.objects.count() == before

    def one(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def report(self, number: int) -> Report | None:
        return self.one(Report.objects.all(), number)

    def incident(self, number: int) -> Incident | None:
        return self.one(Incident.objects.all(), number)

    @rule(who=people, blamed=st.sampled_from(["Lowlands", "Highlands", "Islanders", None]), where=st.none() | pick)
    def log(self, who: int, blamed: str | None, where: int | None) -> None:
        accused = make_party(blamed) if blamed else None
        claimant = make_party("Lowlands" if blamed == "Highlands" else "Highlands")
        report = make_report(by=self.users[who], accused_party=accused, claimant=claimant)
        self.made.add(report.pk)

    @rule(number=pick, who=people)
    def retract(self, number: int, who: int) -> None:
        if report := self.report(number):
            self.attempt(lambda: reports.retract(report=report, by=self.users[who], reason="no"))

    @rule(number=pick, who=people)
    def restore(self, number: int, who: int) -> None:
        if report := self.report(number):
            self.attempt(lambda: reports.restore(report=report, by=self.users[who], reason="yes"))

    @rule(number=pick, who=people)
    def open(self, number: int, who: int) -> None:
        if report := self.report(number):
            self.attempt(lambda: incidents.open_for(reports=[report], by=self.users[who], name="An event"))

    @rule(number=pick, where=pick, who=people)
    def attach(self, number: int, where: int, who: int) -> None:
        report, incident = self.report(number), self.incident(where)
        if report and incident:
            self.attempt(lambda: incidents.attach(report=report, incident=incident, by=self.users[who]))

    @rule(number=pick, who=people)
    def detach(self, number: int, who: int) -> None:
        if report := self.report(number):
            self.attempt(lambda: incidents.detach(report=report, by=self.users[who]))

    @rule(number=pick, where=pick, who=people)
    def move(self, number: int, where: int, who: int) -> None:
        report, incident = self.report(number), self.incident(where)
        if report and incident:
            self.attempt(lambda: incidents.move(report=report, to=incident, by=self.users[who]))

    @rule(first=pick, second=pick, who=people)
    def merge(self, first: int, second: int, who: int) -> None:
        one, two = self.incident(first), self.incident(second)
        if one and two:
            self.attempt(lambda: incidents.merge(incident=one, into=two, by=self.users[who]))

    @rule(number=pick, which=pick, who=people)
    def split(self, number: int, which: int, who: int) -> None:
        if incident := self.incident(number):
            leaving = [report for report in Report.objects.filter(incident=incident) if (report.pk + which) % 2]
            self.attempt(lambda: incidents.split(incident=incident, reports=leaving, by=self.users[who], name="Another event"))

    @rule(number=pick, who=people)
    def undo(self, number: int, who: int) -> None:
        change = self.one(Change.objects.filter(kind__in=incidents.UNDOABLE - {ChangeKind.REFERENCE_CHANGED}), number)
        if change:
            self.attempt(lambda: incidents.undo(operation_id=change.operation_id, by=self.users[who]))

    @rule(number=pick, who=people, verdict=st.sampled_from(review.VERDICTS), blamed=st.sampled_from(["Lowlands", "Highlands", None]))
    def decide(self, number: int, who: int, verdict: Occurrence, blamed: str | None) -> None:
        if incident := self.incident(number):
            judged = {"attribution": "attributed", "attributed_party": make_party(blamed)} if blamed else {}
            facts = {"agreement": make_agreement(), "reason": "seen", "occurrence": verdict, **judged}
            self.attempt(lambda: assessments.decide(incident=incident, by=self.users[who], **facts))

    @rule(number=pick, who=people)
    def confirm(self, number: int, who: int) -> None:
        if assessment := self.one(Assessment.objects.all(), number):
            self.attempt(lambda: assessments.confirm(assessment=assessment, by=self.users[who]))
            judged, was_open = Assessment.objects.get(pk=assessment.pk), assessment.confirmed_by_id is None
            if was_open and judged.confirmed_by_id:
                entered = Report.objects.filter(incident=judged.incident).values_list("entered_by", flat=True)
                assert not {judged.decided_by_id, judged.confirmed_by_id} & set(entered)

    @rule(number=pick, who=people, how=st.sampled_from([Move.WITHDRAW, Move.SEND_BACK, Move.REOPEN]))
    def unmake(self, number: int, who: int, how: Move) -> None:
        if assessment := self.one(Assessment.objects.all(), number):
            self.attempt(lambda: assessments.move(assessment=assessment, move=how, by=self.users[who], reason="again"))

    @rule()
    def count(self) -> None:
        sealed_and_posted()
        assert tallies.differences(make_agreement()) == []

    @rule()
    def fold(self) -> None:
        folds.fold()
        assert folds.astray(make_agreement()) == []
        number = LedgerHead.objects.values_list("number", flat=True).first() or 0
        for keys in (("series", "side_id"), ("series", "day"), ("violation_type",), ("area_id", "series")):
            rows = rollups.balances(make_agreement(), number, by=keys, series=list(Series))
            entries = LedgerEntry.objects.order_by().values(*keys).annotate(sum_of_best=Sum("best"), held=Sum("records")).exclude(held=0)
            assert {tuple(row[key] for key in keys): row["best"] for row in rows} == {
                tuple(row[key] for key in keys): row["sum_of_best"] for row in entries
            }

    @invariant()
    def nothing_is_lost(self) -> None:
        assert set(Report.objects.values_list("pk", flat=True)) == self.made

    @invariant()
    def nothing_dangles(self) -> None:
        gone = Incident.objects.filter(merged_into__isnull=False) | Incident.objects.filter(withdrawn_at__isnull=False)
        assert not Report.objects.filter(incident__in=gone).exists()
        assert not Assessment.objects.filter(incident__merged_into__isnull=False).exists()
        for incident in Incident.objects.filter(merged_into__isnull=False):
            assert incident.heir.merged_into is None

    @invariant()
    def every_state_is_legal(self) -> None:
        for row in Assessment.objects.all():
            review.state_of(Occurrence(row.occurrence), is_decided=row.decided_by_id is not None, is_confirmed=row.confirmed_by_id is not None)
            assert row.confirmed_by_id is None or row.confirmed_by_id != row.decided_by_id
        assert not Report.objects.exclude(state__in=[ReportState.SUBMITTED, ReportState.RETRACTED]).exists()

    @invariant()
    def the_log_replays_to_what_is_there(self) -> None:
        latest: dict[Any, Any] = {}
        said = Change.objects.filter(record_type__in=["report", "incident", "assessment"], payload__body__after__isnull=False)
        for record_id, after in said.order_by("id").values_list("record_id", "payload__body__after"):
            if after is not None:
                latest[record_id] = after
        for model in (Report, Incident, Assessment):
            for record in model._default_manager.all():
                assert latest[record.public_id] == record.facts(), record


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), database=None),
    )


@pytest.mark.django_db
def test_a_few_histories() -> None:
    play(examples=6, steps=25)


@pytest.mark.slow
@pytest.mark.django_db
def test_many_histories() -> None:
    play(examples=60, steps=60)
