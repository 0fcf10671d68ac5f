"""One incident with its claims side by side, answers, scope under each agreement, and the editors' judgement."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import assessments as judging
from incidents.actions import responses as answering
from incidents.errors import RuleBroken
from incidents.forms.assessments import Confirm, Decide
from incidents.forms.responses import LogResponse
from incidents.models import Assessment, Incident, Response
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import history, incidents, sides, visibility
from incidents.queries.incidents import Dossier, Known
from incidents.queries.scope import UnderAgreement
from incidents.rules.timespans import Timespan
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import asked, rows
from incidents.views.desk.asked import Asked


@dataclass(frozen=True)
class Case:
    """An incident under one agreement: the four answers, the judgement, and what this reader may do about it."""

    under: UnderAgreement
    asked: list[Asked]
    assessment: Assessment | None
    form: Decide | None
    confirm: Confirm | None


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Show one incident. One that was merged into another leads there."""
    dossier = _found(request, public_id)
    if dossier.incident.merged_into:
        return redirect("incident", public_id=dossier.incident.heir.public_id)
    return _page(request, dossier)


@require_POST
@only(Capability.LOG_REPORTS)
def respond(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Log how a party answers, and return to the incident."""
    dossier = _found(request, public_id)
    form = LogResponse(request.POST, reader=request.user)
    if form.is_valid():
        try:
            answering.log(incident=dossier.incident, by=request.user, **form.facts())
            messages.success(request, _("Saved."))
            return redirect("incident", public_id=public_id)
        except RuleBroken as error:
            form.add_rule(error)
    return _page(request, dossier, response_form=form, status=422)


@require_POST
@only(Capability.ASSESS)
def decide(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Decide on the incident under one agreement, and return to it."""
    dossier, under = _under(request, public_id, slug)
    form = Decide(request.POST, agreement=under.agreement)
    if form.is_valid():
        try:
            judging.decide(incident=dossier.incident, by=request.user, scope_reasons=asked.derived(under), **form.facts())
            messages.success(request, _("Decided. It counts once a second editor confirms it."))
            return redirect("incident", public_id=public_id)
        except RuleBroken as error:
            form.add_rule(error)
    return _page(request, dossier, decision=form, status=422)


@require_POST
@only(Capability.ASSESS)
def confirm(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Confirm, as a second editor, what another decided."""
    dossier, under = _under(request, public_id, slug)
    assessment = next((row for row in dossier.assessments if row.agreement_id == under.agreement.pk), None)
    if assessment is None:
        raise Http404
    form = Confirm(request.POST)
    if form.is_valid():
        try:
            judging.confirm(assessment=assessment, by=request.user, **form.cleaned_data)
            messages.success(request, _("Confirmed."))
            return redirect("incident", public_id=public_id)
        except RuleBroken as error:
            messages.error(request, str(error.message))
    return _page(request, dossier, status=422)


def _found(request: DeskRequest, public_id: uuid.UUID) -> Dossier:
    try:
        return incidents.dossier(request.user, public_id)
    except Incident.DoesNotExist as error:
        raise Http404 from error


def _under(request: DeskRequest, public_id: uuid.UUID, slug: str) -> tuple[Dossier, UnderAgreement]:
    dossier = _found(request, public_id)
    under = next((row for row in dossier.scope if row.agreement.slug == slug), None)
    if under is None:
        raise Http404
    return dossier, under


def _page(
    request: DeskRequest, dossier: Dossier, *, response_form: LogResponse | None = None, decision: Decide | None = None, status: int = 200
) -> HttpResponse:
    known = dossier.known
    every = sorted([*known.reports, *dossier.past], key=lambda report: report.pk)
    camps_of = sides.CampsByAgreement()
    camps = {report.agreement_id: camps_of.of(report.agreement) for report in every}
    if every:
        current.agreement(request, every[0].agreement.slug)
    context: dict[str, Any] = {
        "incident": dossier.incident,
        "known": known,
        "when": when_of(known.when.value, known),
        "where": where_of(known),
        "harm": [(fact.value.kind.label, fact.value.group.label, incidents.stated(fact), fact.rule.label) for fact in known.harm],
        "rows": rows.of(every, camps),
        "accusations": [
            (row.accused.name if row.accused else _("Nobody accused"), ", ".join(by.name for by in row.claimants)) for row in known.accusations.value
        ],
        "grade": dossier.grade,
        "responses": [(row, incidents.response_withheld(request.user, row)) for row in dossier.responses],
        "cases": [_case(request, under, dossier.assessments, decision) for under in dossier.scope],
        "convoys": dossier.convoys,
        "zone": every[0].agreement.zone if every else None,
        "history": _history(request, dossier) if every else [],
        "may_review": bool(every) and visibility.is_case(request.user, dossier.incident),
        "response_form": (response_form or LogResponse(reader=request.user)) if may_somewhere(request.user, Capability.LOG_REPORTS) else None,
    }
    return render(request, "desk/incidents/show.html", context, status=status)


def _history(request: DeskRequest, dossier: Dossier) -> list[history.Entry]:
    """Return what happened to the incident, its answers and its judgements, oldest first."""
    if not visibility.is_case(request.user, dossier.incident):
        return []
    records: list[Incident | Response | Assessment] = [dossier.incident, *dossier.responses, *dossier.assessments]
    return history.of(*records)


def _case(request: DeskRequest, under: UnderAgreement, judged: Iterable[Assessment], decision: Decide | None) -> Case:
    assessment = next((row for row in judged if row.agreement_id == under.agreement.pk), None)
    form = confirming = None
    if may(request.user, Capability.ASSESS, under.agreement):
        is_this = decision is not None and decision.agreement == under.agreement
        form = decision if is_this else Decide(agreement=under.agreement, initial=Decide.begun(under, assessment))
        if assessment and assessment.decided_by_id and not assessment.confirmed_by_id and assessment.decided_by_id != request.user.pk:
            confirming = Confirm(initial={"version": assessment.version}, auto_id=f"confirm-{under.agreement.slug}-%s")
    return Case(under, asked.shown(under), assessment, form, confirming)


def where_of(known: Known) -> str:
    """Return the place that the incident's reports give, by the name that it has in the reader's language."""
    if known.where.value is None:
        return ""
    places = (report.place for report in known.reports if report.place)
    return next((place.label for place in places if place.name == known.where.value.name), known.where.value.name)


def when_of(span: Timespan | None, known: Known) -> str:
    """Return the local days that the incident's reports give."""
    if span is None or span.starts_at is None or span.ends_at is None:
        return ""
    zone = known.reports[0].agreement.zone
    last = max(span.starts_at, span.ends_at - timedelta(microseconds=1))
    return dates.days(_day(span.starts_at, zone), _day(last, zone), short=True)


def _day(at: datetime, zone: Any) -> Any:
    return at.astimezone(zone).date()
