"""A write sent again with the same `Idempotency-Key` is answered again, not done again."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from incidents.actions import reads
from incidents.api.errors import CannotRead
from incidents.errors import RuleBroken
from incidents.models import SentRequest, User
from incidents.models.changes import canonical
from incidents.queries import visibility

HEADER = "Idempotency-Key"
LONGEST = 255
LONGEST_WAIT = "10s"

Answer = tuple[dict[str, Any], str]


def once(request: Request, write: Callable[[], Answer], status: int = 201) -> HttpResponse:
    """Return 201, or the status given, with what `write` answers: a body and the address of what was made, or "". It is written once.

    The answer is kept in the transaction that writes, so that there is never one without the other. Requests with one key take turns:
    whoever comes second finds the answer of the first. A refused request keeps nothing, and may be sent again corrected. What is kept is
    answered to the rights that it was written for: an API key of the same person's that opens less, or other things, is refused.
    """
    key, sender = _key(request), cast(User, request.user)
    with transaction.atomic():
        if key is None:
            return _answered(*_rendered(write()), status)
        sent = _sent(sender, key)
        matched = [request.headers["If-Match"]] if "If-Match" in request.headers else []
        fingerprint = hashlib.sha256(canonical([request.method, request.path, request.data, *matched])).hexdigest()
        if sent is None:
            text, address = _rendered(write())
            reads.of_this_request()  # whoever sends this again is answered from what is kept
            kept = {"body": text, "location": address, "sight": visibility.sight(sender)}
            SentRequest.objects.create(user=sender, key=key, body_hash=fingerprint, status=status, answer=kept)
            return _answered(text, address, status)
        if sent.body_hash != fingerprint:
            raise RuleBroken("key_used_for_another", _("This key came with another request before: send each with a key of its own."), HEADER)
        if sent.answer.get("sight") not in {None, visibility.sight(sender)}:
            said = _("This was sent before, and done, with other rights than these. Nothing was done again: look up what came of it.")
            raise RuleBroken("sent_with_other_rights", said, HEADER)
        return _answered(sent.answer["body"], sent.answer["location"], sent.status)


def _key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (1 <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise CannotRead("unreadable_key", _("A key has 1 to %(longest)d plain characters.") % {"longest": LONGEST}, HEADER)
    return key


def _sent(sender: User, key: str) -> SentRequest | None:
    """Return what was sent with this key before, once nobody else is at it."""
    number = int.from_bytes(hashlib.sha256(f"{sender.pk}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        # Whoever holds the key for longer than this is stuck: better to say "try again" than to wait with them.
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
    return SentRequest.objects.filter(user=sender, key=key).first()


def _rendered(answer: Answer) -> tuple[str, str]:
    body, address = answer
    return JSONRenderer().render(body).decode(), address


def _answered(text: str, address: str, status: int) -> HttpResponse:
    headers = {"Location": address} if address else {}
    return HttpResponse(text, status=status, content_type="application/json", headers=headers)


@contextmanager
def first_of_its_external_id() -> Iterator[None]:
    """Turn the database's refusal of an `external_id` that is taken into a conflict. Asking before would still let two in at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "external_id" not in str(error):
            raise
        raise RuleBroken("already_recorded", _("A record with this id is here already."), "external_id") from error
