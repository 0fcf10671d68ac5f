"""Declarations as JSON lists them: what parties say of a truce."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from incidents.models import Declaration, Party
from incidents.queries import filters, narrowing, visibility
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader
from incidents.vocabulary import Stance


@dataclass(frozen=True)
class DeclarationFilter(Filter):
    """Which declarations are asked for."""

    own = {
        "claimant": replace(filters.WORDS["claimant"], says="Slug of the party that declares; what its organs say is included."),
        "accused": replace(filters.WORDS["accused"], says="Slug of a party that is blamed."),
        "state": filters.one_of(Stance, "What is declared."),
        "grade": filters.RELIABILITY,
    }

    agreement: str = ""
    claimant: str = ""
    accused: str = ""
    state: str = ""
    grade: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    updated_since: datetime | None = None


def seen(reader: Reader) -> QuerySet[Declaration]:
    """Return the declarations this reader may see, newest first by the order in which they were entered, joined for a list."""
    blamed = Prefetch("blamed", queryset=Party.objects.order_by("name", "id"))
    return visibility.declarations(reader).select_related("agreement", "party", "source").prefetch_related(blamed).order_by("-id")


def filtered(reader: Reader, asked: DeclarationFilter) -> QuerySet[Declaration]:
    """Return the declarations asked for."""
    found = seen(reader)
    if agreement := narrowing.agreement(reader, asked.agreement):
        found = found.filter(agreement=agreement)
    if asked.claimant:
        found = found.filter(narrowing.is_party(asked.claimant, "party", "claimant"))
    if asked.accused:
        found = found.filter(blamed=narrowing.party(asked.accused, "accused"))
    if asked.state:
        found = found.filter(stance=asked.state)
    if asked.grade:
        found = found.filter(narrowing.relied_on(reader, asked.grade))
    if asked.since:
        found = found.filter(declared_on__gte=asked.since)
    if asked.until:
        found = found.filter(declared_on__lte=asked.until)
    if asked.text:
        found = found.filter(Q(wording__icontains=asked.text) | Q(wording_ar__icontains=asked.text) | Q(gist__icontains=asked.text))
    return narrowing.updated(reader, found, asked.updated_since)


def one(reader: Reader, public_id: Any) -> Declaration:
    """Return the declaration. Raise Declaration.DoesNotExist alike for one that is not there and one that this reader may not see."""
    return seen(reader).get(public_id=public_id)
