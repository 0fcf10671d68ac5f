"""What must never be of affiliations, areas, coverage, assessments, convoys and evidence: the database refuses it, whoever writes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from incidents.models import (
    Affiliation,
    AgreementArea,
    Assessment,
    CargoLine,
    Checkpoint,
    Convoy,
    ConvoyEvent,
    Coverage,
    Evidence,
    Incident,
    Membership,
    Response,
    User,
)
from incidents.vocabulary import Role
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2020, 6, 2, 12, tzinfo=UTC)
DAY = date(2020, 6, 2)
EARLIER = date(2020, 6, 1)

Facts = dict[str, Any]


def never(name: str, model: type[models.Model], /, **facts: Any) -> None:
    """Hold that the database refuses this record, by the constraint of this name."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model._default_manager.create(**facts)


def people() -> tuple[User, User]:
    return make_user(User.Role.EDITOR, "one"), make_user(User.Role.EDITOR, "two")


# --- Assessments


@pytest.fixture
def judged() -> Facts:
    return {"incident": Incident.objects.create(slug="x", name="X"), "agreement": make_agreement(), "reason": "seen"}


def test_an_assessment_is_never_confirmed_by_its_author(judged: Facts) -> None:
    one, two = people()
    decided = judged | {"decided_by": one, "decided_at": AT}
    never("assessment_confirmed_by_a_second_editor", Assessment, **decided, confirmed_by=one, confirmed_at=AT)
    for author in (one, two):
        behind = {"report_authors": [author.pk]}
        never("assessment_confirmed_by_no_author_of_its_reports", Assessment, **decided, confirmed_by=two, confirmed_at=AT, **behind)
    Assessment.objects.create(**decided, confirmed_by=two, confirmed_at=AT, report_authors=[two.pk + 1])


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("assessment_occurrence_known", {"occurrence": "true"}),
        ("assessment_attribution_known", {"attribution": "sure"}),
        ("assessment_harm_grade_known", {"harm_grade": "strong"}),
        ("assessment_in_force_known", {"in_force": "perhaps"}),
        ("assessment_party_bound_known", {"party_bound": "perhaps"}),
        ("assessment_target_excluded_known", {"target_excluded": "perhaps"}),
        ("assessment_place_covered_known", {"place_covered": "perhaps"}),
        ("assessment_decision_is_dated", {"decided_at": AT}),
        ("assessment_confirmation_is_dated", {"confirmed_at": AT}),
        ("assessment_names_whom_exactly_when_attributed", {"attribution": "attributed"}),
    ],
)
def test_assessments(judged: Facts, name: str, facts: Facts) -> None:
    never(name, Assessment, **judged | facts)


def test_an_assessment_is_decided_before_it_is_confirmed_and_says_why(judged: Facts) -> None:
    one, two = people()
    never("assessment_decided_before_confirmed", Assessment, **judged, confirmed_by=one, confirmed_at=AT)
    never("assessment_decision_has_a_reason", Assessment, **judged | {"reason": ""}, decided_by=two, decided_at=AT)


def test_an_assessment_is_attributed_to_one_and_only_where_it_is(judged: Facts) -> None:
    side, party = make_agreement().sides.get(code="A"), make_party("Lowlands")
    both = {"attributed_party": party, "attributed_side": side}
    never("assessment_attributed_to_a_party_or_a_side", Assessment, **judged, attribution="attributed", **both)
    never("assessment_names_whom_exactly_when_attributed", Assessment, **judged, attribution="contested", attributed_party=party)


def test_there_is_one_assessment_of_an_incident_under_an_agreement(judged: Facts) -> None:
    Assessment.objects.create(**judged)
    never("assessment_once_per_incident_and_agreement", Assessment, **judged)


# --- Memberships, affiliations, areas


def test_a_party_is_never_on_two_sides_of_one_agreement_at_once() -> None:
    agreement, party = make_agreement(), make_party("Rangers")
    first, second = agreement.sides.all()
    on_side = {"agreement": agreement, "party": party, "role": Role.ON_SIDE}
    Membership.objects.create(**on_side, side=first, until_on=DAY)
    never("membership_on_one_side_at_a_time", Membership, **on_side, side=second)
    never("membership_on_one_side_at_a_time", Membership, **on_side, side=second, from_on=DAY)
    Membership.objects.create(**on_side, side=second, from_on=date(2020, 6, 3))
    Membership.objects.create(agreement=agreement, party=party, role=Role.GUARANTOR)


def test_affiliations() -> None:
    tie = {"party": make_party("Rangers"), "kind": "member", "other": make_party("Union")}
    never("affiliation_is_with_another", Affiliation, **tie | {"other": tie["party"]})
    never("affiliation_ends_after_it_begins", Affiliation, **tie, from_on=DAY, until_on=EARLIER)
    never("affiliation_kind_known", Affiliation, **tie | {"kind": "friend"})
    Affiliation.objects.create(**tie)


