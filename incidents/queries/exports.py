"""Exports as whoever asked for them sees them, and those that a worker is to go on with."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from incidents.models import Change, ChangeKind, ExportJob
from incidents.permissions import Capability, may_somewhere, reach
from incidents.queries import visibility
from incidents.queries.visibility import Reader

State = ExportJob.State


def folder() -> Path:
    """Return where files wait to be fetched."""
    return Path(settings.FILES_ROOT) / "exports"


def visible(reader: Reader) -> QuerySet[ExportJob]:
    """Return the reader's own exports. What somebody else may see and took away is nobody else's.

    Nor is it theirs any more once they may see less, or other things, or what it may hold was closed to readers like them: not every file
    that was made has been fetched.
    """
    if not may_somewhere(reader, Capability.READ):
        return ExportJob.objects.none()
    own = ExportJob.objects.filter(by=reader.pk)
    is_theirs = Q(sight=visibility.sight(reader), change__gte=_last_closed(reader, own))
    return own.filter(~Q(state=State.DONE) | is_theirs).order_by("-id")


def _last_closed(reader: Reader, own: QuerySet[ExportJob]) -> int:
    """Return the number of the last change since these were made that closed something to this reader: a convoy, or who a source is."""
    if reach(reader, Capability.READ_CONVOYS).is_everywhere and reach(reader, Capability.READ_PROTECTED_SOURCES).is_everywhere:
        return 0
    first = own.filter(state=State.DONE).aggregate(first=Min("change"))["first"]
    if first is None:
        return 0
    since = Change.objects.filter(Q(seal=None) | Q(seal__number__gt=first))
    found = since.filter(_CLOSES).aggregate(last=Max(Coalesce("seal__number", visibility.LATEST)))["last"]
    return int(found or 0)


_WAS_OPEN = ~Q(payload__body__before__release_confirmed_by=None)
_CLOSES = Q(kind=ChangeKind.CONVOY_CHANGED, record_type="convoy", payload__body__after__release_confirmed_by=None) & _WAS_OPEN
_WAS_NAMED = Q(payload__body__before__is_protected=False, payload__body__after__is_protected=True)
_CLOSES |= Q(kind=ChangeKind.REFERENCE_CHANGED, record_type="source") & _WAS_NAMED


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
