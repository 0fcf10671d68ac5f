"""Many reports at once, by the checks of the single action: logged together, and retracted together."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from incidents.actions import reports
from incidents.actions.imports.bulk import copy_records, copy_rows, give_keys, made
from incidents.actions.imports.recording import Entry, Telling, facts_of, record_many, store
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


@dataclass(frozen=True)
class Ready:
    """A report that keeps the rules, with its harm, what it cites and its Change: all but keys, which the database gives."""

    report: Report
    harm: list[tuple[Any, ...]]
    cites: Sequence[Cited]
    change: Entry


def reports_ready(*, by: User | None, submissions: Iterable[Submission], operation: uuid.UUID) -> list[Ready | RuleBroken]:
    """Return each submission as a report ready to be stored, or the rule it breaks. What `reports.submit` refuses is refused here.

    It asks the database nothing, so that a thread can do it ahead.
    """
    telling = Telling(by=by, kind=ChangeKind.REPORT_SUBMITTED, operation=operation, at=timezone.now())
    return [_ready(submission, telling) for submission in submissions]


def _ready(submission: Submission, telling: Telling) -> Ready | RuleBroken:
    at = telling.at
    report = made(Report, submission.facts, state=ReportState.SUBMITTED.value, submitted_at=at, entered_by=telling.by, created_at=at)
    try:
        reports._check(report, list(submission.harm))
    except RuleBroken as broken:
        return broken
    facts = facts_of(report)
    facts["harm"] = harm = [_harm(stated) for stated in submission.harm]
    if submission.cites:
        facts["cites"] = [_cited(cited) for cited in submission.cites]
    return Ready(report, [tuple(stated.values()) for stated in harm], submission.cites, telling.entry(report, report.agreement, None, facts))


def submit_many(*, by: User | None, ready: Sequence[Ready]) -> None:
    """Store these reports with their Changes. Must share the transaction of the rows whose outcome this is."""
    give_keys([each.report for each in ready])
    copy_records([each.report for each in ready], is_numbered=True)
    harm = [(each.report.pk, *stated) for each in ready for stated in each.harm]
    cites = [
        (each.report.pk, number, cited.source.pk, cited.published_on, cited.title)
        for each in ready
        for number, cited in enumerate(each.cites, start=1)
    ]
    copy_rows(CasualtyClaim, ("report_id", "kind", "group", "low", "best", "high", "qualifier"), harm)
    copy_rows(Citation, ("report_id", "position", "source_id", "published_on", "title"), cites)
    store(by=by, kind=ChangeKind.REPORT_SUBMITTED, entries=[each.change for each in ready])


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
    standing = Report.objects.select_for_update(of=("self",), no_key=True).filter(public_id__in=ids, state=ReportState.SUBMITTED)
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
