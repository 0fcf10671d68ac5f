"""Possible duplicates answered: the report is of the same event as one of them, and of another than others."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import incidents, reports
from incidents.errors import RuleBroken
from incidents.models import Incident, Report, User
from incidents.vocabulary import ReportState

# The working title of an event that is opened for a report, in English and in Arabic.
Title = Callable[[Report], tuple[str, str]]


@transaction.atomic
def settle(*, report: Report, by: User, same: Report | None = None, different: Iterable[Report] = (), title: Title) -> Incident | None:
    """Return the event that the report is of now, None if that was not said; that it is none of the different ones' is remembered."""
    for other in different:
        reports.tell_apart(report=report, other=other, by=by)
    if same is None:
        return None
    incidents.hold(same, report)
    same = Report.objects.select_for_update(of=("self",), no_key=True).select_related("incident", "agreement", "place").get(pk=same.pk)
    if same.state != ReportState.SUBMITTED:
        raise RuleBroken("not_current", _("The report chosen no longer stands. Look at the candidates again."))
    if same.incident is None:
        name, name_ar = title(same)
        return incidents.open_for(reports=[same, report], by=by, name=name, name_ar=name_ar)
    home = same.incident.heir
    incidents.attach(report=report, incident=home, by=by)
    return home
