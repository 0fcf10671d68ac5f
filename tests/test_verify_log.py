"""An exported log is checked by a script that needs nothing of ours, and no byte of it can be changed unseen."""

import hashlib
import importlib.util
import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from incidents.actions import aggregates, checkpoints, erasure, evidence
from incidents.models import Change, ChangePayload, LogCheckpoint, Seal
from incidents.models.changes import canonical
from incidents.queries import checkpoints as log_of
from incidents.queries import integrity
from incidents.tasks.evidence import make_checkpoint
from tests.builders import correct_claim, make_claim, make_report, make_source, make_user, sealed_and_posted
from tests.server.conftest import by_owner, owner, said

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "verify_log.py"
SEED = 20160919


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_log", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _owner_leaves() -> Iterator[None]:
    yield
    connections["owner"].close()


@pytest.fixture(autouse=True)
def log() -> None:
    """A log of nine sealed changes, one of them erased, one of a protected source."""
    claim = make_claim(254, note='tab\t, line\nbreak, "quotes", عربي, 🙂 \u2028', by=make_user())
    correct_claim(claim, 260)
    report = make_report(wording="نص", latitude=36.2, longitude=37.16, place_precision="neighbourhood")
    make_report(source=make_source("Hotline", is_protected=True))
    evidence.attach(report=report, by=None, link="https://example.org/ٍ")
    aggregates.retract(claim=make_claim(7), by=None, reason="printed by mistake")
    sealed_and_posted()
    erasure.erase_record(record_id=report.public_id, reason="asked for")
    sealed_and_posted()
    assert Seal.objects.count() == 9


def exported(folder: Path, *options: str) -> Path:
    path = folder / f"log{len(list(folder.iterdir()))}.ndjson"
    said("export_changes", "--to", str(path), *options)
    return path


def judged(*words: object) -> "subprocess.CompletedProcess[str]":
    """Return how the script ended, with no module of ours or of anybody else in reach."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env={"PATH": os.defpath}, cwd="/")


def faulty(script: ModuleType, content: bytes, held: dict[int, tuple[str, str]] | None = None) -> str:
    """Return what the script finds wrong with the log; "" if nothing."""
    try:
        script.check(io.BytesIO(content), held or {})
    except script.Fault as fault:
        return str(fault)
    return ""


def resummed(content: bytes) -> bytes:
    """Return the log with the last line's own sum made right, as a forger would leave it. One that cannot be read stays as it is."""
    *lines, last = content.splitlines(keepends=True)
    try:
        end = json.loads(last)["end"]
    except (ValueError, KeyError, TypeError):
        return content
    return b"".join(lines) + canonical({"end": end, "sha256": hashlib.sha256(b"".join(lines) + canonical(end)).hexdigest()}) + b"\n"


def test_a_whole_log_is_whole_with_nothing_but_the_standard_library(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.json"
    checkpoint.write_text(said("checkpoint"), encoding="utf-8")
    for options, told in (([], "9 of them told, 0 with payload"), (["--full"], "9 of them told, 9 with payload (1 erased)")):
        done = judged(exported(tmp_path, *options), "--checkpoint", checkpoint)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"Whole: 9 sealed changes, {told}" in done.stdout
        assert "1 checkpoints that you hold agree" in done.stdout
        root = json.loads(checkpoint.read_text())["root"]
        assert f"Root: {root}" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("options", [[], ["--full"]], ids=["for anybody", "full"])
@pytest.mark.parametrize("repair", [lambda content: content, resummed], ids=["as it is", "sum made right"])
def test_two_hundred_changes_of_one_byte_are_all_found(
    tmp_path: Path, script: ModuleType, options: list[str], repair: Callable[[bytes], bytes]
) -> None:
    content = exported(tmp_path, *options).read_bytes()
    assert faulty(script, content) == "" and resummed(content) == content
    dice = random.Random(SEED)
    passed = []
    for _turn in range(200):
        at = dice.randrange(len(content))
        changed = repair(content[:at] + bytes([content[at] ^ dice.randrange(1, 256)]) + content[at + 1 :])
        # Where making the sum right undoes the change, the file is the one that was exported.
        if changed != content and not faulty(script, changed):
            passed.append((at, content[at - 20 : at + 20]))
    assert passed == []


def test_lines_dropped_doubled_swapped_or_cut_are_found(tmp_path: Path, script: ModuleType) -> None:
    lines = exported(tmp_path, "--full").read_bytes().splitlines(keepends=True)
    for at in range(len(lines)):
        assert faulty(script, b"".join(lines[:at] + lines[at + 1 :])), at
        assert faulty(script, b"".join(lines[: at + 1] + lines[at:])), at
        assert faulty(script, b"".join(lines[:at])), at
        assert faulty(script, b"".join([*lines[:at], b"\n", *lines[at:]])), at
        if at:
            assert faulty(script, b"".join([*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]])), at
    assert "cut" in faulty(script, b"")


