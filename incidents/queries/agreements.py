"""Agreements as JSON lists them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from incidents.models import Agreement
from incidents.queries import filters, narrowing, visibility
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader


@dataclass(frozen=True)
class AgreementFilter(Filter):
    """Which agreements are asked for."""

    own = {
        "since": replace(filters.WORDS["since"], says="Day, in UTC: in force on it or later, as it was agreed."),
        "until": replace(filters.WORDS["until"], says="Day, in UTC: in force on it or earlier."),
        "text": replace(filters.WORDS["text"], says="In the name, the country or the slug."),
    }

    since: date | None = None
    until: date | None = None
    text: str = ""
    updated_since: datetime | None = None


def filtered(reader: Reader, asked: AgreementFilter) -> QuerySet[Agreement]:
    """Return the agreements that this reader may see and asks for."""
    found = visibility.agreements(reader)
    if asked.since:
        found = found.filter(Q(in_force_until=None) | Q(in_force_until__date__gte=asked.since))
    if asked.until:
        found = found.filter(in_force_from__date__lte=asked.until)
    if asked.text:
        named = Q()
        for name in ("name", "name_ar", "country", "country_ar", "slug"):
            named |= Q(**{f"{name}__icontains": asked.text})
        found = found.filter(named)
    return narrowing.updated(reader, found, asked.updated_since)
