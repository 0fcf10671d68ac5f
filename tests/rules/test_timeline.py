"""A convoy's timeline: where it stands, what is late and by how much, how long it stood at a checkpoint, and what sources dispute."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import RuleBroken
from incidents.rules.dwells import Dwell, dwells
from incidents.rules.journeys import STEPS, ConvoyStep, Counts, Plan, StatusEvent, is_before, must_be_possible
from incidents.rules.outcomes import Outcome, Said, outcomes
from incidents.rules.shares import Cargo, Removed, reached, removed
from incidents.rules.timeline import ConvoyState, Dispute, Disputed, Progress, Timeline, timeline
from incidents.rules.timespans import Timespan
from incidents.vocabulary import CargoKind
from incidents.vocabulary import ConvoyStatus as S
from incidents.vocabulary import TimePrecision as P

NOW = datetime(2016, 9, 20, 12, tzinfo=UTC)
GATE = "the gate"
FAR_GATE = "the far gate"
HOUR = timedelta(hours=1)
UNDATED = Timespan(P.UNKNOWN, None, None, None)
THERE_AND_BACK = Plan((GATE, FAR_GATE))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2016-09-{text}").replace(tzinfo=UTC)


def span(starts: str, ends: str | None = None) -> Timespan:
    """A day of September such as "01", or a time of one such as "19T10:50"."""
    if len(starts) == 2:
        return Timespan(P.DAY, at(starts), at(ends or starts) + timedelta(days=1), None)
    return Timespan(P.EXACT, at(starts), at(ends or starts), None)


def said(status: S, when: str | Timespan, source: str = "un", checkpoint: str = "", happened: bool = True, id: str = "") -> StatusEvent:
    found = when if isinstance(when, Timespan) else span(when)
    return StatusEvent(id or f"{status}{'@' + checkpoint if checkpoint else ''} {source}", status, found, source, checkpoint, happened)


def drawn(found: Timeline) -> tuple[ConvoyStep, ConvoyState]:
    return (found.stands_at, found.state)


REQUESTED, APPROVED, LOADED = said(S.REQUESTED, "01"), said(S.APPROVED, "09"), said(S.LOADED, "18")
LEFT = said(S.DEPARTED, "19T10:50")
AT_GATE, PAST_GATE = said(S.WAITING_AT_CHECKPOINT, "19T12:10", checkpoint=GATE), said(S.DEPARTED, "19T12:40", checkpoint=GATE)
ARRIVED, UNLOADING = said(S.ARRIVED, "19T13:30"), said(S.UNLOADING, "19T14:00")
STRUCK = said(S.ATTACKED, span("19T16:12", "19T17:00"))
ON_THE_WAY = [REQUESTED, APPROVED, LOADED, LEFT, AT_GATE, PAST_GATE]
PLANNED = Plan((GATE,), {step: at("19T10:00") for step in (ConvoyStep.DEPARTED, ConvoyStep.DELIVERED)})


class TestTheFourConvoysOfTheBoard:
    def test_urum_al_kubra_is_struck_while_unloading_and_its_delivery_never_came(self) -> None:
        found = timeline([*ON_THE_WAY, ARRIVED, UNLOADING, STRUCK], PLANNED, now=NOW)
        assert drawn(found) == (ConvoyStep.DELIVERED, ConvoyState.STRUCK)
        assert [step.progress for step in found.steps] == [Progress.DONE] * 6 + [Progress.OPEN]
        assert [step.actual and step.actual.starts_at for step in found.steps] == [
            at("01"), at("09"), at("18"), at("19T10:50"), at("19T12:10"), at("19T13:30"), None,
        ]  # fmt: skip

    def test_east_aleppo_is_late_to_depart(self) -> None:
        found = timeline([REQUESTED, APPROVED, LOADED], PLANNED, now=NOW)
        assert drawn(found) == (ConvoyStep.DEPARTED, ConvoyState.LATE)
        assert found.steps[3].late == timedelta(days=1, hours=2)

    def test_talbiseh_is_delivered_on_time(self) -> None:
        plan = Plan((GATE,), {ConvoyStep.DELIVERED: at("19T16:00")})
        found = timeline([*ON_THE_WAY, ARRIVED, said(S.DELIVERED, "19T15:40")], plan, now=NOW)
        assert drawn(found) == (ConvoyStep.DELIVERED, ConvoyState.ON_TIME)
        assert found.steps[6].late is None

    def test_madaya_was_turned_back_at_the_checkpoint(self) -> None:
        found = timeline([*ON_THE_WAY[:4], said(S.TURNED_BACK, "19T11:30", checkpoint=GATE)], Plan((GATE,)), now=NOW)
        assert drawn(found) == (ConvoyStep.CHECKPOINT, ConvoyState.DENIED)


@pytest.mark.parametrize(
    ("events", "plan", "stands_at", "state"),
    [
        ([], Plan(), ConvoyStep.REQUESTED, ConvoyState.UNKNOWN),
        ([said(S.PLANNED, "01")], Plan(), ConvoyStep.REQUESTED, ConvoyState.UNKNOWN),
        ([REQUESTED], Plan(), ConvoyStep.APPROVED, ConvoyState.UNKNOWN),
        ([REQUESTED, said(S.NO_ANSWER, "05")], Plan(), ConvoyStep.APPROVED, ConvoyState.WAITING),
        ([REQUESTED, said(S.APPROVED_IN_PRINCIPLE, "05")], Plan(), ConvoyStep.APPROVED, ConvoyState.UNKNOWN),
        ([REQUESTED, said(S.DENIED, "05")], Plan(), ConvoyStep.APPROVED, ConvoyState.DENIED),
        ([REQUESTED, said(S.DENIED, "05"), APPROVED], Plan(), ConvoyStep.LOADED, ConvoyState.UNKNOWN),
        ([REQUESTED, said(S.APPROVED_WITH_CONDITIONS, "05")], Plan(), ConvoyStep.LOADED, ConvoyState.UNKNOWN),
        ([LOADED, said(S.WAITING_AT_BORDER, "19T08:00")], Plan(), ConvoyStep.DEPARTED, ConvoyState.WAITING),
        ([LOADED, said(S.WAITING_AT_BORDER, "19T08:00")], PLANNED, ConvoyStep.DEPARTED, ConvoyState.LATE),
        ([LOADED, said(S.ON_HOLD_INSECURITY, "19T08:00")], Plan(), ConvoyStep.DEPARTED, ConvoyState.WAITING),
        ([LOADED, said(S.DELAYED, "19T08:00")], Plan(), ConvoyStep.DEPARTED, ConvoyState.LATE),
        ([LOADED, said(S.CANCELLED, "19T08:00")], Plan(), ConvoyStep.DEPARTED, ConvoyState.CANCELLED),
        ([LEFT], Plan(), ConvoyStep.ARRIVED, ConvoyState.UNKNOWN),
        ([LEFT], Plan((GATE,)), ConvoyStep.CHECKPOINT, ConvoyState.UNKNOWN),
        ([LEFT, AT_GATE], Plan((GATE,)), ConvoyStep.CHECKPOINT, ConvoyState.WAITING),
        ([LEFT, AT_GATE, PAST_GATE], Plan((GATE,)), ConvoyStep.ARRIVED, ConvoyState.UNKNOWN),
        ([LEFT, AT_GATE, PAST_GATE], THERE_AND_BACK, ConvoyStep.CHECKPOINT, ConvoyState.UNKNOWN),
        ([LEFT, said(S.DEPARTED, "19T13:00", checkpoint=FAR_GATE)], THERE_AND_BACK, ConvoyStep.ARRIVED, ConvoyState.UNKNOWN),
        ([LEFT, AT_GATE, said(S.SUPPLIES_REMOVED, "19T12:20", checkpoint=GATE)], Plan((GATE,)), ConvoyStep.CHECKPOINT, ConvoyState.WAITING),
        ([LEFT, said(S.LOOTED, "19T12:20")], Plan(), ConvoyStep.ARRIVED, ConvoyState.STRUCK),
        ([LEFT, said(S.ATTACKED, "19T12:20"), ARRIVED, said(S.DELIVERED, "19T15:00")], Plan(), ConvoyStep.DELIVERED, ConvoyState.UNKNOWN),
        ([said(S.DELIVERED, "19T15:00")], PLANNED, ConvoyStep.DELIVERED, ConvoyState.LATE),
        ([said(S.REQUESTED, "01", happened=False)], Plan(), ConvoyStep.REQUESTED, ConvoyState.UNKNOWN),
    ],
)
def test_it_stands_where_its_latest_event_leaves_it(events: list[StatusEvent], plan: Plan, stands_at: ConvoyStep, state: ConvoyState) -> None:
    assert drawn(timeline(events, plan, now=NOW)) == (stands_at, state)


class TestSteps:
    def test_one_that_nobody_reports_is_implied_by_a_later_one_and_not_late(self) -> None:
        plan = Plan((), dict.fromkeys(STEPS, at("10")))
        found = timeline([LEFT], plan, now=NOW)
        assert [step.progress for step in found.steps] == [Progress.IMPLIED] * 3 + [Progress.DONE] + [Progress.OPEN] * 3
        assert [step.late is not None for step in found.steps] == [False] * 3 + [True] * 4

    @pytest.mark.parametrize(
        ("when", "late"),
        [(span("19T10:50"), timedelta(minutes=50)), (span("19T10:00"), None), (span("19T09:00"), None), (span("19"), None), (span("20"), 14 * HOUR)],
    )
    def test_one_is_late_only_by_what_is_certain(self, when: Timespan, late: timedelta | None) -> None:
        assert timeline([said(S.DEPARTED, when)], PLANNED, now=NOW).steps[3].late == late

    def test_times_that_sources_give_are_spanned(self) -> None:
        found = timeline([LEFT, said(S.DEPARTED, "19T11:30", "sarc")], Plan(), now=NOW)
        assert found.steps[3].actual == Timespan(P.EXACT, at("19T10:50"), at("19T11:30"), None)
        assert found.steps[3].events == ("departed un", "departed sarc")

    def test_unloading_tells_when_it_arrived_only_if_nobody_says(self) -> None:
        assert timeline([UNLOADING], Plan(), now=NOW).steps[5].actual == UNLOADING.when
        assert timeline([UNLOADING, said(S.ARRIVED, "19T13:30", "sarc")], Plan(), now=NOW).steps[5].actual == ARRIVED.when

    def test_a_part_delivered_is_not_all(self) -> None:
        part = said(S.PARTLY_DELIVERED, "19T15:00")
        assert timeline([part], Plan(), now=NOW).steps[6].progress == Progress.PARTLY
        assert timeline([part, said(S.DELIVERED, "19T16:00")], Plan(), now=NOW).steps[6].progress == Progress.DONE

    def test_an_event_without_a_time_counts_without_one(self) -> None:
        found = timeline([said(S.APPROVED, UNDATED), REQUESTED], Plan(), now=NOW)
        assert (found.stands_at, found.steps[1].progress, found.steps[1].actual) == (ConvoyStep.LOADED, Progress.DONE, None)


class TestDisputes:
    def about(self, *events: StatusEvent) -> list[tuple[Disputed, tuple[str, str]]]:
        return [(dispute.about, dispute.events) for dispute in timeline(events, Plan((GATE, FAR_GATE)), now=NOW).disputes]

    def test_one_says_approved_and_another_that_it_was_never_asked(self) -> None:
        never = said(S.REQUESTED, "18", "government", happened=False)
        assert timeline([APPROVED, never], Plan(), now=NOW).disputes == (
            Dispute(Disputed.HAPPENED, ConvoyStep.REQUESTED, ("approved un", "requested government")),
        )

    def test_not_yet_approved_is_no_dispute_with_a_later_approval(self) -> None:
        assert self.about(APPROVED, said(S.APPROVED, "05", "government", happened=False)) == []

    def test_approved_by_one_and_denied_by_another(self) -> None:
        assert self.about(APPROVED, said(S.DENIED, "10", "government")) == [(Disputed.ANSWER, ("approved un", "denied government"))]
        assert self.about(APPROVED, said(S.NO_ANSWER, "10", "government")) == [(Disputed.ANSWER, ("approved un", "no_answer government"))]

    def test_denied_and_then_approved_is_one_story_of_one_source(self) -> None:
        assert self.about(said(S.DENIED, "05"), APPROVED) == []
        assert self.about(said(S.DENIED, "05"), APPROVED, said(S.APPROVED, "09", "sarc")) == []

    def test_times_that_do_not_meet(self) -> None:
        assert self.about(LEFT, said(S.DEPARTED, "18T10:00", "sarc")) == [(Disputed.TIMES, ("departed sarc", "departed un"))]
        assert self.about(LEFT, said(S.DEPARTED, "19", "sarc")) == []

    def test_an_arrival_before_the_departure_that_another_gives(self) -> None:
        assert (Disputed.ORDER, ("departed un", "arrived sarc")) in self.about(LEFT, said(S.ARRIVED, "18T10:00", "sarc"))

    def test_two_checkpoints_at_two_times_are_no_dispute(self) -> None:
        far = said(S.WAITING_AT_CHECKPOINT, "19T15:00", "sarc", FAR_GATE)
        assert self.about(AT_GATE, far) == []
        assert self.about(AT_GATE, said(S.WAITING_AT_CHECKPOINT, "19T15:00", "sarc", GATE)) != []


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("events", "counts", "code", "field"),
        [
            ([said(S.DEPARTED, "19T10:00"), said(S.ARRIVED, "19T09:00")], Counts(), "out_of_order", "starts_at"),
            ([said(S.ARRIVED, "18"), said(S.DEPARTED, "19")], Counts(), "out_of_order", "starts_at"),
            ([said(S.ARRIVED, "19T09:00"), said(S.DELIVERED, "19T08:00")], Counts(), "out_of_order", "starts_at"),
            ([], Counts(trucks_departed=31, trucks_arrived=32), "more_arrived_than_left", "trucks_arrived"),
            ([], Counts(people_requested=-1), "negative", "people_requested"),
            ([], Counts(people_reached=-1), "negative", "people_reached"),
            ([], Counts(trucks_planned=-1), "negative", "trucks_planned"),
            ([said(S.WAITING_AT_CHECKPOINT, "19T10:00", checkpoint="nowhere")], Counts(), "unknown_checkpoint", "checkpoint"),
            ([said(S.WAITING_AT_CHECKPOINT, "19T10:00")], Counts(), "required", "checkpoint"),
            ([said(S.DEPARTED, "20T12:01")], Counts(), "in_future", "starts_at"),
            ([said(S.DEPARTED, span("19T12:00", "19T11:00"))], Counts(), "ends_before_start", "ends_at"),
        ],
    )
    def test_is_refused_with_its_field(self, events: list[StatusEvent], counts: Counts, code: str, field: str) -> None:
        with pytest.raises(RuleBroken) as refused:
            must_be_possible(events, Plan((GATE,)), counts, now=NOW)
        assert (refused.value.code, refused.value.field) == (code, field)

    @pytest.mark.parametrize(
        ("events", "counts"),
        [
            ([], Counts()),
            ([*ON_THE_WAY, ARRIVED, UNLOADING, STRUCK], Counts(0, 0, 0, 31, 31, 31)),
            ([said(S.DEPARTED, "19T10:00"), said(S.ARRIVED, "19T09:00", "sarc")], Counts()),
            ([said(S.DEPARTED, "19"), said(S.ARRIVED, "19")], Counts()),
            ([said(S.DEPARTED, "20T12:00")], Counts(trucks_arrived=3)),
            ([said(S.DEPARTED, UNDATED), said(S.ARRIVED, "19")], Counts(people_requested=10, people_reached=20)),
            ([said(S.DEPARTED, "18"), said(S.ARRIVED, "19"), said(S.DEPARTED, "20T11:00", id="again")], Counts()),
        ],
    )
    def test_what_can_be_passes_and_so_do_sources_that_contradict(self, events: list[StatusEvent], counts: Counts) -> None:
        must_be_possible(events, Plan((GATE,)), counts, now=NOW)

    @pytest.mark.parametrize(
        ("one", "other", "before"),
        [("18", "19", True), ("18", "18", False), ("18", "19T00:00", True), ("19T00:00", "19", False), ("19T10:00", "19T10:01", True)],
    )
    def test_all_of_a_time_is_before_another(self, one: str, other: str, before: bool) -> None:
        assert is_before(span(one), span(other)) is before
        assert not is_before(span(other), span(one))
        assert not is_before(UNDATED, span(other))


class TestDwells:
    @pytest.mark.parametrize(
        ("events", "expected"),
        [
            ([LEFT, AT_GATE, PAST_GATE], Dwell(GATE, HOUR / 2, HOUR / 2, True, (AT_GATE.id, PAST_GATE.id))),
            ([LEFT, AT_GATE, ARRIVED], Dwell(GATE, 0 * HOUR, HOUR * 4 / 3, True, (AT_GATE.id,))),
            ([AT_GATE], Dwell(GATE, 0 * HOUR, NOW - at("19T12:10"), False, (AT_GATE.id,))),
            (
                [AT_GATE, said(S.WAITING_AT_CHECKPOINT, "19T15:10", checkpoint=GATE, id="still")],
                Dwell(GATE, 3 * HOUR, NOW - at("19T12:10"), False, (AT_GATE.id, "still")),
            ),
            ([PAST_GATE], Dwell(GATE, None, None, True, (PAST_GATE.id,))),
            (
                [said(S.WAITING_AT_CHECKPOINT, "18", checkpoint=GATE), PAST_GATE],
                Dwell(
                    GATE, timedelta(hours=12, minutes=40), timedelta(hours=36, minutes=40), True, ("waiting_at_checkpoint@the gate un", PAST_GATE.id)
                ),
            ),
            ([AT_GATE, said(S.TURNED_BACK, "19T13:10", checkpoint=GATE, id="back")], Dwell(GATE, HOUR, HOUR, True, (AT_GATE.id, "back"))),
        ],
    )
    def test_lasts_from_at_least_to_at_most(self, events: list[StatusEvent], expected: Dwell) -> None:
        assert dwells(events, (GATE, FAR_GATE), now=NOW) == (expected,)

    def test_come_in_the_order_of_the_route(self) -> None:
        far = said(S.WAITING_AT_CHECKPOINT, "19T11:00", checkpoint=FAR_GATE)
        assert [dwell.checkpoint for dwell in dwells([far, AT_GATE], (GATE, FAR_GATE), now=NOW)] == [GATE, FAR_GATE]
        assert dwells([LEFT], (GATE,), now=NOW) == ()


class TestShares:
    @pytest.mark.parametrize(
        ("people", "of", "share"),
        [(39_000, 78_000, Decimal("0.5")), (0, 78_000, Decimal(0)), (None, 78_000, None), (5, None, None), (5, 0, None), (3, 2, Decimal("1.5"))],
    )
    def test_of_people_is_unknown_where_either_number_is(self, people: int | None, of: int | None, share: Decimal | None) -> None:
        assert reached(people, of) == share

    def test_of_cargo_has_a_known_part_and_an_unknown_one_and_units_stay_apart(self) -> None:
        cargo = [
            Cargo(CargoKind.FOOD, "t", Decimal(60), Decimal(0)),
            Cargo(CargoKind.SURGICAL, "t", Decimal(20), Decimal(20)),
            Cargo(CargoKind.OTHER, "t", Decimal(5), None),
            Cargo(CargoKind.FUEL, "l", None, Decimal(7)),
            Cargo(CargoKind.SHELTER, "tents"),
        ]
        assert removed(cargo) == (
            Removed("t", Decimal(20), Decimal(80), Decimal("0.25"), 1),
            Removed("l", Decimal(7), None, None, 1),
            Removed("tents", None, None, None, 1),
        )

    @pytest.mark.parametrize(
        ("line", "field"),
        [
            (Cargo(CargoKind.FOOD, "t", Decimal(1), Decimal(2)), "removed"),
            (Cargo(CargoKind.FOOD, "t", Decimal(-1)), "quantity"),
            (Cargo(CargoKind.FOOD, "t", None, Decimal(-1)), "removed"),
            (Cargo(CargoKind.FOOD, "t", Decimal("NaN")), "quantity"),
        ],
    )
    def test_more_removed_than_loaded_is_refused_with_its_field(self, line: Cargo, field: str) -> None:
        with pytest.raises(RuleBroken) as refused:
            removed([line])
        assert refused.value.field == field

    def test_fewer_than_no_people_are_refused(self) -> None:
        with pytest.raises(RuleBroken) as refused:
            reached(-1, 2)
        assert refused.value.field == "people_reached"


TIMES = st.datetimes(datetime(2016, 9, 1), datetime(2016, 9, 20), timezones=st.just(UTC))  # noqa: DTZ001
SPANS = st.one_of(st.just(UNDATED), st.builds(lambda a, b: Timespan(P.EXACT, min(a, b), max(a, b), None), TIMES, TIMES))
EVENTS = st.lists(
    st.builds(StatusEvent, st.just(""), st.sampled_from(list(S)), SPANS, st.sampled_from(["un", "sarc"]), st.sampled_from(["", GATE]), st.booleans()),
    max_size=8,
).map(lambda events: [StatusEvent(str(index), *list(vars(event).values())[1:]) for index, event in enumerate(events)])
DUE = st.dictionaries(st.sampled_from(STEPS), TIMES)


class TestAlways:
    @given(EVENTS, DUE, st.randoms())
    def test_the_order_in_which_events_arrive_changes_nothing(
        self, events: list[StatusEvent], due: dict[ConvoyStep, datetime], random: Random
    ) -> None:
        shuffled = list(events)
        random.shuffle(shuffled)
        plan = Plan((GATE,), due)
        assert timeline(shuffled, plan, now=NOW) == timeline(events, plan, now=NOW)
        assert dwells(shuffled, (GATE,), now=NOW) == dwells(events, (GATE,), now=NOW)

    @given(EVENTS, DUE)
    def test_every_event_that_makes_a_step_is_behind_exactly_one(self, events: list[StatusEvent], due: dict[ConvoyStep, datetime]) -> None:
        found = timeline(events, Plan((GATE,), due), now=NOW)
        assert [step.step for step in found.steps] == STEPS
        assert sorted(id for step in found.steps for id in step.events) == sorted(event.id for event in events if event.step and event.happened)
        for step in found.steps:
            assert step.late is None or (step.due is not None and step.late > timedelta(0))
            assert (step.progress in {Progress.DONE, Progress.PARTLY}) == bool(step.events)

    @given(EVENTS)
    def test_disputes_are_between_two_sources(self, events: list[StatusEvent]) -> None:
        source = {event.id: event.source for event in events}
        for dispute in timeline(events, Plan((GATE,)), now=NOW).disputes:
            assert source[dispute.events[0]] != source[dispute.events[1]]

    @given(EVENTS)
    def test_a_dwell_is_at_least_nothing_and_at_most_no_less(self, events: list[StatusEvent]) -> None:
        for dwell in dwells(events, (GATE,), now=NOW):
            assert (dwell.at_least is None) == (dwell.at_most is None)
            assert dwell.at_least is None or dwell.at_most is None or timedelta(0) <= dwell.at_least <= dwell.at_most


# --- Whatever is told, in whatever order

SPANS = st.tuples(st.integers(0, 900), st.sampled_from([0, 1, 5, 24, 100])).map(
    lambda drawn: Timespan(P.HOUR, at("01") + drawn[0] * HOUR, at("01") + (drawn[0] + drawn[1]) * HOUR, None)
)
TOLD = st.builds(
    StatusEvent,
    id=st.uuids().map(str),
    status=st.sampled_from(list(S)),
    when=st.one_of(st.just(UNDATED), SPANS),
    source=st.sampled_from(["un", "press", "driver"]),
    checkpoint=st.sampled_from(["", "", GATE, FAR_GATE]),
    happened=st.sampled_from([True, True, True, False]),
)
HISTORIES = st.lists(TOLD, max_size=10)
DUES = st.dictionaries(st.sampled_from(STEPS), st.integers(0, 900).map(lambda hours: at("01") + hours * HOUR))


def adds_up(events: list[StatusEvent], due: dict[ConvoyStep, datetime]) -> None:
    plan, shuffled = Plan((GATE, FAR_GATE), due), Random(len(events)).sample(events, len(events))
    found = timeline(events, plan, now=NOW)
    assert found == timeline(shuffled, plan, now=NOW)
    assert [step.step for step in found.steps] == STEPS
    ids = {event.id for event in events}
    told = [key for step in found.steps for key in step.events]
    assert len(told) == len(set(told)) and set(told) == {event.id for event in events if event.happened and event.step}
    here = STEPS.index(found.stands_at)
    for index, step in enumerate(found.steps):
        assert step.late is None or (step.late > timedelta(0) and step.due is not None)
        if index > here:
            assert step.progress == Progress.OPEN
        if step.progress == Progress.IMPLIED:
            assert any(later.events for later in found.steps[index + 1 :])
    for dispute in found.disputes:
        one, other = (next(event for event in events if event.id == key) for key in dispute.events)
        assert one.source != other.source and {one.id, other.id} <= ids
    for dwell in dwells(events, plan.route, now=NOW):
        assert (dwell.at_least is None) == (dwell.at_most is None)
        if dwell.at_least is not None and dwell.at_most is not None:
            assert timedelta(0) <= dwell.at_least
    counted = outcomes(Said(event.status, event.happened, bool(event.checkpoint)) for event in events)
    assert Outcome.ENTERED in counted
    assert not {Outcome.AGREED, Outcome.DENIED, Outcome.UNANSWERED} & counted or Outcome.REQUESTED in counted
    assert not (Outcome.UNANSWERED in counted and {Outcome.AGREED, Outcome.DENIED} & counted)
    assert Outcome.DELIVERED not in counted or {Outcome.DEPARTED, Outcome.AGREED} <= counted
    assert not {Outcome.DELIVERED, Outcome.DELIVERED_IN_PART} <= counted


@given(HISTORIES, DUES)
@settings(max_examples=300)
def test_whatever_is_told_adds_up(events: list[StatusEvent], due: dict[ConvoyStep, datetime]) -> None:
    adds_up(events, due)


@pytest.mark.slow
@given(HISTORIES, DUES)
@settings(max_examples=5000)
def test_five_thousand_histories_add_up(events: list[StatusEvent], due: dict[ConvoyStep, datetime]) -> None:
    adds_up(events, due)


@given(st.lists(st.tuples(st.sampled_from(["kg", "box"]), st.one_of(st.none(), st.integers(0, 99)), st.one_of(st.none(), st.integers(0, 99)))))
@settings(max_examples=300)
def test_shares_of_cargo_add_up_in_each_unit(lines: list[tuple[str, int | None, int | None]]) -> None:
    cargo = []
    for unit, first, second in lines:
        quantity, taken = (max(first, second), min(first, second)) if first is not None and second is not None else (first, second)
        cargo.append(Cargo(CargoKind.FOOD, unit, None if quantity is None else Decimal(quantity), None if taken is None else Decimal(taken)))
    for row in removed(cargo):
        of_unit = [line for line in cargo if line.unit == row.unit]
        known = [line.removed for line in of_unit if line.removed is not None]
        assert row.removed == (sum(known) if known else None)
        assert row.share is None or 0 <= row.share <= 1
        assert row.unknown == sum(line.removed is None or line.quantity is None for line in of_unit)
