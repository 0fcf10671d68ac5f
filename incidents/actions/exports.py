"""Exports: asking for a file, holding it while it is written, and keeping what became of it."""

from datetime import datetime, timedelta

from django.db import connections, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import ExportJob, User
from incidents.queries import exports

MOST_WAITING = 5
KEPT_FOR = timedelta(days=7)
# A worker says every so often that it is still at it; one that was killed leaves the export to the next after this.
CLAIMED_FOR = timedelta(seconds=60)
State = ExportJob.State


@transaction.atomic
def ask(*, by: User, of: str, format: str, asked: dict[str, str], mark: str) -> ExportJob:
    """Return the export, which a worker takes up. Raise RuleBroken if too many of this person's wait already."""
    User.objects.select_for_update().get(pk=by.pk)
    if ExportJob.objects.filter(by=by, state__in=[State.QUEUED, State.RUNNING]).count() >= MOST_WAITING:
        raise RuleBroken("too_many", _("%(most)d exports are being made for you. Wait for one of them.") % {"most": MOST_WAITING}, "of")
    return ExportJob.objects.create(by=by, of=of, format=format, filter=asked, mark=mark)


def claim(job_id: int, now: datetime) -> ExportJob | None:
    """Return the export if nobody else is at it; it is this caller's for a minute."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    found = ExportJob.objects.filter(free, pk=job_id, state__in=[State.QUEUED, State.RUNNING])
    if found.update(state=State.RUNNING, claimed_until=now + CLAIMED_FOR, written=0) != 1:
        return None
    return ExportJob.objects.select_related("by").get(pk=job_id)


class Hold:
    """A worker's hold on an export, renewed on a connection of its own: the other one is busy with the rows."""

    def __init__(self, job: ExportJob) -> None:
        self._job, self._connection = job, connections["default"].copy()

    def renew(self, written: int) -> bool:
        """Return whether the export is still this worker's, having said how far it has come."""
        until = timezone.now() + CLAIMED_FOR
        with self._connection.cursor() as cursor:
            cursor.execute(_RENEW, [until, written, self._job.pk, self._job.claimed_until])
            is_mine = bool(cursor.rowcount == 1)
        self._job.claimed_until = until
        return is_mine

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


_RENEW = "UPDATE incidents_exportjob SET claimed_until = %s, written = %s WHERE id = %s AND state = 'running' AND claimed_until = %s"


def finish(job: ExportJob, *, rows: int, written: int, sha256: str, stored_as: str, change: int, read_at: datetime, sight: str) -> bool:
    """Return whether it was this worker's to write down that the file is there."""
    mine = ExportJob.objects.filter(pk=job.pk, state=State.RUNNING, claimed_until=job.claimed_until)
    changed = mine.update(
        state=State.DONE,
        claimed_until=None,
        rows=rows,
        written=written,
        sha256=sha256,
        stored_as=stored_as,
        change=change,
        read_at=read_at,
        sight=sight,
        expires_at=timezone.now() + KEPT_FOR,
    )
    return changed == 1


def fail(job: ExportJob, *, problem: str) -> None:
    """Write down that it cannot be made, and why."""
    ExportJob.objects.filter(pk=job.pk, state=State.RUNNING).update(state=State.FAILED, claimed_until=None, problem=problem)


def fail_with(job_id: int, *, problem: str) -> None:
    """Write down what a worker met that was nobody's fault."""
    if job := ExportJob.objects.filter(pk=job_id).first():
        fail(job, problem=problem)


def expire() -> int:
    """Return how many files were removed because they have been kept long enough."""
    removed = 0
    for job in exports.outlived(timezone.now()):
        (exports.folder() / job.stored_as).unlink(missing_ok=True)
        removed += ExportJob.objects.filter(pk=job.pk, state=State.DONE).update(state=State.EXPIRED, stored_as="")
    return removed
