"""Sources as lists, pages and JSON show them: to those who may not know a protected one it does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from django.db.models import Q, QuerySet

from incidents.models import AggregateClaim, Report, Source
from incidents.queries import cursors, filters, reports, visibility
from incidents.queries.cursors import Page
from incidents.queries.visibility import Reader
from incidents.vocabulary import Reliability, SourceKind

LATEST = 20


@dataclass(frozen=True)
class SourceFilter:
    """Which sources are asked for. What is empty narrows nothing."""

    text: str = ""
    kind: str = ""
    reliability: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(one.name for one in fields(cls))

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        return cls(
            text=filters.said_once(params, "text"),
            kind=filters.word(filters.said_once(params, "kind"), SourceKind, "kind"),
            reliability=filters.word(filters.said_once(params, "reliability"), Reliability, "reliability"),
        )

    def as_params(self) -> dict[str, str]:
        """Return what `parse` would read this filter from; empty fields are left out."""
        return {name: value for name in self.names() if (value := getattr(self, name))}


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
    if asked.reliability:
        found = found.filter(reliability=asked.reliability)
    return found.order_by("-id")


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
