"""What tests of running on a server share: the owner at work behind everyone's back, and commands as a person runs them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tests.conftest import _owner

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def owner(database: str = "") -> Iterator["psycopg.Connection[Any]"]:
    """Give a connection of the owner, who may do what the web may not."""
    with psycopg.connect(**_owner() | {"dbname": database or settings.DATABASES["default"]["NAME"]}, autocommit=True) as connection:
        yield connection


def by_owner(statement: str, *values: Any) -> None:
    """Run one statement as the owner."""
    with owner() as connection:
        connection.execute(statement, values)  # type: ignore[arg-type]


def said(*command: str) -> str:
    """Return what a management command printed."""
    output = StringIO()
    call_command(*command, stdout=output)
    return output.getvalue()


def at(address: str, name: str) -> str:
    """Return a database's address with another name in it."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def environment(database: str, **more: str) -> dict[str, str]:
    """Return the environment of a process that works on that database."""
    addresses = {key: at(os.environ[key], database) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return os.environ | addresses | more


def manage(database: str, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Return how a management command on another database ended."""
    words = [sys.executable, str(ROOT / "manage.py"), *command]
    return subprocess.run(words, cwd=ROOT, env=environment(database, **more), capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def other_database(transactional_db: None) -> Iterator[Callable[[], str]]:
    """Return a maker of empty databases, dropped with the test."""
    made: list[str] = []

    def make() -> str:
        name = f"{settings.DATABASES['default']['NAME']}_other_{len(made)}"
        with owner(_owner()["dbname"]) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append(name)
        return name

    yield make
    with owner(_owner()["dbname"]) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(autouse=True)
def _owner_leaves() -> Iterator[None]:
    yield
    connections["owner"].close()
