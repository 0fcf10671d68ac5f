"""Telling subscribers: the task carries the webhook's number; what is to be told, and to whom again, PostgreSQL knows."""

from celery import shared_task
from django.utils import timezone

from incidents.delivery import webhooks
from incidents.queries import webhooks as queries


@shared_task
def serve_webhook(webhook_id: int) -> int:
    """Return how many deliveries of one webhook were tried."""
    return webhooks.serve(webhook_id)


@shared_task
def serve_webhooks() -> int:
    """Return for how many webhooks there is something to do; each is handed over by itself, so that a slow receiver holds up no other."""
    found = queries.at_work(timezone.now())
    for webhook_id in found:
        serve_webhook.apply_async((webhook_id,), retry=False, expires=10)
    return len(found)
