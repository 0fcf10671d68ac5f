"""Convoys: planning them, changing the plan, adding to their history, and opening them to partners by two people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from incidents.actions import changes, incidents
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import CargoLine, ChangeKind, Checkpoint, Convoy, ConvoyEvent, Party, Place, PlannedStep, Report, User
from incidents.models.base import Facts
from incidents.permissions import Capability, must_at
from incidents.queries import convoys as queries
from incidents.rules import journeys, timeline
from incidents.rules.journeys import ConvoyStep, Plan
from incidents.vocabulary import CargoKind, ConvoyMode, ConvoyStatus, DestinationClass, TimePrecision, ViolationType

# A report of one of these is of an incident.
ATTACKS = frozenset({ViolationType.CONVOY_ATTACKED, ViolationType.AID_WORKER_HARMED})


@dataclass(frozen=True)
class CheckpointStated:
    """A point of the way; its position is its place in the list."""

    name: str
    place: Place | None = None
    controlled_by: Party | None = None


@dataclass(frozen=True)
class CargoStated:
    """What is carried, and what of it was taken off. None is not known; `removed_at` is a checkpoint's position, from 1."""

    kind: CargoKind
    quantity: Decimal | None = None
    unit: str = ""
    removed: Decimal | None = None
    removed_by: Party | None = None
    removed_at: int | None = None
    as_worded: str = ""


@transaction.atomic
def plan(
    *,
    by: User | None,
    agencies: Iterable[Party] = (),
    checkpoints: Iterable[CheckpointStated] = (),
    cargo: Iterable[CargoStated] = (),
    due: Mapping[ConvoyStep, datetime] | None = None,
    **facts: Any,
) -> Convoy:
    """Return the convoy, on record and seen by nobody outside until it is released. Raise RuleBroken, naming the field, if it breaks a rule.

    `facts` are the fields of Convoy, `due` says by when each step is to be done. A convoy of the past is entered the same way.
    """
    convoy = Convoy(**facts, entered_by=by)
    _check(convoy)
    convoy.save(force_insert=True)
    convoy.agencies.set(agencies)
    _lay(convoy, list(checkpoints))
    _load(convoy, list(cargo))
    _time(convoy, due or {})
    _record(convoy, by, ChangeKind.CONVOY_PLANNED, after=convoy.facts())
    return convoy


@transaction.atomic
def change(
    *,
    convoy: Convoy,
    by: User | None,
    version: int | None = None,
    agencies: Iterable[Party] | None = None,
    checkpoints: Iterable[CheckpointStated] | None = None,
    cargo: Iterable[CargoStated] | None = None,
    due: Mapping[ConvoyStep, datetime] | None = None,
    reason: str = "",
    **facts: Any,
) -> Convoy:
    """Return the convoy as it is said to be now; what is not said stays. Raise StaleRecord if it changed since `version`.

    `reason` is why, and kept with the change; `note` is a field of the convoy like any other.
    Its release is withdrawn: two people opened what it was, not what one of them made of it since.
    """
    convoy = _locked(convoy, version)
    must_at(by, Capability.LOG_CONVOYS, convoy.agreement)  # whoever may not touch it under this agreement does not take it to another
    before = convoy.facts()
    for name, value in facts.items():
        setattr(convoy, name, value)
    _check(convoy)
    convoy.released_at = convoy.released_by = convoy.release_confirmed_by = None
    convoy.version += 1
    convoy.save()
    if agencies is not None:
        convoy.agencies.set(agencies)
    if cargo is not None or checkpoints is not None:
        kept = _stated(convoy) if cargo is None else list(cargo)
        convoy.cargo.all().delete()
        if checkpoints is not None:
            _lay(convoy, list(checkpoints))
        _load(convoy, kept)
    if due is not None:
        _time(convoy, due)
    _record(convoy, by, ChangeKind.CONVOY_CHANGED, before=before, after=_afresh(convoy).facts(), note=reason)
    return convoy


@transaction.atomic
def add_event(*, convoy: Convoy, by: User | None, **facts: Any) -> ConvoyEvent:
    """Return what is reported of the convoy, beside what others report. Raise RuleBroken, naming the field, if it breaks a rule.

    `facts` are the fields of ConvoyEvent. Sources may contradict one another, no source itself: nobody arrives before leaving.
    """
    convoy = _locked(convoy)
    event = ConvoyEvent(convoy=convoy, entered_by=by, **facts)
    _check_event(event)
    event.save(force_insert=True)
    _record(event, by, ChangeKind.CONVOY_EVENT_ADDED, after=event.facts(), agreement_of=convoy)
    if convoy.released_by_id is not None and not _has_ended(convoy):
        _close(convoy, by, "It is on its way again.")
    return event


