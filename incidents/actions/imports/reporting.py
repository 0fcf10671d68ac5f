"""Many reports at once, by the checks of the single action: logged together, and retracted together."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from incidents.actions import reports
from incidents.actions.imports.bulk import copy_records, copy_rows, give_keys, made
from incidents.actions.imports.recording import facts_of, record_many
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.models import CasualtyClaim, ChangeKind, Citation, Report, Source, User
from incidents.models.base import Facts
from incidents.vocabulary import ReportState

RELATED = (
    *("agreement", "incident", "claimant", "relayed_by", "accused_party", "accused_side", "target_party", "term", "place", "convoy"),
    *("checkpoint", "source", "entered_by", "supersedes"),
)


@dataclass(frozen=True)
class Cited:
    """A source that a report cites: whose, of which day, under which headline."""

    source: Source
    published_on: date | None = None
    title: str = ""


@dataclass
class Submission:
    """A report to be logged with many others: its fields, its harm, what it cites."""

    facts: dict[str, Any]
    harm: Sequence[HarmStated] = ()
    cites: Sequence[Cited] = ()


def submit_many(*, by: User | None, submissions: Sequence[Submission], operation: uuid.UUID) -> list[Report | RuleBroken]:
    """Return a report or the rule it breaks for each submission, in their order. What `reports.submit` refuses is refused here.

    Must share the transaction of the rows whose outcome this is.
    """
    now = timezone.now()
    outcomes: list[Report | RuleBroken] = []
    logged: list[tuple[Report, Submission]] = []
    for submission in submissions:
        report = made(Report, submission.facts, state=ReportState.SUBMITTED.value, submitted_at=now, entered_by=by, created_at=now)
        try:
            reports._check(report, list(submission.harm))
        except RuleBroken as broken:
            outcomes.append(broken)
            continue
        outcomes.append(report)
        logged.append((report, submission))
    give_keys([report for report, _submission in logged])
    copy_records([report for report, _submission in logged], is_numbered=True)
    harm, cites, told = [], [], []
    for report, submission in logged:
        facts = facts_of(report)
        facts["harm"] = [_harm(stated) for stated in submission.harm]
        harm += [(report.pk, *stated.values()) for stated in facts["harm"]]
        if submission.cites:
            cites += [(report.pk, number, cited.source.pk, cited.published_on, cited.title) for number, cited in enumerate(submission.cites, start=1)]
            facts["cites"] = [_cited(cited) for cited in submission.cites]
        told.append((report, report.agreement, None, facts))
    copy_rows(CasualtyClaim, ("report_id", "kind", "group", "low", "best", "high", "qualifier"), harm)
    copy_rows(Citation, ("report_id", "position", "source_id", "published_on", "title"), cites)
    record_many(by=by, kind=ChangeKind.REPORT_SUBMITTED, told=told, operation=operation, at=now)
    return outcomes


def _harm(stated: HarmStated) -> Facts:
    """Return what `CasualtyClaim.facts` says of this harm, in the order of its columns."""
    return {
        "kind": str(stated.kind),
        "group": str(stated.group),
        "low": stated.low,
        "best": stated.best,
        "high": stated.high,
        "qualifier": str(stated.qualifier),
    }


def _cited(cited: Cited) -> Facts:
    published = cited.published_on
    return {"source": cited.source.slug, "published_on": published and published.isoformat(), "title": cited.title}


def retract_many(*, by: User | None, ids: Sequence[uuid.UUID], reason: str, operation: uuid.UUID, mark: str) -> int:
    """Return how many of these reports were retracted: those that still stood. `mark` ends their external id, which is free again."""
    standing = Report.objects.select_for_update(of=("self",)).filter(public_id__in=ids, state=ReportState.SUBMITTED)
    found = list(standing.select_related(*RELATED).prefetch_related("casualty_claims").order_by("pk"))
    befores = [report.facts() for report in found]
    now = timezone.now()
    Report.objects.filter(pk__in=[report.pk for report in found]).update(
        state=ReportState.RETRACTED,
        retracted_at=now,
        retraction_reason=reason,
        version=F("version") + 1,
        external_id=Concat(F("external_id"), Value(mark)),
    )
    for report in found:
        report.state, report.retracted_at, report.retraction_reason, report.version = ReportState.RETRACTED, now, reason, report.version + 1
        report.external_id = report.external_id and report.external_id + mark
    record_many(
        by=by,
        kind=ChangeKind.REPORT_RETRACTED,
        told=[(report, report.agreement, before, report.facts()) for report, before in zip(found, befores, strict=True)],
        note=reason,
        operation=operation,
        at=now,
    )
    return len(found)
