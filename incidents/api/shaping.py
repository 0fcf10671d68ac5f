"""What an answer holds of each record: `fields` leaves out, `expand` opens what is only named. Both only ever show what the reader may see."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from incidents.api.parsers import printable
from incidents.errors import RuleBroken
from incidents.queries.filters import said_once

NAMES = ("fields", "expand")
LONGEST = 2_000


@dataclass(frozen=True)
class Shape:
    """Which fields are asked for, None for all, and which of them are to be opened. What is opened is shown."""

    fields: frozenset[str] | None = None
    expand: tuple[str, ...] = ()

    def of(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return the record with the fields asked for."""
        return row if self.fields is None else {name: value for name, value in row.items() if name in self.fields}


def asked(params: Mapping[str, str], known: Collection[str], expands: Collection[str]) -> Shape:
    """Return the shape asked for. Raise RuleBroken, saying which name it is, for one that is not known here."""
    fields, expand = (_names(params, name) for name in NAMES)
    for name in fields:
        if name not in known:
            raise RuleBroken("unknown_field", _("There is no field “%(name)s” here.") % {"name": printable(name)}, "fields")
    for name in expand:
        if name not in expands:
            words = {"name": printable(name), "known": ", ".join(expands) or "—"}
            raise RuleBroken("unknown_field", _("“%(name)s” cannot be expanded here; these can: %(known)s.") % words, "expand")
    wanted = frozenset((*fields, *(name.partition(".")[0] for name in expand)))
    return Shape(wanted if fields else None, tuple(expand))


def _names(params: Mapping[str, str], name: str) -> list[str]:
    said = said_once(params, name, LONGEST)
    return list(dict.fromkeys(part.strip() for part in said.split(","))) if said else []


def holders(rows: Iterable[Any], path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Return each mapping that holds what a path such as `accused.party` leads to, and under which name; lists on the way are gone through."""
    name, _dot, rest = path.partition(".")
    for row in rows:
        held = row.get(name) if isinstance(row, dict) else None
        if held is None:
            continue
        if rest:
            yield from holders(held if isinstance(held, list) else [held], rest)
        else:
            yield row, name


def id_of(held: Any) -> str:
    """Return the id of what is named: by its id alone, or by its names with the id among them."""
    return str(held["id"] if isinstance(held, dict) else held)
