"""What must come out of the demo: the September truce of 2016 as it was claimed, declared and reported."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pytest_django import DjangoDbBlocker

from incidents.models import AggregateClaim, Agreement, CasualtyClaim, Incident, Report, User
from incidents.queries import aggregates, reconciliation, standing, tallies
from incidents.queries.tallies import ClaimedFigure, SideTally
from incidents.rules import ranges
from incidents.rules import standing as rule
from incidents.vocabulary import Basis, ClaimFlag, HarmGroup, HarmKind, Qualifier, Share, Unit
from tests.demo.loaded import demo


@pytest.fixture(scope="module", params=[False, True], ids=["with the other claims", "without the other claims"], autouse=True)
def without_others(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[bool]:
    with demo(django_db_blocker, without_other_claims=request.param):
        yield request.param


def agreement(slug: str = "syria-2016-09") -> Agreement:
    return Agreement.objects.get(slug=slug)


def side(code: str, slug: str = "syria-2016-09") -> SideTally:
    (found,) = [tally for tally in tallies.of_agreement(agreement(slug)).sides if tally.side and tally.side.code == code]
    return found


def by(tally: SideTally, claimant: str, unit: Unit = Unit.VIOLATION) -> ClaimedFigure:
    (found,) = [figure for figure in tally.claimed if figure.claimant.slug == claimant and figure.unit == unit]
    return found


def flags(figure: ClaimedFigure) -> list[str]:
    return [flag["code"] for flag in figure.flags]


# --- Claimed


def test_the_opposition_claims_254_against_government_and_allies() -> None:
    government = side("A")
    figure = by(government, "syrian-opposition")
    assert (str(government.side), figure.count, figure.qualifier) == ("Government and allies", 254, Qualifier.EXACTLY)
    assert [(used.claim.external_id, used.count) for used in figure.statements] == [("OP-2016-09-19", 254)]


def test_russia_claims_302_against_the_opposition_with_63_civilians_and_153_soldiers_killed() -> None:
    opposition = side("B")
    figure = by(opposition, "russia")
    assert (str(opposition.side), figure.count, figure.qualifier) == ("Opposition", 302, Qualifier.EXACTLY)
    harm = [(row.kind, row.group, row.best) for row in figure.harm]
    assert harm == [(HarmKind.KILLED, HarmGroup.CIVILIANS, 63), (HarmKind.KILLED, HarmGroup.FIGHTERS, 153)]
    (used,) = figure.statements
    assert (used.claim.spoken_by, used.claim.claimant.principal.slug) == ("Lt. Gen. Sergei Rudskoi, General Staff", "russia")


def test_the_window_is_the_local_days_in_force() -> None:
    figures = tallies.of_agreement(agreement())
    assert (figures.first_day, figures.last_day) == (date(2016, 9, 12), date(2016, 9, 19))
    assert figures.waiting == 0


def test_the_network_claims_by_its_parts_and_the_contradiction_travels_along(without_others: bool) -> None:
    if without_others:
        assert {figure.claimant.slug for code in "AB" for figure in side(code).claimed} == {"syrian-opposition", "russia"}
        return
    government, opposition, no_side = side("A"), side("B"), tallies.of_agreement(agreement()).no_side
    counts = [
        by(government, "snhr").count,
        by(opposition, "snhr").count,
        by(government, "snhr", Unit.ARREST).count,
        by(no_side, "snhr", Unit.ARREST).count,
    ]
    assert counts == [203 + 10, 6, 18, 5]
    details = [flag for flag in by(government, "snhr").flags if flag["code"] == ClaimFlag.PARTS_DO_NOT_ADD_UP]
    assert [(flag["stated"], flag["sum"]) for flag in (row.get("detail", row) for row in details)] == [(242, 251), (32, 23)]


def test_days_are_claimed_only_where_somebody_claimed_them(without_others: bool) -> None:
    claimed = {
        (cell.day.day, code): [(row.claimant.slug, row.count) for row in cell.sides[code].claimed]
        for cell in tallies.by_day(agreement())
        for code in "AB"
        if cell.in_force and cell.sides[code].claimed
    }
    bulletins = {(13, "B"): [("russia", 2)], (14, "B"): [("russia", 42)], (17, "B"): [("russia", 55)], (15, "A"): [("syrian-opposition", 46)]}
    assert claimed == ({} if without_others else bulletins)


# --- Declared


def test_the_standing_of_19_september() -> None:
    found = standing.of_agreement(agreement(), standing.at_its_end(agreement(), datetime(2016, 9, 21, tzinfo=UTC)))
    assert rule.summary(found) == "Syria: over; opposition: 'clinically dead'; United States and Russia: prolong"
    assert found.contested
    assert {(remark.party, remark.stance.value) for remark in found.remarks} == {("russia", "meaningless"), ("nour-al-din-al-zenki", "blames")}


# --- Reported


def killed(slug: str) -> list[CasualtyClaim]:
    return list(CasualtyClaim.objects.filter(report__incident__slug=slug, kind=HarmKind.KILLED).order_by("best"))


def test_deir_ez_zor_62_at_least_to_90_both_claimants_shown() -> None:
    claims = killed("deir-ez-zor-2016-09-17")
    derived = ranges.derived([ranges.Range(claim.low, claim.best, claim.high, Qualifier(claim.qualifier)) for claim in claims])
    assert ranges.plain_derived(derived) == "62 (at least) to 90"
    assert [claim.report.claimant.slug for claim in claims] == ["syrian-army-command", "sohr"]
    army = claims[0].report
    assert (army.relayed_by and army.relayed_by.slug, army.accused_party and army.accused_party.slug) == ("russia", "us-led-coalition")
    wounded = army.casualty_claims.get(kind=HarmKind.WOUNDED)
    assert (wounded.low, wounded.high, wounded.qualifier) == (100, None, Qualifier.MORE_THAN)


def test_deir_ez_zor_is_answered_in_three_ways() -> None:
    answers = Incident.objects.get(slug="deir-ez-zor-2016-09-17").responses.order_by("party__slug")
    assert [(answer.party.slug, answer.kind) for answer in answers] == [
        ("denmark", "regrets"),
        ("syria", "blames_another"),
        ("united-states", "admits_other_explanation"),
    ]


def test_the_coalition_and_excluded_groups_stand_on_no_side() -> None:
    against = Report.objects.filter(agreement=agreement(), accused_party__slug__in=["us-led-coalition", "islamic-state"])
    assert tallies.of_agreement(agreement()).no_side.logged == against.count() == 4


def test_urum_al_kubra_numbers_stand_side_by_side() -> None:
    stated = {(claim.report.claimant.slug, claim.best, claim.qualifier) for claim in killed("urum-al-kubra-2016-09-19")}
    assert stated == {
        ("aid-worker-security-database", 1, "exactly"),
        ("un-board-of-inquiry", 10, "at_least"),
        ("wikipedia", 14, "exactly"),
        ("ria-novosti", 18, "at_least"),
        ("icrc", 20, "about"),
        ("human-rights-watch", 21, "exactly"),
    }
    wounded = CasualtyClaim.objects.get(report__incident__slug="urum-al-kubra-2016-09-19", kind=HarmKind.WOUNDED)
    assert (wounded.report.claimant.slug, wounded.best) == ("un-board-of-inquiry", 22)


def test_urum_al_kubra_blame_is_contested() -> None:
    reports = Report.objects.filter(incident__slug="urum-al-kubra-2016-09-19")
    assert {report.accused_party and report.accused_party.slug for report in reports} == {None, "syria", "russia"}
    denials = Incident.objects.get(slug="urum-al-kubra-2016-09-19").responses.filter(kind="denies")
    assert {answer.party.principal.slug for answer in denials} == {"syria", "russia"}


def test_aid_waits_all_week_and_counts_under_no_day() -> None:
    reports = Report.objects.filter(incident__slug="aid-at-the-border-2016-09")
    assert {(report.claimant.slug, report.accused_party and report.accused_party.slug) for report in reports} == {
        ("united-nations", "syria"),
        ("high-negotiations-committee", "syria"),
        ("russia", "armed-opposition-groups"),
    }
    assert {(report.occurred_on, report.term and report.term.subject) for report in reports} == {(None, "humanitarian_access")}


# --- Other sums


def test_the_guarantors_count_the_same_day_twice() -> None:
    nobody = tallies.of_agreement(agreement("syria-2016-12")).nobody
    assert {figure.claimant.slug: figure.count for figure in nobody.claimed} == {"russia": 13, "turkey": 19}
    for figure in nobody.claimed:
        assert ClaimFlag.PARTS_DO_NOT_ADD_UP not in flags(figure)
        confirmed = [(flag["count"], flag["confirmed"], flag["by"]) for flag in figure.flags if flag["code"] == ClaimFlag.NOT_CONFIRMED]
        assert confirmed == ([(19, 0, "russia")] if figure.claimant.slug == "turkey" else [])
        assert sum(part.count or 0 for part in figure.statements[0].claim.parts.all()) == figure.count


@pytest.mark.parametrize(("external_id", "stated", "parts"), [("UNIFIL-S-2024-222", 8918, 8926), ("GMO-2025-11-22", 497, 491)])
def test_parts_that_do_not_make_the_total_raise_a_flag(external_id: str, stated: int, parts: int) -> None:
    claim = AggregateClaim.objects.get(external_id=external_id)
    found = tallies.of_agreement(claim.agreement)
    (figure,) = [figure for tally in (*found.sides, found.nobody) for figure in tally.claimed if figure.statements[0].claim == claim]
    assert figure.count == stated
    assert ClaimFlag.PARTS_DO_NOT_ADD_UP in flags(figure)
    assert [flag["remainder"] for flag in figure.flags if flag["code"] == ClaimFlag.PARTS_DO_NOT_ADD_UP] == [stated - parts]
    assert [flag["remainder"] for flag in aggregates.doubts(claim)] == [stated - parts]
    assert sum(part.count or 0 for part in claim.parts.all()) == parts


def test_the_bulletins_of_42_and_55_with_199_contradict_nothing_and_45_runs_past_the_window(without_others: bool) -> None:
    if without_others:
        return
    printed = {(claim.count, claim.basis) for claim in AggregateClaim.objects.filter(agreement=agreement(), claimant__slug__startswith="russian-r")}
    assert {(42, "periodic"), (55, "periodic"), (199, "cumulative"), (45, "periodic")} <= printed
    russia = by(side("B"), "russia")
    assert [(flag["code"], flag["count"]) for flag in russia.flags] == [(ClaimFlag.PAST_WINDOW, 45)]


@pytest.mark.parametrize(("external_id", "count"), [("OP-2016-09-19", 254), ("RU-2016-09-19", 302)])
def test_the_two_figures_lie_beside_our_records_without_a_remainder(external_id: str, count: int) -> None:
    reader = User(role=User.Role.PARTNER)
    found = reconciliation.of_claim(reader, aggregates.one(reader, AggregateClaim.objects.get(external_id=external_id).public_id))
    assert (found.parts.known, found.parts.remainder) == (count, 0)
    assert (found.parts.of(Share.NOT_ITEMISED).count or 0) > count - 10


def test_of_the_other_claims_only_two_contradict_their_own_parts(without_others: bool) -> None:
    if without_others:
        return
    contradicting = set()
    for claim in AggregateClaim.objects.filter(agreement__slug__startswith="syria-2016").prefetch_related("parts"):
        parts = [part.count for part in claim.parts.all() if part.parent_id is None]
        if parts and None not in parts and sum(filter(None, parts)) != claim.count:
            contradicting.add(claim.external_id)
    assert contradicting == {"RC-2016-02-29", "SN-2016-09-23"}
    assert AggregateClaim.objects.get(external_id="SN-2016-09-23").basis == Basis.CUMULATIVE
