"""What must never be, the database refuses: one test breaks each constraint."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from incidents.models import Accused, AggregateClaim, CasualtyClaim, Membership, Party, Place, Report, Side, Source, Term
from incidents.vocabulary import HarmKind, Role
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source

pytestmark = pytest.mark.django_db

AT = datetime(2020, 6, 2, tzinfo=UTC)

REPORT: list[tuple[str, dict[str, Any]]] = [
    ("report_state_known", {"state": "true"}),
    ("report_type_known", {"violation_type": "thunder"}),
    ("report_unit_known", {"unit": "dozen"}),
    ("report_time_precision_known", {"time_precision": "roughly"}),
    ("report_place_precision_known", {"place_precision": "there"}),
    ("report_credibility_known", {"credibility": "7"}),
    ("report_ends_after_it_begins", {"starts_at": AT, "ends_at": AT.replace(day=1)}),
    ("report_span_has_both_ends", {"starts_at": AT}),
    ("report_has_both_coordinates", {"latitude": Decimal(1), "place_precision": "point"}),
    ("report_latitude_in_range", {"latitude": Decimal(91), "longitude": Decimal(0), "place_precision": "point"}),
    ("report_longitude_in_range", {"latitude": Decimal(0), "longitude": Decimal(181), "place_precision": "point"}),
    ("report_coordinates_have_a_precision", {"latitude": Decimal(1), "longitude": Decimal(1), "place_precision": ""}),
    ("report_retraction_has_a_reason", {"state": "retracted", "retracted_at": AT}),
    ("report_retracted_exactly_when_dated", {"state": "retracted"}),
    ("report_beyond_draft_was_submitted", {"submitted_at": None}),
    ("claimant_id", {"claimant": None}),
    ("source_id", {"source": None}),
]

CLAIM: list[tuple[str, dict[str, Any]]] = [
    ("aggregate_claim_unit_known", {"unit": "dozen"}),
    ("aggregate_claim_basis_known", {"basis": "daily"}),
    ("aggregate_claim_qualifier_known", {"qualifier": "ish"}),
    ("aggregate_claim_period_in_order", {"period_start": date(2020, 6, 9)}),
    ("aggregate_claim_counts_forward", {"counted_from": date(2020, 6, 9)}),
    ("aggregate_claim_says_since_when", {"counted_from": None}),
    ("aggregate_claim_retraction_has_a_reason", {"retracted_at": AT}),
    ("aggregate_claim_not_negative", {"count": -1}),
]


def refused(record: models.Model, name: str, facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        type(record)._default_manager.filter(pk=record.pk).update(**facts)


@pytest.mark.parametrize(("name", "facts"), REPORT)
def test_reports(name: str, facts: dict[str, Any]) -> None:
    refused(make_report(), name, facts)


def test_a_report_accuses_a_party_or_a_side_not_both() -> None:
    refused(make_report(), "report_accuses_a_party_or_a_side", {"accused_side": Side.objects.get(code="A")})


def test_a_report_is_superseded_once() -> None:
    first = make_report()
    Report.objects.filter(pk=make_report().pk).update(supersedes=first)
    refused(make_report(), "supersedes", {"supersedes": first})


@pytest.mark.parametrize(("name", "facts"), CLAIM)
def test_aggregate_claims(name: str, facts: dict[str, Any]) -> None:
    refused(make_claim(), name, facts)


def test_an_accused_is_a_party_or_a_side() -> None:
    claim = make_claim()
    with pytest.raises(IntegrityError, match="accused_is_a_party_or_a_side"), transaction.atomic():
        Accused.objects.create(claim=claim)


@pytest.mark.parametrize("ends", [(3, 2, None), (None, 3, 2), (3, None, 2)])
def test_harm_is_in_order(ends: tuple[int | None, ...]) -> None:
    low, best, high = ends
    with pytest.raises(IntegrityError, match="casualty_claim_in_order"), transaction.atomic():
        CasualtyClaim.objects.create(report=make_report(), kind=HarmKind.KILLED, low=low, best=best, high=high)


def test_a_membership_names_a_side_exactly_when_on_one() -> None:
    agreement = make_agreement()
    for facts in ({"role": Role.ON_SIDE}, {"role": Role.GUARANTOR, "side": agreement.sides.get(code="A")}):
        with pytest.raises(IntegrityError, match="membership_names_a_side"), transaction.atomic():
            Membership.objects.create(agreement=agreement, party=make_party("Islanders"), **facts)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("place_has_both_coordinates", lambda: Place.objects.create(slug="x", name="x", precision="town", latitude=1)),
        ("place_not_within_itself", lambda: Place.objects.filter(pk=make_place().pk).update(parent=make_place())),
        ("party_not_its_own_organ", lambda: Party.objects.filter(pk=make_party().pk).update(organ_of=make_party())),
        ("source_reliability_known", lambda: Source.objects.filter(pk=make_source().pk).update(reliability="G")),
        ("agreement_ends_after_it_begins", lambda: make_agreement("short", in_force_until=datetime(2019, 1, 1, tzinfo=UTC))),
        ("side_code_once_in_agreement", lambda: Side.objects.create(agreement=make_agreement(), code="A", position=9, name="x")),
        ("side_position_once_in_agreement", lambda: Side.objects.create(agreement=make_agreement(), code="C", position=0, name="x")),
        ("side_code_is_a_letter", lambda: Side.objects.create(agreement=make_agreement(), code="1", position=9, name="x")),
        ("term_number_once_in_agreement", lambda: Term.objects.create(agreement=make_agreement(), number="1", subject="detainees")),
    ],
)
def test_reference_data(name: str, make: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make()


def test_a_claim_is_superseded_once() -> None:
    first = make_claim()
    AggregateClaim.objects.filter(pk=make_claim().pk).update(supersedes=first)
    refused(make_claim(), "supersedes", {"supersedes": first})
