"""Sources as lists, pages and JSON show them: to those who may not know a protected one it does not exist."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from incidents.models import AggregateClaim, Report, Source
from incidents.queries import cursors, filters, narrowing, reports, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter
from incidents.queries.reports import Spread
from incidents.queries.visibility import Reader
from incidents.vocabulary import Reliability, SourceKind

LATEST = 20


@dataclass(frozen=True)
class SourceFilter(Filter):
    """Which sources are asked for. `grade` and `reliability` mean the same."""

    own = {
        "text": replace(filters.WORDS["text"], says="In the name or the link."),
        "kind": filters.one_of(SourceKind, "What it is."),
        "reliability": filters.one_of(Reliability, "How far it can be relied on."),
        "grade": filters.one_of(Reliability, "How far it can be relied on."),
    }

    text: str = ""
    kind: str = ""
    reliability: str = ""
    grade: str = ""
    updated_since: datetime | None = None


@dataclass(frozen=True)
class Reach:
    """What a source has carried so far: how many reports, under how many agreements, of which days, and how many published totals."""

    reports: int
    claims: int
    agreements: int
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Carried:
    """What came by a source last, as far as this reader may see it."""

    reports: list[Report]
    claims: list[AggregateClaim]


def filtered(reader: Reader, asked: SourceFilter) -> QuerySet[Source]:
    """Return the sources that this reader may learn of and asks for, those put on record last first."""
    found = visibility.sources(reader)
    if asked.text:
        found = found.filter(Q(name__icontains=asked.text) | Q(link__icontains=asked.text))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    for letter in filter(None, (asked.reliability, asked.grade)):
        found = found.filter(reliability=letter)
    return narrowing.updated(reader, found, asked.updated_since).order_by("-id")


def page(reader: Reader, asked: SourceFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Source]:
    """Return one page of sources."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def page_by_name(reader: Reader, asked: SourceFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Source]:
    """Return one page of sources in the order of their names. Which protected ones it names is noted."""
    rows = filtered(reader, asked).annotate(sorted_by=cursors.alphabetical(F("name")))
    found: Page[Source] = cursors.page_by_name(rows, "sorted_by", cursor, limit)
    for source in found.rows:
        visibility.shows_source(reader, source)
    return found


def one(reader: Reader, slug: Any) -> Source:
    """Return the source. Raise Source.DoesNotExist alike for what is not there and what this reader may not see."""
    return visibility.sources(reader).get(slug=slug)


def reaches(reader: Reader, found: Iterable[Source]) -> dict[int, Reach]:
    """Return the reach of each of these sources by key, in two queries. Nothing is counted that the reader may not know to be theirs."""
    keys = [source.pk for source in found]
    told = _came_by(reader, visibility.reports(reader), keys, "source", "agreement")
    told = told.annotate(number=Count("pk"), first=Min("occurred_on"), last=Max("occurred_on"))
    totals = _came_by(reader, visibility.aggregate_claims(reader), keys, "source", "agreement").annotate(number=Count("pk"))
    of_reports, of_claims = list(told), list(totals)
    return {key: _reach([row for row in of_reports if row["source"] == key], [row for row in of_claims if row["source"] == key]) for key in keys}


def _reach(told: list[dict[str, Any]], totals: list[dict[str, Any]]) -> Reach:
    return Reach(
        reports=sum(row["number"] for row in told),
        claims=sum(row["number"] for row in totals),
        agreements=len({row["agreement"] for row in (*told, *totals)}),
        first=min((row["first"] for row in told if row["first"]), default=None),
        last=max((row["last"] for row in told if row["last"]), default=None),
    )


def spread(reader: Reader, source: Source) -> list[tuple[Spread, int]]:
    """Return how what came by this source spreads over agreements, the newest first: of each the reports, and how many published totals."""
    found = {row.agreement.pk: row for row in reports.spread(reader, _rows(reader, visibility.reports(reader), [source.pk]))}
    totals = _came_by(reader, visibility.aggregate_claims(reader), [source.pk], "agreement").annotate(number=Count("pk"))
    claims = dict(totals.values_list("agreement", "number"))
    agreements = visibility.agreements(reader).filter(pk__in={*found, *claims}).order_by("-in_force_from", "id")
    return [(found.get(agreement.pk) or Spread(agreement), claims.get(agreement.pk, 0)) for agreement in agreements]


def _came_by(reader: Reader, rows: QuerySet[Any], keys: list[int], *by: str) -> QuerySet[Any, Any]:
    return _rows(reader, rows, keys).order_by().values(*by)


def _rows(reader: Reader, rows: QuerySet[Any], keys: list[int]) -> QuerySet[Any]:
    return rows.filter(visibility.open_sources(reader), source__in=keys)


def carried(reader: Reader, source: Source) -> Carried:
    """Return the latest reports and published totals that came by this source."""
    told = reports.joined(reader, _rows(reader, visibility.reports(reader), [source.pk])).order_by("-id")
    totals = _rows(reader, visibility.aggregate_claims(reader), [source.pk]).select_related("claimant", "agreement")
    return Carried(list(told[:LATEST]), list(totals.order_by("-published_on", "-id")[:LATEST]))
