"""What is recognised in a pasted text, as values of the form's fields and as choices where the text can be read in several ways."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.forms.reports import MORE_NUMBERS, PARTS_OF_DAY, LogReport
from incidents.models import Place
from incidents.rules import recognition
from incidents.rules.recognition import WEAK, Count, Gazetteer, Reading, Side, When
from incidents.rules.timespans import PartOfDay
from incidents.vocabulary import HarmKind, TimePrecision, ViolationType

# The fields that a text may fill. Nobody can put a value into another one by way of a suggestion.
SUGGESTED = (
    *("day", "clock", "until", "last_day", "time_precision", "place", "violation_type", "accused", "accused_as_worded"),
    *("killed_low", "killed_high", "wounded_low", "wounded_high", *MORE_NUMBERS, "link"),
)
# How long after its end messages about an agreement are still posted: "yesterday" is then read from today.
STILL_POSTED = timedelta(days=30)
_ADDRESS = re.compile(r"https?://[^\s<>\"'«»،]{4,1900}[^\s<>\"'«»،.,;:!?)\]]")


@dataclass(frozen=True)
class Piece:
    """A stretch of the text as received, and the field it was read for."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Choice:
    """One way of reading: what it says, and the values it puts into the form."""

    label: str
    values: str


@dataclass(frozen=True)
class Offer:
    """Words that can be read in several ways, or that say more than was taken."""

    label: Any
    said: str
    choices: list[Choice]


