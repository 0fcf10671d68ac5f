"""Webhooks as pages: made without a script, the secret shown once, deliveries looked at and sent again, each by its owner alone."""

import pytest
from django.test import Client

from incidents.models import Delivery, Webhook
from tests.builders import make_agreement
from tests.views.reading import text_of

PAGE = "/en/webhooks/"
ADDRESS = "https://hooks.example.org/truce"


@pytest.fixture(autouse=True)
def truce(db: None) -> None:
    make_agreement()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_open_in_both_languages(partner: Client, language: str) -> None:
    assert partner.get(f"/{language}/webhooks/").status_code == 200
    partner.post(PAGE, {"address": ADDRESS, "types": ["report"], "agreements": ["river-2020"]})
    assert partner.get(f"/{language}/webhooks/{Webhook.objects.get().public_id}/").status_code == 200


def test_a_webhook_is_made_its_secret_shown_once_and_its_deliveries_sent_again(partner: Client) -> None:
    made = partner.post(PAGE, {"address": ADDRESS, "types": ["report"]})
    webhook = Webhook.objects.get()
    assert webhook.secret in made.content.decode() and made["Cache-Control"] == "no-store"
    assert webhook.secret not in partner.get(PAGE).content.decode()
    page, change = f"{PAGE}{webhook.public_id}/", f"{PAGE}{webhook.public_id}/change/"
    partner.post(change, {"do": "try"})
    assert "trial" in text_of(partner.get(page))
    Delivery.objects.update(state="dead", last_problem="<b>refused</b>")
    shown = partner.get(page)
    assert "given up" in text_of(shown) and "<b>refused" not in shown.content.decode()
    partner.post(change, {"do": "resend", "delivery": str(Delivery.objects.get().public_id)})
    assert Delivery.objects.get().state == "waiting"
    partner.post(change, {"do": "pause"})
    assert "paused" in text_of(partner.get(page))
    assert partner.post(change, {"do": "resend", "delivery": "1"}).status_code == 404
    assert partner.post(change, {"do": "sing"}).status_code == 400
    partner.post(change, {"do": "end"})
    assert not Webhook.objects.exists()


def test_an_address_inside_is_refused_at_its_field_and_what_was_typed_stays(partner: Client) -> None:
    answer = partner.post(PAGE, {"address": "http://10.0.0.1/hook"})
    assert answer.status_code == 422
    assert "http://10.0.0.1/hook" in answer.content.decode() and "Write an https address on a public host." in text_of(answer)


def test_another_ones_webhook_does_not_exist(partner: Client, analyst: Client) -> None:
    partner.post(PAGE, {"address": ADDRESS})
    page = f"{PAGE}{Webhook.objects.get().public_id}/"
    assert analyst.get(page).status_code == analyst.post(f"{page}change/", {"do": "end"}).status_code == 404
    assert "hooks.example.org" not in text_of(analyst.get(PAGE))
