"""How an agreement stands: by its dates, by each party's latest word, and contested where these disagree."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.functional import Promise

from incidents.rules.standing import Dates, Declaration, Status, by_dates, listed, standing, summary
from incidents.vocabulary import Stance

DAMASCUS = ZoneInfo("Asia/Damascus")
SEPTEMBER = Dates(date(2016, 9, 9), datetime(2016, 9, 12, 19, tzinfo=DAMASCUS), datetime(2016, 9, 19, 19, tzinfo=DAMASCUS), DAMASCUS)
FEBRUARY = Dates(date(2016, 2, 22), datetime(2016, 2, 27, tzinfo=DAMASCUS), None, DAMASCUS)
NIGHT_OF_THE_19TH = datetime(2016, 9, 19, 23, tzinfo=DAMASCUS)
DURING = datetime(2016, 9, 15, 12, tzinfo=DAMASCUS)

THE_19TH = date(2016, 9, 19)
SYRIA = Declaration("syria", "Syria", Stance.OVER, THE_19TH, "the armed groups honoured no article")
HNC = Declaration("hnc", "opposition", Stance.FAILED, THE_19TH, "clinically dead")
US = Declaration("us", "United States", Stance.PROLONG, THE_19TH, "prepared to extend")
RUSSIA = Declaration("russia", "Russia", Stance.PROLONG, THE_19TH)
MEANINGLESS = Declaration("russia", "Russia", Stance.MEANINGLESS, THE_19TH)
COMPLIES = Declaration("russia", "Russia", Stance.COMPLIES, THE_19TH)
ZENKI = Declaration("zenki", "Nour al-Din al-Zenki", Stance.BLAMES, THE_19TH)


def said(stance: Stance, party: str = "syria", at: datetime | date = date(2016, 9, 13), wording: str = "") -> Declaration:
    return Declaration(party, party, stance, at, wording)


class TestTheNightOfThe19th:
    def test_one_line_says_who_says_what(self) -> None:
        found = standing(SEPTEMBER, [SYRIA, MEANINGLESS, COMPLIES, HNC, ZENKI, US, RUSSIA], NIGHT_OF_THE_19TH)
        assert summary(found) == "Syria: over; opposition: 'clinically dead'; United States and Russia: prolong"
        assert found.contested
        assert found.status == Status.LAPSED

    def test_words_that_do_not_end_or_keep_it_stand_beside(self) -> None:
        found = standing(SEPTEMBER, [SYRIA, MEANINGLESS, COMPLIES, HNC, ZENKI, US, RUSSIA], NIGHT_OF_THE_19TH)
        assert found.remarks == (MEANINGLESS, COMPLIES, ZENKI)

    def test_each_position_keeps_its_declarations_as_worded(self) -> None:
        found = standing(SEPTEMBER, [SYRIA, HNC, US, RUSSIA], NIGHT_OF_THE_19TH)
        assert [position.declarations for position in found.positions] == [(SYRIA,), (HNC,), (US, RUSSIA)]

    def test_the_order_is_that_of_time_where_times_are_known(self) -> None:
        early, late = datetime(2016, 9, 19, 9, tzinfo=UTC), datetime(2016, 9, 19, 16, tzinfo=UTC)
        declarations = [said(Stance.OVER, "later", late), said(Stance.PROLONG, "earlier", early), said(Stance.FAILED, "that day", THE_19TH)]
        assert summary(standing(SEPTEMBER, declarations, NIGHT_OF_THE_19TH)) == "that day: failed; earlier: prolong; later: over"

    def test_it_did_not_stand_so_the_day_before(self) -> None:
        found = standing(SEPTEMBER, [SYRIA, HNC, US, RUSSIA], datetime(2016, 9, 18, 23, 59, tzinfo=DAMASCUS))
        assert (found.positions, found.contested, summary(found)) == ((), False, "in force")


class TestTheLatestWordOfAParty:
    def test_replaces_its_earlier_one(self) -> None:
        found = standing(SEPTEMBER, [said(Stance.OVER, at=THE_19TH), said(Stance.ACCEPTS)], NIGHT_OF_THE_19TH)
        assert summary(found) == "syria: over"

    def test_is_not_replaced_by_a_remark(self) -> None:
        found = standing(SEPTEMBER, [said(Stance.ACCEPTS), said(Stance.BLAMES, at=date(2016, 9, 14))], DURING)
        assert summary(found) == "syria: accepts"

    def test_a_word_not_yet_said_does_not_count(self) -> None:
        later = said(Stance.OVER, at=datetime(2016, 9, 15, 12, 1, tzinfo=DAMASCUS))
        assert summary(standing(SEPTEMBER, [said(Stance.ACCEPTS), later], DURING)) == "syria: accepts"

    def test_a_word_counts_from_the_instant_it_is_said(self) -> None:
        assert summary(standing(SEPTEMBER, [said(Stance.OVER, at=DURING)], DURING)) == "syria: over"

    def test_a_day_begins_on_the_clocks_of_the_agreement(self) -> None:
        just_after_midnight_there = datetime(2016, 9, 18, 21, 30, tzinfo=UTC)
        assert summary(standing(SEPTEMBER, [SYRIA], just_after_midnight_there)) == "Syria: over"

    def test_a_known_time_goes_after_a_day_without_one(self) -> None:
        timed = said(Stance.PROLONG, at=datetime(2016, 9, 13, 0, 5, tzinfo=DAMASCUS))
        for declarations in ([timed, said(Stance.SUSPENDS)], [said(Stance.SUSPENDS), timed]):
            assert summary(standing(SEPTEMBER, declarations, DURING)) == "syria: prolong"

    def test_a_time_without_a_zone_is_a_mistake_of_the_caller(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            standing(SEPTEMBER, [said(Stance.OVER, at=datetime(2016, 9, 13, 12))], DURING)  # noqa: DTZ001


class TestContested:
    @pytest.mark.parametrize(
        ("stances", "as_of", "contested"),
        [
            ([], DURING, False),
            ([Stance.ACCEPTS, Stance.ACCEPTS], DURING, False),
            ([Stance.ACCEPTS, Stance.PROLONG], DURING, False),
            ([Stance.ACCEPTS, Stance.OVER], DURING, True),
            ([Stance.OVER, Stance.FAILED], DURING, True),
            ([Stance.SUSPENDS], DURING, True),
            ([Stance.SUSPENDS, Stance.OVER], NIGHT_OF_THE_19TH, True),
            ([Stance.OVER, Stance.FAILED], NIGHT_OF_THE_19TH, False),
            ([Stance.PROLONG], NIGHT_OF_THE_19TH, True),
            ([Stance.EXTENDS], NIGHT_OF_THE_19TH, True),
            ([Stance.ACCEPTS, Stance.OVER], NIGHT_OF_THE_19TH, False),
            ([Stance.BLAMES, Stance.DENIES], DURING, False),
        ],
    )
    def test_is_where_positions_or_dates_disagree(self, stances: list[Stance], as_of: datetime, contested: bool) -> None:
        declarations = [said(stance, f"party {index}") for index, stance in enumerate(stances)]
        assert standing(SEPTEMBER, declarations, as_of).contested is contested

    def test_an_end_declared_for_a_truce_without_an_end_is(self) -> None:
        assert standing(FEBRUARY, [SYRIA], NIGHT_OF_THE_19TH).contested


@pytest.mark.parametrize(
    ("dates", "as_of", "status"),
    [
        (SEPTEMBER, datetime(2016, 9, 8, 20, 59, tzinfo=UTC), Status.NOT_ANNOUNCED),
        (SEPTEMBER, datetime(2016, 9, 8, 21, tzinfo=UTC), Status.ANNOUNCED),
        (SEPTEMBER, datetime(2016, 9, 12, 15, 59, tzinfo=UTC), Status.ANNOUNCED),
        (SEPTEMBER, datetime(2016, 9, 12, 16, tzinfo=UTC), Status.IN_FORCE),
        (SEPTEMBER, datetime(2016, 9, 19, 15, 59, tzinfo=UTC), Status.IN_FORCE),
        (SEPTEMBER, datetime(2016, 9, 19, 16, tzinfo=UTC), Status.LAPSED),
        (FEBRUARY, NIGHT_OF_THE_19TH, Status.OPEN_ENDED),
        (Dates(None, None, None, DAMASCUS), DURING, Status.NOT_ANNOUNCED),
        (Dates(None, FEBRUARY.starts_at, None, DAMASCUS, superseded_at=DURING), DURING, Status.SUPERSEDED),
    ],
)
def test_its_dates_alone_say(dates: Dates, as_of: datetime, status: Status) -> None:
    assert by_dates(dates, as_of) == status


def test_a_truce_that_another_replaced_is_not_contested_by_an_old_extension() -> None:
    replaced = Dates(None, FEBRUARY.starts_at, None, DAMASCUS, superseded_at=DURING)
    assert not standing(replaced, [said(Stance.EXTENDS)], NIGHT_OF_THE_19TH).contested


@pytest.mark.parametrize(("names", "sentence"), [("A", "A"), ("AB", "A and B"), ("ABC", "A, B and C")])
def test_names_are_listed_as_in_a_sentence(names: str, sentence: str) -> None:
    assert listed(tuple(names)) == sentence


def test_the_words_wait_for_the_readers_language() -> None:
    assert isinstance(standing(SEPTEMBER, [SYRIA], NIGHT_OF_THE_19TH).positions[0].word, Promise)


def test_parties_that_call_it_dead_in_different_words_stay_apart() -> None:
    found = standing(SEPTEMBER, [HNC, said(Stance.FAILED, "other", THE_19TH, "buried")], NIGHT_OF_THE_19TH)
    assert summary(found) == "opposition: 'clinically dead'; other: 'buried'"
