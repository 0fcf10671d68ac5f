"""What each reader is told of each record, asked of the queries themselves: whether it exists for them, and what of it they are given.

`tests/access/test_predicates.py` takes each predicate out of them, and sees that this table is no longer true.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import DateTimeField, Value
from pytest_django.plugin import DjangoDbBlocker

from incidents.models import ConvoyEntry, LedgerEntry, User
from incidents.models import convoys as convoy_models
from incidents.queries import visibility, withholding
from tests.access.wide_cast import DELAY, READERS, Wide, wide
from tests.builders import make_agreement

QUERIES: dict[str, Callable[..., Any]] = {
    "agreement": visibility.agreements, "report": visibility.reports, "incident": visibility.incidents, "standing": visibility.standing_incidents,
    "case": visibility.cases, "assessment": visibility.assessments, "convoy": visibility.convoys, "checkpoint": visibility.checkpoints,
    "cargo": visibility.cargo, "event": visibility.convoy_events, "evidence": visibility.evidence, "claim": visibility.aggregate_claims,
    "response": visibility.responses, "coverage": visibility.coverage, "declaration": visibility.declarations, "source": visibility.sources,
    "snapshot": visibility.snapshots,
}  # fmt: skip

# The letter of what is withheld or coarsened: words that tell of the source, the wording, our own notes, the convoy, the state, the
# checkpoint, the place. A letter holds only where all of these fields that say something are touched.
LETTERS = {
    "s": {"link", "spoken_by", "external_id"}, "w": {"wording", "wording_ar"}, "n": {"note", "reason"}, "c": {"convoy_id"}, "t": {"state"},
    "k": {"checkpoint_id", "removed_at_id"},
    "p": {
        "latitude", "longitude", "place_precision", "place_id", "place_as_worded", "origin_id", "origin_as_worded", "destination_id",
        "destination_as_worded",
    },
}  # fmt: skip

# The nouns that the ledgers count, and those that each come from one source.
KINDS = {"report", "incident", "convoy"}
SOURCED = {"report", "claim", "response", "coverage", "declaration", "convoy"}

# yes: as it is; a dot: it does not exist for them; letters: it does, without that.
TOLD = """
                             stranger partner late judged both standing snapped unsourced wordless unescorted here mixed shut internal analyst
