"""One case: its claims side by side, who has it, what is said of it."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import cases as working
from incidents.errors import RuleBroken
from incidents.forms.review import Answer, Assign, Say
from incidents.permissions import Capability
from incidents.queries import history
from incidents.views.access import DeskRequest, only
from incidents.views.desk import case_page
from incidents.views.desk.case_page import done, found


@require_safe
@only(Capability.READ_INTERNAL_NOTES)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Show one case. One that was merged into another leads there."""
    dossier = found(request, public_id)
    if dossier.incident.merged_into:
        return redirect("case", public_id=dossier.incident.heir.public_id)
    return case_page.page(request, dossier)


@require_POST
@only(Capability.ASSESS)
def take_up(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Take the case up, or over from whoever has it where that is said knowingly. A page that is only opened says that it looks."""
    dossier = found(request, public_id)
    if request.POST.get("then") == "look":
        return case_page.looking(request, dossier)
    taking_over = request.POST.get("taking_over") == "yes"
    return done(
        request, dossier, lambda: working.take_up(incident=dossier.incident, by=request.user, taking_over=taking_over), _("You have this case.")
    )


@require_POST
@only(Capability.ASSESS)
def let_go(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Let the case go, and leave it: who stays looks at it again."""
    dossier = found(request, public_id)
    try:
        working.let_go(incident=dossier.incident, by=request.user)
    except RuleBroken as error:
        messages.error(request, str(error.message))
        return redirect("case", public_id=public_id)
    messages.success(request, _("Nobody looks at this case now."))
    return redirect("review")


@require_POST
@only(Capability.ASSESS)
def assign(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Give the case to an editor, or to nobody."""
    dossier, form = found(request, public_id), Assign(request.POST)
    return done(
        request,
        dossier,
        lambda: working.assign(incident=dossier.incident, by=request.user, **form.cleaned_data),
        _("Saved."),
        form=form,
        slot="assign",
    )


@require_POST
@only(Capability.ASSESS)
def say(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Comment on the case, or ask somebody."""
    dossier, form = found(request, public_id), Say(request.POST)
    return done(
        request, dossier, lambda: working.comment(incident=dossier.incident, by=request.user, **form.cleaned_data), _("Saved."), form=form, slot="say"
    )


@require_POST
@only(Capability.READ_INTERNAL_NOTES)
def answer(request: DeskRequest, public_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponseBase:
    """Answer a question that was put to one."""
    dossier = found(request, public_id)
    question = history.comments_on(dossier.incident).filter(public_id=question_id).first()
    if question is None:
        raise Http404
    if question.put_to_id != request.user.pk:
        raise PermissionDenied
    form = Answer(request.POST, question=question)
    return done(
        request, dossier, lambda: working.answer(question=question, by=request.user, **form.cleaned_data), _("Saved."), form=form, slot="answer"
    )
