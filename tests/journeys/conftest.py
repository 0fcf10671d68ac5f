"""A running web server with the demo, and a browser that watches what the page does: nothing may leave the host, nothing may be refused."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from incidents.actions import one_time_codes
from incidents.demo import loading
from incidents.models import Profile, User
from tests.builders import make_user, sealed_and_posted
from tests.processes import ROOT, environment

T = TypeVar("T")
CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "opens the demo and nothing else"
# Who adds a passkey, and who signs in with codes that are made from a secret.
KEYHOLDER, CODED = "keyholder", "coded"
SECRETS: dict[str, str] = {}


@pytest.fixture(scope="package")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo from a process of its own for all journeys."""
    with serving(django_db_blocker, _demo, tmp_path_factory.mktemp("web") / "log") as base:
        yield base


def _demo() -> None:
    loading.load(tell=lambda _line: None)
    sealed_and_posted()
    Profile.objects.create(slug="public", name="Public")
    for role in User.Role.values:
        make_user(role, password=PASSWORD)
    make_user(User.Role.ANALYST, KEYHOLDER, password=PASSWORD)
    SECRETS[CODED] = one_time_codes.set_up(make_user(User.Role.EDITOR, CODED, password=PASSWORD))


@contextmanager
def serving(blocker: DjangoDbBlocker, fill: Callable[[], None], log: Path) -> Iterator[str]:
    """Serve what `fill` puts into the database from a process of its own, and give its address; empty the database at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket", "truce.wsgi"]
    beside_the_browser(blocker, fill)
    with log.open("wb") as output:
        env = environment() | {"BASE_URL": base, "PUBLIC_PROFILE": "public"}
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
        try:
            _wait_for(f"{base}/livez", server, log)
            yield base
        finally:
            server.terminate()
            server.wait(15)
            with blocker.unblock():
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
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", lambda request: None if request.url.startswith(self.address) else self.wrong.append(f"left the host: {request.url}"))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        # What is opened by itself and is no page, a part of one or a picture, has the browser look for an icon of its own.
        if message.type in {"error", "warning"} and not message.location.get("url", "").endswith("/favicon.ico"):
            self.wrong.append(f"console: {message.text}")

    def sign_in(self, role: str) -> None:
        """Begin a session of its own, without the form, which lets an address in only so often; windows opened from now on have it."""
        cookie = beside_the_browser(self.blocker, lambda: _session_of(role))
        host = str(urlsplit(self.address).hostname)
        self.state = {"cookies": [{"name": cookie.key, "value": cookie.value, "domain": host, "path": "/"}], "origins": []}


def beside_the_browser(blocker: DjangoDbBlocker, asked: Callable[[], T]) -> T:
    """Return what this asks of the database. It runs in another thread: Playwright's loop is in this one, and Django asks nothing there."""

    def ask() -> T:
        try:
            return asked()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread, blocker.unblock():
        return thread.submit(ask).result()


def _session_of(role: str) -> Any:
    client = Client()
    client.force_login(User.objects.get(username=role), backend="django.contrib.auth.backends.ModelBackend")
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
