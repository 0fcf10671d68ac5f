"""Deciding on a case under one agreement, confirming it, and going back; and what a decision would change."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incidents.actions import assessments as judging
from incidents.forms.review import Back, Confirm, Decide
from incidents.permissions import Capability
from incidents.rules.review import Move
from incidents.views.access import DeskRequest, only
from incidents.views.desk import asked, case_page, effects
from incidents.views.desk.case_page import done, under_agreement


@require_POST
@only(Capability.ASSESS)
def decide(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Decide on the case under one agreement; or, asked for the effect, show what the tallies would say, and save nothing."""
    dossier, under = under_agreement(request, public_id, slug)
    form = Decide(request.POST, agreement=under.agreement)
    if request.POST.get("then") == "effect":
        if request.htmx:
            effect = effects.weighed(dossier.incident, under.agreement, form)
            return render(request, "desk/review/_effect.html", {"effect": effect})
        return case_page.page(request, dossier, under.agreement, bound={"decide": form}, status=200 if form.is_valid() else 422)

    def act() -> None:
        values = form.cleaned_data
        judging.decide(
            incident=dossier.incident,
            agreement=under.agreement,
            by=request.user,
            reason=values["reason"],
            version=values["version"],
            scope_reasons=asked.derived(under),
            **form.judged(),
        )

    return done(request, dossier, act, _("Decided. It counts once a second editor confirms it."), form=form, slot="decide", agreement=under.agreement)


@require_POST
@only(Capability.ASSESS)
def confirm(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Confirm, as a second editor, what another decided."""
    dossier, under = under_agreement(request, public_id, slug)
    assessment, form = case_page.judged(dossier, under), Confirm(request.POST)
    return done(
        request,
        dossier,
        lambda: judging.confirm(assessment=assessment, by=request.user, **form.cleaned_data),
        _("Confirmed."),
        form=form,
        slot="confirm",
        agreement=under.agreement,
    )


@require_POST
@only(Capability.ASSESS)
def move(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Take back, send back or reopen what was decided."""
    dossier, under = under_agreement(request, public_id, slug)
    assessment, form = case_page.judged(dossier, under), Back(request.POST)

    def act() -> None:
        values = form.cleaned_data
        judging.move(assessment=assessment, move=Move(values["move"]), by=request.user, reason=values["reason"], version=values["version"])

    said = _("The case is under review again. What was judged stays filled in, and the history keeps the decision.")
    return done(request, dossier, act, said, form=form, slot="back", agreement=under.agreement)
