"""Backups: everything in the database and in the files folder, in plain formats, and back again into an empty place.

A logical copy by COPY rather than by PostgreSQL's own programs: those refuse a server newer than themselves, and are not
where the image or an embedded server is. A backup is a folder:

manifest.json     what is in it: migrations, rows and digest of each table, sequences, seals
tables/NAME.gz    one table as `COPY ... TO` writes text, in the order of its key
files/            the files that people sent
SHA256SUMS        the digest of every file, written last: a folder without it is unfinished (`sha256sum -c SHA256SUMS` checks it)
"""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from incidents.queries import integrity

OWNER = "owner"
FORMAT = 1
SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
LEFT_OUT = {"django_session"}  # whoever was signed in then signs in anew
# Rows that migrating makes, and heads that stand at nought: a database with only these is empty.
MADE_BY_MIGRATING = {"django_migrations", "django_content_type", "auth_permission"}
HEADS = {"incidents_sealhead", "incidents_ledgerhead", "incidents_convoyledgerhead"}
CHUNK = 1 << 20

# The same bytes from every server, whatever it is set to.
SPELLING = {"DateStyle": "ISO, YMD", "TimeZone": "UTC", "IntervalStyle": "postgres", "bytea_output": "hex", "extra_float_digits": "1"}


class NotPossible(Exception):
    """The backup or the place for it is not as it must be; the message says how. Nothing was changed."""


@dataclass(frozen=True)
class Table:
    """A table as it is copied: the columns that are stored, in the order of its key."""

    name: str
    columns: tuple[str, ...]
    order: sql.Composable

    @property
    def rows(self) -> sql.Composable:
        columns = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        return sql.SQL("SELECT {} FROM {} ORDER BY {}").format(columns, sql.Identifier(self.name), self.order)


# --- Backing up


def backup(folder: Path, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Return the manifest of a backup made in that folder, which must be empty or not be there. One snapshot; nothing waits for it."""
    _make_empty(folder)
    (folder / "tables").mkdir(mode=0o700)
    with _snapshot(OWNER) as connection:
        found = integrity.walk(using=OWNER)
        tables = {}
        for table in _tables(connection):
            if table.name not in LEFT_OUT:
                tables[table.name] = _copy_out(connection, table, folder / "tables" / f"{table.name}.gz")
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "server": connection.info.server_version,
            "migrations": [list(applied) for applied in sorted(MigrationRecorder(connections[OWNER]).applied_migrations())],
            "tables": tables,
            "sequences": _sequences(connection),
            "last_seal": {"number": found.sealed, "hash": found.hash.hex()},
            "seals": integrity.noted(OWNER),
        }
    say(f"{sum(table['rows'] for table in tables.values())} rows of {len(tables)} tables, up to seal {found.sealed}")
    # Files never change once they are there, so those that the snapshot names are all there now.
    manifest["files"] = _copy_files(settings.FILES_ROOT, folder / "files")
    say(f"{manifest['files']} files")
    _write(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    _write(folder / SUMS, "".join(f"{digest}  {name}\n" for name, digest in _digests(folder).items()).encode())
    return manifest


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise NotPossible(f"{folder} is not empty. Name a folder that is new or empty.")
    except OSError as error:
        raise NotPossible(f"{folder} cannot be written: {error.strerror}.") from error


@contextmanager
def _snapshot(using: str) -> Iterator["psycopg.Connection[Any]"]:
    """Give the driver's own connection, in a transaction that sees one instant."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection = connections[using].connection
        _spell(connection)
        yield connection


def _spell(connection: "psycopg.Connection[Any]") -> None:
    for name, value in SPELLING.items():
        connection.execute("SELECT set_config(%s, %s, true)", [name, value])


def _tables(connection: "psycopg.Connection[Any]") -> list[Table]:
    """Return every table, its columns but the generated ones, and its key. Text keys are ordered by their bytes, alike everywhere."""
    columns = connection.execute(
        """
        SELECT class.relname,
               array_agg(attribute.attname::text ORDER BY attribute.attnum) FILTER (WHERE attribute.attgenerated = ''),
               array_agg(attribute.attname::text ORDER BY array_position(key.indkey::int2[], attribute.attnum))
                   FILTER (WHERE attribute.attnum = ANY (key.indkey)),
               array_agg(attribute.attcollation <> 0 ORDER BY array_position(key.indkey::int2[], attribute.attnum))
                   FILTER (WHERE attribute.attnum = ANY (key.indkey))
        FROM pg_class class
        JOIN pg_attribute attribute ON attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
        LEFT JOIN pg_index key ON key.indrelid = class.oid AND key.indisprimary
        WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r'
        GROUP BY class.relname ORDER BY class.relname
        """
    )
    tables = []
    for name, stored, key, is_text in columns:
        if not key:
            raise NotPossible(f"The table {name} has no key to order it by.")
        order = [sql.SQL('{} COLLATE "C"' if text else "{}").format(sql.Identifier(column)) for column, text in zip(key, is_text, strict=True)]
        tables.append(Table(name, tuple(stored), sql.SQL(", ").join(order)))
    return tables


def _copy_out(connection: "psycopg.Connection[Any]", table: Table, path: Path | None) -> dict[str, Any]:
    """Return the number of rows and the digest of what a table holds, written to the path as well if there is one."""
    digest, rows = hashlib.sha256(), 0
    with _gzip(path) as output, connection.cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(table.rows)) as lines:
        for line in lines:
            digest.update(line)
            rows += bytes(line).count(b"\n")
            if output:
                output.write(line)
    return {"columns": list(table.columns), "rows": rows, "sha256": digest.hexdigest()}


