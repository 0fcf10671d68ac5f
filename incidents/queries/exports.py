"""Exports as whoever asked for them sees them, and those that a worker is to go on with."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from incidents.models import ExportJob
from incidents.permissions import Capability, may_somewhere
from incidents.queries.visibility import Reader

State = ExportJob.State


def folder() -> Path:
    """Return where files wait to be fetched."""
    return Path(settings.FILES_ROOT) / "exports"


def visible(reader: Reader) -> QuerySet[ExportJob]:
    """Return the reader's own exports. What somebody else may see and took away is nobody else's."""
    if not may_somewhere(reader, Capability.READ):
        return ExportJob.objects.none()
    return ExportJob.objects.filter(by=reader.pk).order_by("-id")


def one(reader: Reader, public_id: Any) -> ExportJob:
    """Return the export. Raise ExportJob.DoesNotExist alike for one that is not there and one of somebody else."""
    return visible(reader).get(public_id=public_id)


def waiting(now: datetime) -> list[int]:
    """Return the exports that no worker holds and that are not done."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    return list(ExportJob.objects.filter(free, state__in=[State.QUEUED, State.RUNNING]).order_by("pk").values_list("pk", flat=True))


def outlived(now: datetime) -> QuerySet[ExportJob]:
    """Return the exports whose file has been kept long enough."""
    return ExportJob.objects.filter(state=State.DONE, expires_at__lte=now)
