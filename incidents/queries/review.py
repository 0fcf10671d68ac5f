"""Claims of one event compared field by field; what a decision would do to the tallies."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from incidents.models import Agreement, Assessment, Incident, Report, Side
from incidents.queries import contributions, incident_contributions, incidents, scope
from incidents.queries.sides import CampsByAgreement
from incidents.rules import contradictions
from incidents.rules.contradictions import Comparison, Received
from incidents.vocabulary import Attribution, Bucket, Occurrence, Series, ViolationType


@dataclass(frozen=True)
class Effect:
    """How one count of a case would change if a decision were confirmed. `is_in_force`: on the days that the agreement's tally counts."""

    series: Series
    side: Side | None
    bucket: Bucket
    before: int
    after: int
    is_in_force: bool = True


class LookedUp:
    """What comparing claims looks up: what places lie in, and who stands where. Each is read once, when it is first asked for."""

    def __init__(self) -> None:
        self.tree, self.camps = scope.Tree(), CampsByAgreement()


def compared(incident: Incident, around: LookedUp | None = None) -> Comparison:
    """Return the claims of an incident that `incidents.one` gave, field by field, in order of receipt.

    Where many are compared, `around` keeps what all of them look up, so that it is read once.
    """
    around = around or LookedUp()
    known = incidents.known(incident, around.tree)
    received = [
        Received(claim, report.submitted_at or report.created_at, ViolationType(report.violation_type), report.target_as_claimed)
        for report, claim in zip(known.reports, known.claims, strict=True)
    ]
    return contradictions.compared(received, _letters(known.reports, around))


def effect(incident: Incident, agreement: Agreement, judged: Mapping[str, Any]) -> list[Effect]:
    """Return what the tallies would show otherwise if this judgement were confirmed. Nothing is stored.

    `judged` are fields of Assessment: `occurrence`, `attribution`, `attributed_party`, `attributed_side`.
    """
    around = contributions.surroundings(agreement)
    reports = [report.facts() for report in _told(incident, agreement)]
    stored = Assessment.objects.filter(incident=incident, agreement=agreement).first()
    party, side = judged.get("attributed_party"), judged.get("attributed_side")
    proposed = {
        "occurrence": str(judged.get("occurrence", Occurrence.UNVERIFIED)),
        "attribution": str(judged.get("attribution", Attribution.NOT_ESTABLISHED)),
        "attributed_party": party.slug if party else None,
        "attributed_side": str(side.public_id) if side else None,
        "confirmed_by": "somebody else",
    }
    now = _cells(incident_contributions.of_incident(incident.public_id, reports, [stored.facts()] if stored else [], around), around)
    then = _cells(incident_contributions.of_incident(incident.public_id, reports, [proposed], around), around)
    sides = {row.pk: row for row in around.camps.sides.values()}
    return [
        Effect(Series(cell[0]), sides.get(cell[2]) if cell[2] else None, Bucket(cell[1]), now[cell], then[cell], cell[3])
        for cell in sorted(now.keys() | then.keys(), key=str)
        if now[cell] != then[cell]
    ]


def _told(incident: Incident, agreement: Agreement) -> QuerySet[Report]:
    """Return the current reports with every record that their facts name."""
    named = [field.name for field in Report._meta.concrete_fields if field.is_relation]
    told = Report.objects.current().filter(incident=incident, agreement=agreement)
    return told.select_related(*named).prefetch_related("casualty_claims")


def _cells(contribution: contributions.Contribution, around: contributions.Surroundings) -> Counter[tuple[str, str, int | None, bool]]:
    """Return how often each cell is counted, apart for what the default window leaves out: the ledger's own lines, by its own window."""
    counted = (line for line in contribution.lines if line.measure == contributions.COUNT)
    return Counter((line.series, line.bucket, line.side_id, around.window.touches(line.first_day, line.last_day)) for line in counted)


def _letters(reports: list[Report], around: LookedUp) -> dict[str, str]:
    """Return the letter of the side on which each accused party stood on the day, by the id that `rules` know it by."""
    letters: dict[str, str] = {}
    for report in reports:
        if report.accused_party is not None:
            bucket, side = around.camps.of(report.agreement).side_of(report.accused_party, report.occurred_on)
            if side is not None and bucket == Bucket.SIDE:
                letters[scope.party(report.accused_party).id] = side.code
    return letters
