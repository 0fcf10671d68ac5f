"""Servers and a database for one run of a benchmark, as bin/test has them: they begin and end with it."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# What a driver calls what Django's settings say.
LIBPQ = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def on_servers() -> None:
    """Return where DATABASE_URL names a server. Elsewhere run this very script again beside servers of its own, and exit with its status."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    if os.environ.get("DATABASE_URL"):
        return
    from truce.local.datafolder import DataFolder
    from truce.local.postgres import unprivileged
    from truce.local.test import PREFIX, run

    folder = DataFolder(Path(tempfile.mkdtemp(prefix=PREFIX)))
    folder.acquire()
    try:
        status = run(folder, [sys.executable, *sys.argv])
    finally:
        folder.remove(unprivileged())
        folder.release()
    sys.exit(status)


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Set Django up, and work in a fresh database of this name, migrated, which is dropped at the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "truce.settings")
    import django
    import psycopg
    from psycopg import sql

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    owner = address("owner", LIBPQ)

    def as_owner(statement: str) -> None:
        with psycopg.connect(**owner, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    as_owner("CREATE DATABASE {}")
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        for connection in connections.all():
            connection.close()
        as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)")


def address(alias: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Return where one of the databases is, in the names that whoever connects has for it; what is not set is left out."""
    from django.conf import settings

    place = settings.DATABASES[alias]
    return {theirs: place[ours] for theirs, ours in names.items() if place[ours]}


def backend() -> int:
    """Return the process of PostgreSQL that works for the connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def analyze() -> None:
    """Have PostgreSQL look at what is there, as it does by itself after a while."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def say(line: str) -> None:
    """Print a line now."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
