"""Exports over the wire: at once, or made by a worker; the same bytes, each only for whom they were drawn."""

import csv
import hashlib
import io
from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from incidents.actions import convoys, reference
from incidents.actions import exports as actions
from incidents.exports import drawing
from incidents.exports.columns import EXPORTS
from incidents.exports.sidecar import DEFINITIONS
from incidents.models import ExportJob, User
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_report, make_source, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy, release

NOW, LIST = "/api/v1/exports/now/", "/api/v1/exports/"


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.django_db
def test_rows_are_taken_away_at_once_with_the_filters_of_the_list(partner: APIClient) -> None:
    make_report(violation_type="mortar")
    wanted = make_report(violation_type="airstrike")
    answer = partner.get(NOW, {"of": "reports", "format": "csv", "type": "airstrike"})
    (row,) = csv.DictReader(io.StringIO(body(answer).decode()))
    assert row["id"] == str(wanted.public_id) and row["drawn_for"].startswith("key:")
    assert answer["Content-Disposition"].startswith('attachment; filename="truce-reports-') and answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "of"),
        ({"of": "users", "format": "csv"}, "of"),
        ({"of": "reports"}, "format"),
        ({"of": "aggregate-claims", "format": "geojson"}, "format"),
        ({"of": "reports", "format": "csv", "since": "yesterday"}, "since"),
        ({"of": "aggregate-claims", "format": "csv", "type": "shelling"}, "type"),
        ({"of": "reports", "format": "csv", "agreement": "none"}, "agreement"),
        ({"of": "reports", "format": "csv", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_drawn_names_its_field(partner: APIClient, asked: dict[str, str], field: str) -> None:
    answer = partner.get(NOW, asked)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.content
    if "colour" not in asked:
        filter = {name: value for name, value in asked.items() if name not in {"of", "format"}}
        later = partner.post(LIST, {"of": asked.get("of", ""), "format": asked.get("format", ""), "filter": filter}, format="json")
        assert (later.status_code, later.json()["field"]) == (422, field), later.content


@pytest.mark.django_db(transaction=True)
def test_a_worker_draws_the_same_bytes_with_their_hash(partner: APIClient) -> None:
    make_report()
    asked = partner.post(LIST, {"of": "reports", "format": "ndjson", "filter": {"agreement": "river-2020"}}, format="json")
    assert (asked.status_code, asked.json()["state"], asked.json()["file"]) == (201, "queued", None)
    assert partner.get(f"{asked.json()['url']}file/").status_code == 404
    assert drawing.draw(ExportJob.objects.get().pk)
    done = partner.get(asked.json()["url"]).json()
    file = body(partner.get(done["file"]))
    assert (done["state"], done["rows"], done["bytes"], done["sha256"]) == ("done", 1, len(file), hashlib.sha256(file).hexdigest())
    assert file == body(partner.get(NOW, {"of": "reports", "format": "ndjson"}))
    known = partner.get(done["sidecar"]).json()
    assert known["sha256"] == done["sha256"] and known["filter"] == {"agreement": "river-2020"} and known["caveats"]
    check(LIST, "get", partner.get(LIST))
    other = client_of(make_user(User.Role.PARTNER, "other"))
    assert other.get(LIST).json()["results"] == []
    absent = other.get(f"{LIST}00000000-0000-0000-0000-000000000000/")
    for address in (done["url"], done["file"], done["sidecar"]):
        assert (other.get(address).status_code, other.get(address).content) == (404, absent.content)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_leaves_the_export_to_the_next_and_two_do_not_draw_one(monkeypatch: pytest.MonkeyPatch) -> None:
    make_report()
    job = actions.ask(by=make_user(), of="reports", format="csv", asked={}, mark="user:1")

    def killed(*_arguments: Any) -> bool:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(drawing, "SAID_EVERY", 0)
        patched.setattr(actions.Hold, "renew", killed)
        with pytest.raises(SystemExit):
            drawing.draw(job.pk)
    assert not drawing.draw(job.pk), "it is still claimed"
    ExportJob.objects.update(claimed_until=job.created_at)
    assert drawing.draw(job.pk) and not drawing.draw(job.pk)
    assert ExportJob.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_one_that_was_taken_over_is_not_finished_by_who_lost_it(monkeypatch: pytest.MonkeyPatch) -> None:
    make_report()
    job = actions.ask(by=make_user(), of="reports", format="csv", asked={}, mark="user:1")
    monkeypatch.setattr(drawing, "SAID_EVERY", 0)
    monkeypatch.setattr(actions.Hold, "renew", lambda *_arguments: False)
    assert not drawing.draw(job.pk)
    assert ExportJob.objects.get().state == "running" and not list((drawing.exports.folder()).glob("*"))


@pytest.mark.django_db(transaction=True)
def test_a_file_is_removed_when_it_was_kept_long_enough(partner: APIClient) -> None:
    make_agreement()
    url = partner.post(LIST, {"of": "reports", "format": "csv"}, format="json").json()["url"]
    drawing.draw(ExportJob.objects.get().pk)
    assert actions.expire() == 0
    ExportJob.objects.update(expires_at=ExportJob.objects.get().created_at)
    assert actions.expire() == 1
    gone = partner.get(url).json()
    assert (gone["state"], gone["file"]) == ("expired", None) and not list(drawing.exports.folder().glob("*"))


@pytest.mark.django_db
def test_not_too_many_wait_for_one_person(partner: APIClient) -> None:
    make_agreement()
    for _turn in range(actions.MOST_WAITING):
        assert partner.post(LIST, {"of": "reports", "format": "csv"}, format="json").status_code == 201
    assert partner.post(LIST, {"of": "reports", "format": "csv"}, format="json").json()["code"] == "too_many"


def test_every_export_says_what_a_row_is() -> None:
    assert set(DEFINITIONS) == set(EXPORTS)


def drawn(client: APIClient) -> str:
    """Return the address of a file of all reports, made for this client."""
    url = client.post(LIST, {"of": "reports", "format": "csv"}, format="json").json()["url"]
    drawing.draw(ExportJob.objects.latest("pk").pk)
    file: str = client.get(url).json()["file"]
    return file


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_drawn_for_wider_rights_is_not_there_for_narrower_ones() -> None:
    user = make_user(User.Role.EDITOR)
    client = client_of(user)
    make_report(source=make_source("Hotline", is_protected=True), wording="from the cellar")
    file = drawn(client)
    assert b"from the cellar" in body(client.get(file))
    User.objects.filter(pk=user.pk).update(role=User.Role.PARTNER)
    assert client.get(file).status_code == 404 and client.get(LIST).json()["results"] == []
    assert b"cellar" not in body(client.get(drawn(client)))
    User.objects.filter(pk=user.pk).update(role=User.Role.EDITOR)
    assert b"from the cellar" in body(client.get(file))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("closing", ["convoy", "source"])
def test_a_file_is_not_there_any_more_once_what_it_holds_was_closed(partner: APIClient, closing: str) -> None:
    convoy, source, analyst = make_convoy(ended_on=date(2020, 6, 2)), make_source("Hotline"), client_of(make_user(User.Role.ANALYST))
    release(convoy)
    make_report(convoy=convoy, source=source, wording="on its way")
    sealed_and_posted()
    file, whole = drawn(partner), drawn(analyst)
    convoys.change(convoy=make_convoy("C-2"), by=None, note="another one, never open")
    assert b"on its way" in body(partner.get(file)) and b"on its way" in body(analyst.get(whole))
    if closing == "convoy":
        convoys.withdraw_release(convoy=convoy, by=make_user(User.Role.EDITOR), reason="too soon")
    else:
        source.is_protected = True
        reference.save(source, by=None)
    for _turn in ("not sealed yet", "sealed"):
        assert partner.get(file).status_code == 404 and b"on its way" in body(analyst.get(whole))
        sealed_and_posted()
    assert b"on its way" not in body(partner.get(drawn(partner)))
