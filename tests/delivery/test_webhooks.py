"""Webhooks, from a change in the log to a receiver on loopback: each told once, again where it failed, and given up at last."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents.actions import reports, seals, webhooks
from incidents.delivery import client
from incidents.delivery import webhooks as delivering
from incidents.delivery.signing import signature
from incidents.models import Change, Convoy, Delivery, User, Webhook
from incidents.queries import webhooks as queries
from incidents.rules.retries import ATTEMPTS
from tests.builders import make_agreement, make_party, make_report, make_source, make_user
from tests.delivery.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_INNER_NETWORKS = ["127.0.0.0/8"]
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def webhook(receiver: Receiver) -> Webhook:
    make_agreement()
    make_source()
    return webhooks.subscribe(by=make_user(User.Role.PARTNER), url=receiver.url)


def served(webhook: Webhook) -> int:
    while seals.seal():
        pass
    return delivering.serve(webhook.pk)


def later(webhook: Webhook) -> int:
    Delivery.objects.filter(state=Delivery.State.WAITING).update(next_at=timezone.now() - timedelta(seconds=1))
    return served(webhook)


def events(receiver: Receiver) -> list[tuple[str, str]]:
    return [(event["type"], event["id"]) for _headers, body in receiver.got for event in json.loads(body)["events"]]


def test_a_report_is_told_of_once_signed_and_without_a_word_of_what_it_says(webhook: Webhook, receiver: Receiver) -> None:
    report = make_report(summary="canary")
    assert (served(webhook), served(webhook)) == (1, 0)
    ((headers, body),) = receiver.got
    assert events(receiver) == [("report", str(report.public_id))]
    assert b"canary" not in body
    at = int(headers["Truce-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Truce-Signature"] == signature(webhook.secret, body, at)
    assert abs(at - timezone.now().timestamp()) < 60


def test_what_the_subscriber_may_not_see_is_not_told(webhook: Webhook, receiver: Receiver) -> None:
    convoy = Convoy.objects.create(reference="C-1", operator=make_party("Lowlands"), agreement=make_agreement(), source=make_source())
    make_report(convoy=convoy)
    assert served(webhook) == 0 and receiver.got == []


def test_a_failure_is_tried_again_later_and_given_up_at_last(webhook: Webhook, receiver: Receiver) -> None:
    receiver.answers = [500] * ATTEMPTS
    make_report()
    assert served(webhook) == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_status, delivery.attempts) == (Delivery.State.WAITING, 500, 1)
    assert delivery.next_at and delivery.next_at > timezone.now()
    assert served(webhook) == 0, "not before its time"
    for _turn in range(ATTEMPTS):
        later(webhook)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.next_at, len(receiver.got)) == (Delivery.State.DEAD, ATTEMPTS, None, ATTEMPTS)
    webhooks.resend(delivery=delivery)
    assert served(webhook) == 1
    assert Delivery.objects.get().state == Delivery.State.DELIVERED
    assert {headers["Truce-Delivery"] for headers, _body in receiver.got} == {str(delivery.public_id)}, "a receiver knows it by its id"


def test_a_worker_killed_while_it_delivers_loses_nothing(webhook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    make_report()

    def killed(*_arguments: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(client, "post", killed)
        with pytest.raises(SystemExit):
            served(webhook)
    assert served(webhook) == 0, "it is still claimed"
    assert later(webhook) == 1 and len(receiver.got) == 1


def test_two_workers_do_not_deliver_the_same(webhook: Webhook) -> None:
    make_report()
    while seals.seal():
        pass
    webhooks.make_out(webhook)
    (pk,) = queries.due(webhook.pk, timezone.now(), 10)
    now = timezone.now()
    assert webhooks.claim(pk, now) is not None
    assert webhooks.claim(pk, now) is None


def test_types_and_agreements_narrow_what_is_told(webhook: Webhook, receiver: Receiver) -> None:
    by = webhook.user
    webhooks.remove(webhook=webhook, by=by)
    narrow = webhooks.subscribe(by=by, url=receiver.url, types=["report"], agreements=["river-2020"])
    other = make_agreement("hill-2021")
    make_report(agreement=other)
    wanted = make_report()
    served(narrow)
    assert events(receiver) == [("report", str(wanted.public_id))]


def test_what_happens_during_a_pause_is_told_after_it(webhook: Webhook, receiver: Receiver) -> None:
    webhooks.change(webhook=webhook, by=webhook.user, is_active=False)
    report = make_report()
    assert served(webhook) == 0
    webhooks.change(webhook=webhook, by=webhook.user, is_active=True)
    reports.retract(report=report, by=None, reason="entered twice")
    served(webhook)
    assert events(receiver) == [("report", str(report.public_id))], "once, as it is now"


def test_a_trial_is_sent_once_and_told_of_as_one(webhook: Webhook, receiver: Receiver) -> None:
    receiver.answers = [500]
    webhooks.try_out(webhook=webhook)
    served(webhook)
    assert json.loads(receiver.got[0][1])["is_test"] is True
    assert Delivery.objects.get().state == Delivery.State.DEAD


def test_a_webhook_is_found_at_work_when_there_is_something_to_do(webhook: Webhook) -> None:
    served(webhook)
    assert queries.at_work(timezone.now()) == []
    make_report()
    while seals.seal():
        pass
    assert queries.at_work(timezone.now()) == [webhook.pk]
    served(webhook)
    assert queries.at_work(timezone.now()) == []


def test_the_log_keeps_who_subscribed_and_not_the_secret(webhook: Webhook) -> None:
    change = Change.objects.get(record_id=webhook.public_id)
    assert change.kind == "webhook.added" and webhook.url in json.dumps(change.payload.body)
    assert webhook.secret not in json.dumps(change.payload.body)