def test_areas() -> None:
    area = {"agreement": make_agreement(), "name": "north"}
    never("area_is_a_place_or_a_geometry", AgreementArea, **area)
    never("area_ends_after_it_begins", AgreementArea, **area, place=make_place(), from_on=DAY, until_on=EARLIER)
    AgreementArea.objects.create(**area, place=make_place())


# --- Coverage, responses


def test_coverage() -> None:
    facts = {"agreement": make_agreement(), "observer": make_party("Monitor"), "kind": "patrol", "from_on": DAY, "source": make_source()}
    never("coverage_ends_after_it_begins", Coverage, **facts, until_on=EARLIER)
    never("coverage_kind_known", Coverage, **facts | {"kind": "rumour"})
    never("coverage_denied_by_somebody_only_if_denied", Coverage, **facts, denied_by=make_party("Lowlands"))
    Coverage.objects.create(**facts, is_denied=True, denied_by=make_party("Lowlands"))


def test_responses() -> None:
    incident = Incident.objects.create(slug="x", name="X")
    never("response_kind_known", Response, incident=incident, party=make_party(), kind="shrugs", answered_on=DAY, source=make_source())


# --- Convoys


@pytest.fixture
def moving() -> Facts:
    return {"reference": "C-1", "operator": make_party("Relief"), "source": make_source()}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("convoy_mode_known", {"mode": "by_mule"}),
        ("convoy_destination_class_known", {"destination_class": "remote"}),
        ("convoy_counts_not_negative|people_reached_check", {"people_reached": -1}),
        ("convoy_counts_not_negative|trucks_lost_check", {"trucks_lost": -1}),
        ("convoy_no_more_arrive_than_left", {"trucks_departed": 4, "trucks_arrived": 5}),
        ("convoy_release_is_dated", {"released_at": AT}),
    ],
)
def test_convoys(moving: Facts, name: str, facts: Facts) -> None:
    never(name, Convoy, **moving, **facts)


def test_a_convoy_is_never_released_by_one_person(moving: Facts) -> None:
    one, two = people()
    begun = moving | {"released_at": AT, "released_by": one}
    never("convoy_released_by_two", Convoy, **begun, release_confirmed_by=one)
    never("convoy_release_begun_before_confirmed", Convoy, **moving, release_confirmed_by=two)
    Convoy.objects.create(**begun, release_confirmed_by=two)


def test_a_convoy_has_its_reference_alone(moving: Facts) -> None:
    Convoy.objects.create(**moving)
    never("reference", Convoy, **moving)


def test_what_hangs_on_a_convoy(moving: Facts) -> None:
    convoy = Convoy.objects.create(**moving)
    post = Checkpoint.objects.create(convoy=convoy, position=1, name="Post")
    never("checkpoint_position_once_in_convoy", Checkpoint, convoy=convoy, position=1, name="Other")
    never("cargo_kind_known", CargoLine, convoy=convoy, kind="gold")
    never("cargo_no_more_removed_than_loaded", CargoLine, convoy=convoy, kind="food", quantity=Decimal(1), removed=Decimal(2))
    never("cargo_not_negative", CargoLine, convoy=convoy, kind="food", quantity=Decimal(-1))
    event = {"convoy": convoy, "status": "delayed", "time_precision": "day", "source": make_source()}
    never("convoy_status_known", ConvoyEvent, **event | {"status": "lost"})
    never("convoy_event_time_precision_known", ConvoyEvent, **event | {"time_precision": "roughly"})
    never("convoy_event_span_has_both_ends", ConvoyEvent, **event, starts_at=AT)
    never("convoy_event_ends_after_it_begins", ConvoyEvent, **event, starts_at=AT, ends_at=AT.replace(hour=1))
    never("convoy_event_at_a_place_or_a_checkpoint", ConvoyEvent, **event, checkpoint=post, place=make_place())
    ConvoyEvent.objects.create(**event, checkpoint=post)


def test_a_report_at_a_checkpoint_is_of_a_convoy(moving: Facts) -> None:
    post = Checkpoint.objects.create(convoy=Convoy.objects.create(**moving), position=1, name="Post")
    with pytest.raises(IntegrityError, match="report_at_a_checkpoint_of_a_convoy"), transaction.atomic():
        make_report(checkpoint=post)


# --- Evidence


def test_evidence_is_a_link_or_a_file_with_its_hash() -> None:
    kept = {"report": make_report(), "received_at": AT}
    never("evidence_is_a_file_or_a_link", Evidence, **kept)
    never("evidence_is_a_file_or_a_link", Evidence, **kept, file="x.jpg")
    never("evidence_hash_is_sha256", Evidence, **kept, sha256="0" * 63, size=1)
    never("evidence_file_has_hash_and_size", Evidence, **kept, sha256="0" * 64)
    Evidence.objects.create(**kept, sha256="0" * 64, size=1, file="0" * 64)
    Evidence.objects.create(**kept, link="https://example.org/")
