"""Whose work stands behind a judgement: nobody decides or confirms on a report that they entered (rule 8 of the domain).

Who entered the reports is kept with the decision from the moment it is made, and only grows while it stands. So a report taken out of the
case and put back does not make its author a second editor in between, whichever comes first.
"""

from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.models import Assessment, ChangeKind, Incident, Report, User
from incidents.rules import review
from incidents.rules.review import Move
from incidents.vocabulary import Occurrence


def of(incident: Incident) -> set[int]:
    """Return who entered the incident's reports, of whatever state, and those that they correct. What nobody entered (imports) names nobody."""
    found: set[int] = set()
    rows = Report.objects.filter(incident=incident)
    while told := list(rows.values_list("entered_by_id", "supersedes_id")):
        found |= {author for author, _corrected in told if author is not None}
        rows = Report.objects.filter(pk__in=[corrected for _author, corrected in told if corrected is not None])
    return found


def renew(incident: Incident) -> None:
    """Add who entered what is attached now to every decision on this incident; call it, with the incident locked, after anything joined it.

    A confirmed judgement that turns out to be partly on the decider's or the confirmer's own report is reopened by Truce itself:
    it counts no more until two others have judged the case as it now is.
    """
    decided = Assessment.objects.select_for_update(of=("self",)).select_related("agreement").filter(incident=incident, decided_by__isnull=False)
    for assessment in decided.order_by("pk"):
        behind = sorted({*assessment.report_authors, *of(incident)})
        if behind == assessment.report_authors:
            continue
        assessment.report_authors = behind
        if assessment.confirmed_by_id is None or review.is_by_others(assessment.decided_by_id, assessment.confirmed_by_id, behind):
            assessment.save(update_fields=["report_authors"])
        else:
            note = _("A report joined the case that was entered by an editor who decided or confirmed it. It is to be judged by others.")
            put_back(assessment, review.after(state(assessment), Move.REOPEN), by=None, kind=ChangeKind.ASSESSMENT_REOPENED, note=note)


def put_back(assessment: Assessment, to: review.State, *, by: User | None, kind: ChangeKind, note: str) -> None:
    """Take the decision away: the assessment counts no more; all that was judged stays filled in, and the change log keeps who decided."""
    before = assessment.facts()
    assessment.occurrence = to.occurrence
    assessment.decided_by = assessment.decided_at = assessment.confirmed_by = assessment.confirmed_at = None
    assessment.report_authors = []
    assessment.version += 1
    assessment.save(update_fields=["occurrence", "decided_by", "decided_at", "confirmed_by", "confirmed_at", "report_authors", "version"])
    changes.record(by=by, kind=kind, record=assessment, agreement=assessment.agreement, before=before, after=assessment.facts(), note=note)


def state(assessment: Assessment | None) -> review.State:
    """Return where the judgement stands; none yet is unverified."""
    if assessment is None:
        return review.UNVERIFIED
    decided, confirmed = assessment.decided_by_id is not None, assessment.confirmed_by_id is not None
    return review.state_of(Occurrence(assessment.occurrence), is_decided=decided, is_confirmed=confirmed)
