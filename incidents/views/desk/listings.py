"""Pages of a list: what is asked for by a GET form, one page of rows, and the addresses of its neighbours."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from django.db.models import Model
from django.utils.http import urlencode

from incidents.errors import RuleBroken
from incidents.queries.cursors import Page
from incidents.views.desk.filters import Choice, Options

R = TypeVar("R", bound=Model)


class Filter(Protocol):
    """What `parse` reads from an address, and what an address is made of again."""

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self: ...

    def as_params(self) -> dict[str, str]: ...


F = TypeVar("F", bound=Filter)


@dataclass(frozen=True)
class Listing(Generic[F, R]):
    """A page of rows. Where the question cannot be read, `wrong` says why, nothing is listed, and `asked` is None."""

    asked: F | None
    rows: list[R]
    wrong: RuleBroken | None
    newer: str
    older: str
    in_form: frozenset[str] | None = None

    @property
    def status(self) -> int:
        """Return the status to answer with."""
        return 400 if self.wrong else 200

    @property
    def others(self) -> list[tuple[str, str]]:
        """Return what narrows it beside the fields of its form."""
        if self.asked is None or self.in_form is None:
            return []
        return [(name, value) for name, value in self.asked.as_params().items() if name not in self.in_form]

    @property
    def is_narrowed(self) -> bool:
        """Return whether some of the rows are left out because it was asked so."""
        return bool(self.wrong or (self.asked and self.asked.as_params()))


def of(params: Mapping[str, Any], question: type[F], page: Callable[[F, str | None], Page[R]], in_form: Iterable[str] | None = None) -> Listing[F, R]:
    """Return the page that an address asks for. `in_form` are the words that the form asks for, None: all."""
    try:
        asked = question.parse(params)
        found = page(asked, params.get("cursor") or None)
    except RuleBroken as broken:
        return Listing(None, [], broken, "", "")
    said = asked.as_params()

    def address(cursor: str | None) -> str:
        return f"?{urlencode(said | {'cursor': cursor})}" if cursor else ""

    return Listing(asked, found.rows, None, address(found.previous), address(found.next), None if in_form is None else frozenset(in_form))


def choice(params: Mapping[str, Any], name: str, label: str, empty: str, options: Options) -> Choice:
    """Return a drop-down of the form, with what was asked as it was written."""
    return Choice(name, label, empty, str(params.get(name) or ""), options, [])
