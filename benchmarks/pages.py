"""What a page costs whoever opens it: first paint and bytes on a line of 400 kbit/s, or (--p95) the server's time at 100,000 reports.

    bin/test --version; .venv/bin/python benchmarks/pages.py [--only reports,convoys] [--language ar]
    .venv/bin/python benchmarks/pages.py --p95 [--reports 100000] [--times 20]

It starts throw-away servers as bin/test does, or uses those that DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name, and works in a
database of its own. Pages are those of the URLconf (`tests/addresses.py`), with the demo and one of everything that it lacks.

- On a line: Chromium with an empty cache for each page, its network slowed by the browser itself to 400 kbit/s with 100 ms before each
  answer. Paint is "first contentful paint"; bytes are as sent, headers left out. A web server of our own answers, so its time is in it.
- p95: reports, harm, ledger and incidents made by PostgreSQL (`synthetic.py`); each page is asked for in this process, first once to warm.
  Held against the goal is the processor time of web and database together, so that other work on the machine is not in it; parallel plans
  are off, or the processors of their workers would not be counted. The time on the wall stands beside it.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks import processor, throwaway  # noqa: E402
from benchmarks.throwaway import say  # noqa: E402

DATABASE = "truce_benchmark_pages"
KILOBYTE = 1024
# From the brief of the pages: compressed, before first paint; a page with a map, in all; and seconds to first paint.
MOST_BEFORE_PAINT, MOST_WITH_A_MAP, MOST_SECONDS = 25 * KILOBYTE, 220 * KILOBYTE, 2.0
LINE, LATENCY = 400_000 / 8, 100
# Half a second of the two until first paint are the server's; the rest is the line's.
MOST_P95 = 0.5
INCIDENTS = """
INSERT INTO incidents_incident (public_id, created_at, slug, name, name_ar, version)
SELECT gen_random_uuid(), now(), 'bench-' || i, 'Event ' || i, '', 1 FROM generate_series(1, %(incidents)s::int) i;
UPDATE incidents_report SET incident_id = event.id
FROM (SELECT id, row_number() OVER (ORDER BY id) AS at FROM incidents_incident WHERE slug LIKE 'bench-%%') event
WHERE agreement_id = %(agreement)s AND state = 'submitted' AND incidents_report.id %% (%(incidents)s * 2) = event.at;
UPDATE incidents_place SET latitude = 32.5 + 4 * (id %% 97) / 97.0, longitude = 36 + 5 * (id %% 89) / 89.0 WHERE slug LIKE 'bench-%%';
"""


def main() -> None:
    options = _options()
    throwaway.on_servers()
    os.environ["PUBLIC_PROFILE"] = "public"
    with throwaway.own_database(DATABASE):
        sys.exit(_measured(options))


def _measured(options: argparse.Namespace) -> int:
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    pages = _filled()
    if options.only:
        pages = [page for page in pages if any(page.route.startswith(word) for word in options.only.split(","))]
    failed = served(pages, options) if options.p95 else on_a_line(pages, options)
    say(f"Not reached: {', '.join(failed)}" if failed else "All goals reached.")
    return 1 if failed else 0


def _filled() -> list[Any]:
    """Return the pages there are, once the demo is in, and one of everything."""
    from incidents.demo import loading
    from incidents.models import Convoy, Incident, Profile, User
    from tests.addresses import addresses
    from tests.builders import make_user, sealed_and_posted
    from tests.builders.everything import make_everything

    loading.load(tell=lambda _line: None)
    sealed_and_posted()
    Profile.objects.create(slug="public", name="Public")
    roles = {"administrator": User.Role.ADMINISTRATOR, "editor": User.Role.EDITOR, "second": User.Role.EDITOR, "analyst": User.Role.ANALYST}
    keys = make_everything({name: make_user(role, name) for name, role in roles.items()}).keys
    # What the demo has more of is what people look at.
    keys["agreement"] = "syria-2016-09"
    keys["convoy"] = str(Convoy.objects.get(reference="CV-2016-09-19-URM").public_id)
    keys["incident"] = str(Incident.objects.get(name__icontains="Urum").public_id)
    left_out = ("dashboard", "account_", "mfa_")
    found = [one for one in addresses(keys, "administrator") if one.is_page and not one.route.startswith(left_out[1:]) and one.route != left_out[0]]
    return list({(one.route, one.path): one for one in found}.values())


@dataclass
class Sent:
    """What one page took."""

    paint: float = 0.0
    bytes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    has_map: bool = False

    def of(self, *kinds: str) -> int:
        return sum(self.bytes.get(kind, 0) for kind in kinds)

    @property
    def whole(self) -> int:
        return sum(self.bytes.values())

    def misses(self) -> list[str]:
        """Return which goals it does not reach."""
        found = []
        if self.of("Document", "Stylesheet") > MOST_BEFORE_PAINT:
            found.append("bytes before paint")
        if self.paint > MOST_SECONDS:
            found.append("first paint")
        if self.has_map and self.whole > MOST_WITH_A_MAP:
            found.append("bytes with a map")
        return found


def on_a_line(pages: list[Any], options: argparse.Namespace) -> list[str]:
    """Return the pages that miss a goal on the slow line."""
    from playwright.sync_api import sync_playwright

    from tests.journeys.conftest import CHROMIUM

    failed = []
    cookie = _session("administrator")
    with _web() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"] if os.geteuid() == 0 else [])
        say(f"{'page':<44}{'HTML+CSS':>10}{'scripts':>9}{'all':>9}{'in':>4}{'paint':>8}")
        say(f"{'goal':<44}{'<= 25 KB':>10}{'':>9}{'220 KB*':>9}{'':>4}{'<= 2 s':>8}")
        _opened(browser, {"cookies": [cookie | {"domain": "127.0.0.1", "path": "/"}], "origins": []}, f"{base}/{options.language}/{pages[0].path}")
        for page in pages:
            state = {"cookies": [cookie | {"domain": "127.0.0.1", "path": "/"}], "origins": []}
            sent = min(
                (_opened(browser, state, f"{base}/{options.language}/{page.path}") for _try in range(options.tries)), key=lambda one: one.paint
            )
            name = f"{page.route}{' *' if sent.has_map else ''}{' ?' + page.path.partition('?')[2][:20] if '?' in page.path else ''}"
            sizes = (sent.of("Document", "Stylesheet"), sent.of("Script"), sent.whole)
            told = "".join(f"{size / KILOBYTE:>{width}.1f}" for size, width in zip(sizes, (10, 9, 9), strict=True))
            say(f"{name[:44]:<44}{told}{sent.requests:>4}{sent.paint:>7.2f}s  {', '.join(sent.misses())}")
            failed += [f"{page.route}: {miss}" for miss in sent.misses()]
        browser.close()
    return failed


def _opened(browser: Any, state: Any, address: str) -> Sent:
    """Return what opening one page took, with nothing in the browser's cache."""
    sent, kinds, headers = Sent(), {}, {}
    context = browser.new_context(storage_state=state)
    window = context.new_page()
    session = context.new_cdp_session(window)

    def answered(event: Any) -> None:
        # Nothing waits for what only paper needs: it is fetched, and counted, after everything else.
        kind = "Print" if "/css/print." in event["response"]["url"] else event["type"]
        kinds[event["requestId"]], headers[event["requestId"]] = kind, int(event["response"]["encodedDataLength"])

    def finished(event: Any) -> None:
        kind, length = kinds.get(event["requestId"], "Other"), int(event["encodedDataLength"])
        sent.bytes[kind] = sent.bytes.get(kind, 0) + length - headers.get(event["requestId"], 0)
        sent.requests += 1

    session.on("Network.responseReceived", answered)

    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY, "downloadThroughput": LINE, "uploadThroughput": LINE})
    window.goto(address, wait_until="networkidle", timeout=60_000)
    sent.paint = window.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 99000") / 1000
    sent.has_map = bool(window.evaluate("!!document.querySelector('[data-map], .map, .leaflet-container')"))
    context.close()
    return sent


