"""Exports as pages: asked for without a script, watched, fetched, each by whoever asked for it alone."""

from typing import Any

import pytest
from django.test import Client

from incidents.exports import drawing
from incidents.models import ExportJob
from tests.builders import make_agreement, make_report
from tests.views.reading import text_of

PAGE = "/en/exports/"


@pytest.fixture(autouse=True)
def truce(db: None, settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path
    make_agreement()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_open_in_both_languages(partner: Client, language: str) -> None:
    assert partner.get(f"/{language}/exports/").status_code == 200
    partner.post(PAGE, {"of": "reports", "format": "csv"})
    assert partner.get(f"/{language}/exports/{ExportJob.objects.get().public_id}/").status_code == 200


def test_what_is_asked_for_is_watched_and_another_ones_does_not_exist(partner: Client, analyst: Client) -> None:
    assert partner.post(PAGE, {"of": "reports", "format": "xlsx", "agreement": "river-2020", "since": "2/6/2020"}).status_code == 302
    job = ExportJob.objects.get()
    assert job.filter == {"agreement": "river-2020", "since": "2020-06-02"}
    assert "queued" in text_of(partner.get(PAGE)) and 'hx-trigger="every 2s"' in partner.get(PAGE).content.decode()
    fragment = partner.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and "queued" in fragment
    ExportJob.objects.update(state="done", sha256="0" * 64, rows=0)
    assert "hx-trigger" not in partner.get(PAGE).content.decode()
    for address in (f"{PAGE}{job.public_id}/", f"{PAGE}{job.public_id}/file/"):
        assert analyst.get(address).status_code == 404
    assert "reports" not in text_of(analyst.get(f"{PAGE}?")).split("Nothing has been taken away yet.")[1]


@pytest.mark.django_db(transaction=True)
def test_a_file_is_fetched(partner: Client) -> None:
    report = make_report()
    partner.post(PAGE, {"of": "reports", "format": "csv"})
    drawing.draw(ExportJob.objects.get().pk)
    answer = partner.get(f"{PAGE}{ExportJob.objects.get().public_id}/file/")
    assert str(report.public_id).encode() in b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_what_cannot_be_drawn_is_said_at_its_field(partner: Client) -> None:
    answer = partner.post(PAGE, {"of": "aggregate-claims", "format": "geojson", "since": ""})
    assert answer.status_code == 422 and "no place on a map" in text_of(answer)


def test_a_list_is_taken_away_as_it_is_narrowed(partner: Client) -> None:
    make_report(unit="shot")
    listed = partner.get("/en/reports/?agreement=river-2020&unit=shot&side=A").content.decode()
    assert "?of=reports&amp;agreement=river-2020&amp;side=A&amp;unit=shot" in listed
    form = partner.get(f"{PAGE}?of=reports&agreement=river-2020&unit=shot&side=A").content.decode()
    assert '<input type="hidden" name="unit" value="shot">' in form and '<option value="reports" selected>' in form
    assert partner.post(PAGE, {"of": "reports", "format": "csv", "agreement": "river-2020", "unit": "shot", "box": "1,2"}).status_code == 422
    assert partner.post(PAGE, {"of": "reports", "format": "csv", "agreement": "river-2020", "unit": "shot", "side": "A"}).status_code == 302
    assert ExportJob.objects.get().filter == {"agreement": "river-2020", "unit": "shot", "side": "A"}
