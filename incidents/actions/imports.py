"""Importing: the batch and its rows, many reports at once by the same rules as one, names that a person resolves, and undoing it all.

Writing many goes through COPY. It applies the very checks of the single actions and records the very same changes; only the number
of statements differs, and a test holds the two against each other.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import F, ProtectedError, Value
from django.db.models.base import ModelState
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from incidents.actions import aggregates, changes, convoys, coverage, reports
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.models import (
    AggregateClaim,
    Agreement,
    CasualtyClaim,
    Change,
    ChangeKind,
    ChangePayload,
    Citation,
    Convoy,
    Coverage,
    ImportBatch,
    ImportRow,
    Party,
    PartyAlias,
    Place,
    PlaceAlias,
    Report,
    Source,
    UnresolvedName,
    User,
)
from incidents.models.base import Facts, Record
from incidents.permissions import Capability, must_at
from incidents.vocabulary import ReportState

M = TypeVar("M", bound=models.Model)
State, Outcome = ImportBatch.State, ImportRow.Outcome
RELATED = (
    *("agreement", "incident", "claimant", "relayed_by", "accused_party", "accused_side", "target_party", "term", "place", "convoy"),
    *("checkpoint", "source", "entered_by", "supersedes"),
)
CHUNK = 500
# In a batch's options: up to which line the held rows were tried again.
HELD_AFTER = "held_after"
# Likewise, up to which line it is undone.
UNDONE_AFTER = "undone_after"
# Records that an import adds to the reference data, in the order in which they can be removed.
REFERENCE: tuple[type[Party] | type[Place] | type[Source], ...] = (Place, Source, Party)


@dataclass(frozen=True)
class Cited:
    """A source that a report cites: whose, of which day, under which headline."""

    source: Source
    published_on: date | None = None
    title: str = ""


@dataclass
class Submission:
    """A report to be logged with many others: its fields, its harm, what it cites."""

    facts: dict[str, Any]
    harm: Sequence[HarmStated] = ()
    cites: Sequence[Cited] = ()


@dataclass
class PlaceStated:
    """A place as a list states it: its p-code, names and point. Aliases are pairs of a name and its language, which may be empty."""

    pcode: str
    slug: str
    name: str
    name_ar: str = ""
    parent: Place | None = None
    latitude: Any = None
    longitude: Any = None
    precision: str = ""
    aliases: Sequence[tuple[str, str]] = field(default_factory=tuple)


# --- The batch


@transaction.atomic
def receive(*, by: User | None, **facts: Any) -> ImportBatch:
    """Return a batch for a file that was looked through. `facts` are the fields of ImportBatch."""
    batch = ImportBatch(**facts, by=by)
    must_at(by, Capability.IMPORT, batch.agreement)
    batch.save(force_insert=True)
    return batch


@transaction.atomic
def stage(*, batch: ImportBatch, rows: Iterable[tuple[int, list[str]]]) -> int:
    """Return how many raw rows were kept, none of them looked at yet, so that a worker can go on with them."""
    held: list[ImportRow] = []
    total = 0
    for number, raw in rows:
        held.append(row_of(batch, number, raw))
        if len(held) == 5000:
            total += _copy(held)
            held = []
    total += _copy(held)
    batch.is_staged = True
    batch.save(update_fields=["is_staged"])
    return total


@transaction.atomic
def arrange(*, batch: ImportBatch, mapping: Mapping[str, Any], options: Mapping[str, Any], agreement: Agreement | None) -> ImportBatch:
    """Return the batch with what was said of its columns. Raise RuleBroken once anything of it is committed."""
    batch = _locked(batch)
    if batch.state not in {State.RECEIVED, State.PREVIEWED}:
        raise RuleBroken("already_begun", _("This import has begun: its columns can no longer be changed."), "mapping")
    must_at(batch.by, Capability.IMPORT, agreement)
    batch.mapping, batch.options, batch.agreement, batch.state = dict(mapping), dict(options), agreement, State.PREVIEWED
    batch.save(update_fields=["mapping", "options", "agreement", "state"])
    return batch


@transaction.atomic
def queue(*, batch: ImportBatch) -> ImportBatch:
    """Return the batch, waiting for a worker: to be begun, gone on with, or tried again with the names that were resolved."""
    batch = _locked(batch)
    if batch.undone_at is not None:
        raise RuleBroken("undone", _("This import was undone."), "state")
    if batch.state not in {State.RECEIVED, State.PREVIEWED, State.DONE, State.FAILED}:
        raise RuleBroken("already_begun", _("This import is being worked on."), "state")
    batch.state, batch.problem = State.QUEUED, ""
    batch.options.pop(HELD_AFTER, None)
    batch.save(update_fields=["state", "problem", "options"])
    return batch


@transaction.atomic
def fail(*, batch: ImportBatch, problem: str) -> ImportBatch:
    """Return the batch, stopped by something that is no row's fault. What was committed stays, and can be undone."""
    batch = _locked(batch)
    batch.state, batch.problem = State.FAILED, problem
    batch.save(update_fields=["state", "problem"])
    return batch


