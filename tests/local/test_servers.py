"""The embedded servers themselves: who may do what, what survives, and what a killed one leaves in the way."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kombu import Connection

from tests.local.conftest import pid_of, supervise_until
from truce.local import services
from truce.local.datafolder import BadFolder, DataFolder
from truce.local.postgres import unprivileged
from truce.local.supervisor import Part, Supervisor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataFolder]:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = DataFolder(tmp_path / "data")
    folder.acquire()
    yield folder
    folder.remove(unprivileged())
    folder.release()


def named(supervisor: Supervisor, name: str) -> Part:
    return next(part for part in supervisor.parts if part.name == name)


def test_the_roles_have_the_rights_they_need_and_no_more(folder: DataFolder, supervisor: Supervisor) -> None:
    values = services.start(folder, supervisor, throw_away=True)
    with psycopg.connect(values["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("CREATE DATABASE for_tests")
        assert owner.execute("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone() == (
            False,
            True,
            False,
        )
        settings = owner.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'for_tests'"
        ).fetchone()
        assert settings == ("b", "C.UTF-8", "UTF8")
        owner.execute("CREATE TABLE facts (fact text)")
    with psycopg.connect(values["DATABASE_OWNER_URL"], dbname="for_tests") as test:
        extensions = {name for (name,) in test.execute("SELECT extname FROM pg_extension")}
        assert {"pg_trgm", "btree_gist", "unaccent"} <= extensions, "a test database has them too"
    with psycopg.connect(values["DATABASE_URL"], autocommit=True) as web:
        for statement in ("SELECT * FROM facts", "CREATE TABLE mine (x int)", "CREATE DATABASE mine", "DROP TABLE facts", "CREATE ROLE mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(statement)


def test_what_was_committed_survives_kill_9_of_the_server(folder: DataFolder, supervisor: Supervisor) -> None:
    values = services.start(folder, supervisor)
    with psycopg.connect(values["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE facts AS SELECT 254 AS claimed")
    server = named(supervisor, "postgres")
    first = pid_of(server)
    os.kill(first, signal.SIGKILL)
    assert supervise_until(supervisor, lambda: server.is_running() and pid_of(server) != first and server.ready())
    with psycopg.connect(values["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT claimed FROM facts").fetchone() == (254,)


def test_a_start_after_a_start_finds_the_same_roles_and_data(folder: DataFolder) -> None:
    with Supervisor() as supervisor:
        first = services.start(folder, supervisor)
    with Supervisor() as supervisor:
        assert services.start(folder, supervisor) == first
        with psycopg.connect(first["DATABASE_URL"]) as web:
            assert web.execute("SELECT current_user").fetchone() == ("truce_web",)


def test_the_queue_refuses_rather_than_forgets_and_survives_a_kill(folder: DataFolder, supervisor: Supervisor) -> None:
    values = services.start(folder, supervisor, throw_away=True)
    server = named(supervisor, "valkey")
    with Connection(values["REDIS_URL"]) as connection:
        channel: Any = connection.default_channel
        client = channel.client
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("port") == {"port": "0"}
        client.config_set("appendfsync", "always")
        client.set("kept", "yes")
    first = pid_of(server)
    os.kill(first, signal.SIGKILL)
    assert supervise_until(supervisor, lambda: server.is_running() and pid_of(server) != first and server.ready())
    with Connection(values["REDIS_URL"]) as connection:
        channel = connection.default_channel
        assert channel.client.get("kept") == b"yes"


def test_a_database_whose_secrets_are_gone_is_not_started_over(folder: DataFolder) -> None:
    with Supervisor() as supervisor:
        services.start(folder, supervisor)
    (folder.path / "secrets.json").unlink()
    with Supervisor() as supervisor, pytest.raises(BadFolder, match=r"its secrets\.json is gone"):
        services.start(folder, supervisor)
    assert not folder.has_secrets(), "new ones would not fit the old database"
