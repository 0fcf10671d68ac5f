"""The page of a case: its claims compared, what follows under each agreement, the judgement and its forms, its place in the queue."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from incidents.actions import cases as working
from incidents.actions import incidents as placing
from incidents.errors import RuleBroken
from incidents.forms.review import BACK, Answer, Arrange, Assign, Back, Confirm, Decide, Merge, ReviewForm, Say
from incidents.models import Agreement, Assessment, Case, Change, Comment, Incident, Report, User
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import evidence, history, incidents, queue, review, visibility
from incidents.queries.incidents import Dossier
from incidents.queries.scope import UnderAgreement
from incidents.rules import review as rules
from incidents.rules.review import Move, Stage
from incidents.views import current
from incidents.views.access import DeskRequest
from incidents.views.desk import asked, comparison, effects, positions
from incidents.views.desk.queue import LOOKS as STAGES
from incidents.views.desk.queue import InQueue, counted, listed
from incidents.vocabulary import Occurrence

LAST = "last-arranged"
OTHERS = 200


@dataclass(frozen=True)
class Under:
    """The case under one agreement: the answers of scope, where the judgement stands."""

    under: UnderAgreement
    asked: list[asked.Asked]
    assessment: Assessment | None
    stage: str
    look: str
    address: str
    is_shown: bool


@dataclass(frozen=True)
class Said:
    """A comment or a question, its answer, and the form for the one to whom it was put."""

    comment: Comment
    answer: Comment | None
    form: Answer | None


def found(request: DeskRequest, public_id: uuid.UUID) -> Dossier:
    """Return all about one incident whose case this reader may see."""
    try:
        found = incidents.dossier(request.user, public_id)
    except Incident.DoesNotExist as error:
        raise Http404 from error
    if not visibility.is_case(request.user, found.incident):
        raise Http404
    return found


def under_agreement(request: DeskRequest, public_id: uuid.UUID, slug: str) -> tuple[Dossier, UnderAgreement]:
    """Return the case, and what is asked of it under one agreement."""
    dossier = found(request, public_id)
    under = next((row for row in dossier.scope if row.agreement.slug == slug), None)
    if under is None:
        raise Http404
    return dossier, under


def judged(dossier: Dossier, under: UnderAgreement) -> Assessment:
    """Return the judgement there is under one agreement."""
    found = _assessment(dossier, under)
    if found is None:
        raise Http404
    return found


def done(
    request: DeskRequest,
    dossier: Dossier,
    act: Callable[[], object],
    said: str,
    *,
    form: ReviewForm | None = None,
    slot: str = "",
    agreement: Agreement | None = None,
) -> HttpResponseBase:
    """Do it and return to the case; what is refused is shown where it was typed, with all that was typed."""
    if form is None or form.is_valid():
        try:
            act()
            messages.success(request, said)
            address = reverse("case", args=[dossier.incident.public_id])
            return redirect(f"{address}?{urlencode({'agreement': agreement.slug})}" if agreement else address)
        except RuleBroken as error:
            if form is None:
                messages.error(request, str(error.message))
                return redirect("case", public_id=dossier.incident.public_id)
            form.add_rule(error)
    return page(request, dossier, agreement, bound={slot: form}, status=422)


def looking(request: DeskRequest, dossier: Dossier) -> HttpResponse:
    """Say that this editor has the case open, unless another has; return who has it now. It holds nobody up."""
    incident, reports = dossier.incident, dossier.known.reports
    with suppress(RuleBroken):
        working.take_up(incident=incident, by=request.user)
    return render(request, "desk/review/_hold.html", {"incident": incident, "may_assess": True, **_held(request.user, incident, reports)})


def _held(reader: User, incident: Incident, reports: list[Report]) -> dict[str, Any]:
    """Return who looks at the case, and the form that gives it to somebody."""
    case = Case.objects.filter(incident=incident).select_related("held_by", "assigned_to").first()
    hold = rules.holder(working.hold_of(case), timezone.now()) if case else None
    return {
        "case": case,
        "hold": hold,
        "has_it": bool(hold and hold.by == reader.pk),
        "zone": reports[0].agreement.zone if reports else timezone.get_default_timezone(),
        "assign_form": Assign(initial={"to": case.assigned_to.get_username() if case and case.assigned_to else ""}),
    }


def page(
    request: DeskRequest,
    dossier: Dossier,
    agreement: Agreement | None = None,
    *,
    bound: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of a case, with the forms that were sent as they were sent."""
    bound = bound or {}
    known, incident, reader = dossier.known, dossier.incident, request.user
    slug = agreement.slug if agreement else request.GET.get("agreement", "")
    chosen = next((row for row in dossier.scope if row.agreement.slug == slug), dossier.scope[0] if dossier.scope else None)
    looked_up = review.LookedUp()
    compared = review.compared(incident, looked_up)
    visibility.look(reader, [*known.reports, *dossier.past])  # the grades of their sources, and what their history tells
    camps = {report.agreement_id: looked_up.camps.of(report.agreement) for report in known.reports}
    columns = comparison.columns(compared, known.reports, camps)
    if known.reports:
        current.agreement(request, known.reports[0].agreement.slug)
    may_assess = may(reader, Capability.ASSESS, chosen.agreement) if chosen else may_somewhere(reader, Capability.ASSESS)
    assessment = _assessment(dossier, chosen) if chosen else None
    state = _state(assessment)
    waiting, counts = listed(queue.around(reader, incident), reader), counted(reader)
    number = sum(one.number for one in counts)
    comments = list(history.comments_on(incident))
    context: dict[str, Any] = {
        "incident": incident,
        "queue": waiting,
        "counts": counts,
        "number": number,
        "is_all": number < queue.MOST,
        "neighbours": _neighbours(waiting, incident),
        "columns": columns,
        "table": comparison.table(compared, columns, evidence.numbers(reader, known.reports)),
        "map": positions.drawn(known.claims, columns),
        "contradicted": len(compared.contradicted),
        "chosen": chosen,
        "cases": [_case(row, dossier, row is chosen) for row in dossier.scope],
        "assessment": assessment,
        "stage": state.stage,
        "stage_look": STAGES[state.stage],
        "grade": dossier.grade,
        "responses": dossier.responses,
        "may_assess": may_assess,
        "is_own": any(report.entered_by_id == reader.pk for report in [*known.reports, *dossier.past])
        or bool(assessment and reader.pk in assessment.report_authors),
        **_held(reader, incident, known.reports),
        "comments": [_said(one, reader, bound.get("answer")) for one in comments if one.kind != Comment.Kind.ANSWER],
        "history": history.of_case(reader, dossier, comments),
    }
    if may_assess:
        context |= _forms(request, dossier, chosen, assessment, state, columns, bound)
    return render(request, "desk/review/show.html", context, status=status)


