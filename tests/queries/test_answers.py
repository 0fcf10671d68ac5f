"""Every number opens to the records behind it, and their amounts sum to it: each series, breakdown and measure, on made-up but fixed data."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from incidents.actions import assessments, folds, incidents, reference, reports
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.models import Agreement, User
from incidents.queries import answers, methods, points, tallies, tallies_asked
from incidents.queries.answers import Choice
from incidents.queries.questions import Question
from incidents.vocabulary import Basis, Grouping, HarmGroup, HarmKind, Occurrence, TimePrecision, Unit, ViolationType
from tests.builders import make_agreement, make_claim, make_member, make_party, make_place, make_report, make_user, sealed_and_posted

pytestmark = pytest.mark.django_db
TYPES = (ViolationType.SHELLING, ViolationType.AIRSTRIKE, ViolationType.AID_BLOCKED)
PARTIES = ("Lowlands", "Highlands", "Islanders", "Marsh", None)


def asked(agreement: Agreement, **params: str) -> Question:
    return Question.parse(params, agreement)


@pytest.fixture
def busy() -> Agreement:
    """Return an agreement with reports, events, judgements and totals of all sorts, the same at every run."""
    chance = random.Random(5)
    agreement = make_agreement()
    marsh = make_party("Marsh")
    make_member(agreement.sides.get(code="A"), marsh, until_on=date(2020, 6, 3))
    make_member(agreement.sides.get(code="B"), marsh, from_on=date(2020, 6, 4))
    first, second = make_user(User.Role.EDITOR, "first"), make_user(User.Role.EDITOR, "second")
    logged = []
    for _number in range(36):
        accused = chance.choice(PARTIES)
        day = chance.choice([None, *(date(2020, 5, 30) + timedelta(days=offset) for offset in range(11))])
        harm = {
            (kind, group): HarmStated(kind, low, None, None, group=group)
            for kind, group, low in (
                (chance.choice(HarmKind.values), chance.choice(HarmGroup.values), chance.choice([None, 0, 1, 3])) for _ in range(chance.randrange(3))
            )
        }
        logged.append(
            make_report(
                accused_party=make_party(accused) if accused else None,
                claimant=make_party(chance.choice(["Lowlands", "Highlands", "Monitor"])),
                violation_type=chance.choice(TYPES),
                occurred_on=day,
                time_precision=TimePrecision.DAY if day else TimePrecision.UNKNOWN,
                place=chance.choice([None, make_place("Ford"), make_place("Mill")]),
                stated_count=chance.choice([None, 1, 5]),
                unit=chance.choice([Unit.VIOLATION, Unit.SHOT]),
                harm=[stated for stated in harm.values() if stated.low is not None],
            )
        )
    for start in range(0, 30, 3):
        event = incidents.open_for(reports=logged[start : start + chance.randrange(1, 4)], by=None, name=f"Event {start}")
        judged = assessments.decide(
            incident=event,
            agreement=agreement,
            by=first,
            occurrence=chance.choice([Occurrence.VERIFIED, Occurrence.DISPUTED, Occurrence.REFUTED]),
            attribution="attributed",
            attributed_party=make_party(chance.choice(["Lowlands", "Highlands"])),
            reason="seen",
        )
        assessments.confirm(assessment=judged, by=second)
    for number, day in ((7, 2), (None, 3), (4, 5)):
        make_claim(number, basis=Basis.PERIODIC, counted_from=None, period_start=date(2020, 6, day), period_end=date(2020, 6, day))
    make_claim(90, claimant=make_party("Monitor"), accused=[agreement.sides.get(code="B")])
    make_claim(12, claimant=make_party("Monitor"), unit=Unit.ARREST)
    for report in chance.sample(logged, 4):
        report.refresh_from_db()
        reports.retract(report=report, by=None, reason="another truce")
    sealed_and_posted()
    return agreement


def test_whatever_is_behind_a_number_sums_to_it(busy: Agreement) -> None:
    while folds.fold():  # numbers come from the roll-ups, what is behind them from the entries
        pass
    compared = 0
    for name, method in methods.methods().items():
        questions = [asked(busy, method=name, measure=measure, by=str(by)) for measure in method.measures for by in ("", *method.groupings)]
        windows = ({}, {"from": "2020-06-02"}, {"until": "2020-06-04"})
        questions += [asked(busy, method=name, periods="all", **window) for window in windows]
        questions += [asked(busy, method=name, **{"from": "2020-06-02", "until": "2020-06-04"})]
        for question in questions:
            compared += _compare(question)
    assert compared > 300


def _compare(question: Question) -> int:
    cells = answers.answer(question, None).cells
    every = answers.behind(question, None, Choice()).rows
    for cell in cells:
        behind = [one for one in every if one.identity == cell.identity]
        for end in ("low", "best", "high"):
            known = [getattr(one.amount, end) for one in behind if getattr(one.amount, end) is not None]
            assert (sum(known) if known else None) == getattr(cell.amount, end)
            assert sum(getattr(one.amount, f"{end}_unknown") for one in behind) == getattr(cell.amount, f"{end}_unknown")
        assert len({one.record_id for one in behind}) == len(behind)
    assert {one.identity for one in every} == {cell.identity for cell in cells}
    for cell in cells[-1:]:
        opened = answers.behind(question, None, Choice(*(part or "" for part in cell.identity))).rows
        assert opened == [one for one in every if one.identity == cell.identity]
    return len(cells)


def test_a_breakdown_adds_up_to_the_whole(busy: Agreement) -> None:
    for name in ("logged", "incidents", "verified", "distinct_incidents"):
        whole = _by_accused(asked(busy, method=name))
        assert whole
        for by in methods.named(name).groupings:
            assert _by_accused(asked(busy, method=name, by=str(by))) == whole


def _by_accused(question: Question) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for cell in answers.answer(question, None).cells:
        sums[cell.bucket, cell.side] = sums.get((cell.bucket, cell.side), 0) + (cell.amount.best or 0)
    return sums


def test_the_default_answer_is_what_the_dashboard_shows(busy: Agreement) -> None:
    shown = tallies.of_agreement(busy)
    again = tallies_asked.of(asked(busy), make_user(User.Role.PARTNER, "partner"))
    assert [(side.logged, side.incidents, side.verified) for side in (*again.sides, again.no_side, again.nobody)] == [
        (side.logged, side.incidents, side.verified) for side in (*shown.sides, shown.no_side, shown.nobody)
    ]
    found = _by_accused(asked(busy, method="logged"))
    assert [found.get(("side", side.side.code), 0) for side in shown.sides if side.side] == [side.logged for side in shown.sides]
    claimed = {cell.identity[:4]: cell for cell in answers.answer(asked(busy, method="claimed"), None).cells}
    for side in shown.sides:
        for figure in side.claimed:
            assert side.side
            cell = claimed["side", side.side.code, figure.claimant.slug, str(figure.unit)]
            assert (cell.amount.best, cell.flags) == (figure.count, figure.flags)


def test_what_spans_days_or_has_none_is_in_no_day_of_the_series() -> None:
    agreement = make_agreement()
    make_report(occurred_on=date(2020, 6, 2))
    make_report(occurred_on=None, time_precision=TimePrecision.UNKNOWN)
    sealed_and_posted()
    within = answers.answer(asked(agreement, by="day"), None)
    assert [(cell.key, cell.amount.best) for cell in within.cells] == [("2020-06-02", 1)]
    assert within.timeless == 1
    ever = answers.answer(asked(agreement, by="day", periods="all"), None)
    assert [(cell.key, cell.amount.best) for cell in ever.cells] == [("2020-06-02", 1), (None, 1)]


def test_unknown_stands_beside_the_known_part_and_is_not_zero() -> None:
    agreement = make_agreement()
    make_report(stated_count=5)
    make_report(stated_count=None)
    make_report(stated_count=None, unit=Unit.SHOT)
    sealed_and_posted()
    cells = {cell.unit: cell.amount for cell in answers.answer(asked(agreement, method="stated"), None).cells}
    assert (cells["violation"].best, cells["violation"].best_unknown) == (5, 1)
    assert (cells["shot"].best, cells["shot"].best_unknown) == (None, 1)


def test_a_claimed_figure_in_another_window_follows_rule_5() -> None:
    agreement = make_agreement()
    for count, day in ((7, 2), (9, 3), (4, 5)):
        make_claim(count, basis=Basis.PERIODIC, counted_from=None, period_start=date(2020, 6, day), period_end=date(2020, 6, day))
    make_claim(30)
    sealed_and_posted()

    def claimed(**window: str) -> list[tuple[int | None, set[str]]]:
        found = answers.answer(asked(agreement, method="claimed", **window), None).cells
        return [(cell.amount.best, {flag["code"] for flag in cell.flags}) for cell in found]

    assert claimed()[0][0] == 30
    ((count, flags),) = claimed(**{"from": "2020-06-02", "until": "2020-06-03"})
    assert count == 16
    assert flags == {"before_window"}


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"method": "guessed"}, "method", "unknown_word"),
        ({"by": "mood"}, "by", "unknown_word"),
        ({"method": "claimed", "by": "day"}, "by", "cannot_be_broken_down"),
        ({"method": "stated", "measure": "killed"}, "measure", "unknown_word"),
        ({"from": "2020-06-05", "until": "2020-06-01"}, "until", "ends_before_start"),
        ({"from": "05/06/2020"}, "from", "not_a_date"),
        ({"periods": "some"}, "periods", "unknown_word"),
        ({"change": "99999"}, "change", "not_sealed_yet"),
        ({"change": "1e3"}, "change", "not_a_number"),
        ({"as_known_on": "yesterday"}, "as_known_on", "not_an_instant"),
        ({"as_known_on": "2100-01-01T00:00:00Z"}, "as_known_on", "not_sealed_yet"),
    ],
)
def test_what_cannot_be_answered_names_its_field(params: dict[str, str], field: str, code: str) -> None:
    make_report()
    sealed_and_posted()
    with pytest.raises(RuleBroken) as refused:
        asked(make_agreement(), **params)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_every_method_says_what_it_counts_and_opens_something() -> None:
    for name, method in methods.methods().items():
        assert method.name == name and str(method.says).endswith(".") and str(method.label)
        assert method.opens in {"report", "incident", "aggregateclaim"}
        assert set(method.apart) <= {Grouping.CLAIMANT, Grouping.UNIT}


def test_parse_reads_what_as_params_writes(busy: Agreement) -> None:
    question = asked(busy, method="logged", measure="killed", by="week", **{"from": "2020-06-01", "until": "2020-06-03"}, periods="all")
    again: Any = Question.parse(question.as_params(), busy)
    assert again.as_params() == question.as_params()
    assert answers.answer(again, None).cells == answers.answer(question, None).cells


def test_a_claimed_figure_of_other_days_is_as_the_log_had_the_sides(agreement_with_marsh: Agreement) -> None:
    agreement, marsh = agreement_with_marsh, make_party("Marsh")
    make_claim(7, accused=[marsh], period_end=date(2020, 6, 5))
    sealed_and_posted()
    then = str(points.counted())

    def figures(change: str = "") -> list[tuple[str, str, int | None]]:
        params = {"method": "claimed", "from": "2020-06-02", "until": "2020-06-05"} | ({"change": change} if change else {})
        return [(cell.bucket, cell.side, cell.amount.best) for cell in answers.answer(asked(agreement, **params), None).cells]

    before = figures(then)
    assert before and {side for _bucket, side, _count in before} == {"A"}
    membership = agreement.memberships.get(party=marsh)
    membership.side = agreement.sides.get(code="B")
    reference.save(membership, by=None)
    sealed_and_posted()
    moved = str(points.counted())
    assert {side for _bucket, side, _count in figures()} == {"B"}
    assert figures(then) == before
    reference.remove(membership, by=None)
    sealed_and_posted()
    removed = str(points.counted())
    assert {bucket for bucket, _side, _count in figures()} == {"no_side"}
    marsh.organ_of = make_party("Lowlands")
    reference.save(marsh, by=None)
    sealed_and_posted()
    assert {side for _bucket, side, _count in figures()} == {"A"}
    assert {bucket for bucket, _side, _count in figures(removed)} == {"no_side"}
    assert figures(then) == before
    assert {side for _bucket, side, _count in figures(moved)} == {"B"}


@pytest.fixture
def agreement_with_marsh() -> Agreement:
    agreement = make_agreement()
    make_member(agreement.sides.get(code="A"), make_party("Marsh"))
    return agreement
