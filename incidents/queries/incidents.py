"""Incidents as lists, pages and JSON show them: the claims about one event side by side, and what is derived from them by named rules."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from incidents.models import Agreement, Assessment, Change, Convoy, Incident, Report, Response
from incidents.queries import cursors, filters, narrowing, reports, scope, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter, ReportFilter
from incidents.queries.scope import UnderAgreement
from incidents.queries.visibility import Reader
from incidents.rules import facts, grades, ranges
from incidents.rules.boxes import Box
from incidents.rules.facts import Fact, HarmFact
from incidents.rules.grounds import Place
from incidents.rules.timespans import Timespan
from incidents.vocabulary import HarmGrade, HarmKind, Occurrence, ReportState, ResponseKind

WITHHELD_WITH_THE_SOURCE = ("source", "link", "wording", "spoken_by")


@dataclass(frozen=True)
class IncidentFilter(Filter):
    """Which incidents are asked for: by what one and the same current report of them says, and by how they are judged."""

    own = {
        "state": filters.one_of(Occurrence, "How it is judged, under `agreement` if that is named; what nobody judged is unverified."),
        "grade": filters.HARM_GRADE,
        "text": replace(filters.WORDS["text"], says="In the name or slug."),
    }

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
    text: str = ""
    convoy: UUID | None = None
    updated_since: datetime | None = None

    def of_reports(self) -> ReportFilter:
        """Return what is asked of a report."""
        names = ("agreement", "side", "claimant", "accused", "type", "since", "until", "area", "box", "convoy")
        return ReportFilter(**{name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class Known:
    """What is derived of an incident from its current reports that this reader may see. Every fact names its rule and its reports."""

    incident: Incident
    reports: list[Report]
    claims: list[facts.Claim]
    when: Fact[Timespan | None]
    where: Fact[Place | None]
    harm: tuple[Fact[HarmFact], ...]
    accusations: Fact[tuple[facts.Accusation, ...]]

    def harmed(self, kind: HarmKind) -> list[Fact[HarmFact]]:
        """Return the ranges of one kind of harm, a group each; groups are never added."""
        return [fact for fact in self.harm if fact.value.kind == kind]

    @property
    def is_contested(self) -> bool:
        """Return whether the reports do not all accuse the same."""
        return len(self.accusations.value) > 1


@dataclass(frozen=True)
class Dossier:
    """All that a page about one incident shows."""

    known: Known
    past: list[Report]
    responses: list[Response]
    grade: Fact[HarmGrade | None]
    assessments: list[Assessment]
    convoys: list[Convoy]
    scope: list[UnderAgreement] = field(default_factory=list)

    @property
    def incident(self) -> Incident:
        return self.known.incident


def filtered(reader: Reader, asked: IncidentFilter) -> QuerySet[Incident]:
    """Return the incidents that this reader may see and asks for, newest first; those merged into others or withdrawn are not among them."""
    found = visibility.standing_incidents(reader)
    of_reports = asked.of_reports()
    if of_reports != ReportFilter():
        said = reports.narrowed(reader, of_reports).filter(incident__isnull=False)
        if of_reports != ReportFilter(agreement=asked.agreement):
            said = said.filter(state=ReportState.SUBMITTED)
        found = found.filter(pk__in=said.order_by().values("incident"))
    if asked.state or asked.grade:
        found = found.filter(_judged(reader, asked))
    if asked.text:
        found = found.filter(Q(name__icontains=asked.text) | Q(name_ar__icontains=asked.text) | Q(slug__icontains=asked.text))
    if asked.updated_since:
        told = visibility.reports(reader).filter(public_id__in=narrowing.changed(reader, Report, asked.updated_since), incident__isnull=False)
        itself = Q(public_id__in=narrowing.changed(reader, Incident, asked.updated_since))
        found = found.filter(itself | Q(pk__in=told.order_by().values("incident")))
    return found.prefetch_related(_with_reports(reader)).order_by("-id")


def _judged(reader: Reader, asked: IncidentFilter) -> Q:
    """Return the incidents judged so, as far as judgements exist for this reader."""
    judged = visibility.assessments(reader).filter(incident=OuterRef("pk"))
    if asked.agreement:
        judged = judged.filter(agreement__slug=asked.agreement)
    graded = judged.filter(harm_grade=asked.grade) if asked.grade else judged
    if not asked.state:
        return Q(Exists(graded))
    found = Q(Exists(graded.filter(occurrence=asked.state)))
    if asked.state == Occurrence.UNVERIFIED and not asked.grade:
        found |= ~Q(Exists(judged))
    return found


def page(reader: Reader, asked: IncidentFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Incident]:
    """Return one page of incidents, newest first."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def one(reader: Reader, public_id: Any) -> Incident:
    """Return the incident. Raise Incident.DoesNotExist alike for one that is not there and one that this reader may not see."""
    return visibility.incidents(reader).prefetch_related(_with_reports(reader)).select_related("merged_into").get(public_id=public_id)


