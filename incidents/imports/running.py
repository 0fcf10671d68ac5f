"""Going through a batch, chunk by chunk: each chunk's records and its rows' outcomes are one transaction.

Whoever is killed in the middle leaves whole chunks behind, and whoever comes next goes on after the last one. A row that a rule or
the database refuses is rejected alone. Looking before committing is the same work, undone at its end.
"""

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from time import monotonic

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from incidents.actions import changes, imports
from incidents.errors import RuleBroken
from incidents.imports import messages, registry
from incidents.imports.base import Committed, Context, Draft
from incidents.imports.columns import Mapper
from incidents.imports.messages import Message
from incidents.imports.readers import Opened
from incidents.imports.resolve import NoOne, Resolver, Unresolved
from incidents.imports.tables import Row
from incidents.models import ImportBatch, ImportRow

CHUNK = 4000
State, Outcome = ImportBatch.State, ImportRow.Outcome
# A worker lets others to the queue after so many seconds; the relay hands the rest over again.
SLICE = 2.0
HELD_AFTER = imports.HELD_AFTER
# Seconds: whoever computes lets whoever was waiting for the database go on at once.
TURN = 0.00005
Progress = Callable[[int, int | None], None]


@dataclass
class Drafted:
    """Rows read as drafts, and the names in the other rows that lead nowhere."""

    drafts: list[tuple[ImportRow, Draft]] = field(default_factory=list)
    unresolved: Counter[tuple[str, str]] = field(default_factory=Counter)


