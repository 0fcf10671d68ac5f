"""docs/sync.py keeps a copy in step: through edits, merges, retractions, tombstones and interruptions it equals what the lists show."""

import importlib.util
import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.actions import incidents, profiles, reports
from incidents.models import Convoy, Profile, Report, User
from incidents.models.profiles import told_states
from incidents.vocabulary import Grid, PlacePrecision, ReportState
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user, sealed_and_posted

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "sync.py"
LISTS = {"report": "reports", "incident": "incidents", "aggregate_claim": "aggregate-claims", "convoy": "convoys", "party": "parties"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sync", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def partner(db: None) -> APIClient:
    return client_of(make_user(User.Role.PARTNER))


@pytest.fixture
def in_step(partner: APIClient, script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], dict[str, dict[str, Any]]]:
    """Return a function that brings the copy in step and returns it, having compared it with what the lists show now."""
    copy = sqlite3.connect(tmp_path / "copy.sqlite")
    copy.executescript(script.TABLES)

    def ask(params: dict[str, Any]) -> Any:
        answer = partner.get("/api/v1/changes/", params | {"limit": 3, "wait": 0})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def bring() -> dict[str, dict[str, Any]]:
        sealed_and_posted()
        while script.step(copy)[2]:
            pass
        held: dict[str, dict[str, Any]] = {name: {} for name in LISTS}
        for name, record_id, text in copy.execute("SELECT type, id, record FROM records"):
            held.setdefault(name, {})[record_id] = json.loads(text)
        for name, address in LISTS.items():
            assert held[name] == listed(partner, address), name
        return held

    monkeypatch.setattr(script, "ask", ask)
    return bring


def listed(client: APIClient, address: str) -> dict[str, Any]:
    return {row["id"]: row for row in client.get(f"/api/v1/{address}/", {"limit": 1000}).json()["results"]}


def test_the_copy_follows_edits_merges_retractions_and_what_leaves_the_view(in_step: Callable[[], Any]) -> None:
    made = [make_report() for _turn in range(5)]
    make_claim()
    assert len(in_step()["report"]) == 5
    one = incidents.open_for(reports=made[:2], by=None, name="Strike")
    two = incidents.open_for(reports=made[2:3], by=None, name="The same strike")
    in_step()
    incidents.merge(incident=two, into=one, by=None)
    reports.retract(report=made[3], by=None, reason="entered twice")
    in_step()
    convoy = Convoy.objects.create(reference="C-1", operator=make_party("Relief"), agreement=make_agreement(), source=make_source())
    made[4].convoy = convoy
    made[4].save(update_fields=["convoy"])
    reports.retract(report=made[4], by=None, reason="canary")
    assert str(made[4].public_id) not in in_step()["report"]


def test_an_interruption_loses_and_doubles_nothing(script: ModuleType, in_step: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for _turn in range(4):
        make_report()
    sealed_and_posted()
    ask = script.ask

    def torn(params: dict[str, Any]) -> Any:
        answer = ask(params)
        return answer | {"results": [*answer["results"], {"type": "report", "id": "torn"}]}

    monkeypatch.setattr(script, "ask", torn)
    with pytest.raises(KeyError):
        in_step()
    monkeypatch.setattr(script, "ask", ask)
    assert len(in_step()["report"]) == 4


POINT = {"latitude": Decimal("36.123456"), "longitude": Decimal("37.654321")}
STEPS: list[dict[str, Any]] = [
    {"grid": Grid.KM_55},
    {"shows_sources": False},
    {"report_states": [ReportState.SUBMITTED]},
    {"grid": Grid.EXACT, "shows_sources": True, "shows_wording": False},
    {"delay_hours": 24, "shows_wording": True},
    {"delay_hours": 0, "report_states": told_states()},
    {"is_every_agreement": False},
    {"is_every_agreement": True},
]


def test_the_copy_follows_each_change_of_its_profile_and_equals_a_fresh_export(partner: APIClient, in_step: Callable[[], Any]) -> None:
    here, elsewhere = make_agreement(), make_agreement("other-2021")
    town = make_place("Mill", **POINT, precision=PlacePrecision.NEIGHBOURHOOD)
    for agreement in (here, here, here, elsewhere):
        make_report(agreement=agreement, place=town, **POINT, place_precision=PlacePrecision.NEIGHBOURHOOD, wording="They say so.")
    reports.retract(report=Report.objects.earliest("pk"), by=None, reason="entered twice")
    Report.objects.update(submitted_at=timezone.now() - timedelta(hours=48))
    late = make_report(agreement=here)
    before = in_step()["report"]
    assert len(before) == 5
    administrator, profile = make_user(User.Role.ADMINISTRATOR), Profile(slug="told", name="told")
    profiles.save(profile=profile, agreements=[], by=administrator)
    User.objects.filter(username=User.Role.PARTNER).update(profile=profile)
    for step in STEPS:
        for name, value in step.items():
            setattr(profile, name, value)
        profiles.save(profile=profile, agreements=[here], by=administrator)
        held = in_step()["report"]
        assert same_as(held) == exported(partner), step
        assert (str(late.public_id) in held) == (profile.delay_hours == 0), step
    assert in_step()["report"] == before


SAME = ("state", "latitude", "longitude", "place_as_worded", "link", "wording", "summary")


def same_as(held: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what an export says as well, where nothing is null and not empty."""
    told = {}
    for key, row in held.items():
        named = {name: (row[name] or {}).get("slug") for name in ("source", "place")}
        told[key] = {name: row[name] or None for name in SAME} | named
    return told


def exported(client: APIClient) -> dict[str, dict[str, Any]]:
    answer = client.get("/api/v1/exports/now/", {"of": "reports", "format": "ndjson"})
    rows = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]  # type: ignore[attr-defined]
    return {row["id"]: {name: row[name] or None for name in (*SAME, "source", "place")} for row in rows}


@pytest.mark.slow
def test_more_than_a_thousand_of_one_instant_are_paged_through(partner: APIClient) -> None:
    made = {str(make_report().public_id) for _turn in range(1_100)}
    now = timezone.now()
    Report.objects.update(submitted_at=now, created_at=now)
    sealed_and_posted()
    seen, answer = [], partner.get("/api/v1/reports/", {"limit": 100}).json()
    while answer["results"]:
        seen += [row["id"] for row in answer["results"]]
        answer = partner.get(answer["next"]).json() if answer["next"] else {"results": []}
    assert (len(seen), set(seen)) == (len(made), made)
    seen, cursor = [], {}
    while len(seen) < len(made) + 1:
        answer = partner.get("/api/v1/changes/", {"limit": 100, "type": "report"} | cursor).json()
        seen += [row["id"] for row in answer["results"]]
        cursor = {"cursor": answer["cursor"]}
        if not answer["has_more"]:
            break
    assert (len(seen), set(seen)) == (len(made), made)
