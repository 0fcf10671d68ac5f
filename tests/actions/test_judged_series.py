"""What confirmed assessments count for beside verified, against whom, and the harm of an incident: a range, never a sum of reports."""

from collections import Counter
from typing import Any

import pytest

from incidents.actions import assessments, incidents, tallies
from incidents.actions.reports import HarmStated
from incidents.models import Assessment, Incident, LedgerEntry
from incidents.vocabulary import HarmGroup, HarmKind, Occurrence, Qualifier
from tests.builders import make_agreement, make_party, make_report, make_user, sealed_and_posted

pytestmark = pytest.mark.django_db

Standing = dict[tuple[str, str], int]


def standing(measure: str = "count") -> Standing:
    """Return what stands of a measure by series and side ("nobody", "no_side" where on none)."""
    sums: dict[tuple[str, str], int] = {}
    for entry in LedgerEntry.objects.filter(record_type="incident", measure=measure).select_related("side"):
        key = (entry.series, entry.side.code if entry.side else entry.bucket)
        sums[key] = sums.get(key, 0) + entry.best
    return {key: value for key, value in sums.items() if value}


def amounts(series: str, measure: str) -> list[tuple[str, tuple[int | None, ...]]]:
    """Return the ranges that stand, by group; None is unknown."""
    held: Counter[tuple[str, tuple[int | None, ...]]] = Counter()
    for entry in LedgerEntry.objects.filter(series=series, measure=measure, side__isnull=False):
        ends = [None if getattr(entry, f"{name}_unknown") else entry.records * getattr(entry, name) for name in ("low", "best", "high")]
        held[entry.harm_group, tuple(ends)] += entry.records
    return sorted(held.elements(), key=str)


def event_blamed_on(*names: str, harm: list[list[HarmStated]] | None = None) -> Incident:
    said = [
        make_report(accused_party=make_party(name), claimant=make_party("Islanders"), harm=(harm or [[]] * len(names))[at])
        for at, name in enumerate(names)
    ]
    return incidents.open_for(reports=said, by=None, name="Shelling of the ford")


def confirmed(event: Incident, occurrence: Occurrence, **judged: Any) -> Assessment:
    first, second = make_user("editor", "first"), make_user("editor", "second")
    decided = assessments.decide(incident=event, agreement=make_agreement(), by=first, occurrence=occurrence, reason="seen", **judged)
    return assessments.confirm(assessment=decided, by=second)


@pytest.mark.parametrize("occurrence", ["disputed", "not_verifiable", "unfounded", "refuted", "outside_terms"])
def test_a_finding_that_attributes_nothing_is_about_the_accused(occurrence: str) -> None:
    confirmed(event_blamed_on("Lowlands", "Highlands"), Occurrence(occurrence))
    sealed_and_posted()
    assert standing() == {("incidents", "A"): 1, ("incidents", "B"): 1, (occurrence, "A"): 1, (occurrence, "B"): 1}
    assert standing("distinct") == {("incidents", "nobody"): 1, (occurrence, "nobody"): 1}


def test_a_finding_counts_for_whom_it_is_attributed_to() -> None:
    confirmed(event_blamed_on("Lowlands"), Occurrence.OUTSIDE_TERMS, attribution="attributed", attributed_party=make_party("Islanders"))
    sealed_and_posted()
    assert standing() == {("incidents", "A"): 1, ("outside_terms", "no_side"): 1}


def test_verified_and_not_attributed_counts_for_no_side() -> None:
    confirmed(event_blamed_on("Lowlands"), Occurrence.VERIFIED)
    sealed_and_posted()
    assert standing() == {("incidents", "A"): 1, ("verified", "nobody"): 1}


def test_what_is_withdrawn_or_never_confirmed_counts_nowhere() -> None:
    event = event_blamed_on("Lowlands")
    first = make_user("editor", "first")
    assessments.decide(incident=event, agreement=make_agreement(), by=first, occurrence=Occurrence.UNFOUNDED, reason="seen")
    sealed_and_posted()
    assert standing() == {("incidents", "A"): 1}


def test_contradictory_harm_is_a_range_and_never_a_sum() -> None:
    killed = [
        [HarmStated(HarmKind.KILLED, 62, 62, None, qualifier=Qualifier.AT_LEAST, group=HarmGroup.FIGHTERS), HarmStated(HarmKind.WOUNDED)],
        [HarmStated(HarmKind.KILLED, 90, 90, 90, group=HarmGroup.FIGHTERS), HarmStated(HarmKind.KILLED, 3, 3, 3, group=HarmGroup.CHILDREN)],
    ]
    event = event_blamed_on("Lowlands", "Lowlands", harm=killed)
    confirmed(event, Occurrence.VERIFIED, attribution="attributed", attributed_party=make_party("Lowlands"))
    sealed_and_posted()
    for series in ("incidents", "verified"):
        assert amounts(series, "killed") == [("children", (3, 3, 3)), ("fighters", (62, None, 90))]
        assert amounts(series, "wounded") == [("unknown", (None, None, None))]
    assert standing("distinct_killed") == {("incidents", "nobody"): 3, ("verified", "nobody"): 3}
    assert tallies.differences(make_agreement()) == []


def test_a_minimum_alone_has_no_upper_end() -> None:
    event_blamed_on("Lowlands", harm=[[HarmStated(HarmKind.KILLED, 62, 62, None, qualifier=Qualifier.AT_LEAST)]])
    sealed_and_posted()
    assert amounts("incidents", "killed") == [("unknown", (62, 62, None))]
