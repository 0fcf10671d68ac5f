"""Convoys: bad input is refused with its field named, and nothing opens to partners by one person alone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from incidents.actions import convoys
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import Change, Convoy, ConvoyEvent, User
from incidents.queries import convoys as queries
from incidents.queries import visibility
from incidents.rules.journeys import ConvoyStep
from incidents.rules.timeline import Disputed
from incidents.vocabulary import CargoKind, ConvoyStatus, TimePrecision
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user

pytestmark = pytest.mark.django_db

WAY = [CheckpointStated("First post"), CheckpointStated("Second post")]


def make_convoy(reference: str = "C-1", **facts: Any) -> Convoy:
    values = {"operator": make_party("Relief"), "destination": make_place("Ford"), "source": make_source(), "agreement": make_agreement()}
    return convoys.plan(by=None, reference=reference, **values | facts)


def report(convoy: Convoy, status: str, at: datetime | None = None, **facts: Any) -> ConvoyEvent:
    times = {"starts_at": at, "ends_at": at, "time_precision": TimePrecision.EXACT if at else TimePrecision.UNKNOWN}
    return convoys.add_event(convoy=convoy, by=None, **{"status": status, "source": make_source()} | times | facts)


def make_ended(reference: str = "C-1", **facts: Any) -> Convoy:
    convoy = make_convoy(reference, **facts)
    report(convoy, "delivered", at(20))
    return convoy


def release(convoy: Convoy) -> Convoy:
    convoy = convoys.begin_release(convoy=convoy, by=make_user(User.Role.EDITOR))
    return convoys.confirm_release(convoy=convoy, by=make_user(User.Role.EDITOR, "second"))


def at(hour: int, day: int = 2) -> datetime:
    return datetime(2020, 6, day, hour, tzinfo=UTC)


def kinds(convoy: Convoy) -> list[str]:
    return list(Change.objects.filter(record_id=convoy.public_id).order_by("id").values_list("kind", flat=True))


# --- Planning


def test_a_convoy_is_kept_with_its_way_and_cargo_and_the_change_is_recorded() -> None:
    convoy = make_convoy(
        checkpoints=WAY,
        cargo=[CargoStated(CargoKind.FOOD, Decimal(200), "boxes", Decimal(5), make_party("Lowlands"), 2)],
        agencies=[make_party("Union")],
        people_requested=0,
    )
    change = Change.objects.get(record_id=convoy.public_id)
    after = change.payload.body["after"]
    assert (change.kind, change.agreement_id) == ("convoy.planned", make_agreement().public_id)
    assert [point["name"] for point in after["checkpoints"]] == ["First post", "Second post"]
    assert after["cargo"][0] | {"quantity": "200", "removed": "5"} == after["cargo"][0] | {"quantity": "200", "removed": "5"}
    assert (after["cargo"][0]["removed_at"], after["agencies"]) == (2, ["union"])
    assert (after["people_requested"], after["people_reached"]) == (0, None)


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"reference": " "}, "required", "reference"),
        ({"people_reached": -1}, "negative", "people_reached"),
        ({"trucks_departed": 4, "trucks_arrived": 5}, "more_arrived_than_left", "trucks_arrived"),
        ({"trucks_departed": 4, "trucks_lost": 5}, "more_lost_than_left", "trucks_lost"),
        ({"people_reached": 5, "people_reached_low": 6}, "not_in_order", "people_reached"),
        ({"people_reached_low": 6, "people_reached_high": 5}, "not_in_order", "people_reached_high"),
        ({"people_reached_high": -1}, "negative", "people_reached_high"),
        ({"due": {ConvoyStep.LOADED: at(9), ConvoyStep.DEPARTED: at(8)}}, "out_of_order", "due.departed"),
        ({"destination": None}, "required", "destination"),
        ({"mode": "by_mule"}, "unknown_word", "mode"),
        ({"destination_class": "remote"}, "unknown_word", "destination_class"),
        ({"checkpoints": [CheckpointStated("")]}, "required", "checkpoints.0.name"),
        ({"cargo": [CargoStated("gold")]}, "unknown_word", "cargo.0.kind"),  # type: ignore[arg-type]
        ({"cargo": [CargoStated(CargoKind.FOOD, Decimal(-1))]}, "negative", "cargo.0.quantity"),
        ({"cargo": [CargoStated(CargoKind.FOOD, Decimal(1), removed=Decimal(2))]}, "more_removed_than_loaded", "cargo.0.removed"),
        ({"cargo": [CargoStated(CargoKind.FOOD, removed_at=3)], "checkpoints": WAY}, "unknown_checkpoint", "cargo.0.removed_at"),
    ],
)
def test_bad_plans_name_their_field(facts: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        make_convoy(**facts)
    assert (broken.value.code, broken.value.field) == (code, field)
    assert not Change.objects.filter(record_type="convoy").exists()


def test_what_is_not_known_breaks_no_order() -> None:
    assert make_convoy(trucks_arrived=5).trucks_departed is None


def test_a_reference_is_given_once() -> None:
    make_convoy()
    with pytest.raises(RuleBroken) as broken:
        make_convoy()
    assert (broken.value.code, broken.value.field) == ("already_recorded", "reference")


def test_a_term_is_of_the_same_agreement() -> None:
    term = make_agreement("river-2019").terms.get()
    with pytest.raises(RuleBroken) as broken:
        make_convoy(term=term)
    assert broken.value.field == "term"


def test_planned_times_are_kept_and_what_is_late_follows() -> None:
    convoy = make_convoy(due={ConvoyStep.LOADED: at(8), ConvoyStep.DEPARTED: at(10)}, planned_on=date(2020, 6, 9))
    report(convoy, "departed", at(12))
    steps = {row.step: row for row in queries.journey(queries.one(make_user(), convoy.public_id)).timeline.steps}
    assert (steps[ConvoyStep.DEPARTED].due, steps[ConvoyStep.DEPARTED].late) == (at(10), timedelta(hours=2))
    assert convoys.change(convoy=convoy, by=None, trucks_lost=0).facts()["due"].keys() == {"loaded", "departed"}
    convoys.change(convoy=convoy, by=None, due={})
    assert not convoy.planned_steps.exists()


# --- Changing


def test_a_change_keeps_what_it_does_not_say() -> None:
    convoy = make_convoy(checkpoints=WAY, cargo=[CargoStated(CargoKind.FUEL, removed_at=1)], trucks_planned=8)
    changed = convoys.change(convoy=convoy, by=None, trucks_departed=8, checkpoints=[CheckpointStated("Bridge"), *WAY])
    assert [point.name for point in changed.checkpoints.all()] == ["Bridge", "First post", "Second post"]
    assert [line.removed_at and line.removed_at.name for line in changed.cargo.all()] == ["Bridge"]
    assert (changed.trucks_planned, changed.version) == (8, 2)


def test_two_at_once_do_not_overwrite_one_another() -> None:
    convoy = make_convoy()
    convoys.change(convoy=convoy, by=None, version=1, note="first")
    with pytest.raises(StaleRecord):
        convoys.change(convoy=convoy, by=None, version=1, note="second")


def test_a_checkpoint_at_which_something_was_reported_stays() -> None:
    convoy = make_convoy(checkpoints=WAY)
    report(convoy, ConvoyStatus.WAITING_AT_CHECKPOINT, at(9), checkpoint=convoy.checkpoints.get(position=2))
    with pytest.raises(RuleBroken) as broken:
        convoys.change(convoy=convoy, by=None, checkpoints=WAY[:1])
    assert (broken.value.code, broken.value.field) == ("in_use", "checkpoints")


# --- Its history


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"status": "lost"}, "unknown_word", "status"),
        ({"time_precision": "roughly"}, "unknown_word", "time_precision"),
        ({"starts_at": at(9)}, "half_a_span", "ends_at"),
        ({"starts_at": at(9), "ends_at": at(8)}, "ends_before_start", "ends_at"),
        ({"occurred_on": date(2999, 1, 1)}, "in_future", "occurred_on"),
        ({"status": "waiting_at_checkpoint"}, "required", "checkpoint"),
    ],
)
def test_bad_events_name_their_field(facts: dict[str, Any], code: str, field: str) -> None:
    values = {"status": "departed", "source": make_source(), "time_precision": "unknown"}
    with pytest.raises(RuleBroken) as broken:
        convoys.add_event(convoy=make_convoy(), by=None, **values | facts)
    assert (broken.value.code, broken.value.field) == (code, field)


def test_an_event_of_tomorrow_is_refused() -> None:
    with pytest.raises(RuleBroken) as broken:
        report(make_convoy(), "departed", timezone.now() + timedelta(hours=1))
    assert (broken.value.code, broken.value.field) == ("in_future", "starts_at")


def test_a_checkpoint_of_another_convoy_is_unknown() -> None:
    other = make_convoy("C-2", checkpoints=WAY)
    with pytest.raises(RuleBroken) as broken:
        report(make_convoy(), "delayed", at(9), checkpoint=other.checkpoints.first())
    assert (broken.value.code, broken.value.field) == ("unknown_checkpoint", "checkpoint")


def test_an_event_is_at_a_checkpoint_or_at_a_place() -> None:
    convoy = make_convoy(checkpoints=WAY)
    with pytest.raises(RuleBroken) as broken:
        report(convoy, "delayed", at(9), checkpoint=convoy.checkpoints.first(), place=make_place())
    assert broken.value.field == "place"


@pytest.mark.parametrize("there", ["arrived", "unloading", "delivered"])
def test_by_the_same_source_nobody_arrives_before_leaving(there: str) -> None:
    convoy = make_convoy()
    report(convoy, "departed", at(10))
    with pytest.raises(RuleBroken) as broken:
        report(convoy, there, at(9))
    assert (broken.value.code, broken.value.field) == ("out_of_order", "starts_at")


def test_nor_leaves_after_arriving_said_the_other_way_round() -> None:
    convoy = make_convoy()
    report(convoy, "arrived", at(9))
    with pytest.raises(RuleBroken):
        report(convoy, "departed", at(10))


def test_one_says_approved_another_that_it_was_never_asked_for() -> None:
    convoy = make_convoy()
    report(convoy, "approved", at(9))
    report(convoy, "requested", at(10), happened=False, source=make_source("Other"))
    found = queries.journey(queries.one(make_user(), convoy.public_id)).timeline
    assert [dispute.about for dispute in found.disputes] == [Disputed.HAPPENED]


def test_two_sources_may_contradict_one_another() -> None:
    convoy = make_convoy()
    report(convoy, "departed", at(10))
    report(convoy, "arrived", at(9), source=make_source("Other"))
    assert convoy.events.count() == 2


def test_on_one_day_it_may_leave_and_arrive() -> None:
    convoy = make_convoy()
    report(convoy, "departed", at(10))
    report(convoy, "arrived", occurred_on=date(2020, 6, 2), time_precision="day")
    assert convoy.events.count() == 2


def test_a_second_journey_after_an_arrival_is_none_of_its_business() -> None:
    convoy = make_convoy()
    for status, hour in (("departed", 8), ("turned_back", 9), ("departed", 10), ("arrived", 12), ("departed", 14)):
        report(convoy, status, at(hour))
    assert convoy.events.count() == 5


# --- Releasing


def test_one_person_opens_nothing() -> None:
    editor, partner = make_user(User.Role.EDITOR), make_user(User.Role.PARTNER)
    convoy = convoys.begin_release(convoy=make_ended(), by=editor)
    assert convoy.released_at and not visibility.convoys(partner).exists()
    with pytest.raises(RuleBroken) as broken:
        convoys.confirm_release(convoy=convoy, by=editor)
    assert (broken.value.code, broken.value.field) == ("second_person", "release_confirmed_by")
    assert not visibility.convoys(partner).exists()


def test_two_people_open_it_at_once() -> None:
    partner = make_user(User.Role.PARTNER)
    convoy = convoys.begin_release(convoy=make_ended(), by=make_user(User.Role.EDITOR))
    convoys.confirm_release(convoy=convoy, by=make_user(User.Role.EDITOR, "second"), version=convoy.version)
    assert list(visibility.convoys(partner)) == [convoy]
    assert kinds(convoy) == ["convoy.planned", "convoy.changed", "convoy.released"]


def test_the_instant_may_lie_ahead() -> None:
    partner = make_user(User.Role.PARTNER)
    later = timezone.now() + timedelta(days=1)
    convoy = convoys.begin_release(convoy=make_ended(), by=make_user(User.Role.EDITOR), opens_at=later)
    convoys.confirm_release(convoy=convoy, by=make_user(User.Role.EDITOR, "second"))
    assert not visibility.convoys(partner).exists()


def test_what_was_begun_is_not_begun_again_and_what_was_not_is_not_confirmed() -> None:
    editor, convoy = make_user(User.Role.EDITOR), make_ended()
    with pytest.raises(RuleBroken, match="Nobody has begun"):
        convoys.confirm_release(convoy=convoy, by=editor)
    convoys.begin_release(convoy=convoy, by=editor)
    with pytest.raises(RuleBroken, match="Somebody has begun"):
        convoys.begin_release(convoy=convoy, by=editor)


def test_a_plan_changed_since_is_not_what_two_people_opened() -> None:
    partner = make_user(User.Role.PARTNER)
    convoy = convoys.begin_release(convoy=make_ended(), by=make_user(User.Role.EDITOR))
    convoys.confirm_release(convoy=convoy, by=make_user(User.Role.EDITOR, "second"))
    convoys.change(convoy=convoy, by=None, checkpoints=WAY)
    assert not visibility.convoys(partner).exists()
    with pytest.raises(RuleBroken, match="Nobody has begun"):
        convoys.confirm_release(convoy=convoy, by=make_user(User.Role.EDITOR, "third"))


def test_the_second_person_confirms_what_they_read() -> None:
    convoy = convoys.begin_release(convoy=make_ended(), by=make_user(User.Role.EDITOR))
    with pytest.raises(StaleRecord):
        convoys.confirm_release(convoy=convoy, by=make_user(User.Role.EDITOR, "second"), version=convoy.version - 1)


def test_a_release_is_withdrawn_with_a_reason() -> None:
    editor, partner = make_user(User.Role.EDITOR), make_user(User.Role.PARTNER)
    convoy = convoys.begin_release(convoy=make_ended(), by=editor)
    convoys.confirm_release(convoy=convoy, by=make_user(User.Role.EDITOR, "second"))
    with pytest.raises(RuleBroken) as broken:
        convoys.withdraw_release(convoy=convoy, by=editor, reason=" ")
    assert broken.value.field == "reason"
    convoys.withdraw_release(convoy=convoy, by=editor, reason="still moving")
    assert not visibility.convoys(partner).exists()


def test_what_has_not_ended_is_opened_by_nobody() -> None:
    convoy = make_convoy()
    for status in (None, "departed"):
        if status:
            report(convoy, status, at(9))
        with pytest.raises(RuleBroken) as broken:
            convoys.begin_release(convoy=convoy, by=make_user(User.Role.EDITOR, f"one-{status}"))
        assert (broken.value.code, broken.value.field) == ("not_ended", "events")


def test_an_end_that_nobody_reports_is_set_by_a_day_that_has_come() -> None:
    with pytest.raises(RuleBroken) as broken:
        make_convoy(ended_on=date(2999, 1, 1))
    assert (broken.value.code, broken.value.field) == ("in_future", "ended_on")
    assert convoys.begin_release(convoy=make_convoy(ended_on=date(2020, 6, 3)), by=make_user(User.Role.EDITOR)).released_at


def test_one_that_goes_on_after_all_is_closed_again() -> None:
    partner, convoy = make_user(User.Role.PARTNER), make_ended()
    release(convoy)
    report(convoy, "delayed", at(22))
    assert not visibility.convoys(partner).exists()
    assert Convoy.objects.get(pk=convoy.pk).released_by is None


# --- Removing


def test_a_convoy_entered_by_mistake_goes_and_the_log_keeps_it() -> None:
    convoy = make_convoy(checkpoints=WAY, cargo=[CargoStated(CargoKind.FUEL, removed_at=1)])
    report(convoy, "delayed", at(9), checkpoint=convoy.checkpoints.first())
    convoys.remove(convoy=convoy, by=None, reason="entered twice")
    assert not Convoy.objects.exists()
    change = Change.objects.get(kind="convoy.removed")
    assert (change.payload.body["note"], len(change.payload.body["before"]["events"])) == ("entered twice", 1)


def test_not_while_a_report_speaks_of_it() -> None:
    convoy = make_convoy()
    make_report(convoy=convoy)
    with pytest.raises(RuleBroken) as broken:
        convoys.remove(convoy=convoy, by=None, reason="entered twice")
    assert broken.value.code == "in_use"
