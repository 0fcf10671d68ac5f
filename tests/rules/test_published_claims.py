"""The claims that were really published in 2016, read from the shared transcription: 81 rows, kept with their contradictions."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from incidents.rules.tallying import Accused, Part, Statement, Window, claimed, claimed_on_days, unexplained
from incidents.vocabulary import Basis, ClaimFlag, Qualifier, Unit
from tests.rules.cast import GOVERNMENT, NO_SIDE, NOBODY, OPPOSITION, OPPOSITION_254, RUSSIA_302, SEPTEMBER, codes, figure, sept

CLAIMS = Path(__file__).resolve().parents[3] / "shared" / "data" / "truce-claims-syria-2016.csv"
FEBRUARY = Window(date(2016, 2, 27), None)
TRUCES = {"Cessation of Hostilities 2016-02-27": FEBRUARY, "US-Russia truce 2016-09-12": SEPTEMBER}
CLAIMANTS = {"Russian": "russia", "Syrian opposition": "opposition", "Syrian Network": "snhr"}
ACCUSED = {
    "Armed opposition": (OPPOSITION,),
    "Syrian government forces and Kurdish": (GOVERNMENT, NO_SIDE),
    "Syrian government": (GOVERNMENT,),
    "Russian forces": (GOVERNMENT,),
    "Kurdish": (NO_SIDE,),
    "Not attributed": (),
}

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    if not CLAIMS.exists():
        pytest.skip(f"shared data absent: {CLAIMS.name}")
    with CLAIMS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def periodic(rows: list[Row]) -> list[Statement]:
    """Each total as a statement for its period, except the rows that are the parts of a cumulative one."""
    return [as_periodic(row, rows) for row in rows if row["row_kind"] == "total" and not is_part_of_cumulative(row)]


@pytest.fixture(scope="module")
def cumulative(rows: list[Row]) -> list[Statement]:
    """Each cumulative total once, however many rows repeat it."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row["cumulative_since_truce_start"]:
            groups[row["truce"], row["reporter"], row["published_on"], row["period_end"], row["cumulative_since_truce_start"]].append(row)
    return [as_cumulative(group) for group in groups.values()]


def first_match(table: dict[str, Any], text: str) -> Any:
    return next(value for start, value in table.items() if text.startswith(start))


def is_part_of_cumulative(row: Row) -> bool:
    return bool(row["cumulative_since_truce_start"]) and row["period_start"] == TRUCES[row["truce"]].first.isoformat()


def unit_of(row: Row) -> Unit:
    return Unit.ARREST if "arrests" in row["count_basis"] else Unit.VIOLATION


def as_periodic(row: Row, rows: list[Row]) -> Statement:
    claimant = first_match(CLAIMANTS, row["reporter"])
    return Statement(
        id=row["claim_id"],
        claimant=claimant,
        accused=first_match(ACCUSED, row["accused"]),
        count=int(row["count"]),
        unit=unit_of(row),
        basis=Basis.PERIODIC,
        period_start=date.fromisoformat(row["period_start"]),
        period_end=date.fromisoformat(row["period_end"]),
        published_on=date.fromisoformat(row["published_on"]),
        covers_24_hours=claimant == "russia",
        qualifier=Qualifier.AT_LEAST if "at least" in row["transcription_note"] else Qualifier.EXACTLY,
        parts=tuple(
            Part(part["admin1_as_written"], int(part["count"]))
            for part in rows
            if part["source_id"] == row["source_id"] and part["row_kind"] == "part"
        ),
    )


def as_cumulative(group: list[Row]) -> Statement:
    row = group[0]
    accused: tuple[Accused, ...] = tuple(one for member in group for one in first_match(ACCUSED, member["accused"]))
    return Statement(
        id=f"{row['source_id']}/cumulative",
        claimant=first_match(CLAIMANTS, row["reporter"]),
        accused=accused,
        count=int(row["cumulative_since_truce_start"]),
        unit=Unit.VIOLATION,
        basis=Basis.CUMULATIVE,
        period_start=None,
        period_end=date.fromisoformat(row["period_end"]),
        published_on=date.fromisoformat(row["published_on"]),
        counted_from=TRUCES[row["truce"]].first,
        parts=tuple(
            Part(member["accused"], int(member["count"]), unit_of(member), *first_match(ACCUSED, member["accused"]))
            for member in group
            if is_part_of_cumulative(member)
        ),
    )


def of_truce(statements: list[Statement], window: Window) -> list[Statement]:
    """Return the statements about one truce. February's went on being counted until September's and after it."""
    september = [statement for statement in statements if sept(12) <= statement.period_end and statement.period_end != sept(27)]
    return september if window == SEPTEMBER else [statement for statement in statements if statement not in september]


def test_there_are_81_rows_of_totals_and_parts(rows: list[Row]) -> None:
    assert (len(rows), sum(row["row_kind"] == "part" for row in rows)) == (81, 49)


def test_the_printed_parts_of_every_statement_add_up(periodic: list[Statement], cumulative: list[Statement]) -> None:
    with_parts = [statement for statement in (*periodic, *cumulative) if statement.parts]
    assert len(with_parts) == 15
    assert [flag for statement in with_parts for flag in unexplained(statement)] == []