@transaction.atomic
def tell(*, convoy: Convoy, report: Report, by: User | None, event: ConvoyEvent | None = None) -> Convoy:
    """Return the convoy, with the report tied to the event that it tells of. An attack is of an incident: that of the convoy, or a new one."""
    needs_incident = report.violation_type in ATTACKS and not Report.objects.filter(pk=report.pk, incident__isnull=False).exists()
    if needs_incident:
        incidents.hold(convoy)
    convoy = _locked(convoy)
    if event is not None and event.report_id is None:
        event = ConvoyEvent.objects.select_for_update().get(pk=event.pk, convoy=convoy)
        before, event.report = event.facts(), report
        event.save(update_fields=["report"])
        _record(event, by, ChangeKind.CONVOY_CHANGED, before=before, after=event.facts(), agreement_of=convoy)
    if needs_incident:
        if convoy.incident is not None:
            incidents.attach(report=report, incident=convoy.incident, by=by)
        else:
            before = convoy.facts()
            convoy.incident = incidents.open_for(reports=[report], by=by, name=_named(convoy, "en"), name_ar=_named(convoy, "ar"))
            convoy.version += 1
            convoy.save(update_fields=["incident", "version"])
            _record(convoy, by, ChangeKind.CONVOY_CHANGED, before=before, after=convoy.facts())
    return convoy


def _named(convoy: Convoy, language: str) -> str:
    with override(language):
        return _("Attack on convoy %(reference)s") % {"reference": convoy.reference}


@transaction.atomic
def begin_release(*, convoy: Convoy, by: User, opens_at: datetime | None = None, note: str = "") -> Convoy:
    """Return the convoy, which partners may see from `opens_at` (by default at once) as soon as a second person confirms it.

    Raise RuleBroken for one that has not ended: where it goes is nobody's to know.
    The clock is the database's: no machine opens it early because its own is fast.
    """
    must_at(by, Capability.RELEASE_CONVOYS, convoy.agreement)
    convoy = _locked(convoy)
    if convoy.released_by_id is not None:
        raise RuleBroken("already_begun", _("Somebody has begun this release: confirm it, or withdraw it."), "released_by")
    _must_have_ended(convoy)
    before = convoy.facts()
    convoy.released_at, convoy.released_by = opens_at or Now(), by
    convoy.version += 1
    convoy.save(update_fields=["released_at", "released_by", "version"])
    convoy = _afresh(convoy)
    _record(convoy, by, ChangeKind.CONVOY_CHANGED, before=before, after=convoy.facts(), note=note)
    return convoy


@transaction.atomic
def confirm_release(*, convoy: Convoy, by: User, version: int | None = None, note: str = "") -> Convoy:
    """Return the convoy, open to partners from its instant on. Raise RuleBroken unless somebody else has begun the release."""
    must_at(by, Capability.RELEASE_CONVOYS, convoy.agreement)
    convoy = _locked(convoy, version)
    if convoy.released_by_id is None:
        raise RuleBroken("not_begun", _("Nobody has begun this release."), "released_by")
    if convoy.release_confirmed_by_id is not None:
        raise RuleBroken("not_current", _("This convoy is released already."), "release_confirmed_by")
    if convoy.released_by_id == by.pk:
        raise RuleBroken("second_person", _("A second person confirms a release."), "release_confirmed_by")
    _must_have_ended(convoy)
    before = convoy.facts()
    convoy.release_confirmed_by = by
    convoy.version += 1
    convoy.save(update_fields=["release_confirmed_by", "version"])
    _record(convoy, by, ChangeKind.CONVOY_RELEASED, before=before, after=convoy.facts(), note=note)
    return convoy


@transaction.atomic
def withdraw_release(*, convoy: Convoy, by: User, reason: str) -> Convoy:
    """Return the convoy, closed to partners again or its release no longer begun. What they saw they have seen."""
    must_at(by, Capability.RELEASE_CONVOYS, convoy.agreement)
    convoy = _locked(convoy)
    if convoy.released_by_id is None:
        raise RuleBroken("not_begun", _("Nobody has begun this release."), "released_by")
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the release is withdrawn."), "reason")
    _close(convoy, by, reason)
    return convoy


