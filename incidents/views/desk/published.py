"""Published figures: the list, one at its address for good, and publishing one."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import snapshots as action
from incidents.errors import RuleBroken
from incidents.models import Snapshot
from incidents.permissions import Capability, may
from incidents.queries import answers, methods, snapshots, visibility
from incidents.queries.answers import Amount, Cell
from incidents.queries.questions import Question
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import tallies_shown
from incidents.views.desk.accused import Accused

LISTED = 100


@dataclass(frozen=True)
class Row:
    """A number as it was published, and as it is now."""

    key: str
    accused: Accused
    detail: str
    published: str
    now: str
    is_changed: bool


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the published figures, newest first."""
    found = [(one, said(one, "citation")) for one in snapshots.seen(request.user)[:LISTED]]
    return render(request, "desk/tallies/published.html", {"found": found})


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a published figure as it was, with what has changed since beside it."""
    snapshot = snapshots.seen(request.user).filter(public_id=public_id).first()
    if snapshot is None:
        raise Http404
    current.agreement(request, snapshot.agreement.slug)
    change, differences = snapshots.since(snapshot)
    rows = _rows(snapshot, differences)
    context = {
        "snapshot": snapshot,
        "content": snapshot.content,
        "method": methods.methods().get(snapshot.content["method"]),
        "definition": said(snapshot, "definition"),
        "citations": [(language, snapshot.content["citation"][language]) for language in snapshots.LANGUAGES],
        "address": request.build_absolute_uri(request.path),
        "hash": bytes(snapshot.hash).hex(),
        "rows": rows,
        "change": change,
        "changed": sum(row.is_changed for row in rows),
        "json_address": reverse("api-snapshot-detail", kwargs={"id": snapshot.public_id}),
    }
    return render(request, "desk/tallies/snapshot.html", context)


@require_POST
@only(Capability.PUBLISH)
def publish(request: DeskRequest, slug: str) -> HttpResponseBase:
    """Publish the figure asked for, as of its point of the log, and go to its address."""
    agreement = visibility.agreements(request.user).filter(slug=slug).first()
    if agreement is None:
        raise Http404
    if not may(request.user, Capability.PUBLISH, agreement):
        raise PermissionDenied
    try:
        snapshot = action.publish(question=Question.parse(request.POST, agreement, request.user), by=request.user)
    except RuleBroken as error:
        return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=422)
    messages.success(request, _("The figure is published. It counts what partners may see."))
    return redirect("snapshot", public_id=snapshot.public_id)


def said(snapshot: Snapshot, name: str) -> str:
    """Return what the figure says in the reader's language."""
    told: dict[str, str] = snapshot.content[name]
    return told.get((get_language() or "en").partition("-")[0], told["en"])


def _rows(snapshot: Snapshot, differences: list[snapshots.Difference]) -> list[Row]:
    content = snapshot.content
    params = {name: content[name] for name in ("method", "measure", "by") if content[name]}
    question = Question.parse(params, snapshot.agreement)
    cells = [_cell(one.published or one.now or {}) for one in differences]
    names = tallies_shown.Names(question, cells)
    is_range = content["measure"] != "count"
    return [
        Row(
            names.key(cell.key), names.accused(cell), names.detail(cell), _number(one.published, is_range), _number(one.now, is_range), one.is_changed
        )
        for cell, one in zip(cells, differences, strict=True)
    ]


def _cell(told: dict[str, Any]) -> Cell:
    names = ("low", "best", "high", "low_unknown", "best_unknown", "high_unknown", "records")
    amount = Amount(**{name: told[name] for name in names})
    return Cell(**{name: told[name] for name in answers.Choice.NAMES}, amount=amount, qualifier=told["qualifier"])


def _number(told: dict[str, Any] | None, is_range: bool) -> str:
    return tallies_shown.number(_cell(told).amount, is_range=is_range, hedge=told["qualifier"]) if told else "—"
