"""Incidents: which reports are of one event. Attached, detached, moved, merged, split - and each of these undone, nothing lost.

Whatever locks several records, here or elsewhere, locks incidents first, then reports, then what else hangs on incidents (answers,
judgements, convoys, their events), each kind by its key: so two who cross each other wait, and neither dies. What a record is of is known
only once it is locked, so `hold` looks, locks in this order, and looks again. Incidents and reports are locked with `no_key`: a row that
names one of them, checked as late as the commit, waits for nobody.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from incidents.actions import authorship, changes, reports
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import Assessment, Change, ChangeKind, Convoy, Incident, Report, Response, User
from incidents.models.base import Facts

MOVES = {ChangeKind.REPORT_ATTACHED, ChangeKind.REPORT_DETACHED, ChangeKind.REPORT_MOVED}
# A judgement that a report reopened by joining stays reopened when the report leaves again.
LEFT = {ChangeKind.ASSESSMENT_REOPENED}
UNDOABLE = MOVES | {ChangeKind.INCIDENT_OPENED, ChangeKind.INCIDENT_MERGED, ChangeKind.INCIDENT_SPLIT, ChangeKind.REFERENCE_CHANGED}
# What hangs on an incident besides its reports, and goes where they go when it is merged.
BELONGINGS: dict[str, type[Response] | type[Assessment] | type[Convoy]] = {"response": Response, "assessment": Assessment, "convoy": Convoy}
# How often a record is looked for again that goes to another incident each time.
TRIES = 5

Said = tuple[Change, Facts]


@transaction.atomic
def open_for(*, reports: Iterable[Report], by: User | None, name: str, name_ar: str = "", slug: str = "") -> Incident:
    """Return a new incident with these reports attached. Raise RuleBroken if one of them is of another incident already."""
    if not name.strip():
        raise RuleBroken("name_required", _("Give the incident a working title."), "name")
    incident = Incident(slug=slug or _free_slug(name), name=name.strip(), name_ar=name_ar.strip())
    incident.save(force_insert=True)
    with changes.operation():
        changes.record(by=by, kind=ChangeKind.INCIDENT_OPENED, record=incident, after=incident.facts())
        for report in reports:
            attach(report=report, incident=incident, by=by)
    return incident


@transaction.atomic
def rename(*, incident: Incident, by: User | None, name: str, name_ar: str = "") -> Incident:
    """Return the incident under another working title."""
    if not name.strip():
        raise RuleBroken("name_required", _("Give the incident a working title."), "name")
    incident = still_open(incident)
    return _changed(incident, ChangeKind.INCIDENT_RENAMED, by=by, name=name.strip(), name_ar=name_ar.strip())


@transaction.atomic
def attach(*, report: Report, incident: Incident, by: User | None, note: str = "", version: int | None = None) -> Report:
    """Return the report, now of this incident. Raise RuleBroken if it is of one already: then it is moved, knowingly."""
    incident, report = still_open(incident), _locked(report, version)
    if report.incident_id is not None:
        raise RuleBroken("already_attached", _("This report is of an incident already; move it from there."), "incident")
    return _placed(report, incident, ChangeKind.REPORT_ATTACHED, by=by, note=note)


@transaction.atomic
def correct(*, report: Report, by: User | None, note: str = "", **facts: Any) -> Report:
    """Return the report that takes the place of this one, of the same incident under the same agreement. Raise RuleBroken if it no longer stands."""
    if facts["agreement"] != report.agreement:
        raise RuleBroken("other_agreement", _("This belongs to another agreement."), "agreement")
    incident = hold(report)
    with changes.operation():
        correction = reports.supersede(report=report, by=by, note=note, **facts)
        return attach(report=correction, incident=incident, by=by) if incident else correction


@transaction.atomic
def detach(*, report: Report, by: User | None, note: str = "", version: int | None = None) -> Report:
    """Return the report, now of no incident."""
    report = _locked(report, version)
    if report.incident_id is None:
        raise RuleBroken("not_attached", _("This report is of no incident."), "incident")
    return _placed(report, None, ChangeKind.REPORT_DETACHED, by=by, note=note)


@transaction.atomic
def move(*, report: Report, to: Incident, by: User | None, note: str = "", version: int | None = None) -> Report:
    """Return the report, now of another incident."""
    to, report = still_open(to), _locked(report, version)
    if report.incident_id is None or report.incident_id == to.pk:
        raise RuleBroken("not_elsewhere", _("This report is not of another incident."), "incident")
    return _placed(report, to, ChangeKind.REPORT_MOVED, by=by, note=note)


@transaction.atomic
def merge(*, incident: Incident, into: Incident, by: User | None, note: str = "", version: int | None = None) -> Incident:
    """Return the incident that goes on, with the reports and all that hung on the other, whose address now leads here.

    Raise RuleBroken if both are judged under one agreement: which judgement holds is for an editor to say first.
    """
    if incident.pk == into.pk:
        raise RuleBroken("same_incident", _("An incident is not merged into itself."), "into")
    locked = {row.pk: row for row in Incident.objects.select_for_update(no_key=True).filter(pk__in=[incident.pk, into.pk]).order_by("pk")}
    incident, into = _going_on(locked[incident.pk]), _going_on(locked[into.pk])
    _must_be_fresh(incident, version)
    both = Assessment.objects.filter(incident=incident, agreement__in=Assessment.objects.filter(incident=into).values("agreement"))
    if both.exists():
        raise RuleBroken("both_judged", _("Both incidents are judged under the same agreement. Reopen one of them first."), "into")
    with changes.operation():
        for report in Report.objects.select_for_update(no_key=True).filter(incident=incident).order_by("pk"):
            _placed(report, into, ChangeKind.REPORT_MOVED, by=by, note=note)
        for model in BELONGINGS.values():
            for record in model._default_manager.select_for_update(of=("self",)).filter(incident=incident).order_by("pk"):
                _handed(record, into, by=by, note=note)
        authorship.renew(into)
        _changed(incident, ChangeKind.INCIDENT_MERGED, by=by, note=note, merged_into=into)
    return into


@transaction.atomic
def split(
    *, incident: Incident, reports: Iterable[Report], by: User | None, name: str, name_ar: str = "", note: str = "", version: int | None = None
) -> Incident:
    """Return a new incident with some of this one's reports. Raise RuleBroken unless both are left with at least one."""
    incident = still_open(incident)
    _must_be_fresh(incident, version)
    leaving = list(Report.objects.select_for_update(no_key=True).filter(pk__in=[report.pk for report in reports]).order_by("pk"))
    if not leaving or any(report.incident_id != incident.pk for report in leaving):
        raise RuleBroken("not_of_this", _("Choose reports of this incident."), "reports")
    if not Report.objects.filter(incident=incident).exclude(pk__in=[report.pk for report in leaving]).exists():
        raise RuleBroken("nothing_left", _("Leave at least one report: to name the incident otherwise, rename it."), "reports")
    with changes.operation():
        fresh = open_for(reports=[], by=by, name=name, name_ar=name_ar)
        for report in leaving:
            _placed(report, fresh, ChangeKind.REPORT_MOVED, by=by, note=note)
        _changed(incident, ChangeKind.INCIDENT_SPLIT, by=by, note=note)
    return fresh


