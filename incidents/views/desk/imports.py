"""Imports: sending a file, looking at what would become of its rows, committing and undoing it, and the names that lead nowhere."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import imports as action
from incidents.actions import reference
from incidents.errors import RuleBroken
from incidents.forms.imports import MODELS, Columns, Resolve, Undo, Upload
from incidents.imports import receiving, registry, running
from incidents.imports.messages import said
from incidents.models import ImportBatch, ImportRow, Place, UnresolvedName
from incidents.permissions import Capability
from incidents.queries import imports as batches
from incidents.queries import visibility
from incidents.rules.names import NameReason
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only

State = ImportBatch.State
SHOWN = 200
LOOKED_AT = 2000
LISTED = 100
OUTCOMES = ("", "imported", "rejected", "held", "flagged", "known")


@dataclass(frozen=True)
class ShownRow:
    """A row, ready to be shown: its line, outcome, what is said of it and the beginning of what was sent."""

    row: ImportRow
    css: str
    messages: list[tuple[str, str, str]]
    raw: str


@require_safe
@only(Capability.IMPORT)
def index(request: DeskRequest) -> HttpResponse:
    """List the imports, newest first."""
    current.agreement(request)
    labels = {format.name: format.label for format in registry.formats().values()}
    found = [(batch, labels.get(batch.format, batch.format)) for batch in batches.batches(request.user)[:LISTED]]
    context = {"imports": found, "open_names": batches.names(request.user).count(), "zone": dates.UTC_ZONE}
    return render(request, "desk/imports/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.IMPORT)
def new(request: DeskRequest) -> HttpResponseBase:
    """Take a file: look through it, keep its rows, and go on to its columns. What cannot be told from it is asked at its field."""
    here = current.agreement(request)
    agreements = visibility.agreements(request.user)
    if request.method != "POST":
        return render(request, "desk/imports/new.html", {"form": Upload(agreements=agreements, initial={"agreement": here and here.slug})})
    form = Upload(request.POST, request.FILES, agreements=agreements)
    if form.is_valid():
        try:
            return redirect("import", public_id=_received(request, form.cleaned_data).public_id)
        except RuleBroken as broken:
            form.add_error(broken.field if broken.field in form.fields else None, str(broken.message))
    return render(request, "desk/imports/new.html", {"form": form, "formats": registry.formats().values()}, status=422)


def _received(request: DeskRequest, values: dict[str, Any]) -> ImportBatch:
    told = {name: values[name] for name in ("agreement", "encoding", "separator", "sheet")}
    return receiving.taken(values["file"], name=values["file"].name, format=registry.named(values["format"]), by=request.user, **told)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.IMPORT)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Show an import: its columns before it is committed, its progress while it is, its rows and outcomes after."""
    batch = _found(request, public_id)
    if batch.state in {State.RECEIVED, State.PREVIEWED} and batch.is_staged:
        return _arranging(request, batch)
    if request.htmx:
        return render(request, "desk/imports/_progress.html", _progress(batch))
    return _outcome(request, batch, Undo())


def _arranging(request: DeskRequest, batch: ImportBatch) -> HttpResponse:
    format = registry.named(batch.format)
    form = Columns(request.POST if request.method == "POST" else None, batch=batch, format=format)
    context: dict[str, Any] = {"batch": batch, "format": format, "form": form, "said": [said(one) for one in batch.options.get("said", [])]}
    if request.method == "POST" and form.is_valid():
        # A format whose columns are fixed has them matched already.
        mapping = dict(batch.mapping) if format.is_fixed else form.mapping()
        batch = action.arrange(batch=batch, mapping=mapping, options=form.options(), agreement=batch.agreement)
        rows, counts, names = running.preview(batch, limit=LOOKED_AT)
        shown = [*(row for row in rows if row.outcome != ImportRow.Outcome.IMPORTED or row.is_flagged), *rows]
        context |= {
            "batch": batch,
            "rows": _shown({row.number: row for row in shown}.values()),
            "counts": counts,
            "names": sorted(((number, kind, name) for (kind, name), number in names.items()), reverse=True)[:50],
            "looked_at": len(rows),
            "is_part": len(rows) < (batch.rows_sent or 0),
        }
    elif format.is_fixed and receiving.missing(format, batch.mapping):
        context["lacking"] = receiving.missing(format, batch.mapping)
    return render(request, "desk/imports/arrange.html", context, status=422 if form.is_bound and form.errors else 200)


def _outcome(request: DeskRequest, batch: ImportBatch, form: Undo, status: int = 200) -> HttpResponse:
    asked = request.GET.get("rows", "")
    after = request.GET.get("after", "")
    rows = batches.rows(batch, asked if asked in OUTCOMES else "", after=int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0)
    open_names = list(batch.unresolved.filter(resolved_at=None).order_by("-rows", "kind", "name")[:SHOWN])
    context = _progress(batch) | {
        "format": registry.formats().get(batch.format),
        "said": [said(one) for one in batch.options.get("said", [])],
        "rows": _shown(rows),
        "asked": asked,
        "next": rows[-1].number if len(rows) == SHOWN else None,
        "names": open_names,
        "kinds": [(level, code, number, line, said(one)) for (level, code), (number, (line, one)) in batches.kinds_of_messages(batch).items()],
        "form": form,
    }
    return render(request, "desk/imports/show.html", context, status=status)


