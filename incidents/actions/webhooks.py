"""Webhooks: subscribing, making out deliveries from the subscriber's feed, and keeping what became of each attempt."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes, feeds
from incidents.errors import RuleBroken, StaleRecord
from incidents.models import ChangeKind, Delivery, FeedRow, User, Webhook
from incidents.queries import feeds as told
from incidents.queries.feeds import BY_NAME
from incidents.rules import retries

MOST_EVENTS = 100
MOST_OF_ONE_USER = 10
# A worker that is killed while it delivers leaves the delivery claimed; it is due again after this.
CLAIMED_FOR = timedelta(seconds=60)


@transaction.atomic
def subscribe(*, by: User, url: str, types: Sequence[str] = (), agreements: Sequence[str] = ()) -> Webhook:
    """Return the new subscription, which tells of what changes from now on. Its secret is shown to the subscriber once."""
    _check(types)
    if Webhook.objects.filter(user=by).count() >= MOST_OF_ONE_USER:
        raise RuleBroken("too_many", _("There are %(most)d webhooks at most.") % {"most": MOST_OF_ONE_USER}, "url")
    webhook = Webhook(user=by, url=url, secret=Webhook.fresh_secret(), filter=_filter(types, agreements))
    webhook.sent_up_to = feeds.follow(by=by).number
    webhook.save(force_insert=True)
    changes.record(by=by, kind=ChangeKind.WEBHOOK_ADDED, record=webhook, after=webhook.facts())
    return webhook


@transaction.atomic
def change(*, webhook: Webhook, by: User, is_active: bool, version: int | None = None) -> Webhook:
    """Return the subscription, paused or going on. What changed in the meantime is told when it goes on. Raise StaleRecord for an old version."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if version is not None and version != webhook.version:
        raise StaleRecord("stale", _("Somebody changed this since you read it. Nothing was overwritten."), "version")
    before = webhook.facts()
    webhook.is_active = is_active
    webhook.version += 1
    webhook.save(update_fields=["is_active", "version"])
    changes.record(by=by, kind=ChangeKind.WEBHOOK_CHANGED, record=webhook, before=before, after=webhook.facts())
    return webhook


@transaction.atomic
def remove(*, webhook: Webhook, by: User) -> None:
    """End the subscription; what was not delivered is dropped with it."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    changes.record(by=by, kind=ChangeKind.WEBHOOK_REMOVED, record=webhook, before=webhook.facts())
    webhook.delete()


def try_out(*, webhook: Webhook) -> Delivery:
    """Return a delivery that tells of nothing, on its way."""
    return Delivery.objects.create(webhook=webhook, is_test=True, next_at=timezone.now())


@transaction.atomic
def resend(*, delivery: Delivery) -> Delivery:
    """Return the delivery, on its way once more, with all its attempts before it again."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.state, delivery.attempts, delivery.next_at = Delivery.State.WAITING, 0, timezone.now()
    delivery.save(update_fields=["state", "attempts", "next_at"])
    return delivery


def make_out(webhook: Webhook) -> int:
    """Return how many deliveries were made out from what is new in the subscriber's feed. Twice is harmless: the place moves with them."""
    made = 0
    while True:
        with transaction.atomic():
            webhook = Webhook.objects.select_for_update().select_related("user").get(pk=webhook.pk)
            feed = feeds.follow(by=webhook.user)
            rows = told.rows(feed, webhook.sent_up_to, limit=MOST_EVENTS) if webhook.is_active else []
            if not rows:
                return made
            events = [_event(row) for row in _wanted(webhook, rows)]
            if events:
                Delivery.objects.create(webhook=webhook, events=events, next_at=timezone.now())
                made += 1
            webhook.sent_up_to = rows[-1].number
            webhook.save(update_fields=["sent_up_to"])


def claim(delivery_id: int, now: datetime) -> Delivery | None:
    """Return the delivery if it is due and nobody else has it; it is this caller's for a minute."""
    due = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING, next_at__lte=now, webhook__is_active=True)
    if due.update(next_at=now + CLAIMED_FOR) != 1:
        return None
    return Delivery.objects.select_related("webhook").get(pk=delivery_id)


def keep_outcome(delivery: Delivery, *, status: int | None, problem: str, is_taken: bool) -> None:
    """Write down what became of an attempt: delivered, to be tried again, or given up."""
    now = timezone.now()
    delivery.attempts += 1
    delivery.last_at, delivery.last_status, delivery.last_problem = now, status, problem
    pause = None if delivery.is_test else retries.pause_after(delivery.attempts)
    if is_taken:
        delivery.state, delivery.next_at = Delivery.State.DELIVERED, None
    elif pause is None:
        delivery.state, delivery.next_at = Delivery.State.DEAD, None
    else:
        delivery.next_at = now + pause
    delivery.save(update_fields=["attempts", "last_at", "last_status", "last_problem", "state", "next_at"])


def _filter(types: Sequence[str], agreements: Sequence[str]) -> dict[str, list[str]]:
    return {name: sorted(set(words)) for name, words in (("types", types), ("agreements", agreements)) if words}


def _check(types: Sequence[str]) -> None:
    for name in types:
        if name not in BY_NAME:
            raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": name}, "types")


def _wanted(webhook: Webhook, rows: Sequence[FeedRow]) -> list[FeedRow]:
    """Return the rows that the subscription asks for. What belongs to no one agreement, and what is gone, always is."""
    types, agreements = webhook.filter.get("types"), webhook.filter.get("agreements")
    wanted = [row for row in rows if not types or row.record_type in types]
    if not agreements:
        return wanted
    elsewhere = told.of_other_agreements(wanted, agreements)
    return [row for row in wanted if row.record_id not in elsewhere]


def _event(row: FeedRow) -> dict[str, object]:
    return {"type": row.record_type, "id": str(row.record_id), "at": row.at.isoformat(), "is_there": row.is_there}