def _forms(
    request: DeskRequest,
    dossier: Dossier,
    chosen: UnderAgreement | None,
    assessment: Assessment | None,
    state: rules.State,
    columns: list[comparison.Column],
    bound: dict[str, Any],
) -> dict[str, Any]:
    """Return the forms of what may be done now by the table of moves, and of what may always be done."""
    reader, incident = request.user, dossier.incident
    moves = rules.moves_from(state)
    version = {"version": assessment.version if assessment else 0}
    forms: dict[str, Any] = {
        **({"assign_form": bound["assign"]} if "assign" in bound else {}),
        "say_form": bound.get("say") or Say(),
        "arrange_form": bound.get("arrange") or Arrange(incident=incident, reader=reader, initial={"how": Arrange.How.MOVE}),
        "merge_form": bound.get("merge") or Merge(reader=reader),
        "others": _others(request, incident),
        "last": last_arranged(request, dossier),
    }
    if chosen is None:
        return forms
    if Move.DECIDE in moves or Move.TAKE_UP in moves or "decide" in bound:
        initial = Decide.begun(chosen, assessment, dossier.grade.value)
        adopted = next((column for column in columns if str(column.number) == request.GET.get("adopt")), None)
        if adopted:
            initial |= Decide.adopted(adopted.report, chosen.agreement)
        form: Decide = bound.get("decide") or Decide(agreement=chosen.agreement, initial=initial)
        forms |= {"decide_form": form, "adopted": adopted, "weighed": effects.weighed(incident, chosen.agreement, form)}
    if Move.CONFIRM in moves and assessment and assessment.decided_by_id != reader.pk:
        forms["confirm_form"] = bound.get("confirm") or Confirm(initial=version)
        forms["effect"] = effects.shown(review.effect(incident, chosen.agreement, _as_stored(assessment)), chosen.agreement)
    backs = [one for one in BACK if one in moves and assessment and _is_theirs(one, assessment, reader)]
    if backs:
        back = bound.get("back")
        forms["back_form"] = back or Back(initial=version | {"move": backs[0]}, auto_id="back-%s")
        forms["back_label"] = backs[0].label
    return forms


