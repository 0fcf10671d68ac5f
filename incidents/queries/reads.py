"""The read log as administrators see it: who looked at what is protected, and when. It is never part of the feed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from incidents.models import ReadEntry, User
from incidents.queries import cursors, filters, visibility
from incidents.queries.cursors import Page
from incidents.queries.visibility import Reader


@dataclass(frozen=True)
class ReadFilter:
    """Which looks are asked for: of a person by name, at a kind of thing, at one record. What is empty narrows nothing."""

    actor: str = ""
    what: str = ""
    record: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(one.name for one in fields(cls))

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        record = filters.said_once(params, "record")
        try:
            record = record and str(UUID(record))
        except ValueError:
            raise filters.unknown(record, "record") from None
        what = filters.word(filters.said_once(params, "what"), ReadEntry.What, "what")
        return cls(actor=filters.said_once(params, "actor"), what=what, record=record)

    def as_params(self) -> dict[str, str]:
        """Return what `parse` would read this filter from; empty fields are left out."""
        return {name: value for name in self.names() if (value := getattr(self, name))}


def filtered(reader: Reader, asked: ReadFilter) -> QuerySet[ReadEntry]:
    """Return the looks asked for, the latest first. `actor` is the name of who looked, None where the account is no more."""
    name = User.objects.filter(pk=OuterRef("actor_id")).values("username")
    found = visibility.reads(reader).annotate(actor=Subquery(name[:1]))
    if asked.actor:
        found = found.filter(actor_id__in=User.objects.filter(username=asked.actor).values("pk"))
    if asked.what:
        found = found.filter(what=asked.what)
    if asked.record:
        found = found.filter(record_id=asked.record)
    return found.order_by("-id")


def page(reader: Reader, asked: ReadFilter, *, cursor: str | None = None, limit: int = 100) -> Page[ReadEntry]:
    """Return one page of looks."""
    return cursors.page(filtered(reader, asked), cursor, limit)
