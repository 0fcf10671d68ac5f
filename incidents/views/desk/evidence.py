"""Evidence on a report's page: attaching it, and saving it from there."""

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import evidence as action
from incidents.actions import reads
from incidents.errors import RuleBroken
from incidents.forms.evidence import AttachEvidence, SizeLimit
from incidents.models import Evidence, ReadEntry, Report
from incidents.permissions import Capability
from incidents.queries import evidence
from incidents.queries.evidence import Download
from incidents.views.access import DeskRequest, only
from incidents.views.desk import reports


# Checking the form's token reads the whole request, so how much is read is set before; the token is checked then.
@csrf_exempt
@require_http_methods(["POST"])
@only(Capability.LOG_REPORTS)
def attach(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Attach a file or a link to the report, and return to it."""
    limit = SizeLimit(request)
    request.upload_handlers.insert(0, limit)
    return _attach(request, public_id, limit)


@csrf_protect
def _attach(request: DeskRequest, public_id: uuid.UUID, limit: SizeLimit) -> HttpResponseBase:
    report = reports.found(request, public_id)
    form = AttachEvidence(request.POST, request.FILES, is_too_large=limit.is_too_large)
    if not (form.is_valid() and _attached(request, report, form)):
        return reports.shown(request, report, attach=form, status=422)
    messages.success(request, _("The evidence is attached."))
    return redirect("report", public_id=public_id)


def _attached(request: DeskRequest, report: Report, form: AttachEvidence) -> bool:
    said, file = form.cleaned_data, form.cleaned_data["file"]
    try:
        if file:
            received = action.receive(chunks=file.chunks(), name=file.name or "")
            action.attach_file(report=report, by=request.user, received=received, title=said["title"])
        else:
            action.attach(report=report, by=request.user, link=said["link"], title=said["title"])
    except RuleBroken as error:
        form.add_rule(error)
        return False
    return True


@require_safe
@only(Capability.READ_PROTECTED_SOURCES)
def original(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Save the original. Who does is in the read log before the first byte leaves."""
    found = _file(request, public_id)
    if not evidence.sees_originals(request.user, found.report):
        raise Http404
    reads.record(by=request.user, what=ReadEntry.What.ORIGINAL, records=[found])
    try:
        return _saved(evidence.original(found))
    except evidence.NotWhole:
        return _damaged()


@require_safe
@only(Capability.READ)
def copy(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Save the copy that is shared, or show it as a picture on a page of ours."""
    try:
        download = evidence.shared_copy(_file(request, public_id))
    except evidence.NotWhole:
        return _damaged()
    if download is None:
        raise Http404
    return _saved(download)


def _file(request: DeskRequest, public_id: uuid.UUID) -> Evidence:
    try:
        found = evidence.one(request.user, public_id)
    except Evidence.DoesNotExist:
        raise Http404 from None
    if not found.sha256:
        raise Http404
    return found


def _damaged() -> HttpResponse:
    words = _("The stored file is missing or is not what was received. Tell an administrator.")
    return HttpResponse(words, status=409, content_type="text/plain; charset=utf-8")


def _saved(download: Download) -> FileResponse:
    answer = FileResponse(download.file, as_attachment=True, filename=download.name, content_type=download.media_type)
    for name, value in download.headers.items():
        answer[name] = value
    return answer
