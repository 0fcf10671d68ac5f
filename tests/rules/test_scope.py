"""Is an event within the terms? In force, party bound, target excluded, place covered - each with its reasons, none resolved by a rule."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.areas import Point
from incidents.rules.binding import party_bound
from incidents.rules.bonds import Affiliation, Bonds, Days, Membership, Party, Side
from incidents.rules.findings import Because as B
from incidents.rules.findings import ScopeQuestion as Q
from incidents.rules.findings import combined
from incidents.rules.grounds import Area, Place, place_covered
from incidents.rules.scope import Agreement, Event, asked, in_force, local_days
from incidents.rules.standing import Dates, Declaration
from incidents.rules.targets import TargetView, target_excluded
from incidents.rules.timespans import Timespan
from incidents.vocabulary import AffiliationKind as K
from incidents.vocabulary import Role, Stance
from incidents.vocabulary import ScopeAnswer as A
from incidents.vocabulary import TimePrecision as P

DAMASCUS = ZoneInfo("Asia/Damascus")
SEPTEMBER = Dates(date(2016, 9, 9), datetime(2016, 9, 12, 19, tzinfo=DAMASCUS), datetime(2016, 9, 19, 19, tzinfo=DAMASCUS), DAMASCUS)
FEBRUARY = Dates(date(2016, 2, 22), datetime(2016, 2, 27, tzinfo=DAMASCUS), None, DAMASCUS)
THE_17TH = Days(date(2016, 9, 17), date(2016, 9, 17))
THE_19TH = date(2016, 9, 19)

SYRIA, RUSSIA, US, IRAN = (Party(name.lower(), name) for name in ("Syria", "Russia", "United States", "Iran"))
COALITION = Party("coalition", "US-led coalition")
DENMARK = Party("denmark", "Denmark")
HNC, ZENKI = Party("hnc", "High Negotiations Committee"), Party("zenki", "Nour al-Din al-Zenki")
IS, NUSRA, FATEH = Party("is", "Islamic State"), Party("nusra", "Jabhat al-Nusra"), Party("fateh", "Jabhat Fateh al-Sham")
KURDS, UN, SOHR, ALLY = Party("kurds", "Kurdish forces"), Party("un", "United Nations"), Party("sohr", "SOHR"), Party("ally", "an ally")
ARMY = Party("syrian-army", "Syrian army")
PEOPLE = Party("civilians", "civilians")
A_SIDE, B_SIDE = "Government and allies", "Opposition"

MEMBERSHIPS = (
    Membership(SYRIA, Role.ON_SIDE, A_SIDE),
    Membership(RUSSIA, Role.GUARANTOR),
    Membership(RUSSIA, Role.ON_SIDE, A_SIDE),
    Membership(US, Role.GUARANTOR),
    Membership(HNC, Role.ON_SIDE, B_SIDE),
    Membership(IS, Role.EXCLUDED),
    Membership(NUSRA, Role.EXCLUDED),
    Membership(UN, Role.HUMANITARIAN),
    Membership(SOHR, Role.THIRD_PARTY),
)
AFFILIATIONS = (
    Affiliation(COALITION, K.SPONSORED, US),
    Affiliation(DENMARK, K.MEMBER, COALITION),
    Affiliation(ARMY, K.ARMED_WING, SYRIA),
    Affiliation(NUSRA, K.RENAMED, FATEH, from_on=date(2016, 7, 28)),
)
BONDS = Bonds(MEMBERSHIPS, AFFILIATIONS)

OVER = Declaration("syria", "Syria", Stance.OVER, THE_19TH)
DEAD = Declaration("hnc", "opposition", Stance.FAILED, THE_19TH, "clinically dead")
PROLONG = [Declaration("us", "United States", Stance.PROLONG, THE_19TH), Declaration("russia", "Russia", Stance.PROLONG, THE_19TH)]
OF_THE_19TH = [OVER, DEAD, *PROLONG]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(starts: str, ends: str | None = None, precision: P = P.EXACT) -> Timespan:
    return Timespan(precision, utc(starts), utc(ends or starts), None)


UNKNOWN_TIME = Timespan(P.UNKNOWN, None, None, None)
THE_STRIKE = span("2016-09-17T14:10")
THE_CONVOY = span("2016-09-19T16:12", "2016-09-19T17:00")


class TestDeirEzZor:
    """17 September 2016: a US-led strike hits Syrian army positions; the United States meant the Islamic State."""

    event = Event(THE_STRIKE, accused=[COALITION], views=[TargetView(US, (IS,))], struck=(ARMY,))
    found = asked(event, Agreement(SEPTEMBER, OF_THE_19TH, BONDS))

    def test_the_truce_was_in_force(self) -> None:
        assert (self.found.in_force.answer, self.found.in_force.codes) == (A.YES, (B.IN_FORCE,))

    def test_whether_the_party_was_bound_is_contested(self) -> None:
        assert self.found.party_bound.answer == A.CONTESTED
        assert [reason.text for reason in self.found.party_bound.reasons] == [
            "US-led coalition is on no side; United States is its sponsor, leader or partner, and a guarantor or broker."
        ]

    def test_the_target_was_excluded_as_the_united_states_claims_it_and_not_as_struck(self) -> None:
        [(claimant, claimed)] = self.found.target.claimed
        assert (claimant, claimed.answer, claimed.reasons[0].text) == (US, A.YES, "Islamic State is excluded from the truce.")
        assert (self.found.target.struck.answer, self.found.target.struck.codes) == (A.NO, (B.NOT_EXCLUDED, B.AS_STRUCK))
        assert self.found.target.whole.answer == A.CONTESTED

    def test_no_rule_resolves_what_is_contested(self) -> None:
        assert self.found.open_questions == (Q.PARTY_BOUND, Q.TARGET_EXCLUDED)

    @pytest.mark.parametrize("accused", [US, DENMARK])
    def test_the_sponsor_itself_and_a_state_that_took_part_are_contested_too(self, accused: Party) -> None:
        assert party_bound([accused], BONDS, THE_17TH).answer == A.CONTESTED


class TestUrumAlKubra:
    """19 September 2016, from between 19:12 and 20:00: an aid convoy is struck, minutes after the truce of seven days ran out."""

    def test_under_the_september_truce_it_is_contested_whether_it_was_in_force(self) -> None:
        found = in_force(SEPTEMBER, OF_THE_19TH, THE_CONVOY)
        assert found.answer == A.CONTESTED
        assert [reason.text for reason in found.reasons] == [
            "By its dates it had lapsed (2016-09-19 19:00).",
            "Declared by then: Syria: over; opposition: 'clinically dead'; United States and Russia: prolong.",
        ]

    def test_under_the_february_cessation_it_was_in_force(self) -> None:
        found = in_force(FEBRUARY, [], THE_CONVOY)
        assert (found.answer, found.codes) == (A.YES, (B.OPEN_ENDED,))

    def test_without_anybody_who_prolongs_it_had_lapsed(self) -> None:
        assert in_force(SEPTEMBER, [], THE_CONVOY).answer == A.NO
        assert in_force(SEPTEMBER, [OVER], THE_CONVOY).answer == A.NO


class TestInForce:
    @pytest.mark.parametrize(
        ("when", "answer", "code"),
        [
            (span("2016-09-08T12:00"), A.NO, B.NOT_YET),
            (span("2016-09-12T15:59:59"), A.NO, B.NOT_YET),
            (span("2016-09-12T16:00"), A.YES, B.IN_FORCE),
            (span("2016-09-19T15:59:59"), A.YES, B.IN_FORCE),
            (span("2016-09-19T16:00"), A.NO, B.LAPSED),
            (span("2016-09-14T21:00", "2016-09-15T21:00", P.DAY), A.YES, B.IN_FORCE),
            (span("2016-09-19T15:00", "2016-09-19T16:00", P.HOUR), A.YES, B.IN_FORCE),
            (span("2016-09-18T21:00", "2016-09-19T21:00", P.DAY), A.UNKNOWN, B.CHANGES_WITHIN),
            (span("2016-09-11T21:00", "2016-09-12T21:00", P.DAY), A.UNKNOWN, B.CHANGES_WITHIN),
            (span("2016-08-31T21:00", "2016-09-30T21:00", P.MONTH), A.UNKNOWN, B.CHANGES_WITHIN),
            (UNKNOWN_TIME, A.UNKNOWN, B.TIME_UNKNOWN),
        ],
    )
    def test_by_its_dates(self, when: Timespan, answer: A, code: B) -> None:
        found = in_force(SEPTEMBER, [], when)
        assert (found.answer, found.codes[0]) == (answer, code)

    def test_a_change_within_the_time_names_when(self) -> None:
        found = in_force(SEPTEMBER, [], span("2016-09-18T21:00", "2016-09-19T21:00", P.DAY))
        assert found.reasons[0].text == "The answer changes within the time in which this happened (2016-09-19 19:00)."
        assert found.codes[1:] == (B.IN_FORCE, B.LAPSED)

    def test_a_declaration_within_the_time_changes_it_too(self) -> None:
        suspended = Declaration("syria", "Syria", Stance.SUSPENDS, datetime(2016, 9, 15, 12, tzinfo=DAMASCUS))
        assert in_force(SEPTEMBER, [suspended], span("2016-09-15T08:00")).answer == A.YES
        assert in_force(SEPTEMBER, [suspended], span("2016-09-15T09:00")).answer == A.CONTESTED
        assert in_force(SEPTEMBER, [suspended], span("2016-09-14T21:00", "2016-09-15T21:00", P.DAY)).answer == A.UNKNOWN

    def test_an_end_declared_while_the_dates_still_run_is_contested(self) -> None:
        assert in_force(FEBRUARY, [OVER], THE_CONVOY).answer == A.CONTESTED

    def test_a_remark_changes_nothing(self) -> None:
        meaningless = Declaration("russia", "Russia", Stance.MEANINGLESS, date(2016, 9, 14))
        assert in_force(SEPTEMBER, [meaningless], THE_STRIKE).answer == A.YES

    def test_a_truce_that_another_replaced_was_no_longer_in_force(self) -> None:
        replaced = Dates(None, FEBRUARY.starts_at, None, DAMASCUS, superseded_at=utc("2016-09-12T16:00"))
        assert in_force(replaced, [], THE_STRIKE).codes == (B.SUPERSEDED,)
        assert in_force(replaced, [], THE_STRIKE).answer == A.NO


class TestPartyBound:
    @pytest.mark.parametrize(
        ("accused", "answer", "codes"),
        [
            ([], A.UNKNOWN, [B.NOBODY_ACCUSED]),
            ([SYRIA], A.YES, [B.ON_SIDE]),
            ([RUSSIA], A.YES, [B.ON_SIDE]),  # guarantor and on a side
            ([US], A.CONTESTED, [B.GUARANTOR]),
            ([COALITION], A.CONTESTED, [B.TIED_TO_GUARANTOR]),
            ([ARMY], A.YES, [B.BODY_ON_SIDE]),
            ([SOHR], A.NO, [B.NOT_BOUND]),
            ([UN], A.NO, [B.NOT_BOUND]),
            ([IS], A.NO, [B.EXCLUDED]),
            ([FATEH], A.NO, [B.BODY_EXCLUDED]),  # renamed from an excluded group
            ([KURDS], A.UNKNOWN, [B.NO_ROLE]),
            ([Side("A", A_SIDE)], A.YES, [B.SIDE_ACCUSED]),
            ([SYRIA, RUSSIA], A.YES, [B.ON_SIDE, B.ON_SIDE]),
            ([SYRIA, IS], A.CONTESTED, [B.ON_SIDE, B.EXCLUDED]),
            ([SYRIA, KURDS], A.UNKNOWN, [B.ON_SIDE, B.NO_ROLE]),
            ([SOHR, UN], A.NO, [B.NOT_BOUND, B.NOT_BOUND]),
        ],
    )
    def test_by_who_is_accused(self, accused: Sequence[Party | Side], answer: A, codes: list[B]) -> None:
        found = party_bound(accused, BONDS, THE_17TH)
        assert (found.answer, list(found.codes)) == (answer, codes)

    def test_a_reason_carries_who_and_which_side(self) -> None:
        reason = party_bound([ARMY], BONDS, THE_17TH).reasons[0]
        assert reason.facts == {"id": "syrian-army", "name": "Syrian army", "other_id": "syria", "other": "Syria", "side": A_SIDE}
        assert reason.text == "Syrian army is part of Syria, which is on a side (Government and allies)."

    def test_a_coalition_on_no_side_whose_member_is_on_one_is_contested(self) -> None:
        ties = (Affiliation(ZENKI, K.MEMBER, ALLY), Affiliation(HNC, K.MEMBER, ALLY))
        assert party_bound([ALLY], Bonds(MEMBERSHIPS, ties), THE_17TH).codes == (B.MEMBER_ON_SIDE,)

    def test_a_guarantor_is_not_tied_to_itself_through_its_coalition(self) -> None:
        ties = (Affiliation(US, K.MEMBER, COALITION), Affiliation(DENMARK, K.MEMBER, COALITION))
        assert party_bound([US], Bonds(MEMBERSHIPS, ties), THE_17TH).codes == (B.GUARANTOR,)
        assert party_bound([DENMARK], Bonds(MEMBERSHIPS, ties), THE_17TH).codes == (B.TIED_TO_GUARANTOR,)

    def test_another_member_of_such_a_coalition_is_not_drawn_in(self) -> None:
        ties = (Affiliation(ZENKI, K.MEMBER, ALLY), Affiliation(HNC, K.MEMBER, ALLY))
        assert party_bound([ZENKI], Bonds(MEMBERSHIPS, ties), THE_17TH).answer == A.UNKNOWN

    def test_an_ally_of_a_bound_party_is_contested_from_either_end_and_its_allies_are_not(self) -> None:
        friend = Party("friend", "friend")
        ties = Bonds(MEMBERSHIPS, (Affiliation(ALLY, K.ALLIED, SYRIA), Affiliation(friend, K.ALLIED, ALLY)))
        assert party_bound([ALLY], ties, THE_17TH).codes == (B.TIED_TO_SIDE,)
        assert party_bound([friend], ties, THE_17TH).answer == A.UNKNOWN
        assert party_bound([ALLY], Bonds(MEMBERSHIPS, (Affiliation(SYRIA, K.ALLIED, ALLY),)), THE_17TH).codes == (B.TIED_TO_SIDE,)

    def test_a_group_that_split_off_is_no_longer_bound_through_the_other(self) -> None:
        assert party_bound([ZENKI], Bonds(MEMBERSHIPS, (Affiliation(ZENKI, K.SPLIT, HNC),)), THE_17TH).answer == A.UNKNOWN

    def test_on_a_side_and_excluded_at_once_is_contested(self) -> None:
        both = Bonds((*MEMBERSHIPS, Membership(IS, Role.ON_SIDE, B_SIDE)))
        assert party_bound([IS], both, THE_17TH).answer == A.CONTESTED

    @pytest.mark.parametrize(
        ("first", "last", "answer"),
        [
            ("2016-09-09", "2016-09-09", A.UNKNOWN),
            ("2016-09-10", "2016-09-10", A.YES),
            ("2016-09-15", "2016-09-15", A.YES),
            ("2016-09-16", "2016-09-16", A.UNKNOWN),
            ("2016-09-10", "2016-09-15", A.YES),
            ("2016-09-15", "2016-09-16", A.UNKNOWN),
            ("2016-09-09", "2016-09-10", A.UNKNOWN),
        ],
    )
    def test_ties_count_on_the_days_they_hold_both_included(self, first: str, last: str, answer: A) -> None:
        joined = Affiliation(ZENKI, K.MEMBER, HNC, date(2016, 9, 10), date(2016, 9, 15))
        days = Days(date.fromisoformat(first), date.fromisoformat(last))
        assert party_bound([ZENKI], Bonds(MEMBERSHIPS, (joined,)), days).answer == answer

    def test_whoever_left_within_the_time_is_unknown_with_the_day(self) -> None:
        left = Bonds((Membership(ZENKI, Role.ON_SIDE, B_SIDE, until_on=date(2016, 9, 15)),))
        found = party_bound([ZENKI], left, Days(date(2016, 9, 12), date(2016, 9, 18)))
        assert (found.answer, found.codes) == (A.UNKNOWN, (B.CHANGES_WITHIN, B.ON_SIDE, B.NO_ROLE))
        assert found.reasons[0].facts == {"at": ("2016-09-16",)}

    @pytest.mark.parametrize(("party", "answer"), [(SYRIA, A.YES), (FATEH, A.UNKNOWN), (SOHR, A.NO)])
    def test_on_an_unknown_day_only_what_held_throughout_is_known(self, party: Party, answer: A) -> None:
        assert party_bound([party], BONDS, Days(None, None)).answer == answer

    def test_a_renaming_carries_over_and_circles_end(self) -> None:
        ties = (Affiliation(HNC, K.RENAMED, ZENKI), Affiliation(ZENKI, K.MEMBER, ALLY), Affiliation(ALLY, K.MEMBER, ZENKI))
        assert party_bound([ZENKI], Bonds(MEMBERSHIPS, ties), THE_17TH).codes == (B.BODY_ON_SIDE,)


class TestTargetExcluded:
    @pytest.mark.parametrize(
        ("claimed", "struck", "each", "as_struck", "whole"),
        [
            ([], None, [], A.UNKNOWN, A.UNKNOWN),
            ([], (IS,), [], A.YES, A.YES),
            ([], (ARMY,), [], A.NO, A.NO),
            ([(IS,)], None, [A.YES], A.UNKNOWN, A.UNKNOWN),
            ([(IS,)], (IS,), [A.YES], A.YES, A.YES),
            ([(IS,)], (ARMY,), [A.YES], A.NO, A.CONTESTED),
            ([(IS,), (ARMY,)], None, [A.YES, A.NO], A.UNKNOWN, A.CONTESTED),
            ([(PEOPLE,)], (PEOPLE,), [A.NO], A.NO, A.NO),
            ([(FATEH,)], (FATEH,), [A.YES], A.YES, A.YES),
            ([(IS, PEOPLE)], None, [A.CONTESTED], A.UNKNOWN, A.CONTESTED),
            ([()], (IS,), [], A.YES, A.YES),
        ],
    )
    def test_each_view_is_answered_on_its_own(
        self, claimed: list[tuple[Party, ...]], struck: tuple[Party, ...] | None, each: list[A], as_struck: A, whole: A
    ) -> None:
        found = target_excluded([TargetView(RUSSIA, targets) for targets in claimed], struck, BONDS, THE_17TH)
        assert ([one.answer for _by, one in found.claimed], found.struck.answer, found.whole.answer) == (each, as_struck, whole)

    def test_a_claim_alone_is_never_made_a_fact(self) -> None:
        found = target_excluded([TargetView(US, (IS,))], None, BONDS, THE_17TH)
        assert found.whole.codes == (B.EXCLUDED, B.CLAIMED_BY, B.TARGET_NOT_ASSESSED)

    def test_a_new_name_is_excluded_only_once_it_is_borne(self) -> None:
        before = Days(date(2016, 7, 27), date(2016, 7, 27))
        assert target_excluded([], (FATEH,), BONDS, before).struck.answer == A.NO

    def test_an_ally_of_an_excluded_group_is_contested(self) -> None:
        ties = Bonds(MEMBERSHIPS, (Affiliation(ALLY, K.ALLIED, NUSRA),))
        assert target_excluded([], (ALLY,), ties, THE_17TH).struck.codes == (B.TIED_TO_EXCLUDED, B.AS_STRUCK)
        assert target_excluded([], (ALLY,), ties, THE_17TH).struck.answer == A.CONTESTED

    def test_a_group_on_a_side_that_is_part_of_an_excluded_one_is_contested(self) -> None:
        ties = Bonds(MEMBERSHIPS, (Affiliation(HNC, K.MEMBER, NUSRA),))
        assert target_excluded([], (HNC,), ties, THE_17TH).struck.answer == A.CONTESTED


BOX = {"type": "Polygon", "coordinates": [[[36.5, 35.5], [37.5, 35.5], [37.5, 36.5], [36.5, 36.5], [36.5, 35.5]]]}
NORTH = Area("the north", shape=BOX)
ELSEWHERE = Area("elsewhere", shape={"type": "Polygon", "coordinates": [[[40, 33], [41, 33], [41, 34], [40, 33]]]})
PROVINCE = Area("Aleppo", place=Place("Aleppo", ("aleppo-gov", "syria")))
TOWN = Area("Darayya", place=Place("Darayya", ("darayya", "rif-dimashq", "syria"), Point(33.459, 36.2329, 3_000)))
URUM = Place("Urum al-Kubra", ("urum", "atareb", "aleppo-gov", "syria"), Point(36.1481, 36.94775, 3_000))


class TestPlaceCovered:
    @pytest.mark.parametrize(
        ("areas", "place", "answer", "code"),
        [
            ([], None, A.YES, B.NO_AREA),
            ([], URUM, A.YES, B.NO_AREA),
            ([NORTH], None, A.UNKNOWN, B.PLACE_UNKNOWN),
            ([NORTH], Place("somewhere"), A.UNKNOWN, B.PLACE_UNKNOWN),
            ([NORTH], URUM, A.YES, B.PLACE_INSIDE),
            ([ELSEWHERE], URUM, A.NO, B.PLACE_OUTSIDE),
            ([ELSEWHERE, NORTH], URUM, A.YES, B.PLACE_INSIDE),
            ([NORTH], Place("near the edge", (), Point(36.48, 37.0, 3_000)), A.UNKNOWN, B.PLACE_STRADDLES),
            ([NORTH], Place("the province", ("aleppo-gov",), Point(36.2, 37.0, None)), A.UNKNOWN, B.PLACE_STRADDLES),
            ([NORTH], Place("a name alone", ("urum",)), A.UNKNOWN, B.PLACE_STRADDLES),
            ([ELSEWHERE, NORTH], Place("near the edge", (), Point(36.48, 37.0, 3_000)), A.UNKNOWN, B.PLACE_STRADDLES),
            ([PROVINCE], URUM, A.YES, B.PLACE_INSIDE),
            ([PROVINCE], Place("Aleppo", ("aleppo-gov", "syria")), A.YES, B.PLACE_INSIDE),
            ([PROVINCE], Place("Syria", ("syria",)), A.UNKNOWN, B.PLACE_STRADDLES),
            ([PROVINCE], Place("Homs", ("homs", "homs-gov", "syria")), A.NO, B.PLACE_OUTSIDE),
            ([PROVINCE], Place("not filed anywhere", ("x",)), A.UNKNOWN, B.PLACE_STRADDLES),
            ([TOWN], Place("a street", (), Point(33.460, 36.233, 100)), A.YES, B.PLACE_INSIDE),
            ([TOWN], Place("a village", (), Point(33.55, 36.233, 1_000)), A.NO, B.PLACE_OUTSIDE),
            ([TOWN], Place("on its edge", (), Point(33.486, 36.2329, 1_000)), A.UNKNOWN, B.PLACE_STRADDLES),
            ([Area("not drawn yet")], URUM, A.UNKNOWN, B.PLACE_STRADDLES),
        ],
    )
    def test_by_shape_by_name_or_by_distance(self, areas: list[Area], place: Place | None, answer: A, code: B) -> None:
        found = place_covered(areas, place)
        assert (found.answer, found.codes) == (answer, (code,))

    def test_the_reason_names_the_areas(self) -> None:
        assert place_covered([ELSEWHERE, TOWN], URUM).reasons[0].text == "The place lies outside elsewhere and Darayya."


ANSWERS = st.sampled_from(list(A))


class TestViewsTogether:
    @given(st.lists(ANSWERS), st.randoms())
    def test_order_and_repetition_make_no_difference(self, answers: list[A], random: Any) -> None:
        shuffled = answers * 2
        random.shuffle(shuffled)
        assert combined(shuffled) == combined(answers)

    @given(st.lists(ANSWERS, min_size=1))
    def test_yes_or_no_only_when_every_view_says_so(self, answers: list[A]) -> None:
        for answer in (A.YES, A.NO):
            assert (combined(answers) == answer) == (set(answers) == {answer})

    @given(st.lists(ANSWERS))
    def test_what_is_contested_stays_so_whatever_else_is_said(self, answers: list[A]) -> None:
        assert combined([*answers, A.CONTESTED]) == A.CONTESTED
        assert combined([A.YES, *answers, A.NO]) == A.CONTESTED


def test_a_span_to_midnight_ends_on_the_day_before() -> None:
    found = local_days(span("2016-09-16T21:00", "2016-09-17T21:00", P.DAY), SEPTEMBER)
    assert found == THE_17TH
    assert local_days(THE_STRIKE, SEPTEMBER) == THE_17TH
    assert local_days(UNKNOWN_TIME, SEPTEMBER) == Days(None, None)


def test_every_sentence_can_be_filled() -> None:
    facts = {name: name for name in ("at", "standing", "name", "side", "other", "roles", "area")}
    for code in B:
        assert str(code.label) % facts


@pytest.mark.parametrize(("accused", "struck", "place"), list(product(([], [SYRIA]), (None, (IS,)), (None, URUM))))
def test_the_four_answers_stand_beside_one_another(accused: list[Party], struck: tuple[Party, ...] | None, place: Place | None) -> None:
    found = asked(Event(THE_STRIKE, accused, (), struck, place), Agreement(SEPTEMBER, (), BONDS, [PROVINCE]))
    assert found.in_force.answer == A.YES
    assert found.party_bound.answer == (A.YES if accused else A.UNKNOWN)
    assert found.target.whole.answer == (A.YES if struck else A.UNKNOWN)
    assert found.place_covered.answer == (A.YES if place else A.UNKNOWN)