agreement here               .        yes     yes  yes    yes  yes      yes     yes       yes      yes        yes  yes   yes  .        yes
agreement there              .        yes     yes  yes    yes  yes      yes     yes       yes      yes        .    yes   .    .        yes
report plain                 .        yes     yes  yes    yes  yes      p       sw        w        yes        yes  yes   yes  .        yes
report whispered             .        sw      sw   .      .    sw       sw      sw        sw       sw         sw   sw    sw   .        yes
report whispered there       .        sw      sw   .      .    sw       sw      sw        sw       sw         .    yes   .    .        yes
report of both, here         .        yes     yes  yes    yes  yes      yes     yes       yes      yes        yes  yes   yes  .        yes
report of both, there        .        yes     yes  .      .    yes      yes     yes       yes      yes        .    yes   .    .        yes
report refuted               .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
report in waiting            .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
report withdrawn             .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
report corrected             .        yes     t    .      .    .        yes     yes       yes      yes        yes  yes   yes  .        yes
report recalled              .        yes     yes  .      .    .        yes     yes       yes      yes        yes  yes   yes  .        yes
report draft                 .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report draft there           .        .       .    .      .    .        .       .         .        .          .    yes   .    .        yes
report on the open           .        yes     yes  .      .    yes      k       yes       yes      ck         yes  yes   yes  .        yes
report on the late           .        yes     .    .      .    yes      yes     yes       yes      c          yes  yes   yes  .        yes
report on the secret         .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report beside it             .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report with it               .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report of its event          .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report told of it            .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report told, too             .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report beside told           .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
report on the secret there   .        .       .    .      .    .        .       .         .        .          .    yes   .    .        yes
report late                  .        yes     .    .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
report correcting            .        yes     .    .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
report judged late           .        yes     yes  yes    .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident mill                .        yes     yes  yes    yes  yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident ford                .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident wood                .        yes     yes  yes    yes  yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident dam                 .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident gate                .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident moor                .        yes     .    .      .    .        yes     yes       yes      yes        .    yes   .    .        yes
incident tied                .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
incident beside              .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
incident told                .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
incident going               .        yes     yes  yes    .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident merged              .        yes     yes  yes    yes  yes      yes     yes       yes      yes        yes  yes   yes  .        yes
incident emptied             .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
standing mill                .        yes     yes  yes    yes  yes      yes     yes       yes      yes        yes  yes   yes  .        yes
standing ford                .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
standing wood                .        yes     yes  yes    yes  yes      yes     yes       yes      yes        yes  yes   yes  .        yes
standing dam                 .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
standing gate                .        yes     yes  .      .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
standing moor                .        yes     .    .      .    .        yes     yes       yes      yes        .    yes   .    .        yes
standing tied                .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
standing beside              .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
standing told                .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
standing going               .        yes     yes  yes    .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
standing merged              .        .       .    .      .    .        .       .         .        .          .    .     .    .        .
standing emptied             .        .       .    .      .    .        .       .         .        .          .    .     .    .        .
case mill                    .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case ford                    .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case wood                    .        .       .    .      .    .        .       .         .        .          .    yes   .    .        yes
case dam                     .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case gate                    .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case moor                    .        .       .    .      .    .        .       .         .        .          .    yes   .    .        yes
case tied                    .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case beside                  .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case told                    .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case going                   .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case merged                  .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
case emptied                 .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
assessment verified          .        n       n    n      n    n        n       n         n        n          n    n     n    .        yes
assessment of both           .        n       n    n      n    n        n       n         n        n          n    n     n    .        yes
assessment refuted           .        n       n    .      .    n        n       n         n        n          n    n     n    .        yes
assessment in waiting        .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
assessment there alone       .        .       .    .      .    .        .       .         .        .          .    yes   .    .        yes
assessment late              .        n       .    n      .    n        n       n         n        n          n    n     n    .        yes
convoy open                  .        n       n    n      n    n        np      sn        n        .          n    n     n    .        yes
convoy whispered             .        s       s    s      s    s        sp      s         s        .          s    s     s    .        yes
convoy late                  .        yes     .    yes    .    yes      p       yes       yes      .          yes  yes   yes  .        yes
convoy of none               .        yes     yes  yes    yes  yes      p       yes       yes      .          .    yes   yes  .        yes
convoy there                 .        sn      sn   sn     sn   sn       snp     sn        sn       .          .    yes   .    .        yes
convoy secret                .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
convoy secret there          .        .       .    .      .    .        .       .         .        .          .    yes   .    .        yes
convoy secret and tied       .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
checkpoint of open           .        yes     yes  yes    yes  yes      .       yes       yes      .          yes  yes   yes  .        yes
checkpoint of secret         .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
cargo of open                .        yes     yes  yes    yes  yes      k       yes       yes      .          yes  yes   yes  .        yes
cargo of secret              .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
event plain                  .        yes     yes  yes    yes  yes      wnp     sw        w        .          yes  yes   yes  .        yes
event at a checkpoint        .        yes     yes  yes    yes  yes      wk      sw        w        .          yes  yes   yes  .        yes
event whispered              .        sw      sw   sw     sw   sw       sw      sw        sw       .          sw   sw    sw   .        yes
event there                  .        sw      sw   sw     sw   sw       sw      sw        sw       .          .    yes   .    .        yes
event of secret              .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
event late                   .        yes     .    yes    .    yes      yes     yes       yes      .          yes  yes   yes  .        yes
evidence plain               .        yes     yes  yes    yes  yes      yes     .         yes      yes        yes  yes   yes  .        yes
evidence whispered           .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
evidence whispered there     .        .       .    .      .    .        .       .         .        .          .    yes   .    .        yes
evidence of secret           .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
evidence late                .        yes     .    yes    .    yes      yes     .         yes      yes        yes  yes   yes  .        yes
claim plain                  .        n       n    n      n    n        n       swn       wn       n          n    n     n    .        yes
claim whispered              .        sw      sw   sw     sw   sw       sw      sw        sw       sw         sw   sw    sw   .        yes
claim there                  .        swn     swn  swn    swn  swn      swn     swn       swn      swn        .    yes   .    .        yes
claim late                   .        yes     .    yes    .    yes      yes     yes       yes      yes        yes  yes   yes  .        yes
response plain               .        yes     yes  yes    yes  yes      yes     sw        w        yes        yes  yes   yes  .        yes
response of secret           .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
response whispered           .        sw      sw   sw     sw   sw       sw      sw        sw       sw         sw   sw    sw   .        yes
response of both             .        sw      sw   sw     sw   sw       sw      sw        sw       sw         sw   yes   sw   .        yes
response late                .        yes     .    yes    .    yes      yes     sw        w        yes        yes  yes   yes  .        yes
coverage plain               .        n       n    n      n    n        np      sn        n        n          n    n     n    .        yes
coverage whispered           .        s       s    s      s    s        s       s         s        s          s    s     s    .        yes
coverage there               .        sn      sn   sn     sn   sn       sn      sn        sn       sn         .    yes   .    .        yes
coverage late                .        yes     .    yes    .    yes      yes     s         yes      yes        yes  yes   yes  .        yes
declaration plain            .        yes     yes  yes    yes  yes      yes     sw        w        yes        yes  yes   yes  .        yes
declaration whispered        .        sw      sw   sw     sw   sw       sw      sw        sw       sw         sw   sw    sw   .        yes
declaration there            .        sw      sw   sw     sw   sw       sw      sw        sw       sw         .    yes   .    .        yes
declaration late             .        yes     .    yes    .    yes      yes     sw        w        yes        yes  yes   yes  .        yes
source open                  .        yes     yes  yes    yes  yes      yes     .         yes      yes        yes  yes   yes  .        yes
source protected             .        .       .    .      .    .        .       .         .        .          .    .     .    .        yes
snapshot there               .        yes     .    .      .    .        .       .         .        .          .    yes   .    .        yes
snapshot here                .        yes     .    .      .    .        .       .         .        .          .    yes   yes  .        yes
"""


def expected() -> dict[tuple[str, str], str]:
    """Return what is told to whom, as the table says."""
    rows = [line for line in TOLD.splitlines() if line.strip()]
    return {(row[:29].strip(), who): cell for row in rows[1:] for who, cell in zip(READERS, row[29:].split(), strict=True)}


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Wide]:
    """Return everybody and everything, at the instant when whoever is told with delay hears what was before the late things."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        made = wide()
        now = Value(made.heard_at + timedelta(hours=DELAY), output_field=DateTimeField())
        for module in (withholding, convoy_models):
            patch.setattr(module, "Now", lambda: now)
        yield made
        transaction.set_rollback(True)


