"""Recounting the records and healing the ledger and its roll-ups where they differ. Called by workers and commands."""

import logging
from collections.abc import Collection
from datetime import timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from incidents.actions import changes, convoy_tallies, folds, tallies
from incidents.models import Agreement, Change, ChangeKind, LedgerHead, Posting, Recount, User
from incidents.queries import contributions

log = logging.getLogger(__name__)

DUE_AFTER = timedelta(hours=1)
A_TURN = 2.0  # seconds of work after which a worker lets others have their turn
AT_ONCE = 2_000  # subjects that one change corrects
MOST_TOLD = 1_000  # lines that one recount says of one agreement


def request(*, by: User | None = None, heals: bool = True) -> Recount:
    """Return a recount of everything, to be worked on by whoever finds it."""
    return Recount.objects.create(by=by, heals=heals, number=LedgerHead.objects.values_list("number", flat=True).first() or 0)


def request_if_due() -> Recount | None:
    """Return a new recount if none was begun within the hour, and none is under way; None otherwise."""
    with transaction.atomic():
        folds.locked_head()  # so that two who look at once do not both find it due
        under_way = Recount.objects.exclude(state__in=[Recount.State.DONE, Recount.State.FAILED])
        if under_way.exists() or Recount.objects.filter(created_at__gt=timezone.now() - DUE_AFTER).exists():
            return None
        return request()


def work(recount_id: int, *, turn: float = A_TURN) -> bool:
    """Return whether the recount is done. It goes on for a turn and is then left as it is, agreement by agreement, to whoever comes next.

    Two at once do the work twice and no harm: what is healed is looked at again under the ledger's lock.
    """
    began = monotonic()
    recount = Recount.objects.get(pk=recount_id)
    agreements = list(Agreement.objects.order_by("pk"))
    Recount.objects.filter(pk=recount_id, state=Recount.State.QUEUED).update(state=Recount.State.RUNNING)
    while recount.state not in {Recount.State.DONE, Recount.State.FAILED}:
        done = recount.agreements_done
        if done >= len(agreements):
            found = recount.found + check_convoys(recount)
            ended = {"state": Recount.State.DONE, "finished_at": timezone.now(), "agreements": len(agreements), "found": found}
            Recount.objects.filter(pk=recount_id, agreements_done=done).update(**ended)
        else:
            found = check(agreements[done], recount)
            # Only if nobody else was quicker with the same agreement: each is told once.
            Recount.objects.filter(pk=recount_id, agreements_done=done).update(
                agreements_done=done + 1,
                agreements=len(agreements),
                subjects=recount.subjects + _subjects(agreements[done]),
                found=recount.found + found,
                seen_at=timezone.now(),
            )
        recount.refresh_from_db()
        if monotonic() - began > turn:
            break
    if recount.state == Recount.State.DONE and recount.found:
        log.warning("recount %s: %d differences %s", recount.pk, len(recount.found), "healed" if recount.heals else "found")
    return recount.state in {Recount.State.DONE, Recount.State.FAILED}


def fail(*, recount: Recount, problem: str) -> None:
    """Say why a recount ended early."""
    Recount.objects.filter(pk=recount.pk).update(state=Recount.State.FAILED, problem=problem, finished_at=timezone.now())


def check(agreement: Agreement, recount: Recount) -> list[str]:
    """Return what differs under an agreement, one line each, healed if the recount heals.

    First everything is looked at while others write; then what looked wrong is looked at again under the ledger's lock, less what changed
    since: changes that are not posted yet are late, not wrong. Healing posts corrections: it records a Change that names the subjects, and
    whoever posts that change reverses what the ledger holds of them and adds what the records say. So a correction has a number of its
    own in the log, and no figure as known before it moves. Roll-ups are a cache; a wrong one is summed up again from the entries.
    """
    suspects = tallies.astray(agreement)
    found = []
    if suspects:
        with transaction.atomic():
            tallies.locked_head()
            again = tallies.astray(agreement, suspects)
            wrong = sorted(set(again) - _late(agreement, again))
            found += [f"{agreement.slug}: {subject}" for subject in wrong[:MOST_TOLD]]
            for start in range(0, len(wrong) if recount.heals else 0, AT_ONCE):
                after = {"subjects": wrong[start : start + AT_ONCE]}
                changes.record(by=recount.by, kind=ChangeKind.TALLIES_HEALED, record=recount, agreement=agreement, after=after)
    with transaction.atomic():
        head = folds.locked_head()
        if cells := folds.astray(agreement):
            found += [f"{agreement.slug}: roll-up {cell}" for cell in cells[:MOST_TOLD]]
            if recount.heals:
                folds.fold_anew(agreement, head.number)
    return found


def check_convoys(recount: Recount) -> list[str]:
    """Return what differs in the ledger of convoys, one line each, healed if the recount heals, as `check` does under an agreement."""
    if not convoy_tallies.astray():
        return []
    with transaction.atomic():
        convoy_tallies.locked_head()
        again = convoy_tallies.astray()
        late = convoy_tallies.late()  # asked last: what was changed since is late, not wrong
        wrong = {} if late is None else {convoy: line for convoy, line in again.items() if convoy not in late}
        convoys = [str(convoy) for convoy in wrong]
        for start in range(0, len(convoys) if recount.heals else 0, AT_ONCE):
            after = {"subjects": [], "convoys": convoys[start : start + AT_ONCE]}
            changes.record(by=recount.by, kind=ChangeKind.TALLIES_HEALED, record=recount, after=after)
    return [*wrong.values()][:MOST_TOLD]


def _late(agreement: Agreement, subjects: Collection[str]) -> set[str]:
    """Return which of these may differ because a change of theirs is not posted yet. The ledger's head must be locked, the records read."""
    head = LedgerHead.objects.values_list("number", flat=True).first() or 0
    waiting = Change.objects.exclude(seal__number__lte=head).select_related("payload")
    late: set[str] = set()
    for change in waiting.filter(agreement_id=agreement.public_id):
        if change.record_type in tallies.REARRANGING:
            return {*subjects}
        if change.record_type == "report":
            late.add(contributions.report_subject(change.record_id))
        if change.record_type == "aggregateclaim":
            late |= {subject for subject in subjects if contributions.is_claim_subject(subject)}
        if change.kind == ChangeKind.TALLIES_HEALED:
            late |= {*change.payload.body["after"]["subjects"]}
        bodies = [change.payload.body.get(name) or {} for name in ("before", "after")] if hasattr(change, "payload") else []
        late |= {contributions.incident_subject(body["incident"]) for body in bodies if body.get("incident")}
    return {*subjects} if waiting.filter(agreement_id=None, record_type__in=tallies.REARRANGING).exists() else late


def _subjects(agreement: Agreement) -> int:
    return Posting.objects.filter(agreement=agreement).aggregate(subjects=Count("subject", distinct=True))["subjects"] or 0
