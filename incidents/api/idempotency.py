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

HEADER = "Idempotency-Key"
LONGEST = 255
LONGEST_WAIT = "10s"

Answer = tuple[dict[str, Any], str]


def once(request: Request, write: Callable[[], Answer]) -> HttpResponse:
    """Return 201 with what `write` answers (a body and the record's address), written once however often it is sent.

    The answer is kept in the transaction that writes, so that there is never one without the other. Requests with one key take turns:
    whoever comes second finds the answer of the first. A refused request keeps nothing, and may be sent again corrected.
    """
    key, sender = _key(request), cast(User, request.user)
    with transaction.atomic():
        if key is None:
            return _created(*_rendered(write()))
        sent = _sent(sender, key)
        fingerprint = hashlib.sha256(canonical([request.method, request.path, request.data])).hexdigest()
        if sent is None:
            text, address = _rendered(write())
            reads.of_this_request()  # whoever sends this again is answered from what is kept
            kept = {"body": text, "location": address}
            SentRequest.objects.create(user=sender, key=key, body_hash=fingerprint, status=201, answer=kept)
            return _created(text, address)
        if sent.body_hash != fingerprint:
            raise RuleBroken("key_used_for_another", _("This key came with another request before: send each with a key of its own."), HEADER)
        return _created(sent.answer["body"], sent.answer["location"])


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


def _created(text: str, address: str) -> HttpResponse:
    return HttpResponse(text, status=201, content_type="application/json", headers={"Location": address})


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
