"""Logging the totals that parties publish. A corrected total supersedes the earlier one; both stay on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import permissions
from incidents.actions import changes
from incidents.actions.reports import HarmStated, check_harm
from incidents.errors import RuleBroken
from incidents.models import Accused, AggregateClaim, AggregateClaimHarm, AggregateClaimPart, ChangeKind, Party, Place, Side, User
from incidents.permissions import Capability
from incidents.queries import bulletins
from incidents.queries.bulletins import Notes
from incidents.vocabulary import Basis


@dataclass(frozen=True)
class PartStated:
    """A row of a printed breakdown, with the rows printed under it."""

    label: str
    count: int | None
    unit: str = ""
    place: Place | None = None
    accused_party: Party | None = None
    accused_side: Side | None = None
    violation_type: str = ""
    parts: tuple["PartStated", ...] = ()


@transaction.atomic
def log(
    *,
    by: User | None,
    accused: Iterable[Party | Side] = (),
    parts: Iterable[PartStated] = (),
    harm: Iterable[HarmStated] = (),
    supersedes: AggregateClaim | None = None,
    **facts: Any,
) -> AggregateClaim:
    """Return the statement, on record as printed: parts that do not add up are kept and flagged, not mended.

    `facts` are the fields of AggregateClaim. Raise RuleBroken, naming the field, if a rule is broken.
    """
    claim = AggregateClaim(**facts, entered_by=by, supersedes=supersedes)
    accused, stated = list(accused), list(harm)
    _check(claim, accused, stated)
    claim.save(force_insert=True)
    for culprit in accused:
        Accused.objects.create(claim=claim, **{"side" if isinstance(culprit, Side) else "party": culprit})
    _add_parts(claim, parts, parent=None, position=0)
    AggregateClaimHarm.objects.bulk_create(AggregateClaimHarm(claim=claim, **vars(row)) for row in stated)
    changes.record(by=by, kind=ChangeKind.AGGREGATE_CLAIM_LOGGED, record=claim, agreement=claim.agreement, after=claim.facts())
    return claim


def rehearse(
    *,
    by: User | None,
    accused: Iterable[Party | Side] = (),
    parts: Iterable[PartStated] = (),
    harm: Iterable[HarmStated] = (),
    supersedes: AggregateClaim | None = None,
    **facts: Any,
) -> Notes:
    """Return what must be known of a statement before it is saved: its arithmetic, and what figures would say of it. Nothing is written.

    Raise RuleBroken as `log` would, and PermissionDenied for who may not log it. What is noted never stands in the way of saving, and
    nothing is mended.
    """
    permissions.must_at(by, Capability.LOG_AGGREGATE_CLAIMS, facts["agreement"])
    claim = AggregateClaim(**facts, supersedes=supersedes)
    accused, stated = list(accused), list(harm)
    _check(claim, accused, stated)
    return bulletins.of_draft(claim, accused, parts, stated)


@transaction.atomic
def supersede(*, claim: AggregateClaim, by: User | None, reason: str = "", **facts: Any) -> AggregateClaim:
    """Return the statement that takes the place of this one. Raise RuleBroken if this one no longer stands.

    What `facts` does not say (fields, `accused`, `parts`, `harm`) is not carried over: a new statement says what it says.
    """
    claim = _standing(claim)
    before = claim.facts()
    claim.version += 1
    claim.save(update_fields=["version"])
    with changes.operation():
        heir = log(by=by, supersedes=claim, **facts)
        if heir.agreement_id != claim.agreement_id or heir.claimant.principal != claim.claimant.principal:
            raise RuleBroken("other_claimant", _("A statement is superseded by the same claimant's, under the same agreement."), "supersedes")
        changes.record(
            by=by,
            kind=ChangeKind.AGGREGATE_CLAIM_SUPERSEDED,
            record=claim,
            agreement=claim.agreement,
            before=before,
            after=claim.facts() | {"superseded_by": str(heir.public_id)},
            note=reason,
        )
    return heir


@transaction.atomic
def retract(*, claim: AggregateClaim, by: User | None, reason: str) -> AggregateClaim:
    """Return the statement, withdrawn with a reason; it stays on record and no longer counts."""
    claim = _standing(claim)
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the statement is retracted."), "reason")
    before = claim.facts()
    claim.retracted_at, claim.retraction_reason = timezone.now(), reason
    claim.version += 1
    claim.save(update_fields=["retracted_at", "retraction_reason", "version"])
    changes.record(
        by=by, kind=ChangeKind.AGGREGATE_CLAIM_RETRACTED, record=claim, agreement=claim.agreement, before=before, after=claim.facts(), note=reason
    )
    return claim


def _standing(claim: AggregateClaim) -> AggregateClaim:
    locked = AggregateClaim.objects.select_for_update().get(pk=claim.pk)
    if locked.retracted_at or AggregateClaim.objects.filter(supersedes=locked).exists():
        raise RuleBroken("not_current", _("This statement no longer stands."), "supersedes")
    return locked


def _add_parts(claim: AggregateClaim, parts: Iterable[PartStated], *, parent: AggregateClaimPart | None, position: int) -> int:
    for part in parts:
        values = {name: value for name, value in vars(part).items() if name != "parts"}
        row = AggregateClaimPart.objects.create(claim=claim, parent=parent, position=position, **values)
        position = _add_parts(claim, part.parts, parent=row, position=position + 1)
    return position


def _check(claim: AggregateClaim, accused: list[Party | Side], harm: list[HarmStated]) -> None:
    if any(isinstance(culprit, Side) and culprit.agreement_id != claim.agreement_id for culprit in accused):
        raise RuleBroken("other_agreement", _("This side belongs to another agreement."), "accused")
    if claim.count is not None and claim.count < 0:
        raise RuleBroken("negative", _("A count is zero or more, or unknown."), "count")
    if claim.basis == Basis.CUMULATIVE and claim.counted_from is None:
        raise RuleBroken("since_when", _("Say from which day a cumulative number counts."), "counted_from")
    if claim.basis == Basis.PERIODIC and claim.counted_from is not None:
        raise RuleBroken("since_when", _("A number for a period has a first day, not a day it counts from."), "counted_from")
    if claim.basis == Basis.PERIODIC and claim.period_start is None:
        raise RuleBroken("since_when", _("Say on which day the period begins."), "period_start")
    for field in ("period_start", "counted_from"):
        start = getattr(claim, field)
        if start is not None and start > claim.period_end:
            raise RuleBroken("ends_before_start", _("The period ends before it begins."), "period_end")
    today = claim.agreement.local_day(timezone.now())
    for field in ("period_end", "published_on"):
        if getattr(claim, field) > today:
            raise RuleBroken("in_future", _("This day has not come yet."), field)
    if claim.confirmed_count is not None and claim.confirmed_count < 0:
        raise RuleBroken("negative", _("A count is zero or more, or unknown."), "confirmed_count")
    if claim.confirmed_count is not None and claim.counterpart is None:
        raise RuleBroken("required", _("Say who confirmed it."), "counterpart")
    check_harm(harm)
