"""Tasks around the ledgers. They carry nothing, or a number: PostgreSQL knows what is to be done."""

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError

from incidents.actions import convoy_tallies, folds, recounts, tallies
from incidents.models import Recount

log = logging.getLogger(__name__)


@shared_task
def post_ledger() -> int:
    """Post what is sealed and not yet in the ledger, batch by batch. Return how many changes."""
    total = 0
    while posted := tallies.post():
        total += posted
    while posted := convoy_tallies.post():
        total += posted
    return total


@shared_task
def fold_ledger() -> int:
    """Fold what is posted and not yet in the roll-ups, batch by batch. Return how many changes."""
    total = 0
    while folded := folds.fold():
        total += folded
    return total


@shared_task
def audit_ledger() -> bool:
    """Return whether a recount was due and is asked for. It looks whether an hour has passed, and so catches up after a night switched off."""
    return recounts.request_if_due() is not None


@shared_task
def recount_ledger(recount_id: int) -> bool:
    """Return whether the recount is done. What goes wrong with it is said in its row; a lost database is waited for."""
    try:
        return recounts.work(recount_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("recount %s stopped", recount_id)
        recounts.fail(recount=Recount.objects.get(pk=recount_id), problem=f"{type(error).__name__}: {error}"[:1000])
        return True
