"""Evidence over the API: sealed as it is read, saved and never shown, originals for staff alone and on record."""

import hashlib
import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from PIL import Image
from rest_framework.test import APIClient

from incidents.actions import checkpoints, evidence
from incidents.models import Evidence, ReadEntry, User
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_report, make_source, make_user, sealed_and_posted

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/evidence/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
POLYGLOT = b"GIF89a/*\0\0<script>*/=1;alert(1)//</script>"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path / "evidence"


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, format="JPEG", comment=b"Salma")
    return file.getvalue()


def sent(client: APIClient, content: bytes = b"content", *, name: str = "photo.jpg", key: str = "", **facts: Any) -> Any:
    facts.setdefault("report", make_report().public_id)
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content), **facts}, format="multipart", headers=headers)


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_is_sealed_and_told_of(analyst: APIClient, folder: Path) -> None:
    answer = sent(analyst, picture(), title="Crater")
    assert answer.status_code == 201, answer.content
    check(ADDRESS, "post", answer)
    told = answer.json()
    assert (told["sha256"], told["media_type"], told["title"]) == (hashlib.sha256(picture()).hexdigest(), "image/jpeg", "Crater")
    assert (folder / told["sha256"]).read_bytes() == picture()
    check(f"{ADDRESS}{{id}}/", "get", analyst.get(answer["Location"]))
    listed = analyst.get(ADDRESS, {"report": told["report"]})
    check(ADDRESS, "get", listed)
    assert [one["id"] for one in listed.json()["results"]] == [told["id"]]
    assert analyst.get(ADDRESS, {"report": "x"}).status_code == 400


def test_a_link_is_attached_as_json_or_as_a_form(analyst: APIClient) -> None:
    report = make_report()
    for form, link in (("json", " https://example.org/\u200f1 "), ("multipart", "https://example.org/2")):
        answer = analyst.post(ADDRESS, {"report": str(report.public_id), "link": link}, format=form)
        assert answer.status_code == 201, answer.content
        assert (answer.json()["link"], answer.json()["original_url"]) == (link, None)


def test_the_same_request_sent_twice_attaches_once(analyst: APIClient) -> None:
    report = make_report().public_id
    first, again = (sent(analyst, report=report, key="k") for _turn in range(2))
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert sent(analyst, b"other", report=report, key="k").status_code == 422
    assert sent(analyst, report=report).status_code == 409
    assert Evidence.objects.count() == 1


def test_mistakes_are_named(analyst: APIClient, settings: Any, folder: Path) -> None:
    report = str(make_report().public_id)
    claimed = {"sha256": "0" * 64, "size": 1, "media_type": "image/png", "name": "x"}
    for facts, field in (
        ({"report": report}, "file"),
        ({"report": report, "link": "x", "file": claimed}, "file"),
        ({"report": report, "file": claimed}, "file"),
        ({"report": str(uuid.uuid4()), "link": "x"}, "report"),
        ({"report": report, "link": "x", "caption": "x"}, "caption"),
    ):
        answer = analyst.post(ADDRESS, facts, format="json")
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content
    assert sent(analyst, title="a\0b").json()["field"] == "title"
    assert sent(analyst, b"").status_code == 422
    settings.EVIDENCE_LIMIT = 1 << 20
    before = list(folder.iterdir())
    for size in ((1 << 20) + 1, 3 << 20):
        answer = sent(analyst, b"x" * size)
        assert (answer.status_code, answer.json()["field"]) == (413, "file")
        check(ADDRESS, "post", answer)
    assert list(folder.iterdir()) == before


def test_partners_neither_send_nor_get_originals(analyst: APIClient, partner: APIClient, stranger: APIClient, folder: Path) -> None:
    assert sent(partner).status_code == 403
    assert sent(stranger).status_code == 401
    assert not folder.exists()
    told = sent(analyst, picture(), name="Salma's photo.jpg").json()
    evidence.draw_copies()
    seen = partner.get(told["url"]).json()
    assert (seen["original_name"], seen["original_url"], seen["withheld"]) == (None, None, ["original_name", "original_url"])
    assert "Salma" not in json.dumps(seen)
    assert partner.get(told["original_url"]).status_code == 404
    copy = partner.get(seen["copy_url"])
    assert (copy.status_code, copy["Content-Type"]) == (200, "image/jpeg")
    assert b"Salma" in picture() and b"Salma" not in content_of(copy)
    pdf = sent(analyst, b"%PDF-1.7").json()
    assert partner.get(pdf["url"]).json()["copy_url"] is None
    assert partner.get(f"{pdf['url']}copy/").status_code == 404


