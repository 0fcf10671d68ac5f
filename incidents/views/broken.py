"""What is answered when something went wrong outside a page of its own: a whole page in every language, the reader's first, or JSON.

503 while the database does not answer, 500 for a defect, and what a form or an address did not take. Django asks for it wherever the error
arose: in a view, in a template, or in what reads a session on the way there. Nothing here may ask the database anything.
"""

import sys
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, gettext_lazy, override
from django.utils.translation import gettext as _
from psycopg.errors import ReadOnlySqlTransaction

from incidents.views import appearance

RETRY_AFTER, RETRY_AFTER_READ_ONLY = "5", "600"  # seconds


class Words(NamedTuple):
    """What a page says: its heading, and what became of what was sent."""

    icon: str
    title: str | Promise
    says: str | Promise


UNAVAILABLE = Words(
    "database",
    gettext_lazy("Not available at present"),
    gettext_lazy(
        "The database does not answer. Nothing that was acknowledged is lost. If you were saving something, it may or may not have been kept: "
        "go back to keep what you typed, wait a moment, and look before you send it again."
    ),
)
DEFECT = Words(
    "triangle-alert", gettext_lazy("Something went wrong"), gettext_lazy("Nothing that was acknowledged is lost. Please try again in a moment.")
)  # fmt: skip
READ_ONLY = Words(
    "lock-keyhole",
    gettext_lazy("Read-only at present"),
    gettext_lazy(
        "Nothing can be entered or changed, and what you sent was not kept. Reading works as ever. "
        "Go back to keep what you typed, and try again later."
    ),
)
OUT_OF_DATE = Words(
    "refresh-cw",
    gettext_lazy("This form is out of date"),
    gettext_lazy(
        "Nothing was saved. Since the page was opened somebody signed in or out in this browser, or the browser keeps no cookies. "
        "Go back, copy what you typed, load the page anew, and send it again."
    ),
)
TOO_MUCH = Words(
    "package",
    gettext_lazy("Too much at once"),
    gettext_lazy("Nothing was saved: what was sent is more than a page takes. Send it in parts, or import it as a file."),
)
REFUSED = {
    400: Words(
        "circle-question-mark",
        gettext_lazy("Not understood"),
        gettext_lazy("Nothing was saved: what was sent could not be read. Go back and try again."),
    ),
    405: Words(
        "ban",
        gettext_lazy("Nothing to see at this address"),
        gettext_lazy("This address takes what a form sends, or only shows something. Nothing was changed."),
    ),
}


def answer(request: HttpRequest) -> HttpResponseBase:
    """Return the answer to the error that is being handled."""
    error = sys.exc_info()[1]
    if isinstance(error, InternalError) and isinstance(error.__cause__, ReadOnlySqlTransaction):
        return read_only(request)
    if isinstance(error, OperationalError | InterfaceError):
        told = _unavailable() if _is_json(request) else page(request, 503, UNAVAILABLE)
        told["Retry-After"] = RETRY_AFTER
    else:
        told = _defect() if _is_json(request) else page(request, 500, DEFECT)
    told["Cache-Control"] = "no-store"
    return told


def read_only(request: HttpRequest) -> HttpResponseBase:
    """Return that nothing can be written at present: Truce is read-only, or the copy of the database that it stands on."""
    if _is_json(request):
        told: HttpResponse = problem(
            503, "read_only", _("Not available at present"), _("Truce is read-only at present: nothing can be entered or changed.")
        )
    else:
        told = page(request, 503, READ_ONLY)
    told["Retry-After"] = RETRY_AFTER_READ_ONLY
    told["Cache-Control"] = "no-store"
    return told


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Return that what was sent could not be read, or is too much."""
    is_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    status, words = (413, TOO_MUCH) if is_much else (400, REFUSED[400])
    if _is_json(request):
        return problem(status, "too_large" if is_much else "not_understood", str(words.title), str(words.says))
    return page(request, status, words)


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Return that a form was sent without the proof that this browser was given it."""
    return page(request, 403, OUT_OF_DATE)


def page(request: HttpRequest, status: int, words: Words) -> HttpResponse:
    """Return a page that says this in every language."""
    return HttpResponse(worded(request, words), status=status)


def worded(request: HttpRequest, words: Words) -> str:
    """Return the page that says this, as text. Where we are at fault, "Try again" leads to the same address, unless that repeats something."""
    here = get_language()
    told = []
    for code in sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != here):
        with override(code):
            texts = {"title": str(words.title), "says": str(words.says), "again": _("Try again"), "start": _("To the dashboard"), "name": _("Truce")}
        told.append(texts | {"code": code, "dir": "rtl" if get_language_info(code)["bidi"] else "ltr"})
    theme = request.COOKIES.get(appearance.COOKIE, "")
    again = request.get_full_path() if request.method == "GET" and words in {UNAVAILABLE, DEFECT} else ""
    frame = {"told": told, "icon": words.icon, "again": again, "theme": theme}
    return render_to_string("broken.html", frame | {"styles": appearance.styles_version(), "dark": appearance.address("css/dark.css")})


def problem(status: int, code: str, title: str, detail: str) -> JsonResponse:
    """Return a problem as the API tells it, for what happens before or outside an endpoint."""
    content = {"type": f"urn:truce:problem:{code}", "title": title, "status": status, "code": code, "field": None, "detail": detail}
    return JsonResponse(content, status=status, content_type="application/problem+json")


def _is_json(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _unavailable() -> HttpResponse:
    detail = _("The database did not answer. Send the request again; with the same Idempotency-Key nothing is done twice.")
    return problem(503, "database_unavailable", _("Not available at present"), detail)


def _defect() -> HttpResponse:
    return problem(500, "defect", _("A defect of ours"), _("Something went wrong on our side. What was acknowledged is kept."))
