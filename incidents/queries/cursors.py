"""Pages of rows that hold their place by a row and not by a count of rows: page 10,000 costs what page 1 costs, and nothing comes twice."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NoReturn, Protocol, TypeVar
from uuid import UUID

from django.db.models import Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken

R = TypeVar("R", bound=Model)
LONGEST_PAGE = 1_000
MOST_COUNTED = 10_000

_DATED = re.compile(r"([na])([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})")
_POSITION = re.compile(r"([na])([0-9]{1,18})")
# Accents, and vowels, hamzas and maddas that stand on Arabic letters, once they are apart from these.
_SIGNS = "[\u0300-\u036f\u064b-\u065f\u0670]"
_NAMED = re.compile(r"([na])([0-9]{1,18})\.([^\0]{0,800})", re.DOTALL)


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows, newest first, and the opaque cursors of the page of older ones (`next`) and of newer ones (`previous`)."""

    rows: list[R]
    next: str | None
    previous: str | None


class Rows(Protocol):
    """Rows that are asked by their key, which each of them has as `pk`."""

    def below(self, key: int | None, limit: int) -> list[Any]:
        """Return rows under this key, or from the top, by descending key."""

    def above(self, key: int, limit: int) -> list[Any]:
        """Return rows over this key, by ascending key."""

    def count(self, most: int) -> int:
        """Return how many rows there are, or so many where there are more."""


@dataclass(frozen=True)
class _Queried:
    rows: QuerySet[Any]

    def below(self, key: int | None, limit: int) -> list[Any]:
        return list((self.rows if key is None else self.rows.filter(pk__lt=key)).order_by("-pk")[:limit])

    def above(self, key: int, limit: int) -> list[Any]:
        return list(self.rows.filter(pk__gt=key).order_by("pk")[:limit])

    def count(self, most: int) -> int:
        return self.rows.order_by().values("pk")[:most].count()


def page(rows: QuerySet[R] | Rows, cursor: str | None, limit: int) -> Page[R]:
    """Return the page of these rows that the cursor points to, by descending id; without one, the first. Raise RuleBroken if it is no cursor."""
    limit = max(1, min(limit, LONGEST_PAGE))
    asked = _asked(rows)
    if not cursor:
        return _older(asked, None, limit)
    way, at = _read(cursor)
    return _older(asked, at, limit) if way == "n" else _newer(asked, at, limit)


def page_by_day(rows: QuerySet[R], field: str, cursor: str | None, limit: int) -> Page[R]:
    """Return the page of these rows by descending day and id, as `page` does by id alone. The day is never null."""
    limit = max(1, min(limit, LONGEST_PAGE))
    way, at = _read_dated(cursor) if cursor else ("n", None)
    if way == "a" and at is not None:
        rows = rows.filter(Q(**{f"{field}__gt": at[0]}) | Q(**{field: at[0], "pk__gt": at[1]})).order_by(field, "pk")
        found = list(rows[: limit + 1])
        shown = found[:limit][::-1]
        return Page(shown, _dated("n", shown[-1], field) if shown else None, _dated("a", shown[0], field) if len(found) > limit else None)
    if at is not None:
        rows = rows.filter(Q(**{f"{field}__lt": at[0]}) | Q(**{field: at[0], "pk__lt": at[1]}))
    found = list(rows.order_by(f"-{field}", "-pk")[: limit + 1])
    shown = found[:limit]
    following = _dated("n", shown[-1], field) if len(found) > limit else None
    return Page(shown, following, _dated("a", shown[0], field) if at is not None and shown else None)


def page_by_name(rows: QuerySet[R], field: str, cursor: str | None, limit: int) -> Page[R]:
    """Return the page of these rows by ascending name and id: `next` are those further on in the alphabet. The name is never null."""
    limit = max(1, min(limit, LONGEST_PAGE))
    way, at = _read_named(cursor) if cursor else ("n", None)
    if way == "a" and at is not None:
        rows = rows.filter(Q(**{f"{field}__lt": at[0]}) | Q(**{field: at[0], "pk__lt": at[1]})).order_by(f"-{field}", "-pk")
        found = list(rows[: limit + 1])
        shown = found[:limit][::-1]
        return Page(shown, _named("n", shown[-1], field) if shown else None, _named("a", shown[0], field) if len(found) > limit else None)
    if at is not None:
        rows = rows.filter(Q(**{f"{field}__gt": at[0]}) | Q(**{field: at[0], "pk__gt": at[1]}))
    found = list(rows.order_by(field, "pk")[: limit + 1])
    shown = found[:limit]
    following = _named("n", shown[-1], field) if len(found) > limit else None
    return Page(shown, following, _named("a", shown[0], field) if at is not None and shown else None)


