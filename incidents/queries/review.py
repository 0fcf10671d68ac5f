"""What waits for an editor, and why; claims of one event compared field by field; what a decision would do to the tallies."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, TextChoices
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models import Agreement, Assessment, Case, Comment, Incident, Report, Response, Side, User
from incidents.queries import contributions, incident_contributions, incidents, scope, visibility
from incidents.queries.sides import camps
from incidents.queries.visibility import Reader
from incidents.rules import contradictions, review
from incidents.rules.contradictions import Comparison, Received
from incidents.vocabulary import Attribution, Bucket, Occurrence, Series, ViolationType

MOST = 200


class Waits(TextChoices):
    """Why an incident is in the queue."""

    CONTRADICTION = "contradiction", _("Claims contradict one another")
    UNVERIFIED = "unverified", _("Nobody has decided")
    SECOND_EDITOR = "second_editor", _("A decision waits for a second editor")
    NEW_REPORT = "new_report", _("A report came in since the decision")
    NEW_RESPONSE = "new_response", _("An answer came in since the decision")
    POSSIBLE_DUPLICATE = "possible_duplicate", _("A report was saved beside possible duplicates")
    QUESTION = "question", _("A question waits for an answer")


@dataclass(frozen=True)
class Waiting:
    """One incident in the queue: since when, why, and who is at it."""

    incident: Incident
    since: datetime
    claims: int
    reasons: tuple[Waits, ...]
    contradicted: tuple[str, ...]
    held_by: User | None
    assigned_to: User | None


@dataclass(frozen=True)
class Effect:
    """How one count would change if a decision were confirmed."""

    series: Series
    side: Side | None
    bucket: Bucket
    before: int
    after: int


def queue(reader: Reader, agreement: Agreement | None = None) -> list[Waiting]:
    """Return the incidents that need an editor, the longest waiting first; at most `MOST`."""
    found = visibility.cases(reader).filter(merged_into=None, withdrawn_at=None, reports__state="submitted").distinct()
    if agreement:
        found = found.filter(reports__agreement=agreement)
    asked = incidents.filtered(reader, incidents.IncidentFilter()).filter(pk__in=found.values("pk"))
    asked = asked.select_related("case__held_by", "case__assigned_to").prefetch_related("assessments", "responses", "comments__answered_by")
    rows = [row for incident in asked.order_by("id")[: MOST * 5] if (row := _waiting(incident)) and row.reasons]
    return sorted(rows, key=lambda row: (row.since, row.incident.pk))[:MOST]


def number(reader: Reader) -> int:
    """Return how many incidents need an editor, counted no further than `MOST`: as many as `queue` has, without reading any of them."""
    judged = Assessment.objects.filter(incident=OuterRef("pk"))
    standing = Report.objects.filter(incident=OuterRef("pk"), state="submitted")
    since = Assessment.objects.filter(incident=OuterRef("incident"), decided_at__gte=OuterRef("came_at"))
    elsewhere = Assessment.objects.filter(incident=OuterRef("incident"), agreement=OuterRef("agreement"))
    needs = (
        ~Exists(judged)
        | Exists(judged.filter(confirmed_by=None))
        | Exists(standing.filter(~Exists(elsewhere)))
        | Exists(standing.annotate(came_at=Coalesce("submitted_at", "created_at")).filter(~Exists(since)))
        | Exists(Response.objects.filter(incident=OuterRef("pk")).annotate(came_at=F("created_at")).filter(~Exists(since)))
        | Exists(Comment.objects.filter(incident=OuterRef("pk"), kind=Comment.Kind.QUESTION, answered_by=None))
    )
    found = visibility.cases(reader).filter(Exists(standing), needs, merged_into=None, withdrawn_at=None)
    return found.order_by()[:MOST].count()


def compared(incident: Incident) -> Comparison:
    """Return the claims of an incident that `incidents.one` gave, field by field, in order of receipt."""
    known = incidents.known(incident)
    received = [
        Received(claim, report.submitted_at or report.created_at, ViolationType(report.violation_type), report.target_as_claimed)
        for report, claim in zip(known.reports, known.claims, strict=True)
    ]
    return contradictions.compared(received, _letters(known.reports))


def effect(incident: Incident, agreement: Agreement, judged: Mapping[str, Any]) -> list[Effect]:
    """Return what the tallies would show otherwise if this judgement were confirmed. Nothing is stored.

    `judged` are fields of Assessment: `occurrence`, `attribution`, `attributed_party`, `attributed_side`.
    """
    around = contributions.surroundings(agreement)
    reports = [report.facts() for report in Report.objects.current().filter(incident=incident, agreement=agreement)]
    stored = Assessment.objects.filter(incident=incident, agreement=agreement).first()
    party, side = judged.get("attributed_party"), judged.get("attributed_side")
    proposed = {
        "occurrence": str(judged.get("occurrence", Occurrence.UNVERIFIED)),
        "attribution": str(judged.get("attribution", Attribution.NOT_ESTABLISHED)),
        "attributed_party": party.slug if party else None,
        "attributed_side": str(side.public_id) if side else None,
        "confirmed_by": "somebody else",
    }
    now = _cells(incident_contributions.of_incident(incident.public_id, reports, [stored.facts()] if stored else [], around))
    then = _cells(incident_contributions.of_incident(incident.public_id, reports, [proposed], around))
    sides = {row.pk: row for row in around.camps.sides.values()}
    return [
        Effect(Series(series), sides.get(side_id) if side_id else None, Bucket(bucket), now[series, bucket, side_id], then[series, bucket, side_id])
        for series, bucket, side_id in sorted(now.keys() | then.keys(), key=str)
        if now[series, bucket, side_id] != then[series, bucket, side_id]
    ]


def _cells(contribution: contributions.Contribution) -> Counter[tuple[str, str, int | None]]:
    return Counter((line.series, line.bucket, line.side_id) for line in contribution.lines if line.measure == contributions.COUNT)


def _waiting(incident: Incident) -> Waiting | None:
    reports: list[Report] = [report for report in incident.seen_reports if report.state == "submitted"]  # type: ignore[attr-defined]
    if not reports:
        return None
    case: Case | None = getattr(incident, "case", None)
    reasons, contradicted = _why(incident, reports)
    hold = case and case.held_by and case.held_until and case.held_until > timezone.now()
    return Waiting(
        incident=incident,
        since=min(report.submitted_at or report.created_at for report in reports),
        claims=len(reports),
        reasons=reasons,
        contradicted=contradicted,
        held_by=case.held_by if case and hold else None,
        assigned_to=case.assigned_to if case else None,
    )


def _why(incident: Incident, reports: list[Report]) -> tuple[tuple[Waits, ...], tuple[str, ...]]:
    judged = list(incident.assessments.all())
    by_agreement = {row.agreement_id: row for row in judged}
    states = [
        review.state_of(Occurrence(row.occurrence), is_decided=row.decided_by_id is not None, is_confirmed=row.confirmed_by_id is not None)
        for row in judged
    ]
    reasons = []
    is_settled = bool(judged) and all(state.is_final for state in states) and {report.agreement_id for report in reports} <= by_agreement.keys()
    contradicted: tuple[str, ...] = ()
    if not is_settled:
        contradicted = tuple(dict.fromkeys(str(row.field.label) for row in compared(incident).contradicted))
        if contradicted:
            reasons.append(Waits.CONTRADICTION)
        if any(state.stage == review.Stage.DECIDED for state in states):
            reasons.append(Waits.SECOND_EDITOR)
        else:
            reasons.append(Waits.UNVERIFIED)
    decided_at = max((row.decided_at for row in judged if row.decided_at), default=None)
    if decided_at:
        if any((report.submitted_at or report.created_at) > decided_at for report in reports):
            reasons.append(Waits.NEW_REPORT)
        responses: list[Response] = list(incident.responses.all())
        if any(response.created_at > decided_at for response in responses):
            reasons.append(Waits.NEW_RESPONSE)
    if not is_settled and any(report.may_be_duplicate for report in reports):
        reasons.append(Waits.POSSIBLE_DUPLICATE)
    questions: list[Comment] = [comment for comment in incident.comments.all() if comment.kind == Comment.Kind.QUESTION]  # type: ignore[attr-defined, unused-ignore]  # the plugin finds it only sometimes
    if any(not hasattr(question, "answered_by") for question in questions):
        reasons.append(Waits.QUESTION)
    return tuple(reasons), contradicted


def _letters(reports: list[Report]) -> dict[str, str]:
    """Return the letter of the side on which each accused party stood on the day, by the id that `rules` know it by."""
    letters: dict[str, str] = {}
    for report in reports:
        if report.accused_party is not None:
            bucket, side = camps(report.agreement).side_of(report.accused_party, report.occurred_on)
            if side is not None and bucket == Bucket.SIDE:
                letters[scope.party(report.accused_party).id] = side.code
    return letters
