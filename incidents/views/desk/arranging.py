"""Which reports are of a case: moved, split off, detached, or all merged into another; the last such step is undone."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incidents.actions import changes
from incidents.actions import incidents as placing
from incidents.forms.review import Arrange, Merge
from incidents.permissions import Capability
from incidents.queries.incidents import Dossier
from incidents.views.access import DeskRequest, only
from incidents.views.desk import case_page
from incidents.views.desk.case_page import done, found


@require_POST
@only(Capability.ASSESS)
def arrange(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Move, split off or detach reports of the case. The last such step can be undone."""
    dossier = found(request, public_id)
    form = Arrange(request.POST, incident=dossier.incident, reader=request.user)

    def act() -> None:
        values = form.cleaned_data
        by, note = request.user, values["note"]
        if values["how"] == Arrange.How.SPLIT:
            placing.split(incident=dossier.incident, reports=values["reports"], by=by, name=values["name"], note=note)
            return
        for report in values["reports"]:
            if values["how"] == Arrange.How.MOVE:
                placing.move(report=report, to=values["to"], by=by, note=note)
            else:
                placing.detach(report=report, by=by, note=note)

    return done(request, dossier, _remembered(request, dossier, act), _("Done. It can be undone."), form=form, slot="arrange")


@require_POST
@only(Capability.ASSESS)
def merge(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Merge the case into another, where it goes on."""
    dossier = found(request, public_id)
    form = Merge(request.POST, reader=request.user)

    def act() -> None:
        placing.merge(incident=dossier.incident, by=request.user, **form.cleaned_data)

    return done(request, dossier, _remembered(request, dossier, act), _("Merged. It can be undone."), form=form, slot="merge")


@require_POST
@only(Capability.ASSESS)
def undo(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Undo the last step that moved reports of this case."""
    dossier = found(request, public_id)
    operation = case_page.last_arranged(request, dossier)
    if operation is None or str(operation) != request.POST.get("operation"):
        messages.error(request, _("There is nothing to undo any more."))
        return redirect("case", public_id=public_id)

    def act() -> None:
        placing.undo(operation_id=operation, by=request.user)
        request.session.pop(case_page.LAST, None)

    return done(request, dossier, act, _("Undone."))


def _remembered(request: DeskRequest, dossier: Dossier, act: Callable[[], None]) -> Callable[[], None]:
    """Return the act as one operation, which this sitting can undo."""

    def whole() -> None:
        with transaction.atomic(), changes.operation() as operation:
            act()
        request.session[case_page.LAST] = {"operation": str(operation), "incident": str(dossier.incident.public_id)}

    return whole
