"""The record of change as administrators read it: who did what to which record, and when. What a record held is on its own page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from incidents.models import Change, ChangeKind, LogCheckpoint, SealHead, Unsealed, User
from incidents.permissions import Capability, may
from incidents.queries import checkpoints, cursors, filters
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader

# What can be walked while somebody waits for the page; a longer log is checked by command.
WALKED_AT_ONCE = 20_000


@dataclass(frozen=True)
class ChangeFilter(Filter):
    """Which changes are asked for: of a kind, by a person, of one record, on which days of UTC."""

    own = {
        "kind": filters.one_of(ChangeKind, "What happened."),
        "actor": replace(filters.WORDS["text"], says="Name of who did it."),
        "record": filters.id_of("Id of a record."),
        "since": replace(filters.WORDS["since"], says="Day in UTC: changes of it or a later one."),
        "until": replace(filters.WORDS["until"], says="Day in UTC: changes of it or an earlier one."),
    }

    kind: str = ""
    actor: str = ""
    record: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Status:
    """How far the log is sealed, how many changes wait, and over what the last checkpoint was made, which finds the log whole first."""

    sealed: int
    sealed_at: datetime | None
    waiting: int
    checkpoint: LogCheckpoint | None

    @property
    def is_short(self) -> bool:
        """Return whether all of it can be walked while somebody waits."""
        return self.sealed <= WALKED_AT_ONCE


def status() -> Status:
    """Return how the log stands."""
    # Before the first seal its instant is before all others, which no calendar tells.
    head = SealHead.objects.filter(number__gt=0).first()
    return Status(head.number if head else 0, head.sealed_at if head else None, Unsealed.objects.count(), checkpoints.latest())


def filtered(reader: Reader, asked: ChangeFilter) -> QuerySet[Change]:
    """Return the changes asked for, the latest first; to others than administrators there are none."""
    found = Change.objects.select_related("payload", "seal") if may(reader, Capability.ADMINISTER) else Change.objects.none()
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.actor:
        found = found.filter(actor_id__in=User.objects.filter(username=asked.actor).values("pk"))
    if asked.record:
        found = found.filter(record_id=asked.record)
    if asked.since:
        found = found.filter(at__gte=datetime.combine(asked.since, time.min, UTC))
    if asked.until:
        found = found.filter(at__lt=datetime.combine(asked.until + timedelta(days=1), time.min, UTC))
    return found.order_by("-id")


def page(reader: Reader, asked: ChangeFilter, *, cursor: str | None = None, limit: int = 100) -> Page[Change]:
    """Return one page of changes."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def fields_changed(body: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that a change set or altered; not what they held, which may name a protected source."""
    before, after = body.get("before") or {}, body.get("after") or {}
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
