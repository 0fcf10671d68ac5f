"""Convoys as CSV: a row of headers, a row of HXL tags, and one row a convoy. Unknown is empty; 0 is none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from incidents.exports.tables import csv_lines
from incidents.models import Convoy
from incidents.queries import convoys
from incidents.queries.convoys import Journey
from incidents.queries.visibility import Reader

# Says nothing of what is in it: a name travels farther than a file.
FILE_NAME = "convoys.csv"
CHUNK = 200


@dataclass(frozen=True)
class Column:
    """One column: its name, its HXL tag, and what it holds. `field` is what a reader may be kept from."""

    name: str
    tag: str
    value: Callable[[Journey], Any]
    field: str = ""


def _of(name: str) -> Callable[[Journey], Any]:
    return lambda found: getattr(found.convoy, name)


def _slug(name: str) -> Callable[[Journey], Any]:
    return lambda found: (record := getattr(found.convoy, name)) and record.slug


def _place(name: str) -> Callable[[Journey], Any]:
    return lambda found: place.name if (place := getattr(found.convoy, name)) else getattr(found.convoy, f"{name}_as_worded")


COLUMNS = (
    Column("id", "#meta+id", _of("public_id")),
    Column("reference", "#activity+code", _of("reference")),
    Column("agreement", "#meta+agreement", _slug("agreement")),
    Column("term", "#meta+term", lambda found: found.convoy.term and found.convoy.term.number),
    Column("operator", "#org+operator", _slug("operator")),
    Column("agencies", "#org+list", lambda found: ";".join(sorted(party.slug for party in found.convoy.agencies.all()))),
    Column("mode", "#modality", _of("mode")),
    Column("origin", "#loc+origin+name", _place("origin")),
    Column("destination", "#loc+dest+name", _place("destination")),
    Column("destination_class", "#loc+dest+type", _of("destination_class")),
    Column("planned_on", "#date+planned", _of("planned_on")),
    Column("first_reported_on", "#date+start", lambda found: found.first_day),
    *(
        Column(f"people_{stage}{bound}", f"#{tag}{mark}", _of(f"people_{stage}{bound}"))
        for stage, tag in (("requested", "targeted"), ("approved", "targeted+approved"), ("reached", "reached"))
        for bound, mark in (("_low", "+min"), ("", ""), ("_high", "+max"))
    ),
    *(Column(f"trucks_{stage}", f"#capacity+trucks+{stage}", _of(f"trucks_{stage}")) for stage in ("planned", "departed", "arrived", "lost")),
    Column("cargo", "#item+list", lambda found: ";".join(dict.fromkeys(line.kind for line in found.convoy.cargo.all()))),
    Column("state", "#status+state", lambda found: found.timeline.state),
    Column("stands_at", "#status+step", lambda found: found.timeline.stands_at),
    Column("last_reported", "#status+last", lambda found: found.latest and found.latest.status),
    Column("share_reached", "#indicator+reached+share", lambda found: None if found.reached is None else float(found.reached)),
    Column("obstructions", "#affected+obstructions+num", _of("obstructions")),
    Column("source", "#meta+source", _slug("source"), "source"),
    Column("link", "#meta+url", _of("link"), "link"),
)


def lines(reader: Reader, found: QuerySet[Convoy]) -> Iterator[str]:
    """Yield the file line by line, of convoys that `convoys.filtered` gave this reader."""
    rows = (_row(reader, convoy) for convoy in found.iterator(chunk_size=CHUNK))
    return csv_lines([column.name for column in COLUMNS], rows, [column.tag for column in COLUMNS])


def _row(reader: Reader, convoy: Convoy) -> list[Any]:
    journey, withheld = convoys.journey(convoy), convoys.withheld(reader, convoy)
    return [None if column.field in withheld else column.value(journey) for column in COLUMNS]
