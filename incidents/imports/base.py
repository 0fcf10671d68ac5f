"""What a format is: columns, how a row becomes a draft, and how drafts are committed through actions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.actions import imports
from incidents.actions.imports import Ready
from incidents.errors import RuleBroken
from incidents.imports.columns import Column, folded
from incidents.imports.messages import Message
from incidents.imports.resolve import Resolver
from incidents.models import Agreement, ImportBatch, Report, User


@dataclass
class Draft:
    """A row read as a record, not yet committed. `key` is its id where it came from: what makes importing twice harmless."""

    key: str
    content: Any
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class Committed:
    """The record that a draft became, or was already."""

    record_type: str
    record_id: UUID
    is_known: bool = False


@dataclass
class Context:
    """What a format needs to read rows of one batch."""

    batch: ImportBatch
    by: User | None
    now: datetime
    resolver: Resolver
    options: dict[str, Any]
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def operation(self) -> UUID:
        """Return the id under which everything this import does is recorded."""
        return self.batch.public_id

    @property
    def agreement(self) -> Agreement:
        """Return the agreement that the batch was sent under. Raise RuleBroken where none was named."""
        if self.batch.agreement is None:
            raise RuleBroken("required", _("Say under which agreement."), "agreement")
        return self.batch.agreement

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the agreement's days are counted."""
        return self.agreement.zone


class Format:
    """A format. Subclasses name themselves, list their columns and say what a row is."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    help: ClassVar[str | Promise] = ""
    needs_agreement: ClassVar[bool] = True
    # Things that the format does only when told to, with what each means; True is the default.
    options: ClassVar[dict[str, tuple[str | Promise, bool]]] = {}
    # A format whose columns are fixed by whoever publishes it has nothing to map.
    is_fixed: ClassVar[bool] = False
    # Its `draft` asks the database nothing once `begin` and the resolver have loaded what there is, so that a thread may draft ahead.
    drafts_from_memory: ClassVar[bool] = False

    def columns(self) -> Sequence[Column]:
        """Return the columns, made afresh: each remembers what it cleaned."""
        raise NotImplementedError

    def recognises(self, header: str) -> bool:
        """Return whether a column's name is one of this format's."""
        return folded(header) in self._headers()

    def _headers(self) -> frozenset[str]:
        return frozenset().union(*(column.headers for column in self.columns()))

    def begin(self, context: Context) -> None:
        """Get ready to read rows: look up, or where told to create, what every row refers to."""

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        """Return the row as a draft. Raise RuleBroken for what cannot be kept, Unresolved for names that lead nowhere."""
        raise NotImplementedError

    def make_ready(self, drafts: Sequence[Draft], context: Context) -> None:
        """Do with a chunk's drafts what can be done before they are committed, and asks the database nothing: a thread may do it ahead."""

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        """Return what became of each draft, in their order, committed through actions."""
        raise NotImplementedError


class ReportFormat(Format):
    """A format whose rows are reports."""

    def make_ready(self, drafts: Sequence[Draft], context: Context) -> None:
        found = imports.reports_ready(by=context.by, submissions=(draft.content for draft in drafts), operation=context.operation)
        for draft, ready in zip(drafts, found, strict=True):
            draft.content = ready

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        here = Report.objects.filter(agreement=context.agreement, external_id__in=[draft.key for draft in drafts])
        known: dict[str, UUID] = dict(here.values_list("external_id", "public_id"))  # type: ignore[arg-type]
        # The first of several rows with one id makes the record; the others find it.
        fresh: dict[str, Draft] = {}
        for draft in drafts:
            if draft.key not in known:
                fresh.setdefault(draft.key, draft)
        ready = [draft.content for draft in fresh.values() if isinstance(draft.content, Ready)]
        if ready:
            imports.submit_many(by=context.by, ready=ready)
        return [self._outcome(draft, known, fresh) for draft in drafts]

    def _outcome(self, draft: Draft, known: dict[str, UUID], fresh: dict[str, Draft]) -> Committed | RuleBroken:
        first = fresh.get(draft.key)
        if first is None:
            return Committed("report", known[draft.key], is_known=True)
        if isinstance(first.content, Ready):
            return Committed("report", first.content.report.public_id, is_known=first is not draft)
        broken: RuleBroken = first.content
        return broken


def one_by_one(drafts: Iterable[Draft], commit: Callable[[Draft], Committed]) -> list[Committed | RuleBroken]:
    """Return what became of each draft, committed on its own: one that breaks a rule leaves the others alone."""
    outcomes: list[Committed | RuleBroken] = []
    for draft in drafts:
        try:
            with transaction.atomic():
                outcomes.append(commit(draft))
        except RuleBroken as broken:
            outcomes.append(broken)
    return outcomes
