"""Whom a report accuses, as it is drawn: the mark of the side the accused stood on that day, and the name that was said."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incidents.models import Party, Report, Side
from incidents.queries.sides import Camps

MARKS = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Accused:
    """A mark (shape, letter, colour) and a name. The mark of a party on no side is that of nobody."""

    mark: str
    letter: str
    label: str
    side: str = ""


def mark_of(side: Side | None) -> str:
    """Return the name of the side's shape and colours. Letters follow the agreement's order."""
    return MARKS[(ord(side.code) - ord("A")) % len(MARKS)] if side else "nobody"


def letter_of(side: Side | None) -> str:
    """Return the side's letter in the reader's script."""
    if side is None:
        return pgettext("letter of nobody", "?")
    letters = {
        "A": pgettext("letter of a side", "A"),
        "B": pgettext("letter of a side", "B"),
        "C": pgettext("letter of a side", "C"),
        "D": pgettext("letter of a side", "D"),
    }
    return letters.get(side.code, side.code)


def letter_of_no_side() -> str:
    """Return what stands in the mark of a party that is on no side."""
    return pgettext("mark of a party on no side", "–")


def of_side(side: Side) -> Accused:
    """Return the side itself as accused."""
    return Accused(mark_of(side), letter_of(side), side.label, side.code)


def of_report(report: Report, camps: Camps) -> Accused:
    """Return whom the report accuses. A party carries the mark of the side on which it stood on the report's day."""
    if report.accused_side:
        return of_side(report.accused_side)
    if report.accused_party:
        return of_party(report.accused_party, camps, report)
    return Accused("nobody", letter_of(None), _("Nobody accused"))


def of_party(party: Party, camps: Camps, report: Report) -> Accused:
    """Return the party with the mark of its side on the report's day."""
    side = camps.side_of(party, report.occurred_on)[1]
    letter = letter_of(side) if side else letter_of_no_side()
    return Accused(mark_of(side), letter, party.short_label, side.code if side else "")
