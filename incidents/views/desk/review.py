"""Review: what waits for an editor, and one case - its claims side by side, what follows under each agreement, the decision and its effect."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import assessments as judging
from incidents.actions import cases, changes
from incidents.actions import incidents as placing
from incidents.errors import RuleBroken
from incidents.forms.review import BACK, Answer, Arrange, Assign, Back, Confirm, Decide, Merge, PlainDecision, ReviewForm, Say
from incidents.models import Agreement, Assessment, Case, Change, Comment, Incident, Report, User
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import history, incidents, review, sides, tallies, visibility
from incidents.queries.incidents import Dossier
from incidents.queries.review import Effect, Waiting, Waits
from incidents.queries.scope import UnderAgreement
from incidents.rules import review as rules
from incidents.rules.findings import Finding, ScopeQuestion
from incidents.rules.review import Move, Stage
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import accused, comparison
from incidents.vocabulary import Bucket, Occurrence, ScopeAnswer, Series

LAST = "last-arranged"
OTHERS = 200
LOOKS = {ScopeAnswer.YES: "plain", ScopeAnswer.NO: "plain", ScopeAnswer.CONTESTED: "disputed", ScopeAnswer.UNKNOWN: "outline"}
STAGES = {Stage.UNVERIFIED: "outline", Stage.UNDER_REVIEW: "plain", Stage.DECIDED: "waiting", Stage.CONFIRMED: "verified"}
# What a decision in bulk may settle: nobody decided, nothing contradicts, nothing is asked.
PLAIN = (Waits.UNVERIFIED,)


@dataclass(frozen=True)
class InQueue:
    """One case in the list: how long it waits, and whether it may be decided with others at once."""

    waiting: Waiting
    age: str
    reasons: list[str]
    is_plain: bool


@dataclass(frozen=True)
class Asked:
    """One question of scope: its answer, of what it was asked, and why it is answered so."""

    question: str
    how: str
    answer: str
    look: str
    reasons: list[str]


@dataclass(frozen=True)
class Under:
    """The case under one agreement: the answers of scope, where the judgement stands."""

    under: UnderAgreement
    asked: list[Asked]
    assessment: Assessment | None
    stage: str
    look: str
    address: str
    is_shown: bool


@dataclass(frozen=True)
class Shown:
    """One count as it would change, and what the tally shows of it now."""

    effect: Effect
    accused: accused.Accused
    now: int | None


@require_safe
@only(Capability.READ_INTERNAL_NOTES)
def index(request: DeskRequest) -> HttpResponse:
    """List what waits for an editor, the longest waiting first."""
    return _queue(request)


@require_POST
@only(Capability.ASSESS)
def plain(request: DeskRequest) -> HttpResponseBase:
    """Decide several plain cases with one reason; each has a record of its own, and one that is refused stops no other."""
    agreement, _waiting = _asked_for(request)
    form = PlainDecision(request.POST, cases=[str(row.waiting.incident.public_id) for row in _in_queue(request) if row.is_plain])
    if not form.is_valid():
        return _queue(request, form, status=422)
    decided = 0
    for key in form.cleaned_data["cases"]:
        dossier = incidents.dossier(request.user, key)
        try:
            under = _own(dossier, agreement)
            _must_be_free(dossier.incident, request.user)
            facts = {"occurrence": form.cleaned_data["occurrence"], "reason": form.cleaned_data["reason"], "version": 0}
            judging.decide(
                incident=dossier.incident, agreement=under.agreement, by=request.user, scope_reasons=_derived(under), **_answers(under), **facts
            )
            decided += 1
        except RuleBroken as error:
            messages.error(request, f"{dossier.incident}: {error.message}")
    if decided:
        said = ngettext("%(number)d case is decided.", "%(number)d cases are decided.", decided) % {"number": decided}
        messages.success(request, f"{said} {_('A second editor confirms each.')}")
    return redirect(_here(request))


@require_safe
@only(Capability.READ_INTERNAL_NOTES)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Show one case. One that was merged into another leads there."""
    dossier = _found(request, public_id)
    if dossier.incident.merged_into:
        return redirect("case", public_id=dossier.incident.merged_into.public_id)
    return _page(request, dossier)


