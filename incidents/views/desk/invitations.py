"""Invitations, for administrators. The link is on the page that answers its making, and never again."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.actions import invitations as action
from incidents.errors import RuleBroken
from incidents.forms.invitations import Invite
from incidents.models import Invitation
from incidents.permissions import Capability
from incidents.views import dates
from incidents.views.access import DeskRequest, only

MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.ADMINISTER)
def index(request: DeskRequest) -> HttpResponseBase:
    """List the invitations; below them somebody is invited."""
    asked, link = request.POST if request.method == "POST" else None, ""
    form = Invite(asked, reader=request.user)
    if asked is not None and form.is_valid():
        try:
            _made, token = action.make(by=request.user, **form.cleaned_data)
        except RuleBroken as error:
            form.add_rule(error)
        else:
            link, form = request.build_absolute_uri(reverse("invited", args=[token])), Invite(reader=request.user)
    now = timezone.now()
    rows = Invitation.objects.select_related("invited_by", "taken_by").prefetch_related("agreements")[:MOST]
    context = {"rows": [(row, row.is_open(now)) for row in rows], "form": form, "link": link, "zone": dates.UTC_ZONE}
    return render(request, "desk/invitations/list.html", context, status=422 if form.errors else 200)


@require_POST
@only(Capability.ADMINISTER)
def revoke(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Let an invitation open nothing any more."""
    invitation = Invitation.objects.filter(public_id=public_id).first()
    if invitation is None:
        raise Http404
    action.revoke(invitation=invitation, by=request.user)
    messages.success(request, _("The invitation of %(whom)s is taken back.") % {"whom": invitation.whom})
    return redirect("invitations")
