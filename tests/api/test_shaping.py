"""What every list and record shares: fields asked for by name, names opened, rows counted, tags that spare sending twice, compression."""

import gzip
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from incidents.actions import incidents
from incidents.api import shaping
from incidents.api.endpoints import Endpoint
from incidents.api.v1.urls import router
from incidents.errors import RuleBroken
from incidents.models import PlaceAlias
from tests.builders import make_claim, make_party, make_place, make_report, make_source

REPORTS = "/api/v1/reports/"


def test_names_are_read_between_commas_and_what_is_opened_is_shown() -> None:
    shape = shaping.asked({"fields": "id, state,id", "expand": "accused.party"}, {"id", "state", "accused"}, ("accused.party",))
    assert (shape.fields, shape.expand) == ({"id", "state", "accused"}, ("accused.party",))
    assert shape.of({"id": 1, "state": "x", "accused": [], "more": 2}) == {"id": 1, "state": "x", "accused": []}
    assert shaping.asked({"expand": "accused.party"}, {"accused"}, ("accused.party",)).fields is None


@pytest.mark.parametrize(("params", "field", "named"), [({"fields": "id,wordng"}, "fields", "wordng"), ({"expand": "term"}, "expand", "term")])
def test_a_name_that_is_not_known_is_named(params: dict[str, str], field: str, named: str) -> None:
    with pytest.raises(RuleBroken, match=named) as caught:
        shaping.asked(params, {"id", "wording"}, ("source",))
    assert (caught.value.code, caught.value.field) == ("unknown_field", field)


def test_what_is_to_be_opened_is_found_through_lists_and_by_bare_ids() -> None:
    rows = [{"accused": [{"party": {"id": 1}}, {"party": None}]}, {"accused": None}, {"report": "r"}]
    assert [(holder[name]["id"], name) for holder, name in shaping.holders(rows, "accused.party")] == [(1, "party")]
    assert [shaping.id_of(holder[name]) for holder, name in shaping.holders(rows, "report")] == ["r"]


def test_every_name_that_can_be_opened_leads_to_a_list() -> None:
    from django.utils.module_loading import import_string

    found = [(view, path, target) for _prefix, view, _name in router.registry for path, target in view.expands.items()]
    assert len(found) > 20
    for view, path, target in found:
        assert issubclass(import_string(f"incidents.api.v1.{target}"), Endpoint), (view, path)


def test_only_the_fields_asked_for_come(analyst: APIClient) -> None:
    report = make_report(by=None, summary="Shelled")
    address = f"{REPORTS}{report.public_id}/"
    assert analyst.get(REPORTS, {"fields": "id,summary"}).json()["results"] == [{"id": str(report.public_id), "summary": "Shelled"}]
    assert analyst.get(address, {"fields": "version"}).json() == {"version": 1}
    for params, field in (({"fields": "sumary"}, "fields"), ({"expand": "harm"}, "expand"), ({"count": "yes"}, "count")):
        wrong = analyst.get(REPORTS, params)
        assert (wrong.status_code, wrong.json()["field"]) == (400, field)
        assert next(iter(params.values())) in wrong.json()["detail"]
    assert analyst.get(f"{REPORTS}{uuid.uuid4()}/", {"fields": "sumary"}).status_code == 400
    assert analyst.get("/api/v1/checkpoints/", {"fields": "digest"}).status_code == 200


def test_what_is_named_is_opened_in_one_query_each(analyst: APIClient, partner: APIClient) -> None:
    place = make_place("Mill")
    PlaceAlias.objects.create(place=place, name="Old mill")
    for name in ("Gazette", "Herald"):
        report = make_report(place=place, source=make_source(name, link=f"https://{name.lower()}.example"))
        incidents.open_for(reports=[report], by=None, name=name)
    make_report(source=make_source("Hotline", is_protected=True))
    asked = {"expand": "source,place,incident,claimant", "fields": "reference"}
    with CaptureQueriesContext(connection) as few:
        rows = analyst.get(REPORTS, asked).json()["results"]
    assert [row["source"]["link"] for row in rows] == ["", "https://herald.example", "https://gazette.example"]
    assert rows[1]["place"]["aliases"] == [{"name": "Old mill", "language": ""}]
    assert rows[1]["incident"]["harm"] == [] and rows[1]["claimant"]["kind"] == "state"
    assert set(rows[0]) == {"reference", "source", "place", "incident", "claimant"}
    for number in range(6):
        report = make_report(source=make_source(f"Source {number}"), place=make_place(f"Place {number}"), claimant=make_party("X"))
        incidents.open_for(reports=[report], by=None, name=f"Event {number}")
    with CaptureQueriesContext(connection) as many:
        analyst.get(REPORTS, asked)
    assert len(many) == len(few)
    assert partner.get(REPORTS, asked | {"limit": "9"}).json()["results"][6]["source"] is None, "withheld is not opened"


def test_parties_of_a_claim_are_opened(partner: APIClient) -> None:
    make_claim(5, accused=[make_party("Lowlands")])
    (claim,) = partner.get("/api/v1/aggregate-claims/", {"expand": "claimant,accused.party"}).json()["results"]
    assert claim["claimant"]["kind"] == claim["accused"][0]["party"]["kind"] == "state"
    one = partner.get(f"/api/v1/aggregate-claims/{claim['id']}/", {"expand": "accused.party", "fields": "accused"}).json()
    assert one == {"accused": claim["accused"]}


def test_rows_are_counted_when_asked_and_no_further_than_the_cap(analyst: APIClient, monkeypatch: Any) -> None:
    for _number in range(3):
        make_report()
    assert "count" not in analyst.get(REPORTS).json()
    page = analyst.get(REPORTS, {"count": "1", "limit": "1"}).json()
    assert (page["count"], page["capped"], len(page["results"])) == (3, False, 1)
    monkeypatch.setattr("incidents.queries.cursors.count.__defaults__", (2,))
    page = analyst.get(page["next"]).json()
    assert (page["count"], page["capped"]) == (2, True)


def test_a_tag_spares_sending_again_what_is_held(analyst: APIClient, partner: APIClient) -> None:
    report = make_report()
    for address in (REPORTS, f"{REPORTS}{report.public_id}/"):
        first = analyst.get(address)
        tag = first["ETag"]
        again = analyst.get(address, HTTP_IF_NONE_MATCH=f'"other", W/{tag}')
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert "Authorization" in again["Vary"] and again["Cache-Control"] == "no-store"
        assert partner.get(address)["ETag"] != tag, "each reader has tags of their own"
        make_place("Mill").save()
        assert analyst.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 304, "of what is not shown it says nothing"
    assert first["ETag"].startswith('"1.'), "a record's tag names its version"
    report.place = make_place("Mill")
    report.save()
    assert analyst.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 200
    assert "ETag" not in analyst.get(f"{REPORTS}{uuid.uuid4()}/")


def test_what_is_read_is_compressed_for_whoever_takes_it(analyst: APIClient) -> None:
    for _number in range(3):
        make_report()
    plain = analyst.get(REPORTS)
    packed = analyst.get(REPORTS, HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(packed.content) == plain.content
    assert (packed["Content-Encoding"], packed["ETag"]) == ("gzip", f"W/{plain['ETag']}")
    assert analyst.get(REPORTS, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=packed["ETag"]).status_code == 304
    assert "Content-Encoding" not in analyst.post(REPORTS, {"agreement": "x" * 900}, format="json", HTTP_ACCEPT_ENCODING="gzip")
