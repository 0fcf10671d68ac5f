"""Assessments: one editor judges an incident under an agreement and says why, a second one confirms. Nobody judges what they reported."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import authorship, changes
from incidents.actions.incidents import still_open
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import Agreement, Assessment, ChangeKind, Incident, User
from incidents.rules import review
from incidents.rules.review import Move
from incidents.vocabulary import Attribution, HarmGrade, Occurrence, ScopeAnswer

SCOPE = ("in_force", "party_bound", "target_excluded", "place_covered")
JUDGED = (
    "occurrence",
    "term",
    "attribution",
    "attributed_party",
    "attributed_side",
    "harm_grade",
    "target_as_assessed",
    "target_party",
    *SCOPE,
    "scope_reasons",
    "public_summary",
)
UNDOING = {
    Move.WITHDRAW: ChangeKind.ASSESSMENT_WITHDRAWN,
    Move.SEND_BACK: ChangeKind.ASSESSMENT_SENT_BACK,
    Move.REOPEN: ChangeKind.ASSESSMENT_REOPENED,
}
WORDS = {"occurrence": Occurrence, "attribution": Attribution, **dict.fromkeys(SCOPE, ScopeAnswer)}


@transaction.atomic
def decide(*, incident: Incident, agreement: Agreement, by: User, reason: str, version: int | None = None, **judged: Any) -> Assessment:
    """Return the judgement of this incident under this agreement; it counts once a second editor confirms it.

    `judged` are the fields of Assessment: `occurrence` says what is found; what else is not said is not established, unknown. What is
    decided or confirmed is first taken back, sent back or reopened (`move`). Raise StaleRecord if it changed since `version`.
    """
    incident = still_open(incident)
    authors = authorship.of(incident)
    review.must_not_judge_own(authors, by.pk)
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why you decide so."), "reason")
    stored = Assessment.objects.select_for_update(of=("self",)).filter(incident=incident, agreement=agreement).first()
    _must_be_fresh(stored, version)
    before = stored.facts() if stored else None
    state = authorship.state(stored)
    if review.may_move(state, Move.TAKE_UP):  # deciding at once takes the case up on the way
        state = review.after(state, Move.TAKE_UP)
    occurrence = judged.get("occurrence", Occurrence.UNVERIFIED)
    if occurrence not in Occurrence.values:
        raise _unknown(occurrence, "occurrence")
    review.after(state, Move.DECIDE, Occurrence(occurrence))
    assessment = Assessment(incident=incident, agreement=agreement)
    if stored:
        assessment.pk, assessment.public_id, assessment.created_at, assessment.version = (
            stored.pk,
            stored.public_id,
            stored.created_at,
            stored.version + 1,
        )
    for name, value in judged.items():
        if name not in JUDGED:
            raise TypeError(f"an assessment has no {name} to judge")
        setattr(assessment, name, value)
    _check(assessment)
    assessment.reason, assessment.decided_by, assessment.decided_at = reason, by, timezone.now()
    assessment.report_authors = sorted(authors)
    assessment.save(force_insert=stored is None, force_update=stored is not None)
    _record(assessment, by, ChangeKind.ASSESSMENT_DECIDED, before, reason)
    return assessment


@transaction.atomic
def confirm(*, assessment: Assessment, by: User, version: int | None = None, note: str = "") -> Assessment:
    """Return the assessment, confirmed. Raise RuleBroken if `by` decided it, or one of the two entered a report that is or was behind it."""
    incident, assessment = _locked(assessment, version)
    review.must_be_confirmable(assessment.decided_by_id, authorship.of(incident), by.pk, assessment.report_authors)
    review.after(authorship.state(assessment), Move.CONFIRM)
    before = assessment.facts()
    assessment.confirmed_by, assessment.confirmed_at = by, timezone.now()
    assessment.version += 1
    assessment.save(update_fields=["confirmed_by", "confirmed_at", "version"])
    _record(assessment, by, ChangeKind.ASSESSMENT_CONFIRMED, before, note)
    return assessment


@transaction.atomic
def move(*, assessment: Assessment, move: Move, by: User, reason: str, version: int | None = None) -> Assessment:
    """Return the assessment after its decision was taken back by who made it, sent back by a second editor, or reopened.

    It is under review again and counts no more; all that was judged stays filled in, and the change log keeps the decision.
    """
    incident, assessment = _locked(assessment, version)
    if move not in UNDOING:
        raise RuleBroken("not_possible_now", _("This cannot be done with the case as it now stands."), "move")
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why."), "reason")
    state = review.after(authorship.state(assessment), move)
    if move == Move.WITHDRAW:
        review.must_be_decider(assessment.decided_by_id, by.pk)
    elif move in review.JUDGING:
        review.must_be_second_editor(assessment.decided_by_id, {*authorship.of(incident), *assessment.report_authors}, by.pk)
    authorship.put_back(assessment, state, by=by, kind=UNDOING[move], note=reason)
    return assessment


def _locked(assessment: Assessment, version: int | None) -> tuple[Incident, Assessment]:
    """Return the incident and the assessment, locked. Raise StaleRecord if either changed: a merger may have taken it to another incident."""
    incident = Incident.objects.select_for_update(no_key=True).get(pk=assessment.incident_id)
    assessment = Assessment.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=assessment.pk)
    _must_be_fresh(assessment, version if assessment.incident_id == incident.pk else -1)
    return incident, assessment


def _record(assessment: Assessment, by: User, kind: ChangeKind, before: Any, note: str) -> None:
    changes.record(by=by, kind=kind, record=assessment, agreement=assessment.agreement, before=before, after=assessment.facts(), note=note)


def _must_be_fresh(assessment: Assessment | None, version: int | None) -> None:
    """Raise StaleRecord if this is not the version that was read; 0 stands for none yet."""
    if version is not None and version != (assessment.version if assessment else 0):
        raise StaleRecord("stale", _("Somebody changed this assessment since you opened it. Nothing was overwritten."), "version")


def _check(assessment: Assessment) -> None:
    for name, words in WORDS.items():
        if getattr(assessment, name) not in words.values:
            raise _unknown(getattr(assessment, name), name)
    if assessment.harm_grade and assessment.harm_grade not in HarmGrade.values:
        raise _unknown(assessment.harm_grade, "harm_grade")
    for name in ("term", "attributed_side"):
        other = getattr(assessment, name)
        if other is not None and other.agreement_id != assessment.agreement_id:
            raise RuleBroken("other_agreement", _("This belongs to another agreement."), name)
    names = [name for name in ("attributed_party", "attributed_side") if getattr(assessment, name) is not None]
    if assessment.attribution == Attribution.ATTRIBUTED and len(names) != 1:
        raise RuleBroken("attributed_to_whom", _("Name the one party or side that it is attributed to."), "attributed_side")
    if assessment.attribution != Attribution.ATTRIBUTED and names:
        raise RuleBroken("not_attributed", _("Somebody is named only where it is attributed."), names[0])


def _unknown(word: object, field: str) -> RuleBroken:
    return RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": word}, field)