@transaction.atomic
def remove(*, convoy: Convoy, by: User | None, reason: str) -> None:
    """Remove a convoy entered by mistake with its history; what it said stays in the change log. Refused while reports speak of it."""
    convoy = _locked(convoy)
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the convoy is removed."), "reason")
    if convoy.reports.exists():
        raise RuleBroken("in_use", _("Reports speak of this convoy."), "reports")
    before = convoy.facts() | {"events": [event.facts() for event in convoy.events.order_by("id")]}
    _record(convoy, by, ChangeKind.CONVOY_REMOVED, before=before, note=reason)
    convoy.events.all().delete()
    convoy.cargo.all().delete()
    convoy.delete()


def _close(convoy: Convoy, by: User | None, reason: str) -> None:
    before = convoy.facts()
    convoy.released_at = convoy.released_by = convoy.release_confirmed_by = None
    convoy.version += 1
    convoy.save(update_fields=["released_at", "released_by", "release_confirmed_by", "version"])
    _record(convoy, by, ChangeKind.CONVOY_CHANGED, before=before, after=convoy.facts(), note=reason)


def _has_ended(convoy: Convoy) -> bool:
    if convoy.ended_on is not None:
        return True
    zone = queries.zone_of(convoy)
    return timeline.has_ended(queries.status_event(event, zone) for event in convoy.events.select_related("checkpoint"))


def _must_have_ended(convoy: Convoy) -> None:
    if not _has_ended(convoy):
        raise RuleBroken("not_ended", _("This convoy has not ended: the latest that is reported of it is no end."), "events")


def _locked(convoy: Convoy, version: int | None = None) -> Convoy:
    locked = Convoy.objects.select_for_update(of=("self",)).select_related("agreement", "incident").get(pk=convoy.pk)
    if version is not None and version != locked.version:
        raise StaleRecord("stale", _("Somebody changed this convoy since you opened it. Nothing was overwritten."), "version")
    return locked


def _afresh(convoy: Convoy) -> Convoy:
    """Return the convoy as the database has it, with nothing remembered from before."""
    return Convoy.objects.select_related("agreement").get(pk=convoy.pk)


def _record(
    record: Convoy | ConvoyEvent,
    by: User | None,
    kind: ChangeKind,
    *,
    before: Facts | None = None,
    after: Facts | None = None,
    note: str = "",
    agreement_of: Convoy | None = None,
) -> None:
    convoy = agreement_of or record
    assert isinstance(convoy, Convoy)
    changes.record(by=by, kind=kind, record=record, agreement=convoy.agreement, before=before, after=after, note=note)


def _lay(convoy: Convoy, checkpoints: list[CheckpointStated]) -> None:
    """Lay the way: points keep their position, so that the events at them stay where they were reported."""
    for position, stated in enumerate(checkpoints, start=1):
        if not stated.name.strip():
            raise RuleBroken("required", _("Say what the checkpoint is called."), f"checkpoints.{position - 1}.name")
        Checkpoint.objects.update_or_create(convoy=convoy, position=position, defaults=vars(stated))
    try:
        convoy.checkpoints.filter(position__gt=len(checkpoints)).delete()
    except ProtectedError:
        raise RuleBroken("in_use", _("Events or reports name a checkpoint that is left out here."), "checkpoints") from None


def _load(convoy: Convoy, cargo: list[CargoStated]) -> None:
    points = {point.position: point for point in Checkpoint.objects.filter(convoy=convoy)}
    for index, line in enumerate(cargo):
        where = f"cargo.{index}"
        if line.kind not in CargoKind.values:
            raise _unknown(line.kind, f"{where}.kind")
        for name in ("quantity", "removed"):
            amount = getattr(line, name)
            if amount is not None and amount < 0:
                raise RuleBroken("negative", _("An amount cannot be negative."), f"{where}.{name}")
        if line.quantity is not None and line.removed is not None and line.removed > line.quantity:
            raise RuleBroken("more_removed_than_loaded", _("More was removed than was loaded."), f"{where}.removed")
        if line.removed_at is not None and line.removed_at not in points:
            raise RuleBroken("unknown_checkpoint", _("This convoy has no such checkpoint."), f"{where}.removed_at")
        removed_at = points[line.removed_at] if line.removed_at is not None else None
        CargoLine.objects.create(convoy=convoy, **vars(line) | {"removed_at": removed_at})


