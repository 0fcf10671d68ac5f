"""Telling subscribers: the task carries the webhook's number; what is to be told, and to whom again, PostgreSQL knows."""

from celery import shared_task

from incidents.delivery import webhooks


@shared_task
def serve_webhook(webhook_id: int) -> int:
    """Return how many deliveries of one webhook were tried. Each is handed over by itself, so that a slow receiver holds up no other."""
    return webhooks.serve(webhook_id)
