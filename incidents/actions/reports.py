"""Logging reports, and what may be done to them afterwards. Nothing is overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import authorship, changes
from incidents.errors import RuleBroken
from incidents.models import CasualtyClaim, ChangeKind, Incident, NotTheSame, Report, User
from incidents.rules import ranges
from incidents.vocabulary import HarmGroup, HarmKind, PlacePrecision, Qualifier, ReportState


@dataclass(frozen=True)
class HarmStated:
    """Harm as a report states it; None is unknown, 0 is none."""

    kind: HarmKind
    low: int | None = None
    best: int | None = None
    high: int | None = None
    group: HarmGroup = HarmGroup.UNKNOWN
    qualifier: Qualifier = Qualifier.EXACTLY


@transaction.atomic
def submit(*, by: User | None, harm: Iterable[HarmStated] = (), supersedes: Report | None = None, **facts: Any) -> Report:
    """Return the report, logged and current. Raise RuleBroken, naming the field, if it breaks a rule.

    `facts` are the fields of Report; evidence (`wording`, `link`) is stored code point for code point.
    """
    report = Report(**facts, state=ReportState.SUBMITTED, submitted_at=timezone.now(), entered_by=by, supersedes=supersedes)
    stated = list(harm)
    _check(report, stated)
    report.save(force_insert=True)
    CasualtyClaim.objects.bulk_create(CasualtyClaim(report=report, **vars(claim)) for claim in stated)
    changes.record(by=by, kind=ChangeKind.REPORT_SUBMITTED, record=report, agreement=report.agreement, after=report.facts())
    if report.incident_id is not None:
        authorship.renew(Incident.objects.select_for_update(no_key=True).get(pk=report.incident_id))
    return report


@transaction.atomic
def supersede(*, report: Report, by: User | None, harm: Iterable[HarmStated] = (), note: str = "", **facts: Any) -> Report:
    """Return the report that takes the place of this one, which stays as it was received. Raise RuleBroken if it no longer stands."""
    report = _standing(report)
    before = report.facts()
    report.state = ReportState.SUPERSEDED
    report.version += 1
    report.save(update_fields=["state", "version"])
    with changes.operation():
        changes.record(
            by=by, kind=ChangeKind.REPORT_SUPERSEDED, record=report, agreement=report.agreement, before=before, after=report.facts(), note=note
        )
        return submit(by=by, harm=harm, supersedes=report, **facts)


@transaction.atomic
def retract(*, report: Report, by: User | None, reason: str) -> Report:
    """Return the report, withdrawn with a reason; it stays on record and is no longer counted."""
    report = _standing(report)
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the report is retracted."), "reason")
    before = report.facts()
    report.state, report.retracted_at, report.retraction_reason = ReportState.RETRACTED, timezone.now(), reason
    report.version += 1
    report.save(update_fields=["state", "retracted_at", "retraction_reason", "version"])
    changes.record(
        by=by, kind=ChangeKind.REPORT_RETRACTED, record=report, agreement=report.agreement, before=before, after=report.facts(), note=reason
    )
    return report


@transaction.atomic
def restore(*, report: Report, by: User | None, reason: str) -> Report:
    """Return the report, standing again after it was retracted; why is kept beside why it was retracted."""
    report = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    if report.state != ReportState.RETRACTED:
        raise RuleBroken("not_retracted", _("Only a retracted report can be restored."))
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the report is restored."), "reason")
    before = report.facts()
    report.state, report.retracted_at, report.retraction_reason = ReportState.SUBMITTED, None, None
    report.version += 1
    report.save(update_fields=["state", "retracted_at", "retraction_reason", "version"])
    kind, after = ChangeKind.REPORT_RESTORED, report.facts()
    changes.record(by=by, kind=kind, record=report, agreement=report.agreement, before=before, after=after, note=reason)
    return report


@transaction.atomic
def tell_apart(*, report: Report, other: Report, by: User | None, note: str = "") -> None:
    """Remember that these two reports are of different events. Saying it twice changes nothing."""
    if report.pk == other.pk:
        raise RuleBroken("same_report", _("These are one and the same report."))
    first, second = sorted((report, other), key=lambda row: row.pk)
    _pair, is_new = NotTheSame.objects.get_or_create(first=first, second=second, defaults={"by": by})
    if is_new:
        changes.record(by=by, kind=ChangeKind.REPORTS_TOLD_APART, record=report, agreement=report.agreement, note=note or other.reference)


def _standing(report: Report) -> Report:
    """Return the report, locked. Raise RuleBroken unless it is submitted and current."""
    locked = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    if locked.state != ReportState.SUBMITTED:
        raise RuleBroken("not_current", _("This report no longer stands: it is %(state)s.") % {"state": locked.get_state_display()})
    return locked


# Asked of every row of an import; `PlacePrecision.values` makes a list each time.
PRECISIONS = frozenset(PlacePrecision.values)


def _check(report: Report, harm: list[HarmStated]) -> None:
    agreement = report.agreement
    for name in ("accused_side", "term"):
        other = getattr(report, name)
        if other is not None and other.agreement_id != agreement.pk:
            raise RuleBroken("other_agreement", _("This belongs to another agreement."), name)
    if report.accused_side_id and report.accused_party_id:
        raise RuleBroken("accused_twice", _("Name the accused party or the accused side, not both."), "accused_side")
    today = _today(report) if report.published_on or report.occurred_on else None
    if today and report.published_on and report.published_on > today:
        raise RuleBroken("in_future", _("This day has not come yet."), "published_on")
    _check_span(report)
    if today and report.occurred_on and report.occurred_on > today:
        raise RuleBroken("in_future", _("This day has not come yet."), "occurred_on")
    _check_place(report)
    check_harm(harm)


def check_harm(harm: Iterable[HarmStated]) -> None:
    """Raise RuleBroken, naming the field as `killed_low`, if a range is out of order or the same harm is stated twice."""
    seen = set()
    for claim in harm:
        try:
            ranges.must_be_ordered(claim.low, claim.best, claim.high, claim.qualifier)
        except RuleBroken as broken:
            raise RuleBroken(broken.code, broken.message, f"{claim.kind}_{broken.field}") from None
        if (claim.kind, claim.group) in seen:
            raise RuleBroken("stated_twice", _("The same harm to the same people is stated twice."), f"{claim.kind}_low")
        seen.add((claim.kind, claim.group))


def _check_span(report: Report) -> None:
    if (report.starts_at is None) != (report.ends_at is None):
        raise RuleBroken("half_a_span", _("Give both ends of the time or neither."), "starts_at" if report.starts_at is None else "ends_at")
    if report.starts_at is not None and report.ends_at is not None:
        if report.ends_at < report.starts_at:
            raise RuleBroken("ends_before_start", _("The end is before the start."), "ends_at")
        if report.starts_at > timezone.now():
            raise RuleBroken("in_future", _("This date is in the future."), "starts_at")


def _check_place(report: Report) -> None:
    if (report.latitude is None) != (report.longitude is None):
        raise RuleBroken("half_a_point", _("Give both coordinates or neither."), "latitude" if report.latitude is None else "longitude")
    if report.latitude is not None and report.longitude is not None:
        if not -90 <= report.latitude <= 90:
            raise RuleBroken("out_of_range", _("Latitude lies between -90 and 90 degrees."), "latitude")
        if not -180 <= report.longitude <= 180:
            raise RuleBroken("out_of_range", _("Longitude lies between -180 and 180 degrees."), "longitude")
        if not report.place_precision:
            raise RuleBroken("precision_required", _("Say how exactly the place is known."), "place_precision")
    if report.place_precision and report.place_precision not in PRECISIONS:
        raise RuleBroken("unknown_word", _("This is not a precision."), "place_precision")


def _today(report: Report) -> date:
    return report.agreement.local_day(timezone.now())
