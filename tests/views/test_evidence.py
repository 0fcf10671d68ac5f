"""Evidence on a report's page."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client

from incidents.actions import evidence
from incidents.models import Evidence, ReadEntry
from tests.api.test_evidence import SVG, content_of, forget, picture
from tests.builders import make_report, make_source
from tests.views.reading import text_of


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path / "evidence"


def attach(client: Client, page: str, **values: Any) -> Any:
    return client.post(f"{page}evidence/", values)


def test_a_file_and_a_link_are_attached_on_the_page(analyst: Client, partner: Client) -> None:
    page = f"/en/reports/{make_report().public_id}/"
    assert "Nothing is attached." in text_of(analyst.get(page))
    answer = attach(analyst, page, file=SimpleUploadedFile("Salma.jpg", picture()), title="Crater")
    assert (answer.status_code, answer["Location"]) == (302, page)
    attach(analyst, page, link="https://example.org/a")
    assert "A copy without metadata is being made." in text_of(analyst.get(page))
    evidence.draw_copies()
    seen, theirs = text_of(analyst.get(page)), text_of(partner.get(page))
    for words in ("Crater", "https://example.org/a", "image/jpeg", "Salma.jpg", "Save the original"):
        assert words in seen
        assert (words in theirs) == (words not in {"Salma.jpg", "Save the original"})
    assert "Attach evidence" not in theirs
    assert attach(partner, page, link="https://example.org/b").status_code == 403


@pytest.mark.parametrize(("values", "words"), [({}, "one of the two"), ({"link": "x", "file": SimpleUploadedFile("x", b"x")}, "one of the two")])
def test_mistakes_are_shown_at_the_form(analyst: Client, values: dict[str, Any], words: str) -> None:
    page = f"/en/reports/{make_report().public_id}/"
    answer = attach(analyst, page, **values)
    assert answer.status_code == 422
    assert words in text_of(answer) and "<details open>" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_file_too_large_is_said_and_never_touches_the_disk(analyst: Client, settings: Any, folder: Path) -> None:
    settings.EVIDENCE_LIMIT = 1 << 20
    page = f"/en/reports/{make_report().public_id}/"
    for size in ((1 << 20) + 1, 2 << 20):
        answer = attach(analyst, page, file=SimpleUploadedFile("x.bin", b"x" * size))
        assert answer.status_code == 422
        assert "This file is larger than 1 MB." in text_of(answer)
    assert not folder.exists() or not list(folder.iterdir())


def test_the_same_file_twice_is_said(analyst: Client) -> None:
    page = f"/en/reports/{make_report().public_id}/"
    for status in (302, 422):
        assert attach(analyst, page, file=SimpleUploadedFile("x", b"same")).status_code == status


def test_a_forged_form_is_refused(analyst: Client) -> None:
    report = make_report()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = analyst.cookies
    assert attach(strict, f"/en/reports/{report.public_id}/", link="https://example.org/").status_code == 403
    assert Client().post(f"/en/reports/{report.public_id}/evidence/", {"link": "x"}).status_code == 302
    assert not Evidence.objects.exists()


def test_nothing_that_was_sent_is_shown_as_a_page(analyst: Client, partner: Client) -> None:
    page = f"/en/reports/{make_report().public_id}/"
    attach(analyst, page, file=SimpleUploadedFile("x.svg", SVG, content_type="image/svg+xml"))
    found = Evidence.objects.get()
    saved = analyst.get(f"/en/evidence/{found.public_id}/original/", headers={"Accept-Encoding": "gzip"})
    assert content_of(saved) == SVG
    assert (saved["Content-Type"], saved["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert saved["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert saved["Content-Disposition"].startswith("attachment; ") and "svg" not in saved["Content-Disposition"]
    assert partner.get(f"/en/evidence/{found.public_id}/original/").status_code == 403
    assert partner.get(f"/en/evidence/{found.public_id}/copy/").status_code == 404
    assert SVG.decode() not in analyst.get(page).content.decode()


def test_looks_are_on_record_or_nothing_is_shown(analyst: Client, partner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"/en/reports/{make_report(source=make_source('Hotline', is_protected=True)).public_id}/"
    attach(analyst, page, file=SimpleUploadedFile("x", b"content"), title="Footage")
    assert "Footage" not in text_of(partner.get(page)) and not ReadEntry.objects.exists()
    assert "Hotline" in text_of(analyst.get(page))
    content_of(analyst.get(f"/en/evidence/{Evidence.objects.get().public_id}/original/"))
    assert [entry.what for entry in ReadEntry.objects.order_by("id")] == ["source", "original"]
    forget(monkeypatch)
    for address in (page, f"/en/evidence/{Evidence.objects.get().public_id}/original/"):
        with pytest.raises(DatabaseError):
            analyst.get(address)
