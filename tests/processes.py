"""Real processes for tests: a relay and Celery workers on the test's own database and broker, ended with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
RELAY = ["manage.py", "relay"]
WORKER = [
    "-m",
    "celery",
    "-A",
    "truce",
    "worker",
    "--concurrency",
    "1",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
    "--loglevel",
    "WARNING",
]


def environment() -> dict[str, str]:
    """Return this process's environment with the addresses of the test's own database in it."""
    name = settings.DATABASES["default"]["NAME"]
    addresses = {key: _at(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return os.environ | addresses | {"DJANGO_SETTINGS_MODULE": "truce.settings"}


@contextmanager
def running(*commands: list[str], log: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run these while the block does, and end them with it, whatever happened to them."""
    with log.open("ab") as output:
        started = [subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment(), stdout=output, stderr=output) for command in commands]
        try:
            yield started
        finally:
            for process in started:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            for process in started:
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Hold a process still while the block runs, as a stuck disk or a paused machine would."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def broker() -> redis.Redis:
    """Return a connection to the test's broker."""
    url = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://")
    return redis.Redis.from_url(url, socket_timeout=5)


def broker_pid() -> int:
    """Return the process number of the test's broker, as it says itself."""
    return int(broker().info("server")["process_id"])


def eventually(look: Callable[[], T], *, within: float = 20) -> T:
    """Return the first true answer of `look`, asked again and again. Fail after so many seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = look()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"still {answer!r} after {within} s"
        time.sleep(0.02)


def _at(address: str, name: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"/{name}"))
