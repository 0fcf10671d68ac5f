"""Coverage on the desk: shown, logged and removed without a script."""

import pytest
from django.test import Client

from incidents.models import Coverage
from tests.builders import make_agreement, make_party, make_place, make_source
from tests.views.reading import text_of

PAGE = "/en/coverage/?agreement=river-2020"


def said(**more: str) -> dict[str, str]:
    make_source()
    make_place()
    make_party("Monitor")
    return {"observer": "monitor", "kind": "patrol", "place": "Ford", "from_on": "2020-06-02", "source": "gazette"} | more


@pytest.fixture(autouse=True)
def truce(db: None) -> None:
    make_agreement()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_opens_in_both_languages(analyst: Client, language: str) -> None:
    assert analyst.get(f"/{language}/coverage/").status_code == 200


def test_coverage_is_logged_shown_and_removed(analyst: Client, partner: Client) -> None:
    assert analyst.post(PAGE, said(is_denied="on", denied_by="lowlands")).status_code == 302
    shown = text_of(partner.get(PAGE))
    assert "Monitor" in shown and "denied" in shown and "Log coverage" not in shown
    address = f"/en/coverage/{Coverage.objects.get().public_id}/remove/"
    assert partner.post(address, {"reason": "x"}).status_code == 403
    analyst.post(address, {"reason": ""})
    assert Coverage.objects.exists()
    analyst.post(address, {"reason": "wrong valley"})
    assert not Coverage.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"), [({"until_on": "2020-06-01"}, "until_on"), ({"denied_by": "lowlands"}, "denied_by"), ({"place": ""}, "place")]
)
def test_a_mistake_is_shown_at_its_field(analyst: Client, more: dict[str, str], field: str) -> None:
    answer = analyst.post(PAGE, said(**more))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_partners_log_nothing(partner: Client) -> None:
    partner.post(PAGE, said())
    assert not Coverage.objects.exists()
