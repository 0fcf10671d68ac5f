"""The drill: back up, restore into an empty place, compare everything; refuse what is damaged and where something is."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from incidents.actions import aggregates, backups, erasure
from incidents.models import SealHead
from incidents.queries import integrity
from tests.builders import correct_claim, make_claim, make_report, make_user, sealed_and_posted
from tests.server.conftest import manage, owner, said

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_ROOT = folder = tmp_path / "files"
    content = b"a photograph\x00\xff"
    (folder / "evidence").mkdir(parents=True)
    (folder / "evidence" / hashlib.sha256(content).hexdigest()).write_bytes(content)
    return folder


@pytest.fixture
def made(files: Path, tmp_path: Path) -> Path:
    """A backup of a log with a correction, an erasure, a change that waits for its seal, and texts that are hard to copy."""
    claim = make_claim(254, note='tab\t, line\nbreak, back\\slash, \\N, "quotes", عربي, 🙂', by=make_user())
    correct_claim(claim, 260)
    report = make_report(wording="\\.")
    sealed_and_posted()
    erasure.erase_record(record_id=report.public_id, reason="asked for")
    sealed_and_posted()
    aggregates.retract(claim=make_claim(7), by=None, reason="printed by mistake")
    folder = tmp_path / "backups" / "one"
    output = said("backup", "--to", str(folder))
    assert "Last seal: 5 " in output
    return folder


def counts(database: str) -> dict[str, int]:
    with owner(database) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # type: ignore[index, arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_the_drill(made: Path, files: Path, other_database: Callable[[], str], tmp_path: Path) -> None:
    empty, elsewhere = other_database(), tmp_path / "restored"
    done = manage(empty, "restore", "--from", str(made), FILES_ROOT=str(elsewhere))
    assert done.returncode == 0, done.stdout + done.stderr
    # Counts, hashes and seals, and what the command itself compares: every table's digest.
    here = counts("")
    assert counts(empty) == here
    assert here["incidents_change"] == 7
    head = SealHead.objects.get()
    assert f"Last seal: 5 {bytes(head.hash).hex()}" in done.stdout
    with owner(empty) as connection:
        assert connection.execute("SELECT number, hash FROM incidents_sealhead").fetchone() == (5, bytes(head.hash))
    assert [path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()] == [
        path.read_bytes() for path in files.rglob("*") if path.is_file()
    ]
    # It goes on from there, as the web's role: what waited is sealed next, new rows get new numbers, the proof holds.
    for command, expected in (
        (["verify_changes", "--against", str(made / "manifest.json")], "1 of them erased, 2 more waiting"),
        (["shell", "-c", "from tests.builders import *; make_report(); sealed_and_posted()"], ""),
        (["audit_tallies"], "equals a recount"),
        (["verify_changes"], "8 sealed changes, 1 of them erased, 0 more waiting"),
        (["migrate", "--check"], ""),
    ):
        done = manage(empty, *command)
        assert done.returncode == 0 and expected in done.stdout, done.stdout + done.stderr
    again = manage(empty, "restore", "--from", str(made))
    assert again.returncode == 1 and "The database is not empty" in again.stderr


def test_only_what_is_finished_and_undamaged_is_restored(made: Path, tmp_path: Path) -> None:
    def broken(name: str, harm: Callable[[Path], None]) -> Path:
        copy = tmp_path / name
        shutil.copytree(made, copy)
        harm(copy)
        return copy

    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    evidence = next(path.relative_to(made) for path in (made / "files").rglob("*") if path.is_file())
    harms: dict[str, tuple[Callable[[Path], None], str]] = {
        "a bit of a table": (lambda copy: flip(copy / "tables" / "incidents_change.gz"), "tables/incidents_change.gz is damaged"),
        "a bit of a file": (lambda copy: flip(copy / evidence), "is damaged"),
        "a bit of the manifest": (lambda copy: flip(copy / "manifest.json"), "manifest.json is damaged"),
        "a table short": (lambda copy: (copy / "tables" / "incidents_report.gz").unlink(), "tables/incidents_report.gz is missing"),
        "a file more": (lambda copy: (copy / "files" / "x").write_text("x"), "files/x does not belong to the backup"),
        "unfinished": (lambda copy: (copy / "SHA256SUMS").unlink(), "is not a finished backup"),
    }
    for name, (harm, expected) in harms.items():
        with pytest.raises(CommandError) as refused:
            said("restore", "--check", "--from", str(broken(name, harm)))
        assert expected in str(refused.value), name
    assert "is undamaged" in said("restore", "--check", "--from", str(made))


# Django's own command: ours would grant rights on tables that come later.
OLD_MIGRATE = """
from django.core.management import call_command
from django.core.management.commands import migrate
call_command(migrate.Command(), "incidents", "0002", database="owner", verbosity=0)
"""


@pytest.mark.slow
def test_a_backup_from_before_an_upgrade_is_restored_and_migrated(other_database: Callable[[], str], files: Path, tmp_path: Path) -> None:
    old, empty, folder = other_database(), other_database(), tmp_path / "old"
    steps = [
        (old, ["shell", "-c", OLD_MIGRATE], ""),
        (old, ["backup", "--to", str(folder)], "Backed up"),
        (empty, ["restore", "--from", str(folder)], "Restored"),
        (empty, ["migrate", "--check"], ""),
        (empty, ["verify_changes"], "0 sealed changes"),
    ]
    for database, command, expected in steps:
        done = manage(database, *command, FILES_ROOT=str(tmp_path / "none"))
        assert done.returncode == 0 and expected in done.stdout, (command, done.stdout + done.stderr)


@pytest.mark.slow
def test_a_backup_forged_with_its_digests_is_refused_and_leaves_nothing(made: Path, other_database: Callable[[], str], tmp_path: Path) -> None:
    """Somebody who can write the backup can write its digests too, but not make the chain of hashes agree."""
    table = made / "tables" / "incidents_changepayload.gz"
    forged = gzip.decompress(table.read_bytes()).replace(b'"count": 254', b'"count": 154')
    table.write_bytes(gzip.compress(forged))
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["tables"]["incidents_changepayload"]["sha256"] = hashlib.sha256(forged).hexdigest()
    (made / "manifest.json").write_text(json.dumps(manifest))
    (made / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in backups._digests(made).items()))
    empty = other_database()
    done = manage(empty, "restore", "--from", str(made), FILES_ROOT=str(tmp_path / "restored"))
    assert done.returncode == 1 and "the payload does not match its hash" in done.stderr
    assert counts(empty)["incidents_change"] == 0
    assert not (tmp_path / "restored").exists()


def test_it_refuses_places_that_are_not_empty(made: Path, files: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        said("backup", "--to", str(made))
    with pytest.raises(CommandError, match="files is not empty"):
        said("restore", "--from", str(made))
    shutil.rmtree(files)
    with pytest.raises(CommandError, match="The database is not empty"):
        said("restore", "--from", str(made))
    assert integrity.verify().sealed == 5


def test_a_backup_is_for_its_owner_alone(made: Path) -> None:
    readable = [path for path in [made, *made.rglob("*")] if path.is_file() or path.parent in {made, made.parent}]
    assert [path for path in readable if path.stat().st_mode & 0o077] == []
    listed = [line.split("  ")[1] for line in (made / "SHA256SUMS").read_text().splitlines()]
    assert "manifest.json" in listed and "tables/incidents_change.gz" in listed
    assert "tables/django_session.gz" not in listed