@dataclass(frozen=True)
class Suggestions:
    """Values by field, the text with what was read in it, and what is left to choose."""

    values: dict[str, str] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    explicit: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Return how many things were recognised, counted as a person would: a time with its precision is one."""
        groups = [
            ("day", "clock"),
            ("place",),
            ("violation_type",),
            ("accused",),
            *((f"{kind}_low", f"{kind}_high") for kind in HarmKind),
            ("link",),
        ]
        return sum(any(self.values.get(name) for name in group) for group in groups)


def suggest(form: LogReport, text: str, gazetteer: Gazetteer, sides: Iterable[Side], posted: datetime | None = None) -> Suggestions:
    """Return what a text suggests for this form. `posted` is what "yesterday" counts from; None: as far as the form and its agreement tell."""
    is_known, posted = _posted(form, posted)
    readings = recognition.read(text, posted=posted, places_known=gazetteer, sides=sides)
    values: dict[str, str] = {}
    offers, notes = [], []
    for reading in readings.found:
        valued = _values_of(form, reading, is_known)
        if reading.value is not None:
            values |= valued(reading.value)
        said = " ".join(text[reading.start : reading.end].split())
        choices = [Choice(_label_of(form, reading.field, one), json.dumps(valued(one), ensure_ascii=False)) for one in reading.alternatives]
        choices = [choice for choice in choices if choice.values != "{}"]
        if choices and (reading.value is None or reading.field in {"type", "when"}):
            offers.append(Offer(_name_of(form, reading.field), said, choices))
        if reading.value is not None and reading.confidence <= WEAK and reading.field != "when":
            notes.append(_("Please check: “%(said)s”, read for %(field)s.") % {"said": said, "field": _name_of(form, reading.field)})
        if isinstance(reading.value, When):
            if reading.value.is_relative and not is_known:
                notes.append(_("Give the day of posting, and “%(said)s” can be read.") % {"said": said})
            elif reading.value.is_day_assumed:
                notes.append(_("No day is said: the day of posting is assumed."))
    accused = readings.of("accused")
    if accused and accused.value:
        values["accused_as_worded"] = text[accused.start : accused.end]
    if address := _ADDRESS.search(text):
        values["link"] = address[0]
    when = readings.value("when")
    explicit = [name for name in values if name != "day" or (when and not when.is_day_assumed)]
    return Suggestions(values, _pieces(form, text, readings.found), offers, notes, explicit)


def day_above(form: LogReport, lead: str, posted: datetime | None) -> dict[str, str]:
    """Return the day that the heading of a digest names; none where it names several, or counts from a posting whose day is not known."""
    is_known, posted = _posted(form, posted)
    reading = recognition.times.read(recognition.Text.of(lead), posted)
    typed = when_typed(reading.value, is_known) if reading and reading.value else {}
    return {name: value for name, value in typed.items() if name == "day"}


def taken(text: str) -> dict[str, str]:
    """Return the values of a choice that came back from the page; what is no such thing gives none."""
    try:
        values = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if name in SUGGESTED and isinstance(value, str) and len(value) < 300}


def _posted(form: LogReport, posted: datetime | None) -> tuple[bool, datetime]:
    """Return whether the day of posting is known, and the local time that the text is read from."""
    zone = form.agreement.zone
    if posted:
        return True, posted
    now = timezone.now()
    ended = form.agreement.in_force_until
    if ended and ended + STILL_POSTED < now:
        # A message about a truce long over was not posted today; a date without a year is still one of its year.
        return False, (ended + STILL_POSTED).astimezone(zone).replace(tzinfo=None)
    return True, now.astimezone(zone).replace(tzinfo=None)


def _values_of(form: LogReport, reading: Reading, is_known: bool) -> Callable[[Any], dict[str, str]]:
    return {
        "place": lambda value: {"place": typed(form, value)},
        "when": lambda value: when_typed(value, is_known),
        "type": lambda value: {"violation_type": value},
        "accused": lambda value: {"accused": value},
        **{str(kind): lambda value: harm_typed(reading.field, value) for kind in HarmKind},
    }[reading.field]


def typed(form: LogReport, slug: str) -> str:
    """Return what names this place in the field: its name, or its slug where two places bear the name."""
    place = _place(form, slug)
    if place is None:
        return slug
    same = [one for one in form.choices.places if place.label.casefold() in {one.name.casefold(), one.name_ar.casefold()}]
    return place.label if len(same) == 1 else place.slug


def when_typed(when: When, is_known: bool = True) -> dict[str, str]:
    """Return day, time and precision as one types them."""
    day = when.day if is_known or not when.is_relative else None
    typed = {"day": f"{day:%d/%m/%Y}"} if day else {}
    if when.clock is not None:
        typed |= {"clock": f"{when.clock:%H:%M}", "time_precision": str(TimePrecision.HOUR if when.is_about else TimePrecision.EXACT)}
        if when.until is not None:
            typed["until"] = f"{when.until:%H:%M}"
        if when.last_day and day:
            typed["last_day"] = f"{when.last_day:%d/%m/%Y}"
    elif day:
        part = next((value for value, one in PARTS_OF_DAY.items() if one == when.part), "")
        typed["time_precision"] = part or str(TimePrecision.DAY)
        if when.last_day:
            typed |= {"last_day": f"{when.last_day:%d/%m/%Y}", "time_precision": str(TimePrecision.DAY)}
    return typed


def harm_typed(kind: str, count: Count) -> dict[str, str]:
    """Return lowest and highest number as one types them."""
    return {f"{kind}_low": "" if count.low is None else str(count.low), f"{kind}_high": "" if count.high is None else str(count.high)}


def _place(form: LogReport, slug: str) -> Place | None:
    return next((place for place in form.choices.places if place.slug == slug), None)


def _name_of(form: LogReport, name: str) -> Any:
    labels = {
        "place": form.fields["place"].label,
        "when": _("When"),
        "type": form.fields["violation_type"].label,
        "accused": form.fields["accused"].label,
    }
    return labels.get(name) or HarmKind(name).label


def _label_of(form: LogReport, name: str, value: Any) -> str:
    if name == "place":
        place = _place(form, value)
        return f"{place.label} · {place.parent.label}" if place and place.parent else place.label if place else value
    if name == "type":
        return str(ViolationType(value).label)
    if name == "accused":
        return next((side.label for side in form.sides if side.code == value), value)
    if isinstance(value, When):
        said = [
            f"{value.day:%d/%m/%Y}" if value.day else "",
            f"{value.clock:%H:%M}" if value.clock else "",
            str(PartOfDay(value.part).label) if value.part else "",
        ]
        return " ".join(part for part in said if part)
    low, high = value.low, value.high
    return str(low) if low == high else f"{low}–{high}" if high is not None and low is not None else f"≥ {low}" if high is None else f"≤ {high}"


def _pieces(form: LogReport, text: str, found: Iterable[Reading]) -> list[Piece]:
    """Return the text cut where something was read; where readings overlap the first one is marked."""
    pieces, at = [], 0
    for reading in sorted(found, key=lambda one: (one.start, -one.end)):
        if reading.start < at or reading.end <= reading.start:
            continue
        pieces += [Piece(text[at : reading.start]), Piece(text[reading.start : reading.end], str(_name_of(form, reading.field)))]
        at = reading.end
    return [*pieces, Piece(text[at:])]
