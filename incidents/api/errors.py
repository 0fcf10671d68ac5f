"""What went wrong, as `application/problem+json` (RFC 9457) in the language asked for.

400: the request cannot be read (its JSON, a parameter, a header). 422: it can, and a field or a rule is broken.
409: the record no longer stands as the request takes it to. What a reader may not see is 404, word for word like what is not there.
503: Truce, or the copy of the database that was asked, is read-only; or the database did not answer;
whether a write was kept is then not known, which is what the Idempotency-Key is for.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import ReadOnlySqlTransaction
from rest_framework import exceptions, status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.errors import RuleBroken, StaleRecord

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("Not signed in"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Not possible here"),
    406: gettext_lazy("Not available in that format"),
    409: gettext_lazy("It has changed since"),
    412: gettext_lazy("It has changed since"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("Only JSON is read here"),
    422: gettext_lazy("It breaks a rule"),
    428: gettext_lazy("Say which version you read"),
    429: gettext_lazy("Too many requests"),
    503: gettext_lazy("Not available at present"),
}
CONFLICTS = {"not_current", "already_recorded", "former_secret", "sent_with_other_rights"}


class CannotRead(exceptions.APIException):
    """The request itself cannot be read. `field` names what, as far as it is known."""

    status_code: int = status.HTTP_400_BAD_REQUEST
    default_code = "unreadable"

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(message, code)
        self.field = field


class TooLarge(CannotRead):
    """The body is larger than is read here."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Return the problem body for an error that a caller can do something about; None for a defect of ours, which is then reported."""
    request: Request = context["request"]
    if isinstance(error, RuleBroken):
        return body(_status_of(error, request), error.code, str(error.message), error.field, line=getattr(error, "line", None))
    if isinstance(error, OperationalError | InterfaceError):
        # Lost while committing, a write may have been kept or not; only the key tells the two apart.
        detail = _("The database did not answer. Send the request again; with the same Idempotency-Key nothing is done twice.")
        answer = body(status.HTTP_503_SERVICE_UNAVAILABLE, "database_unavailable", detail)
        answer["Retry-After"] = "5"
        return answer
    if isinstance(error, InternalError) and isinstance(error.__cause__, ReadOnlySqlTransaction):
        detail = _("Truce is read-only at present: nothing can be entered or changed.")
        answer = body(status.HTTP_503_SERVICE_UNAVAILABLE, "read_only", detail)
        answer["Retry-After"] = "600"
        return answer
    if isinstance(error, Http404 | exceptions.NotFound):
        return body(status.HTTP_404_NOT_FOUND, "not_found", _("There is nothing here that you may see."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _of_fields(list(_flat(error.detail)))
    if not isinstance(error, exceptions.APIException):
        return None
    code = (error.detail.code if isinstance(error.detail, exceptions.ErrorDetail) else None) or error.default_code
    answer = body(error.status_code, code, str(error.detail), getattr(error, "field", ""))
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = str(math.ceil(wait))
    # Set by the view, which knows how its first authentication asks.
    if challenge := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = challenge
    return answer


def body(status_code: int, code: str, detail: str, field: str = "", errors: list[dict[str, str]] | None = None, line: int | None = None) -> Response:
    """Return a problem as a response. `line` is that of a file which was sent."""
    content: dict[str, Any] = {
        "type": f"urn:truce:problem:{code}",
        "title": str(TITLES.get(status_code, "")),
        "status": status_code,
        "code": code,
        "field": field or None,
        "detail": detail,
    }
    if errors:
        content["errors"] = errors
    if line is not None:
        content["line"] = line
    return Response(content, status=status_code, content_type=MEDIA_TYPE)


def _status_of(error: RuleBroken, request: Request) -> int:
    if isinstance(error, StaleRecord) or error.code in CONFLICTS:
        return status.HTTP_409_CONFLICT
    return status.HTTP_400_BAD_REQUEST if request.method in SAFE_METHODS else status.HTTP_422_UNPROCESSABLE_ENTITY


def _of_fields(found: list[tuple[str, exceptions.ErrorDetail]]) -> Response:
    """Return one problem for all fields that are wrong: the first one at the top, each of them in `errors`."""
    errors = [{"code": detail.code or "invalid", "field": field, "detail": str(detail)} for field, detail in found]
    first = errors[0]
    return body(status.HTTP_422_UNPROCESSABLE_ENTITY, first["code"], first["detail"], first["field"], errors)


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, path if name == "non_field_errors" else f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            # A list of texts is about the field itself; a list of mappings is about its rows, of which the wrong ones are not empty.
            yield from _flat(inner, path if isinstance(inner, str) else f"{path}.{index}")
    else:
        yield path, detail
