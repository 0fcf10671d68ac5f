"""Responses as JSON lists them: how the accused, and others, answer for an event."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from incidents.models import Response
from incidents.queries import filters, incidents, narrowing, points, visibility
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader
from incidents.vocabulary import ResponseKind


@dataclass(frozen=True)
class ResponseFilter(Filter):
    """Which answers are asked for."""

    own = {
        "agreement": replace(filters.WORDS["agreement"], says="Slug of an agreement under which the incident is reported."),
        "claimant": replace(filters.WORDS["claimant"], says="Slug of the party that answers; what its organs say is included."),
        "accused": replace(filters.WORDS["accused"], says="Slug of the party that it blames."),
        "state": filters.one_of(ResponseKind, "How it answers."),
    }

    incident: str = ""
    agreement: str = ""
    claimant: str = ""
    accused: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    updated_since: datetime | None = None
    as_known_on: datetime | None = None


def filtered(reader: Reader, asked: ResponseFilter) -> QuerySet[Response]:
    """Return the answers asked for, newest first by the order in which they were logged. None is ever changed or withdrawn."""
    found = incidents.responses(reader).order_by("-id")
    if asked.incident:
        found = found.filter(incident__slug=asked.incident)
    if agreement := narrowing.agreement(reader, asked.agreement):
        under = visibility.reports(reader).filter(agreement=agreement, incident__isnull=False)
        found = found.filter(incident__in=under.order_by().values("incident"))
    if asked.claimant:
        found = found.filter(narrowing.is_party(asked.claimant, "party", "claimant"))
    if asked.accused:
        found = found.filter(blamed=narrowing.party(asked.accused, "accused"))
    if asked.state:
        found = found.filter(kind=asked.state)
    if asked.since:
        found = found.filter(answered_on__gte=asked.since)
    if asked.until:
        found = found.filter(answered_on__lte=asked.until)
    if asked.text:
        found = found.filter(Q(wording__icontains=asked.text) | Q(gist__icontains=asked.text))
    if asked.as_known_on:
        found = narrowing.on_record(found, points.on_record(asked.as_known_on, reader))
    return narrowing.updated(reader, found, asked.updated_since)
