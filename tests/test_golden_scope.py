"""What must come out of the demo: scope under both agreements, the incidents as their claims have them, and section 4 as it is printed."""

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from incidents.models import Agreement, Party, User
from incidents.queries import incidents, scope, section4
from incidents.queries.incidents import Dossier
from incidents.queries.scope import StruckBy, TimeUsed, UnderAgreement
from incidents.queries.section4 import Section4
from incidents.rules.binding import excluded_on
from incidents.rules.findings import Finding
from incidents.vocabulary import ClaimFlag, HarmGroup, HarmKind
from tests.demo.loaded import demo

READER = User(username="", role=User.Role.ANALYST)


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with demo(django_db_blocker):
        yield


@pytest.fixture(scope="module")
def golden(loaded: None) -> Section4:
    return section4.read(READER, timezone.now())


def under(dossier: Dossier, slug: str) -> UnderAgreement:
    (found,) = [one for one in dossier.scope if one.agreement.slug == slug]
    return found


def said(finding: Finding) -> tuple[str, list[str]]:
    return finding.answer.value, [reason.text for reason in finding.reasons]


# --- Deir ez-Zor


def test_deir_ez_zor_killed_62_at_least_to_90(golden: Section4) -> None:
    (killed,) = golden.deir_ez_zor.known.harmed(HarmKind.KILLED)
    assert incidents.stated(killed) == "62 (at least) to 90"
    assert killed.value.group == HarmGroup.FIGHTERS
    assert [report.claimant.slug for report in golden.deir_ez_zor.known.reports] == ["syrian-army-command", "sohr"]


def test_deir_ez_zor_was_in_force_and_whether_the_party_was_bound_is_contested(golden: Section4) -> None:
    found = under(golden.deir_ez_zor, "syria-2016-09").found
    assert said(found.in_force) == ("yes", ["By its dates it was in force."])
    because = "US-led coalition is on no side; United States is its sponsor, leader or partner, and a guarantor or broker."
    assert said(found.party_bound) == ("contested", [because])
    assert said(found.place_covered) == ("yes", ["The agreement names no area: it covers the whole."])


def test_deir_ez_zor_target_was_excluded_as_the_united_states_claims_and_not_as_struck(golden: Section4) -> None:
    asked = under(golden.deir_ez_zor, "syria-2016-09")
    ((by, claimed),) = asked.found.target.claimed
    assert (by.name, claimed.answer) == ("United States", "yes")
    assert (asked.found.target.struck.answer, asked.struck_by) == ("no", StruckBy.REPORTED)
    assert asked.found.target.whole.answer == "contested"


def test_no_rule_resolves_deir_ez_zor(golden: Section4) -> None:
    assert [question.value for question in under(golden.deir_ez_zor, "syria-2016-09").found.open_questions] == ["party_bound", "target_excluded"]
    assert golden.deir_ez_zor.assessments == []


def test_the_february_cessation_is_asked_as_well(golden: Section4) -> None:
    for dossier in (golden.deir_ez_zor, golden.urum_al_kubra):
        assert [one.agreement.slug for one in dossier.scope] == ["syria-2016-09", "syria-2016-02"]


# --- Urum al-Kubra


def test_urum_al_kubra_in_force_is_contested_in_september(golden: Section4) -> None:
    asked = under(golden.urum_al_kubra, "syria-2016-09")
    assert asked.time_used == TimeUsed.COMMON
    assert said(asked.found.in_force) == (
        "contested",
        [
            "By its dates it had lapsed (2016-09-19 19:00).",
            "Declared by then: Syria: over; opposition: 'clinically dead'; United States and Russia: prolong.",
        ],
    )


def test_urum_al_kubra_in_force_is_yes_in_february(golden: Section4) -> None:
    assert said(under(golden.urum_al_kubra, "syria-2016-02").found.in_force) == ("yes", ["It was in force and has no end date."])


def test_urum_al_kubra_has_six_death_counts_side_by_side(golden: Section4) -> None:
    killed = {
        (claim.report.claimant.slug, claim.best, claim.qualifier)
        for report in golden.urum_al_kubra.known.reports
        for claim in report.casualty_claims.all()
        if claim.kind == HarmKind.KILLED
    }
    assert killed == {
        ("aid-worker-security-database", 1, "exactly"),
        ("un-board-of-inquiry", 10, "at_least"),
        ("wikipedia", 14, "exactly"),
        ("ria-novosti", 18, "at_least"),
        ("icrc", 20, "about"),
        ("human-rights-watch", 21, "exactly"),
    }