def _time(convoy: Convoy, due: Mapping[ConvoyStep, datetime]) -> None:
    """Set by when each step is to be done, in place of what was set before. Steps come in order, as far as they are set."""
    known = sorted(due.items(), key=lambda item: journeys.STEPS.index(item[0]))
    for (_earlier, first), (step, then) in pairwise(known):
        if then < first:
            raise RuleBroken("out_of_order", _("A step is not due before the one that it follows."), f"due.{step}")
    convoy.planned_steps.all().delete()
    PlannedStep.objects.bulk_create(PlannedStep(convoy=convoy, step=step, due_at=at) for step, at in known)


def _stated(convoy: Convoy) -> list[CargoStated]:
    names = ("kind", "quantity", "unit", "removed", "removed_by", "as_worded")
    lines = convoy.cargo.select_related("removed_at", "removed_by").order_by("id")
    return [
        CargoStated(**{name: getattr(line, name) for name in names}, removed_at=line.removed_at.position if line.removed_at else None)
        for line in lines
    ]


def _check(convoy: Convoy) -> None:
    if not convoy.reference.strip():
        raise RuleBroken("required", _("Give the convoy a reference."), "reference")
    for name in ("reference", "external_id"):
        value = getattr(convoy, name)
        if value and Convoy.objects.filter(agreement=convoy.agreement, **{name: value}).exclude(pk=convoy.pk).exists():
            raise RuleBroken("already_recorded", _("A convoy with this reference is here already."), name)
    if convoy.term and (convoy.agreement is None or convoy.term.agreement_id != convoy.agreement_id):
        raise RuleBroken("other_agreement", _("This belongs to another agreement."), "term")
    for name, words in (("mode", ConvoyMode), ("destination_class", DestinationClass)):
        word = getattr(convoy, name)
        if word and word not in words.values:
            raise _unknown(word, name)
    if convoy.ended_on and convoy.ended_on > timezone.now().astimezone(queries.zone_of(convoy)).date():
        raise RuleBroken("in_future", _("This day has not come yet."), "ended_on")
    if not (convoy.destination_id or convoy.destination_as_worded.strip()):
        raise RuleBroken("required", _("Say where the convoy is bound for."), "destination")
    journeys.must_be_possible([], Plan(), queries.counts_of(convoy), now=timezone.now())


def _check_event(event: ConvoyEvent) -> None:
    if event.status not in ConvoyStatus.values:
        raise _unknown(event.status, "status")
    if event.time_precision not in TimePrecision.values:
        raise _unknown(event.time_precision, "time_precision")
    if event.checkpoint and event.checkpoint.convoy_id != event.convoy_id:
        raise RuleBroken("unknown_checkpoint", _("This convoy has no such checkpoint."), "checkpoint")
    if event.checkpoint and event.place:
        raise RuleBroken("place_twice", _("Name a checkpoint or a place, not both."), "place")
    _check_span(event)
    _check_against_others(event)


def _check_span(event: ConvoyEvent) -> None:
    if (event.starts_at is None) != (event.ends_at is None):
        raise RuleBroken("half_a_span", _("Give both ends of the time or neither."), "starts_at" if event.starts_at is None else "ends_at")
    if event.occurred_on and event.occurred_on > timezone.now().astimezone(queries.zone_of(event.convoy)).date():
        raise RuleBroken("in_future", _("This day has not come yet."), "occurred_on")


def _check_against_others(event: ConvoyEvent) -> None:
    """Raise RuleBroken for what cannot be by this event's source alone; what other sources say does not matter."""
    convoy = event.convoy
    told = [*convoy.events.filter(source=event.source).select_related("checkpoint"), event]
    zone = queries.zone_of(convoy)
    try:
        said = [queries.status_event(one, zone) for one in told]
        journeys.must_be_possible(said, queries.plan_of(convoy), journeys.Counts(), now=timezone.now())
    except RuleBroken as broken:
        field = "occurred_on" if broken.field == "starts_at" and event.starts_at is None else broken.field
        raise RuleBroken(broken.code, broken.message, field) from None


def _unknown(word: str, field: str) -> RuleBroken:
    return RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": word}, field)
