"""Names across scripts and spellings: what is read as one, how candidates are scored, and that nothing is picked silently."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidents.rules.areas import Point, distance_km
from incidents.rules.lookups import Names, Verdict, verdict
from incidents.rules.names import Match, Named, NameReason, compared, match
from incidents.rules.spelling import PARTY_WORDS, parts, spelling

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
URUM = Point(36.1481, 36.94775, 3_000)
BIG_ORM = Named("C1029", ("Big Orm", "أورم الكبرى"), Point(36.14796672, 36.94723381))
LITTLE_ORM = Named("C1027", ("Little Orm", "أورم الصغرى"), Point(36.11732707, 36.90715889))
ORM_ELJOZ = Named("C4269", ("Orm Eljoz", "أورم الجوز"), Point(35.79120563, 36.56704882))
ORMS = (BIG_ORM, LITTLE_ORM, ORM_ELJOZ)


def score(one: str, other: str) -> float:
    return compared(one, other)[0]


class TestUrumAlKubra:
    @pytest.mark.parametrize(
        "name",
        ["Urum al Kubra town", "Urem al-Kubra", "أورم الكبرى", "اورم الكبري", "بلدة أورم الكبرى", "Ūrum al-Kubrá", "Orum El Koubra", "URUM AL-KOBRA"],
    )
    def test_every_spelling_finds_big_orm_and_not_little_orm(self, name: str) -> None:
        for near in (None, URUM):
            found = Names(ORMS).find(name, near)
            assert (found.verdict, found.matches[0].id) == (Verdict.CLEAR, "C1029")
            assert found.matches[0].score > 0.85
            assert all(other.score < 0.6 for other in found.matches[1:])

    def test_the_other_one_is_found_as_the_other_one(self) -> None:
        assert Names(ORMS).find("Urum al-Sughra").matches[0].id == "C1027"
        assert NameReason.OTHER_MARKER in match("Urum al-Sughra", BIG_ORM).reasons

    def test_without_saying_which_neither_is_clear(self) -> None:
        found = Names(ORMS).find("Urum")
        assert found.verdict != Verdict.CLEAR
        assert {one.id for one in found.matches[:2]} == {"C1029", "C1027"}

    def test_by_coordinates_alone_it_is_only_suggested(self) -> None:
        found = Names(ORMS).find("a name that nobody knows", URUM)
        assert (found.verdict, found.matches[0].id) == (Verdict.UNSURE, "C1029")
        assert NameReason.NEAR in found.matches[0].reasons

    def test_by_an_alias_that_was_entered_it_is_the_same(self) -> None:
        entry = Named("C1029", ("Big Orm", "أورم الكبرى", "Urum al-Kubra"), BIG_ORM.point)
        found = match("Urum al Kubra town", entry)
        assert (found.score, found.name, found.reasons) == (1.0, "Urum al-Kubra", (NameReason.SAME, NameReason.ALIAS))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أورم الكبرى", "اورم الكبري"),
        ("إِدْلِب", "ادلب"),
        ("الرقـــة", "الرقه"),
        ("مدينة حمص", "حمص"),
        ("Idlib town", "IDLIB"),
        ("Al-Bab", "el bab"),
        ("Al Bab", "Bab"),
        ("Ma'arrat al-Nu'man", "Maarrat an Numan"),
        ("Dar\u02bfa", "Dara"),
        ("Açe", "ace"),
    ],
)
def test_the_same_name_but_for_how_it_is_written(one: str, other: str) -> None:
    assert compared(one, other) == (1.0, (NameReason.SAME,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Idlib", "Idleb"),
        ("Urum", "Orum"),
        ("Kubbah", "Kobba"),
        ("Deir", "Dayr"),
        ("Sheikh Miskin", "Ash Shaykh Maskin"),
        ("Kafr Sajnah", "Kafrsajna"),
        ("Qurayya", "Quriyeh"),
        ("Khirbat Ghazalah", "Kherbet Ghazala"),
        ("Salqin", "سلقين"),
        ("الشيخ مسكين", "Sheikh Miskin"),
        ("إدلب", "Idlib"),
        ("Deir ez-Zor", "دير الزور"),
        ("Moadamiyat al-Sham", "معضمية الشام"),
        ("Maarat al-Numaan", "معرة النعمان"),
        ("Darayya", "داريا"),
        ("Douma", "دوما"),
    ],
)
def test_another_spelling_of_the_same_name_scores_high(one: str, other: str) -> None:
    assert score(one, other) >= 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aleppo", "Damascus"),
        ("Homs", "Hama"),
        ("Idlib", "Daraa"),
        ("حلب", "دمشق"),
        ("Kafr Nabl", "Kafr Takharim"),
        ("Upper Makhrim", "Lower Makhrim"),
        ("Ghariyah al-Sharqiyah", "الغارية الغربية"),
        ("Urum al-Kubra", "Urum al-Sughra"),
    ],
)
def test_other_names_score_low(one: str, other: str) -> None:
    assert score(one, other) < 0.6


@pytest.mark.parametrize(
    ("english", "arabic"),
    [
        ("Upper Makhrim", "المخرم الفوقاني"),
        ("Western Kafr Jum", "كفر جوم غربية"),
        ("Eastern Ghariyeh", "الغارية الشرقية"),
        ("Little Sura", "الصورة الصغيرة"),
        ("Big Orm", "Urum al-Kubra"),
    ],
)
def test_big_and_upper_are_read_alike_in_both_languages(english: str, arabic: str) -> None:
    assert spelling(english).markers == spelling(arabic).markers != ()
    assert score(english, arabic) > 0.85


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Tadmur/Palmyra town", ["Tadmur/Palmyra town", "Tadmur", "Palmyra town"]),
        ("Al-Rai town (Choban Bey)", ["Al-Rai town", "Choban Bey"]),
        ("Maskana - Onaiza", ["Maskana - Onaiza", "Maskana", "Onaiza"]),
        ("مسكنة_عنيزة", ["مسكنة_عنيزة", "مسكنة", "عنيزة"]),
        ("Deir ez-Zor", ["Deir ez-Zor"]),
        ("(only this)", ["(only this)", "only this"]),
        ("", []),
    ],
)
def test_a_name_may_hold_several(name: str, of: list[str]) -> None:
    assert list(parts(name)) == of


def test_a_part_of_a_name_counts_less_than_the_whole() -> None:
    assert compared("Palmyra", "Tadmur/Palmyra town") == (0.9, (NameReason.SAME, NameReason.PART))


@pytest.mark.parametrize("name", ["", "   ", "---", "al", "town", "؟"])
def test_names_of_nothing_find_nothing_and_break_nothing(name: str) -> None:
    assert Names(ORMS).find(name).verdict in {Verdict.NONE, Verdict.UNSURE}
    assert Names([Named("x", ())]).find("Urum").matches == ()


class TestParties:
    parties = Names(
        [
            Named("zenki", ("Nour al-Din al-Zenki Movement", "حركة نور الدين الزنكي", "Harakat Nour al-Din al-Zenki")),
            Named("jaysh-islam", ("Jaysh al-Islam", "جيش الإسلام", "Army of Islam")),
            Named("ahrar", ("Ahrar al-Sham", "أحرار الشام")),
            Named("nusra", ("Jabhat al-Nusra", "جبهة النصرة", "al-Nusra Front")),
            Named("fateh", ("Jabhat Fateh al-Sham", "جبهة فتح الشام")),
        ],
        PARTY_WORDS,
    )

    @pytest.mark.parametrize(
        ("name", "party"),
        [
            ("Nour al Din al Zinki", "zenki"),
            ("نور الدين الزنكي", "zenki"),
            ("Jaish al-Islam", "jaysh-islam"),
            ("Army of Islam", "jaysh-islam"),
            ("Ahrar ash-Sham", "ahrar"),
            ("احرار الشام", "ahrar"),
            ("Jabhat Fatah al-Sham", "fateh"),
            ("Al Nusra Front", "nusra"),
        ],
    )
    def test_a_party_is_found_by_its_names(self, name: str, party: str) -> None:
        found = self.parties.find(name)
        assert (found.verdict, found.matches[0].id) == (Verdict.CLEAR, party)


class TestDistance:
    @pytest.mark.parametrize(
        ("name", "north", "reason"), [("Urum al-Kubra", 0.0, NameReason.NEAR), ("Urum al-Kubra", 0.15, None), ("Urum al-Kubra", 1.0, NameReason.FAR)]
    )
    def test_is_evidence_for_or_against(self, name: str, north: float, reason: NameReason | None) -> None:
        plain, placed = match(name, BIG_ORM), match(name, BIG_ORM, Point(36.148 + north, 36.947))
        assert placed.km is not None and placed.km == pytest.approx(north * 111.2, abs=0.1)
        assert (placed.score > plain.score) == (reason == NameReason.NEAR)
        assert {NameReason.NEAR, NameReason.FAR} & set(placed.reasons) == ({reason} if reason else set())

    def test_a_coarse_place_is_not_held_against_a_name(self) -> None:
        coarse = Point(36.25, 37.0, 15_000)
        assert NameReason.NEAR in match("Urum al-Kubra", BIG_ORM, coarse).reasons

    def test_two_of_one_name_are_told_apart_by_where_they_are(self) -> None:
        here, there = Named("a", ("Tayyibah",), Point(35.0, 38.9)), Named("b", ("Tayyibah",), Point(32.5, 36.2))
        assert Names([here, there]).find("Taybah").verdict == Verdict.SEVERAL
        found = Names([here, there]).find("Taybah", Point(32.51, 36.2))
        assert (found.verdict, found.matches[0].id) == (Verdict.CLEAR, "b")


def scored(value: float) -> Match:
    return Match("x", value, "x", ())


@pytest.mark.parametrize(
    ("scores", "is_one"),
    [
        ([], Verdict.NONE),
        ([1.0], Verdict.CLEAR),
        ([0.84], Verdict.SEVERAL),
        ([0.5], Verdict.UNSURE),
        ([1.0, 1.0], Verdict.SEVERAL),
        ([1.0, 0.97], Verdict.SEVERAL),
        ([1.0, 0.9], Verdict.CLEAR),
        ([0.5, 1.0], Verdict.CLEAR),
    ],
)
def test_only_a_high_score_with_a_lead_is_clear(scores: list[float], is_one: Verdict) -> None:
    assert verdict([scored(value) for value in scores]) == is_one


TEXT = st.text(alphabet=st.sampled_from("abdehiklmnoqrstuwyz '-/()أإاةىيوكبرشخغمدن"), max_size=16)


class TestAlways:
    @given(TEXT, TEXT)
    def test_a_score_is_between_0_and_1_and_the_same_both_ways(self, one: str, other: str) -> None:
        assert 0 <= score(one, other) <= 1
        assert score(one, other) == pytest.approx(score(other, one))

    @given(TEXT)
    def test_a_name_is_itself_and_case_makes_no_difference(self, name: str) -> None:
        if spelling(name).written:
            assert score(name, name) == score(name, name.upper()) == 1.0

    @given(TEXT, st.floats(-60, 60), st.floats(-170, 170))
    def test_coordinates_never_make_a_score_of_more_than_1(self, name: str, latitude: float, longitude: float) -> None:
        here = Point(latitude, longitude)
        found = match(name, Named("x", ("Urum al-Kubra",), here), here)
        assert 0.5 <= found.score <= 1
        assert found.score >= match(name, Named("x", ("Urum al-Kubra",))).score

    @given(TEXT)
    @example("/(a)")
    def test_the_index_finds_what_is_in_it(self, name: str) -> None:
        if spelling(name).written:
            assert Names([*ORMS, Named("x", (name,))]).find(name, limit=99).matches[0].score == 1.0


@pytest.fixture(scope="module")
def gazetteer() -> list[Named]:
    path = DATA / "gazetteer-syria-ocha.csv"
    if not path.exists():
        pytest.skip(f"shared data absent: {path.name}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Named(row["pcode"], tuple(name for name in (row["name_en"], row["name_ar"]) if name), Point(float(row["latitude"]), float(row["longitude"])))
        for row in rows
    ]


@pytest.fixture(scope="module")
def truth(gazetteer: list[Named]) -> list[tuple[str, Point, str]]:
    """Places that UCDP names as settlements, exactly placed, with exactly one settlement of the gazetteer within 3 km: taken as the same.

    It is a rough truth: some rows lie nearest to another village than the one they name, and those no name can find.
    """
    path = DATA / "ucdp-ged-syria-2016.csv"
    if not path.exists():
        pytest.skip(f"shared data absent: {path.name}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["where_prec"] == "1"]
    found = []
    for name, latitude, longitude in sorted({(row["where_coordinates"], float(row["latitude"]), float(row["longitude"])) for row in rows}):
        here = Point(latitude, longitude)
        close = [one for one in gazetteer if one.point and abs(one.point.latitude - latitude) < 0.05 and distance_km(one.point, here) <= 3]
        if len(close) == 1 and re.search(r"\b(town|village|city|suburb)\b", name):
            found.append((name, here, close[0].id))
    return found


@pytest.mark.slow
class TestOnRealNames:
    """UCDP's place names of 2016 against OCHA's 5,621 settlements: the names alone, then with coordinates to a tenth of a degree (some 8 km)."""

    @pytest.mark.parametrize(
        ("with_coordinates", "precision_at_least", "recall_at_least", "among_five_at_least"), [(False, 0.9, 0.5, 0.8), (True, 0.98, 0.78, 0.94)]
    )
    def test_a_clear_match_is_nearly_always_right(
        self,
        gazetteer: list[Named],
        truth: list[tuple[str, Point, str]],
        with_coordinates: bool,
        precision_at_least: float,
        recall_at_least: float,
        among_five_at_least: float,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        index, seen = Names(gazetteer), Counter[str]()
        for name, here, expected in truth:
            rough = Point(round(here.latitude, 1), round(here.longitude, 1), 8_000) if with_coordinates else None
            found = index.find(name, rough)
            seen["clear"] += found.verdict == Verdict.CLEAR
            seen["right"] += found.verdict == Verdict.CLEAR and found.matches[0].id == expected
            seen["among five"] += expected in {one.id for one in found.matches}
        precision, recall, among = seen["right"] / seen["clear"], seen["right"] / len(truth), seen["among five"] / len(truth)
        with capsys.disabled():
            print(  # noqa: T201
                f"\nplace names {'with rough coordinates' if with_coordinates else 'alone'}: {len(truth)} names, {len(gazetteer)} settlements: "
                f"clear {seen['clear']}, precision {precision:.3f}, recall {recall:.3f}, among the first five {among:.3f}"
            )
        assert (precision >= precision_at_least, recall >= recall_at_least, among >= among_five_at_least) == (True, True, True)

    @pytest.mark.parametrize("name", ["Urum al Kubra town", "Urem al-Kubra", "أورم الكبرى"])
    def test_urum_al_kubra_is_clear_among_all_of_syria(self, gazetteer: list[Named], name: str) -> None:
        for near in (None, URUM):
            found = Names(gazetteer).find(name, near)
            assert (found.verdict, found.matches[0].id) == (Verdict.CLEAR, "C1029")
