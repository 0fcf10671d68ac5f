"""1,000 reports over HTTP while parts of Truce are killed: what was acknowledged is there, once, and the tally equals a recount.

    bin/test tests/drills/test_kills.py -m slow -s

TRUCE_DRILL_SEED repeats a run's choices of what is killed when.
"""

import os
import random
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.drills import instance
from tests.drills.instance import Instance, ask
from tests.processes import eventually

pytestmark = pytest.mark.slow

REPORTS, CLIENTS, KILLS = 1000, 4, 20
VICTIMS = ("worker", "relay", "web", "valkey", "postgres")
PATIENCE = 120  # seconds a client tries again for one report


def test_every_acknowledged_report_is_there_once(tmp_path: Path) -> None:
    seed = int(os.environ.get("TRUCE_DRILL_SEED", random.SystemRandom().randrange(10**6)))
    with instance.running(tmp_path / "data") as truce:
        before, source = _reports(truce), _source(truce)
        killed, done = Counter[str](), threading.Event()
        killer = threading.Thread(target=_kill, args=(truce, random.Random(seed), killed, done))
        killer.start()
        try:
            with ThreadPoolExecutor(CLIENTS) as clients:
                numbers = [range(client, REPORTS, CLIENTS) for client in range(CLIENTS)]
                acknowledged = [
                    address
                    for addresses in clients.map(lambda own: [_post(truce, number, source, done) for number in own], numbers)
                    for address in addresses
                ]
        finally:
            done.set()
            killer.join()
        sys.stdout.write(f"\nseed {seed}: {sum(killed.values())} kills {dict(killed)}, {len(acknowledged)} of {REPORTS} reports acknowledged\n")
        assert sum(killed.values()) >= KILLS
        assert len(acknowledged) == len(set(acknowledged)) == REPORTS

        eventually(lambda: _up(truce) and not _waiting(truce), within=60)
        stored = Counter(report["external_id"] for report in _reports(truce) if str(report["external_id"]).startswith("drill-"))
        assert stored == Counter(f"drill-{number}" for number in range(REPORTS))
        assert len(_reports(truce)) == len(before) + REPORTS
        assert "equals a recount" in truce.manage("audit_tallies")


def _kill(truce: Instance, chance: random.Random, killed: Counter[str], done: threading.Event) -> None:
    """Kill something every so often until enough are dead; each only once it is back, so that every kill counts."""
    last: dict[str, int] = {}
    while sum(killed.values()) < KILLS and not done.wait(chance.uniform(0.2, 1.2)):
        victim = chance.choice(VICTIMS)
        pid = truce.pid(victim)
        if pid is None or last.get(victim) == pid:
            continue
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        last[victim] = pid
        killed[victim] += 1


def _post(truce: Instance, number: int, source: str, done: threading.Event) -> str:
    """Return the address of the report once it is acknowledged, sending it again under the same key until then."""
    body = {
        "agreement": "syria-2016-09",
        "claimant": "syrian-opposition",
        "accused_side": "A" if number % 2 else "B",
        "source": source,
        "violation_type": "shelling",
        "occurred_on": f"2016-09-{13 + number % 6}",
        "external_id": f"drill-{number}",
        "harm": [{"kind": "killed", "low": number % 3, "best": None, "high": None}],
    }
    key, deadline = str(uuid.uuid4()), time.monotonic() + PATIENCE
    while True:
        try:
            status, answer = ask(truce, "POST", "/api/v1/reports/", body, {"Idempotency-Key": key})
            if status == 201:
                return str(answer["id"])
            # A key has its limit a minute: told to wait, we wait. Any other no would be a fault of the drill, not of the instance.
            assert status == 429 or status >= 500, answer
        except OSError:
            pass
        assert time.monotonic() < deadline, f"report {number} was not acknowledged within {PATIENCE} s"
        done.wait(0.1)


def _reports(truce: Instance) -> list[Any]:
    """Return all reports, page by page."""
    found, path = [], "/api/v1/reports/?agreement=syria-2016-09&limit=1000"
    while path:
        status, page = ask(truce, "GET", path)
        if status == 429:  # the clients have used up their key's minute: it opens again by and by
            time.sleep(0.5)
            continue
        assert status == 200, page
        found += page["results"]
        path = page["next"]
    return found


def _source(truce: Instance) -> str:
    """Return a source of the demo's."""
    _status, page = ask(truce, "GET", "/api/v1/reports/?agreement=syria-2016-09")
    return next(str(report["source"]["slug"]) for report in page["results"] if report["source"])


def _up(truce: Instance) -> bool:
    try:
        return ask(truce, "GET", "/readyz")[0] == 200
    except OSError:
        return False


def _waiting(truce: Instance) -> bool:
    status, tallies = ask(truce, "GET", "/api/v1/agreements/syria-2016-09/tallies/")
    return status != 200 or tallies["waiting"] > 0
