"""One verb for several reports: each by itself, so that what one refuses holds up no other, and all in one operation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import changes, incidents
from incidents.errors import RuleBroken
from incidents.models import Report, User


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
        return operation, [_one(report, lambda one: incidents.attach(report=one, incident=incident, by=by, note=note)) for report in chosen]


def _one(report: Report, act: Callable[[Report], object]) -> Outcome:
    try:
        with transaction.atomic():
            act(report)
    except RuleBroken as error:
        return Outcome(report, str(error.message))
    except PermissionDenied:
        return Outcome(report, _("You may not do this with it."))
    return Outcome(report)
