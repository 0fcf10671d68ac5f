"""Areas of agreements as pages and JSON show them."""

from typing import Any

from django.db.models import QuerySet

from incidents.models import AgreementArea
from incidents.queries import filters, visibility
from incidents.queries.visibility import Reader


def seen(reader: Reader) -> QuerySet[AgreementArea]:
    """Return the areas of the agreements that this reader may see, those put on record last first."""
    found = AgreementArea.objects.filter(agreement__in=visibility.agreements(reader))
    return found.select_related("agreement", "place").order_by("-id")


def filtered(reader: Reader, agreement: str = "") -> QuerySet[AgreementArea]:
    """Return the areas of one agreement, of all where none is named. Raise RuleBroken for one that is not there for this reader."""
    if not agreement:
        return seen(reader)
    if not visibility.agreements(reader).filter(slug=agreement).exists():
        raise filters.unknown(agreement, "agreement")
    return seen(reader).filter(agreement__slug=agreement)


def one(reader: Reader, public_id: Any) -> AgreementArea:
    """Return the area. Raise AgreementArea.DoesNotExist alike for what is not there and what this reader may not see."""
    return seen(reader).get(public_id=public_id)
