"""What may be asked: one vocabulary for lists, pages, maps, exports and JSON. Here every word is declared, with how it is read and what it means.

A noun's filter is a dataclass whose fields are words of this vocabulary; what a word means for that noun alone, its own words of
state for instance, stands in `own`. What is not among its fields is no word there, and the surfaces refuse it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.rules import boxes, timespans, zooms
from incidents.rules.boxes import Box
from incidents.rules.numerals import western
from incidents.vocabulary import Bucket, HarmGrade, Located, Reliability, ReportState, Unit, ViolationType

LONGEST = 200
SIDES_BY_NAME = (Bucket.NO_SIDE, Bucket.NOBODY)

_LETTER = re.compile(r"[A-Z]")
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")
_ADMIRALTY = re.compile(r"[A-F][1-6]?|[1-6]")
# A plus sign in an address is read as a blank.
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[+ -][0-9]{2}:[0-9]{2})")


# --- How what is said is read


def said_once(params: Mapping[str, str], name: str, longest: int = LONGEST) -> str:
    """Return the parameter without blanks around it, or "". Raise RuleBroken if it is said twice, is too long or no text."""
    values: list[Any] = params.getlist(name) if hasattr(params, "getlist") else [params.get(name, "")]
    if len(values) > 1:
        raise RuleBroken("said_twice", _("“%(name)s” is given more than once.") % {"name": name}, name)
    value = str(values[0]).strip() if values else ""
    if len(value) > longest:
        raise RuleBroken("too_long", _("This is longer than %(longest)d characters.") % {"longest": longest}, name)
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        raise RuleBroken("not_text", _("This holds a character that is not text."), name)
    return value


def day(value: str, field: str) -> date | None:
    """Return the day written as YYYY-MM-DD, in any digits; None for "". ISO week dates and the like are not days here."""
    return timespans.parse_day(value, field) if value else None


def word(value: str, choices: type[TextChoices], field: str) -> str:
    """Return the word if the vocabulary has it."""
    if value and value not in choices.values:
        raise unknown(value, field)
    return value


def slug(value: str, field: str) -> str:
    """Return the slug if it can be one; whether a record has it is for the query to say."""
    if value and not _SLUG.fullmatch(value):
        raise unknown(value, field)
    return value


def side(value: str, field: str) -> str:
    """Return the letter of a side, or one of the words for a party on no side and for nobody."""
    if value and value not in SIDES_BY_NAME and not _LETTER.fullmatch(value):
        raise unknown(value, field)
    return value


def grade(value: str, field: str) -> str:
    """Return the grade on the Admiralty scale: of the source, of the statement, or of both."""
    if value and not _ADMIRALTY.fullmatch(value):
        raise unknown(value, field)
    return value


def public_id(value: str, field: str) -> UUID | None:
    """Return the id of a record; None for ""."""
    try:
        return UUID(value) if value else None
    except ValueError:
        raise unknown(value, field) from None


def instant(value: str, field: str) -> datetime | None:
    """Return the instant written with its offset, in UTC; None for ""."""
    if not value:
        return None
    try:
        if found := _INSTANT.fullmatch(western(value)):
            on, clock, offset = found.groups()
            return datetime.fromisoformat(f"{on}T{clock}{offset.replace(' ', '+')}").astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise RuleBroken("not_an_instant", _("Write an instant with its offset, such as 2016-09-19T19:12:00+03:00."), field)


def box(value: str, field: str) -> Box | None:
    """Return the box on the map; None for ""."""
    return boxes.parse(value, field) if value else None


def anything(value: str, field: str) -> str:
    """Return the text as it is said."""
    return value


def unknown(value: str, field: str) -> RuleBroken:
    """Return what to raise for a word that is not known here."""
    return RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": value}, field)


# --- The vocabulary


@dataclass(frozen=True)
class Word:
    """One word: how what is said by it is read, what it means, and what it looks like in the published schema."""

    read: Callable[[str, str], Any]
    says: str
    schema: Mapping[str, Any]


def one_of(choices: type[TextChoices], says: str, *besides: str) -> Word:
    """Return a word that takes the words of a vocabulary, and those besides."""

    def read(value: str, field: str) -> str:
        return value if value in besides else word(value, choices, field)

    return Word(read, says, {"type": "string", "enum": [*choices.values, *besides]})


def slug_of(says: str) -> Word:
    """Return a word that takes the slug of a record."""
    return Word(slug, says, {"type": "string"})


def _text(says: str) -> Word:
    return Word(anything, says, {"type": "string", "maxLength": LONGEST})


def _day(says: str) -> Word:
    return Word(day, says, {"type": "string", "format": "date"})


def _instant(says: str) -> Word:
    return Word(instant, says, {"type": "string", "format": "date-time"})


def id_of(says: str) -> Word:
    """Return a word that takes the id of a record."""
    return Word(public_id, says, {"type": "string", "format": "uuid"})


HARM_GRADE = one_of(HarmGrade, "How well harm and its author are established.")
RELIABILITY = one_of(Reliability, "How far the source can be relied on; nothing where the source is withheld.")
WORDS: dict[str, Word] = {
    "agreement": slug_of("Slug of an agreement."),
    "side": Word(
        side, "Who is accused: a side's letter, `no_side` (a party on no side) or `nobody`; with `agreement`.", {"type": "string", "maxLength": 10}
    ),
    "claimant": slug_of("Slug of the party that says so; what its organs say is included."),
    "accused": slug_of("Slug of a party that is accused by name, itself or an organ of it."),
    "type": one_of(ViolationType, "Type of violation."),
    "unit": one_of(Unit, "Unit of what is counted."),
    "state": one_of(ReportState, "What has become of it."),
    "grade": Word(
        grade,
        "Admiralty grade: of the source (`B`), of the statement (`2`) or of both (`B2`). By its source nothing is found where that is withheld.",
        {"type": "string", "pattern": "^([A-F][1-6]?|[1-6])$"},
    ),
    "since": _day("Local day: what touches it or a later one."),
    "until": _day("Local day: what touches it or an earlier one."),
    "area": slug_of("Slug of a place: what lies there, or in what lies in it."),
    "box": Word(box, "`west,south,east,north` in degrees, edges included: points as this key is shown them.", {"type": "string"}),
    "source": slug_of("Slug of a source, of which this key may know that it was the source."),
    "coordinates": one_of(Located, "Whether it has coordinates, its own or those of its place, as this key is shown it."),
    "text": _text("In what people wrote of it, and in names of places, as far as this key reads them."),
    "convoy": id_of("Id of a convoy: what is tied to it."),
    "hinders": id_of("Id of a convoy: the current reports that tell of its being blocked, delayed, stripped or attacked."),
    "incident": slug_of("Slug of an incident."),
    "report": id_of("Id of a report."),
    "updated_since": _instant("Instant with its offset: what was entered or changed since then, by the sealed log."),
    "as_known_on": _instant("Instant with its offset, up to the last seal: what was on record then, and standing as it was then."),
    "kind": slug_of("Kind."),
}


class Filter:
    """What may be asked of a noun. What is empty narrows nothing."""

    own: ClassVar[Mapping[str, Word]] = {}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(one.name for one in fields(cls)) if is_dataclass(cls) else ()

    @classmethod
    def words(cls) -> dict[str, Word]:
        """Return the words by name, in their order."""
        return {name: cls.own.get(name) or WORDS[name] for name in cls.names()}

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read; other names are left alone."""
        said = {name: value for name in cls.names() if (value := said_once(params, name))}
        asked = cls(**{name: cls.words()[name].read(value, name) for name, value in said.items()})
        asked.check()
        return asked

    def check(self) -> None:
        """Raise RuleBroken for words that do not go together."""
        since, until = getattr(self, "since", None), getattr(self, "until", None)
        if since and until and until < since:
            raise RuleBroken("ends_before_start", _("The last day lies before the first."), "until")
        said = getattr(self, "side", "")
        if said and said != Bucket.NOBODY and not getattr(self, "agreement", ""):
            raise RuleBroken("agreement_required", _("A side belongs to one agreement: say of which."), "side")

    def as_params(self) -> dict[str, str]:
        """Return what `parse` would read this filter from; empty fields are left out."""
        return {name: _said(value) for name in self.names() if (value := getattr(self, name))}


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@dataclass(frozen=True)
class ReportFilter(Filter):
    """Which reports are asked for."""

    agreement: str = ""
    side: str = ""
    claimant: str = ""
    accused: str = ""
    type: str = ""
    unit: str = ""
    state: str = ""
    grade: str = ""
    since: date | None = None
    until: date | None = None
    source: str = ""
    area: str = ""
    box: Box | None = None
    coordinates: str = ""
    text: str = ""
    convoy: UUID | None = None
    hinders: UUID | None = None
    updated_since: datetime | None = None
    as_known_on: datetime | None = None


@dataclass(frozen=True)
class MapFilter(ReportFilter):
    """Which reports are asked for, and how near the map is to them."""

    own = {"zoom": Word(lambda value, field: zooms.parse(value, field) if value else None, "How near the map is, from 1 to 18.", {"type": "integer"})}
    zoom: int | None = None

    def check(self) -> None:
        super().check()
        if self.zoom and not self.box:
            raise RuleBroken("box_required", _("A zoom level needs a box: say of what."), "box")
        if self.zoom and self.box:
            zooms.check(self.box, self.zoom)