@transaction.atomic
def finish(*, batch: ImportBatch, counts: Mapping[str, int]) -> ImportBatch:
    """Return the batch, gone through to its end, with a Change that says what came of it."""
    batch = _locked(batch)
    # Gone through, every row is on record, however the file was read.
    batch.state, batch.finished_at, batch.is_staged = State.DONE, timezone.now(), True
    batch.save(update_fields=["state", "finished_at", "is_staged"])
    _recount_names(batch)
    with changes.operation(batch.public_id):
        changes.record(
            by=batch.by, kind=ChangeKind.IMPORT_COMMITTED, record=batch, agreement=batch.agreement, after=batch.facts() | {"rows": dict(counts)}
        )
    return batch


def _locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update(of=("self",)).select_related("agreement", "by").get(pk=batch.pk)


# --- Rows


def row_of(batch: ImportBatch, number: int, raw: list[str]) -> ImportRow:
    """Return a row as it was sent, not yet looked at."""
    return made(ImportRow, {"batch": batch, "number": number, "raw": raw})


def keep_rows(rows: Sequence[ImportRow]) -> None:
    """Store rows with their outcomes: new ones are added, staged ones brought up to date."""
    _copy([row for row in rows if row.pk is None])
    staged = [row for row in rows if row.pk is not None]
    if not staged:
        return
    columns: list[Any] = [
        [row.pk for row in staged],
        [str(row.outcome) for row in staged],
        [row.is_known for row in staged],
        [row.is_flagged for row in staged],
        [json.dumps(row.messages, ensure_ascii=False) for row in staged],
        [row.record_type for row in staged],
        [row.record_id for row in staged],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE incidents_importrow AS kept SET outcome = new.outcome, is_known = new.is_known, is_flagged = new.is_flagged,"
            " messages = new.messages::jsonb, record_type = new.record_type, record_id = new.record_id"
            " FROM unnest(%s::bigint[], %s::text[], %s::boolean[], %s::boolean[], %s::text[], %s::text[], %s::uuid[])"
            " AS new (id, outcome, is_known, is_flagged, messages, record_type, record_id) WHERE kept.id = new.id",
            columns,
        )


# --- Many at once