@contextmanager
def _web() -> Iterator[str]:
    """Serve the pages from a process of its own, as journeys do."""
    import socket
    import subprocess

    from tests.journeys.conftest import _wait_for
    from tests.processes import environment

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base, log = f"http://127.0.0.1:{port}", Path(tempfile.mkdtemp()) / "log"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket", "truce.wsgi"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment() | {"BASE_URL": base, "PUBLIC_PROFILE": "public"}, stdout=output, stderr=output)
        try:
            _wait_for(f"{base}/livez", server, log)
            yield base
        finally:
            server.terminate()
            server.wait(15)


def _session(name: str) -> dict[str, str]:
    from tests.journeys.conftest import _session_of

    cookie = _session_of(name)
    return {"name": cookie.key, "value": cookie.value}


def served(pages: list[Any], options: argparse.Namespace) -> list[str]:
    """Return the pages whose 95th percentile is above the goal at so many reports."""
    import synthetic
    from django.db import connection, reset_queries
    from django.test import Client

    from incidents.actions import folds
    from incidents.models import Agreement, Incident, Report, User

    synthetic.make(options.reports)
    with connection.cursor() as cursor:
        cursor.execute(INCIDENTS, {"incidents": options.reports // 20, "agreement": Agreement.objects.get(slug="bench").pk})
    while folds.fold():  # as the worker does, every minute
        pass
    throwaway.analyze()
    say(f"{Report.objects.count():,} reports, {Incident.objects.count():,} incidents (load {os.getloadavg()[0]:.1f})")
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    backend = throwaway.backend()
    import_module("truce.wsgi")  # as the web process is: what is loaded is set aside from what is collected
    client, failed = Client(headers={"Accept-Encoding": "gzip"}), []
    client.force_login(User.objects.get(username="administrator"), backend="django.contrib.auth.backends.ModelBackend")
    say(f"{'page':<44}{'median':>9}{'p95':>9}{'of goal':>9}{'wall p95':>11}   goal: {MOST_P95 * 1000:.0f} ms of processor, p95")
    for page in pages:
        path = "/en/" + page.path.replace("syria-2016-09", "bench")
        found = _times(lambda path=path: client.get(path), options.times, backend)
        reset_queries()
        if found is None:
            say(f"{page.route[:44]:<44}  answers {client.get(path).status_code}")
            continue
        (median, p95), (_wall, wall) = found
        above = "   above" if p95 > MOST_P95 else ""
        say(f"{page.route[:44]:<44}{median * 1000:>6.0f} ms{p95 * 1000:>6.0f} ms{p95 / MOST_P95:>9.2f}{wall * 1000:>8.0f} ms{above}")
        failed += [page.route] if above else []
    return failed


def _times(ask: Callable[[], Any], times: int, backend: int) -> list[tuple[float, float]] | None:
    """Return median and 95th percentile of the processor's time and of the wall's; None where the page does not answer."""
    if ask().status_code != 200:
        return None
    busy, wall = [], []
    for _time in range(times):
        began, spent = perf_counter(), _spent(backend)
        ask()
        busy.append(_spent(backend) - spent)
        wall.append(perf_counter() - began)
    return [(each[len(each) // 2], each[min(len(each) - 1, int(len(each) * 0.95))]) for each in (sorted(busy), sorted(wall))]


def _spent(backend: int) -> float:
    """Return the seconds that this process and its database process have had of the processors."""
    return process_time() + processor.scheduled(backend) / 1e9


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--p95", action="store_true", help="the server's time at many reports, instead of the line's")
    parser.add_argument("--reports", type=int, default=100_000, help="how many reports, with --p95")
    parser.add_argument("--times", type=int, default=20, help="how often each page is asked for, with --p95")
    parser.add_argument("--tries", type=int, default=1, help="how often each page is opened; the quickest counts")
    parser.add_argument("--language", default="en", help="en or ar")
    parser.add_argument("--only", default="", help="routes that begin with one of these, separated by commas")
    return parser.parse_args()


if __name__ == "__main__":
    main()
