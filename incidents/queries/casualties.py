"""Casualty claims as JSON lists them: harm as each report states it. They are never added up here, nor merged."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from incidents.models import CasualtyClaim
from incidents.queries import filters, reports, visibility
from incidents.queries.filters import Filter, ReportFilter
from incidents.queries.visibility import Reader
from incidents.rules.boxes import Box
from incidents.vocabulary import HarmGroup, HarmKind


@dataclass(frozen=True)
class CasualtyFilter(Filter):
    """Which casualty claims are asked for: by the harm, and by what the report says that states it."""

    own = {
        "kind": filters.one_of(HarmKind, "Of what kind the harm is."),
        "group": filters.one_of(HarmGroup, "To whom it was done."),
        "report": replace(filters.WORDS["report"], says="Id of the report that states it."),
        "state": replace(filters.WORDS["state"], says="What has become of the report."),
        "incident": replace(filters.WORDS["incident"], says="Slug of the incident that the report is of."),
    }

    kind: str = ""
    group: str = ""
    report: UUID | None = None
    incident: str = ""
    agreement: str = ""
    side: str = ""
    claimant: str = ""
    accused: str = ""
    type: str = ""
    state: str = ""
    grade: str = ""
    since: date | None = None
    until: date | None = None
    area: str = ""
    box: Box | None = None
    convoy: UUID | None = None
    updated_since: datetime | None = None

    def of_reports(self) -> ReportFilter:
        """Return what is asked of the report."""
        return ReportFilter(**{name: getattr(self, name) for name in ReportFilter.names() if name in self.names()})


def filtered(reader: Reader, asked: CasualtyFilter) -> QuerySet[CasualtyClaim]:
    """Return the claims asked for, of reports that this reader may see, the last entered first."""
    said = reports.narrowed(reader, asked.of_reports())
    if asked.report:
        said = said.filter(public_id=asked.report)
    if asked.incident:
        said = said.filter(incident__slug=asked.incident)
    found = _joined(reader).filter(report__in=said.order_by().values("pk"))
    return found.filter(**{name: value for name in ("kind", "group") if (value := getattr(asked, name))})


def one(reader: Reader, report: Any, kind: str, group: str) -> CasualtyClaim:
    """Return what a report states of one harm to one group. Raise CasualtyClaim.DoesNotExist alike for what is not there and what is hidden."""
    told = visibility.reports(reader).filter(public_id=report)
    return _joined(reader).get(report__in=told.order_by().values("pk"), kind=kind, group=group)


def _joined(reader: Reader) -> QuerySet[CasualtyClaim]:
    told = visibility.reports(reader).select_related("agreement", "claimant", "incident")
    return CasualtyClaim.objects.prefetch_related(Prefetch("report", queryset=told)).order_by("-id")
