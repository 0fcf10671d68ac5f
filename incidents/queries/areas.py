"""Areas of agreements as pages and JSON show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from incidents.models import AgreementArea
from incidents.queries import narrowing, visibility
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader


@dataclass(frozen=True)
class AreaFilter(Filter):
    """Which areas are asked for."""

    agreement: str = ""
    updated_since: datetime | None = None


def seen(reader: Reader) -> QuerySet[AgreementArea]:
    """Return the areas of the agreements that this reader may see, those put on record last first."""
    found = AgreementArea.objects.filter(agreement__in=visibility.agreements(reader))
    return found.select_related("agreement", "place").order_by("-id")


def filtered(reader: Reader, asked: AreaFilter) -> QuerySet[AgreementArea]:
    """Return the areas asked for. Raise RuleBroken for an agreement that is not there for this reader."""
    found = seen(reader)
    if agreement := narrowing.agreement(reader, asked.agreement):
        found = found.filter(agreement=agreement)
    return narrowing.updated(reader, found, asked.updated_since)


def one(reader: Reader, public_id: Any) -> AgreementArea:
    """Return the area. Raise AgreementArea.DoesNotExist alike for what is not there and what this reader may not see."""
    return seen(reader).get(public_id=public_id)
