"""Posting: the ledger follows the sealed log, and reverses what no longer stands."""

from datetime import date

import pytest
from django.db.models import Sum

from incidents.actions import aggregates, assessments, incidents, reference, reports, seals, tallies
from incidents.actions.reports import HarmStated
from incidents.models import Change, LedgerEntry, LedgerHead, Membership, Posting
from incidents.queries import tallies as figures
from incidents.vocabulary import Basis, Bucket, HarmGroup, HarmKind
from tests.builders import correct_claim, make_agreement, make_claim, make_member, make_party, make_report, make_user, sealed_and_posted

pytestmark = pytest.mark.django_db


def claimed_against(code: str) -> list[tuple[str, int | None]]:
    tally = figures.of_agreement(make_agreement())
    return [(figure.claimant.name, figure.count) for side in tally.sides if side.side and side.side.code == code for figure in side.claimed]


def test_a_claim_counts_only_once_it_is_posted() -> None:
    make_claim(254)
    assert claimed_against("A") == []
    sealed_and_posted()
    assert claimed_against("A") == [("Highlands", 254)]
    assert claimed_against("B") == []


def test_nothing_is_computed_before_the_ledger_has_begun() -> None:
    tally = figures.of_agreement(make_agreement())
    assert [side.logged for side in tally.sides] == [None, None]
    assert tally.change == 0


def test_a_superseded_claim_is_reversed_and_its_heir_counts() -> None:
    claim = make_claim(254)
    sealed_and_posted()
    before = figures.of_agreement(make_agreement())
    correct_claim(claim, 260)
    while seals.seal():
        pass
    waiting = figures.of_agreement(make_agreement())
    assert (waiting.change, claimed_against("A")) == (before.change, [("Highlands", 254)])
    assert waiting.waiting == 2
    sealed_and_posted()
    assert claimed_against("A") == [("Highlands", 260)]
    amounts = LedgerEntry.objects.filter(series="claimed", measure="count").order_by("id").values_list("best", flat=True)
    assert list(amounts) == [254, -254, 260]


def test_a_retracted_claim_leaves_no_figure() -> None:
    claim = make_claim(254)
    sealed_and_posted()
    aggregates.retract(claim=claim, by=None, reason="printed by mistake")
    sealed_and_posted()
    assert claimed_against("A") == []


def test_unknown_is_not_zero() -> None:
    make_claim(None)
    sealed_and_posted()
    assert claimed_against("A") == [("Highlands", None)]


def test_zero_is_a_figure() -> None:
    make_claim(0)
    sealed_and_posted()
    assert claimed_against("A") == [("Highlands", 0)]


def test_harm_travels_with_the_figure() -> None:
    make_claim(
        302,
        harm=[
            HarmStated(HarmKind.KILLED, 63, 63, 63, group=HarmGroup.CIVILIANS),
            HarmStated(HarmKind.KILLED, 153, 153, 153, group=HarmGroup.FIGHTERS),
        ],
    )
    sealed_and_posted()
    (figure,) = figures.of_agreement(make_agreement()).sides[0].claimed
    assert [(row.group, row.best) for row in figure.harm] == [("civilians", 63), ("fighters", 153)]


def test_an_organ_counts_for_its_party() -> None:
    make_claim(7, claimant=make_party("Highland Staff", organ_of=make_party("Highlands")))
    sealed_and_posted()
    assert claimed_against("A") == [("Highlands", 7)]


def test_reports_are_logged_against_the_side_the_accused_stood_on_that_day() -> None:
    agreement = make_agreement()
    turncoat = make_party("Marsh")
    make_member(agreement.sides.get(code="A"), turncoat, until_on=date(2020, 6, 2))
    make_member(agreement.sides.get(code="B"), turncoat, from_on=date(2020, 6, 3))
    make_report(accused_party=turncoat, occurred_on=date(2020, 6, 2))
    make_report(accused_party=turncoat, occurred_on=date(2020, 6, 3))
    make_report(accused_party=make_party("Islanders"))
    make_report(accused_party=None)
    sealed_and_posted()
    tally = figures.of_agreement(agreement)
    assert [side.logged for side in tally.sides] == [1, 1]
    assert (tally.no_side.logged, tally.nobody.logged) == (1, 1)


def test_a_report_outside_the_days_in_force_is_not_in_the_figure() -> None:
    make_report(occurred_on=date(2020, 6, 9))
    sealed_and_posted()
    assert figures.of_agreement(make_agreement()).sides[0].logged == 0


def test_a_retracted_report_is_no_longer_logged() -> None:
    report = make_report()
    sealed_and_posted()
    assert figures.of_agreement(make_agreement()).sides[0].logged == 1
    reports.retract(report=report, by=None, reason="the wrong truce")
    sealed_and_posted()
    assert figures.of_agreement(make_agreement()).sides[0].logged == 0
    assert LedgerEntry.objects.filter(bucket=Bucket.SIDE).count() == 4  # the count and the stated multiplicity, each posted and reversed


