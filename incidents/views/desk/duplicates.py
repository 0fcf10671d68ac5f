"""What is on file that may be of the same event as the report being typed, and the three answers to it.

Same event: the report is attached to the other's incident. Different: remembered. Saved without an answer: flagged.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from incidents.actions import duplicates as action
from incidents.errors import RuleBroken
from incidents.forms.reports import LogReport
from incidents.models import Report, User
from incidents.permissions import Capability
from incidents.queries import duplicates, visibility
from incidents.rules.matching import Likeness
from incidents.rules.reasons import Reason
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import locator, rows
from incidents.views.ids import as_uuid, as_uuids
from incidents.vocabulary import ViolationType


@dataclass(frozen=True)
class Row:
    """One candidate: what it is, why it is shown, and whether it was said to be another event."""

    report: Report
    key: str
    place: str
    when: str
    reasons: list[str]
    is_same_address: bool
    is_different: bool


@dataclass(frozen=True)
class Answers:
    """What was said of the candidates shown: `same` is one of them, `different` are others, `seen` are all that stood there."""

    same: uuid.UUID | None = None
    different: frozenset[uuid.UUID] = frozenset()
    seen: frozenset[uuid.UUID] = frozenset()
    open: list[Report] = field(default_factory=list)

    @classmethod
    def of(cls, request: DeskRequest, prefix: str = "") -> "Answers":
        """Return the answers that came with the form; those of one of several forms have names that begin with its prefix."""
        different, seen = (frozenset(as_uuids(request.POST.getlist(prefix + name))) for name in ("different", "seen"))
        return cls(as_uuid(request.POST.get(f"{prefix}same", "")), different, seen)


@require_POST
@only(Capability.LOG_REPORTS)
def panel(request: DeskRequest) -> HttpResponse:
    """Answer with the panel beside the form, and with how coordinates were read, for what is typed so far."""
    from incidents.views.desk import reports as page

    form = page.bound(request)
    if form is None:
        raise Http404
    form.is_valid()
    context = {
        "form": form,
        "candidates": of(request, form, Answers.of(request)),
        "is_fragment": True,
        "locator": locator.of(form, request.POST.get("look", "")),
    }
    return render(request, "desk/reports/_duplicates.html", context)


def of(request: DeskRequest, form: LogReport, answers: Answers) -> list[Row]:
    """Return the candidates for a form that was read. A correction is of the same event as what it corrects, and is not asked."""
    if form.correcting:
        return []
    return [_row(candidate, answers) for candidate in duplicates.candidates(request.user, form.sketch())]


def must_be_asked(candidates: list[Row], answers: Answers) -> bool:
    """Return whether something stands there that whoever saves has neither seen nor answered."""
    return answers.same is None and any(row.report.public_id not in answers.seen | answers.different for row in candidates)


def is_open(candidates: list[Row], answers: Answers) -> bool:
    """Return whether it is saved beside candidates of which nothing was said."""
    return answers.same is None and any(not row.is_different for row in candidates)


def settle(report: Report, answers: Answers, by: User) -> None:
    """Do what the answers say: attach the report to the event of the one, and remember that others are of other events."""
    others = visibility.reports(by).filter(public_id__in=answers.different).order_by("pk")
    same = visibility.reports(by).current().filter(public_id=answers.same).first() if answers.same else None
    if answers.same and same is None:
        raise RuleBroken("not_current", _("The report chosen no longer stands. Look at the candidates again."))
    action.settle(report=report, by=by, same=same, different=others, title=lambda first: (_name_of(first, "en"), _name_of(first, "ar")))


def _name_of(report: Report, language: str) -> str:
    """Return a working title for the event: its type, where and when."""
    with override(language):
        said: list[Any] = [ViolationType(report.violation_type).label, rows.names_of_place(report)[0]]
        day = report.occurred_on or (report.starts_at and report.starts_at.astimezone(report.agreement.zone).date())
        said.append(dates.day(day) if day else "")
        return (_(", ").join(str(part) for part in said if part))[:200]


def _said(reason: Reason) -> str:
    """Return the reason as it is shown: what is 0.0 km apart is at the same place, as far as anybody knows."""
    is_here = reason.code == Likeness.KM_APART and not reason.facts["km"]
    return str(Likeness.SAME_PLACE.label) if is_here else reason.text


def _row(candidate: duplicates.Candidate, answers: Answers) -> Row:
    report = candidate.report
    return Row(
        report=report,
        key=str(report.public_id),
        place=rows.names_of_place(report)[0],
        when=dates.when(report),
        reasons=[_said(reason) for reason in candidate.reasons],
        is_same_address=any(reason.code == "same_address" for reason in candidate.reasons),
        is_different=report.public_id in answers.different,
    )
