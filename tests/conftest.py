"""How the tests meet their database: built by the owner, used as the web's role, exactly as a running instance does.

So a right that is missing fails a test here before it fails a person, and a right too many can be tried.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as examples
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

import truce.celery  # noqa: F401  (makes our Celery app the current one)
from incidents.queries import kept

# A busy machine is slow; that says nothing of the code, so it fails nothing.
examples.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what a run may be asked."""
    parser.addoption("--examples", default="5", help="how many requests of each operation tests/api/test_contract.py sends (5; 200 takes hours)")


KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[None]:
    """Make a database of this run's own, migrate it as the owner, and point the web's connection at it."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    name = f"truce_test_{worker or 'main'}"
    with django_db_blocker.unblock():
        _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _as_owner("CREATE DATABASE {}", name)
        for alias in ("default", "owner"):
            connections[alias].close()
            settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            connection.close()
        _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test compose its queries anew: some change the rules by which they are composed."""
    monkeypatch.setattr(kept, "_kept", {})


def _as_owner(statement: str, name: str) -> None:
    """Run one statement on the database the owner's address names, outside any transaction."""
    with psycopg.connect(**_owner(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _owner() -> dict[str, Any]:
    database = _OWNER
    given = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return {key: value for key, value in given.items() if value}


_OWNER = dict(settings.DATABASES["owner"])


def _empty_as_owner(self: TransactionTestCase) -> None:
    """Empty the tables after a test with real transactions. The web's role may not, and that is the point of it.

    Rows are deleted where there are any, with the keys checked at the end: emptying every table there is takes a file for each of its
    parts, and a third of a second.
    """
    with psycopg.connect(**_owner() | {"dbname": settings.DATABASES["default"]["NAME"]}) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") if row[0] not in KEPT]
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(table), sql.Identifier(table)) for table in tables
        )
        filled = [str(row[0]) for row in connection.execute(asked)]
        connection.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in filled:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        connection.execute(_FROM_ONE, [filled])


# The numbers that the emptied tables give begin at 1 again.
_FROM_ONE = """
    SELECT setval(format('%%I.%%I', sequence.schemaname, sequence.sequencename), sequence.start_value, false)
    FROM pg_sequences sequence
    JOIN pg_depend ON pg_depend.objid = format('%%I.%%I', sequence.schemaname, sequence.sequencename)::regclass AND pg_depend.deptype IN ('a', 'i')
    JOIN pg_class owner ON owner.oid = pg_depend.refobjid
    WHERE owner.relname = ANY(%s)
"""


TransactionTestCase._fixture_teardown = _empty_as_owner  # type: ignore[method-assign]