@require_POST
@only(Capability.ASSESS)
def take_up(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Take the case up, or over from whoever has it where that is said knowingly."""
    dossier = _found(request, public_id)
    taking_over = request.POST.get("taking_over") == "yes"
    return _done(
        request, dossier, lambda: cases.take_up(incident=dossier.incident, by=request.user, taking_over=taking_over), _("You have this case.")
    )


@require_POST
@only(Capability.ASSESS)
def let_go(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Let the case go."""
    dossier = _found(request, public_id)
    return _done(request, dossier, lambda: cases.let_go(incident=dossier.incident, by=request.user), _("Nobody has this case now."))


@require_POST
@only(Capability.ASSESS)
def assign(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Give the case to an editor, or to nobody."""
    dossier, form = _found(request, public_id), Assign(request.POST)
    return _done(
        request, dossier, lambda: cases.assign(incident=dossier.incident, by=request.user, **form.cleaned_data), _("Saved."), form=form, slot="assign"
    )


@require_POST
@only(Capability.ASSESS)
def say(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Comment on the case, or ask somebody."""
    dossier, form = _found(request, public_id), Say(request.POST)
    return _done(
        request, dossier, lambda: cases.comment(incident=dossier.incident, by=request.user, **form.cleaned_data), _("Saved."), form=form, slot="say"
    )


@require_POST
@only(Capability.READ_INTERNAL_NOTES)
def answer(request: DeskRequest, public_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponseBase:
    """Answer a question that was put to one."""
    dossier = _found(request, public_id)
    question = Comment.objects.filter(incident=dossier.incident, public_id=question_id).first()
    if question is None:
        raise Http404
    if question.put_to_id != request.user.pk:
        raise PermissionDenied
    form = Answer(request.POST, question=question)
    return _done(
        request, dossier, lambda: cases.answer(question=question, by=request.user, **form.cleaned_data), _("Saved."), form=form, slot="answer"
    )


@require_POST
@only(Capability.ASSESS)
def decide(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Decide on the case under one agreement; or, asked for the effect, show what the tallies would say, and save nothing."""
    dossier, under = _under(request, public_id, slug)
    form = Decide(request.POST, agreement=under.agreement)
    if request.POST.get("then") == "effect":
        effect = _effect(dossier, under, form) if form.is_valid() else None
        if request.htmx:
            return render(request, "desk/review/_effect.html", {"effect": effect})
        return _page(request, dossier, under.agreement, bound={"decide": form}, effect=effect, status=200 if form.is_valid() else 422)

    def act() -> None:
        values = form.cleaned_data
        judging.decide(
            incident=dossier.incident,
            agreement=under.agreement,
            by=request.user,
            reason=values["reason"],
            version=values["version"],
            scope_reasons=_derived(under),
            **form.judged(),
        )

    return _done(
        request, dossier, act, _("Decided. It counts once a second editor confirms it."), form=form, slot="decide", agreement=under.agreement
    )


@require_POST
@only(Capability.ASSESS)
def confirm(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Confirm, as a second editor, what another decided."""
    dossier, under = _under(request, public_id, slug)
    assessment, form = _judged(dossier, under), Confirm(request.POST)
    return _done(
        request,
        dossier,
        lambda: judging.confirm(assessment=assessment, by=request.user, **form.cleaned_data),
        _("Confirmed."),
        form=form,
        slot="confirm",
        agreement=under.agreement,
    )


@require_POST
@only(Capability.ASSESS)
def move(request: DeskRequest, public_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """Take back, send back or reopen what was decided."""
    dossier, under = _under(request, public_id, slug)
    assessment, form = _judged(dossier, under), Back(request.POST)

    def act() -> None:
        values = form.cleaned_data
        judging.move(assessment=assessment, move=Move(values["move"]), by=request.user, reason=values["reason"], version=values["version"])

    said = _("The case is under review again. What was judged stays filled in, and the history keeps the decision.")
    return _done(request, dossier, act, said, form=form, slot="back", agreement=under.agreement)


@require_POST
@only(Capability.ASSESS)
def arrange(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Move, split off or detach reports of the case. The last such step can be undone."""
    dossier = _found(request, public_id)
    form = Arrange(request.POST, incident=dossier.incident, reader=request.user)

    def act() -> None:
        values = form.cleaned_data
        by, note = request.user, values["note"]
        if values["how"] == Arrange.How.SPLIT:
            placing.split(incident=dossier.incident, reports=values["reports"], by=by, name=values["name"], note=note)
            return
        for report in values["reports"]:
            if values["how"] == Arrange.How.MOVE:
                placing.move(report=report, to=values["to"], by=by, note=note)
            else:
                placing.detach(report=report, by=by, note=note)

    return _done(request, dossier, _remembered(request, dossier, act), _("Done. It can be undone."), form=form, slot="arrange")


@require_POST
@only(Capability.ASSESS)
def merge(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Merge the case into another, where it goes on."""
    dossier = _found(request, public_id)
    form = Merge(request.POST, reader=request.user)

    def act() -> None:
        placing.merge(incident=dossier.incident, by=request.user, **form.cleaned_data)

    return _done(request, dossier, _remembered(request, dossier, act), _("Merged. It can be undone."), form=form, slot="merge")


@require_POST
@only(Capability.ASSESS)
def undo(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Undo the last step that moved reports of this case."""
    dossier = _found(request, public_id)
    operation = _last(request, dossier)
    if operation is None or str(operation) != request.POST.get("operation"):
        messages.error(request, _("There is nothing to undo any more."))
        return redirect("case", public_id=public_id)

    def act() -> None:
        placing.undo(operation_id=operation, by=request.user)
        request.session.pop(LAST, None)

    return _done(request, dossier, act, _("Undone."))


def _done(
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
    return _page(request, dossier, agreement, bound={slot: form}, status=422)


def _found(request: DeskRequest, public_id: uuid.UUID) -> Dossier:
    try:
        found = incidents.dossier(request.user, public_id)
    except Incident.DoesNotExist as error:
        raise Http404 from error
    if not visibility.is_case(request.user, found.incident):
        raise Http404
    return found


def _under(request: DeskRequest, public_id: uuid.UUID, slug: str) -> tuple[Dossier, UnderAgreement]:
    dossier = _found(request, public_id)
    under = next((row for row in dossier.scope if row.agreement.slug == slug), None)
    if under is None:
        raise Http404
    return dossier, under


def _judged(dossier: Dossier, under: UnderAgreement) -> Assessment:
    found = _assessment(dossier, under)
    if found is None:
        raise Http404
    return found


def _assessment(dossier: Dossier, under: UnderAgreement) -> Assessment | None:
    return next((row for row in dossier.assessments if row.agreement_id == under.agreement.pk), None)


def _state(assessment: Assessment | None) -> rules.State:
    if assessment is None:
        return rules.UNVERIFIED
    decided, confirmed = assessment.decided_by_id is not None, assessment.confirmed_by_id is not None
    return rules.state_of(Occurrence(assessment.occurrence), is_decided=decided, is_confirmed=confirmed)


def _own(dossier: Dossier, agreement: Agreement | None) -> UnderAgreement:
    """Return the agreement that the case is decided under where none is named: the one asked for, else that of its first report."""
    for under in dossier.scope:
        if agreement is None or under.agreement == agreement:
            return under
    raise RuleBroken("not_asked_under", _("This case is not asked about under that agreement."))


def _must_be_free(incident: Incident, by: User) -> None:
    case = Case.objects.filter(incident=incident).first()
    rules.must_not_be_held_by_another(cases.hold_of(case) if case else None, by.pk, timezone.now())


def _remembered(request: DeskRequest, dossier: Dossier, act: Callable[[], None]) -> Callable[[], None]:
    """Return the act as one operation, which this sitting can undo."""

    def whole() -> None:
        with transaction.atomic(), changes.operation() as operation:
            act()
        request.session[LAST] = {"operation": str(operation), "incident": str(dossier.incident.public_id)}

    return whole


def _last(request: DeskRequest, dossier: Dossier) -> uuid.UUID | None:
    """Return the operation that last moved reports of this case: this sitting's, or what its history tells."""
    held = request.session.get(LAST)
    here = [dossier.incident.public_id, *(report.public_id for report in [*dossier.known.reports, *dossier.past])]
    if isinstance(held, dict) and held.get("incident") == str(dossier.incident.public_id):
        return uuid.UUID(held["operation"])
    kinds = placing.UNDOABLE - {"incident.opened", "reference.changed"}
    last = Change.objects.filter(record_id__in=here, kind__in=kinds).order_by("-id").first()
    if last is None or Change.objects.filter(operation_id=last.operation_id).exclude(kind__in=placing.UNDOABLE).exists():
        return None
    return last.operation_id


def _here(request: DeskRequest) -> str:
    asked = {name: value for name in ("agreement", "mine") if (value := request.GET.get(name))}
    return f"{reverse('review')}?{urlencode(asked)}" if asked else reverse("review")


def _asked_for(request: DeskRequest) -> tuple[Agreement | None, list[Waiting]]:
    """Return the agreement asked for and what waits under it: all of it, or what is assigned to the reader or held by them."""
    slug = request.GET.get("agreement", "")
    agreement = current.agreement(request, slug) if slug else None
    waiting = review.queue(request.user, agreement)
    if request.GET.get("mine"):
        waiting = [row for row in waiting if request.user in (row.assigned_to, row.held_by)]
    return agreement, waiting


def _in_queue(request: DeskRequest) -> list[InQueue]:
    now = timezone.now()
    return [
        InQueue(row, _age(row.since, now), [str(reason.label) for reason in row.reasons], row.reasons == PLAIN and _is_open(row, request.user))
        for row in _asked_for(request)[1]
    ]


def _is_open(row: Waiting, reader: User) -> bool:
    return row.held_by in (None, reader) and not any(report.entered_by_id == reader.pk for report in _reports(row.incident))


def _reports(incident: Incident) -> list[Report]:
    return list(incident.seen_reports)  # type: ignore[attr-defined]


def _age(since: datetime, now: datetime) -> str:
    """Return for how long it waits, in hours up to two days, then in days."""
    hours = max(0, int((now - since).total_seconds() // 3600))
    if hours < 48:
        return ngettext("open for %(number)d h", "open for %(number)d h", hours) % {"number": hours}
    return ngettext("open for %(number)d day", "open for %(number)d days", hours // 24) % {"number": hours // 24}


def _queue(request: DeskRequest, form: PlainDecision | None = None, status: int = 200) -> HttpResponse:
    agreement = _asked_for(request)[0] if request.GET.get("agreement") else None
    rows = _in_queue(request)
    context = {
        "rows": rows,
        "number": len(rows),
        "is_all": len(rows) < review.MOST,
        "agreement": agreement,
        "agreements": current.agreements(request),
        "mine": bool(request.GET.get("mine")),
        "may_assess": may_somewhere(request.user, Capability.ASSESS),
        "form": form or PlainDecision(),
        "chosen": form.data.getlist("cases") if form and hasattr(form.data, "getlist") else [],
        "plain_address": _here(request).replace(reverse("review"), reverse("review-plain"), 1),
    }
    return render(request, "desk/review/list.html", context, status=status)


def _page(
    request: DeskRequest,
    dossier: Dossier,
    agreement: Agreement | None = None,
    *,
    bound: dict[str, Any] | None = None,
    effect: list[Shown] | None = None,
    status: int = 200,
) -> HttpResponse:
    bound = bound or {}
    known, incident, reader = dossier.known, dossier.incident, request.user
    slug = agreement.slug if agreement else request.GET.get("agreement", "")
    chosen = next((row for row in dossier.scope if row.agreement.slug == slug), dossier.scope[0] if dossier.scope else None)
    compared = review.compared(incident)
    camps = {report.agreement_id: sides.camps(report.agreement) for report in known.reports}
    columns = comparison.columns(compared, known.reports, camps)
    if known.reports:
        current.agreement(request, known.reports[0].agreement.slug)
    case = Case.objects.filter(incident=incident).select_related("held_by", "assigned_to").first()
    hold = rules.holder(cases.hold_of(case), timezone.now()) if case else None
    may_assess = may(reader, Capability.ASSESS, chosen.agreement) if chosen else may_somewhere(reader, Capability.ASSESS)
    assessment = _assessment(dossier, chosen) if chosen else None
    state = _state(assessment)
    queue = _in_queue(request)
    comments = _comments(incident)
    context: dict[str, Any] = {
        "incident": incident,
        "queue": queue,
        "number": len(queue),
        "neighbours": _neighbours(queue, incident),
        "columns": columns,
        "table": comparison.table(compared, columns),
        "map": comparison.positions(known.claims, columns),
        "contradicted": len(compared.contradicted),
        "chosen": chosen,
        "cases": [_case(row, dossier, row is chosen) for row in dossier.scope],
        "assessment": assessment,
        "stage": state.stage,
        "stage_look": STAGES[state.stage],
        "grade": dossier.grade,
        "responses": dossier.responses,
        "zone": known.reports[0].agreement.zone if known.reports else timezone.get_default_timezone(),
        "may_assess": may_assess,
        "is_own": any(report.entered_by_id == reader.pk for report in [*known.reports, *dossier.past]),
        "case": case,
        "hold": hold,
        "has_it": bool(hold and hold.by == reader.pk),
        "comments": [_said(one, reader, bound.get("answer")) for one in comments if one.kind != Comment.Kind.ANSWER],
        "history": _history(dossier, comments),
        "effect": effect,
        "effect_asked": effect is not None or (bound.get("decide") is not None and request.POST.get("then") == "effect"),
    }
    if may_assess:
        context |= _forms(request, dossier, chosen, assessment, state, case, columns, bound)
    return render(request, "desk/review/show.html", context, status=status)


def _forms(
    request: DeskRequest,
    dossier: Dossier,
    chosen: UnderAgreement | None,
    assessment: Assessment | None,
    state: rules.State,
    case: Case | None,
    columns: list[comparison.Column],
    bound: dict[str, Any],
) -> dict[str, Any]:
    """Return the forms of what may be done now by the table of moves, and of what may always be done."""
    reader, incident = request.user, dossier.incident
    moves = rules.moves_from(state)
    version = {"version": assessment.version if assessment else 0}
    forms: dict[str, Any] = {
        "assign_form": bound.get("assign") or Assign(initial={"to": case.assigned_to.get_username() if case and case.assigned_to else ""}),
        "say_form": bound.get("say") or Say(),
        "arrange_form": bound.get("arrange") or Arrange(incident=incident, reader=reader, initial={"how": Arrange.How.MOVE}),
        "merge_form": bound.get("merge") or Merge(reader=reader),
        "others": _others(request, incident),
        "last": _last(request, dossier),
    }
    if chosen is None:
        return forms
    if Move.DECIDE in moves or Move.TAKE_UP in moves or "decide" in bound:
        initial = Decide.begun(chosen, assessment, dossier.grade.value)
        adopted = next((column for column in columns if str(column.number) == request.GET.get("adopt")), None)
        if adopted:
            initial |= Decide.adopted(adopted.report, chosen.agreement)
        forms |= {"decide_form": bound.get("decide") or Decide(agreement=chosen.agreement, initial=initial), "adopted": adopted}
    if Move.CONFIRM in moves and assessment and assessment.decided_by_id != reader.pk:
        forms["confirm_form"] = bound.get("confirm") or Confirm(initial=version)
        forms["effect"] = (
            _shown(review.effect(incident, chosen.agreement, _as_stored(assessment)), chosen.agreement) if "decide" not in bound else None
        )
    backs = [one for one in BACK if one in moves and assessment and _is_theirs(one, assessment, reader)]
    if backs:
        back = bound.get("back")
        forms["back_form"] = back or Back(initial=version | {"move": backs[0]}, auto_id="back-%s")
        forms["back_label"] = backs[0].label
    return forms


def _is_theirs(one: Move, assessment: Assessment, reader: User) -> bool:
    """Return whether this reader may make the move: one takes back one's own decision, and sends back another's."""
    is_own = assessment.decided_by_id == reader.pk
    return {Move.WITHDRAW: is_own, Move.SEND_BACK: not is_own}.get(one, True)


def _as_stored(assessment: Assessment) -> dict[str, Any]:
    return {name: getattr(assessment, name) for name in ("occurrence", "attribution", "attributed_party", "attributed_side")}


def _others(request: DeskRequest, incident: Incident) -> list[Incident]:
    found = incidents.filtered(request.user, incidents.IncidentFilter()).exclude(pk=incident.pk).prefetch_related(None)
    return list(found[:OTHERS])


def _case(under: UnderAgreement, dossier: Dossier, is_shown: bool) -> Under:
    assessment = _assessment(dossier, under)
    state = _state(assessment)
    said = str(Occurrence(state.occurrence).label) if state.stage in {Stage.DECIDED, Stage.CONFIRMED} else str(state.stage.label)
    address = f"{reverse('case', args=[dossier.incident.public_id])}?{urlencode({'agreement': under.agreement.slug})}#decision"
    return Under(under, _asked(under), assessment, said, STAGES[state.stage], address, is_shown)


def _asked(under: UnderAgreement) -> list[Asked]:
    found = under.found
    claimed = [_one(ScopeQuestion.TARGET_EXCLUDED, one, _("as claimed by %(party)s") % {"party": by.name}) for by, one in found.target.claimed]
    return [
        _one(ScopeQuestion.IN_FORCE, found.in_force, str(under.time_used.label)),
        _one(ScopeQuestion.PARTY_BOUND, found.party_bound),
        *claimed,
        _one(ScopeQuestion.TARGET_EXCLUDED, found.target.struck, str(under.struck_by.label)),
        _one(ScopeQuestion.PLACE_COVERED, found.place_covered),
    ]


def _one(question: ScopeQuestion, finding: Finding, how: str = "") -> Asked:
    return Asked(str(question.label), how, str(finding.answer.label), LOOKS[finding.answer], [reason.text for reason in finding.reasons])


def _found_by_name(under: UnderAgreement) -> dict[str, Finding]:
    found = under.found
    return {"in_force": found.in_force, "party_bound": found.party_bound, "target_excluded": found.target.whole, "place_covered": found.place_covered}


def _answers(under: UnderAgreement) -> dict[str, Any]:
    return {name: finding.answer for name, finding in _found_by_name(under).items()}


def _derived(under: UnderAgreement) -> dict[str, Any]:
    """Return the derived answers with their reasons, as they were when the editor decided."""
    return {
        name: {"answer": finding.answer.value, "reasons": [{"code": reason.code.value, **reason.facts} for reason in finding.reasons]}
        for name, finding in _found_by_name(under).items()
    }


def _effect(dossier: Dossier, under: UnderAgreement, form: Decide) -> list[Shown]:
    return _shown(review.effect(dossier.incident, under.agreement, form.judged()), under.agreement)


def _shown(effects: Iterable[Effect], agreement: Agreement) -> list[Shown]:
    held = list(effects)
    now = tallies.of_agreement(agreement) if held else None
    return [Shown(effect, _whose(effect), _now(effect, now) if now else None) for effect in held]


def _whose(effect: Effect) -> accused.Accused:
    if effect.side:
        return accused.of_side(effect.side)
    return accused.Accused("nobody", accused.letter_of(None), str(effect.bucket.label))


def _now(effect: Effect, now: tallies.Tallies) -> int | None:
    cell = {Bucket.NO_SIDE: now.no_side, Bucket.NOBODY: now.nobody}.get(effect.bucket)
    if effect.side:
        cell = next((row for row in now.sides if row.side == effect.side), None)
    if cell is None or effect.series not in {Series.LOGGED, Series.INCIDENTS, Series.VERIFIED}:
        return None
    found: int | None = getattr(cell, effect.series.value)
    return found


def _neighbours(queue: list[InQueue], incident: Incident) -> tuple[Incident | None, Incident | None]:
    """Return the case before this one in the queue and the one after it; of a case that is not in it, the first."""
    cases_ = [row.waiting.incident for row in queue]
    if incident not in cases_:
        return None, cases_[0] if cases_ else None
    place = cases_.index(incident)
    return cases_[place - 1] if place else None, cases_[place + 1] if place + 1 < len(cases_) else None


def _comments(incident: Incident) -> list[Comment]:
    return list(Comment.objects.filter(incident=incident).select_related("by", "put_to", "answered_by__by").order_by("id"))


@dataclass(frozen=True)
class Said:
    """A comment or a question, its answer, and the form for the one to whom it was put."""

    comment: Comment
    answer: Comment | None
    form: Answer | None


def _said(comment: Comment, reader: User, bound: Answer | None) -> Said:
    given: Comment | None = getattr(comment, "answered_by", None)
    form = None
    if comment.kind == Comment.Kind.QUESTION and given is None and comment.put_to_id == reader.pk:
        form = bound if bound and bound.question == comment else Answer(question=comment)
    return Said(comment, given, form)


def _history(dossier: Dossier, comments: list[Comment]) -> list[history.Entry]:
    """Return what happened to the incident and all that hangs on it, oldest first."""
    records = [dossier.incident, *dossier.known.reports, *dossier.past, *dossier.responses, *dossier.assessments, *comments]
    return sorted((entry for record in records for entry in history.of(record)), key=lambda entry: entry.at)
