"""docs/sync.py keeps a copy in step: through edits, merges, retractions, tombstones and interruptions it equals what the lists show."""

import importlib.util
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from rest_framework.test import APIClient

from incidents.actions import incidents, reports
from incidents.models import Convoy, User
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_party, make_report, make_source, make_user, sealed_and_posted

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
def in_step(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], dict[str, dict[str, Any]]]:
    """Return a function that brings the copy in step and returns it, having compared it with what the lists show now."""
    partner = client_of(make_user(User.Role.PARTNER))
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