@contextmanager
def _gzip(path: Path | None) -> Iterator[IO[bytes] | None]:
    if path is None:
        yield None
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=5, mtime=0) as output:
            yield output  # type: ignore[misc]
        raw.flush()
        os.fsync(raw.fileno())


def _sequences(connection: "psycopg.Connection[Any]") -> dict[str, int | None]:
    """Return the last number that each sequence gave, or None if it gave none."""
    return dict(connection.execute("SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1").fetchall())


def _copy_files(source: Path, target: Path) -> int:
    """Return how many files were copied, folders and all."""
    copied = 0
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file() and not path.is_symlink():
            to = target / path.relative_to(source)
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, to)
            to.chmod(0o600)
            copied += 1
    return copied


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder but the list of digests itself."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS)
    return {path.relative_to(folder).as_posix(): _digest(path) for path in paths}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Restoring


def restore(folder: Path, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Return the manifest of the backup that now is in the database and the files folder, compared digest by digest.

    Both must be empty. A backup from before an upgrade is restored as it was and then migrated. If anything differs, nothing stays.
    """
    manifest = check(folder)
    say(f"The backup of {manifest['made_at']} is undamaged")
    _check_files_empty()
    _migrate_to(manifest)
    _load(folder, manifest)
    say(f"{sum(table['rows'] for table in manifest['tables'].values())} rows of {len(manifest['tables'])} tables, equal to the backup")
    say(f"Seal {manifest['last_seal']['number']} is the last, and the log before it is whole")
    copied = _copy_files(folder / "files", settings.FILES_ROOT)
    say(f"{copied} files")
    call_command("migrate", verbosity=0, interactive=False)
    return manifest


def check(folder: Path) -> dict[str, Any]:
    """Return the manifest of an undamaged backup. Raise NotPossible naming the file that is missing, added or changed."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NotPossible(f"{folder} is not a finished backup: {SUMS} cannot be read.") from error
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = _digests(folder)
    for name in sorted(known.keys() | found.keys()):
        if known.get(name) != found.get(name):
            how = "is missing" if name not in found else "does not belong to the backup" if name not in known else "is damaged"
            raise NotPossible(f"{folder}: {name} {how}.")
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise NotPossible(f"{folder} is a backup in format {manifest.get('format')}; this version reads format {FORMAT}.")
    return manifest


def _check_files_empty() -> None:
    if settings.FILES_ROOT.is_dir() and any(path.is_file() for path in settings.FILES_ROOT.rglob("*")):
        raise NotPossible(f"{settings.FILES_ROOT} is not empty. Restore into an empty place.")


def _migrate_to(manifest: dict[str, Any]) -> None:
    """Bring a database without tables to the migrations of the backup. One with tables must be at exactly these, and empty."""
    wanted = {(app, name) for app, name in manifest["migrations"]}
    connection = connections[OWNER]
    applied = set(MigrationRecorder(connection).applied_migrations())
    if not applied:
        loader = MigrationLoader(None)
        if unknown := wanted - loader.disk_migrations.keys():
            raise NotPossible(f"The backup is of a newer version: {' '.join(max(unknown))} is not known here.")
        for app, name in sorted(
            node for node in wanted if not any(child.key in wanted and child.key[0] == node[0] for child in _children(loader, node))
        ):
            # Django's own command: ours grants rights on tables that may come only later. Restoring ends with ours.
            call_command(migrate.Command(), app, name, database=OWNER, verbosity=0, interactive=False)
        applied = set(MigrationRecorder(connection).applied_migrations())
    if applied != wanted:
        raise NotPossible("The database is at other migrations than the backup. Restore into a database without tables.")


def _children(loader: MigrationLoader, node: tuple[str, str]) -> set[Any]:
    """Return the migrations that build on this one."""
    return set(loader.graph.node_map[node].children)


def _load(folder: Path, manifest: dict[str, Any]) -> None:
    with transaction.atomic(using=OWNER):
        connections[OWNER].ensure_connection()
        connection = connections[OWNER].connection
        _spell(connection)
        tables = _tables(connection)
        names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
        _check_empty(connection, tables)
        triggers = connection.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal").fetchall()
        connection.execute(sql.SQL("TRUNCATE {}").format(names))
        # What is loaded was announced and sealed once already.
        for (name,) in triggers:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
        for table in tables:
            if table.name not in LEFT_OUT:
                _copy_in(connection, table, folder / "tables" / f"{table.name}.gz", manifest["tables"][table.name])
        for name, last in manifest["sequences"].items():
            connection.execute("SELECT setval(%s::regclass, coalesce(%s, 1), %s)", [f'public."{name}"', last, last is not None])
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for (name,) in triggers:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
        _compare(connection, tables, manifest)


def _check_empty(connection: "psycopg.Connection[Any]", tables: list[Table]) -> None:
    for table in tables:
        if table.name in MADE_BY_MIGRATING | LEFT_OUT:
            continue
        some = sql.SQL("SELECT EXISTS (SELECT 1 FROM {}{})")
        where = sql.SQL(" WHERE number > 0" if table.name in HEADS else "")
        row = connection.execute(some.format(sql.Identifier(table.name), where)).fetchone()
        if row and row[0]:
            raise NotPossible(f"The database is not empty: there are rows in {table.name}. Restore into an empty one.")


def _copy_in(connection: "psycopg.Connection[Any]", table: Table, path: Path, known: dict[str, Any]) -> None:
    if sorted(table.columns) != sorted(known["columns"]):
        raise NotPossible(f"The table {table.name} has other columns than in the backup.")
    columns = sql.SQL(", ").join(map(sql.Identifier, known["columns"]))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    with gzip.open(path, "rb") as source, connection.cursor() as cursor, cursor.copy(into) as lines:
        while chunk := source.read(CHUNK):
            lines.write(chunk)


def _compare(connection: "psycopg.Connection[Any]", tables: list[Table], manifest: dict[str, Any]) -> None:
    """Raise NotPossible if a table, a sequence or the log is not what the backup says it is."""
    for table in tables:
        if table.name in LEFT_OUT:
            continue
        known = manifest["tables"][table.name]
        found = _copy_out(connection, Table(table.name, tuple(known["columns"]), table.order), None)
        if found != known:
            raise NotPossible(f"The table {table.name} is not what was backed up: {found['rows']} rows, {known['rows']} expected.")
    if _sequences(connection) != manifest["sequences"]:
        raise NotPossible("The sequences are not what was backed up.")
    try:
        log = integrity.walk(using=OWNER, known={int(number): bytes.fromhex(value) for number, value in manifest["seals"].items()})
    except integrity.Fault as fault:
        raise NotPossible(f"The log in the backup is not whole: {fault}") from fault
    if (log.sealed, log.hash.hex()) != (manifest["last_seal"]["number"], manifest["last_seal"]["hash"]):
        raise NotPossible("The last seal is not the one that was backed up.")
