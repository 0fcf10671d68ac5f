"""Entering a published total: rows are added by a button, its arithmetic is noted before it is saved, and nothing is mended."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.actions import aggregates as action
from incidents.errors import RuleBroken
from incidents.forms import claims as forms
from incidents.forms.claims import HARM_ROWS, MORE, MOST_ROWS, PART_ROWS, HarmRow, LogClaim, PartRow, Withdraw
from incidents.models import AggregateClaim, Agreement
from incidents.permissions import Capability, may
from incidents.queries import aggregates
from incidents.queries.bulletins import Notes
from incidents.rules.bulletins import Today
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import claims, notes

ADDING = {"add_part": "parts", "add_harm": "harm"}


@dataclass(frozen=True)
class Entry:
    """The form with its rows, and the statement whose place it would take."""

    agreement: Agreement
    form: LogClaim
    parts: list[PartRow]
    harm: list[HarmRow]
    corrects: AggregateClaim | None = None

    @property
    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(row.is_valid() for row in (*self.parts, *self.harm))])

    @property
    def rows(self) -> list[PartRow | HarmRow]:
        return [*self.parts, *self.harm]

    def facts(self) -> dict[str, Any]:
        """Return the statement as the action takes it."""
        harm = [row.stated() for row in self.harm if row.cleaned_data["kind"]]
        return {**self.form.facts(), "parts": forms.nested(self.parts), "harm": harm}

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule where it was broken: in a row, or in the form."""
        for row in self.parts:
            if error.field.startswith(f"{row.prefix}-"):
                row.add_error(error.field.removeprefix(f"{row.prefix}-"), str(error.message))
                return
        self.form.add_rule(error)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.LOG_AGGREGATE_CLAIMS)
def log(request: DeskRequest) -> HttpResponseBase:
    """Log a statement, or with `corrects` one that takes the place of another; `like` begins with what its document says."""
    corrects = _one(request, request.GET.get("corrects", ""))
    model = corrects or _one(request, request.GET.get("like", ""))
    slug = model.agreement.slug if model else request.GET.get("agreement", "")
    here = current.agreement(request, slug if slug in {row.slug for row in current.agreements(request)} else "")
    if here is None:
        return render(request, "desk/dashboard/none.html")
    if not may(request.user, Capability.LOG_AGGREGATE_CLAIMS, here):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, _begun(request, here, corrects, model))
    entry = _sent(request, here, corrects)
    if request.POST.get("then") in ADDING:
        return _page(request, entry)
    return _checked(request, entry)


