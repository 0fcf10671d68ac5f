"""Keeping watch: copies to share, the daily look at all evidence, the daily checkpoint. They carry nothing: PostgreSQL says what is due."""

import logging

from celery import shared_task

from incidents.actions import checkpoints, evidence
from incidents.queries import checkpoints as log_of
from incidents.queries.integrity import Fault

log = logging.getLogger(__name__)


@shared_task
def draw_copies() -> int:
    """Return of how many images a copy was drawn, or tried."""
    return evidence.draw_copies()


@shared_task
def check_evidence() -> int | None:
    """Return how many faults a look at all evidence found; None if the last look is not a day old, or somebody is at it."""
    found = evidence.check(is_due_only=True)
    if found is None:
        return None
    if found.faults:
        log.error("evidence: %d faults among %d files; `check_evidence` names them", len(found.faults), found.files)
    return len(found.faults)


@shared_task
def make_checkpoint() -> int | None:
    """Return the seal at which a checkpoint was made; None if the last is not a day old, or the log does not agree with those made before."""
    if not log_of.is_due():
        return None
    try:
        made = checkpoints.make()
    except Fault as fault:
        log.error("no checkpoint is made of a log that is not whole: %s", fault)
        return None
    return made.number if made else None
