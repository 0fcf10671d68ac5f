"""Webhooks as their subscriber sees them, and what is due."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from incidents.models import Delivery, SealHead, Webhook
from incidents.permissions import Capability, may
from incidents.queries.feeds import LATEST
from incidents.queries.visibility import Reader


def visible(reader: Reader) -> QuerySet[Webhook]:
    """Return the webhooks this reader may see: their own; administrators all."""
    found = Webhook.objects.select_related("user")
    if may(reader, Capability.ADMINISTER):
        return found
    return found.filter(user=reader.pk) if may(reader, Capability.READ) else found.none()


def one(reader: Reader, public_id: Any) -> Webhook:
    """Return the webhook. Raise Webhook.DoesNotExist alike for one that is not there and one of somebody else."""
    return visible(reader).get(public_id=public_id)


def deliveries(webhook: Webhook) -> QuerySet[Delivery]:
    """Return what was and is to be delivered, newest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-id")


def at_work(now: datetime) -> list[int]:
    """Return the webhooks for which there may be something to do: their feed is behind the sealed log, they are behind it, or a delivery is due."""
    sealed = SealHead.objects.values_list("number", flat=True).first() or 0
    behind = Q(user__feed__followed__lt=sealed) | Q(user__feed__number__gt=F("sent_up_to")) | Q(user__feed__isnull=True)
    late = Q(user__feed__looked_at__lt=now - LATEST)
    return list(Webhook.objects.filter(behind | late | _due(now), is_active=True).order_by("id").values_list("pk", flat=True))


def due(webhook_id: int, now: datetime, limit: int) -> list[int]:
    """Return the deliveries of a webhook that are due, oldest first."""
    found = Delivery.objects.filter(webhook=webhook_id, state=Delivery.State.WAITING, next_at__lte=now)
    return list(found.order_by("next_at", "id").values_list("pk", flat=True)[:limit])


def _due(now: datetime) -> Exists:
    return Exists(Delivery.objects.filter(webhook=OuterRef("pk"), state=Delivery.State.WAITING, next_at__lte=now))
