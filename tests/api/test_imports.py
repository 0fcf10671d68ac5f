"""Importing over JSON: send, map, look, commit, answer, undo; by those who may, with what is wrong named by field and line."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from incidents.imports import running
from incidents.models import Change, ImportBatch, Party, Report, User
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_place, make_source, make_user
from tests.imports.conftest import SAMPLES

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/imports/"


@pytest.fixture(autouse=True)
def truce(db: None) -> None:
    make_agreement()
    make_source()
    make_place("Ford")
    make_place("Mill")


def send(client: APIClient, content: bytes = b"", name: str = "sheet.csv", key: str = "", **values: str) -> Any:
    file = SimpleUploadedFile(name, content or (SAMPLES / "reports.csv").read_bytes())
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(ADDRESS, {"file": file, "format": "reports", "agreement": "river-2020"} | values, format="multipart", headers=headers)


def lines(rows: int, claimant: str = "Highlands") -> bytes:
    body = "".join(f"{number},{claimant},A,shelling,2020-06-02,Gazette,{number % 50}\n" for number in range(rows))
    return ("id,claimant,accused,type,when,source,killed\n" + body).encode()


def work(sent: dict[str, Any]) -> None:
    assert running.work(ImportBatch.objects.get(public_id=sent["id"]).pk)


def test_a_file_goes_to_the_record_and_back(analyst: APIClient) -> None:
    answer = send(analyst)
    assert answer.status_code == 201, answer.content
    check(ADDRESS, "post", answer)
    sent = answer.json()
    assert (sent["state"], sent["rows_sent"], sent["counts"]["pending"], sent["missing"]) == ("received", 4, 4, [])
    assert any("Encoding" in said for said in sent["said"]) and any("comma" in said for said in sent["said"])
    assert analyst.get(answer["Location"]).json() == sent
    assert [row["id"] for row in analyst.get(ADDRESS).json()["results"]] == [sent["id"]]

    looked = analyst.get(f"{sent['url']}rows/")
    check(ADDRESS + "{id}/rows/", "get", looked)
    rows = looked.json()["results"]
    assert [row["outcome"] for row in rows].count("imported") == 2
    assert {message["code"] for row in rows for message in row["messages"]} >= {"unresolved", "unknown_word"}
    assert not Report.objects.exists() and analyst.get(sent["url"]).json()["counts"]["pending"] == 4, "looking keeps nothing"

    committed = analyst.post(f"{sent['url']}commit/")
    check(ADDRESS + "{id}/commit/", "post", committed)
    assert committed.json()["state"] == "queued"
    work(sent)
    done = analyst.get(sent["url"])
    check(ADDRESS + "{id}/", "get", done)
    counts = done.json()["counts"]
    assert (done.json()["state"], counts["imported"], counts["rejected"], counts["held"]) == ("done", 2, 1, 1)
    assert Report.objects.get(external_id__endswith="1").entered_by == User.objects.get(username="analyst")
    rejected = analyst.get(f"{sent['url']}rows/", {"outcome": "rejected"}).json()["results"]
    assert [(row["messages"][0]["field"], row["line"]) for row in rejected] == [("type", rejected[0]["line"])]

    waiting = analyst.get(f"{sent['url']}names/")
    check(ADDRESS + "{id}/names/", "get", waiting)
    (name,) = waiting.json()["results"]
    assert (name["kind"], name["name"], name["rows"], name["record"]) == ("party", "Hilands", 1, None)
    assert 0 < name["candidates"][0]["score"] <= 1
    told = analyst.post(f"{sent['url']}names/", {"kind": "party", "name": "Hilands", "record": "highlands", "as_alias": True}, format="json")
    check(ADDRESS + "{id}/names/", "post", told)
    assert told.json()["record"] == "highlands"
    analyst.post(f"{sent['url']}commit/")
    work(sent)
    assert Report.objects.count() == 3 and Party.objects.get(slug="highlands").aliases.get().name == "Hilands"

    assert analyst.post(f"{sent['url']}undo/", {"reason": " "}, format="json").json()["field"] == "reason"
    undone = analyst.post(f"{sent['url']}undo/", {"reason": "Sent by mistake."}, format="json")
    check(ADDRESS + "{id}/undo/", "post", undone)
    work(sent)
    assert not Report.objects.current().exists() and analyst.get(sent["url"]).json()["state"] == "undone"
    assert Change.objects.filter(kind="import.undone").count() == 1


def test_columns_are_mapped(analyst: APIClient) -> None:
    content = lines(2).replace(b"claimant", b"who says").replace(b",source", b",x").replace(b"Gazette", b"-")
    sent = send(analyst, content).json()
    assert sent["missing"] == ["claimant", "source"]
    refused = analyst.post(f"{sent['url']}commit/")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "required", "mapping.claimant")
    mapping: dict[str, Any] = {"claimant": {"header": "who says"}, "source": {"value": "gazette"}}
    for wrong, field in (
        ({"claimant": {"header": "who"}}, "mapping.claimant"),
        ({"claimants": {"header": "who says"}}, "mapping.claimants"),
        ({"claimant": "who says"}, "mapping.claimant"),
        ([], "mapping"),
    ):
        refused = analyst.post(f"{sent['url']}arrange/", {"mapping": wrong}, format="json")
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    arranged = analyst.post(f"{sent['url']}arrange/", {"mapping": mapping}, format="json")
    check(ADDRESS + "{id}/arrange/", "post", arranged)
    assert (arranged.json()["state"], arranged.json()["missing"]) == ("previewed", [])
    assert {row["outcome"] for row in analyst.get(f"{sent['url']}rows/").json()["results"]} == {"imported"}
    at_once = send(analyst, content, mapping=json.dumps(mapping)).json()
    assert (at_once["state"], at_once["mapping"]) == ("previewed", arranged.json()["mapping"])
    analyst.post(f"{sent['url']}commit/")
    assert analyst.post(f"{sent['url']}arrange/", {"mapping": mapping}, format="json").json()["code"] == "already_begun"


def test_rows_are_paged_in_the_order_of_their_lines(analyst: APIClient) -> None:
    sent = send(analyst, lines(25)).json()
    address, found = f"{sent['url']}rows/?limit=10", []
    while address:
        page = analyst.get(address).json()
        found.append([row["line"] for row in page["results"]])
        address, back = page["next"], page["previous"]
    assert found == [list(range(2, 12)), list(range(12, 22)), list(range(22, 27))]
    assert [row["line"] for row in analyst.get(back).json()["results"]] == found[1]
    assert analyst.get(f"{sent['url']}rows/", {"outcome": "held"}).json()["field"] == "outcome", "nothing is committed yet"
    assert analyst.get(f"{sent['url']}rows/", {"cursor": "x"}).json()["field"] == "cursor"


@pytest.mark.parametrize(
    ("content", "values", "code", "field", "line"),
    [
        ("id,claimant,summary\n1,x,Déjà\n".encode("cp1252"), {}, "which_encoding", "encoding", None),
        (b"one two\n", {}, "which_separator", "separator", None),
        (b'id,claimant,summary\n1,x,y\n2,"x,y\n', {}, "broken_quotes", "file", 3),
        (b"id,claimant,ID\n1,x,y\n", {}, "column_twice", "file", 1),
        (b"id,claimant\n1,\0x\n", {}, "nul", "encoding", 2),
        (lines(1), {"format": "papyrus"}, "unknown_format", "format", None),
        (lines(1), {"agreement": "no-such"}, "unknown_word", "agreement", None),
        (lines(1), {"mapping": '{"claimant": {"header": "x"}}'}, "unknown_word", "mapping.claimant", None),
        (lines(1), {"options": '{"magic": true}'}, "unknown_word", "options.magic", None),
        (lines(1), {"charset": "utf-8"}, "unknown_field", "charset", None),
    ],
)
def test_what_is_wrong_is_named(analyst: APIClient, content: bytes, values: dict[str, str], code: str, field: str, line: int | None) -> None:
    answer = send(analyst, content, **values)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"], problem.get("line")) == (422, code, field, line)
    check(ADDRESS, "post", answer)
    assert not ImportBatch.objects.exists()


def test_a_file_comes_with_the_request_and_not_too_large(analyst: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"format": "reports", "agreement": "river-2020", "file": {"sha256": "0" * 64, "name": "sheet.csv"}}
    assert analyst.post(ADDRESS, facts, format="json").json()["field"] == "file"
    monkeypatch.setattr("incidents.imports.receiving.LARGEST", 1 << 16)
    answer = send(analyst, b"x" * (1 << 18))
    assert (answer.status_code, answer.json()["field"]) == (413, "file")


def test_the_same_key_sends_once(analyst: APIClient) -> None:
    first, again = send(analyst, key="one"), send(analyst, key="one")
    assert first.json() == again.json() and ImportBatch.objects.count() == 1
    assert send(analyst, lines(1), key="one").json()["code"] == "key_used_for_another"


@pytest.mark.parametrize("role", User.Role.values)
def test_who_may(role: str, analyst: APIClient) -> None:
    sent, client = send(analyst).json(), client_of(User.objects.filter(username=role).first() or make_user(role))
    may = role in {User.Role.ANALYST, User.Role.EDITOR, User.Role.ADMINISTRATOR}
    assert send(client).status_code == (201 if may else 403)
    if role == User.Role.NONE:
        assert client.get(sent["url"]).status_code == 403
        return
    assert len(client.get(ADDRESS).json()["results"]) == (2 if may else 0)
    for part in ("", "rows/", "names/"):
        answer = client.get(sent["url"] + part)
        assert answer.status_code == (200 if may else 404)
        assert may or answer.json() == client.get(f"{ADDRESS}00000000-0000-4000-8000-000000000000/{part}").json()
    for part, body in (("arrange/", {}), ("names/", {"kind": "party", "name": "x", "record": None}), ("commit/", {}), ("undo/", {"reason": "x"})):
        assert (client.post(sent["url"] + part, body, format="json").status_code == 403) is not may
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("answer", "code", "field"),
    [
        ({"record": "nobody"}, "unknown_word", "record"),
        ({"name": "Lowlands", "record": None}, "unknown_word", "name"),
        ({}, "one_of", "record"),
        ({"record": None, "new": {"name": "x", "kind": "state"}}, "one_of", "record"),
        ({"new": {"name": "Hill people", "kind": "town"}}, "unknown_word", "new.kind"),
    ],
)
def test_an_answer_is_one_of_three(analyst: APIClient, answer: dict[str, Any], code: str, field: str) -> None:
    sent = send(analyst, lines(3, "Hill people")).json()
    analyst.post(f"{sent['url']}commit/")
    work(sent)
    address, facts = f"{sent['url']}names/", {"kind": "party", "name": "Hill people"}
    refused = analyst.post(address, facts | answer, format="json")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, code, field)
    made = analyst.post(address, facts | {"new": {"name": "Hill people", "kind": "armed_group"}}, format="json")
    assert (made.json()["record"], Change.objects.filter(kind="reference.added").count()) == ("hill-people", 1)


def test_the_formats_are_told(partner: APIClient) -> None:
    answer = partner.get("/api/v1/import-formats/")
    check("/api/v1/import-formats/", "get", answer)
    told = {one["name"]: one for one in answer.json()}
    assert told["ucdp-ged"]["is_fixed"] and told["ucdp-ged"]["options"]["create_sources"] is True
    assert {"name": "claimant", "label": "Claimant", "is_required": True} in told["reports"]["columns"]
