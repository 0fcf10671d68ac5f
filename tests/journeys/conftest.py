"""A running web server with the demo, and a browser that watches what the page does: nothing may leave the host, nothing may be refused."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from incidents.actions import one_time_codes
from incidents.demo import loading
from incidents.models import User
from tests.builders import make_user, sealed_and_posted
from tests.processes import ROOT, environment

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "opens the demo and nothing else"
# Who adds a passkey, and who signs in with codes that are made from a secret.
KEYHOLDER, CODED = "keyholder", "coded"
SECRETS: dict[str, str] = {}


@pytest.fixture(scope="package")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo from a process of its own for all journeys."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with django_db_blocker.unblock():
        loading.load(tell=lambda _line: None)
        sealed_and_posted()
        for role in User.Role.values:
            make_user(role, password=PASSWORD)
        make_user(User.Role.ANALYST, KEYHOLDER, password=PASSWORD)
        SECRETS[CODED] = one_time_codes.set_up(make_user(User.Role.EDITOR, CODED, password=PASSWORD))
    log = tmp_path_factory.mktemp("web") / "log"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket", "truce.wsgi"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment() | {"BASE_URL": base}, stdout=output, stderr=output)
        try:
            _wait_for(f"{base}/livez", server, log)
            yield base
        finally:
            server.terminate()
            server.wait(15)
            with django_db_blocker.unblock():
                TransactionTestCase._fixture_teardown(None)  # type: ignore[arg-type]


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield chromium
        chromium.close()


@dataclass
class Watched:
    """Browser windows of one journey, and what went wrong in them."""

    address: str
    browser: Browser
    blocker: DjangoDbBlocker
    contexts: list[BrowserContext] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    state: Any = None

    def page(self, *, width: int = 1440, height: int = 900, **options: Any) -> Page:
        """Return a new window."""
        context = self.browser.new_context(base_url=self.address, viewport={"width": width, "height": height}, storage_state=self.state, **options)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.wrong.append(f"console: {message.text}") if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", lambda request: None if request.url.startswith(self.address) else self.wrong.append(f"left the host: {request.url}"))
        return page

    def sign_in(self, role: str) -> None:
        """Begin a session of its own, without the form, which lets an address in only so often; windows opened from now on have it."""
        with ThreadPoolExecutor(1) as thread, self.blocker.unblock():  # Playwright's loop runs in this one, and Django asks nothing there
            cookie = thread.submit(_session_of, role).result()
        host = str(urlsplit(self.address).hostname)
        self.state = {"cookies": [{"name": cookie.key, "value": cookie.value, "domain": host, "path": "/"}], "origins": []}


def _session_of(role: str) -> Any:
    client = Client()
    try:
        client.force_login(User.objects.get(username=role), backend="django.contrib.auth.backends.ModelBackend")
    finally:
        connection.close()
    return client.cookies[settings.SESSION_COOKIE_NAME]


@pytest.fixture
def watched(address: str, browser: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[Watched]:
    """Give a journey its windows; at its end nothing may have gone wrong in them."""
    windows = Watched(address, browser, django_db_blocker)
    yield windows
    for context in windows.contexts:
        context.close()
    assert not windows.wrong


@pytest.fixture
def analyst(watched: Watched) -> Watched:
    watched.sign_in(User.Role.ANALYST)
    return watched