def told(everything: Wide, who: str) -> Iterator[tuple[str, str]]:
    """Yield what the queries give this reader of each record, spelled as in the table."""
    for noun, query in QUERIES.items():
        rows = {row["id"]: row for row in query(everything.readers[who]).values()}
        of = "incident" if noun in {"standing", "case"} else noun
        for name, record in everything.records.items():
            if name.split()[0] == of:
                yield name.replace(of, noun, 1), _cell(everything.raw[name], rows.get(record.pk))


def _cell(own: dict[str, Any], row: dict[str, Any] | None) -> str:
    if row is None:
        return "."
    changed = {name for name in own if own[name] != row[name]}
    letters = ""
    for letter, names in LETTERS.items():
        if names & changed:
            saying = {name for name in names & own.keys() if own[name] not in {None, ""}}
            letters += letter if saying == names & changed else f"({letter} in part)"
    return (letters or "yes") + ("" if changed <= set().union(*LETTERS.values()) else "(and more)")


def wrongs(everything: Wide) -> Iterator[str]:
    """Yield whatever a query tells otherwise than the table says, and what follows from it."""
    table = expected()
    for who in READERS:
        reader, cells = everything.readers[who], dict[str, str]()
        for name, cell in told(everything, who):
            cells[name] = cell
            if cell != table[name, who]:
                yield f"{who}: {name} {cell}, not {table[name, who]}"
        yield from (f"{who}: {wrong}" for wrong in _coarse(everything, who))
        yield from (f"{who}: {wrong}" for wrong in _of_one(everything, reader, cells))
        yield from (f"{who}: {wrong}" for wrong in _wrongly_counted(everything, who, cells))


