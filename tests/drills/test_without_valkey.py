"""While Valkey is dead, and while it is frozen: keys are counted to their limit, and one that is revoked opens nothing from the next request on."""

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.drills import instance
from tests.drills.instance import Instance, ask
from tests.processes import frozen

pytestmark = pytest.mark.slow

# Each request goes to either of two workers, so that what one of them kept to itself would be seen.
CLIENTS, ASKED = 4, 24
LIMIT, PATIENCE = 6, 2.0
ISSUE = """
from incidents.models import ApiKey, User
for name, per_minute in {keys}:
    key, text = ApiKey.issue(user=User.objects.get(username="partner"), name=name, per_minute=per_minute)
    print("key", name, key.public_id, text)
"""


@contextmanager
def dead(truce: Instance) -> Iterator[None]:
    """Keep Valkey dead while the block runs: whoever would start it again is held still."""
    supervisor = json.loads((truce.folder / "state.json").read_text(encoding="utf-8"))["supervisor"]["pid"]
    with frozen(supervisor):
        os.kill(_valkey(truce), signal.SIGKILL)
        yield


@contextmanager
def stuck(truce: Instance) -> Iterator[None]:
    """Keep Valkey from answering while the block runs: it takes connections, and says nothing."""
    with frozen(_valkey(truce)):
        yield


def test_limits_and_revocation_hold_without_valkey(tmp_path: Path) -> None:
    with instance.running(tmp_path / "data") as truce:
        keys = _keys(truce, [(f"{way} {use}", rate) for way in ("stuck", "dead") for use, rate in (("counted", LIMIT), ("revoked", 600))])
        # What a worker reads once, when it is first asked, is none of what is measured.
        _ask_often(truce, truce.key("partner"))
        for name, way in (("stuck", stuck), ("dead", dead)):
            with way(truce):
                _holds_to_its_limit(truce, name, keys[f"{name} counted"][1])
                _opens_nothing_once_revoked(truce, name, *keys[f"{name} revoked"])


def _holds_to_its_limit(truce: Instance, name: str, text: str) -> None:
    began = time.monotonic()
    answers = _ask_often(truce, text)
    statuses = Counter(status for status, _took in answers)
    refilled = (time.monotonic() - began) * LIMIT / 60
    assert set(statuses) == {200, 429}, statuses
    assert LIMIT <= statuses[200] <= LIMIT + refilled, statuses
    slowest = max(took for _status, took in answers)
    assert slowest < PATIENCE, f"an answer took {slowest:.1f} s"
    sys.stdout.write(f"\nValkey {name}: {statuses[200]} of {ASKED} requests let in at {LIMIT} a minute, the slowest answered after {slowest:.2f} s")


def _opens_nothing_once_revoked(truce: Instance, name: str, public_id: str, text: str) -> None:
    assert {status for status, _took in _ask_often(truce, text)} == {200}
    began = time.monotonic()
    status, answer = ask(truce, "POST", f"/api/v1/keys/{public_id}/revoke/", {}, _with(text))
    took = time.monotonic() - began
    assert (status, answer["is_usable"]) == (200, False)
    assert took < 1, f"a key was revoked after {took:.2f} s"
    assert {status for status, _took in _ask_often(truce, text)} == {401}
    sys.stdout.write(f"\nValkey {name}: a key revoked after {took:.2f} s; 0 of {ASKED} requests let in after it\n")


def _ask_often(truce: Instance, text: str) -> list[tuple[int, float]]:
    def one(_number: int) -> tuple[int, float]:
        began = time.monotonic()
        return ask(truce, "GET", "/api/v1/agreements/", headers=_with(text))[0], time.monotonic() - began

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(one, range(ASKED)))


def _with(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def _keys(truce: Instance, wanted: list[tuple[str, int]]) -> dict[str, tuple[str, str]]:
    """Return the id and the text of fresh keys of the partner's, by name."""
    said = truce.manage("shell", "-v", "0", "-c", ISSUE.format(keys=wanted))
    rows = [line.rsplit(" ", 2) for line in said.splitlines() if line.startswith("key ")]
    return {name.removeprefix("key "): (public_id, text) for name, public_id, text in rows}


def _valkey(truce: Instance) -> int:
    pid = truce.pid("valkey")
    assert pid is not None
    return pid
