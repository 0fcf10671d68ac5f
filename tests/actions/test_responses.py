"""Responses: an answer is dated and sourced, and says something."""

from datetime import date
from typing import Any

import pytest

from incidents.actions import responses
from incidents.errors import RuleBroken
from incidents.models import Change, Incident, Response
from tests.builders import make_agreement, make_party, make_report, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident() -> Incident:
    return Incident.objects.create(slug="ford", name="Strike at the ford")


def log(incident: Incident, **facts: Any) -> Response:
    values = {"party": make_party("Lowlands"), "kind": "denies", "answered_on": date(2020, 6, 3), "gist": "Not ours.", "source": make_source()}
    return responses.log(incident=incident, by=None, **values | facts)


def test_it_is_logged_under_the_agreement_of_its_reports(incident: Incident) -> None:
    make_report(incident=incident)
    change = Change.objects.get(record_id=log(incident).public_id)
    assert (change.kind, change.agreement_id) == ("response.logged", make_agreement().public_id)


def test_under_two_agreements_it_belongs_to_neither_alone(incident: Incident) -> None:
    make_report(incident=incident)
    make_report(incident=incident, agreement=make_agreement("hills-2020"))
    assert Change.objects.get(record_id=log(incident).public_id).agreement_id is None


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"kind": "shrugs"}, "unknown_word", "kind"),
        ({"answered_on": date(2999, 1, 1)}, "in_future", "answered_on"),
        ({"kind": "blames_another"}, "required", "blamed"),
        ({"gist": " "}, "required", "gist"),
    ],
)
def test_bad_input_names_its_field(incident: Incident, facts: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        log(incident, **facts)
    assert (broken.value.code, broken.value.field) == (code, field)


def test_nobody_blames_another_and_means_itself(incident: Incident) -> None:
    with pytest.raises(RuleBroken) as broken:
        log(incident, kind="blames_another", blamed=make_party("Lowlands"))
    assert broken.value.field == "blamed"


def test_words_are_kept_code_point_for_code_point(incident: Incident) -> None:
    words = "  \u202bليس نحن\u202c \r\n"
    log(incident, wording=words)
    assert Response.objects.get().wording == words
