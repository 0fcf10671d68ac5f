"""Exports: asking for a file, watching it being made, and fetching it."""

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import exports as action
from incidents.errors import RuleBroken
from incidents.exports import drawing, sidecar
from incidents.exports.columns import EXPORTS
from incidents.exports.formats import FORMATS
from incidents.forms.exports import TakeAway
from incidents.models import ExportJob
from incidents.permissions import Capability
from incidents.queries import exports
from incidents.views import dates
from incidents.views.access import DeskRequest, only

SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.EXPORT)
def index(request: DeskRequest) -> HttpResponseBase:
    """List the reader's exports; a form asks for one. While one is being made, the list asks after it by itself."""
    initial = {name: request.GET.get(name, "") for name in ("of", "agreement", "since", "until")}
    form = TakeAway(request.POST or None, reader=request.user, said=request.POST or request.GET, initial=initial)
    if request.method == "POST" and form.is_valid():
        of, format, asked = form.cleaned_data["of"], form.cleaned_data["format"], form.asked()
        try:
            drawing.checked(request.user, of, format, asked)
            action.ask(by=request.user, of=of, format=format, asked=asked, mark=f"user:{request.user.pk}")
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("The file is being made; it can be fetched below when it is ready."))
            return redirect("exports")
    found = [(job, *_labels(job)) for job in exports.visible(request.user)[:SHOWN]]
    is_waiting = any(job.state in {"queued", "running"} for job, *_labelled in found)
    context = {"found": found, "is_waiting": is_waiting, "form": form, "zone": dates.UTC_ZONE}
    name = "desk/exports/_list.html" if request.htmx else "desk/exports/list.html"
    return render(request, name, context, status=422 if form.errors else 200)


@require_safe
@only(Capability.EXPORT)
def file(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Hand over the file of one of the reader's exports."""
    try:
        job = exports.one(request.user, public_id)
        found = (exports.folder() / job.stored_as).open("rb") if job.state == ExportJob.State.DONE else None
    except (ExportJob.DoesNotExist, OSError) as error:
        raise Http404 from error
    if found is None:
        raise Http404
    kind = FORMATS[job.format]
    answer = FileResponse(found, as_attachment=True, filename=f"truce-{job.of}.{kind.extension}", content_type=kind.media_type)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@only(Capability.EXPORT)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what must be known of one of the reader's exports."""
    try:
        job = exports.one(request.user, public_id)
    except ExportJob.DoesNotExist as error:
        raise Http404 from error
    of, format = _labels(job)
    context = {"job": job, "of": of, "format": format, "known": sidecar.of(job), "zone": dates.UTC_ZONE}
    return render(request, "desk/exports/show.html", context)


def _labels(job: ExportJob) -> tuple[str, str]:
    """Return of what an export is and in which format, as the form that asked for it says."""
    return str(EXPORTS[job.of].label), str(FORMATS[job.format].label)
