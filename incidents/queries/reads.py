"""The read log as administrators see it: who looked at what is protected, and when. It is never part of the feed."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from incidents.models import ReadEntry, User
from incidents.queries import cursors, filters, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader


@dataclass(frozen=True)
class ReadFilter(Filter):
    """Which looks are asked for: of a person by name, at a kind of thing, at one record."""

    own = {
        "actor": replace(filters.WORDS["text"], says="Name of who looked."),
        "what": filters.one_of(ReadEntry.What, "What was looked at."),
        "record": filters.id_of("Id of a record."),
    }

    actor: str = ""
    what: str = ""
    record: UUID | None = None


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
