"""The demo restates the data set: every row of it is found again, with the same numbers."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker

from incidents.models import AggregateClaim, AggregateClaimPart, Agreement, Report
from incidents.vocabulary import Basis, HarmKind
from tests.demo import shared
from tests.demo.loaded import demo

AGREEMENTS = {"Cessation of Hostilities 2016-02-27": "syria-2016-02", "US-Russia truce 2016-09-12": "syria-2016-09"}
IDS = {"SY-COH-2016-02": "syria-2016-02", "SY-COH-2016-09": "syria-2016-09", "SY-CF-2016-12": "syria-2016-12"}
ACCUSED = {
    "Syrian government forces": {"syria"},
    "Russian forces": {"russia"},
    "Kurdish self-management forces": {"kurdish-self-management-forces"},
    "Syrian government forces and Kurdish self-management forces": {"syria", "kurdish-self-management-forces"},
    "Armed opposition factions": {"armed-opposition-groups"},
    "Not attributed": set[str](),
}
CLAIMANTS = {"RC": "russian-reconciliation-centre", "SN": "snhr", "OP": "syrian-opposition"}
# One number for all accused, printed once: the five rows are rows of its breakdown.
TOGETHER = "SN-2016-09-23"


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with demo(django_db_blocker):
        yield


def claims() -> list[dict[str, str]]:
    return shared.rows("truce-claims-syria-2016.csv")


def statement_of(row: dict[str, str]) -> AggregateClaim:
    return AggregateClaim.objects.get(external_id=TOGETHER if row["source_id"].startswith(TOGETHER) else row["source_id"])


def accused_by(statement: AggregateClaim) -> set[str]:
    return {accused.party.slug for accused in statement.accused.all() if accused.party}


def accused_in(row: dict[str, str]) -> set[str]:
    return {"armed-opposition-groups"} if row["source_id"].startswith("RC") else ACCUSED[row["accused"]]


def test_there_are_81_rows() -> None:
    assert len(claims()) == 81


def test_each_statement_is_found_with_its_number() -> None:
    totals = [row for row in claims() if row["row_kind"] == "total" and not row["source_id"].startswith(TOGETHER)]
    assert len(totals) == 27
    for row in totals:
        statement = statement_of(row)
        unit = "arrest" if "arrests" in row["count_basis"] else "violation"
        assert (statement.count, statement.unit, statement.agreement.slug) == (int(row["count"]), unit, AGREEMENTS[row["truce"]]), row["claim_id"]
        assert (statement.published_on.isoformat(), statement.period_end.isoformat()) == (row["published_on"], row["period_end"]), row["claim_id"]
        assert statement.claimant.slug == CLAIMANTS[row["source_id"][:2]]
        assert accused_by(statement) == accused_in(row), row["claim_id"]
        assert statement.link == row["source_url"]
        if statement.basis == Basis.PERIODIC:
            assert statement.period_start and statement.period_start.isoformat() == row["period_start"], row["claim_id"]


def test_each_row_of_a_breakdown_is_found_in_its_statement() -> None:
    rows = [row for row in claims() if row["row_kind"] == "part"]
    assert len(rows) == 49
    for row in rows:
        part = statement_of(row).parts.get(label=row["admin1_as_written"])
        assert part.count == int(row["count"]), row["claim_id"]
        # "Damascus" may be the city or the province around it.
        assert (part.place is None) == (part.label == "Damascus"), row["claim_id"]


def test_the_five_rows_under_one_number_are_its_breakdown() -> None:
    rows = [row for row in claims() if row["source_id"].startswith(TOGETHER)]
    statement = statement_of(rows[0])
    assert (len(rows), statement.count, statement.basis, accused_by(statement)) == (5, 242, Basis.CUMULATIVE, set.union(*map(accused_in, rows)))
    leaves: QuerySet[AggregateClaimPart] = statement.parts.exclude(parent=None)
    printed = {(part.parent and part.parent.unit, part.accused_party and part.accused_party.slug, part.count) for part in leaves}
    assert printed == {("arrest" if "arrests" in row["count_basis"] else "violation", *accused_in(row), int(row["count"])) for row in rows}
    assert [(part.count, part.unit) for part in statement.parts.filter(parent=None)] == [(219, "violation"), (32, "arrest")]


def test_each_number_since_the_start_is_a_statement_once_per_bulletin() -> None:
    expected = {(row["source_url"], int(row["cumulative_since_truce_start"])) for row in claims() if row["cumulative_since_truce_start"]}
    links = {row["source_url"] for row in claims()}
    found = AggregateClaim.objects.filter(basis=Basis.CUMULATIVE, link__in=links)
    assert {(statement.link, statement.count) for statement in found} == expected
    assert len(found) == len(expected) == 8
    for statement in found:
        assert statement.counted_from == statement.agreement.first_day


def test_the_bulletins_of_the_russian_centre_are_for_the_last_24_hours() -> None:
    daily = AggregateClaim.objects.filter(external_id__startswith="RC-", basis=Basis.PERIODIC)
    assert {statement.covers_24_hours for statement in daily} == {True}
    assert not AggregateClaim.objects.filter(claimant__slug__in=["snhr", "syrian-opposition"], covers_24_hours=True).exists()


def test_each_death_and_wound_stated_is_held_against_what_it_was_stated_of() -> None:
    for row in claims():
        for column, kind in (("killed_stated", HarmKind.KILLED), ("wounded_stated", HarmKind.WOUNDED)):
            if not row[column]:
                continue
            # Where a bulletin states casualties for one place alone, the report on that place holds them, and the statement does not.
            inner = Report.objects.filter(external_id__startswith=f"{row['source_id']}/")
            holders: list[Any] = [report.casualty_claims for report in inner] or [statement_of(row).harm]
            stated = [harm.best for harm in chain.from_iterable(holder.filter(kind=kind) for holder in holders)]
            assert stated == [int(row[column])], row["claim_id"]
            assert not (inner and statement_of(row).harm.exists()), row["claim_id"]


def test_notes_of_the_transcription_are_kept() -> None:
    for row in claims():
        if row["transcription_note"]:
            statement = statement_of(row)
            assert statement.note or statement.qualifier != "exactly" or row["cumulative_since_truce_start"], row["claim_id"]


def test_agreements_run_as_in_the_data_set() -> None:
    for row in shared.rows("agreements-syria-2016.csv"):
        agreement = Agreement.objects.get(slug=IDS[row["agreement_id"]])
        assert agreement.announced_on and agreement.announced_on.isoformat() == row["announced_on"]
        for stored, written in ((agreement.in_force_from, row["in_force_from_local"]), (agreement.in_force_until, row["in_force_until_local"])):
            local, _, zone = written.partition(" ")
            if written:
                assert (stored, agreement.timezone) == (datetime.fromisoformat(local).replace(tzinfo=agreement.zone), zone)
            else:
                assert stored is None


def test_events_of_ucdp_are_restated_with_the_same_numbers() -> None:
    events = {row["id"]: row for row in shared.rows("ucdp-ged-syria-2016-09-12_19.csv")}
    restated = list(Report.objects.filter(external_id__startswith="UCDP-"))
    assert len(restated) == 24
    for report in restated:
        row = events[(report.external_id or "").removeprefix("UCDP-")]
        harm = list(report.casualty_claims.all())
        for name in ("low", "best", "high"):
            assert sum(getattr(claim, name) for claim in harm) == int(row[name]), report.external_id
        civilians = sum(claim.best or 0 for claim in harm if claim.group == "civilians")
        fighters = sum(claim.best or 0 for claim in harm if claim.group == "fighters")
        assert (civilians, fighters) == (int(row["deaths_civilians"]), int(row["deaths_a"]) + int(row["deaths_b"])), report.external_id
        assert (float(report.latitude or 0), float(report.longitude or 0)) == (float(row["latitude"]), float(row["longitude"])), report.external_id
        lasts = row["date_start"] != row["date_end"]
        assert (report.occurred_on and report.occurred_on.isoformat()) == (None if lasts else row["date_start"]), report.external_id
        # Only one-sided violence names who did it; of a fight the data set does not say who broke a truce.
        assert (report.accused_party is not None) == (row["type_of_violence"] == "3"), report.external_id
