"""Coverage as lists and JSON show it: who could observe, where and when, and who was kept from it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.models import Agreement, Change, Coverage, Party, Place
from incidents.permissions import Capability, may
from incidents.queries import cursors, filters, narrowing, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader
from incidents.rules import watching
from incidents.rules.watching import Watched

# A truce without an end would be counted for years.
LONGEST = 366
WITHHELD_WITH_THE_SOURCE = ("source", "link", "external_id")


@dataclass(frozen=True)
class CoverageFilter(Filter):
    """Which coverage is asked for."""

    own = {"observer": filters.slug_of("Slug of who observes."), "grade": filters.RELIABILITY}

    agreement: str = ""
    observer: str = ""
    grade: str = ""
    since: date | None = None
    until: date | None = None
    area: str = ""
    text: str = ""
    updated_since: datetime | None = None


def seen(reader: Reader) -> QuerySet[Coverage]:
    """Return the coverage this reader may see: that of the agreements they may see."""
    return visibility.coverage(reader).select_related("agreement", "observer", "denied_by", "place", "source")


def filtered(reader: Reader, asked: CoverageFilter) -> QuerySet[Coverage]:
    """Return the coverage asked for, newest first by the order in which it was logged."""
    rows = seen(reader)
    if agreement := narrowing.agreement(reader, asked.agreement):
        rows = rows.filter(agreement=agreement)
    if asked.observer:
        rows = rows.filter(observer__slug=asked.observer)
    if asked.grade:
        rows = rows.filter(narrowing.relied_on(reader, asked.grade))
    if asked.since:
        rows = rows.filter(Q(until_on=None) | Q(until_on__gte=asked.since))
    if asked.until:
        rows = rows.filter(from_on__lte=asked.until)
    if asked.area:
        rows = rows.filter(narrowing.lies_in(asked.area, "place"))
    if asked.text:
        named = Q(place__name__icontains=asked.text) | Q(place__name_ar__icontains=asked.text)
        rows = rows.filter(named | Q(place_as_worded__icontains=asked.text))
    return narrowing.updated(reader, rows, asked.updated_since).order_by("-id")


def page(reader: Reader, asked: CoverageFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Coverage]:
    """Return one page of coverage."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def observers(reader: Reader, agreement: Agreement) -> QuerySet[Party]:
    """Return who observed something under this agreement, or was kept from it, as far as this reader may see."""
    return Party.objects.filter(pk__in=visibility.coverage(reader).filter(agreement=agreement).order_by().values("observer")).order_by("name", "id")


def one(reader: Reader, public_id: Any) -> Coverage:
    """Return the coverage. Raise Coverage.DoesNotExist alike for what is not there and what this reader may not see."""
    return seen(reader).get(public_id=public_id)


def watched(reader: Reader, agreement: Agreement, first: date, last: date | None, area: Place | None = None) -> Watched:
    """Return whether anybody could observe, for each local day; at most the latest LONGEST of them, and none that is still to come.

    With an area, only who could observe in it, in a part of it or around it; coverage of a place that is not in the gazetteer may be there.
    """
    end = min(last or date.max, agreement.local_day(timezone.now()))
    rows = seen(reader).filter(agreement=agreement, from_on__lte=end).exclude(until_on__lt=first).order_by()
    if area:
        rows = rows.filter(Q(place=None) | Q(place__in=_around(area)))
    presences = [watching.Presence(row.from_on, row.until_on, row.is_denied) for row in rows]
    return watching.watched(presences, max(first, end - timedelta(days=LONGEST - 1)), end)


def watched_as_known(agreement: Agreement, number: int, at: datetime | None, first: date, last: date | None) -> Watched:
    """Return the same of all areas as the log had it at change `number`, sealed at an instant: whenever it is asked, it is the same."""
    end = min(last or date.max, agreement.local_day(at or timezone.now()))
    sealed = Change.objects.filter(record_type="coverage", agreement_id=agreement.public_id, seal__number__lte=number)
    latest = dict(sealed.order_by("seal__number").values_list("record_id", "payload__body"))
    known = [body["after"] for body in latest.values() if body and body["after"]]
    presences = [watching.Presence(date.fromisoformat(row["from_on"]), _day(row["until_on"]), row["is_denied"]) for row in known]
    return watching.watched(presences, max(first, end - timedelta(days=LONGEST - 1)), end)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _around(area: Place) -> set[int]:
    """Return the places that hold the area or lie in it, itself included."""
    parents = dict(Place.objects.values_list("pk", "parent_id"))

    def chain(place: int | None) -> list[int]:
        found: list[int] = []
        while place is not None and place not in found:
            found.append(place)
            place = parents.get(place)
        return found

    return set(chain(area.pk)) | {place for place in parents if area.pk in chain(place)}


def withheld(reader: Reader, coverage: Coverage) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of it: our note, and what tells of a protected source."""
    notes = () if may(reader, Capability.READ_INTERNAL_NOTES, coverage) else ("note",)
    return (*notes, *visibility.withheld(reader, coverage, WITHHELD_WITH_THE_SOURCE))
