"""What is answered when something of ours broke: 503 while the database does not answer, 500 for a defect; each as a page or as JSON.

Django asks for it wherever the error arose: in a view, in a template, or in what reads a session on the way there. Nothing here may
ask the database anything, so the pages are whole files in both languages.
"""

import sys

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from psycopg.errors import ReadOnlySqlTransaction

RETRY_AFTER, RETRY_AFTER_READ_ONLY = "5", "600"  # seconds


def answer(request: HttpRequest) -> HttpResponseBase:
    """Return the answer to the error that is being handled."""
    is_json = request.path_info.startswith("/api/")
    error = sys.exc_info()[1]
    if isinstance(error, InternalError) and isinstance(error.__cause__, ReadOnlySqlTransaction):
        return read_only(request)
    if isinstance(error, OperationalError | InterfaceError):
        told = _unavailable() if is_json else HttpResponse(render_to_string("unavailable.html"), status=503)
        told["Retry-After"] = RETRY_AFTER
    else:
        told = _defect() if is_json else HttpResponse(render_to_string("500.html"), status=500)
    told["Cache-Control"] = "no-store"
    return told


def read_only(request: HttpRequest) -> HttpResponseBase:
    """Return that nothing can be written at present: Truce is read-only, or the copy of the database that it stands on."""
    if request.path_info.startswith("/api/"):
        told: HttpResponse = problem(
            503, "read_only", _("Not available at present"), _("Truce is read-only at present: nothing can be entered or changed.")
        )
    else:
        told = HttpResponse(render_to_string("503.html"), status=503)
    told["Retry-After"] = RETRY_AFTER_READ_ONLY
    told["Cache-Control"] = "no-store"
    return told


def problem(status: int, code: str, title: str, detail: str) -> JsonResponse:
    """Return a problem as the API tells it, for what happens before or outside an endpoint."""
    content = {"type": f"urn:truce:problem:{code}", "title": title, "status": status, "code": code, "field": None, "detail": detail}
    return JsonResponse(content, status=status, content_type="application/problem+json")


def _unavailable() -> JsonResponse:
    detail = _("The database did not answer. Send the request again; with the same Idempotency-Key nothing is done twice.")
    return problem(503, "database_unavailable", _("Not available at present"), detail)


def _defect() -> JsonResponse:
    return problem(500, "defect", _("A defect of ours"), _("Something went wrong on our side. What was acknowledged is kept."))
