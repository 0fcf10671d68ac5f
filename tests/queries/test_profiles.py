"""What a profile takes away is gone from rows, columns, filters, orders, counts and tallies alike, because the query never has it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from incidents.actions import assessments, incidents, reports
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.models import Incident, Profile, Report, User
from incidents.queries import convoys as convoy_queries
from incidents.queries import duplicates, tallies, visibility
from incidents.queries import reports as report_queries
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.queries.duplicates import Draft
from incidents.queries.filters import ReportFilter
from incidents.vocabulary import CargoKind, Grid, Occurrence, PlacePrecision, ReportState
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy, release, tell

pytestmark = pytest.mark.django_db


def carrier(**facts: Any) -> User:
    """Return a partner with a profile of these facts."""
    agreements = facts.pop("agreements", None)
    profile = Profile.objects.create(slug="narrow", name="Narrow", is_every_agreement=agreements is None, **facts)
    profile.agreements.set(agreements or [])
    return make_user(User.Role.PARTNER, profile=profile)


def exact(**facts: Any) -> Report:
    return make_report(
        latitude=Decimal("36.171717"), longitude=Decimal("37.028282"), place_precision=PlacePrecision.POINT, place_as_worded="the mill", **facts
    )


def aged(report: Report, hours: int) -> None:
    Report.objects.filter(pk=report.pk).update(submitted_at=timezone.now() - timedelta(hours=hours))


def test_without_a_profile_the_table_itself_is_read_but_for_protected_sources() -> None:
    open_one, protected = make_report(wording="said aloud"), make_report(source=make_source("Whisper", is_protected=True), wording="said low")
    seen = visibility.reports(make_user(User.Role.PARTNER))
    assert dict(seen.values_list("pk", "wording")) == {open_one.pk: "said aloud", protected.pk: ""}
    assert "(SELECT" not in str(visibility.reports(make_user(User.Role.EDITOR)).query)


def test_a_point_is_snapped_for_every_question_alike() -> None:
    report, reader = exact(), carrier(grid=Grid.KM_11)
    seen = visibility.reports(reader)
    assert seen.values_list("latitude", "longitude", "place_precision", "place_as_worded").get() == (
        Decimal("36.2"),
        Decimal("37.0"),
        PlacePrecision.DISTRICT,
        "",
    )
    assert not seen.filter(latitude__range=(Decimal("36.17"), Decimal("36.18"))).exists()
    assert seen.filter(latitude=Decimal("36.2")).get().pk == report.pk
    assert not report_queries.filtered(reader, ReportFilter(text="mill")).exists()


def test_within_one_node_no_order_tells_what_lies_north() -> None:
    north = make_report(latitude=Decimal("36.21"), longitude=Decimal("37"), place_precision=PlacePrecision.POINT)
    south = make_report(latitude=Decimal("36.19"), longitude=Decimal("37"), place_precision=PlacePrecision.POINT)
    seen = visibility.reports(carrier(grid=Grid.KM_11))
    assert [row.pk for row in seen.order_by("latitude", "pk")] == [north.pk, south.pk]


def test_a_place_finer_than_the_grid_is_named_by_the_district_around_it() -> None:
    district = make_place("Valley", precision=PlacePrecision.DISTRICT)
    town = make_place("Mill town", parent=district, precision=PlacePrecision.TOWN)
    report = make_report(place=town)
    alone = make_report(place=make_place("Hamlet", precision=PlacePrecision.NEIGHBOURHOOD))
    reader = carrier(grid=Grid.KM_11)
    assert dict(visibility.reports(reader).values_list("pk", "place__slug")) == {report.pk: "valley", alone.pk: None}
    assert not report_queries.filtered(reader, ReportFilter(text="Mill")).exists()
    assert report_queries.one(reader, report.public_id).place == district


def test_the_nodes_of_every_grid_stay_on_the_map() -> None:
    report = make_report(latitude=Decimal("89.999999"), longitude=Decimal("-179.999999"), place_precision=PlacePrecision.POINT)
    reader = carrier()
    assert reader.profile
    for grid in (grid for grid in Grid if grid != Grid.EXACT):
        reader.profile.grid = grid
        latitude, longitude = visibility.reports(reader).filter(pk=report.pk).values_list("latitude", "longitude").get()
        assert (latitude, longitude) == (Decimal(90), Decimal(-180))


def test_sources_and_wording_withheld_are_found_by_no_text() -> None:
    report = make_report(wording="a mortar at dawn", spoken_by="a captain", link="https://example.org/a", external_id="G-1", summary="Shelled")
    reader = carrier(shows_sources=False)
    assert visibility.reports(reader).values_list("wording", "spoken_by", "link", "external_id").get() == ("", "", "", None)
    assert not report_queries.filtered(reader, ReportFilter(text="mortar")).exists()
    assert report_queries.filtered(reader, ReportFilter(text="Shelled")).exists()
    assert not visibility.sources(reader).exists()
    assert not visibility.shows_source(reader, report.source, report)
    assert set(report_queries.withheld(reader, report_queries.one(reader, report.public_id))) >= {"source", "wording", "link"}


def test_wording_alone_can_be_withheld() -> None:
    make_report(wording="a mortar at dawn", link="https://example.org/a")
    reader = carrier(shows_wording=False)
    row = report_queries.filtered(reader, ReportFilter()).get()
    assert (row.wording, row.link, report_queries.withheld(reader, row)) == ("", "https://example.org/a", ("wording",))


def test_what_came_in_during_the_delay_does_not_exist() -> None:
    old, new = make_report(), make_report()
    make_claim(99)
    aged(old, 72)
    reader = carrier(delay_hours=48)
    assert list(visibility.reports(reader)) == [old]
    assert not visibility.aggregate_claims(reader).exists()
    with pytest.raises(Report.DoesNotExist):
        report_queries.one(reader, new.public_id)


def test_a_report_corrected_during_the_delay_stands_as_it_stood() -> None:
    old = make_report()
    reports.supersede(report=old, by=None, **_as(old))
    aged(old, 72)
    reader = carrier(delay_hours=48)
    row = report_queries.filtered(reader, ReportFilter()).get()
    assert (row.pk, row.state, row.replaced_by_id) == (old.pk, ReportState.SUBMITTED, None)
    assert not report_queries.filtered(reader, ReportFilter(state=ReportState.SUPERSEDED)).exists()


def test_delayed_tallies_are_those_known_before_the_delay() -> None:
    agreement = make_agreement()
    make_report()
    make_claim(99)
    sealed_and_posted()
    told = tallies.of_agreement(agreement, carrier(delay_hours=48))
    assert [side.logged for side in told.sides] == [None, None]
    assert [side.claimed for side in told.sides] == [[], []]
    assert (told.change, told.waiting) == (0, 0)
    assert tallies.of_agreement(agreement).sides[0].logged == 1


def test_verified_only() -> None:
    verified, other = make_report(), make_report()
    opened = [incidents.open_for(reports=[report], name=f"Event {report.pk}", by=None) for report in (verified, other)]
    judge(opened[0])
    sealed_and_posted()
    reader = carrier(occurrences=[Occurrence.VERIFIED])
    assert list(visibility.reports(reader)) == [verified]
    assert list(visibility.incidents(reader)) == [opened[0]]
    told = tallies.of_agreement(make_agreement(), reader).sides[0]
    assert (told.logged, told.incidents) == (1, 1)
    Profile.objects.update(occurrences=[Occurrence.REFUTED])
    reader = User.objects.get(pk=reader.pk)
    assert not visibility.incidents(reader).exists()
    assert not visibility.assessments(reader).exists()


def test_other_agreements_do_not_exist() -> None:
    here, there = make_agreement(), make_agreement("hill-2021")
    report, hidden = make_report(), make_report(agreement=there)
    reader = carrier(agreements=[here])
    assert list(visibility.agreements(reader)) == [here]
    assert list(visibility.reports(reader)) == [report]
    assert not visibility.reports(reader).filter(pk=hidden.pk).exists()


def test_duplicates_are_compared_by_the_node_and_not_by_the_point() -> None:
    report, reader = exact(), carrier(grid=Grid.KM_11)
    draft = Draft(agreement=report.agreement, violation_type=report.violation_type, occurred_on=report.occurred_on, latitude=36.2, longitude=37.0)
    rows = duplicates.nearby(reader, draft)
    assert {(row["at_latitude"], row["at_longitude"]) for row in rows} <= {(36.2, 37.0)}


def test_a_state_left_out_is_left_out_of_counts() -> None:
    kept, retracted = make_report(), make_report()
    reports.retract(report=retracted, by=None, reason="Sent by mistake")
    reader = carrier(report_states=[ReportState.SUBMITTED])
    assert list(visibility.reports(reader)) == [kept]
    assert report_queries.count(reader, ReportFilter()) == (1, True)


def test_a_profile_shows_no_drafts_and_no_unknown_word() -> None:
    for facts in ({"report_states": ["draft"]}, {"occurrences": ["likely"]}, {"grid": "0.3"}, {"delay_hours": 9_000}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Profile.objects.create(slug="wrong", name="Wrong", **facts)


def _as(report: Report) -> dict[str, Any]:
    names = ("agreement", "claimant", "source", "violation_type", "occurred_on", "time_precision", "accused_party")
    return {name: getattr(report, name) for name in names}


def judge(incident: Incident) -> None:
    """Decide that an incident is verified, and confirm it."""
    facts = {"occurrence": "verified", "attribution": "attributed", "attributed_party": make_party("Lowlands"), "reason": "Two witnesses."}
    judged = assessments.decide(incident=incident, agreement=make_agreement(), by=make_user(User.Role.EDITOR), **facts)
    assessments.confirm(assessment=judged, by=make_user(User.Role.EDITOR, "second"))


def test_a_released_convoy_is_coarsened_like_any_place() -> None:
    district = make_place("Valley", precision=PlacePrecision.DISTRICT)
    town = make_place("Ford", parent=district)
    way = [CheckpointStated("Post by the mill", town)]
    convoy = make_convoy(destination=town, origin_as_worded="the mill", checkpoints=way, cargo=[CargoStated(CargoKind.FOOD, removed_at=1)])
    words = {"reason": "held at the mill bridge", "wording": "they stopped us by the mill"}
    tell(convoy, "waiting_at_checkpoint", datetime(2020, 6, 2, 9, tzinfo=UTC), checkpoint=convoy.checkpoints.get(), **words)
    tell(convoy, "delivered", datetime(2020, 6, 2, 12, tzinfo=UTC), place=town)
    release(convoy)
    reader = carrier(grid=Grid.KM_11)
    (seen,) = convoy_queries.filtered(reader, ConvoyFilter())
    assert (seen.destination, seen.origin_as_worded, list(seen.checkpoints.all())) == (district, "", [])
    assert [(event.place, event.checkpoint) for event in seen.events.all()] == [(None, None), (district, None)]
    assert [(event.reason, event.wording, convoy_queries.withheld(reader, event)) for event in seen.events.all()] == [
        ("", "", ("reason", "wording"))
    ] * 2
    assert [line.removed_at for line in seen.cargo.all()] == [None]
    assert convoy_queries.journey(seen).dwells == ()
    assert not convoy_queries.filtered(reader, ConvoyFilter(text="mill")).exists()
    assert not convoy_queries.filtered(reader, ConvoyFilter(text="Ford")).exists()
