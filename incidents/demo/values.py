"""Values as facts write them: times, harm, words of vocabularies. Raise BrokenFact, naming file and line, for what cannot be read."""

import re
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from incidents.actions.reports import HarmStated
from incidents.demo.reading import Fact
from incidents.rules import ranges, timespans
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier, TimePrecision

UNDATED = frozenset({TimePrecision.WEEK, TimePrecision.MONTH, TimePrecision.UNKNOWN})


def instant_of(fact: Fact, name: str, zone: str) -> datetime | None:
    """Return the local time as an instant in UTC, which is how it comes back from the database, so that it compares equal."""
    written = fact.moment(name)
    if written is None:
        return None
    if not isinstance(written, datetime) or written.tzinfo:
        raise fact.broken(f"{name} is a local time without an offset")
    return written.replace(tzinfo=timespans.zone_named(zone, "timezone")).astimezone(UTC)


def when_of(fact: Fact, zone: ZoneInfo) -> dict[str, Any]:
    """Return the fields of a report or event that say when: a `day`, or `from` and `until` with a precision."""
    start, end = fact.moment("day") or fact.moment("from"), fact.moment("until")
    fact.moment("from")
    precision = fact.choice("precision", TimePrecision, TimePrecision.DAY)
    if start is None:
        raise fact.broken("say when: day, or from and until")
    bounds = TimePrecision.EXACT if isinstance(start, datetime) else TimePrecision.DAY
    span = timespans.timespan(bounds, zone, _local(start), _local(end) if end else None, now=timezone.now())
    return {
        "occurred_on": None if precision in UNDATED else span.day,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "time_precision": precision,
    }


def _local(written: Any) -> timespans.Local:
    return timespans.Local(written.date(), written.time()) if isinstance(written, datetime) else timespans.Local(written)


def harm_of(fact: Fact, row: Any) -> HarmStated:
    """Return harm written as { killed = 62, qualifier = "at_least", of = "fighters" }, or with [lowest, best, highest]."""
    if not isinstance(row, dict):
        raise fact.broken("harm is a table")
    kinds = [name for name in row if name in HarmKind.values]
    if len(kinds) != 1 or row.keys() - {*kinds, "qualifier", "of"}:
        raise fact.broken(f"harm names one of {', '.join(HarmKind.values)}, perhaps a qualifier, and of whom")
    number, qualifier = row[kinds[0]], word_of(fact, Qualifier, row.get("qualifier", Qualifier.EXACTLY))
    group = word_of(fact, HarmGroup, row.get("of", HarmGroup.UNKNOWN))
    if isinstance(number, list):
        low, best, high = number
        return HarmStated(HarmKind(kinds[0]), low, best, high, group, qualifier)
    stated = ranges.stated(number, qualifier)
    return HarmStated(HarmKind(kinds[0]), stated.low, stated.best, stated.high, group, qualifier)


C = TypeVar("C", bound=models.TextChoices)


def word_of(fact: Fact, words: type[C], written: str) -> C:
    """Return the word of a vocabulary, or say which words there are."""
    try:
        return words(written)
    except ValueError:
        raise fact.broken(f'"{written}" is none of {", ".join(words.values)}') from None


def language_of(name: str) -> str:
    """Return the language of a name by its script, where the script tells."""
    if re.search(r"[\u0600-\u06ff]", name):
        return "ar"
    return "ru" if re.search(r"[\u0400-\u04ff]", name) else ""
