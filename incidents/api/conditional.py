"""Not sent twice, and not written over: `ETag` with 304 for what is read, `If-Match` with 412 and 428 for what is replaced.

A tag is made from what is shown - every id and version in it - and from who reads it. So it tells nothing that the answer does not,
and it is another whenever the answer is. Before the hash it names the record's version, which is all that `If-Match` asks for.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api.errors import CannotRead
from incidents.errors import StaleRecord
from incidents.models import ApiKey

MATCHED = "If-Match"

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_VERSION = re.compile(r"([0-9]{1,9})(?:\.[0-9a-f]{32})?")


class Unconditional(CannotRead):
    """It is not said which version is to be replaced."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED


class Stale(CannotRead):
    """Somebody changed it since. Nothing is done."""

    status_code = status.HTTP_412_PRECONDITION_FAILED


def answered(request: Request, answer: HttpResponseBase) -> None:
    """Give an answer its tag, and take back what whoever asks has already."""
    if request.method not in {"GET", "HEAD"} or answer.streaming or "ETag" in answer.headers:
        return
    patch_vary_headers(answer, ("Accept-Language", "Authorization", "Cookie"))
    if answer.status_code != status.HTTP_200_OK:
        return
    if isinstance(answer, Response) and not answer.is_rendered:
        answer.add_post_render_callback(lambda rendered: _tagged(request, rendered))
    else:
        _tagged(request, answer)


def _tagged(request: Request, answer: Any) -> None:
    key = request.auth.lookup if isinstance(request.auth, ApiKey) else ""
    digest = hashlib.sha256(f"{request.user.pk}:{key}:".encode() + answer.content).hexdigest()[:32]
    version = _version_in(getattr(answer, "data", None))
    tag = digest if version is None else f"{version}.{digest}"
    answer.headers["ETag"] = f'"{tag}"'
    held = request.headers.get("If-None-Match", "")
    if held.strip() == "*" or tag in _TAG.findall(held):
        answer.status_code = status.HTTP_304_NOT_MODIFIED
        answer.content = b""
        for name in ("Content-Type", "Content-Length"):
            answer.headers.pop(name, None)


def _version_in(data: Any) -> int | None:
    version = data.get("version") if isinstance(data, dict) else None
    return version if type(version) is int else None


def check(request: Request, version: int) -> None:
    """Raise 412 if the request names by `If-Match` another version of a record than the one it has. That it names one is not required here."""
    if MATCHED in request.headers and _version_to_replace(request, None) != version:
        raise Stale("stale", _("Somebody changed this since you read it: nothing was done."), MATCHED)


@contextmanager
def replacing(request: Request, said: int | None) -> Iterator[int]:
    """Give the version that is to be replaced. That it is no longer is answered 412 where `If-Match` asked, 409 where the body did."""
    version = _version_to_replace(request, said)
    try:
        yield version
    except StaleRecord as stale:
        if MATCHED in request.headers:
            raise Stale(stale.code, str(stale.message), MATCHED) from stale
        raise


def _version_to_replace(request: Request, said: int | None) -> int:
    """Return the version that the request takes the record to have: by `If-Match`, or as its body says.

    Raise 428 where neither says it; "*" says nothing of what was read. Raise 412 where the two are not the same.
    """
    header = request.headers.get(MATCHED, "").strip()
    versions = [match for tag in _TAG.findall(header) if (match := _VERSION.fullmatch(tag))]
    if not versions and header not in {"", "*"}:
        raise Stale("stale", _("This is no version of the record: nothing was done. Read it again."), MATCHED)
    found = int(versions[0][1]) if versions else said
    if found is None:
        raise Unconditional("version_required", _("Say which version you read: If-Match with the ETag, or `version`."), MATCHED)
    if said is not None and found != said:
        raise Stale("stale", _("If-Match and `version` speak of different versions: nothing was done."), MATCHED)
    return found
