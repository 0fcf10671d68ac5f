"""Numbers of tallies as rows that a person reads: whom they are held against, what they are broken down by, what is behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from incidents.models import Party, Place, Side
from incidents.queries.answers import WHOLE, Amount, Answer, Cell, Choice
from incidents.queries.questions import Question
from incidents.rules import ranges
from incidents.views import dates
from incidents.views.desk import notes
from incidents.views.desk.accused import Accused, letter_of, letter_of_no_side, of_side
from incidents.vocabulary import Bucket, Grouping, HarmGroup, HarmKind, Qualifier, Unit, ViolationType


@dataclass(frozen=True)
class Shown:
    """One number, ready to be shown. `size` is what its bar is as long as; None draws none."""

    accused: Accused
    key: str
    detail: str
    number: str
    unknown: str
    records: int
    size: int | None
    address: str
    notes: list[str]
    cell: Cell

    @property
    def speech(self) -> str:
        """Return the number as it is read out."""
        return _(", ").join(part for part in (self.key, self.accused.label, self.detail, self.number, self.unknown) if part)


def of(answer: Answer, most: int | None = None) -> list[Shown]:
    """Return the numbers of an answer as rows; the first of them where only so many are looked at."""
    question, cells = answer.question, answer.cells[:most]
    names, params = Names(question, cells), question.as_params(settled=not question.point.is_now)
    address = reverse("tallies-opened", args=[question.agreement.slug])
    return [_row(question, cell, names, f"{address}?{urlencode(params | chosen(cell))}") for cell in cells]


class Names:
    """What the words in cells are called in the reader's language, read once."""

    def __init__(self, question: Question, cells: Iterable[Cell]) -> None:
        self.question = question
        listed = list(cells)
        keys = {cell.key for cell in listed if cell.key}
        self.sides = {side.code: side for side in Side.objects.filter(agreement=question.agreement)}
        parties = {cell.claimant for cell in listed if cell.claimant} | (keys if question.by == Grouping.CLAIMANT else set())
        self.parties = {party.slug: party for party in Party.objects.filter(slug__in=parties)} if parties else {}
        self.places = {place.slug: place for place in Place.every.filter(slug__in=keys)} if question.by == Grouping.AREA else {}

    def accused(self, cell: Cell) -> Accused:
        """Return whom a number is held against."""
        if cell.side in self.sides:
            return of_side(self.sides[cell.side])
        named = {
            Bucket.NO_SIDE: (letter_of_no_side(), _("Parties on no side")),
            Bucket.NOBODY: (letter_of(None), _("Nobody accused")),
            Bucket.SEVERAL: ("", _("Several accused, not told apart")),
            WHOLE: ("", _("Whoever is blamed")),
        }
        return Accused("nobody", *named[cell.bucket])

    def key(self, key: str | None) -> str:
        """Return what a number was broken down by, as it is called."""
        match self.question.by:
            case "":
                return ""
            case Grouping.DAY:
                return dates.day(date.fromisoformat(key), short=True) if key else _("undated")
            case Grouping.WEEK:
                return _("week from %(day)s") % {"day": dates.day(date.fromisoformat(key), short=True)} if key else _("undated")
            case Grouping.TYPE:
                return str(ViolationType(key).label) if key else _("not of one type")
            case Grouping.UNIT:
                return str(Unit(key).label) if key else "—"
        known: Party | Place | None = self.parties.get(key or "") or self.places.get(key or "")
        return _named(known) if known else _("no one place known") if self.question.by == Grouping.AREA else "—"

    def detail(self, cell: Cell) -> str:
        """Return claimant, unit and group, as far as the number is told apart by them and its key does not say so already."""
        party = self.parties.get(cell.claimant or "") if self.question.by != Grouping.CLAIMANT else None
        unit = str(Unit(cell.unit).label) if cell.unit and self.question.by != Grouping.UNIT else ""
        group = str(HarmGroup(cell.group).label) if cell.group else ""
        return " · ".join(part for part in (party.short_label if party else "", unit, group) if part)


def _named(known: Party | Place) -> str:
    return known.short_label if isinstance(known, Party) else dates_name(known)


def dates_name(place: Place) -> str:
    """Return a place's name in the reader's language."""
    return ((get_language() or "").startswith("ar") and place.name_ar) or place.name


def _row(question: Question, cell: Cell, names: Names, address: str) -> Shown:
    return Shown(
        accused=names.accused(cell),
        key=names.key(cell.key),
        detail=names.detail(cell),
        number=number(cell.amount, is_range=question.measure != "count", hedge=cell.qualifier),
        unknown=unknown(cell.amount, is_range=question.measure != "count"),
        records=cell.amount.records,
        size=cell.amount.best if question.measure == "count" else _first(cell.amount.best, cell.amount.low, cell.amount.high),
        address=address,
        notes=notes.sentences(cell.flags),
        cell=cell,
    )


def chosen(cell: Cell) -> dict[str, str]:
    """Return the parameters that open a number."""
    named = dict(zip(Choice.NAMES, cell.identity, strict=True))
    return {name: value or "" for name, value in named.items() if value or name == "key"}


def number(amount: Amount, *, is_range: bool, hedge: str = "") -> str:
    """Return the known part of a sum, as a range of harm or one number; an em dash where nothing is known."""
    if is_range:
        count = ranges.Range(amount.low, amount.best, amount.high, Qualifier(hedge or Qualifier.EXACTLY))
        return str(ranges.plain(count)) if count.is_known else "—"
    said = "" if hedge in {"", Qualifier.EXACTLY} else f"{Qualifier(hedge).label} "
    return "—" if amount.best is None else f"{said}{amount.best}"


def unknown(amount: Amount, *, is_range: bool) -> str:
    """Return how many are not known, beside the known part."""
    count = min(amount.low_unknown, amount.best_unknown, amount.high_unknown) if is_range else amount.best_unknown
    return ngettext("%(count)d not known", "%(count)d not known", count) % {"count": count} if count else ""


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def window(question: Question) -> str:
    """Return the days looked at."""
    first, last = question.window
    if first:
        return dates.days(first, last, short=True)
    return _("up to %(day)s") % {"day": dates.day(last, short=True)} if last else _("all days")


def measure_label(measure: str) -> str | Promise:
    """Return what a measure is called."""

    return _("How many") if measure == "count" else HarmKind(measure).label


def lines(answer: Answer) -> Iterable[tuple[Any, ...]]:
    """Yield the rows of the spreadsheet: codes that stay, then names."""
    yield ("agreement", "method", "measure", "by", "key", "bucket", "side", "claimant", "unit", "group", "low", "best", "high",
           "low_unknown", "best_unknown", "high_unknown", "records", "qualifier", "flags", "change")  # fmt: skip
    question = answer.question
    for cell in answer.cells:
        amount = cell.amount
        yield (
            question.agreement.slug, question.method.name, question.measure, question.by, cell.key, cell.bucket, cell.side, cell.claimant, cell.unit,
            cell.group, amount.low, amount.best, amount.high, amount.low_unknown, amount.best_unknown, amount.high_unknown, amount.records,
            cell.qualifier, " ".join(flag["code"] for flag in cell.flags), question.point.number,
        )  # fmt: skip