def _coarse(everything: Wide, who: str) -> Iterator[str]:
    """Yield what is coarsened to something else than the node and the district."""
    if who == "snapped":
        report, convoy = (visibility.reports, visibility.convoys)
        names = ("latitude", "longitude", "place_precision", "place__slug", "place_as_worded")
        row = report(everything.readers[who]).filter(pk=everything.records["report plain"].pk).values_list(*names).get()
        ends = convoy(everything.readers[who]).filter(pk=everything.records["convoy open"].pk)
        said = (float(row[0]), float(row[1]), *row[2:], *ends.values_list("origin__slug", "destination__slug").get())
        if said != (36.2, 37.0, "district", "valley", "", "valley", "valley"):
            yield f"is told {said}"


def _of_one(everything: Wide, reader: User, cells: dict[str, str]) -> Iterator[str]:
    """Yield where what is asked of one record is answered otherwise than its row in the list is given."""
    for name, record in everything.records.items():
        cell, noun = cells[name], name.split()[0]
        if noun == "incident" and cell != "." and visibility.is_case(reader, record) != (cells[name.replace(noun, "case", 1)] != "."):  # type: ignore[arg-type]
            yield f"case of {name}"
        if noun in SOURCED and cell != "." and everything.raw[name]["link"]:
            is_told = "s" not in cell.replace("yes", "")
            if visibility.shows_source(reader, record.source, record) != is_told:  # type: ignore[attr-defined, arg-type]
                yield f"source of {name}"


def _wrongly_counted(everything: Wide, who: str, cells: dict[str, str]) -> Iterator[str]:
    """Yield what is counted of a record that does not exist for this reader, was not heard of by them, or is not counted and should be."""
    reader, heard = everything.readers[who], everything.heard if who in {"late", "both"} else everything.last
    seen = {str(everything.records[name].public_id): name for name, cell in cells.items() if cell != "." and name.split()[0] in KINDS}  # type: ignore[attr-defined]
    lines, of_convoys = LedgerEntry.objects.filter(record_type__in=KINDS), ConvoyEntry.objects.all()
    for kind, counted, entries in (("line", visibility.counted, lines), ("convoy line", visibility.counted_convoys, of_convoys)):
        right = {row.pk for row in entries if str(row.record_id) in seen and row.number <= heard and _is_told(everything, who, seen, row)}
        if {row.pk for row in counted(reader, entries)} != right:
            yield f"{kind}s counted: {sorted({str(row) for row in counted(reader, entries).exclude(pk__in=right)})}"
    for agreement in visibility.agreements(reader):
        whole = LedgerEntry.objects.filter(agreement=agreement, number__lte=heard)
        left = set(whole.exclude(pk__in=visibility.counted(reader, whole).values("pk")).values_list("subject", flat=True))
        if set(visibility.uncounted(reader, agreement)) & set(whole.values_list("subject", flat=True)) != left:
            yield f"uncounted under {agreement.slug}"
        if set(visibility.counted_under(reader, agreement).filter(number__lte=heard)) != set(visibility.counted(reader, whole)):
            yield f"counted under {agreement.slug}"
    if visibility.told_up_to(reader, 2**62) != (heard if heard != everything.last else 2**62):
        yield "told up to another number"


def _is_told(everything: Wide, who: str, seen: dict[str, str], line: Any) -> bool:
    """Return whether a line's record exists under the line's agreement: under the other, this reader may have no report of the incident."""
    if getattr(line, "record_type", "") != "incident" or who not in {"late", "judged", "both", "standing"}:
        return True
    names = [name for name in seen.values() if name.startswith("report ")]
    reports = [everything.raw[name] for name in names]
    incident = everything.raw[seen[str(line.record_id)]]["id"]
    return any(row["incident_id"] == incident and row["agreement_id"] == line.agreement_id for row in reports)


def test_each_is_told_what_the_table_says(everything: Wide) -> None:
    assert list(wrongs(everything)) == []


def test_the_table_says_something_of_every_query(everything: Wide) -> None:
    assert {name.split()[0] for name, _who in expected()} == set(QUERIES)
    assert {make_agreement().slug, "hill-2021"} == set(visibility.agreements(everything.readers["analyst"]).values_list("slug", flat=True))
