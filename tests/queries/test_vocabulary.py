"""One vocabulary: each word narrows what it says, of what the reader is shown and no more; and what was on record at an instant."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from incidents.actions import assessments, incidents, reports, seals
from incidents.errors import RuleBroken
from incidents.exports import drawing
from incidents.models import Incident, Place, Profile, Report, SealHead, User
from incidents.queries import aggregates, convoys, coverage, places
from incidents.queries import incidents as incident_queries
from incidents.queries import reports as report_queries
from incidents.queries.aggregates import ClaimFilter
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.queries.coverage import CoverageFilter
from incidents.queries.filters import WORDS, Filter, ReportFilter
from incidents.queries.incidents import IncidentFilter
from incidents.queries.places import PlaceFilter
from incidents.rules import boxes
from incidents.vocabulary import Attribution, Grid, Occurrence, PlacePrecision, ReportState, Unit, ViolationType
from tests.builders import correct_claim, make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user
from tests.builders.convoys import make_convoy, release, tell

HERE = boxes.parse("37.02,36.17,37.03,36.18", "box")
NODE = boxes.parse("36.95,36.15,37.05,36.25", "box")


def sealed() -> datetime:
    """Seal what there is, and return the last instant that is settled."""
    while seals.seal():
        pass
    return SealHead.objects.get().sealed_at


def found(reader: User, **asked: Any) -> set[str]:
    return set(report_queries.filtered(reader, ReportFilter(**asked)).values_list("summary", flat=True))


def the_world() -> None:
    """Make reports that differ in one thing each."""
    district = make_place("District", precision=PlacePrecision.DISTRICT)
    town = make_place("Town", parent=district)
    mill = make_place("Mill", parent=town, precision=PlacePrecision.NEIGHBOURHOOD, latitude=Decimal("36.175"), longitude=Decimal("37.025"))
    rangers = make_party("Rangers", organ_of=make_party("Lowlands"))
    point = {"latitude": Decimal("36.171717"), "longitude": Decimal("37.028282"), "place_precision": PlacePrecision.POINT}
    make_report(summary="plain")
    make_report(summary="at the mill", place=mill)
    make_report(summary="in town", place=town, **point)
    make_report(summary="of rangers", accused_party=rangers)
    make_report(summary="of side", accused_side=make_agreement().sides.get(code="A"))
    make_report(summary="shots", unit=Unit.SHOT, violation_type=ViolationType.SNIPER)
    make_report(summary="graded", source=make_source("Herald", reliability="B"), credibility="2")
    make_report(summary="whispered", source=make_source("Hotline", reliability="B", is_protected=True), credibility="2")


@pytest.mark.django_db
def test_each_word_narrows_to_what_it_says() -> None:
    the_world()
    analyst = make_user()
    assert found(analyst, accused="rangers") == {"of rangers"}
    assert found(analyst, accused="lowlands") == found(analyst) - {"of side"}, "organs are the party's"
    assert found(analyst, unit="shot") == found(analyst, type="sniper") == {"shots"}
    assert found(analyst, grade="B") == found(analyst, grade="B2") == found(analyst, grade="2") == {"graded", "whispered"}
    assert found(analyst, grade="A") == found(analyst, grade="B3") == set()
    assert found(analyst, area="district") == found(analyst, area="town") == {"at the mill", "in town"}
    assert found(analyst, area="mill") == {"at the mill"}
    assert found(analyst, box=HERE) == {"at the mill", "in town"}, "its own point, or else that of its place"
    assert found(analyst, box=boxes.parse("37.028,36.171,37.029,36.172", "box")) == {"in town"}
    assert found(analyst, box=boxes.parse("37.03,36.17,36,36.18", "box")) == set()
    assert found(analyst, coordinates="with") == {"at the mill", "in town"}
    assert found(analyst, coordinates="without") == found(analyst) - {"at the mill", "in town"}
    assert found(analyst, coordinates="without", grade="B", text="w") == {"whispered"}
    for name in ("area", "accused", "claimant"):
        with pytest.raises(RuleBroken) as caught:
            found(analyst, **{name: "nowhere"})
        assert (caught.value.code, caught.value.field) == ("unknown_word", name)
    near = {place.slug for place in places.filtered(analyst, PlaceFilter(area="district", box=HERE))}
    assert near == {"mill"}


@pytest.mark.django_db
def test_no_word_finds_what_is_not_shown() -> None:
    the_world()
    partner = make_user(User.Role.PARTNER)
    assert found(partner, grade="B") == {"graded"}, "what a withheld source is worth"
    assert found(partner, grade="2") == {"graded", "whispered"}
    coarse = make_user(User.Role.PARTNER, "coarse", profile=Profile.objects.create(slug="coarse", name="Coarse", grid=Grid.KM_11))
    assert found(coarse, box=HERE) == set()
    assert found(coarse, box=NODE) == {"in town"}, "the snapped point; the mill is named by its district, which has none"
    assert found(coarse, area="mill") == found(coarse, area="town") == set()
    assert found(coarse, area="district") == {"at the mill", "in town"}
    assert found(coarse, coordinates="with") == {"in town"}, "the mill is named by its district, which has none"
    assert found(coarse, coordinates="without") == found(coarse) - {"in town"}
    Place.objects.filter(slug="mill").update(latitude=None, longitude=None)
    assert found(coarse, coordinates="with") == {"in town"}, "of what is not named nothing is told"
    nameless = make_user(User.Role.PARTNER, "nameless", profile=Profile.objects.create(slug="nameless", name="N", shows_sources=False))
    assert found(nameless, grade="B") == set()


@pytest.mark.django_db
def test_what_hangs_on_a_convoy_is_found_by_it_once_it_is_open() -> None:
    told = make_report(summary="told")
    make_report(summary="tied", convoy=(convoy := make_convoy(ended_on=date(2020, 6, 3))))
    make_report(summary="apart")
    tell(convoy, "attacked", datetime(2020, 6, 3, tzinfo=UTC), report=told)
    analyst, partner = make_user(), make_user(User.Role.PARTNER)
    assert found(analyst, convoy=convoy.public_id) == {"told", "tied"}
    with pytest.raises(RuleBroken) as hidden:
        found(partner, convoy=convoy.public_id)
    with pytest.raises(RuleBroken) as absent:
        found(partner, convoy=Incident().public_id)
    assert (hidden.value.code, hidden.value.field) == (absent.value.code, absent.value.field) == ("unknown_word", "convoy")
    release(convoy)
    assert found(partner, convoy=convoy.public_id) == {"told", "tied"}
    make_place("Ford", parent=None)
    assert convoys.filtered(partner, ConvoyFilter(area="ford")).get() == convoy
    assert not convoys.filtered(partner, ConvoyFilter(area=make_place("Elsewhere").slug)).exists()
    then = sealed() + timedelta(microseconds=1)
    assert not convoys.filtered(analyst, ConvoyFilter(updated_since=then)).exists()
    tell(convoy, "looted", datetime(2020, 6, 3, tzinfo=UTC))
    sealed()
    assert convoys.filtered(analyst, ConvoyFilter(updated_since=then)).get() == convoy, "what is told of it is part of it"


@pytest.mark.django_db
def test_what_was_entered_or_changed_since_is_found_by_the_sealed_log() -> None:
    first = make_report(summary="first")
    make_report(summary="other")
    then = sealed() + timedelta(microseconds=1)
    analyst, partner = make_user(), make_user(User.Role.PARTNER)
    assert found(analyst, updated_since=then) == set()
    reports.retract(report=first, by=None, reason="withdrawn")
    reports.tell_apart(report=Report.objects.get(summary="other"), other=first, by=None)
    assert found(analyst, updated_since=then) == set(), "not before it is sealed"
    sealed()
    assert found(analyst, updated_since=then) == {"first", "other"}
    assert found(partner, updated_since=then) == {"first"}, "what the desk says to itself changes nothing for others"
    profile = Profile.objects.create(slug="late", name="Late", delay_hours=5)
    late = make_user(User.Role.PARTNER, "late", profile=profile)
    Report.objects.update(submitted_at=then - timedelta(hours=9))
    assert found(late) == {"first", "other"}
    assert found(late, updated_since=then) == set(), "of what came in during the delay nothing is told"


@pytest.mark.django_db
def test_reports_as_known_on_are_those_on_record_then_standing_as_they_stood() -> None:
    nothing = sealed() if SealHead.objects.filter(number__gt=0).exists() else datetime(2020, 1, 1, tzinfo=UTC)
    old = make_report(summary="old")
    kept = make_report(summary="kept")
    then = sealed()
    new = reports.supersede(report=old, by=None, **_facts(old), summary="new")
    reports.retract(report=kept, by=None, reason="withdrawn")
    now = sealed()
    analyst = make_user()

    def stood(at: datetime | None, **asked: Any) -> dict[str, Any]:
        rows = report_queries.filtered(analyst, ReportFilter(as_known_on=at, **asked))
        return {row.summary: (row.state, bool(row.retracted_at), row.replaced_by_id) for row in rows}

    assert stood(nothing) == {}
    assert stood(then) == {"old": ("submitted", False, None), "kept": ("submitted", False, None)}
    assert stood(then, state="submitted", text="kept").keys() == {"kept"}
    assert stood(then, state="superseded") == {}
    assert (
        stood(now)
        == stood(None)
        == {"old": ("superseded", False, new.public_id), "kept": ("retracted", True, None), "new": ("submitted", False, None)}
    )
    assert report_queries.count(analyst, ReportFilter(as_known_on=then)) == (2, True)
    drawn = b"".join(drawing.stream(analyst, "reports", "csv", {"as_known_on": then.isoformat()}, "user:1"))
    assert drawn.count(b",submitted,") == 2 and b"superseded" not in drawn, "a file is as the list"
    with pytest.raises(RuleBroken) as caught:
        stood(now + timedelta(hours=1))
    assert (caught.value.code, caught.value.field) == ("not_sealed_yet", "as_known_on")


def _facts(report: Report) -> dict[str, Any]:
    names = ("agreement", "claimant", "accused_party", "source", "violation_type", "occurred_on", "time_precision")
    return {name: getattr(report, name) for name in names}


@pytest.mark.django_db
def test_claims_as_known_on_are_those_on_record_then_standing_as_they_stood() -> None:
    first = make_claim(5)
    then = sealed()
    correct_claim(first, 7)
    sealed()
    analyst = make_user()

    def counts(**asked: Any) -> list[tuple[int | None, Any]]:
        return [(row.count, row.replaced_by_id) for row in aggregates.filtered(analyst, ClaimFilter(**asked))]

    assert counts(as_known_on=then) == counts(as_known_on=then, state="current") == [(5, None)]
    assert counts(as_known_on=then, state="superseded") == []
    assert [count for count, _by in counts(state="current")] == [7]
    assert [count for count, _by in counts(state="superseded")] == [5]


@pytest.mark.django_db
def test_of_a_correction_that_is_not_told_yet_no_state_tells() -> None:
    first = make_claim(5)
    type(first).objects.update(created_at=datetime(2020, 6, 9, tzinfo=UTC))
    correct_claim(first, 7)
    late = make_user(User.Role.PARTNER, profile=Profile.objects.create(slug="late", name="Late", delay_hours=5))
    assert [row.count for row in aggregates.filtered(late, ClaimFilter(state="current"))] == [5]
    assert not aggregates.filtered(late, ClaimFilter(state="superseded")).exists()


@pytest.mark.django_db
def test_claims_and_coverage_know_the_words_that_mean_something_there() -> None:
    town = make_place("Town", parent=make_place("District"))
    make_claim(5, area=town, wording="near the bridge")
    make_claim(6, accused=[make_party("Rangers", organ_of=make_party("Lowlands"))], source=make_source("Hotline", reliability="B", is_protected=True))
    analyst, partner = make_user(), make_user(User.Role.PARTNER)

    def counts(reader: User, **asked: Any) -> list[int | None]:
        return [row.count for row in aggregates.filtered(reader, ClaimFilter(**asked))]

    assert counts(analyst, area="district") == counts(analyst, text="bridge") == [5]
    assert counts(analyst, accused="lowlands") == counts(analyst, accused="rangers") == counts(analyst, grade="B") == [6]
    assert counts(partner, grade="B") == []
    assert not coverage.filtered(analyst, CoverageFilter(since=date(2020, 6, 1), until=date(2020, 6, 2), area="district", text="x", grade="B"))


@pytest.mark.django_db
def test_incidents_are_found_by_what_one_current_report_of_them_says_and_by_how_they_are_judged() -> None:
    mill = make_place("Mill", latitude=Decimal("36.175"), longitude=Decimal("37.025"))
    struck = make_report(place=mill, violation_type=ViolationType.SNIPER)
    other = make_report(claimant=make_party("Monitor"), accused_side=make_agreement().sides.get(code="B"))
    event = incidents.open_for(reports=[struck, other], by=None, name="Event")
    incidents.open_for(reports=[make_report(occurred_on=date(2020, 6, 5))], by=None, name="Quiet")
    analyst, partner = make_user(), make_user(User.Role.PARTNER)

    def names(reader: User = analyst, **asked: Any) -> set[str]:
        return {row.name for row in incident_queries.filtered(reader, IncidentFilter(**asked))}

    assert names(type="sniper") == names(area="mill") == names(box=HERE) == names(claimant="monitor") == {"Event"}
    assert names(agreement="river-2020", side="B") == {"Event"}
    assert names(claimant="monitor", type="sniper") == set(), "no one report says both"
    assert names(since=date(2020, 6, 4)) == {"Quiet"}
    decided = assessments.decide(
        incident=event, agreement=make_agreement(), by=make_user(User.Role.EDITOR), version=0, occurrence=Occurrence.VERIFIED,
        attribution=Attribution.NOT_ESTABLISHED, reason="seen",
    )  # fmt: skip
    assert names(state="verified") == {"Event"} and names(state="unverified") == {"Quiet"}
    assert names(partner, state="verified") == set() and names(partner, state="unverified") == {"Event", "Quiet"}, "not confirmed yet"
    assessments.confirm(assessment=decided, by=make_user(User.Role.EDITOR, "second"), version=decided.version)
    assert names(partner, agreement="river-2020", state="verified") == {"Event"}
    then = sealed() + timedelta(microseconds=1)
    reports.retract(report=other, by=None, reason="withdrawn")
    sealed()
    assert names(updated_since=then) == {"Event"} and names(claimant="monitor") == set()


def test_every_word_of_every_noun_says_what_it_means() -> None:
    from incidents.api.v1.urls import router

    nouns: list[type[Filter]] = [view.asked_by for _prefix, view, _name in router.registry if view.asked_by.names()]
    assert len(nouns) > 12
    for noun in nouns:
        for name, word in noun.words().items():
            assert word.says and word.schema["type"] == "string", (noun, name)
    assert {"agreement", "side", "claimant", "accused", "type", "unit", "state", "grade", "since", "until", "area", "box", "text", "convoy"} <= set(
        WORDS
    )
    assert ReportState.SUBMITTED in ReportFilter.words()["state"].schema["enum"]
