"""What is known of an incident: derived from its reports by rules that are named, with every contradiction kept."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules import facts
from incidents.rules.areas import Point
from incidents.rules.bonds import Party, Side
from incidents.rules.facts import Accusation, Answer, Claim, Contradiction, Fact, FactRule, HarmClaim
from incidents.rules.grades import GradedBy, graded, is_credible
from incidents.rules.grounds import Place
from incidents.rules.ranges import DerivedBy, Range, plain_derived, stated
from incidents.rules.timespans import Timespan
from incidents.vocabulary import Credibility, HarmGrade, HarmGroup, HarmKind, Occurrence, Qualifier, Reliability
from incidents.vocabulary import ResponseKind as R
from incidents.vocabulary import TimePrecision as P

SYRIAN_ARMY, SOHR, US, RUSSIA, SYRIA, DENMARK = (Party(name.lower(), name) for name in ("Syrian army", "SOHR", "US", "Russia", "Syria", "Denmark"))
COALITION, REBELS, UN, ICRC = Party("coalition", "US-led coalition"), Party("rebels", "rebels"), Party("un", "UN"), Party("icrc", "ICRC")
KILLED, WOUNDED = HarmKind.KILLED, HarmKind.WOUNDED
FIGHTERS, CIVILIANS, AID_WORKERS, UNKNOWN = HarmGroup.FIGHTERS, HarmGroup.CIVILIANS, HarmGroup.AID_WORKERS, HarmGroup.UNKNOWN
THE_17TH, THE_19TH = date(2016, 9, 17), date(2016, 9, 19)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(starts: str, ends: str | None = None, precision: P = P.EXACT, day: date | None = THE_19TH) -> Timespan:
    return Timespan(precision, utc(starts), utc(ends or starts), day)


def killed(number: int | None, qualifier: Qualifier = Qualifier.EXACTLY, group: HarmGroup = UNKNOWN) -> HarmClaim:
    return HarmClaim(KILLED, group, stated(number, qualifier))


def claim(
    report: str,
    claimant: Party = SOHR,
    harm: Sequence[HarmClaim] = (),
    accused: Sequence[Party | Side] = (),
    source: str = "",
    is_credible: bool = True,
    when: Timespan | None = None,
    where: Place | None = None,
    **said: str,
) -> Claim:
    return Claim(report, claimant, source or claimant.id, is_credible, when, where, tuple(accused), tuple(harm), said)


class TestDeirEzZor:
    claims = [
        claim(
            "R1",
            SYRIAN_ARMY,
            [killed(62, Qualifier.AT_LEAST, FIGHTERS), HarmClaim(WOUNDED, FIGHTERS, stated(100, Qualifier.MORE_THAN))],
            [COALITION],
        ),
        claim("R2", SOHR, [killed(90, group=FIGHTERS)], [COALITION]),
    ]

    def test_killed_reads_62_at_least_to_90_with_both_claimants(self) -> None:
        dead, hurt = facts.harm(self.claims)
        assert plain_derived(dead.value.count) == "62 (at least) to 90"
        assert dead.rule == DerivedBy.LOWEST_TO_HIGHEST
        assert [(report, by.name) for report, by, _count in dead.value.claims] == [("R1", "Syrian army"), ("R2", "SOHR")]
        assert (plain_derived(hurt.value.count), hurt.reports) == ("100 (more than)", ("R1",))

    def test_the_united_states_admits_with_another_explanation_so_the_harm_is_confirmed(self) -> None:
        admits = Answer("A1", US, R.ADMITS_OTHER_EXPLANATION, THE_17TH)
        regrets = Answer("A2", DENMARK, R.REGRETS, date(2016, 9, 18))
        found = graded(self.claims, [admits, regrets], acts_as={"us": "coalition", "denmark": "coalition"})
        assert (found.value, found.rule, found.reports) == (HarmGrade.CONFIRMED, GradedBy.ADMITTED, ("R1", "R2"))


class TestUrumAlKubra:
    claims = [
        claim("R1", Party("awsd", "AWSD"), [killed(1, group=AID_WORKERS)], origin="Aleppo"),
        claim("R2", Party("who", "monitor"), [killed(10, Qualifier.MORE_THAN), HarmClaim(WOUNDED, UNKNOWN, stated(22))]),
        claim("R3", Party("press", "press"), [killed(14)], origin="Turkish border"),
        claim("R4", UN, [killed(18)], when=span("2016-09-19T16:12")),
        claim("R5", ICRC, [killed(20, Qualifier.ABOUT)], when=span("2016-09-19T17:00")),
        claim("R6", SOHR, [killed(21)], [RUSSIA, SYRIA], origin="Aleppo"),
    ]

    def test_six_counts_are_kept_in_one_range_and_its_claims(self) -> None:
        as_one_group = [claim(one.report, one.claimant, [HarmClaim(KILLED, UNKNOWN, one.harm[0].count)]) for one in self.claims]
        [dead] = facts.harm(as_one_group)
        assert plain_derived(dead.value.count) == "1 to 21"
        assert [count.best for _report, _by, count in dead.value.claims] == [1, 10, 14, 18, 20, 21]
        assert dead.reports == ("R1", "R2", "R3", "R4", "R5", "R6")

    def test_aid_workers_and_others_stay_apart_and_are_not_added(self) -> None:
        found = {(fact.value.kind, fact.value.group): plain_derived(fact.value.count) for fact in facts.harm(self.claims)}
        assert found == {(KILLED, AID_WORKERS): "1", (KILLED, UNKNOWN): "10 (more than) to 21", (WOUNDED, UNKNOWN): "22"}

    def test_both_origins_are_kept(self) -> None:
        origin = facts.stated(self.claims, "origin")
        assert origin.value == (("Aleppo", ("R1", "R6")), ("Turkish border", ("R3",)))
        assert (origin.rule, origin.contradictions) == (FactRule.AS_STATED, (Contradiction(("R1", "R3")), Contradiction(("R3", "R6"))))

    def test_it_was_struck_from_between_1912_and_2000(self) -> None:
        found = facts.when(self.claims)
        assert found.value == span("2016-09-19T16:12", "2016-09-19T17:00")
        assert (found.rule, found.reports) == (FactRule.HULL, ("R4", "R5"))

    def test_blame_is_contested_once_the_accused_blames_another(self) -> None:
        assert graded(self.claims).value == HarmGrade.FAIR
        blames = Answer("A1", RUSSIA, R.BLAMES_ANOTHER, THE_19TH, blamed=REBELS)
        found = graded(self.claims, [blames])
        assert (found.value, found.rule) == (HarmGrade.CONTESTED, GradedBy.COMPETING_CLAIMS)


class TestWhen:
    day = span("2016-09-18T21:00", "2016-09-19T21:00", P.DAY)
    hour = span("2016-09-19T16:00", "2016-09-19T17:00", P.HOUR)
    instant = span("2016-09-19T16:12")
    next_day = span("2016-09-19T21:00", "2016-09-20T21:00", P.DAY, date(2016, 9, 20))
    week = span("2016-09-11T21:00", "2016-09-18T21:00", P.WEEK, None)

    @pytest.mark.parametrize(
        ("spans", "whole", "rule", "apart"),
        [
            ([instant], instant, FactRule.SAME_IN_ALL, 0),
            ([instant, instant], instant, FactRule.SAME_IN_ALL, 0),
            ([instant, hour], hour, FactRule.HULL, 0),
            ([hour, day], day, FactRule.HULL, 0),
            ([day, next_day], span("2016-09-18T21:00", "2016-09-20T21:00", P.DAY, None), FactRule.HULL, 1),
            ([instant, next_day], span("2016-09-19T16:12", "2016-09-20T21:00", P.DAY, None), FactRule.HULL, 1),
            ([instant, span("2016-09-19T16:30")], span("2016-09-19T16:12", "2016-09-19T16:30"), FactRule.HULL, 1),
            ([day, week], span("2016-09-11T21:00", "2016-09-19T21:00", P.WEEK, None), FactRule.HULL, 1),
            ([hour, span("2016-09-19T16:00")], span("2016-09-19T16:00", "2016-09-19T17:00", P.HOUR), FactRule.HULL, 0),
        ],
    )
    def test_is_the_span_over_all_that_reports_give(self, spans: list[Timespan], whole: Timespan, rule: FactRule, apart: int) -> None:
        for order in (spans, spans[::-1]):
            found = facts.when([claim(f"R{index}", when=each) for index, each in enumerate(order)])
            assert (found.value, found.rule, len(found.contradictions)) == (whole, rule, apart)

    def test_a_report_without_a_time_is_not_behind_it(self) -> None:
        found = facts.when([claim("R1"), claim("R2", when=self.hour), claim("R3", when=Timespan(P.UNKNOWN, None, None, None))])
        assert (found.value, found.reports) == (self.hour, ("R2",))
        assert facts.when([claim("R1")]).rule == FactRule.NOTHING_STATED


TOWN = Place("Urum al-Kubra", ("urum", "aleppo-gov"), Point(36.1481, 36.94775, 3_000))
SPOT = Place("a warehouse", (), Point(36.1500, 36.9500, 100))
OTHER_SPOT = Place("another warehouse", (), Point(36.1700, 36.9500, 100))
PROVINCE = Place("Aleppo", ("aleppo-gov",), Point(36.2, 37.1, None))


class TestWhere:
    @pytest.mark.parametrize(
        ("places", "chosen", "behind", "km"),
        [
            ([TOWN], TOWN, ("R0",), []),
            ([PROVINCE, TOWN], TOWN, ("R1",), []),
            ([TOWN, SPOT, TOWN], SPOT, ("R1",), []),
            ([SPOT, SPOT], SPOT, ("R0", "R1"), []),
            ([SPOT, OTHER_SPOT], SPOT, ("R0",), [2.224]),
            ([Place("Urum", ("urum", "aleppo-gov")), Place("Aleppo", ("aleppo-gov",))], Place("Urum", ("urum", "aleppo-gov")), ("R0",), []),
            # As precise as each other: the one that the gazetteer names more closely.
            ([Place("Aleppo city", (), Point(36.2012, 37.1612, 3_000)), TOWN], TOWN, ("R1",), [20.054]),
        ],
    )
    def test_is_the_most_precise_place_and_says_what_is_too_far_apart(
        self, places: list[Place], chosen: Place, behind: tuple[str, ...], km: list[float]
    ) -> None:
        found = facts.where([claim(f"R{index}", where=place) for index, place in enumerate(places)])
        assert (found.value, found.reports) == (chosen, behind)
        assert [contradiction.km for contradiction in found.contradictions] == [pytest.approx(each, abs=0.02) for each in km]

    def test_places_that_their_precisions_let_meet_do_not_contradict(self) -> None:
        nearby = Place("near the town", (), Point(36.1800, 36.94775, 1_000))
        assert facts.where([claim("R0", where=TOWN), claim("R1", where=nearby)]).contradictions == ()

    def test_no_place_is_unknown(self) -> None:
        assert facts.where([claim("R0"), claim("R1", where=Place())]).rule == FactRule.NOTHING_STATED


class TestWhoAccusesWhom:
    def test_each_accused_with_its_claimants_and_who_accuses_nobody_last(self) -> None:
        side = Side("A", "Government and allies")
        claims = [claim("R1", UN), claim("R2", SOHR, accused=[RUSSIA, SYRIA]), claim("R3", US, accused=[RUSSIA]), claim("R4", SOHR, accused=[RUSSIA])]
        assert facts.accusations([*claims, claim("R5", ICRC, accused=[side])]).value == (
            Accusation(RUSSIA, (SOHR, US), ("R2", "R3", "R4")),
            Accusation(SYRIA, (SOHR,), ("R2",)),
            Accusation(side, (ICRC,), ("R5",)),
            Accusation(None, (UN,), ("R1",)),
        )

    def test_answers_stand_in_order_of_time_and_none_unsays_another(self) -> None:
        denies, regrets = Answer("A1", US, R.DENIES, THE_17TH), Answer("A2", US, R.REGRETS, THE_19TH)
        found = facts.answers([regrets, denies, Answer("A3", RUSSIA, R.DENIES, THE_17TH)])
        assert [(party, [answer.kind for answer in said]) for party, said in found.value] == [(US, [R.DENIES, R.REGRETS]), (RUSSIA, [R.DENIES])]
        assert found.reports == ("A1", "A2", "A3")

    def test_nothing_said_is_named_so(self) -> None:
        assert facts.answers([]).rule == facts.accusations([]).rule == facts.stated([], "origin").rule == FactRule.NOTHING_STATED


DEAD = [killed(3)]


@pytest.mark.parametrize(
    ("claims", "answers", "occurrence", "grade", "rule"),
    [
        ([claim("1")], [], None, None, GradedBy.NO_HARM_STATED),
        ([claim("1", harm=[killed(0)])], [], None, None, GradedBy.NO_HARM_STATED),
        ([claim("1", harm=[killed(None)])], [], None, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [], None, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
        ([claim("1", SOHR, DEAD, [RUSSIA]), claim("2", UN, DEAD)], [], None, HarmGrade.FAIR, GradedBy.CREDIBLE_SOURCES),
        ([claim("1", SOHR, DEAD), claim("2", UN, DEAD)], [], None, HarmGrade.WEAK, GradedBy.NO_LIKELY_ACTOR),
        ([claim("1", SOHR, DEAD, [RUSSIA]), claim("2", UN, DEAD, is_credible=False)], [], None, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
        # One claimant in two papers is one source, and so are two claimants in one paper.
        ([claim("1", SOHR, DEAD, [RUSSIA], "a"), claim("2", SOHR, DEAD, [RUSSIA], "b")], [], None, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
        ([claim("1", SOHR, DEAD, [RUSSIA], "a"), claim("2", UN, DEAD, [RUSSIA], "a")], [], None, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
        ([claim("1", SOHR, DEAD, [RUSSIA]), claim("2", UN, DEAD, [REBELS])], [], None, HarmGrade.CONTESTED, GradedBy.COMPETING_CLAIMS),
        ([claim("1", SOHR, DEAD, [RUSSIA, SYRIA]), claim("2", UN, DEAD, [SYRIA])], [], None, HarmGrade.FAIR, GradedBy.CREDIBLE_SOURCES),
        ([claim("1", SOHR, DEAD, [RUSSIA]), claim("2", UN, accused=[REBELS])], [], None, HarmGrade.CONTESTED, GradedBy.COMPETING_CLAIMS),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [Answer("A", RUSSIA, R.DENIES, THE_19TH)], None, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [Answer("A", RUSSIA, R.BLAMES_ANOTHER, THE_19TH)], None, HarmGrade.CONTESTED, GradedBy.COMPETING_CLAIMS),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [Answer("A", RUSSIA, R.ACCEPTS, THE_19TH)], None, HarmGrade.CONFIRMED, GradedBy.ADMITTED),
        ([claim("1", SOHR, DEAD)], [Answer("A", RUSSIA, R.CLAIMS, THE_19TH)], None, HarmGrade.CONFIRMED, GradedBy.ADMITTED),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [Answer("A", REBELS, R.CLAIMS, THE_19TH)], None, HarmGrade.CONTESTED, GradedBy.COMPETING_CLAIMS),
        (
            [claim("1", SOHR, DEAD, [RUSSIA, SYRIA])],
            [Answer("A", RUSSIA, R.ACCEPTS, THE_19TH), Answer("B", SYRIA, R.ACCEPTS, THE_19TH)],
            None,
            HarmGrade.CONTESTED,
            GradedBy.SEVERAL_ADMIT,
        ),
        (
            [claim("1", SOHR, DEAD, [RUSSIA])],
            [Answer("A", RUSSIA, R.ADMITS_DENIES_RESPONSIBILITY, THE_19TH)],
            None,
            HarmGrade.WEAK,
            GradedBy.ONE_SOURCE,
        ),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [Answer("A", RUSSIA, R.REGRETS, THE_19TH)], None, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [], Occurrence.REFUTED, HarmGrade.DISCOUNTED, GradedBy.ASSESSED_AWAY),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [], Occurrence.UNFOUNDED, HarmGrade.DISCOUNTED, GradedBy.ASSESSED_AWAY),
        ([claim("1", SOHR, DEAD, [RUSSIA])], [], Occurrence.OUTSIDE_TERMS, HarmGrade.WEAK, GradedBy.ONE_SOURCE),
    ],
)
def test_harm_is_graded(claims: list[Claim], answers: list[Answer], occurrence: Occurrence | None, grade: HarmGrade | None, rule: GradedBy) -> None:
    found = graded(claims, answers, occurrence)
    assert (found.value, found.rule) == (grade, rule)


@pytest.mark.parametrize(
    ("reliability", "credibility", "credible"),
    [
        (Reliability.A, Credibility.CONFIRMED, True),
        (Reliability.C, Credibility.POSSIBLE, True),
        (Reliability.B, Credibility.UNJUDGED, True),
        (Reliability.C, Credibility.DOUBTFUL, False),
        (Reliability.A, Credibility.IMPROBABLE, False),
        (Reliability.D, Credibility.CONFIRMED, False),
        (Reliability.F, Credibility.CONFIRMED, False),
    ],
)
def test_a_credible_source_is_graded_so_and_one_not_judged_is_not(reliability: Reliability, credibility: Credibility, credible: bool) -> None:
    assert is_credible(reliability, credibility) is credible


INSTANTS = st.datetimes(datetime(2016, 9, 12), datetime(2016, 9, 20), timezones=st.just(UTC))  # noqa: DTZ001
SPANS = st.builds(lambda one, other: Timespan(P.EXACT, min(one, other), max(one, other), None), INSTANTS, INSTANTS)
PLACES = st.builds(
    lambda lat, lon, radius: Place("", (), Point(lat, lon, radius)), st.floats(35, 37), st.floats(36, 38), st.sampled_from([100, 1_000, 3_000, None])
)
COUNTS = st.builds(stated, st.one_of(st.none(), st.integers(0, 99)), st.sampled_from(list(Qualifier)))
HARM = st.builds(HarmClaim, st.sampled_from(list(HarmKind)), st.sampled_from(list(HarmGroup)), COUNTS)
PARTIES = st.sampled_from([RUSSIA, SYRIA, REBELS, US])
CLAIMS = st.lists(
    st.builds(
        lambda by, harm, accused, when, where: claim("", by, harm, accused, when=when, where=where),
        PARTIES, st.lists(HARM, max_size=3), st.lists(PARTIES, max_size=2, unique=True), st.none() | SPANS, st.none() | PLACES,
    ),
    max_size=6,
).map(lambda claims: [Claim(f"R{index}", *list(vars(one).values())[1:]) for index, one in enumerate(claims)])  # fmt: skip


class TestAlways:
    @given(CLAIMS, st.randoms())
    def test_the_order_in_which_reports_arrive_changes_no_value(self, claims: list[Claim], random: Random) -> None:
        shuffled = list(claims)
        random.shuffle(shuffled)
        assert facts.when(shuffled).value == facts.when(claims).value
        assert facts.where(shuffled).value == facts.where(claims).value
        assert [fact.value.count for fact in facts.harm(shuffled)] == [fact.value.count for fact in facts.harm(claims)]
        assert (graded(shuffled).value, graded(shuffled).rule) == (graded(claims).value, graded(claims).rule)
        accused = [{row.accused: set(row.claimants) for row in facts.accusations(order).value} for order in (shuffled, claims)]
        assert accused[0] == accused[1]

    @given(CLAIMS)
    def test_the_span_holds_every_time_given_and_reaches_no_further(self, claims: list[Claim]) -> None:
        spans = [one.when for one in claims if one.when]
        whole = facts.when(claims).value
        assert (whole is None) == (not spans)
        if whole:
            assert (whole.starts_at, whole.ends_at) == (min(one.starts_at for one in spans), max(one.ends_at for one in spans))  # type: ignore[type-var]

    @given(CLAIMS)
    def test_no_harm_claim_is_lost_and_none_is_counted_twice(self, claims: list[Claim]) -> None:
        stated_rows = sorted((one.report, row.kind, row.group, str(row.count)) for one in claims for row in one.harm)
        found = sorted(
            (report, fact.value.kind, fact.value.group, str(count)) for fact in facts.harm(claims) for report, _by, count in fact.value.claims
        )
        assert found == stated_rows

    @given(CLAIMS)
    def test_every_fact_names_its_rule_in_a_sentence(self, claims: list[Claim]) -> None:
        derived: list[Fact[Any]] = [facts.when(claims), facts.where(claims), facts.accusations(claims), graded(claims), *facts.harm(claims)]
        for fact in derived:
            assert str(fact.rule.label).endswith(".")
            assert set(fact.reports) <= {one.report for one in claims}


def test_a_range_never_replaces_a_number_that_is_not_stated() -> None:
    [fact] = facts.harm([claim("R1", harm=[killed(None)])])
    assert (fact.rule, fact.value.count.low, fact.value.claims[0][2]) == (DerivedBy.NOTHING_STATED, None, Range())
