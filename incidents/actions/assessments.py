"""Assessments: one editor judges an incident under an agreement and says why, a second one confirms. Nobody judges what they reported."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import Agreement, Assessment, ChangeKind, Incident, Report, User
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
WORDS = {"occurrence": Occurrence, "attribution": Attribution, **dict.fromkeys(SCOPE, ScopeAnswer)}


@transaction.atomic
def decide(*, incident: Incident, agreement: Agreement, by: User, reason: str, version: int | None = None, **judged: Any) -> Assessment:
    """Return the judgement of this incident under this agreement; it counts once a second editor confirms it.

    `judged` are the fields of Assessment; what is not said is unverified, not established, unknown. A decision made anew takes the place of
    the earlier one, which stays in the change log, and needs a new confirmation. Raise StaleRecord if it changed since `version`.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    _must_not_have_reported(incident, by)
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why you decide so."), "reason")
    stored = Assessment.objects.select_for_update(of=("self",)).filter(incident=incident, agreement=agreement).first()
    _must_be_fresh(stored, version)
    before = stored.facts() if stored else None
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
    assessment.save(force_insert=stored is None, force_update=stored is not None)
    _record(assessment, by, ChangeKind.ASSESSMENT_DECIDED, before, reason)
    return assessment


@transaction.atomic
def confirm(*, assessment: Assessment, by: User, version: int | None = None, note: str = "") -> Assessment:
    """Return the assessment, confirmed. Raise RuleBroken if `by` decided it or entered a report behind it."""
    incident = Incident.objects.select_for_update().get(pk=assessment.incident_id)
    assessment = Assessment.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=assessment.pk)
    _must_be_fresh(assessment, version)
    if assessment.decided_by_id is None:
        raise RuleBroken("not_decided", _("Nobody has decided this yet."), "decided_by")
    if assessment.confirmed_by_id is not None:
        raise RuleBroken("not_current", _("This assessment is confirmed already."), "confirmed_by")
    if assessment.decided_by_id == by.pk:
        raise RuleBroken("second_editor", _("A second editor confirms a decision."), "confirmed_by")
    _must_not_have_reported(incident, by)
    before = assessment.facts()
    assessment.confirmed_by, assessment.confirmed_at = by, timezone.now()
    assessment.version += 1
    assessment.save(update_fields=["confirmed_by", "confirmed_at", "version"])
    _record(assessment, by, ChangeKind.ASSESSMENT_CONFIRMED, before, note)
    return assessment


def _record(assessment: Assessment, by: User, kind: ChangeKind, before: Any, note: str) -> None:
    changes.record(by=by, kind=kind, record=assessment, agreement=assessment.agreement, before=before, after=assessment.facts(), note=note)


def _must_not_have_reported(incident: Incident, by: User) -> None:
    """Raise RuleBroken if this person entered a report of the incident, of whatever state."""
    if Report.objects.filter(incident=incident, entered_by=by).exists():
        raise RuleBroken("own_report", _("You entered a report of this incident: somebody else decides and confirms."), "decided_by")


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
