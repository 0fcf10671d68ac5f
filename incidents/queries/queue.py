"""What waits for an editor, and why, the longest waiting first. Which cases wait is asked of the database; only those shown are compared."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.models import Agreement, Assessment, Case, Comment, Incident, Report, Response, User
from incidents.queries import incidents, kept, visibility
from incidents.queries.review import LookedUp, compared
from incidents.queries.visibility import Reader
from incidents.rules import review
from incidents.vocabulary import Occurrence, ReportState

MOST = 200  # counted no further
PAGE = 50


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
    held_since: datetime | None
    assigned_to: User | None
    stage: review.Stage


@dataclass(frozen=True)
class Page:
    """Some cases in order, and the opaque cursors of those that wait less long (`next`) and longer (`previous`)."""

    rows: list[Waiting] = field(default_factory=list)
    next: str | None = None
    previous: str | None = None


def page(reader: Reader, agreement: Agreement | None = None, *, is_mine: bool = False, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Return a page of what waits: under one agreement or any, of everybody or of what the reader holds or is given.

    How many queries this takes depends neither on how many cases wait nor on how many reports they have. Raise RuleBroken for no cursor.
    """
    cases = _waiting(reader, agreement, is_mine)
    way, place = _read(cursor) if cursor else ("n", None)
    found = list((_after(cases, place) if way == "n" else _before(cases, place))[: limit + 1])
    shown = found[:limit] if way == "n" else found[:limit][::-1]
    more = len(found) > limit
    return Page(
        rows=_rows(reader, shown),
        next=_cursor("n", shown[-1]) if shown and (more or way == "a") else None,
        previous=_cursor("a", shown[0]) if shown and (more if way == "a" else place is not None) else None,
    )


def around(reader: Reader, incident: Incident, *, before: int = 5, after: int = 15) -> list[Waiting]:
    """Return the cases next to this one in the queue, itself among them; of a case that does not wait, the first."""
    return _rows(reader, _asked(reader).around(incident.pk, before, after))


def of(reader: Reader, public_ids: Iterable[UUID]) -> list[Waiting]:
    """Return those of these incidents that wait, in order."""
    return _rows(reader, list(_after(_waiting(reader).filter(public_id__in=list(public_ids)), None)))


def number(reader: Reader, agreement: Agreement | None = None, *, is_mine: bool = False) -> int:
    """Return how many cases wait, counted no further than `MOST`, without reading any of them."""
    return _asked(reader, agreement, is_mine).count(MOST)


def stages(reader: Reader) -> Counter[review.Stage]:
    """Return how many of the cases that wait stand where, counted no further than `MOST` in all, without reading any of them."""
    judged = Assessment.objects.filter(incident=OuterRef("pk"))
    marked = _waiting(reader).annotate(
        is_decided=Exists(judged.filter(decided_by__isnull=False, confirmed_by=None)),
        is_taken=Exists(judged.filter(occurrence=Occurrence.UNDER_REVIEW)),
        is_confirmed=Exists(judged.filter(confirmed_by__isnull=False)),
    )
    rows = marked.order_by().values_list("is_decided", "is_taken", "is_confirmed")[:MOST]
    return Counter(_furthest(decided, taken, confirmed) for decided, taken, confirmed in rows)


def _furthest(is_decided: bool, is_taken: bool, is_confirmed: bool) -> review.Stage:
    """Return the stage of a case that may stand differently under two agreements: what asks most of an editor first."""
    if is_decided:
        return review.Stage.DECIDED
    if is_taken:
        return review.Stage.UNDER_REVIEW
    return review.Stage.CONFIRMED if is_confirmed else review.Stage.UNVERIFIED


def _asked(reader: Reader, agreement: Agreement | None = None, is_mine: bool = False) -> kept.Statement:
    """Return the question which incidents wait, and since when; kept where it names neither agreement nor person, as every page asks it."""
    key = None if agreement or is_mine else ("waiting", visibility.standing(reader))
    return kept.statement(key, ("pk", "since"), lambda: _waiting(reader, agreement, is_mine))


