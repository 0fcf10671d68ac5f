"""Words over the wire: every list refuses, by name, what it does not know or cannot read, and answers every word it knows."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from incidents.api.v1.urls import router
from incidents.exports.columns import EXPORTS
from incidents.models import User
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy

READ = {
    "agreement": "river-2020", "side": "A", "claimant": "highlands", "accused": "lowlands", "party": "lowlands", "parent": "ford",
    "since": "2020-06-01", "until": "٢٠٢٠-٠٦-٠٧", "on": "2020-06-01", "area": "ford", "box": "36,35,37,36", "text": "x", "actor": "x",
    "updated_since": "2020-06-01T00:00:00+03:00", "as_known_on": "2020-06-01T00:00:00Z", "month": "2020-06", "source": "gazette", "controller": "A",
}  # fmt: skip
UNREADABLE = {"text": "a\0b", "actor": "a\0b"}
RECORDS = ("report", "record", "convoy", "hinders")


@pytest.mark.slow
@pytest.mark.django_db
def test_every_list_answers_its_words_and_names_the_one_that_it_cannot_read() -> None:
    make_agreement(), make_report(), make_claim(), make_place(), make_party("Highlands")
    convoy = make_convoy()
    sealed_and_posted()
    client, asked = client_of(make_user(User.Role.ADMINISTRATOR)), 0
    for prefix, view, _name in router.registry:
        address, words = f"/api/v1/{prefix}/", view.asked_by.words()
        for name, word in words.items():
            value = READ.get(name) or (word.schema.get("enum") or [str(convoy.public_id) if name in RECORDS else "1" if name == "grade" else "x"])[0]
            with_it = {"agreement": "river-2020"} if name in {"side", "controller"} else {}
            answer = client.get(address, {name: value} | with_it)
            assert answer.status_code == 200, (prefix, name, value, answer.json())
            wrong = client.get(address, {name: UNREADABLE.get(name, "; DROP"), **with_it})
            assert (wrong.status_code, wrong.json()["field"]) == (400, name), (prefix, name, wrong.json())
            assert wrong["Content-Type"] == "application/problem+json"
            asked += 1
        for name in ("wording", "as_known" if "as_known_on" in words else "as_known_on"):
            unknown = client.get(address, {name: "x"})
            if unknown.status_code not in {405, 403}:
                assert (unknown.status_code, unknown.json()["code"], unknown.json()["field"]) == (400, "unknown_parameter", name), prefix
    assert asked > 90


@pytest.mark.slow
@pytest.mark.django_db
def test_every_word_narrows_a_file_as_it_narrows_the_list() -> None:
    report, convoy = make_report(), make_convoy()
    sealed_and_posted()
    client = client_of(make_user(User.Role.ANALYST))
    for of, export in EXPORTS.items():
        for name, word in export.asked_by.words().items():
            value = READ.get(name) or (word.schema.get("enum") or [str(convoy.public_id) if name in RECORDS else "B"])[0]
            asked = {name: value, "agreement": "river-2020", "of": of, "format": "csv"}
            drawn = client.get("/api/v1/exports/now/", asked)
            assert drawn.status_code == 200, (of, name)
            file = b"".join(drawn.streaming_content)  # type: ignore[attr-defined]
            if of == "reports":
                listed = client.get("/api/v1/reports/", {name: value, "agreement": "river-2020"}).json()["results"]
                assert (str(report.public_id).encode() in file) == bool(listed), name


def test_it_is_refused_in_the_language_asked_for(analyst: APIClient) -> None:
    def said(language: str) -> Any:
        return analyst.get("/api/v1/reports/", {"box": "1,2"}, HTTP_ACCEPT_LANGUAGE=language).json()["detail"]

    assert said("en").startswith("Write a box") and any("\u0600" <= letter <= "\u06ff" for letter in said("ar"))