@transaction.atomic
def undo(*, operation_id: UUID, by: User | None, note: str = "") -> None:
    """Put every report that an operation placed back where it was. Raise RuleBroken if any was placed again since: then none is."""
    bodies = _done(operation_id)
    _hold_all(bodies)
    with changes.operation():
        for change, body in reversed(bodies):
            _undo_one(change, body, by=by, note=note)


@transaction.atomic
def undo_each(*, operation_id: UUID, by: User | None, note: str = "") -> dict[UUID, RuleBroken]:
    """Put the reports that an operation placed back where they were, each by itself. Return why not, by report, for those that were placed again.

    An incident that it opened goes, too, unless something is left in it.
    """
    bodies = _done(operation_id)
    _hold_all(bodies)
    refused = {}
    with changes.operation():
        for change, body in reversed(bodies):
            try:
                with transaction.atomic():
                    _undo_one(change, body, by=by, note=note)
            except RuleBroken as error:
                refused[change.record_id] = error
    return refused


def _done(operation_id: UUID) -> list[Said]:
    """Return what an operation did, with what it said. Raise RuleBroken where it cannot be undone."""
    done = list(Change.objects.filter(operation_id=operation_id).select_related("payload").order_by("id"))
    done = [change for change in done if change.kind not in LEFT]
    if not done or any(change.kind not in UNDOABLE for change in done):
        raise RuleBroken("not_undoable", _("This cannot be undone here."))
    bodies = [(change, change.payload.body) for change in done if hasattr(change, "payload")]
    if len(bodies) < len(done):
        raise RuleBroken("not_undoable", _("What this did is no longer on record."))
    return bodies


def _hold_all(bodies: Sequence[Said]) -> None:
    """Lock what these changes were about: the incidents, then what was placed."""
    told = [facts for _change, body in bodies for facts in (body["before"], body["after"]) if facts]
    ids = {kind: [change.record_id for change, _body in bodies if change.record_type == kind] for kind in ("incident", "report", *BELONGINGS)}
    named = Q(public_id__in=ids["incident"]) | Q(slug__in={facts["incident"] for facts in told if facts.get("incident")})
    list(Incident.objects.select_for_update(no_key=True).filter(named).order_by("pk"))
    list(Report.objects.select_for_update(no_key=True).filter(public_id__in=ids["report"]).order_by("pk"))
    for kind, model in BELONGINGS.items():
        list(model._default_manager.select_for_update(of=("self",)).filter(public_id__in=ids[kind]).order_by("pk"))