def rewritten(content: bytes, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    """Return a log in which something was changed and everything that follows from it computed anew."""
    *lines, last = [json.loads(line) for line in content.splitlines()]
    change(lines)
    tree, previous = log_of.Tree(), bytes(32)
    for number, line in enumerate(lines, 1):
        line["number"] = number
        if "change" in line:
            line["change"]["payload_hash"] = hashlib.sha256(bytes.fromhex(line["payload"]["salt"]) + canonical(line["payload"]["body"])).hexdigest()
            line["digest"] = hashlib.sha256(canonical(line["change"])).hexdigest()
        previous = integrity.seal_hash(previous, number, bytes.fromhex(line["digest"]))
        line["hash"] = previous.hex()
        tree.add(canonical({"change": line["id"], "hash": line["hash"], "number": number, "sealed_at": line["sealed_at"]}))
    end = last["end"] | {"number": tree.size, "hash": previous.hex(), "root": tree.root().hex()}
    return resummed(b"".join(canonical(line) + b"\n" for line in [*lines, {"end": end, "sha256": ""}]))


def test_a_log_rewritten_as_a_whole_is_found_by_a_checkpoint_held(tmp_path: Path, script: ModuleType) -> None:
    made = checkpoints.make()
    assert made
    held = {made.number: (bytes(made.root).hex(), bytes(made.hash).hex())}
    content = exported(tmp_path, "--full").read_bytes()
    assert faulty(script, content, held) == ""

    def counts_less(lines: list[dict[str, Any]]) -> None:
        lines[0]["payload"]["body"]["after"]["count"] = 25

    def is_cut(lines: list[dict[str, Any]]) -> None:
        del lines[-2:]

    def came_later(lines: list[dict[str, Any]]) -> None:
        lines[3]["sealed_at"] = lines[3]["sealed_at"].replace("20", "21", 1)

    for change, expected in ((counts_less, "is not the one of the checkpoint"), (is_cut, "its end was cut off"), (came_later, "is not the one")):
        forged = rewritten(content, change)
        assert faulty(script, forged) == "", change.__name__
        assert expected in faulty(script, forged, held), change.__name__


def test_an_erasure_nobody_recorded_is_found(tmp_path: Path, script: ModuleType) -> None:
    by_owner(
        """UPDATE incidents_changepayload SET body = '{"erased": true}' WHERE change_id = (SELECT change_id FROM incidents_seal WHERE number = 1)"""
    )
    assert "no erasure on record" in faulty(script, exported(tmp_path, "--full").read_bytes())
    assert faulty(script, exported(tmp_path).read_bytes()) == ""


def test_what_partners_may_not_see_is_a_digest_in_their_export(tmp_path: Path) -> None:
    hidden = Change.objects.get(record_id=make_report_of_the_hotline())
    text = exported(tmp_path).read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()][:-1]
    (line,) = [line for line in lines if line["id"] == hidden.pk]
    assert set(line) == {"digest", "hash", "id", "number", "sealed_at"}
    assert "payload" not in {name for line in lines for name in line}
    assert "عربي" not in text and str(hidden.record_id) not in text


def make_report_of_the_hotline() -> Any:
    """Return the id of a draft, which no partner sees."""
    report = make_report()
    by_owner("UPDATE incidents_report SET state = 'draft', submitted_at = NULL WHERE id = %s", report.pk)
    sealed_and_posted()
    return report.public_id