def alphabetical(name: Any) -> Func:
    """Return what names are put in order by: their letters, large and small alike and without signs on them, Latin or Arabic."""
    letters = Func(Lower(name), template="NORMALIZE(%(expressions)s, NFD)", output_field=TextField())
    return Func(letters, Value(_SIGNS), Value(""), Value("g"), function="regexp_replace", output_field=TextField())


def count(rows: QuerySet[Any] | Rows, cap: int = MOST_COUNTED) -> tuple[int, bool]:
    """Return how many rows there are, and whether that is all of them: counting stops at the cap."""
    found = _asked(rows).count(cap + 1)
    return min(found, cap), found <= cap


def _asked(rows: QuerySet[Any] | Rows) -> Rows:
    return _Queried(rows) if isinstance(rows, QuerySet) else rows


def _dated(way: str, row: Model, field: str) -> str:
    return base64.urlsafe_b64encode(f"{way}{getattr(row, field).isoformat()}.{row.pk}".encode()).decode().rstrip("=")


def _read_dated(cursor: str) -> tuple[str, tuple[date, int]]:
    match = _DATED.fullmatch(_decoded(cursor))
    try:
        return (match[1], (date.fromisoformat(match[2]), int(match[3]))) if match else _unreadable()
    except ValueError:
        return _unreadable()


def _named(way: str, row: Model, field: str) -> str:
    return base64.urlsafe_b64encode(f"{way}{row.pk}.{getattr(row, field)}".encode()).decode().rstrip("=")


def _read_named(cursor: str) -> tuple[str, tuple[str, int]]:
    match = _NAMED.fullmatch(_decoded(cursor, "utf-8"))
    return (match[1], (match[3], int(match[2]))) if match else _unreadable()


def _older(rows: Rows, before: int | None, limit: int) -> Page[Any]:
    found = rows.below(before, limit + 1)
    shown = found[:limit]
    following = _cursor("n", shown[-1].pk) if len(found) > limit else None
    if before is None:
        return Page(shown, following, None)
    return Page(shown, following, _cursor("a", shown[0].pk if shown else max(before - 1, 0)))


def _newer(rows: Rows, after: int, limit: int) -> Page[Any]:
    found = rows.above(after, limit + 1)
    shown = found[:limit][::-1]
    preceding = _cursor("a", shown[0].pk) if len(found) > limit else None
    return Page(shown, _cursor("n", shown[-1].pk if shown else after + 1), preceding)


def lines(rows: QuerySet[R], cursor: str | None, limit: int) -> Page[R]:
    """Return a page of rows that have a `number`, in its order: those after the one that the cursor names, or before it."""
    limit = max(1, min(limit, LONGEST_PAGE))
    way, at = _read(cursor) if cursor else ("n", -1)
    if way == "n":
        found = list(rows.filter(number__gt=at).order_by("number")[: limit + 1])
        shown = found[:limit]
        following = _cursor("n", shown[-1].number) if len(found) > limit else None  # type: ignore[attr-defined]
        return Page(shown, following, _cursor("a", shown[0].number if shown else at + 1) if cursor else None)  # type: ignore[attr-defined]
    found = list(rows.filter(number__lt=at).order_by("-number")[: limit + 1])
    shown = found[:limit][::-1]
    preceding = _cursor("a", shown[0].number) if len(found) > limit else None  # type: ignore[attr-defined]
    return Page(shown, _cursor("n", shown[-1].number if shown else max(at - 1, 0)), preceding)  # type: ignore[attr-defined]


def of_record(record_id: UUID | None) -> str | None:
    """Return the cursor of the page that begins after a record, by its id; None for none."""
    return base64.urlsafe_b64encode(record_id.bytes).decode().rstrip("=") if record_id else None


def record_of(cursor: str) -> UUID | None:
    """Return the record that `of_record` wrote; None where no cursor is given. Raise RuleBroken if it is no cursor."""
    try:
        return UUID(bytes=base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)) if cursor else None
    except (binascii.Error, ValueError):
        _unreadable()


def _cursor(way: str, at: int) -> str:
    return base64.urlsafe_b64encode(f"{way}{at}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, int]:
    """Return the way (`n`: on to older rows; `a`: back to newer ones) and the id of the row at which to turn there."""
    match = _POSITION.fullmatch(_decoded(cursor))
    return (match[1], int(match[2])) if match else _unreadable()


def _decoded(cursor: str, encoding: str = "ascii") -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(encoding)
    except (binascii.Error, ValueError):
        return ""


def _unreadable() -> NoReturn:
    raise RuleBroken("unreadable_cursor", _("This cursor cannot be read: begin again at the first page."), "cursor")
