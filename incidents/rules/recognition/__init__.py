"""Reads what a message in English or Arabic may mean: place, time, type, accused side, killed and wounded. It proposes, and decides nothing.

No database, no clock, no guess: each reading names the words it comes from; what can be read in several ways is offered as alternatives
without a value; what is not said is not proposed. The text itself is never changed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from incidents.rules.recognition import accused, harm, kinds, places, times
from incidents.rules.recognition.places import Gazetteer
from incidents.rules.recognition.readings import FIELDS, WEAK, Count, Reading, Readings, Side, When
from incidents.rules.recognition.words import Text

__all__ = ["FIELDS", "LONGEST", "WEAK", "Count", "Gazetteer", "Reading", "Readings", "Side", "Text", "When", "read", "ready", "times"]

# What follows is not read: so long a text is a digest, to be split first.
LONGEST = 4_000
# So few words are notes, in which nothing needs saying that something happened.
SHORTHAND = 6


def read(received: str, *, posted: datetime, places_known: Gazetteer, sides: Iterable[Side]) -> Readings:
    """Return what is recognised, in the order of the text's fields. `posted` is local to where it happened; its day is what "today" means."""
    text = Text.of(received[:LONGEST])
    kind, harmed = kinds.read(text), harm.read(text)
    found = [places.read(text, places_known), times.read(text, posted), kind, accused.read(text, sides), *harmed]
    tells_of_something = kind is not None or bool(harmed) or len(text.words) < SHORTHAND
    return Readings(tuple(one if tells_of_something or one.field != "when" else _offered(one) for one in found if one))


def ready() -> None:
    """Compile every pattern: whoever is the first to paste a text does not wait for that."""
    read("ready", posted=datetime.fromisoformat("2000-01-01T12:00"), places_known=Gazetteer(()), sides=())


def _offered(reading: Reading) -> Reading:
    """Return a reading as an offer only: where no violation is told of, a day named is no day of one."""
    values = (reading.value, *reading.alternatives) if reading.value is not None else reading.alternatives
    return replace(reading, value=None, alternatives=values, confidence=WEAK)
