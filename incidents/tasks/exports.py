"""Drawing exports that somebody asked for, and removing files that have been kept long enough."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from incidents.actions import exports
from incidents.exports import drawing


@shared_task
def draw_export(job_id: int) -> bool:
    """Return whether this call drew the export. A lost database is waited for; whatever else is in the way is said."""
    try:
        return drawing.draw(job_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        exports.fail_with(job_id, problem=f"{type(error).__name__}: {error}"[:1000])
        raise


@shared_task
def expire_exports() -> int:
    """Return how many files were removed."""
    return exports.expire()