def test_urum_al_kubra_groups_are_not_added(golden: Section4) -> None:
    killed = {fact.value.group.value: incidents.stated(fact) for fact in golden.urum_al_kubra.known.harmed(HarmKind.KILLED)}
    assert killed == {"civilians": "20 (about) to 21", "aid_workers": "1 to 14", "unknown": "10 (at least) to 18 (at least)"}


def test_urum_al_kubra_blame_is_contested_and_both_accused_were_bound(golden: Section4) -> None:
    accused = {row.accused.name if row.accused else None: len(row.claimants) for row in golden.urum_al_kubra.known.accusations.value}
    assert accused == {"Syria": 1, "Russia": 1, None: 6}
    assert under(golden.urum_al_kubra, "syria-2016-09").found.party_bound.answer == "yes"


def test_the_convoy_set_out_from_two_places(golden: Section4) -> None:
    assert [(event.source.slug, event.place and event.place.slug) for event in golden.convoy.departures] == [
        ("ap-2016-09-19", None),
        ("encyclopedia", "aleppo"),
    ]
    assert golden.convoy.convoy.incident == golden.urum_al_kubra.incident
    assert (golden.convoy.convoy.trucks_departed, golden.convoy.convoy.people_requested, golden.convoy.convoy.people_reached) == (31, 78_000, None)
    assert golden.convoy.timeline.state == "struck"


def test_the_renamed_group_is_one_from_the_day_of_its_name(golden: Section4) -> None:
    nusra = scope.party(Party.objects.get(slug="jabhat-al-nusra"))
    september = scope.bonds_of(Agreement.objects.get(slug="syria-2016-09"))
    assert excluded_on(date(2016, 9, 17), nusra, september).answer == "yes"
    assert excluded_on(date(2016, 7, 27), nusra, september).answer == "no"


# --- Other sums, and all of it as it is printed


def test_other_sums_carry_their_flags(golden: Section4) -> None:
    sums = {one.claim.external_id: (one.claim.count, one.sum_of_parts, ClaimFlag.PARTS_DO_NOT_ADD_UP in one.flags) for one in golden.sums}
    assert sums == {
        "GU-2017-03-25-russia": (13, 13, False),
        "GU-2017-03-25-turkey": (19, 19, False),
        "UNIFIL-S-2024-222": (8918, 8926, True),
        "GMO-2025-11-22": (497, 491, True),
        "SN-2016-09-23": (242, 251, True),
    }
    (snhr,) = [one for one in golden.sums if one.claim.external_id == "SN-2016-09-23"]
    assert (32, 23) in [(detail.get("stated"), detail.get("sum")) for detail in snhr.contradictions]


def printed(*options: str) -> str:
    said = StringIO()
    call_command("golden_facts", *options, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        "  254 violations (as stated) against Government and allies, by opposition",
        "  302 violations (as stated) against Opposition, by Russia [past_window]",
        "      killed: 63 civilians",
        "      killed: 153 fighters of a side",
        "  Syria: over; opposition: 'clinically dead'; United States and Russia: prolong (contested)",
        "  killed, fighters of a side: 62 (at least) to 90 (From the lowest to the highest number that a claim states.)",
        "    killed 62 (at least) fighters of a side, by Syrian army",
        "    killed 90 fighters of a side, by SOHR",
        "    killed about 20 civilians, by International Committee of the Red Cross",
        "    killed 10 (at least) people, not said who, by UN board of inquiry",
        "    wounded 22 (at least) people, not said who, by UN board of inquiry",
        "      stated 32, the parts make 23",
        "  in force 2016-09-12 19:00 to 2016-09-19 19:00, Asia/Damascus",
        "  side A, Government and allies: Government of Syria, Islamic Republic of Iran, Russian Federation",
        "  Guarantor or broker: Russian Federation, United States of America",
        "  Excluded from the truce: Islamic State, Jabhat Fateh al-Sham",
        "  2016-09-19 Nour al-Din al-Zenki blames others for failure (Iran, Russia). Russia and Iran are to blame for the failure of the truce.",
        "  Syrian Arab Red Crescent; 31 trucks for 78000 people",
        "  42 violations (as stated), 2016-09-13 to 2016-09-14, published 2016-09-14",
        "  199 violations (as stated), since 2016-09-12, published 2016-09-17",
    ],
)
def test_it_prints(line: str) -> None:
    assert line in printed().splitlines()


def test_to_partners_an_unreleased_convoy_and_its_incident_do_not_exist() -> None:
    with pytest.raises(CommandError, match="urum-al-kubra"):
        printed("--as", "partner")
