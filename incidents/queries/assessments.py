"""Assessments as JSON lists them: what editors decided."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from incidents.models import Agreement, Assessment
from incidents.queries import filters, incidents, narrowing
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader
from incidents.vocabulary import Bucket, Occurrence


@dataclass(frozen=True)
class AssessmentFilter(Filter):
    """Which judgements are asked for."""

    own = {
        "side": replace(filters.WORDS["side"], says="To whom it is attributed: a side's letter, with `agreement`; or `nobody`."),
        "accused": replace(filters.WORDS["accused"], says="Slug of the party to which it is attributed, itself or an organ of it."),
        "state": filters.one_of(Occurrence, "Whether it happened as a violation."),
        "grade": filters.HARM_GRADE,
        "text": replace(filters.WORDS["text"], says="In the public summary."),
    }

    agreement: str = ""
    incident: str = ""
    side: str = ""
    accused: str = ""
    state: str = ""
    grade: str = ""
    text: str = ""
    updated_since: datetime | None = None


def filtered(reader: Reader, asked: AssessmentFilter) -> QuerySet[Assessment]:
    """Return the judgements asked for, newest first."""
    found = incidents.assessments(reader)
    agreement = narrowing.agreement(reader, asked.agreement)
    if agreement:
        found = found.filter(agreement=agreement)
    if asked.incident:
        found = found.filter(incident__slug=asked.incident)
    if asked.side:
        found = found.filter(_attributed(agreement, asked.side))
    if asked.accused:
        found = found.filter(narrowing.is_party(asked.accused, "attributed_party", "accused"))
    same = {"occurrence": asked.state, "harm_grade": asked.grade}
    found = found.filter(**{name: value for name, value in same.items() if value})
    if asked.text:
        found = found.filter(public_summary__icontains=asked.text)
    return narrowing.updated(reader, found, asked.updated_since)


def _attributed(agreement: Agreement | None, side: str) -> Q:
    """Return the judgements that name this side, or nobody. A party is looked for by `accused`: where it stood hangs on the day."""
    if side == Bucket.NOBODY:
        return Q(attributed_party=None, attributed_side=None)
    if agreement is None or not agreement.sides.filter(code=side).exists():
        raise filters.unknown(side, "side")
    return Q(attributed_side__code=side)