@require_POST
@only(Capability.LOG_AGGREGATE_CLAIMS)
def retract(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Withdraw a statement with a reason."""
    claim = _one(request, str(public_id))
    assert claim is not None
    if not claims.may_retract(request, claim):
        raise PermissionDenied
    form = Withdraw(request.POST)
    if form.is_valid():
        try:
            action.retract(claim=claim, by=request.user, reason=form.cleaned_data["reason"])
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("It is retracted. It stays on record and no longer counts."))
            return redirect("claim", public_id=public_id)
    return claims.shown(request, claim, form, status=422)


def _checked(request: DeskRequest, entry: Entry) -> HttpResponseBase:
    """Save what can be saved once its notes were seen; say what is wrong, or what is to be looked at first."""
    found: Notes | None = None
    if entry.form.is_valid() and _is_there(request, entry.form.cleaned_data["token"]):
        return redirect("claim", public_id=entry.form.cleaned_data["token"])
    if entry.is_valid:
        try:
            facts = entry.facts()
            found = action.rehearse(by=request.user, supersedes=entry.corrects, **facts)
            was_seen = not found.contradict or request.POST.get("seen") == _digest(found)
            if request.POST.get("then") == "save" and was_seen:
                return _saved(request, entry, facts)
        except RuleBroken as error:
            entry.add_rule(error)
    wrong = bool(entry.form.errors or any(row.errors for row in entry.rows))
    return _page(request, entry, None if wrong else found, status=422 if wrong else 200)


def _saved(request: DeskRequest, entry: Entry, facts: dict[str, Any]) -> HttpResponseBase:
    token = facts["public_id"]
    try:
        with transaction.atomic():
            if entry.corrects:
                action.supersede(claim=entry.corrects, by=request.user, reason=entry.form.cleaned_data["reason"], **facts)
            else:
                action.log(by=request.user, **facts)
    except IntegrityError:
        if not _is_there(request, token):
            raise
    messages.success(request, _("Saved as printed."))
    return redirect("claim", public_id=token)


def _is_there(request: DeskRequest, token: uuid.UUID) -> bool:
    """Return whether this form was sent before: the first of two is there."""
    return AggregateClaim.objects.filter(public_id=token, entered_by=request.user).exists()


def _one(request: DeskRequest, public_id: str) -> AggregateClaim | None:
    if not public_id:
        return None
    try:
        return aggregates.one(request.user, uuid.UUID(public_id))
    except (AggregateClaim.DoesNotExist, ValueError) as error:
        raise Http404 from error


def _begun(request: DeskRequest, here: Agreement, corrects: AggregateClaim | None, model: AggregateClaim | None) -> Entry:
    initial: dict[str, Any] = {}
    if corrects:
        initial = forms.filled(corrects)
    elif model:
        initial = forms.like(model)
    form = LogClaim(initial=forms.begun(**initial), agreement=here, reader=request.user, correcting=corrects is not None)
    parts = forms.rows_of(corrects) if corrects else []
    harm = forms.harm_of(corrects) if corrects else []
    return Entry(
        agreement=here,
        form=form,
        parts=[PartRow(initial=row, prefix=f"part-{n}", sides=form.sides) for n, row in enumerate([*parts, *[{}] * PART_ROWS])],
        harm=[HarmRow(initial=row, prefix=f"harm-{n}") for n, row in enumerate([*harm, *[{}] * HARM_ROWS])],
        corrects=corrects,
    )


def _sent(request: DeskRequest, here: Agreement, corrects: AggregateClaim | None) -> Entry:
    data, then = request.POST, request.POST.get("then", "")
    # A button that adds rows judges nothing: what was typed stays as it is.
    is_adding = then in ADDING
    form = LogClaim(data, agreement=here, reader=request.user, correcting=corrects is not None)
    parts = [PartRow(data, prefix=f"part-{n}", sides=form.sides) for n in range(_rows(data, "parts", PART_ROWS, then == "add_part"))]
    harm = [HarmRow(data, prefix=f"harm-{n}") for n in range(_rows(data, "harm", HARM_ROWS, then == "add_harm"))]
    if is_adding:
        for one in (form, *parts, *harm):
            one._errors = {}  # type: ignore[attr-defined]
    return Entry(here, form, parts, harm, corrects)


def _rows(data: Mapping[str, Any], name: str, least: int, more: bool) -> int:
    said = str(data.get(f"{name}_shown", ""))
    shown = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else least
    return min(max(shown, least) + (MORE if more else 0), MOST_ROWS)


def _page(request: DeskRequest, entry: Entry, found: Notes | None = None, status: int = 200) -> HttpResponse:
    context = {
        "agreement": entry.agreement,
        "entry": entry,
        "form": entry.form,
        "notes": notes.sentences(found.flags) if found else [],
        "steps": [step_says(step) for step in found.steps] if found else [],
        "is_checked": found is not None,
        "seen": _digest(found) if found else "",
        "wrong_rows": [row for row in entry.rows if row.is_bound and row.errors],
    }
    return render(request, "desk/claims/log.html", context, status=status)


def step_says(step: Today) -> str:
    """Return the number of a day beside the cumulative one, in a sentence, with what is on record for the days before."""
    words = {"cumulative": step.cumulative, "for_day": step.for_day, "before": step.before, "day": dates.day(step.day, short=True)}
    said = _("%(cumulative)s by %(day)s with %(for_day)s for that day leaves %(before)s for the days before.") % words
    return f"{said} {_on_record(step)}" if step.days_before else said


def _on_record(step: Today) -> str:
    if step.known is not None and step.agrees:
        return _("It agrees with %(known)s, as stated the day before.") % {"known": step.known}
    if step.known is not None:
        return _("Stated the day before: %(known)s.") % {"known": step.known}
    if step.summed is None:
        return _("Nothing is on record for these.")
    words = {"sum": step.summed, "days": step.summed_days, "all": step.days_before}
    return _("On record for single days: %(sum)s, over %(days)s of %(all)s days.") % words


def _digest(found: Notes) -> str:
    said = json.dumps([found.flags, [step_says(step) for step in found.steps]], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
