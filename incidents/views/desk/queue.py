"""The review queue: what waits for an editor, the longest waiting first; and deciding plain cases together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import assessments as judging
from incidents.actions import cases as working
from incidents.errors import RuleBroken
from incidents.forms.review import PlainDecision
from incidents.models import Agreement, Case, Incident, Report, User
from incidents.permissions import Capability, may_somewhere
from incidents.queries import incidents, queue
from incidents.queries.incidents import Dossier
from incidents.queries.queue import Waiting, Waits
from incidents.queries.scope import UnderAgreement
from incidents.rules import review as rules
from incidents.rules.review import Stage
from incidents.views import current
from incidents.views.access import DeskRequest, only
from incidents.views.desk import asked
from incidents.views.ids import as_uuids

# How a stage is called and shown where there is little room.
SHORT = {
    Stage.UNVERIFIED: gettext_lazy("not taken up"),
    Stage.UNDER_REVIEW: gettext_lazy("under review"),
    Stage.DECIDED: gettext_lazy("second editor"),
    Stage.CONFIRMED: gettext_lazy("confirmed, and more came in"),
}
LOOKS = {Stage.UNVERIFIED: "outline", Stage.UNDER_REVIEW: "plain", Stage.DECIDED: "waiting", Stage.CONFIRMED: "verified"}
# Reasons that are told by the stage, and by naming the fields that are contradicted.
TOLD = {Waits.UNVERIFIED, Waits.SECOND_EDITOR, Waits.CONTRADICTION}

# What a decision in bulk may settle: nobody decided, nothing contradicts, nothing is asked.
PLAIN = (Waits.UNVERIFIED,)


@dataclass(frozen=True)
class InQueue:
    """One case in the list: how long it waits, why besides what its stage and its fields say, and whether it may be decided with others at once."""

    waiting: Waiting
    age: str
    besides: list[str]
    is_plain: bool
    stage: str
    look: str


@require_safe
@only(Capability.READ_INTERNAL_NOTES)
def index(request: DeskRequest) -> HttpResponse:
    """List what waits for an editor, the longest waiting first."""
    return _list(request)


@require_POST
@only(Capability.ASSESS)
def plain(request: DeskRequest) -> HttpResponseBase:
    """Decide several plain cases with one reason; each has a record of its own, and one that is refused stops no other."""
    agreement = _agreement(request)
    # No more than a page has; what is no id is told by the form.
    chosen = listed(queue.of(request.user, as_uuids(request.POST.getlist("cases")[: queue.PAGE])), request.user)
    form = PlainDecision(request.POST, cases=[str(row.waiting.incident.public_id) for row in chosen if row.is_plain])
    if not form.is_valid():
        return _list(request, form, status=422)
    decided = 0
    for key in form.cleaned_data["cases"]:
        dossier = incidents.dossier(request.user, key)
        try:
            under = _own(dossier, agreement)
            _must_be_free(dossier.incident, request.user)
            facts = {"occurrence": form.cleaned_data["occurrence"], "reason": form.cleaned_data["reason"], "version": 0}
            judged = {**facts, **asked.answers(under), "scope_reasons": asked.derived(under)}
            judging.decide(incident=dossier.incident, agreement=under.agreement, by=request.user, **judged)
            decided += 1
        except RuleBroken as error:
            messages.error(request, f"{dossier.incident}: {error.message}")
    if decided:
        said = ngettext("%(number)d case is decided.", "%(number)d cases are decided.", decided) % {"number": decided}
        messages.success(request, f"{said} {_('A second editor confirms each.')}")
    return redirect(_here(request))


def _list(request: DeskRequest, form: PlainDecision | None = None, status: int = 200) -> HttpResponse:
    agreement, is_mine, reader = _agreement(request), bool(request.GET.get("mine")), request.user
    try:
        page = queue.page(reader, agreement, is_mine=is_mine, cursor=request.GET.get("cursor"))
    except RuleBroken as broken:
        raise Http404(broken.message) from broken
    number = queue.number(reader, agreement, is_mine=is_mine)
    context = {
        "rows": listed(page.rows, reader),
        "number": number,
        "is_all": number < queue.MOST,
        "sooner": page.previous and _here(request, cursor=page.previous),
        "later": page.next and _here(request, cursor=page.next),
        "agreement": agreement,
        "agreements": current.agreements(request),
        "mine": is_mine,
        "may_assess": may_somewhere(reader, Capability.ASSESS),
        "form": form or PlainDecision(),
        "chosen": form.data.getlist("cases") if form and hasattr(form.data, "getlist") else [],
        "plain_address": _here(request, "review-plain"),
    }
    return render(request, "desk/review/list.html", context, status=status)


@dataclass(frozen=True)
class Count:
    """How many of the cases that wait are at a stage."""

    stage: str
    look: str
    number: int


def counted(reader: User) -> list[Count]:
    """Return how many cases wait at each stage; none where none does."""
    numbers = queue.stages(reader)
    return [Count(str(SHORT[stage]), LOOKS[stage], numbers[stage]) for stage in Stage if numbers[stage]]


def _agreement(request: DeskRequest) -> Agreement | None:
    slug = request.GET.get("agreement", "")
    return current.agreement(request, slug) if slug else None


def _here(request: DeskRequest, name: str = "review", cursor: str = "") -> str:
    params = {name: value for name in ("agreement", "mine", "cursor") if (value := request.GET.get(name))}
    if cursor:
        params["cursor"] = cursor
    return f"{reverse(name)}?{urlencode(params)}" if params else reverse(name)


def listed(waiting: Iterable[Waiting], reader: User) -> list[InQueue]:
    """Return cases that wait as rows of the list."""
    now = timezone.now()
    return [
        InQueue(
            row,
            _age(row.since, now),
            [str(reason.label) for reason in row.reasons if reason not in TOLD],
            row.reasons == PLAIN and _is_open(row, reader),
            str(SHORT[row.stage]),
            LOOKS[row.stage],
        )
        for row in waiting
    ]


def _is_open(row: Waiting, reader: User) -> bool:
    return row.held_by in (None, reader) and not any(report.entered_by_id == reader.pk for report in _reports(row.incident))


def _reports(incident: Incident) -> list[Report]:
    return list(incident.seen_reports)  # type: ignore[attr-defined]


def _age(since: datetime, now: datetime) -> str:
    """Return for how long it waits, in hours up to two days, then in days."""
    hours = max(0, int((now - since).total_seconds() // 3600))
    if not hours:
        return _("open for under 1 h")
    if hours < 48:
        return ngettext("open for %(number)d h", "open for %(number)d h", hours) % {"number": hours}
    return ngettext("open for %(number)d day", "open for %(number)d days", hours // 24) % {"number": hours // 24}


def _own(dossier: Dossier, agreement: Agreement | None) -> UnderAgreement:
    """Return the agreement that the case is decided under where none is named: the one asked for, else that of its first report."""
    for under in dossier.scope:
        if agreement is None or under.agreement == agreement:
            return under
    raise RuleBroken("not_asked_under", _("This case is not asked about under that agreement."))


def _must_be_free(incident: Incident, by: User) -> None:
    case = Case.objects.filter(incident=incident).first()
    rules.must_not_be_held_by_another(working.hold_of(case) if case else None, by.pk, timezone.now())