def submit_many(*, by: User | None, submissions: Sequence[Submission], operation: uuid.UUID) -> list[Report | RuleBroken]:
    """Return a report or the rule it breaks for each submission, in their order. What `reports.submit` refuses is refused here.

    Must share the transaction of the rows whose outcome this is.
    """
    now = timezone.now()
    outcomes: list[Report | RuleBroken] = []
    logged: list[tuple[Report, Submission]] = []
    for submission in submissions:
        report = made(Report, submission.facts, state=ReportState.SUBMITTED.value, submitted_at=now, entered_by=by, created_at=now)
        try:
            reports._check(report, list(submission.harm))
        except RuleBroken as broken:
            outcomes.append(broken)
            continue
        outcomes.append(report)
        logged.append((report, submission))
    _number([report for report, _submission in logged])
    _copy([report for report, _submission in logged], is_numbered=True)
    harm, cites, told = [], [], []
    for report, submission in logged:
        facts = _facts(report)
        facts["harm"] = [_harm(stated) for stated in submission.harm]
        harm += [(report.pk, *stated.values()) for stated in facts["harm"]]
        if submission.cites:
            cites += [(report.pk, number, cited.source.pk, cited.published_on, cited.title) for number, cited in enumerate(submission.cites, start=1)]
            facts["cites"] = [_cited(cited) for cited in submission.cites]
        told.append((report, report.agreement, None, facts))
    _copy_rows(CasualtyClaim, ("report_id", "kind", "group", "low", "best", "high", "qualifier"), harm)
    _copy_rows(Citation, ("report_id", "position", "source_id", "published_on", "title"), cites)
    record_many(by=by, kind=ChangeKind.REPORT_SUBMITTED, told=told, operation=operation, at=now)
    return outcomes


def _harm(stated: HarmStated) -> Facts:
    """Return what `CasualtyClaim.facts` says of this harm, in the order of its columns."""
    return {
        "kind": str(stated.kind),
        "group": str(stated.group),
        "low": stated.low,
        "best": stated.best,
        "high": stated.high,
        "qualifier": str(stated.qualifier),
    }


def _cited(cited: Cited) -> Facts:
    published = cited.published_on
    return {"source": cited.source.slug, "published_on": published and published.isoformat(), "title": cited.title}


def _facts(record: Record) -> Facts:
    """Return what `Record.facts` does, without asking the model's fields anew for each record; a test holds the two together."""
    held, related = record.__dict__, record._state.fields_cache
    facts: Facts = {}
    for name, attname, is_relation in _told(type(record)):
        value = held[attname]
        if value is None:
            facts[name] = None
        elif is_relation:
            other = related[name]
            facts[name] = str(getattr(other, "slug", None) or getattr(other, "public_id", other.pk))
        elif isinstance(value, bool | int | str | list | dict):
            facts[name] = value
        else:
            facts[name] = value.isoformat() if isinstance(value, date) else str(value)
    return facts


@lru_cache
def _told(model: type[Record]) -> tuple[tuple[str, str, bool], ...]:
    left_out = {"id", "public_id", "created_at"}
    return tuple((one.name, one.attname, one.is_relation) for one in model._meta.concrete_fields if one.name not in left_out)


def made(model: type[M], facts: Mapping[str, Any], **more: Any) -> M:
    """Return a new record with these fields, as `model(**facts)` does in five times the time: for rows by the thousand."""
    record = model.__new__(model)
    state = record._state = ModelState()
    defaults, fresh, relations = _blank(model)
    held = record.__dict__
    held.update(defaults)
    for name, make in fresh:
        held[name] = make()
    related = state.fields_cache = {}
    for given in (facts, more):
        for name, value in given.items():
            attname = relations.get(name)
            if attname is None:
                held[name] = value
            else:
                held[attname] = None if value is None else value.pk
                related[name] = value
    return record


@lru_cache
def _blank(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Any]], dict[str, str]]:
    """Return a model's defaults, those made afresh for each record, and which of its fields are relations."""
    fields = model._meta.concrete_fields
    fresh = [(one.attname, one.default) for one in fields if one.has_default() and callable(one.default)]
    defaults = {one.attname: one.get_default() for one in fields if not (one.has_default() and callable(one.default))}
    # A word of a vocabulary is kept as the word.
    defaults = {name: str(value) if isinstance(value, str) else value for name, value in defaults.items()}
    return defaults, fresh, {one.name: one.attname for one in fields if one.is_relation}


