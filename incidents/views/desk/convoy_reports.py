"""From a convoy's delay or attack to a report of it in one step: the form comes filled, and what comes of it is tied to the convoy."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils.translation import gettext as _

from incidents.actions import convoys as action
from incidents.errors import RuleBroken
from incidents.forms.reports import LogReport
from incidents.forms.typed import NOBODY
from incidents.models import Convoy, ConvoyEvent, Report, User
from incidents.queries import convoys
from incidents.views.access import DeskRequest
from incidents.views.ids import as_uuid
from incidents.vocabulary import ConvoyStatus as S
from incidents.vocabulary import TimePrecision, ViolationType

# What a report of each of these statuses is of. What is not here hinders nobody.
TYPES = {
    S.NO_ANSWER: ViolationType.AID_DELAYED,
    S.ON_HOLD_INSECURITY: ViolationType.AID_DELAYED,
    S.ON_HOLD_ADMINISTRATIVE: ViolationType.AID_DELAYED,
    S.WAITING_AT_BORDER: ViolationType.AID_DELAYED,
    S.WAITING_AT_CHECKPOINT: ViolationType.AID_DELAYED,
    S.DELAYED: ViolationType.AID_DELAYED,
    S.DENIED: ViolationType.AID_BLOCKED,
    S.TURNED_BACK: ViolationType.AID_BLOCKED,
    S.SUPPLIES_REMOVED: ViolationType.SUPPLIES_REMOVED,
    S.LOOTED: ViolationType.CONVOY_ATTACKED,
    S.ATTACKED: ViolationType.CONVOY_ATTACKED,
}


@dataclass(frozen=True)
class Told:
    """The convoy, and the event of it, that a report form was opened for; both None for any other report."""

    convoy: Convoy | None = None
    event: ConvoyEvent | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def tie(self, report: Report, by: User) -> None:
        """Tie the report, once logged, to the event; an attack comes to be of an incident."""
        if self.convoy is not None:
            action.tell(convoy=self.convoy, report=report, by=by, event=self.event)


def of(request: DeskRequest, form: LogReport) -> Told:
    """Return what a sent form was opened for. Raise RuleBroken where this reader may see it no longer."""
    key = form.cleaned_data.get("convoy")
    if not key:
        return Told()
    try:
        convoy = convoys.one(request.user, key)
    except Convoy.DoesNotExist:
        raise RuleBroken("unknown_word", _("There is no such convoy here."), "convoy") from None
    event_key = form.cleaned_data.get("convoy_event")
    event = next((row for row in convoy.events.all() if row.public_id == event_key), None)
    return Told(convoy, event, {"convoy": convoy, "checkpoint": event.checkpoint if event else None})


def filled(request: DeskRequest) -> dict[str, Any]:
    """Return what the report form begins with: type, time, place, accused, term and source as the convoy's event has them."""
    convoy = _convoy(request)
    key = as_uuid(request.GET.get("event", ""))
    event = next((row for row in convoy.events.all() if row.public_id == key), None)
    values: dict[str, Any] = {"convoy": convoy.public_id, "accused": NOBODY}
    if convoy.term and convoy.agreement:
        values["term"] = convoy.term.number
    return values | (_of_event(convoy, event) if event else {"violation_type": ViolationType.AID_DELAYED})


def _convoy(request: DeskRequest) -> Convoy:
    key = as_uuid(request.GET.get("convoy", ""))
    try:
        return convoys.one(request.user, key)
    except Convoy.DoesNotExist:
        raise Http404 from None


def _of_event(convoy: Convoy, event: ConvoyEvent) -> dict[str, Any]:
    zone = convoys.zone_of(convoy)
    place = event.place or (event.checkpoint.place if event.checkpoint else None)
    where = place.name if place else event.checkpoint.name if event.checkpoint else ""
    values = {
        "convoy_event": event.public_id,
        "violation_type": TYPES.get(S(event.status), ViolationType.AID_DELAYED),
        "place": where,
        "source": event.source.slug,
        "link": event.link,
        "wording": event.wording,
        "summary": event.reason,
        **_when(event, zone),
    }
    if event.responsible:
        values |= {"accused": "", "accused_party": event.responsible.name}
    return values


def _when(event: ConvoyEvent, zone: ZoneInfo) -> dict[str, str]:
    precision = TimePrecision(event.time_precision)
    day = convoys.day_of(event, zone)
    if day is None:
        return {"time_precision": TimePrecision.UNKNOWN}
    values = {"day": f"{day:%Y-%m-%d}", "time_precision": precision}
    if event.starts_at and event.ends_at and precision in {TimePrecision.EXACT, TimePrecision.HOUR}:
        values["clock"] = f"{event.starts_at.astimezone(zone):%H:%M}"
        if event.ends_at > event.starts_at:
            # From one clock to another: an hour would be taken as the whole of its last one.
            values["time_precision"] = TimePrecision.EXACT
            values["until"] = f"{event.ends_at.astimezone(zone):%H:%M}"
    elif precision not in {TimePrecision.WEEK, TimePrecision.MONTH}:
        values["time_precision"] = TimePrecision.DAY
    return values
