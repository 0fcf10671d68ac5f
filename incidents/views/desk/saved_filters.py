"""Saved filters of the report list: kept under a name, and dropped."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incidents.actions import saved_filters as action
from incidents.errors import RuleBroken
from incidents.permissions import Capability
from incidents.queries import saved_filters
from incidents.queries.filters import ReportFilter
from incidents.views.access import DeskRequest, only
from incidents.views.desk import report_list


@require_POST
@only(Capability.READ)
def keep(request: DeskRequest) -> HttpResponseBase:
    """Save what the list was asked under a name, and return to it."""
    asked_with = report_list.sent_from(request)
    try:
        asked = ReportFilter.parse(asked_with).as_params() | report_list.view_of(asked_with)
        name = request.POST.get("name", "").replace("\0", "")
        saved = action.keep(name=name, asked=asked, by=request.user)
    except RuleBroken as error:
        messages.error(request, str(error.message))
        return redirect(f"{reverse('reports')}?{asked_with.urlencode()}")
    messages.success(request, _("Saved as “%(name)s”.") % {"name": saved.name})
    return redirect(f"{reverse('reports')}?{urlencode(asked)}")


@require_POST
@only(Capability.READ)
def discard(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Drop one's own saved filter; another's is not there."""
    saved = saved_filters.own(request.user).filter(public_id=public_id).first()
    if saved is None:
        raise Http404
    action.discard(saved=saved)
    messages.success(request, _("“%(name)s” is no longer saved.") % {"name": saved.name})
    return redirect(f"{reverse('reports')}?{report_list.sent_from(request).urlencode()}")