def retract_many(*, by: User | None, ids: Sequence[uuid.UUID], reason: str, operation: uuid.UUID, mark: str) -> int:
    """Return how many of these reports were retracted: those that still stood. `mark` ends their external id, which is free again."""
    standing = Report.objects.select_for_update(of=("self",)).filter(public_id__in=ids, state=ReportState.SUBMITTED)
    found = list(standing.select_related(*RELATED).prefetch_related("casualty_claims").order_by("pk"))
    befores = [report.facts() for report in found]
    now = timezone.now()
    Report.objects.filter(pk__in=[report.pk for report in found]).update(
        state=ReportState.RETRACTED,
        retracted_at=now,
        retraction_reason=reason,
        version=F("version") + 1,
        external_id=Concat(F("external_id"), Value(mark)),
    )
    for report in found:
        report.state, report.retracted_at, report.retraction_reason, report.version = ReportState.RETRACTED, now, reason, report.version + 1
        report.external_id = report.external_id and report.external_id + mark
    record_many(
        by=by,
        kind=ChangeKind.REPORT_RETRACTED,
        told=[(report, report.agreement, before, report.facts()) for report, before in zip(found, befores, strict=True)],
        note=reason,
        operation=operation,
        at=now,
    )
    return len(found)


def put_places(*, by: User | None, places: Sequence[PlaceStated], operation: uuid.UUID) -> list[tuple[Place, bool]]:
    """Return the place of each p-code and whether it was here. What is on record is not overwritten: a list adds names, and a missing point."""
    now = timezone.now()
    here: dict[str, Place] = {}
    for known in Place.objects.filter(pcode__in={stated.pcode for stated in places}).select_related("parent").order_by("-pk"):
        here[known.pcode] = known
    taken = set(Place.objects.filter(slug__in={stated.slug for stated in places}).values_list("slug", flat=True))
    results, new, before = [], [], {}
    for stated in places:
        place = here.get(stated.pcode)
        results.append((stated, place is not None))
        if place is None:
            slug = stated.slug
            while slug in taken:
                slug = f"{stated.slug[:70]}-{uuid.uuid4().hex[:6]}"
            taken.add(slug)
            names = ("name", "name_ar", "parent", "pcode", "latitude", "longitude", "precision")
            place = Place(slug=slug, created_at=now, **{name: getattr(stated, name) for name in names})
            new.append(place)
            here[stated.pcode] = place
        elif place.latitude is None and stated.latitude is not None and place.pk:
            before[place.pk] = place.facts()
            place.latitude, place.longitude = stated.latitude, stated.longitude
            place.save(update_fields=["latitude", "longitude"])
    _number(new)
    _copy(new, is_numbered=True)
    record_many(by=by, kind=ChangeKind.REFERENCE_ADDED, told=[(place, None, None, place.facts()) for place in new], operation=operation, at=now)
    mended = [(place, None, before[place.pk], place.facts()) for place in here.values() if place.pk in before]
    record_many(by=by, kind=ChangeKind.REFERENCE_CHANGED, told=mended, operation=operation, at=now)
    _add_aliases([(here[stated.pcode], stated) for stated, _was_here in results])
    return [(here[stated.pcode], was_here) for stated, was_here in results]


def _add_aliases(stated: Sequence[tuple[Place, PlaceStated]]) -> None:
    held = set(PlaceAlias.objects.filter(place__in=[place for place, _one in stated]).values_list("place_id", "name"))
    aliases = []
    for place, one in stated:
        for name, language in ((one.name, ""), (one.name_ar, "ar"), *one.aliases):
            if name and name not in {place.name, place.name_ar} and (place.pk, name) not in held:
                held.add((place.pk, name))
                aliases.append(PlaceAlias(place=place, name=name, language=language))
    _copy(aliases)


