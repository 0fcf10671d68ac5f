"""Going on with imports: the task carries a number, works for a while and returns. The relay hands over what is left."""

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError

from incidents.actions import imports
from incidents.imports import running
from incidents.models import ImportBatch

log = logging.getLogger(__name__)


@shared_task
def work_on_import(batch_id: int) -> bool:
    """Return whether the import is done. What is nobody's row's fault stops it and is said; a lost database is waited for."""
    try:
        return running.work(batch_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("import %s stopped", batch_id)
        batch = ImportBatch.objects.get(pk=batch_id)
        imports.fail(batch=batch, problem=f"{type(error).__name__}: {error}"[:1000])
        return True
