"""Drafts: kept while somebody types, listed, opened again, and dropped. Two people who edit one never overwrite each other."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import drafts as action
from incidents.errors import RuleBroken, StaleRecord
from incidents.forms.reports import Difference, LogReport
from incidents.models import Draft
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import drafts, visibility
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.ids import as_uuid
from incidents.vocabulary import ViolationType

LISTED = 100


@dataclass(frozen=True)
class Conflict:
    """A draft that somebody else changed meanwhile, with both texts wherever they differ."""

    draft: Draft
    differences: list[Difference]

    @property
    def said(self) -> str:
        """Return who changed what, and when."""
        at = seconds(self.draft)
        return _("%(person)s changed this draft at %(time)s. Nothing of yours is lost, and nothing of theirs.") % {
            "person": self.draft.changed_by.get_full_name() or self.draft.changed_by.get_username(),
            "time": at,
        }


@dataclass(frozen=True)
class Row:
    """A draft in a list: what can be told of it as far as it was typed."""

    draft: Draft
    address: str
    type: str
    place: str
    text: str
    kept: str


@require_safe
@only(Capability.LOG_REPORTS)
def index(request: DeskRequest) -> HttpResponse:
    """List one's own drafts, and below them those of colleagues."""
    mine, others = (list(found[:LISTED]) for found in (drafts.own(request.user), drafts.of_colleagues(request.user)))
    context = {
        "own": [_row(one) for one in mine],
        "others": [_row(one) for one in others],
        "may_discard_others": may_somewhere(request.user, Capability.RETRACT_OTHERS),
    }
    return render(request, "desk/reports/drafts.html", context)


@require_POST
@only(Capability.LOG_REPORTS)
def keep(request: DeskRequest) -> HttpResponseBase:
    """Keep what is typed so far. A script gets JSON back; a person, pressing the button, the form again."""
    from incidents.views.desk import reports as page

    form = page.bound(request)
    if form is None:
        raise Http404
    is_script = request.headers.get("Accept") == "application/json"
    try:
        with transaction.atomic():
            draft, conflict = _kept(request, form)
    except RuleBroken as error:
        if is_script:
            return JsonResponse({"said": str(error.message)}, status=422)
        form.is_valid()
        form.add_error(None, str(error.message))
        return page.form_page(request, form, status=422)
    if conflict:
        if is_script:
            panel = render_to_string("desk/reports/_conflict.html", {"conflict": conflict}, request=request)
            return JsonResponse({"said": _("Not kept: somebody else changed this draft."), "conflict": panel}, status=409)
        return page.form_page(request, form, status=409, conflict=conflict)
    assert draft is not None
    if is_script:
        return JsonResponse({"draft": str(draft.public_id), "version": draft.version, "said": said(draft)})
    messages.success(request, said(draft))
    return redirect(address_of(draft))


@require_POST
@only(Capability.LOG_REPORTS)
def discard(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Drop a draft of one's own, or with the right to retract others' reports, anybody's."""
    draft = drafts.seen(request.user).filter(public_id=public_id).first()
    if draft is None:
        raise Http404
    if draft.begun_by_id != request.user.pk and not may(request.user, Capability.RETRACT_OTHERS, draft):
        raise PermissionDenied
    action.discard(draft=draft)
    messages.success(request, _("The draft is discarded."))
    return redirect("drafts")


def _kept(request: DeskRequest, form: LogReport) -> tuple[Draft | None, Conflict | None]:
    """Return the draft as it is kept now, or what stands in the way."""
    fields = form.typed()
    if any("\0" in value for value in fields.values()):
        raise RuleBroken("unreadable", _("This holds a character that cannot be kept."))
    settled, _sign, version = request.POST.get("settle", "").partition(":")
    if settled == "apart":
        return action.begin(agreement=form.agreement, fields=fields | {"token": str(uuid.uuid4())}, by=request.user), None
    drafts.one_at_a_time(fields["token"])
    if logged := visibility.reports(request.user).filter(public_id=as_uuid(fields["token"])).first():
        raise RuleBroken("submitted", _("It is logged already, as %(reference)s.") % {"reference": logged.reference})
    draft = drafts.held(request.user, as_uuid(request.POST.get("draft", "")), fields["token"])
    if draft is None:
        return action.begin(agreement=form.agreement, fields=fields, by=request.user), None
    known = as_number(version if settled == "over" else request.POST.get("draft_version", ""))
    if drafts.has_changed(draft, fields, known):
        return draft, Conflict(draft, form.differences(draft.fields))
    return action.keep(draft=draft, fields=fields, version=draft.version, by=request.user), None


def taken(request: DeskRequest, form: LogReport) -> Draft | None:
    """Return the draft that is being submitted, locked, or None. Raise StaleRecord if somebody else changed it meanwhile."""
    values = form.cleaned_data
    drafts.one_at_a_time(str(values["token"]))
    draft = drafts.held(request.user, values["draft"], str(values["token"]))
    if draft and drafts.has_changed(draft, form.typed(), values["draft_version"]):
        raise StaleRecord("stale", _("Somebody else changed this draft since you opened it."))
    return draft


def conflict_of(request: DeskRequest, form: LogReport) -> Conflict | None:
    """Return what differs between the draft on file and the form."""
    draft = drafts.seen(request.user).filter(public_id=as_uuid(str(form["draft"].value() or ""))).first()
    return Conflict(draft, form.differences(draft.fields)) if draft else None


def said(draft: Draft) -> str:
    """Return: Draft kept 18:42:07."""
    return _("Draft kept %(time)s") % {"time": seconds(draft)}


def seconds(draft: Draft) -> str:
    """Return the time of the last change, on the agreement's clocks."""
    return dates.isolated(f"{draft.changed_at.astimezone(draft.agreement.zone):%H:%M:%S}")


def address_of(draft: Draft) -> str:
    """Return where the draft is opened."""
    return f"{reverse('log-report')}?{urlencode({'agreement': draft.agreement.slug, 'draft': str(draft.public_id)})}"


def as_number(text: str) -> int | None:
    """Return the number, or None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def opened(request: DeskRequest, public_id: str) -> Draft:
    """Return the draft that an address names. Raise Http404 if this reader may see none by that id."""
    draft = drafts.seen(request.user).filter(public_id=as_uuid(public_id)).first()
    if draft is None:
        raise Http404
    current.agreement(request, draft.agreement.slug)
    return draft


def _row(draft: Draft) -> Row:
    fields: dict[str, Any] = draft.fields
    named = str(fields.get("violation_type") or "")
    return Row(
        draft=draft,
        address=address_of(draft),
        type=str(ViolationType(named).label) if named in ViolationType.values else "",
        place=str(fields.get("place") or ""),
        text=" ".join(str(fields.get("summary") or fields.get("wording") or "").split())[:160],
        kept=dates.moment(draft.changed_at, draft.agreement.zone),
    )