class Run:
    """One process's way through a batch: the format's columns and everything looked up, kept between chunks."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.format = registry.named(batch.format)
        self.columns = list(self.format.columns())
        self.mapper = Mapper(self.columns, batch.header, batch.mapping)
        # One thread drafts at a time: columns and the resolver remember what they saw.
        self._drafting = Lock()
        self._start_over()

    def _start_over(self) -> None:
        """Forget what was looked up or created: it may have been undone with a savepoint."""
        batch = self.batch
        self.context = Context(batch, batch.by, timezone.now(), Resolver(batch, batch.agreement), batch.options)
        self._has_begun = False
        if self.format.drafts_from_memory and batch.agreement is not None:
            self._begin()
            self.context.resolver.load()

    def _begin(self) -> None:
        if not self._has_begun:
            self.format.begin(self.context)
            self._has_begun = True

    def commit(self, rows: Sequence[ImportRow], drafted: Drafted | None = None) -> None:
        """Give each row its outcome, committed, in the transaction of the caller. The rows are stored; they may have been drafted ahead."""
        with override("en"), changes.operation(self.batch.public_id):
            try:
                with transaction.atomic():
                    unresolved = self._settled(drafted or self.drafted(rows))
            except DatabaseError:
                unresolved = self._each_alone(rows)
            self._hold(unresolved)
            imports.keep_rows(rows)

    def _each_alone(self, rows: Sequence[ImportRow]) -> Counter[tuple[str, str]]:
        """Do the same row by row, so that the one which the database refuses is refused alone."""
        with self._drafting:
            self._start_over()
        unresolved: Counter[tuple[str, str]] = Counter()
        for row in rows:
            unresolved += self._alone(row)
        return unresolved

    def _alone(self, row: ImportRow) -> Counter[tuple[str, str]]:
        try:
            with transaction.atomic():
                return self._tried([row])
        except DatabaseError as error:
            with self._drafting:
                self._start_over()
            text = gettext_noop("The database refuses this row: %(reason)s")
            row.outcome, row.record_type, row.record_id, row.is_known = Outcome.REJECTED.value, "", None, False
            row.messages = [Message("error", "refused", "", text, {"reason": str(error).splitlines()[0]}).as_json()]
            return Counter()

    def _tried(self, rows: Sequence[ImportRow]) -> Counter[tuple[str, str]]:
        return self._settled(self.drafted(rows))

    def drafted(self, rows: Sequence[ImportRow]) -> Drafted:
        """Return the rows as drafts. A row that becomes none has its outcome."""
        found = Drafted()
        with self._drafting:
            self._begin()
            for row in rows:
                row.is_flagged, row.is_known, row.record_type, row.record_id = False, False, "", None
                if draft := self._draft(row, found.unresolved):
                    found.drafts.append((row, draft))
            self.format.make_ready([draft for _row, draft in found.drafts], self.context)
        return found

    def _settled(self, drafted: Drafted) -> Counter[tuple[str, str]]:
        """Commit the drafts and give each row its outcome. Return the names that lead nowhere."""
        outcomes = self.format.commit([draft for _row, draft in drafted.drafts], self.context)
        for (row, draft), outcome in zip(drafted.drafts, outcomes, strict=True):
            self._settle(row, draft, outcome)
        return drafted.unresolved

    def _draft(self, row: ImportRow, unresolved: Counter[tuple[str, str]]) -> Draft | None:
        """Return the row as a draft; None where it has its outcome already."""
        width = len(self.batch.header)
        if len(row.raw) != width:
            text = gettext_noop("Line %(line)d has %(cells)d cells, the header %(width)d.")
            return self._reject(row, [Message("error", "ragged", "", text, {"line": row.number, "cells": len(row.raw), "width": width})])
        values, wrong = self.mapper.values(row.raw)
        if wrong:
            return self._reject(row, [messages.error(broken) for broken in wrong])
        try:
            return self.format.draft(values, row.raw, self.context)
        except RuleBroken as broken:
            return self._reject(row, [messages.error(broken)])
        except NoOne as nobody:
            text = gettext_noop("“%(name)s” is none of ours, a person said.")
            return self._reject(row, [Message("error", "no_one", nobody.field, text, {"name": nobody.name})])
        except Unresolved as names:
            row.outcome = Outcome.HELD.value
            row.messages = [messages.held(kind, name, field).as_json() for kind, name, field in names.names]
            unresolved.update({(kind, name[:300]) for kind, name, _field in names.names})
            return None

    def _reject(self, row: ImportRow, said: Iterable[Message]) -> Draft | None:
        """Reject the row, saying why. Return no draft."""
        row.outcome = Outcome.REJECTED.value
        row.messages = [message.as_json() for message in said]
        return None

    def _settle(self, row: ImportRow, draft: Draft, outcome: Committed | RuleBroken) -> None:
        if isinstance(outcome, RuleBroken):
            self._reject(row, [*draft.messages, messages.error(outcome)])
            return
        row.outcome, row.is_known = Outcome.IMPORTED.value, outcome.is_known
        row.record_type, row.record_id = outcome.record_type, outcome.record_id
        row.is_flagged = any(message.level == "flag" for message in draft.messages)
        row.messages = [message.as_json() for message in draft.messages]

    def _hold(self, unresolved: Mapping[tuple[str, str], int]) -> None:
        listed = set(self.batch.unresolved.values_list("kind", "name"))
        found = {key: self.context.resolver.candidates(*key) for key in unresolved if key not in listed}
        imports.hold(batch=self.batch, names=unresolved, candidates=found)


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Let rows go by counting alone: they make no cycles, and looking for some took a quarter of our time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_without_looking_for_cycles()
def from_file(batch: ImportBatch, opened: Opened, tell: Progress | None = None) -> ImportBatch:
    """Return the batch, gone through from its file. One that was begun goes on after its last committed row."""
    ImportBatch.objects.filter(pk=batch.pk, undone_at=None).update(state=State.RUNNING, problem="")
    batch = _afresh(batch)
    run = Run(batch)
    for rows, drafted in _ahead(run, opened.read(after=batch.rows_read)):
        with transaction.atomic():
            held = _held(batch)
            if held is None or held.state != State.RUNNING or held.rows_read != batch.rows_read:
                raise RuleBroken("elsewhere", _("Somebody else is working on this import."), "state")
            run.commit(rows, drafted)
            batch.rows_read += len(rows)
            ImportBatch.objects.filter(pk=batch.pk).update(rows_read=batch.rows_read)
        if tell:
            tell(batch.rows_read, batch.rows_sent)
    return imports.finish(batch=batch, counts=imports.counts(batch))


def _ahead(run: Run, sent: Iterator[Row]) -> Iterator[tuple[list[ImportRow], Drafted | None]]:
    """Yield a file's rows chunk by chunk. Where drafting asks the database nothing, the next chunk is read and drafted in a thread
    while the database is at work on the one before; no more than one lies ready, so memory stays flat.
    """

    def read() -> list[ImportRow]:
        return [imports.row_of(run.batch, row.number, row.cells) for row in islice(sent, CHUNK)]

    def read_and_draft() -> tuple[list[ImportRow], Drafted | None]:
        with override("en"):
            return (rows := read()), run.drafted(rows)

    if not run.format.drafts_from_memory:
        while rows := read():
            yield rows, None
        return
    with ThreadPoolExecutor(1) as pool, _quick_turns():
        ready = pool.submit(read_and_draft)
        while (found := ready.result())[0]:
            ready = pool.submit(read_and_draft)
            yield found


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Let threads take turns more often: one that computes must not hold up the one that waits for the database."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


@_without_looking_for_cycles()
def work(batch_id: int, *, slice: float = SLICE, tell: Progress | None = None) -> bool:
    """Return whether the batch is done: imported or undone as far as it was asked. Stop after a while; whoever calls next goes on.

    Running it twice, or twice at once, is harmless: the batch is locked while a chunk is committed, and a chunk is what is not done yet.
    """
    deadline = monotonic() + slice
    run: Run | None = None
    while True:
        with transaction.atomic():
            batch = _held_by_id(batch_id)
            if batch is None:
                return False  # somebody else has it right now
            if batch.state not in {State.QUEUED, State.RUNNING}:
                return True
            if batch.undone_at is not None:
                if imports.undo_some(batch=batch) is None:
                    return True
            else:
                if run is None:
                    run = Run(batch)
                rows, are_new = _waiting(batch)
                if not rows:
                    imports.finish(batch=batch, counts=imports.counts(batch))
                    return True
                run.commit(rows)
                batch.state, batch.rows_read = State.RUNNING, batch.rows_read + (len(rows) if are_new else 0)
                batch.options[HELD_AFTER] = rows[-1].number
                batch.save(update_fields=["state", "rows_read", "options"])
                if tell:
                    tell(batch.rows_read, batch.rows_sent)
        if monotonic() > deadline:
            return False


def tried(batch: ImportBatch, rows: Sequence[ImportRow]) -> Counter[tuple[str, str]]:
    """Give these rows the outcome that they would have, and return the names that lead nowhere. Nothing is kept."""
    run = Run(batch)
    names: Counter[tuple[str, str]] = Counter()
    with override("en"), transaction.atomic(), changes.operation(batch.public_id):
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            try:
                with transaction.atomic():
                    names += run._tried(chunk)
            except DatabaseError:
                names += run._each_alone(chunk)
        transaction.set_rollback(True)
    return names


def preview(batch: ImportBatch, *, limit: int) -> tuple[list[ImportRow], dict[str, int], Counter[tuple[str, str]]]:
    """Return the first rows with the outcome they would have, how many had which, and the names that lead nowhere. Nothing is kept."""
    rows = list(batch.rows.order_by("number")[:limit])
    names = tried(batch, rows)
    found: Counter[str] = Counter()
    for row in rows:
        found.update([row.outcome, *(["known"] if row.is_known else []), *(["flagged"] if row.is_flagged else [])])
    return rows, {name: found[name] for name in (*Outcome.values, "known", "flagged")}, names


def rehearsed(batch: ImportBatch, opened: Opened, tell: Progress | None = None) -> dict[str, int]:
    """Return what would become of the rows of a file: all of the work, and none of it kept."""
    found: Counter[str] = Counter()
    run = Run(batch)
    rows = opened.read()
    read = 0
    with transaction.atomic():
        while chunk := list(islice(rows, CHUNK)):
            tried = [imports.row_of(batch, row.number, row.cells) for row in chunk]
            run.commit(tried)
            for row in tried:
                found.update([str(row.outcome), *(["known"] if row.is_known else []), *(["flagged"] if row.is_flagged else [])])
            read += len(chunk)
            if tell:
                tell(read, opened.rows)
        transaction.set_rollback(True)
    return {name: found[name] for name in (*Outcome.values, "known", "flagged")}


def undo(batch: ImportBatch, tell: Progress | None = None) -> ImportBatch:
    """Return the batch, undone to its end, chunk by chunk. `imports.begin_undo` has marked it."""
    while (line := imports.undo_some(batch=batch)) is not None:
        if tell:
            tell(line, None)
    return _afresh(batch)


def _waiting(batch: ImportBatch) -> tuple[list[ImportRow], bool]:
    """Return the next rows and whether they are new: those nobody has looked at yet, then, once each, those that are held.

    How far the held ones were tried again is kept with the batch, so that nobody begins with them anew.
    """
    rows = list(batch.rows.filter(outcome=Outcome.PENDING).order_by("number")[:CHUNK])
    if rows:
        return rows, True
    return list(batch.rows.filter(outcome=Outcome.HELD, number__gt=batch.options.get(HELD_AFTER, 0)).order_by("number")[:CHUNK]), False


def _held(batch: ImportBatch) -> ImportBatch | None:
    return _held_by_id(batch.pk)


def _held_by_id(batch_id: int) -> ImportBatch | None:
    """Return the batch, locked; None while another holds it."""
    found = ImportBatch.objects.select_for_update(of=("self",), skip_locked=True).select_related("agreement", "by").filter(pk=batch_id)
    return found.first()


def _afresh(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_related("agreement", "by").get(pk=batch.pk)


__all__ = ["CHUNK", "Run", "from_file", "preview", "rehearsed", "tried", "undo", "work"]
