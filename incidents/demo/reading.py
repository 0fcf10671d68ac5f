"""Reading the facts of the demo: one Fact per table of a TOML file or row of a CSV file, which knows its file and line."""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import TextChoices

FOLDER = Path(__file__).parent / "facts"

T = TypeVar("T")
C = TypeVar("C", bound=TextChoices)
_HEADER = re.compile(r"\s*\[\[([\w.]+)\]\]")
_DEGREES = Decimal("0.000001")


class BrokenFact(Exception):
    """A fact that cannot be loaded as it is written. The message begins with its file and line."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        super().__init__(f"{file.name}, line {line}: {what}")


@dataclass
class Fact:
    """One fact as written. What is taken from it is ticked off, so that a misspelt field is an error and not a silent gap."""

    file: Path
    line: int
    kind: str
    values: dict[str, Any]
    inner: dict[str, list["Fact"]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def broken(self, what: object) -> BrokenFact:
        """Return the error to raise about this fact."""
        return BrokenFact(self.file, self.line, str(what))

    def must_be_spent(self) -> None:
        """Raise BrokenFact if something is written here that nobody asked for."""
        unknown = sorted((self.values.keys() | self.inner.keys()) - self._taken)
        if unknown:
            raise self.broken(f"of the fields of a {self.kind}, none is called {', '.join(unknown)}")

    def tables(self, name: str) -> list["Fact"]:
        """Return the tables written under this one."""
        self._taken.add(name)
        return self.inner.get(name, [])

    def text(self, name: str, default: str | None = "") -> str:
        """Return the text. With a default of None it must be there."""
        return self._take(name, str, default)

    def day(self, name: str) -> date | None:
        """Return the day, or None."""
        value = self.moment(name)
        if isinstance(value, datetime):
            raise self.broken(f"{name} is a day without a time")
        return value

    def moment(self, name: str) -> date | datetime | None:
        """Return the local time or the day that is written, or None."""
        return self._take(name, date, None) if self._has(name) else None

    def number(self, name: str) -> int | None:
        """Return the number, or None: not stated."""
        return self._take(name, int, None) if self._has(name) else None

    def flag(self, name: str) -> bool:
        """Return whether it is said to be so."""
        return self._take(name, bool, False)

    def several(self, name: str) -> list[Any]:
        """Return the list, empty where none is written."""
        return self._take(name, list, [])

    def choice(self, name: str, words: type[C], default: C | None = None) -> C:
        """Return the word of the vocabulary. With a default of None it must be there."""
        written = self.text(name, default.value if default else None)
        try:
            return words(written)
        except ValueError:
            raise self.broken(f'{name} "{written}" is none of {", ".join(words.values)}') from None

    def point(self) -> tuple[Decimal | None, Decimal | None]:
        """Return latitude and longitude, as the database keeps them; None twice where no point is written."""
        written = self.several("point")
        if not written:
            return None, None
        if len(written) != 2:
            raise self.broken("a point is a latitude and a longitude")
        latitude, longitude = (Decimal(str(degrees)).quantize(_DEGREES) for degrees in written)
        return latitude, longitude

    def _has(self, name: str) -> bool:
        self._taken.add(name)
        return name in self.values

    def _take(self, name: str, kind: type[T], default: T | None) -> T:
        self._taken.add(name)
        value = self.values.get(name, default)
        if value is None:
            raise self.broken(f"a {self.kind} needs {name}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.broken(f"{name} is not a {kind.__name__}")
        return value


def read(name: str, folder: Path = FOLDER) -> list[Fact]:
    """Return the facts of one file, in the order in which they stand. Raise BrokenFact, naming the line, if it cannot be read."""
    path = folder / name
    return list(_of_csv(path) if path.suffix == ".csv" else _of_toml(path))


def _of_toml(path: Path) -> Iterator[Fact]:
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BrokenFact(path, int(line[1]) if line else text.count("\n") + 1, str(error)) from error
    lines = defaultdict(list)
    for number, line_text in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line_text):
            lines[header[1]].append(number)
    for kind, rows in tables.items():
        if kind not in lines:
            raise BrokenFact(path, 1, f"{kind} belongs into a table")
        for row in rows:
            yield _fact(path, kind, kind, row, lines)


def _fact(path: Path, dotted: str, kind: str, row: dict[str, Any], lines: dict[str, list[int]]) -> Fact:
    # Tables stand in the file in the order in which they are walked here, so the next header of this name is this one's.
    fact = Fact(path, lines[dotted].pop(0), kind, {})
    for name, value in row.items():
        if f"{dotted}.{name}" in lines and isinstance(value, list):
            fact.inner[name] = [_fact(path, f"{dotted}.{name}", name, inner, lines) for inner in value]
        else:
            fact.values[name] = value
    return fact


def _of_csv(path: Path) -> Iterator[Fact]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        for row in rows:
            try:
                yield Fact(path, rows.line_num, "event", _ucdp_event({name: value for name, value in row.items() if value}))
            except (ValueError, KeyError, csv.Error) as error:
                raise BrokenFact(path, rows.line_num, f"cannot be read: {error}") from error


def _ucdp_event(row: dict[str, str]) -> dict[str, Any]:
    """Return an event of the UCDP data set as the report that it is. What lasts for days counts under none, so it gets a week's precision."""
    values: dict[str, Any] = dict(row)
    number, day, until = values.pop("id"), date.fromisoformat(values.pop("day")), values.pop("until", None)
    values |= {"id": f"UCDP-{number}", "link": f"UCDP GED event {number}"}
    values |= {"from": day, "until": date.fromisoformat(until), "precision": "week"} if until else {"day": day}
    values["point"] = [values.pop("latitude"), values.pop("longitude")]
    values["published"] = date.fromisoformat(values["published"])
    values["harm"] = [_harm(text) for text in values["harm"].split(";")]
    return values


def _harm(text: str) -> dict[str, Any]:
    """Return "killed civilians 27/31/40" as a table: lowest, best and highest estimate, or one number."""
    kind, group, numbers = text.split()
    counts = [int(number) for number in numbers.split("/")]
    return {kind: counts if len(counts) > 1 else counts[0], "of": group}
