"""What may be asked of reports: one vocabulary for lists, JSON, and whatever shows the same reports another way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Membership
from incidents.queries import sides
from incidents.rules import timespans
from incidents.vocabulary import Bucket, ReportState, ViolationType

LONGEST = 200
SIDES_BY_NAME = (Bucket.NO_SIDE, Bucket.NOBODY)

_LETTER = re.compile(r"[A-Z]")
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")


@dataclass(frozen=True)
class ReportFilter:
    """Which reports are asked for. Every field may be empty; what is empty narrows nothing."""

    agreement: str = ""
    side: str = ""
    claimant: str = ""
    type: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read; other names are left alone."""
        said = {name: said_once(params, name) for name in cls.names()}
        asked = cls(
            agreement=slug(said["agreement"], "agreement"),
            side=_side(said["side"]),
            claimant=slug(said["claimant"], "claimant"),
            type=word(said["type"], ViolationType, "type"),
            state=word(said["state"], ReportState, "state"),
            since=day(said["since"], "since"),
            until=day(said["until"], "until"),
            text=said["text"],
        )
        if asked.since and asked.until and asked.until < asked.since:
            raise RuleBroken("ends_before_start", _("The last day lies before the first."), "until")
        if asked.side and asked.side != Bucket.NOBODY and not asked.agreement:
            raise RuleBroken("agreement_required", _("A side belongs to one agreement: say of which."), "side")
        return asked

    def as_params(self) -> dict[str, str]:
        """Return what `parse` would read this filter from; empty fields are left out."""
        return {name: str(value) for name in self.names() if (value := getattr(self, name))}


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


def _side(value: str) -> str:
    if value and value not in SIDES_BY_NAME and not _LETTER.fullmatch(value):
        raise unknown(value, "side")
    return value


def unknown(value: str, field: str) -> RuleBroken:
    """Return what to raise for a word that is not known here."""
    return RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": value}, field)


def stood_on(camps: sides.Camps, letters: set[str], party: str = "accused_party", day: str = "occurred_on") -> Q:
    """Return the condition that `Camps.side_of` puts the party in one field on one of these sides on the day in another.

    It is asked once for each stretch of days in which a party's standing does not change, and the answers become days to compare.
    """
    found = Q(pk__in=[])
    organs = {organ for organ, principal in camps.principals.items() if principal in camps.memberships}
    for key in camps.memberships.keys() | organs:
        if _letter(camps, key, None) in letters:
            found |= Q(**{party: key, f"{day}__isnull": True})
        held = camps.memberships.get(key) or camps.memberships[camps.principals[key] or 0]
        for first, last in _stretches(held):
            if _letter(camps, key, first or last or date.max) in letters:
                bounds = {f"{day}__gte": first, f"{day}__lte": last}
                found |= Q(**{party: key, f"{day}__isnull": False}, **{name: bound for name, bound in bounds.items() if bound})
    return found


def _letter(camps: sides.Camps, party: int, day: date | None) -> str:
    side = camps.side_of(party, day)[1]
    return side.code if side else ""


def _stretches(held: list[Membership]) -> list[tuple[date | None, date | None]]:
    """Return the stretches of days, first and last included and None where open, at whose borders a membership begins or ends."""
    starts = {row.from_on for row in held if row.from_on}
    starts |= {row.until_on + timedelta(days=1) for row in held if row.until_on and row.until_on < date.max}
    borders = sorted(starts)
    firsts: list[date | None] = [None, *borders]
    lasts: list[date | None] = [*(border - timedelta(days=1) for border in borders), None]
    return list(zip(firsts, lasts, strict=True))
