"""The timeline: truces, declarations and incidents on one axis, and nothing that the reader may not see."""

import re
from datetime import date

import pytest
from django.test import Client

from incidents.actions import incidents
from incidents.models import Declaration
from tests.builders import make_agreement, make_party, make_report, make_source, sealed_and_posted
from tests.builders.convoys import make_convoy
from tests.views.reading import text_of

PAGE = "/en/timeline/?agreement=river-2020"


@pytest.fixture
def told(db: None) -> None:
    agreement = make_agreement()
    declared = {"party": make_party("Highlands"), "stance": "over", "declared_on": date(2020, 6, 5), "source": make_source()}
    Declaration.objects.create(agreement=agreement, **declared)
    incidents.open_for(reports=[make_report()], by=None, name="Shelling of the ford")
    incidents.open_for(reports=[make_report(convoy=make_convoy())], by=None, name="Trucks held up")
    sealed_and_posted()


def test_it_shows_truce_declaration_and_incident_with_their_days(partner: Client, analyst: Client, told: None) -> None:
    page = text_of(analyst.get(PAGE))
    for words in ("2 Jun 2020 Incident Shelling of the ford", "5 Jun 2020 Declared Highlands: declares it over", "1 Jun 2020 In force River truce"):
        assert words in page
    assert "Trucks held up" in page
    assert "Trucks held up" not in text_of(partner.get(PAGE))


def test_words_that_are_quoted_are_told_from_what_we_make_of_them(analyst: Client, told: None) -> None:
    facts = {"party": make_party("Lowlands"), "stance": "prolong", "declared_on": date(2020, 6, 5), "source": make_source()}
    Declaration.objects.create(agreement=make_agreement(), gist="Wants a week more.", **facts)
    Declaration.objects.update_or_create(stance="over", defaults={"wording": "It is dead."})
    page = analyst.get(PAGE).content.decode()
    assert "<q" in page and re.search(r"<q[^>]*>It is dead\.</q>", page) and not re.search(r"<q[^>]*>Wants", page) and "Wants a week more." in page
    assert text_of(analyst.get(PAGE)).count("5 Jun 2020 Declared") == 2, "each line says its day, though it is seen once"


def test_its_days_are_those_asked_for(analyst: Client, told: None) -> None:
    page = text_of(analyst.get(f"{PAGE}&from=2020-06-04&until=2020-06-06"))
    assert "Highlands: declares it over" in page and "Shelling of the ford" not in page
    assert analyst.get(f"{PAGE}&from=soon").status_code == 400


def test_it_is_a_picture_and_a_spreadsheet_too(analyst: Client, told: None) -> None:
    picture = analyst.get("/ar/timeline/chart.svg?agreement=river-2020")
    assert picture["Content-Type"] == "image/svg+xml" and picture.content.strip().startswith(b"<svg")
    rows = analyst.get("/en/timeline/table.csv?agreement=river-2020").content.decode().splitlines()
    assert rows[0] == "day,kind,what" and "2020-06-02,Incident,Shelling of the ford" in rows
