"""Cases: taking one up and letting it go, giving it to somebody, asking and answering."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.actions.incidents import still_open
from incidents.errors import RuleBroken
from incidents.models import Case, ChangeKind, Comment, Incident, Report, User
from incidents.permissions import Capability, may_at_one, must_work_on
from incidents.rules import review


@transaction.atomic
def take_up(*, incident: Incident, by: User, taking_over: bool = False) -> Case:
    """Return the case, held by this person for a while. Raise RuleBroken if somebody else has it, unless it is taken over knowingly."""
    must_work_on(by, Capability.ASSESS, incident)
    case = _case(still_open(incident))
    hold = review.claim(hold_of(case), by.pk, timezone.now(), taking_over=taking_over)
    case.held_by, case.held_since, case.held_until = by, hold.since, hold.until
    case.save(update_fields=["held_by", "held_since", "held_until"])
    return case


@transaction.atomic
def let_go(*, incident: Incident, by: User) -> Case:
    """Return the case, held by nobody. Raise RuleBroken if somebody else has it open."""
    must_work_on(by, Capability.ASSESS, incident)
    case = _case(incident)
    review.release(hold_of(case), by.pk, timezone.now())
    case.held_by = case.held_since = case.held_until = None
    case.save(update_fields=["held_by", "held_since", "held_until"])
    return case


def hold_of(case: Case) -> review.Hold | None:
    """Return the case's hold as the rules know it, whether or not it has run out."""
    if case.held_by_id is None or case.held_since is None or case.held_until is None:
        return None
    return review.Hold(case.held_by_id, case.held_since, case.held_until)


@transaction.atomic
def assign(*, incident: Incident, to: User | None, by: User) -> Case:
    """Return the case, given to an editor or to nobody."""
    if to is not None and not may_at_one(to, Capability.ASSESS, Report.objects.filter(incident=incident).values_list("agreement", flat=True)):
        raise RuleBroken("not_an_editor", _("Only an editor can be given a case."), "to")
    case = _case(still_open(incident))
    before = {"assigned_to": case.assigned_to and case.assigned_to.get_username()}
    case.assigned_to = to
    case.save(update_fields=["assigned_to"])
    after = {"assigned_to": to and to.get_username()}
    changes.record(by=by, kind=ChangeKind.CASE_ASSIGNED, record=incident, before=before, after=after)
    return case


@transaction.atomic
def comment(*, incident: Incident, body: str, by: User, put_to: User | None = None) -> Comment:
    """Return a comment; put to somebody it is a question, which waits for their answer."""
    kind = Comment.Kind.QUESTION if put_to else Comment.Kind.COMMENT
    return _said(Comment(incident=still_open(incident), kind=kind, body=body, by=by, put_to=put_to))


@transaction.atomic
def answer(*, question: Comment, body: str, by: User) -> Comment:
    """Return the answer to a question. Raise RuleBroken if it is answered already, or was put to somebody else."""
    question = Comment.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.kind != Comment.Kind.QUESTION or question.put_to != by:
        raise RuleBroken("not_asked", _("This was not put to you."))
    if Comment.objects.filter(answers=question).exists():
        raise RuleBroken("answered", _("This is answered already."))
    return _said(Comment(incident=question.incident, kind=Comment.Kind.ANSWER, body=body, by=by, answers=question))


def _said(said: Comment) -> Comment:
    if not said.body.strip():
        raise RuleBroken("empty", _("Write something."), "body")
    said.save(force_insert=True)
    changes.record(by=said.by, kind=ChangeKind.COMMENT_ADDED, record=said, after=said.facts())
    return said


def _case(incident: Incident) -> Case:
    Case.objects.get_or_create(incident=incident)
    return Case.objects.select_for_update(of=("self",)).select_related("held_by", "assigned_to").get(incident=incident)