def record_many(
    *,
    by: User | None,
    kind: ChangeKind,
    told: Sequence[tuple[Record, Agreement | None, Facts | None, Facts | None]],
    operation: uuid.UUID,
    at: datetime,
    note: str = "",
) -> None:
    """Record one Change for each record told of, exactly as `changes.record` does, in two statements."""
    actor, actor_id = (by.get_username(), by.pk) if by else ("", None)
    kind, said_at = ChangeKind(kind), at.isoformat()
    keys = _keys(Change, len(told))
    made: list[tuple[Any, ...]] = []
    payloads: list[tuple[Any, ...]] = []
    for key, (record, agreement, before, after) in zip(keys, told, strict=True):
        body = _canonical({"actor": actor, "note": note, "before": before, "after": after})
        salt = ChangePayload.fresh_salt()
        payload_hash = sha256(salt + body.encode()).digest()
        record_type, agreement_id = str(record._meta.model_name), agreement.public_id if agreement else None
        # What Change.computed_digest hashes.
        said = _canonical(
            {
                "at": said_at,
                "kind": kind.value,
                "record_type": record_type,
                "record_id": str(record.public_id),
                "agreement_id": agreement_id and str(agreement_id),
                "actor_id": actor_id,
                "operation_id": str(operation),
                "payload_hash": payload_hash.hex(),
            }
        )
        digest = sha256(said.encode()).digest()
        made.append((key, at, kind.value, record_type, record.public_id, agreement_id, actor_id, operation, payload_hash, digest))
        payloads.append((key, salt, body))
    names = ("id", "at", "kind", "record_type", "record_id", "agreement_id", "actor_id", "operation_id", "payload_hash", "digest")
    _copy_rows(Change, names, made)
    _copy_rows(ChangePayload, ("change_id", "salt", "body"), payloads)