def _progress(batch: ImportBatch) -> dict[str, Any]:
    is_working = batch.state in {State.QUEUED, State.RUNNING}
    counts = action.counts(batch)
    return {
        "batch": batch,
        "counts": counts,
        "is_working": is_working,
        "may_go_on": batch.undone_at is None
        and batch.is_staged
        and batch.state in {State.DONE, State.FAILED}
        and bool(counts["held"] or counts["pending"]),
        "may_undo": batch.undone_at is None and batch.state in {State.DONE, State.FAILED, State.RUNNING, State.QUEUED},
    }


def _shown(rows: Iterable[ImportRow]) -> list[ShownRow]:
    found = []
    for row in list(rows)[:SHOWN]:
        css = {"imported": "verified", "rejected": "danger", "held": "waiting"}.get(str(row.outcome), "outline")
        told = [(one["level"], one.get("field", ""), said(one)) for one in row.messages]
        found.append(ShownRow(row, css, told, " · ".join(cell for cell in row.raw if cell)[:160]))
    return found


@require_http_methods(["POST"])
@only(Capability.IMPORT)
def commit(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Hand the import to the workers: to be begun, or gone on with now that names are resolved."""
    batch = _found(request, public_id)
    try:
        action.queue(batch=batch)
    except RuleBroken as broken:
        messages.error(request, str(broken.message))
    return redirect("import", public_id=public_id)


@require_http_methods(["POST"])
@only(Capability.IMPORT)
def undo(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Undo the import, with a reason."""
    batch = _found(request, public_id)
    form = Undo(request.POST)
    if form.is_valid():
        try:
            action.begin_undo(batch=batch, by=request.user, reason=form.cleaned_data["reason"])
            return redirect("import", public_id=public_id)
        except RuleBroken as broken:
            form.add_error("reason" if broken.field == "reason" else None, str(broken.message))
    return _outcome(request, batch, form, status=422)


@require_safe
@only(Capability.IMPORT)
def names(request: DeskRequest) -> HttpResponse:
    """List the names that lead nowhere, those most rows wait for first."""
    current.agreement(request)
    return render(request, "desk/imports/names.html", {"names": list(batches.names(request.user)[:SHOWN])})


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.IMPORT)
def name(request: DeskRequest, key: int) -> HttpResponseBase:
    """Show one name with what it may mean, each with its score and reasons, and take a person's answer. Nothing is picked beforehand."""
    current.agreement(request)
    one = UnresolvedName.objects.filter(pk=key, batch__in=batches.batches(request.user)).select_related("batch").first()
    if one is None:
        raise Http404
    form = Resolve(request.POST if request.method == "POST" else None, name=one)
    if request.method == "POST" and form.is_valid():
        try:
            record = form.cleaned_data["record"]
            if record is not None and record.pk is None:
                record = reference.save(record, by=request.user, note=_("Named in an import."))
            action.resolve(name=one, by=request.user, record=record, as_alias=form.cleaned_data["as_alias"])
            messages.success(request, _("“%(name)s” is resolved. Go on with the held rows when you are ready.") % {"name": one.name})
            return redirect("import", public_id=one.batch.public_id)
        except RuleBroken as broken:
            form.add_error(None, str(broken.message))
    context = {
        "name": one,
        "form": form,
        "candidates": _candidates(one),
        "waiting": _shown(batches.rows(one.batch, "held", limit=5)),
    }
    return render(request, "desk/imports/name.html", context, status=422 if form.is_bound and form.errors else 200)


def _candidates(one: UnresolvedName) -> list[dict[str, Any]]:
    ids = [row["id"] for row in one.candidates]
    known: dict[str, Any] = {str(record.public_id): record for record in MODELS[one.kind]._default_manager.filter(public_id__in=ids)}
    return [_candidate(row, known[row["id"]]) for row in one.candidates if row["id"] in known]


def _candidate(row: dict[str, Any], record: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": record.name,
        "by": row["name"],
        "score": f"{row['score']:.2f}",
        "reasons": [NameReason(word).label for word in row["reasons"] if word in NameReason.values],
        "lies_in": record.parent.name if isinstance(record, Place) and record.parent else "",
    }


def _found(request: DeskRequest, public_id: uuid.UUID) -> ImportBatch:
    batch = batches.batches(request.user).filter(public_id=public_id).first()
    if batch is None:
        raise Http404
    if batch.agreement:
        current.agreement(request, batch.agreement.slug)
    return batch
