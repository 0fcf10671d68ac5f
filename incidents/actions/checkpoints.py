"""Making checkpoints of the log."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from incidents.actions import seals
from incidents.models import LogCheckpoint
from incidents.queries import checkpoints


def make() -> LogCheckpoint | None:
    """Return a checkpoint over everything sealed by now; the last one if nothing was sealed since, None if nothing ever was.

    The log is first held against the checkpoints made before: none is made of a log that was changed. Raise Fault then.
    """
    while seals.seal():
        pass
    now = checkpoints.point()
    last = checkpoints.latest()
    if last and last.number >= now.number:
        return last
    if not now.number:
        return None
    previous = last.digest if last else None
    made = LogCheckpoint(number=now.number, hash=now.hash, root=now.root, previous=previous, made_at=timezone.now())
    made.digest = made.computed_digest()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # made by somebody else this very moment
        return LogCheckpoint.objects.get(number=now.number)
    return made
