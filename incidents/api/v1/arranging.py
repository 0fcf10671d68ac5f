"""Which reports are of which incident: attached, detached, moved, merged, split, each of these undone; and possible duplicates answered."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.actions import changes, duplicates
from incidents.actions import incidents as placing
from incidents.api import schema
from incidents.api.fields import Named, Strict, Text, WholeNumber
from incidents.api.permissions import LogsReports, Reads
from incidents.api.v1 import records
from incidents.api.v1.reports import IncidentNamed
from incidents.api.v1.review import OfIncident
from incidents.errors import RuleBroken
from incidents.models import Incident, Report
from incidents.permissions import Capability, may
from incidents.queries import incidents, visibility
from incidents.vocabulary import ReportState, ViolationType

MOST = 1_000
LONGEST_NAME = 200


def _version(what: str) -> WholeNumber:
    return WholeNumber(help_text=f"Of the {what}, as last read: 409 if it changed since. Left out: whatever it is now.")


class AttachIn(Strict):
    """The incident that the report is to be of."""

    incident = Named(records.incidents, help_text="Slug of the incident.")
    note = Text(max_length=4_000)
    version = _version("report")


class MoveReportIn(Strict):
    """The incident that the report is to be of instead."""

    to = Named(records.incidents, help_text="Slug of the incident.")
    note = Text(max_length=4_000)
    version = _version("report")


class DetachIn(Strict):
    """Why, and the version read."""

    note = Text(max_length=4_000)
    version = _version("report")


class MergeIn(Strict):
    """The incident that goes on."""

    into = Named(records.incidents, help_text="Slug of the incident in which both go on.")
    note = Text(max_length=4_000)
    version = _version("incident")


class SplitIn(Strict):
    """The reports that leave, and the working title of the incident that they are of then."""

    reports = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST, help_text="Ids.")
    name = Text(required=True, allow_blank=False, max_length=LONGEST_NAME)
    name_ar = Text(max_length=LONGEST_NAME)
    note = Text(max_length=4_000)
    version = _version("incident")


class UndoStepIn(Strict):
    """The step to undo."""

    operation = serializers.UUIDField(help_text="As the step was answered.")
    note = Text(max_length=4_000)


class AnswersIn(Strict):
    """What is said of possible duplicates. A report that is answered `same` is of one event with this one; `different` are of others."""

    same = serializers.UUIDField(required=False, allow_null=True, help_text="Id of a report.")
    different = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST, help_text="Ids of reports.")
    name = Text(max_length=LONGEST_NAME, help_text="Working title, where an incident is opened for both; made from the report if left out.")


class ArrangedOut(serializers.Serializer[Any]):
    """What was done: the operation, by which it can be undone, and the incident that the reports are of now."""

    operation = serializers.UUIDField()
    incident = IncidentNamed(allow_null=True)


class Arranging(OfIncident):
    """A step that changes which reports are of an incident. It is one operation, whatever it moves."""

    serializer_class = ArrangedOut

    def report(self, id: Any) -> Report:
        """Return the report, if this reader may see it."""
        found = visibility.reports(self.request.user).filter(public_id=id).first()
        if found is None:
            raise Http404
        return found

    def done(self, act: Any) -> Response:
        """Do it, and answer how it is undone."""
        with transaction.atomic(), changes.operation() as operation:
            incident: Incident | None = act()
        return Response(self.get_serializer({"operation": operation, "incident": incident}).data)


@extend_schema(tags=["incidents"])
class OfReport(Arranging):
    """The incident that a report is of."""

    @extend_schema(summary="Attach a report", request=AttachIn, responses={200: ArrangedOut, **schema.WRITING_ONE})
    def attach(self, request: Request, id: Any) -> Response:
        """Let a report be of an incident. One that is of another already is moved, knowingly."""
        report, said = self.report(id), self.said(AttachIn)
        return self.done(lambda: placing.attach(report=report, by=self.user, **said).incident)

    @extend_schema(summary="Detach a report", request=DetachIn, responses={200: ArrangedOut, **schema.WRITING_ONE})
    def detach(self, request: Request, id: Any) -> Response:
        """Let a report be of no incident."""
        report, said = self.report(id), self.said(DetachIn)
        return self.done(lambda: placing.detach(report=report, by=self.user, **said).incident)

    @extend_schema(summary="Move a report", request=MoveReportIn, responses={200: ArrangedOut, **schema.WRITING_ONE})
    def move(self, request: Request, id: Any) -> Response:
        """Let a report be of another incident."""
        report, said = self.report(id), self.said(MoveReportIn)
        return self.done(lambda: placing.move(report=report, by=self.user, **said).incident)


@extend_schema(tags=["incidents"])
class Whole(Arranging):
    """An incident merged, split, and what was done undone."""

    @extend_schema(summary="Merge an incident", request=MergeIn, responses={200: ArrangedOut, **schema.WRITING_ONE})
    def merge(self, request: Request, id: Any) -> Response:
        """Let an incident go on in another, with its reports and all that hangs on it. Its address leads there."""
        incident, said = self.incident(id), self.said(MergeIn)
        return self.done(lambda: placing.merge(incident=incident, by=self.user, **said))

    @extend_schema(summary="Split an incident", request=SplitIn, responses={200: ArrangedOut, **schema.WRITING_ONE})
    def split(self, request: Request, id: Any) -> Response:
        """Let some reports of an incident be of a new one. Both are left with at least one."""
        incident, said = self.incident(id), self.said(SplitIn)
        ids = set(said.pop("reports"))
        leaving = list(visibility.reports(request.user).filter(public_id__in=ids))
        if len(leaving) < len(ids):
            raise RuleBroken("unknown_word", _("There is no such report."), "reports")
        return self.done(lambda: placing.split(incident=incident, reports=leaving, by=self.user, **said))

    @extend_schema(summary="Undo a step", request=UndoStepIn, responses={200: ArrangedOut, **schema.WRITING_ONE})
    def undo(self, request: Request, id: Any) -> Response:
        """Put every report that a step moved back where it was. Refused if any was moved again since."""
        incident, said = self.incident(id), self.said(UndoStepIn)
        if not incidents.took_part(incident, said["operation"]):
            raise RuleBroken("unknown_word", _("There is no such step of this incident."), "operation")

        def act() -> Incident:
            placing.undo(operation_id=said["operation"], by=self.user, note=said.get("note", ""))
            return incident

        return self.done(act)


@extend_schema(tags=["reports"])
class Answered(Arranging):
    """Possible duplicates of a report, answered."""

    permission_classes = [IsAuthenticated & Reads & LogsReports]

    @extend_schema(summary="Answer possible duplicates", request=AnswersIn, responses={200: ArrangedOut, **schema.WRITING_ONE})
    def answer(self, request: Request, id: Any) -> Response:
        """Attach the report to the event of one, and remember of others that they are of other events: these are not asked about again."""
        report, said = self.report(id), self.said(AnswersIn)
        if report.entered_by_id != self.user.pk and not may(self.user, Capability.ASSESS, report):
            raise PermissionDenied
        same = self._report(said["same"], "same") if said.get("same") else None
        different = [self._report(key, "different") for key in said.get("different", [])]
        name = said.get("name", "").strip()
        return self.done(
            lambda: duplicates.settle(report=report, by=self.user, same=same, different=different, title=lambda first: _titles(first, name))
        )

    def _report(self, key: UUID, field: str) -> Report:
        found = visibility.reports(self.request.user).exclude(state=ReportState.DRAFT).filter(public_id=key).first()
        if found is None:
            raise RuleBroken("unknown_word", _("There is no such report."), field)
        return found


def _titles(report: Report, name: str) -> tuple[str, str]:
    return name or _title(report, "en"), "" if name else _title(report, "ar")


def _title(report: Report, language: str) -> str:
    """Return a working title for the event of a report: its type, where and on which day."""
    with override(language):
        place = (report.place.name_ar if language == "ar" else "") or report.place.name if report.place else report.place_as_worded
        day = report.occurred_on or (report.starts_at and report.starts_at.astimezone(report.agreement.zone).date())
        said = [str(ViolationType(report.violation_type).label), place, day.isoformat() if day else ""]
        return _(", ").join(part for part in said if part)[:LONGEST_NAME]
