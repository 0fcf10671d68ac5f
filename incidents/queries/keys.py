"""Keys as whoever holds them sees them."""

from typing import Any

from django.db.models import QuerySet

from incidents.models import ApiKey
from incidents.permissions import Capability, may
from incidents.queries.visibility import Reader


def seen(reader: Reader) -> QuerySet[ApiKey]:
    """Return the reader's own keys, to administrators everybody's, the newest first."""
    found = ApiKey.objects.select_related("user").prefetch_related("agreements").order_by("-id")
    return found if may(reader, Capability.ADMINISTER) else found.filter(user=reader.pk)


def one(reader: Reader, public_id: Any) -> ApiKey:
    """Return the key. Raise ApiKey.DoesNotExist alike for one that is not there and one of somebody else."""
    return seen(reader).get(public_id=public_id)
