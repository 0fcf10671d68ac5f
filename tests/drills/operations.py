"""What editors do to records, at random and with a seed: what the drills of the ledger let happen while workers count."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import transaction

from incidents.actions import aggregates, assessments, incidents, reference, reports
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.models import AggregateClaim, Assessment, Incident, Membership, Report, User
from incidents.rules import review
from incidents.vocabulary import Basis, HarmGroup, HarmKind
from tests.builders import correct_claim, make_agreement, make_claim, make_party, make_place, make_report, make_user

NAMES = ("Lowlands", "Highlands", "Islanders", None)


class Operations:
    """Operations on the records of one truce. A refused one is part of the game: it changes nothing."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.done = self.refused = 0
        self.users = [make_user(User.Role.EDITOR, name) for name in ("first", "second", "third")]
        self.agreement = make_agreement()
        self.places = [make_place(name) for name in ("Ford", "Mill", "Bridge")]
        self.parties = {name: make_party(name) for name in NAMES if name}
        self.reports: list[int] = []
        self.incidents: list[int] = []
        self.choices: list[tuple[int, Callable[[], Any]]] = [
            (40, self.log), (8, self.retract), (4, self.restore), (10, self.open), (8, self.attach), (4, self.detach), (4, self.move),
            (3, self.merge), (2, self.split), (7, self.decide), (6, self.confirm), (2, self.claim), (1, self.correct), (1, self.withdraw_claim),
        ]  # fmt: skip

    def run(self, how_many: int) -> None:
        """Do so many operations, one after another; in about five hundred one rearranges the sides."""
        weights = [weight for weight, _act in self.choices]
        for _number in range(how_many):
            act = self.rearrange if self.random.random() < 0.002 else self.random.choices(self.choices, weights)[0][1]
            try:
                with transaction.atomic():
                    act()
            except (RuleBroken, IndexError):
                self.refused += 1
            self.done += 1

    def report(self) -> Report:
        return Report.objects.get(pk=self.random.choice(self.reports[-200:]))

    def incident(self) -> Incident:
        return Incident.objects.get(pk=self.random.choice(self.incidents[-60:]))

    def who(self) -> User:
        return self.random.choice(self.users)

    def log(self) -> None:
        accused, claimant = self.random.choice(NAMES), self.random.choice(("Lowlands", "Highlands"))
        low = self.random.choice((None, 0, 3))
        harm = [HarmStated(HarmKind.KILLED, low, low, self.random.choice((None, 9)), group=self.random.choice(list(HarmGroup)))]
        report = make_report(
            by=self.who(),
            claimant=self.parties[claimant],
            accused_party=self.parties[accused] if accused else None,
            occurred_on=date(2020, 5, 30) + timedelta(days=self.random.randrange(12)),
            violation_type=self.random.choice(("shelling", "airstrike", "aid_blocked")),
            place=self.random.choice([*self.places, None]),
            stated_count=self.random.choice((None, 1, 5)),
            harm=harm if self.random.random() < 0.4 else [],
        )
        self.reports.append(report.pk)

    def retract(self) -> None:
        reports.retract(report=self.report(), by=self.who(), reason="no")

    def restore(self) -> None:
        reports.restore(report=self.report(), by=self.who(), reason="yes")

    def open(self) -> None:
        self.incidents.append(incidents.open_for(reports=[self.report()], by=self.who(), name="An event").pk)

    def attach(self) -> None:
        incidents.attach(report=self.report(), incident=self.incident(), by=self.who())

    def detach(self) -> None:
        incidents.detach(report=self.report(), by=self.who())

    def move(self) -> None:
        incidents.move(report=self.report(), to=self.incident(), by=self.who())

    def merge(self) -> None:
        incidents.merge(incident=self.incident(), into=self.incident(), by=self.who())

    def split(self) -> None:
        incident = self.incident()
        leaving = [report for report in Report.objects.filter(incident=incident) if self.random.random() < 0.5]
        self.incidents.append(incidents.split(incident=incident, reports=leaving, by=self.who(), name="Another event").pk)

    def decide(self) -> None:
        blamed = self.random.choice(NAMES)
        judged: dict[str, Any] = {"attribution": "attributed", "attributed_party": self.parties[blamed]} if blamed else {}
        verdict = self.random.choice(list(review.VERDICTS))
        assessments.decide(incident=self.incident(), agreement=self.agreement, by=self.who(), occurrence=verdict, reason="seen", **judged)

    def confirm(self) -> None:
        waiting = Assessment.objects.filter(decided_by__isnull=False, confirmed_by=None).order_by("-id")[:20]
        assessments.confirm(assessment=self.random.choice(list(waiting)), by=self.who())

    def claim(self) -> None:
        day = date(2020, 6, 1) + timedelta(days=self.random.randrange(7))
        kind = self.random.random() < 0.5
        facts: dict[str, Any] = {"basis": Basis.PERIODIC, "counted_from": None, "period_start": day} if kind else {}
        make_claim(self.random.choice((None, 7, 42)), period_end=day, published_on=day, **facts)

    def correct(self) -> None:
        correct_claim(self.random.choice(list(AggregateClaim.objects.filter(retracted_at=None, superseded_by=None)[:9])), self.random.randrange(300))

    def withdraw_claim(self) -> None:
        claim = self.random.choice(list(AggregateClaim.objects.filter(retracted_at=None, superseded_by=None)[:9]))
        aggregates.retract(claim=claim, by=self.who(), reason="no")

    def rearrange(self) -> None:
        membership = Membership.objects.get(party=self.parties["Highlands"], agreement=self.agreement)
        membership.side = self.agreement.sides.get(code=self.random.choice("AB"))
        reference.save(membership, by=self.users[0])
