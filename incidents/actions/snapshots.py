"""Publishing a figure: it is counted once more at its point, and kept as it was then."""

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import ChangeKind, Snapshot, User
from incidents.queries import snapshots
from incidents.queries.questions import Question


@transaction.atomic
def publish(*, question: Question, by: User | None, note: str = "") -> Snapshot:
    """Return the published figure of this question, as of its point of the log. Raise RuleBroken where nothing is counted yet."""
    if question.point.number == 0:
        raise RuleBroken("not_counted_yet", _("Nothing has been counted yet."), "change")
    content = snapshots.content_of(question)
    snapshot = Snapshot(agreement=question.agreement, content=content, hash=Snapshot.hash_of(content), published_by=by)
    snapshot.save(force_insert=True)
    changes.record(by=by, kind=ChangeKind.SNAPSHOT_PUBLISHED, record=snapshot, agreement=question.agreement, after=snapshot.facts(), note=note)
    return snapshot
