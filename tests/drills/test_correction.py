"""A correction while no worker runs: page and JSON stay at the old figure of the old change, and follow once one runs again."""

import os
import re
import signal
import time
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from tests.drills import instance
from tests.drills.instance import Instance, ask
from tests.processes import eventually

pytestmark = pytest.mark.slow

TALLIES = "/api/v1/agreements/syria-2016-09/tallies/"


def test_no_figure_moves_before_a_worker_has_counted(tmp_path: Path) -> None:
    with instance.running(tmp_path / "data") as truce:
        eventually(lambda: _tallies(truce)["waiting"] == 0 and _opposition(truce), within=30)
        browser = _signed_in(truce)
        before = _tallies(truce)
        assert (_opposition(truce)["count"], _shown(truce, browser)) == (254, "254")

        worker = truce.pid("worker")
        assert worker is not None
        os.kill(worker, signal.SIGSTOP)
        try:
            began = time.monotonic()
            status, answer = ask(truce, "POST", f"/api/v1/aggregate-claims/{_opposition(truce)['statements'][0]['id']}/supersede/", _correction())
            took = time.monotonic() - began
            assert status == 201, answer
            assert took < 1, f"saving a correction took {took:.2f} s without a worker"
            eventually(lambda: _tallies(truce)["waiting"] > 0)
            assert (_opposition(truce)["count"], _tallies(truce)["change"]) == (254, before["change"])
            assert _shown(truce, browser) == "254"
        finally:
            os.kill(worker, signal.SIGCONT)
        eventually(lambda: _opposition(truce)["count"] == 260, within=60)
        assert _shown(truce, browser) == "260"
        assert _tallies(truce)["change"] > before["change"]


def _correction() -> dict[str, Any]:
    return {
        "agreement": "syria-2016-09",
        "claimant": "syrian-opposition",
        "accused": [{"side": "A"}],
        "count": 260,
        "unit": "violation",
        "basis": "cumulative",
        "counted_from": "2016-09-12",
        "period_end": "2016-09-19",
        "published_on": "2016-09-20",
        "source": "ap-2016-09-19",
    }


def _tallies(truce: Instance) -> Any:
    status, tallies = ask(truce, "GET", TALLIES)
    assert status == 200, tallies
    return tallies


def _opposition(truce: Instance) -> Any:
    side = next(side for side in _tallies(truce)["sides"] if side["side"]["code"] == "A")
    return next(figure for figure in side["claimed"] if figure["claimant"]["slug"] == "syrian-opposition")


def _signed_in(truce: Instance) -> OpenerDirector:
    """Return a browser of sorts, signed in as the analyst."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    address = f"{truce.base_url}/en/accounts/login/"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.open(address).read().decode())
    assert token
    analyst = truce.credentials["analyst"]
    form = {"csrfmiddlewaretoken": token[1], "login": analyst["username"], "password": analyst["password"]}
    browser.open(Request(address, urlencode(form).encode(), {"Referer": address}))
    return browser


def _shown(truce: Instance, browser: OpenerDirector) -> str:
    """Return the figure on side A's card."""
    page = browser.open(f"{truce.base_url}/en/agreements/syria-2016-09/").read().decode()
    figure = re.search(r'id="side-A".*?class="tally-figure[^>]*>([0-9]+)<', page, re.DOTALL)
    assert figure, "no claimed figure on the page"
    return figure[1]