def known(incident: Incident, tree: scope.Tree | None = None) -> Known:
    """Return what is derived of an incident that `filtered` or `one` gave."""
    current = _current(incident)
    claims = scope.claims_of(current, tree)
    return Known(
        incident=incident,
        reports=current,
        claims=claims,
        when=facts.when(claims),
        where=facts.where(claims),
        harm=facts.harm(claims),
        accusations=facts.accusations(claims),
    )


def dossier(reader: Reader, public_id: Any) -> Dossier:
    """Return everything about one incident that this reader may see. Raise Incident.DoesNotExist as `one` does."""
    incident = one(reader, public_id)
    derived = known(incident)
    answers = list(responses(reader).filter(incident=incident))
    judged = list(assessments(reader).filter(incident=incident).order_by("agreement_id"))
    return Dossier(
        known=derived,
        past=[report for report in incident.seen_reports if report.state != ReportState.SUBMITTED],  # type: ignore[attr-defined]
        responses=answers,
        grade=_graded(derived, answers, judged),
        assessments=judged,
        convoys=list(visibility.convoys(reader).filter(incident=incident).select_related("operator", "destination").order_by("id")),
        scope=_scope(reader, derived, answers, judged),
    )


def took_part(incident: Incident, operation_id: UUID) -> bool:
    """Return whether an operation did something with this incident, or with a report that is or was of it."""
    done = Change.objects.filter(operation_id=operation_id)
    named = Q(payload__body__before__incident=incident.slug) | Q(payload__body__after__incident=incident.slug)
    return done.filter(Q(record_id=incident.public_id) | named).exists()


def responses(reader: Reader) -> QuerySet[Response]:
    """Return the answers this reader may see: those for incidents that exist for them, oldest first."""
    return (
        visibility.responses(reader)
        .select_related("incident", "party__organ_of", "blamed", "target_party__organ_of", "source")
        .order_by("answered_on", "id")
    )


def assessments(reader: Reader) -> QuerySet[Assessment]:
    """Return the judgements this reader may see. To partners one that no second editor has confirmed does not exist."""
    return (
        visibility.assessments(reader)
        .select_related(
            "incident", "agreement", "term", "attributed_party", "attributed_side", "target_party__organ_of", "decided_by", "confirmed_by"
        )
        .order_by("-id")
    )


def response_withheld(reader: Reader, response: Response) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of this answer."""
    return visibility.withheld(reader, response, WITHHELD_WITH_THE_SOURCE)


def stated(fact: Fact[HarmFact]) -> str:
    """Return a derived range for reading: 62 (at least) to 90."""
    return ranges.plain_derived(fact.value.count)


def _with_reports(reader: Reader) -> "Prefetch[Any]":
    seen = reports.joined(reader, visibility.reports(reader).exclude(state=ReportState.DRAFT))
    return Prefetch("reports", queryset=seen.select_related("target_party__organ_of").order_by("id"), to_attr="seen_reports")


def _current(incident: Incident) -> list[Report]:
    return [report for report in incident.seen_reports if report.state == ReportState.SUBMITTED]  # type: ignore[attr-defined]


def _graded(derived: Known, answers: Iterable[Response], judged: Iterable[Assessment]) -> Fact[HarmGrade | None]:
    """Return the grade of the harm. A confirmed finding that it did not happen counts only where no other confirmed one says otherwise."""
    found = {Occurrence(row.occurrence) for row in judged if row.confirmed_by_id}
    said = [
        facts.Answer(
            str(row.public_id), scope.party(row.party), ResponseKind(row.kind), row.answered_on, scope.party(row.blamed) if row.blamed else None
        )
        for row in answers
    ]
    return grades.graded(derived.claims, said, found.pop() if len(found) == 1 else None, scope.acting_as())


def _scope(reader: Reader, derived: Known, answers: list[Response], judged: list[Assessment]) -> list[UnderAgreement]:
    by_agreement = {row.agreement_id: row for row in judged}
    return [
        scope.asked(agreement, derived.reports, derived.claims, answers, by_agreement.get(agreement.pk), reader)
        for agreement in agreements_of(reader, derived, judged)
    ]


def agreements_of(reader: Reader, derived: Known, judged: Iterable[Assessment] = ()) -> list[Agreement]:
    """Return the agreements under which this incident is asked about: its reports', and others of the place and time; and where it is judged."""
    found = scope.agreements_for(reader, derived.reports, scope.narrowed(derived.claims)[0])
    return found + [row.agreement for row in judged if row.agreement not in found]
