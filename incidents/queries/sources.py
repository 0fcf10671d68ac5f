"""Sources as lists, pages and JSON show them: to those who may not know a protected one it does not exist."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from incidents.models import AggregateClaim, Report, Source
from incidents.queries import cursors, filters, narrowing, reports, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter
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


def one(reader: Reader, slug: Any) -> Source:
    """Return the source. Raise Source.DoesNotExist alike for what is not there and what this reader may not see."""
    return visibility.sources(reader).get(slug=slug)


def carried(reader: Reader, source: Source) -> Carried:
    """Return the latest reports and published totals that came by this source."""
    told = reports.joined(reader, visibility.reports(reader).filter(source=source)).order_by("-id")
    totals = visibility.aggregate_claims(reader).filter(source=source).select_related("claimant", "agreement")
    return Carried(list(told[:LATEST]), list(totals.order_by("-published_on", "-id")[:LATEST]))