def _case(under: UnderAgreement, dossier: Dossier, is_shown: bool) -> Under:
    assessment = _assessment(dossier, under)
    state = _state(assessment)
    said = str(Occurrence(state.occurrence).label) if state.stage in {Stage.DECIDED, Stage.CONFIRMED} else str(state.stage.label)
    address = f"{reverse('case', args=[dossier.incident.public_id])}?{urlencode({'agreement': under.agreement.slug})}#decision"
    return Under(under, asked.shown(under, assessment), assessment, said, STAGES[state.stage], address, is_shown)


def _assessment(dossier: Dossier, under: UnderAgreement) -> Assessment | None:
    return next((row for row in dossier.assessments if row.agreement_id == under.agreement.pk), None)


def _state(assessment: Assessment | None) -> rules.State:
    if assessment is None:
        return rules.UNVERIFIED
    decided, confirmed = assessment.decided_by_id is not None, assessment.confirmed_by_id is not None
    return rules.state_of(Occurrence(assessment.occurrence), is_decided=decided, is_confirmed=confirmed)


def _is_theirs(one: Move, assessment: Assessment, reader: User) -> bool:
    """Return whether this reader may make the move: one takes back one's own decision, and sends back another's."""
    is_own = assessment.decided_by_id == reader.pk
    return {Move.WITHDRAW: is_own, Move.SEND_BACK: not is_own}.get(one, True)


def _as_stored(assessment: Assessment) -> dict[str, Any]:
    return {name: getattr(assessment, name) for name in ("occurrence", "attribution", "attributed_party", "attributed_side")}


def _others(request: DeskRequest, incident: Incident) -> list[Incident]:
    found = incidents.filtered(request.user, incidents.IncidentFilter()).exclude(pk=incident.pk).prefetch_related(None)
    return list(found[:OTHERS])


def _neighbours(waiting: list[InQueue], incident: Incident) -> tuple[Incident | None, Incident | None]:
    """Return the case before this one in the queue and the one after it; of a case that is not in it, the first."""
    cases_ = [row.waiting.incident for row in waiting]
    if incident not in cases_:
        return None, cases_[0] if cases_ else None
    place = cases_.index(incident)
    return cases_[place - 1] if place else None, cases_[place + 1] if place + 1 < len(cases_) else None


def _said(comment: Comment, reader: User, bound: Answer | None) -> Said:
    given: Comment | None = getattr(comment, "answered_by", None)
    form = None
    if comment.kind == Comment.Kind.QUESTION and given is None and comment.put_to_id == reader.pk:
        form = bound if bound and bound.question == comment else Answer(question=comment)
    return Said(comment, given, form)


def last_arranged(request: DeskRequest, dossier: Dossier) -> uuid.UUID | None:
    """Return the operation that last moved reports of this case: this sitting's, or what its history tells."""
    held = request.session.get(LAST)
    here = [dossier.incident.public_id, *(report.public_id for report in [*dossier.known.reports, *dossier.past])]
    if isinstance(held, dict) and held.get("incident") == str(dossier.incident.public_id):
        return uuid.UUID(held["operation"])
    kinds = placing.UNDOABLE - {"incident.opened", "reference.changed"}
    last = Change.objects.filter(record_id__in=here, kind__in=kinds).order_by("-id").first()
    if last is None or Change.objects.filter(operation_id=last.operation_id).exclude(kind__in=placing.UNDOABLE | placing.LEFT).exists():
        return None
    return last.operation_id