# The spelling of `models.changes.canonical`, by an encoder made once.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def _keys(model: type[models.Model], count: int) -> list[int]:
    """Return so many new keys from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count])
        return [key for (key,) in cursor.fetchall()]


def _number(records: Sequence[models.Model]) -> None:
    if records:
        for record, key in zip(records, _keys(type(records[0]), len(records)), strict=True):
            record.pk = key


def _copy(records: Sequence[models.Model], *, is_numbered: bool = False) -> int:
    """Return how many records were written, by COPY."""
    if not records:
        return 0
    names, values, documents = _columns(type(records[0]), is_numbered)
    rows: Iterable[Any] = (values(record.__dict__) for record in records)
    if documents:
        rows = (_as_text(row, documents) for row in rows)
    _copy_rows(type(records[0]), names, rows)
    return len(records)


def _as_text(row: Iterable[Any], documents: tuple[int, ...]) -> list[Any]:
    texts = list(row)
    for index in documents:
        texts[index] = _document(texts[index])
    return texts


_document = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _copy_rows(model: type[models.Model], names: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@lru_cache
def _columns(model: type[models.Model], is_numbered: bool) -> tuple[tuple[str, ...], Any, tuple[int, ...]]:
    fields = [one for one in model._meta.concrete_fields if is_numbered or not one.primary_key]
    documents = tuple(index for index, one in enumerate(fields) if isinstance(one, models.JSONField))
    return tuple(str(one.column) for one in fields), itemgetter(*(one.attname for one in fields)), documents


# --- Names that lead nowhere


def hold(*, batch: ImportBatch, names: Mapping[tuple[str, str], int], candidates: Mapping[tuple[str, str], list[dict[str, Any]]]) -> None:
    """Put names on the list that a person works through. How many rows wait for each is counted at the end."""
    for (kind, name), rows in names.items():
        UnresolvedName.objects.get_or_create(
            batch=batch, kind=kind, name=name, defaults={"rows": rows, "candidates": candidates.get((kind, name), [])}
        )


def _recount_names(batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE incidents_unresolvedname AS one SET rows = (SELECT count(*) FROM incidents_importrow AS waiting"
            " WHERE waiting.batch_id = one.batch_id AND waiting.outcome = 'held' AND EXISTS ("
            " SELECT FROM jsonb_array_elements(waiting.messages) AS said WHERE said ->> 'code' = 'unresolved'"
            " AND said -> 'values' ->> 'kind' = one.kind AND left(said -> 'values' ->> 'name', 300) = one.name)) WHERE one.batch_id = %s",
            [batch.pk],
        )


@transaction.atomic
def resolve(*, name: UnresolvedName, by: User | None, record: Party | Place | Source | None, as_alias: bool = False) -> UnresolvedName:
    """Return the name, resolved to a record, or to none. `as_alias` keeps the spelling with the party or place for the next import."""
    name = UnresolvedName.objects.select_for_update(of=("self",)).select_related("batch").get(pk=name.pk)
    if name.batch.undone_at is not None:
        raise RuleBroken("undone", _("This import was undone."), "state")
    if record is not None and record._meta.model_name != name.kind:
        raise RuleBroken("other_kind", _("This name is looked for among other records."), "record")
    name.party = record if isinstance(record, Party) else None
    name.place = record if isinstance(record, Place) else None
    name.source = record if isinstance(record, Source) else None
    name.resolved_by, name.resolved_at = by, timezone.now()
    name.save(update_fields=["party", "place", "source", "resolved_by", "resolved_at"])
    if as_alias and isinstance(record, Party | Place):
        _keep_alias(record, name.name[:200], by)
    return name


def _keep_alias(record: Party | Place, name: str, by: User | None) -> None:
    if name in {record.name, record.name_ar}:
        return
    known = sorted(record.aliases.values_list("name", flat=True))
    if name in known:
        return
    if isinstance(record, Party):
        PartyAlias.objects.create(party=record, name=name)
    else:
        PlaceAlias.objects.create(place=record, name=name)
    facts = record.facts()
    changes.record(
        by=by, kind=ChangeKind.REFERENCE_CHANGED, record=record, before=facts | {"aliases": known}, after=facts | {"aliases": sorted([*known, name])}
    )


# --- Undoing


@transaction.atomic
def begin_undo(*, batch: ImportBatch, by: User | None, reason: str) -> ImportBatch:
    """Return the batch, marked to be undone. A worker, or `undo_some` called again and again, does it."""
    batch = _locked(batch)
    must_at(by, Capability.IMPORT, batch.agreement)
    if batch.undone_at is not None:
        raise RuleBroken("undone", _("This import was undone."), "state")
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the import is undone."), "reason")
    batch.undone_at, batch.undone_by, batch.undo_reason, batch.state = timezone.now(), by, reason, State.QUEUED
    batch.save(update_fields=["undone_at", "undone_by", "undo_reason", "state"])
    return batch


@transaction.atomic
def undo_some(*, batch: ImportBatch, limit: int = CHUNK) -> int | None:
    """Return the line up to which the batch is undone now, or None when nothing is left to undo. Whoever comes next goes on from there."""
    batch = _locked(batch)
    assert batch.undone_at is not None and batch.undo_reason is not None
    if batch.state == State.UNDONE:
        return None
    made = batch.rows.filter(outcome=Outcome.IMPORTED, is_known=False, number__gt=batch.options.get(UNDONE_AFTER, -1))
    rows = list(made.order_by("number").values_list("number", "record_type", "record_id")[:limit])
    by_type: dict[str, list[uuid.UUID]] = {}
    for _line, record_type, record_id in rows:
        by_type.setdefault(record_type, []).append(record_id)  # type: ignore[arg-type]
    with changes.operation(batch.public_id):
        for record_type, ids in by_type.items():
            _undo_records(batch, record_type, ids)
        if rows:
            batch.options[UNDONE_AFTER] = rows[-1][0]
            batch.save(update_fields=["options"])
            return rows[-1][0]
        kept = _remove_reference(batch)
        batch.state = State.UNDONE
        batch.save(update_fields=["state"])
        note = _("%(count)d records of reference data stay: others refer to them.") % {"count": kept} if kept else ""
        changes.record(by=batch.undone_by, kind=ChangeKind.IMPORT_UNDONE, record=batch, agreement=batch.agreement, after=batch.facts(), note=note)
    return None


def _undo_records(batch: ImportBatch, record_type: str, ids: list[uuid.UUID]) -> None:
    by, reason = batch.undone_by, str(batch.undo_reason)
    mark = f" (undone {str(batch.public_id)[:8]})"
    if record_type == "report":
        retract_many(by=by, ids=ids, reason=reason, operation=batch.public_id, mark=mark)
    elif record_type == "aggregateclaim":
        for claim in AggregateClaim.objects.current().filter(public_id__in=ids):
            aggregates.retract(claim=claim, by=by, reason=reason)
            AggregateClaim.objects.filter(pk=claim.pk).update(external_id=Concat(F("external_id"), Value(mark)))
    elif record_type == "coverage":
        for presence in Coverage.objects.filter(public_id__in=ids):
            coverage.remove(coverage=presence, by=by, reason=reason)
    elif record_type == "convoy":
        for convoy in Convoy.objects.filter(public_id__in=ids):
            try:
                with transaction.atomic():
                    convoys.remove(convoy=convoy, by=by, reason=reason)
            except (RuleBroken, ProtectedError):
                continue  # reports speak of it by now: it stays, as a person's work hangs on it


def _remove_reference(batch: ImportBatch) -> int:
    """Return how many places, sources and parties that this import added had to stay. The others are removed."""
    added = Change.objects.filter(operation_id=batch.public_id, kind=ChangeKind.REFERENCE_ADDED)
    kept = 0
    for model in REFERENCE:
        ids = list(added.filter(record_type=model._meta.model_name).values_list("record_id", flat=True))
        left = {record.pk: record for record in model._default_manager.filter(public_id__in=ids)}
        # A place goes when nothing lies in it any more, so level by level.
        while free := left.keys() - _referred(model, left.keys()):
            _remove(batch, model, [left.pop(key) for key in free])
        kept += len(left)
    return kept


def _referred(model: type[models.Model], keys: Iterable[int]) -> set[int]:
    """Return which of these records others refer to. Their own aliases do not count: they go with them."""
    wanted = list(keys)
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model in {PartyAlias, PlaceAlias}:
            continue
        name = relation.field.name
        others = relation.related_model._base_manager.filter(**{f"{name}__in": wanted})
        found |= set(others.order_by().values_list(f"{name}_id", flat=True).distinct())
    return found


def _remove(batch: ImportBatch, model: type[Party] | type[Place] | type[Source], records: Sequence[Any]) -> None:
    told = [(record, None, record.facts(), None) for record in records]
    record_many(
        by=batch.undone_by,
        kind=ChangeKind.REFERENCE_REMOVED,
        told=told,
        operation=batch.public_id,
        at=timezone.now(),
        note=str(batch.undo_reason),
    )
    keys = [record.pk for record in records]
    if model is Place:
        PlaceAlias.objects.filter(place__in=keys).delete()
    elif model is Party:
        PartyAlias.objects.filter(party__in=keys).delete()
    found = model._default_manager.filter(pk__in=keys)
    found._raw_delete(found.db)


def counts(batch: ImportBatch) -> dict[str, int]:
    """Return how many rows had which outcome; how many of the imported were known, how many rows are flagged."""
    found: Counter[str] = Counter()
    rows = ImportRow.objects.filter(batch=batch).order_by().values_list("outcome", "is_known", "is_flagged").annotate(number=models.Count("pk"))
    for outcome, is_known, is_flagged, number in rows:
        found[outcome] += number
        found["known"] += number if is_known else 0
        found["flagged"] += number if is_flagged else 0
    return {name: found[name] for name in (*Outcome.values, "known", "flagged")}
