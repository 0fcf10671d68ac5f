"""One verb for several reports: each by itself, so that what one refuses holds up no other, and all in one operation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import changes, incidents
from incidents.errors import RuleBroken
from incidents.models import Change, ChangeKind, Report, User

# What decides whether a report stands.
STANDS = {ChangeKind.REPORT_RETRACTED, ChangeKind.REPORT_RESTORED, ChangeKind.REPORT_SUPERSEDED}


@dataclass(frozen=True)
class Outcome:
    """What became of one report; `refused` says why nothing did."""

    report: Report
    refused: str = ""


@transaction.atomic
def each(reports: Iterable[Report], act: Callable[[Report], object]) -> tuple[UUID, list[Outcome]]:
    """Return the operation, and what became of each report in it."""
    with changes.operation() as operation:
        return operation, [_one(report, act) for report in reports]


@transaction.atomic
def open_for(reports: Iterable[Report], *, by: User, name: str, note: str = "") -> tuple[UUID, list[Outcome]]:
    """Return the operation that opened an incident for these reports, and what became of each. Raise RuleBroken if none is free for it."""
    chosen = list(reports)
    if all(report.incident_id is not None for report in chosen):
        raise RuleBroken("none_free", _("All of these are of an incident already."), "reports")
    with changes.operation() as operation:
        incident = incidents.open_for(reports=[], by=by, name=name)
        outcomes = [_one(report, lambda one: incidents.attach(report=one, incident=incident, by=by, note=note)) for report in chosen]
        if all(one.refused for one in outcomes):  # as when somebody tied them meanwhile: no incident is left behind
            raise RuleBroken("none_free", outcomes[0].refused, "reports")
        return operation, outcomes


@transaction.atomic
def undo_placing(reports: Iterable[Report], operation: UUID, *, by: User, note: str = "") -> tuple[list[Outcome], bool]:
    """Return what became of each report that the operation placed: taken back, or refused as it was placed again since.

    And whether an incident that it opened for them stays, as something else is in it.
    """
    refused = incidents.undo_each(operation_id=operation, by=by, note=note)
    chosen = list(reports)
    outcomes = [Outcome(report, str(refused[report.public_id].message) if report.public_id in refused else "") for report in chosen]
    return outcomes, bool(refused.keys() - {report.public_id for report in chosen})


def must_be_as_left(report: Report, operation: UUID) -> None:
    """Lock the report. Raise RuleBroken if something else has retracted it, or let it stand, since this operation did."""
    Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    last = Change.objects.filter(record_id=report.public_id, kind__in=STANDS).order_by("-id").first()
    if last is None or last.operation_id != operation:
        raise RuleBroken("changed_since", _("This was changed again since; undo that first."))


def _one(report: Report, act: Callable[[Report], object]) -> Outcome:
    try:
        with transaction.atomic():
            act(report)
    except RuleBroken as error:
        return Outcome(report, str(error.message))
    except PermissionDenied:
        return Outcome(report, _("You may not do this with it."))
    return Outcome(report)
