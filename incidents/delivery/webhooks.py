"""Delivering: each attempt is claimed in the database, made outside any transaction, and its outcome kept."""

import json
import time
from collections.abc import Sequence
from ipaddress import ip_network

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import webhooks
from incidents.delivery import client, signing
from incidents.errors import RuleBroken
from incidents.models import Delivery, User, Webhook
from incidents.queries import webhooks as queries
from incidents.rules.hosts import Network

IN_ONE_GO = 20


def subscribe(*, by: User, address: str, types: Sequence[str] = (), agreements: Sequence[str] = ()) -> Webhook:
    """Return the new webhook. Raise RuleBroken, naming `address`, where it is not one that may be written to."""
    try:
        client.check(address, inner())
    except (client.NotAllowed, ValueError):
        message = (
            _("Write an https address, or one of the inner networks that are allowed here.")
            if inner()
            else _("Write an https address on a public host.")
        )
        raise RuleBroken("not_allowed", message, "address") from None
    return webhooks.subscribe(by=by, url=address, types=types, agreements=agreements)


def serve(webhook_id: int) -> int:
    """Return how many deliveries were tried: all that is new in the subscriber's feed is made out, then what is due is sent, oldest first."""
    webhook = Webhook.objects.filter(pk=webhook_id, is_active=True).first()
    if webhook is None:
        return 0
    webhooks.make_out(webhook)
    tried = 0
    for delivery_id in queries.due(webhook_id, timezone.now(), IN_ONE_GO):
        delivery = webhooks.claim(delivery_id, timezone.now())
        if delivery is None:
            continue
        answer = client.post(webhook.url, body(delivery), headers(delivery), inner())
        webhooks.keep_outcome(delivery, status=answer.status, problem=answer.problem, is_taken=answer.is_taken)
        tried += 1
        if not answer.is_taken:
            break  # it is down: the others wait for the next look rather than for one time-out each
    return tried


def body(delivery: Delivery) -> bytes:
    """Return what is sent: that these records are new, changed or gone. What they say is read with the key, from the feed."""
    said = {"delivery": str(delivery.public_id), "webhook": str(delivery.webhook.public_id), "is_test": delivery.is_test, "events": delivery.events}
    return json.dumps(said, separators=(",", ":")).encode()


def headers(delivery: Delivery) -> dict[str, str]:
    """Return the headers, signed now: a receiver refuses what is signed long ago, and knows a delivery that comes twice by its id."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Truce-Webhook/1",
        "Truce-Delivery": str(delivery.public_id),
        signing.HEADER: signing.signature(delivery.webhook.secret, body(delivery), int(time.time())),
    }


def inner() -> list[Network]:
    """Return the inner networks that the deployment lets webhooks reach; usually none."""
    return [ip_network(text) for text in settings.WEBHOOK_INNER_NETWORKS]