def test_an_export_overwrites_nothing_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = exported(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_changes", "--to", str(path))


# --- Checkpoints


def test_the_tree_is_that_of_rfc_6962() -> None:
    """Its published test vectors (certificate-transparency, merkletree/merkle_tree_test)."""
    leaves = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
    roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    tree = log_of.Tree()
    assert tree.root().hex() == roots[0]
    for leaf, root in zip(leaves, roots[1:], strict=True):
        tree.add(leaf)
        assert tree.root().hex() == root


def test_checkpoints_follow_one_another_and_one_is_enough_for_one_state() -> None:
    first = checkpoints.make()
    assert first == checkpoints.make()
    make_report()
    second = checkpoints.make()  # seals what waits
    assert first and second and (first.number, second.number) == (9, 10)
    assert (first.previous, bytes(second.previous or b"")) == (None, bytes(first.digest))
    assert make_checkpoint() is None
    assert LogCheckpoint.objects.count() == 2


def test_no_checkpoint_is_made_of_a_log_that_does_not_agree_with_the_last() -> None:
    checkpoints.make()
    by_owner("UPDATE incidents_seal SET sealed_at = sealed_at - interval '1 day' WHERE number = 3")
    make_report()
    with pytest.raises(CommandError, match="checkpoint at seal 9 does not agree"):
        call_command("checkpoint")
    by_owner("UPDATE incidents_logcheckpoint SET made_at = made_at - interval '2 days'")
    assert make_checkpoint() is None
    assert LogCheckpoint.objects.count() == 1


def test_a_checkpoint_forged_here_is_found() -> None:
    checkpoints.make()
    by_owner("UPDATE incidents_logcheckpoint SET number = 8")
    with pytest.raises(integrity.Fault, match="does not match its digest"):
        log_of.point()


# --- Eight edits by somebody who may do everything, who then mends the chain behind them


def chained_anew() -> None:
    """Compute digests, seals and head anew from what the rows say now: what is left is whole in itself."""
    previous, number = bytes(32), 0
    with owner() as connection:
        for seal in Seal.objects.select_related("change__payload").order_by("number"):
            number += 1
            change = seal.change
            payload: ChangePayload | None = getattr(change, "payload", None)
            if payload and seal.number != 4:  # the erased one stays as the erasure says
                change.payload_hash = payload.computed_hash()
            change.digest = change.computed_digest()
            connection.execute(
                "UPDATE incidents_change SET payload_hash = %s, digest = %s WHERE id = %s", [change.payload_hash, change.digest, change.pk]
            )
            previous = integrity.seal_hash(previous, number, change.digest)
            connection.execute("UPDATE incidents_seal SET number = %s, hash = %s WHERE number = %s", [number, previous, seal.number])
        connection.execute("UPDATE incidents_sealhead SET number = %s, hash = %s", [number, previous])


AT = "(SELECT change_id FROM incidents_seal WHERE number = {})"
GONE = (
    "CREATE TEMP TABLE gone AS SELECT change_id FROM incidents_seal WHERE {}; DELETE FROM incidents_seal WHERE change_id IN (SELECT * FROM gone);"
    " DELETE FROM incidents_changepayload WHERE change_id IN (SELECT * FROM gone);"
    " DELETE FROM incidents_change WHERE id IN (SELECT * FROM gone); DROP TABLE gone"
)
EDITS = {
    "a number": f"UPDATE incidents_changepayload SET body = jsonb_set(body, '{{after,count}}', '25') WHERE change_id = {AT.format(1)}",
    "a note": f"UPDATE incidents_changepayload SET body = jsonb_set(body, '{{note}}', '\"x\"') WHERE change_id = {AT.format(2)}",
    "who": f"UPDATE incidents_change SET actor_id = 77 WHERE id = {AT.format(5)}",
    "when": f"UPDATE incidents_change SET at = at - interval '1 day' WHERE id = {AT.format(5)}",
    "what": f"UPDATE incidents_change SET kind = 'report.retracted' WHERE id = {AT.format(5)}",
    "of what": f"UPDATE incidents_change SET record_id = gen_random_uuid() WHERE id = {AT.format(6)}",
    "one taken out of the middle": GONE.format("number = 5"),
    "the end cut off": GONE.format("number >= 5"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_by_the_owner_is_found_with_a_checkpoint_held_outside(edit: str, tmp_path: Path) -> None:
    held = tmp_path / "held.json"
    held.write_text(said("checkpoint"), encoding="utf-8")
    known = {int(number): bytes.fromhex(value) for number, value in json.loads(held.read_text())["seals"].items()}
    assert integrity.verify(known=known).checked == [9]
    with owner() as connection:
        connection.execute(EDITS[edit])  # type: ignore[arg-type]
    chained_anew()
    if edit != "the end cut off":  # with the end goes the trace of the erasure, and that alone would tell
        integrity.verify()
    with pytest.raises(integrity.Fault):
        integrity.verify(known=known)
    with pytest.raises(CommandError, match="The log is not whole"):
        said("verify_changes", "--against", str(held))
    with pytest.raises(integrity.Fault):
        log_of.point()
