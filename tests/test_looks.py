"""The read log: whoever is shown a protected source is on record first, wherever it is shown; and where that fails, nothing is shown."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from incidents.actions import coverage, incidents, responses
from incidents.models import Convoy, ReadEntry, Report, User
from incidents.vocabulary import CoverageKind, ResponseKind
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user
from tests.builders.convoys import make_convoy, tell
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(db: None) -> Report:
    """Return a report of a protected source, with all else that can have one beside it, in one incident."""
    agreement, hotline = make_agreement(), make_source("Hotline", is_protected=True)
    report = make_report(source=hotline, wording="They shelled us", link="https://example.org/secret")
    incident = incidents.open_for(reports=[report, make_report()], by=None, name="Shelling of the ford")
    make_claim(source=hotline)
    answer = {"party": make_party("Lowlands"), "kind": ResponseKind.DENIES, "answered_on": agreement.first_day, "gist": "Nobody fired."}
    responses.log(incident=incident, by=None, source=hotline, **answer)
    seen = {"kind": CoverageKind.PRESENCE, "place": make_place(), "from_on": agreement.first_day, "observer": make_party("Monitor")}
    coverage.log(by=None, agreement=agreement, source=hotline, **seen)
    return Report.objects.get(pk=report.pk)


def pages(report: Report) -> dict[str, tuple[str, set[str]]]:
    """Return the pages on which a protected source is shown, with the types of record whose source it is there."""
    assert report.incident
    claim = report.agreement.aggregate_claims.get()
    return {
        "report": (f"/en/reports/{report.public_id}/", {"report", "response"}),
        "incident": (f"/en/incidents/{report.incident.public_id}/", {"response", "source"}),
        "case": (f"/en/review/{report.incident.public_id}/", {"report"}),
        "claim": (f"/en/claims/{claim.public_id}/", {"aggregateclaim"}),
        "coverage": ("/en/coverage/?agreement=river-2020", {"coverage", "source"}),
        "form": ("/en/reports/new/?agreement=river-2020", {"source"}),
    }


def addresses(report: Report) -> dict[str, tuple[str, set[str]]]:
    """Return the addresses of JSON that show one."""
    assert report.incident
    claim, incident = report.agreement.aggregate_claims.get(), report.incident.public_id
    return {
        "reports": ("/api/v1/reports/", {"report"}),
        "report": (f"/api/v1/reports/{report.public_id}/", {"report"}),
        "incident": (f"/api/v1/incidents/{incident}/", {"report", "response"}),
        "comparison": (f"/api/v1/incidents/{incident}/comparison/", {"report"}),
        "history": (f"/api/v1/incidents/{incident}/history/", {"report"}),
        "claims": ("/api/v1/aggregate-claims/", {"aggregateclaim"}),
        "claim": (f"/api/v1/aggregate-claims/{claim.public_id}/", {"aggregateclaim"}),
        "responses": ("/api/v1/responses/", {"response"}),
        "coverage": ("/api/v1/coverage/", {"coverage"}),
        "sources": ("/api/v1/sources/", {"source"}),
        "source": ("/api/v1/sources/hotline/", {"source"}),
    }


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be written into the read log."""

    def fails(*args: Any) -> None:
        raise DatabaseError("the read log is full")

    monkeypatch.setattr(ReadEntry.objects, "bulk_create", fails)


