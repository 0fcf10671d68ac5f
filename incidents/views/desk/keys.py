"""Keys: one's own, and everybody's for administrators. The text of a key is on the page that answers its making, and never again."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.actions import keys as action
from incidents.errors import RuleBroken
from incidents.forms.keys import IssueKey
from incidents.models import ApiKey
from incidents.permissions import Capability
from incidents.queries import keys
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.vocabulary import Scope

OVERLAP = timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponseBase:
    """List the keys; below them a new one is issued."""
    form = IssueKey(request.POST if request.method == "POST" else None, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            key, text = action.issue(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            return _page(request, IssueKey(reader=request.user), key, text)
    return _page(request, form)


@require_POST
@only(Capability.READ)
def rotate(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Give a key a new secret; the one before opens it for a day more."""
    try:
        key, text = action.rotate(key=_one(request, public_id), by=request.user, overlap=OVERLAP)
    except RuleBroken as error:
        form = IssueKey(reader=request.user)
        return _page(request, form, refused=str(error.message))
    return _page(request, IssueKey(reader=request.user), key, text, is_rotated=True)


@require_POST
@only(Capability.READ)
def revoke(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Let a key open nothing any more."""
    key = _one(request, public_id)
    action.revoke(key=key, by=request.user)
    messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": key.name})
    return redirect("keys")


def _one(request: DeskRequest, public_id: uuid.UUID) -> ApiKey:
    key = keys.seen(request.user).filter(public_id=public_id).first()
    if key is None:
        raise Http404
    return key


def _page(
    request: DeskRequest, form: IssueKey, key: ApiKey | None = None, text: str = "", refused: str = "", *, is_rotated: bool = False
) -> HttpResponse:
    rows = [(row, [Scope(scope).label for scope in row.scopes]) for row in keys.seen(request.user)[:200]]
    context = {"rows": rows, "form": form, "key": key, "text": text, "refused": refused, "title": _("Keys"), "zone": dates.UTC_ZONE}
    context["is_rotated"] = is_rotated
    answer = render(request, "desk/keys/list.html", context, status=422 if form.errors or refused else 200)
    answer["Cache-Control"] = "no-store"
    return answer
