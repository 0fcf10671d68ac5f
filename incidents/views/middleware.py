"""What holds for every answer: none is kept by browsers, and none refuses without a word; looks at protected sources are written down
before it leaves; and in read-only mode what is written is answered 503 and every page says so.

Signing in and out still works, and so does what a browser alone remembers. The relay and the workers are not touched: what
was acknowledged before is sealed and counted, and then everything rests.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.messages import constants, get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from incidents.actions import reads
from incidents.queries import looks
from incidents.views import broken

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
STILL_OPEN = {"account_login", "account_logout", "mfa_authenticate", "mfa_login_webauthn", "theme"}


class ReadOnly:
    """Middleware: refuse to write while READ_ONLY is set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.READ_ONLY or request.method in SAFE or _name(request) in STILL_OPEN:
            return self.get_response(request)
        return broken.read_only(request)


class NotKept:
    """Middleware: nothing that is answered to somebody may be kept by a browser or a proxy, unless it says so itself.

    Otherwise whoever sits down after a sign-out goes back through what was read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


class Worded:
    """Middleware: what refuses without a word, such as a method that an address does not have, says so on a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        words = broken.REFUSED.get(answer.status_code)
        if words and isinstance(answer, HttpResponse) and not answer.content and not request.path_info.startswith("/api/"):
            answer.content = broken.worded(request, words).encode()
            answer["Content-Type"] = "text/html; charset=utf-8"
        return answer


class Looked:
    """Middleware: whose protected sources an answer shows is in the read log, in one insert, before the answer leaves.

    If that cannot be written, the error is the answer, and nothing of what was read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with looks.noting():
            answer = self.get_response(request)
            reads.of_this_request()
        return answer


def notice(request: HttpRequest) -> dict[str, Any]:
    """Return the messages of a page with ours before them, in read-only mode; nothing otherwise."""
    if not settings.READ_ONLY:
        return {}
    return {"messages": SimpleLazyObject(lambda: list(_messages(request))), "is_read_only": True}


def _messages(request: HttpRequest) -> Iterator[Message]:
    ours = Message(constants.WARNING, _("Truce is read-only at present: nothing can be entered or changed."))
    return chain([ours], get_messages(request))


def _name(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None