def _undo_one(change: Change, body: Facts, *, by: User | None, note: str) -> None:
    """Reverse one change of an operation. The last comes first, so a merged incident is open again before its reports return."""
    before, after = body["before"], body["after"]
    if change.kind in MOVES or change.record_type in BELONGINGS:
        model: Any = BELONGINGS.get(change.record_type, Report)
        record = model._default_manager.select_for_update(of=("self",)).get(public_id=change.record_id)
        if (record.incident.slug if record.incident else None) != after["incident"]:
            raise RuleBroken("changed_since", _("This was changed again since; undo that first."))
        home = Incident.objects.get(slug=before["incident"]) if before["incident"] else None
        if isinstance(record, Report):
            kind = ChangeKind.REPORT_MOVED if home and after["incident"] else ChangeKind.REPORT_ATTACHED if home else ChangeKind.REPORT_DETACHED
            _placed(record, home and still_open(home), kind, by=by, note=note)
        else:
            _handed(record, home, by=by, note=note)
    elif change.kind in {ChangeKind.INCIDENT_MERGED, ChangeKind.INCIDENT_OPENED}:
        incident = Incident.objects.select_for_update(no_key=True).get(public_id=change.record_id)
        if change.kind == ChangeKind.INCIDENT_MERGED and incident.merged_into_id is not None:
            _changed(incident, ChangeKind.INCIDENT_RESTORED, by=by, note=note, merged_into=None)
        elif change.kind == ChangeKind.INCIDENT_OPENED and incident.withdrawn_at is None and not _holds_anything(incident):
            _changed(incident, ChangeKind.INCIDENT_WITHDRAWN, by=by, note=note, withdrawn_at=timezone.now())
        else:
            raise RuleBroken("changed_since", _("This was changed again since; undo that first."))


def _holds_anything(incident: Incident) -> bool:
    return any(model._default_manager.filter(incident=incident).exists() for model in (Report, *BELONGINGS.values()))


def _placed(report: Report, incident: Incident | None, kind: ChangeKind, *, by: User | None, note: str) -> Report:
    before = report.facts()
    report.incident = incident
    report.version += 1
    report.save(update_fields=["incident", "version"])
    with changes.operation():
        changes.record(by=by, kind=kind, record=report, agreement=report.agreement, before=before, after=report.facts(), note=note)
        if incident is not None:
            authorship.renew(incident)
    return report


def _handed(record: Response | Assessment | Convoy, incident: Incident | None, *, by: User | None, note: str) -> None:
    before = record.facts()
    record.incident = incident  # null for convoys alone, and only they come here with none
    record.save(update_fields=["incident"])
    agreement = None if isinstance(record, Response) else record.agreement
    changes.record(by=by, kind=ChangeKind.REFERENCE_CHANGED, record=record, agreement=agreement, before=before, after=record.facts(), note=note)


def _changed(incident: Incident, kind: ChangeKind, *, by: User | None, note: str = "", **values: Any) -> Incident:
    before = incident.facts()
    for name, value in values.items():
        setattr(incident, name, value)
    incident.version += 1
    incident.save(update_fields=[*values, "version"])
    changes.record(by=by, kind=kind, record=incident, before=before, after=incident.facts(), note=note)
    return incident


def _locked(report: Report, version: int | None = None) -> Report:
    report = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    _must_be_fresh(report, version)
    return report


def _must_be_fresh(record: Report | Incident, version: int | None) -> None:
    """Raise StaleRecord if this is not the version that was read; None asks nothing."""
    if version is not None and record.version != version:
        raise StaleRecord("stale", _("Somebody changed this since you read it. Nothing was overwritten."), "version")


def hold(record: Report | Convoy, *others: Report) -> Incident | None:
    """Return the incident that this is of, locked, and after it the record, with other reports by their keys; None if it is of none."""
    for _turn in range(TRIES):
        try:
            with transaction.atomic():  # what was locked in vain is let go
                return _held(record, others)
        except _Elsewhere:
            continue
    raise StaleRecord("stale", _("Somebody changed this since you read it. Nothing was overwritten."), "version")


class _Elsewhere(Exception):
    """Between the look and the lock it went to another incident."""


def _held(record: Report | Convoy, others: Sequence[Report]) -> Incident | None:
    rows: Any = type(record)._default_manager
    seen = rows.values_list("incident", flat=True).get(pk=record.pk)
    incident = None if seen is None else Incident.objects.select_for_update(no_key=True).get(pk=seen)
    locked = rows.select_for_update(no_key=True).filter(pk__in=[record.pk, *(other.pk for other in others)]).order_by("pk")
    if dict(locked.values_list("pk", "incident"))[record.pk] != seen:
        raise _Elsewhere
    return incident


def still_open(incident: Incident) -> Incident:
    """Return the incident, locked. Raise RuleBroken if it goes on in another or was withdrawn: nothing more is said of it here."""
    return _going_on(Incident.objects.select_for_update(no_key=True).get(pk=incident.pk))


def _going_on(incident: Incident) -> Incident:
    if incident.merged_into_id is not None:
        raise RuleBroken("merged", _("This incident was merged into another."), "incident")
    if incident.withdrawn_at is not None:
        raise RuleBroken("withdrawn", _("This incident was withdrawn."), "incident")
    return incident


def _free_slug(name: str) -> str:
    stem = slugify(name)[:60] or "incident"
    return stem if not Incident.objects.filter(slug=stem).exists() else f"{stem}-{uuid.uuid4().hex[:8]}"