def test_a_changed_part_would_be_noticed(periodic: list[Statement]) -> None:
    for statement in periodic:
        if statement.parts:
            first, *others = statement.parts
            changed = Statement(**{**vars(statement), "parts": (Part(first.label, (first.count or 0) + 1), *others)})
            assert [flag.detail["remainder"] for flag in unexplained(changed)] == [-1]


def test_the_text_of_29_february_names_more_than_its_total(periodic: list[Statement]) -> None:
    (statement,) = [statement for statement in periodic if statement.id == "RC-2016-02-29/0"]
    named = Statement(**{**vars(statement), "parts": (Part("Eastern Ghouta", 4), Part("north-western Aleppo", 3), Part("another", 1))})
    assert [flag.detail["remainder"] for flag in unexplained(named)] == [-1]


def test_242_stands_on_five_rows_as_one_cumulative_statement(cumulative: list[Statement]) -> None:
    (statement,) = [statement for statement in cumulative if statement.count == 242]
    assert [part.count for part in statement.parts] == [203, 10, 6, 18, 5]
    tallies = claimed([statement], SEPTEMBER)
    assert [(tally.accused, tally.unit, tally.count) for tally in tallies] == [
        (GOVERNMENT, Unit.VIOLATION, 213),
        (GOVERNMENT, Unit.ARREST, 18),
        (OPPOSITION, Unit.VIOLATION, 6),
        (NO_SIDE, Unit.ARREST, 5),
    ]


def test_the_figures_of_september_with_and_without_the_press_reports(periodic: list[Statement], cumulative: list[Statement]) -> None:
    published = of_truce([*periodic, *cumulative], SEPTEMBER)
    press = claimed([*published, OPPOSITION_254, RUSSIA_302], SEPTEMBER)
    assert figure(press, "opposition", GOVERNMENT).count == 254
    assert figure(press, "russia", OPPOSITION).count == 302
    bulletins = claimed(published, SEPTEMBER)
    assert figure(bulletins, "opposition", GOVERNMENT).count == 130
    russia = figure(bulletins, "russia", OPPOSITION)
    assert (russia.count, codes(russia)) == (199, [ClaimFlag.GAP, ClaimFlag.PAST_WINDOW])
    assert russia.flags[0].detail == {"from": "2016-09-18", "to": "2016-09-19"}


def test_without_its_cumulative_total_russia_has_the_sum_of_its_bulletins(periodic: list[Statement]) -> None:
    tally = figure(claimed(of_truce(periodic, SEPTEMBER), SEPTEMBER), "russia", OPPOSITION)
    assert [(entry.statement, entry.count) for entry in tally.used] == [("RC-2016-09-13/0", 2), ("RC-2016-09-14/0", 42), ("RC-2016-09-17/0", 55)]
    assert tally.count == 99
    assert {flag.detail["statement"] for flag in tally.flags if flag.code == ClaimFlag.PAST_WINDOW} == {"RC-2016-09-20/0"}


def test_the_daily_bars_of_september(periodic: list[Statement], cumulative: list[Statement]) -> None:
    bars = claimed_on_days(of_truce([*periodic, *cumulative], SEPTEMBER), SEPTEMBER)
    assert [(bar.claimant, bar.day.day, bar.count) for bar in bars] == [
        ("opposition", 15, 46),
        ("russia", 13, 2),
        ("russia", 14, 42),
        ("russia", 17, 55),
    ]


@pytest.mark.parametrize(
    ("claimant", "accused", "unit", "count", "qualifier", "as_of", "not_separated"),
    [
        ("russia", OPPOSITION, Unit.VIOLATION, 1016, Qualifier.EXACTLY, "2016-08-19", []),
        ("snhr", GOVERNMENT, Unit.VIOLATION, 49, Qualifier.EXACTLY, "2016-02-28", [312, 418]),
        ("snhr", GOVERNMENT, Unit.ARREST, 18, Qualifier.AT_LEAST, "2016-03-08", [14]),
        ("snhr", NO_SIDE, Unit.ARREST, 9, Qualifier.AT_LEAST, "2016-03-08", [14]),
        ("snhr", NO_SIDE, Unit.VIOLATION, None, Qualifier.EXACTLY, "2016-03-08", [418]),
        ("snhr", NOBODY, Unit.VIOLATION, 52, Qualifier.EXACTLY, "2016-03-08", []),
        ("opposition", NOBODY, Unit.VIOLATION, 15, Qualifier.AT_LEAST, "2016-02-28", []),
    ],
)
def test_the_figures_of_february(
    periodic: list[Statement],
    cumulative: list[Statement],
    claimant: str,
    accused: Accused,
    unit: Unit,
    count: int | None,
    qualifier: Qualifier,
    as_of: str,
    not_separated: list[int],
) -> None:
    tallies = claimed(of_truce([*periodic, *cumulative], FEBRUARY), FEBRUARY)
    assert len(tallies) == 7
    tally = figure(tallies, claimant, accused, unit)
    assert (tally.count, tally.qualifier) == (count, qualifier)
    assert [flag.detail["as_of"] for flag in tally.flags if flag.code == ClaimFlag.OPEN_WINDOW] == [as_of]
    assert sorted(int(flag.detail["stated"] or 0) for flag in tally.flags if flag.code == ClaimFlag.NOT_SEPARATED) == not_separated