def test_of_protected_sources_partners_learn_nothing(analyst: APIClient, partner: APIClient) -> None:
    told = sent(analyst, picture(), report=make_report(source=make_source("Hotline", is_protected=True)).public_id).json()
    evidence.draw_copies()
    absent = partner.get(f"{ADDRESS}{uuid.uuid4()}/")
    for address in (told["url"], f"{told['url']}copy/", f"{told['url']}original/"):
        hidden = partner.get(address)
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert partner.get(ADDRESS).json()["results"] == []
    assert content_of(analyst.get(f"{told['url']}copy/"))


@pytest.mark.parametrize("content", [SVG, HTML, POLYGLOT, picture()], ids=["svg", "html", "polyglot", "picture"])
@pytest.mark.parametrize("name", ["x.svg", "x.html", "photo.jpg"])
def test_what_goes_out_is_saved_and_runs_nowhere(analyst: APIClient, content: bytes, name: str) -> None:
    told = sent(analyst, content, name=name).json()
    evidence.draw_copies()
    answers = {"application/octet-stream": analyst.get(told["original_url"])}
    if copy_url := analyst.get(told["url"]).json()["copy_url"]:
        answers["image/jpeg"] = analyst.get(copy_url)
    assert (len(answers) == 2) == (content == picture())
    for media_type, answer in answers.items():
        assert answer.status_code == 200
        assert answer["Content-Type"] == media_type
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert not any(ending in answer["Content-Disposition"] for ending in ("svg", "html"))
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
        sent_out = content_of(answer)
        assert (sent_out == content) == (media_type == "application/octet-stream")


def test_whoever_gets_an_original_is_on_record_first(analyst: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    told = sent(analyst).json()
    assert content_of(analyst.get(told["original_url"])) == b"content"
    entry = ReadEntry.objects.get()
    assert (entry.what, str(entry.record_id), entry.actor_id) == ("original", told["id"], User.objects.get(role="analyst").pk)
    forget(monkeypatch)
    with pytest.raises(DatabaseError):
        analyst.get(told["original_url"])


def test_whoever_reads_a_protected_source_is_on_record_first(analyst: APIClient, partner: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, hidden = make_report(), make_report(source=make_source("Hotline", is_protected=True))
    for client in (analyst, partner):
        assert client.get(f"/api/v1/reports/{plain.public_id}/").status_code == 200
    assert partner.get(f"/api/v1/reports/{hidden.public_id}/").json()["source"] is None
    assert not ReadEntry.objects.exists()
    assert analyst.get(f"/api/v1/reports/{hidden.public_id}/").json()["source"]["slug"] == "hotline"
    assert [(entry.what, entry.record_id) for entry in ReadEntry.objects.all()] == [("source", hidden.public_id)]
    forget(monkeypatch)
    with pytest.raises(DatabaseError):
        analyst.get(f"/api/v1/reports/{hidden.public_id}/")
    assert partner.get(f"/api/v1/reports/{hidden.public_id}/").status_code == 200


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be written into the read log."""

    def fails(*args: Any) -> None:
        raise DatabaseError("the read log is full")

    monkeypatch.setattr(ReadEntry.objects, "bulk_create", fails)


def test_a_damaged_file_is_said_and_not_sent(analyst: APIClient, folder: Path) -> None:
    told = sent(analyst).json()
    path = folder / told["sha256"]
    path.chmod(0o600)
    path.write_bytes(b"Content")
    answer = analyst.get(told["original_url"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_whole")


def test_partners_hold_checkpoints(partner: APIClient, stranger: APIClient) -> None:
    address = "/api/v1/checkpoints/"
    assert partner.get(address).json()["results"] == []
    make_report()
    sealed_and_posted()
    made = checkpoints.make()
    answer = partner.get(address)
    check(address, "get", answer)
    assert made and answer.json()["results"] == [made.shown()]
    assert stranger.get(address).status_code == 401


def test_an_editor_may_as_well(report_facts: Callable[..., Any]) -> None:
    assert sent(client_of(make_user(User.Role.EDITOR, username="editor2"))).status_code == 201
