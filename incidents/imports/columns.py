"""Columns: each cleans one value and explains one error. What is cleaned once is remembered, as sheets repeat themselves."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from incidents.errors import RuleBroken
from incidents.rules import timespans
from incidents.rules.numerals import parse_count, western

REMEMBERED = 4096
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.][0-9]{1,15})?")
_SIX = Decimal("0.000001")


def folded(name: str) -> str:
    """Return a column's name as it is compared: without case, blanks, dashes and underscores."""
    return re.sub(r"[\s_\-./()]+", "", western(name)).casefold()


class Column:
    """One column of a format. `aliases` are other headers under which it is found without being asked."""

    longest = 0

    def __init__(self, name: str, label: str | Promise, *, aliases: Iterable[str] = (), is_required: bool = False, longest: int = 0) -> None:
        self.name, self.label, self.is_required = name, label, is_required
        self.longest = longest or self.longest
        with override("ar"):
            spellings = {str(label)}
        with override("en"):
            spellings |= {str(label), name, *aliases}
        self.headers = frozenset(map(folded, spellings))
        self._remembered: dict[str, Any] = {}

    def value(self, text: str) -> Any:
        """Return the value written. Raise RuleBroken, naming this column, if it is none."""
        try:
            return self._remembered[text]
        except KeyError:
            pass
        cleaned = self._cleaned(text)
        if len(text) < 200:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[text] = cleaned
        return cleaned

    def _cleaned(self, text: str) -> Any:
        written = text.strip()
        if not written:
            if self.is_required:
                raise RuleBroken("required", _("This column must not be empty."), self.name)
            return self.empty()
        if self.longest and len(written) > self.longest:
            raise RuleBroken("too_long", _("This text is too long."), self.name)
        return self.clean(written)

    def empty(self) -> Any:
        """Return what an empty cell means: not stated."""
        return None

    def clean(self, text: str) -> Any:
        """Return the value of a text that is not empty."""
        raise NotImplementedError


class Text(Column):
    """A text, without blanks around it."""

    def empty(self) -> str:
        return ""

    def clean(self, text: str) -> str:
        return text


class Evidence(Text):
    """Words received, kept code point for code point."""

    def value(self, text: str) -> Any:
        if not text.strip():
            return super().value(text)
        return text


class Name(Text):
    """The name of a party, place or source, resolved later."""

    longest = 300


class Names(Column):
    """Several names, separated by | or ;."""

    def empty(self) -> tuple[str, ...]:
        return ()

    def clean(self, text: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in re.split(r"[|;]", text) if name.strip())


class Count(Column):
    """A whole number. Empty is not stated, which is not zero."""

    def clean(self, text: str) -> int | None:
        return parse_count(text, self.name)


class Day(Column):
    """A day as 2016-09-19, or 19/09/2016 with the day first."""

    def clean(self, text: str) -> date:
        written = western(text)
        if match := _DAY_FIRST.fullmatch(written):
            written = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
        return timespans.parse_day(written, self.name)


class Moment(Column):
    """A local day and perhaps a time, or a month: 2016-09-19 19:12. Kept as written until its precision is known."""

    def clean(self, text: str) -> tuple[timespans.Local, Any]:
        day, blank, clock = western(text).partition(" ")
        if match := _DAY_FIRST.fullmatch(day):
            day = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
        return timespans.parse_local(f"{day}{blank}{clock}", self.name)


class Degrees(Column):
    """A coordinate in decimal degrees."""

    def __init__(self, name: str, label: str | Promise, most: int, **options: Any) -> None:
        super().__init__(name, label, **options)
        self.most = most

    def clean(self, text: str) -> Decimal:
        written = western(text).replace("٫", ".")
        if not _DEGREES.fullmatch(written):
            raise RuleBroken("not_degrees", _("Write coordinates as decimal degrees, such as 36.296."), self.name)
        try:
            degrees = Decimal(written).quantize(_SIX)
        except InvalidOperation:
            raise RuleBroken("not_degrees", _("Write coordinates as decimal degrees, such as 36.296."), self.name) from None
        if abs(degrees) > self.most:
            raise RuleBroken("out_of_range", _("This is no place on Earth."), self.name)
        return degrees


class Word(Column):
    """A word of a vocabulary, as its code or its label in English or Arabic."""

    def __init__(self, name: str, label: str | Promise, words: type[TextChoices], default: str | None = None, **options: Any) -> None:
        super().__init__(name, label, **options)
        self.default = default
        self.words: dict[str, str] = {}
        for word in words:
            for language in ("en", "ar"):
                with override(language):
                    self.words[folded(str(word.label))] = word.value
        self.words |= {folded(word.value): word.value for word in words}

    def empty(self) -> str | None:
        return self.default

    def clean(self, text: str) -> str:
        try:
            return self.words[folded(text)]
        except KeyError:
            raise RuleBroken("unknown_word", _("This word is not in the vocabulary."), self.name) from None


class YesNo(Column):
    """Yes or no. Empty is no."""

    YES, NO = frozenset({"yes", "y", "true", "1", "نعم"}), frozenset({"no", "n", "false", "0", "لا"})

    def empty(self) -> bool:
        return False

    def clean(self, text: str) -> bool:
        word = text.casefold()
        if word in self.YES or word in self.NO:
            return word in self.YES
        raise RuleBroken("not_yes_or_no", _("Write yes or no."), self.name)


class Mapper:
    """Which column of the file is which column of the format, and values that hold for every row."""

    def __init__(self, columns: Iterable[Column], header: list[str], mapping: Mapping[str, Mapping[str, str]]) -> None:
        self._cells: list[tuple[str, Column, int]] = []
        self._constants: list[tuple[str, Column, str]] = []
        self._absent: list[tuple[str, Column]] = []
        places = {name: index for index, name in enumerate(header)}
        for column in columns:
            chosen = mapping.get(column.name, {})
            if chosen.get("header") in places:
                self._cells.append((column.name, column, places[chosen["header"]]))
            elif chosen.get("value"):
                self._constants.append((column.name, column, chosen["value"]))
            else:
                self._absent.append((column.name, column))

    def values(self, cells: list[str]) -> tuple[dict[str, Any], list[RuleBroken]]:
        """Return the values of a row by column, and every error in it rather than the first."""
        found: dict[str, Any] = {}
        wrong = []
        for name, column, index in self._cells:
            text = cells[index]
            # The common case without a call: what was cleaned before.
            remembered = column._remembered
            if text in remembered:
                found[name] = remembered[text]
                continue
            try:
                found[name] = column.value(text)
            except RuleBroken as broken:
                wrong.append(broken)
        for name, column, text in self._constants:
            try:
                found[name] = column.value(text)
            except RuleBroken as broken:
                wrong.append(broken)
        for name, column in self._absent:
            if column.is_required:
                wrong.append(RuleBroken("required", _("This column must not be empty."), name))
            else:
                found[name] = column.empty()
        return found, wrong


def matched(columns: Iterable[Column], header: list[str]) -> dict[str, dict[str, str]]:
    """Return the mapping that the headers themselves suggest; what matches none is left out."""
    by_header = {folded(name): name for name in reversed(header)}
    found = {}
    for column in columns:
        # The column's own name first: two headers may be spellings of one.
        for spelling in (folded(column.name), *sorted(column.headers)):
            if spelling in by_header:
                found[column.name] = {"header": by_header[spelling]}
                break
    return found