def check(client: Client | APIClient, partner: Client | APIClient, address: str, types: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert partner.get(address).status_code in {200, 403, 404} and not ReadEntry.objects.exists()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    looked = ReadEntry.objects.all()
    assert {entry.record_type for entry in looked} == types
    assert len({(entry.record_type, entry.record_id) for entry in looked}) == len(looked)
    assert len([1 for query in queries if 'INSERT INTO "incidents_readentry"' in query["sql"]]) == 1
    forget(monkeypatch)
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == 500
    assert not any(word in answer.content for word in (b"Hotline", b"hotline", b"They shelled us", b"example.org/secret"))
    assert partner.get(address).status_code in {200, 403, 404}


@pytest.mark.parametrize("name", ["report", "incident", "case", "claim", "coverage", "form"])
def test_pages_show_a_protected_source_to_whoever_is_on_record(hidden: Report, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    editor, partner = (signed_in(make_user(role)) for role in (User.Role.EDITOR, User.Role.PARTNER))
    check(editor, partner, *pages(hidden)[name], monkeypatch)


@pytest.mark.parametrize(
    "name", ["reports", "report", "incident", "comparison", "history", "claims", "claim", "responses", "coverage", "sources", "source"]
)
def test_json_shows_a_protected_source_to_whoever_is_on_record(hidden: Report, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    editor, partner = (client_of(make_user(role)) for role in (User.Role.EDITOR, User.Role.PARTNER))
    check(editor, partner, *addresses(hidden)[name], monkeypatch)


def test_possible_duplicates_of_a_protected_source_are_looks_at_it(hidden: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"agreement": "river-2020", "link": "https://example.org/secret"}
    analyst = client_of(make_user(User.Role.ANALYST))
    assert len(analyst.post("/api/v1/duplicates/", said, format="json").json()["candidates"]) == 1
    assert [(entry.record_type, entry.record_id) for entry in ReadEntry.objects.all()] == [("report", hidden.public_id)]
    forget(monkeypatch)
    with pytest.raises(DatabaseError):
        analyst.post("/api/v1/duplicates/", said, format="json")


def test_administration_names_protected_sources_on_record_too(hidden: Report) -> None:
    administrator = signed_in(make_user(User.Role.ADMINISTRATOR, is_staff=True))
    for number, address in enumerate(("source/", f"source/{hidden.source.pk}/change/"), start=1):
        assert administrator.get(f"/en/administration/incidents/{address}").status_code == 200
        assert [(entry.record_type, entry.record_id) for entry in ReadEntry.objects.all()] == [("source", hidden.source.public_id)] * number


def test_an_answer_kept_for_its_key_was_put_on_record_first(hidden: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = client_of(make_user(User.Role.ANALYST))
    facts = {"agreement": "river-2020", "claimant": "highlands", "source": "hotline", "violation_type": "shelling", "occurred_on": "2020-06-02"}
    with monkeypatch.context() as patch:
        forget(patch)
        with pytest.raises(DatabaseError):
            analyst.post("/api/v1/reports/", facts, format="json", HTTP_IDEMPOTENCY_KEY="k")
        assert Report.objects.count() == 2
    for _time in range(2):
        answer = analyst.post("/api/v1/reports/", facts, format="json", HTTP_IDEMPOTENCY_KEY="k")
        assert answer.status_code == 201
    assert Report.objects.count() == 3 and ReadEntry.objects.count() == 1


@pytest.fixture
def driven(db: None) -> Convoy:
    """Return a convoy of an open source, of which a protected one told an event; beside it one that a protected source told of."""
    driver = make_source("Driver", is_protected=True)
    convoy = make_convoy("C-1")
    tell(convoy, "departed", source=driver, wording="They shelled us", link="https://example.org/secret")
    make_convoy("C-2", source=driver, link="https://example.org/secret")
    return convoy


@pytest.mark.parametrize(("address", "shown"), [("convoys/{}/", {"C-1"}), ("convoys/convoys.csv", {"C-2"})])
def test_convoys_show_a_protected_source_to_whoever_is_on_record(
    driven: Convoy, address: str, shown: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = signed_in(make_user(User.Role.EDITOR))
    address = f"/en/{address.format(driven.public_id)}"
    _convoys_looked_at(editor, address, shown, monkeypatch)


@pytest.mark.parametrize(("address", "shown"), [("convoys/", {"C-1", "C-2"}), ("convoys/{}/", {"C-1"})])
def test_convoys_as_json_show_one_to_whoever_is_on_record(driven: Convoy, address: str, shown: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    editor = client_of(make_user(User.Role.EDITOR))
    _convoys_looked_at(editor, f"/api/v1/{address.format(driven.public_id)}", shown, monkeypatch)


def _convoys_looked_at(client: Client | APIClient, address: str, shown: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client.get(address)
    written = set(ReadEntry.objects.filter(record_type="convoy").values_list("record_id", flat=True))
    # On record when the answer is made, before the first line of a file that is streamed is asked for.
    assert {convoy.reference for convoy in Convoy.objects.filter(public_id__in=written)} == shown
    telling = (b"They shelled us", b"https://example.org/secret")
    body = answer.getvalue()
    assert answer.status_code == 200 and any(words in body for words in telling)
    forget(monkeypatch)
    client.raise_request_exception = False
    refused = client.get(address)
    assert refused.status_code == 500 and not any(words in refused.getvalue() for words in telling)


@pytest.mark.parametrize("noun", ["reports", "reports-like-ucdp", "aggregate-claims"])
def test_a_file_tells_of_protected_sources_to_whoever_is_on_record(hidden: Report, noun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    editor, address = client_of(make_user(User.Role.EDITOR)), f"/api/v1/exports/now/?of={noun}&format=csv"
    claim = hidden.agreement.aggregate_claims.get()
    told = ("aggregateclaim", claim.public_id) if noun == "aggregate-claims" else ("report", hidden.public_id)
    assert editor.get(address).status_code == 200  # not a byte of it was asked for yet
    assert set(ReadEntry.objects.values_list("record_type", "record_id")) == {told}
    forget(monkeypatch)
    editor.raise_request_exception = False
    refused = editor.get(address)
    assert refused.status_code == 500 and b"secret" not in refused.getvalue()