def test_posting_twice_is_harmless() -> None:
    make_claim(254)
    make_report()
    sealed_and_posted()
    postings, entries = Posting.objects.count(), LedgerEntry.objects.count()
    assert tallies.post() == 0
    LedgerHead.objects.update(number=0)  # as if a worker had died between writing and noting it, which one transaction rules out
    while tallies.post():
        pass
    assert (Posting.objects.count(), LedgerEntry.objects.count()) == (postings, entries)


def test_a_party_that_changes_sides_takes_its_reports_along() -> None:
    agreement = make_agreement()
    make_report()
    make_claim(254, accused=[make_party("Lowlands")])
    sealed_and_posted()
    membership = Membership.objects.get(party=make_party("Lowlands"), agreement=agreement)
    membership.side = agreement.sides.get(code="B")
    reference.save(membership, by=None)
    sealed_and_posted()
    assert [side.logged for side in figures.of_agreement(agreement).sides] == [0, 1]
    assert (claimed_against("A"), claimed_against("B")) == ([], [("Highlands", 254)])


def test_the_ledger_equals_a_recount_and_says_where_it_does_not() -> None:
    agreement = make_agreement()
    for number in range(5):
        make_report(harm=[HarmStated(HarmKind.KILLED, low=number)])
    make_claim(42, basis=Basis.PERIODIC, counted_from=None, period_start=date(2020, 6, 2), period_end=date(2020, 6, 2))
    sealed_and_posted()
    assert tallies.differences(agreement) == []
    entry = LedgerEntry.objects.filter(series="logged", measure="count").order_by("id")[0]
    LedgerEntry.objects.bulk_create(
        [LedgerEntry(**{**{f.attname: getattr(entry, f.attname) for f in LedgerEntry._meta.concrete_fields}, "id": None})]
    )
    assert len(tallies.differences(agreement)) == 1


def test_daily_figures_exist_only_for_days_that_somebody_claimed() -> None:
    make_claim(42, basis=Basis.PERIODIC, counted_from=None, period_start=date(2020, 6, 2), period_end=date(2020, 6, 2))
    make_claim(254)
    sealed_and_posted()
    days = {day.day: day.sides["A"].claimed for day in figures.by_day(make_agreement()) if day.sides["A"].claimed}
    assert list(days) == [date(2020, 6, 2)]
    assert days[date(2020, 6, 2)][0].count == 42


def incidents_and_verified() -> list[tuple[int | None, int | None]]:
    tally = figures.of_agreement(make_agreement())
    return [(side.incidents, side.verified) for side in [*tally.sides, tally.no_side, tally.nobody]]


def test_reports_of_one_event_are_one_incident_and_it_follows_them() -> None:
    first, second, third = make_report(), make_report(), make_report()
    event = incidents.open_for(reports=[first, second], by=None, name="Shelling of the ford")
    sealed_and_posted()
    assert incidents_and_verified()[0] == (1, 0)
    other = incidents.open_for(reports=[third], by=None, name="Another")
    sealed_and_posted()
    assert incidents_and_verified()[0] == (2, 0)
    incidents.merge(incident=other, into=event, by=None)
    sealed_and_posted()
    assert incidents_and_verified()[0] == (1, 0)
    incidents.undo(operation_id=Change.objects.filter(kind="incident.merged").latest("id").operation_id, by=None)
    reports.retract(report=third, by=None, reason="the wrong truce")
    sealed_and_posted()
    assert incidents_and_verified()[0] == (1, 0)
    assert tallies.differences(make_agreement()) == []


def test_an_incident_blamed_on_both_counts_once_under_each_and_once_in_all() -> None:
    agreement = make_agreement()
    mutual = [make_report(), make_report(claimant=make_party("Lowlands"), accused_party=make_party("Highlands")), make_report(accused_party=None)]
    incidents.open_for(reports=mutual, by=None, name="Shelling of the ford")
    sealed_and_posted()
    assert incidents_and_verified() == [(1, 0), (1, 0), (0, 0), (0, 0)]
    assert LedgerEntry.objects.filter(agreement=agreement, measure="distinct").aggregate(total=Sum("best")) == {"total": 1}
    assert Posting.objects.filter(subject__startswith="incident:").latest("number").detail == {"contested": True}


def test_only_what_a_second_editor_confirmed_is_verified_and_attributed() -> None:
    agreement = make_agreement()
    event = incidents.open_for(reports=[make_report()], by=None, name="Shelling of the ford")
    first, second = make_user("editor", "first"), make_user("editor", "second")
    judged = assessments.decide(
        incident=event,
        agreement=agreement,
        by=first,
        occurrence="verified",
        attribution="attributed",
        attributed_party=make_party("Lowlands"),
        reason="two witnesses",
    )
    sealed_and_posted()
    assert incidents_and_verified()[0] == (1, 0)
    assessments.confirm(assessment=judged, by=second)
    sealed_and_posted()
    assert incidents_and_verified() == [(1, 1), (0, 0), (0, 0), (0, 0)]
    assert tallies.differences(agreement) == []