def _waiting(reader: Reader, agreement: Agreement | None = None, is_mine: bool = False) -> QuerySet[Incident]:
    """Return the incidents that need an editor, with `since` when."""
    judged = Assessment.objects.filter(incident=OuterRef("pk"))
    standing = visibility.reports(reader).filter(incident=OuterRef("pk"), state=ReportState.SUBMITTED).order_by()
    came = standing.annotate(came_at=Coalesce("submitted_at", "created_at"))
    since = Assessment.objects.filter(incident=OuterRef("incident"), decided_at__gte=OuterRef("came_at"))
    elsewhere = Assessment.objects.filter(incident=OuterRef("incident"), agreement=OuterRef("agreement"))
    needs = (
        ~Exists(judged)
        | Exists(judged.filter(confirmed_by=None))
        | Exists(standing.filter(~Exists(elsewhere)))
        | Exists(came.filter(~Exists(since)))
        | Exists(Response.objects.filter(incident=OuterRef("pk")).annotate(came_at=F("created_at")).filter(~Exists(since)))
        | Exists(Comment.objects.filter(incident=OuterRef("pk"), kind=Comment.Kind.QUESTION, answered_by=None))
    )
    found = visibility.cases(reader).filter(Exists(standing.filter(agreement=agreement) if agreement else standing), needs)
    if is_mine:
        holds = Q(case__held_by=reader, case__held_until__gt=timezone.now())
        found = found.filter(holds | Q(case__assigned_to=reader))
    return found.filter(merged_into=None, withdrawn_at=None).annotate(since=Subquery(came.order_by("came_at").values("came_at")[:1]))


Place = tuple[datetime, int]


def _place(incident: Incident) -> Place:
    return incident.since, incident.pk  # type: ignore[attr-defined]


def _after(cases: QuerySet[Incident], place: Place | None) -> QuerySet[Incident]:
    if place:
        cases = cases.filter(Q(since__gt=place[0]) | Q(since=place[0], pk__gt=place[1]))
    return cases.order_by("since", "pk")  # type: ignore[misc]  # annotated by `_waiting`


def _before(cases: QuerySet[Incident], place: Place | None) -> QuerySet[Incident]:
    if place:
        cases = cases.filter(Q(since__lt=place[0]) | Q(since=place[0], pk__lt=place[1]))
    return cases.order_by("-since", "-pk")  # type: ignore[misc]  # annotated by `_waiting`


def _cursor(way: str, incident: Incident) -> str:
    since, key = _place(incident)
    return base64.urlsafe_b64encode(f"{way}{since.isoformat()} {key}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, Place]:
    try:
        told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        way, (since, key) = told[0], told[1:].split(" ")
        place = datetime.fromisoformat(since), int(key)
        if way not in "na" or place[0].tzinfo is None or not 0 < place[1] < 2**63:
            raise ValueError(told)
    except (binascii.Error, ValueError, IndexError, OverflowError) as error:
        raise RuleBroken("unreadable_cursor", _now("This cursor cannot be read: begin again at the first page."), "cursor") from error
    return way, place


def _rows(reader: Reader, cases: list[Any]) -> list[Waiting]:
    """Return these cases, of which `pk` and `since` are known, as rows, in their order, all that they show read at once."""
    asked = incidents.filtered(reader, incidents.IncidentFilter()).filter(pk__in=[case.pk for case in cases])
    asked = asked.select_related("case__held_by", "case__assigned_to").prefetch_related("assessments", "responses", "comments__answered_by")
    read = {incident.pk: incident for incident in asked} if cases else {}
    looked_up = LookedUp()
    return [_row(read[case.pk], case.since, looked_up) for case in cases if case.pk in read]


def _row(incident: Incident, since: datetime, looked_up: LookedUp) -> Waiting:
    reports: list[Report] = [report for report in incident.seen_reports if report.state == ReportState.SUBMITTED]  # type: ignore[attr-defined]
    case: Case | None = getattr(incident, "case", None)
    reasons, contradicted = _why(incident, reports, looked_up)
    hold = case and case.held_by and case.held_until and case.held_until > timezone.now()
    return Waiting(
        incident=incident,
        since=since,
        claims=len(reports),
        reasons=reasons,
        contradicted=contradicted,
        held_by=case.held_by if case and hold else None,
        held_since=case.held_since if case and hold else None,
        assigned_to=case.assigned_to if case else None,
        stage=_stage(incident),
    )


def _stage(incident: Incident) -> review.Stage:
    judged = list(incident.assessments.all())
    return _furthest(
        any(row.decided_by_id and not row.confirmed_by_id for row in judged),
        any(row.occurrence == Occurrence.UNDER_REVIEW for row in judged),
        any(row.confirmed_by_id for row in judged),
    )


def _why(incident: Incident, reports: list[Report], around: LookedUp) -> tuple[tuple[Waits, ...], tuple[str, ...]]:
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
        contradicted = tuple(dict.fromkeys(str(row.field.label) for row in compared(incident, around).contradicted))
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
