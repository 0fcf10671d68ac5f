"""Tasks around the ledger. They carry nothing: PostgreSQL knows what is to be done."""

from celery import shared_task

from incidents.actions import convoy_tallies, tallies


@shared_task
def post_ledger() -> int:
    """Post what is sealed and not yet in the ledger, batch by batch. Return how many changes."""
    total = 0
    while posted := tallies.post():
        total += posted
    while posted := convoy_tallies.post():
        total += posted
    return total
