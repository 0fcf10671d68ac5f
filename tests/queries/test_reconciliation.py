"""A published total beside the reports that a reader may see: each in one part, the parts making the claim."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.actions import assessments, reports
from incidents.models import AggregateClaim, Convoy, Incident, Membership, Report, User
from incidents.queries import aggregates, reconciliation
from incidents.queries.reconciliation import Reconciled
from incidents.vocabulary import Attribution, Occurrence, Role, Share, Unit
from tests.builders import make_agreement, make_claim, make_member, make_party, make_place, make_report, make_source, make_user

pytestmark = pytest.mark.django_db


def reconciled(claim: AggregateClaim, reader: User | None = None) -> Reconciled:
    reader = reader or User(role=User.Role.ANALYST)
    return reconciliation.of_claim(reader, aggregates.one(reader, claim.public_id))


def placed(found: Reconciled) -> dict[str, set[str]]:
    return {str(row.share): {counted.record.id for counted in row.records} for row in found.parts.rows if row.records}


def ids(*held: Report) -> set[str]:
    return {str(report.public_id) for report in held}


def make_incident(name: str) -> Incident:
    return Incident.objects.create(slug=name, name=name)


def judged(occurrence: Occurrence, **facts: Any) -> Report:
    """Return a report whose incident was judged by one editor and confirmed by another."""
    editors = [User.objects.filter(username=name).first() or make_user(User.Role.EDITOR, name) for name in ("first", "second")]
    incident = make_incident(f"event-{Incident.objects.count()}")
    report = make_report(incident=incident)
    values = {"occurrence": occurrence, "reason": "seen"} | facts
    assessment = assessments.decide(incident=incident, agreement=report.agreement, by=editors[0], **values)
    assessments.confirm(assessment=assessment, by=editors[1])
    return report


def test_each_report_stands_in_one_part_and_the_parts_make_the_claim() -> None:
    side = make_agreement().sides.get(code="A")
    attributed = {"attribution": Attribution.ATTRIBUTED, "attributed_side": side}
    verified = judged(Occurrence.VERIFIED, **attributed)
    unattributed = judged(Occurrence.VERIFIED)
    unfounded = judged(Occurrence.UNFOUNDED)
    plain = make_report()
    duplicate = make_report()
    Report.objects.filter(pk=duplicate.pk).update(state="duplicate")
    outside = make_report(occurred_on=date(2020, 6, 9))
    shots = make_report(unit=Unit.SHOT, stated_count=40)
    excluded = make_party("Outlaws")
    Membership.objects.create(agreement=make_agreement(), party=excluded, role=Role.EXCLUDED)
    at_outlaws = make_report(target_party=excluded)
    undated = make_report(occurred_on=None, time_precision="unknown")
    # None of these is the claimant's own report against the same accused, under the same truce.
    make_report(claimant=make_party("Lowlands"))
    make_report(accused_party=make_party("Highlands"))
    make_report(agreement=make_agreement("lake-2020", name="Lake truce"))
    found = reconciled(make_claim(20))
    assert placed(found) == {
        Share.MATCHED: ids(verified),
        Share.NOT_ATTRIBUTED: ids(unattributed),
        Share.UNFOUNDED: ids(unfounded),
        Share.UNVERIFIED: ids(plain, undated),
        Share.TARGET_EXCLUDED: ids(at_outlaws),
        Share.DUPLICATE: ids(duplicate),
        Share.OUTSIDE_PERIOD: ids(outside),
        Share.OTHER_UNIT: ids(shots),
    }
    assert (found.parts.known, found.parts.remainder, found.undated, found.by_others) == (20, 0, 1, 1)
    assert found.parts.of(Share.NOT_ITEMISED).count == 14


def test_an_organ_speaks_for_its_party_and_whoever_stands_on_the_side_is_accused() -> None:
    army = make_party("Army of the Highlands", organ_of=make_party("Highlands"))
    militia = make_party("Militia")
    make_member(make_agreement().sides.get(code="A"), militia)
    report = make_report(claimant=army, accused_party=militia)
    assert placed(reconciled(make_claim(3))) == {Share.UNVERIFIED: ids(report)}
    assert placed(reconciled(make_claim(3, accused=[make_party("Lowlands")]))) == {Share.UNVERIFIED: ids(report)}
    assert placed(reconciled(make_claim(3, accused=[make_party("Bandits")]))) == {}


def test_a_claim_against_nobody_is_laid_beside_all_that_its_claimant_reports() -> None:
    report = make_report()
    assert placed(reconciled(make_claim(3, accused=[]))) == {Share.UNVERIFIED: ids(report)}


def test_an_area_holds_the_places_within_it() -> None:
    province = make_place("Province")
    inside, elsewhere = make_place("Ford", parent=province), make_place("Mill")
    country = make_place("Country")
    type(province).objects.filter(pk=province.pk).update(parent=country)
    within, without, vague, nowhere = make_report(place=inside), make_report(place=elsewhere), make_report(place=country), make_report()
    found = placed(reconciled(make_claim(3, area=province)))
    assert found == {Share.UNVERIFIED: ids(within, vague, nowhere), Share.OUTSIDE_AREA: ids(without)}


def test_what_stands_in_the_same_document_is_of_the_claim_where_the_source_may_be_known() -> None:
    late = {"occurred_on": date(2020, 6, 9), "link": "https://example.org/1"}
    make_report(**late)
    assert reconciled(make_claim(3, link="https://example.org/1")).parts.of(Share.OUTSIDE_PERIOD).count == 1
    hidden = make_source("Whisper", is_protected=True)
    make_report(**late, source=hidden)
    claim = make_claim(3, link="https://example.org/1", source=hidden)
    assert reconciled(claim).parts.of(Share.OUTSIDE_PERIOD).count == 1
    assert reconciled(claim, make_user(User.Role.PARTNER)).parts.of(Share.OUTSIDE_PERIOD).count == 0


def test_a_report_that_is_hidden_is_in_no_part_and_none_of_the_others() -> None:
    convoy = Convoy.objects.create(agreement=make_agreement(), reference="CV-1", operator=make_party("Aid"), source=make_source())
    make_report(convoy=convoy)
    make_report(convoy=convoy, claimant=make_party("Lowlands"))
    claim, partner = make_claim(3), make_user(User.Role.PARTNER)
    assert (len(placed(reconciled(claim))), reconciled(claim).by_others) == (1, 1)
    found = reconciled(claim, partner)
    assert (placed(found), found.by_others, found.parts.of(Share.NOT_ITEMISED).count) == ({}, 0, 3)


def test_drafts_and_what_was_withdrawn_are_in_no_part() -> None:
    report = make_report()
    reports.retract(report=report, by=make_user(), reason="mistaken")
    assert placed(reconciled(make_claim(3))) == {}


def test_it_asks_the_same_number_of_questions_however_many_reports_there_are() -> None:
    claim = make_claim(3, area=make_place())
    make_report(place=make_place())
    reader = make_user()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            found = reconciled(claim, reader)
            reconciliation.shown(reader, found, Share.UNVERIFIED, 50)
        return len(queries)

    few = asked()
    for _ in range(8):
        make_report(place=make_place())
    assert asked() == few <= 20
