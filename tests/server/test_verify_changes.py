"""Every kind of fault, planted behind the web's back, is found and named."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connections, transaction

from incidents.actions import aggregates
from incidents.models import Change, ChangePayload, Seal, SealHead
from incidents.queries import integrity
from tests.builders import correct_claim, make_claim, make_report, sealed_and_posted
from tests.server.conftest import by_owner, owner, said

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def log() -> None:
    """A log of four sealed changes."""
    claim = make_claim(254)
    correct_claim(claim, 260)
    make_report()
    sealed_and_posted()
    assert Seal.objects.count() == 4


def change_of(number: int) -> int:
    return Seal.objects.get(number=number).change_id


def rehash_from(number: int) -> None:
    """Chain the seals anew from this number on, as somebody would who hides what was done before."""
    previous = bytes(Seal.objects.get(number=number - 1).hash) if number > 1 else bytes(32)
    with owner() as connection:
        for seal in Seal.objects.filter(number__gte=number).select_related("change").order_by("number"):
            previous = integrity.seal_hash(previous, seal.number, bytes(seal.change.digest))
            connection.execute("UPDATE incidents_seal SET hash = %s WHERE number = %s", [previous, seal.number])
        connection.execute("UPDATE incidents_sealhead SET hash = %s", [previous])


def cut_after(number: int) -> None:
    """Remove the end of the log with all that hangs on it, and set the head back: what is left is whole in itself."""
    with owner() as connection:
        gone = [row[0] for row in connection.execute("DELETE FROM incidents_seal WHERE number > %s RETURNING change_id", [number])]
        connection.execute("DELETE FROM incidents_changepayload WHERE change_id = ANY(%s)", [gone])
        connection.execute("DELETE FROM incidents_change WHERE id = ANY(%s)", [gone])
        connection.execute("UPDATE incidents_sealhead SET number = %s, hash = (SELECT hash FROM incidents_seal WHERE number = %s)", [number, number])


def test_a_whole_log_is_whole() -> None:
    make_report()  # and one more change that waits
    output = said("verify_changes")
    head = SealHead.objects.get()
    assert "4 sealed changes, 0 of them erased, 1 more waiting" in output
    assert f"Last seal: 4 {bytes(head.hash).hex()}" in output


CHANGE = "(SELECT change_id FROM incidents_seal WHERE number = {})"
FAULTS: dict[str, tuple[str, str]] = {
    "a seal is gone from the middle": ("DELETE FROM incidents_seal WHERE number = 2", "seal 2 is missing"),
    "the last seal is gone": ("DELETE FROM incidents_seal WHERE number = 4", "the head says 4, the last seal is 3"),
    "the end is cut and the head set back, the changes stay": (
        "DELETE FROM incidents_seal WHERE number > 3;"
        " UPDATE incidents_sealhead SET number = 3, hash = (SELECT hash FROM incidents_seal WHERE number = 3)",
        "has no seal and does not wait for one",
    ),
    "a seal's hash": (r"UPDATE incidents_seal SET hash = '\x00' WHERE number = 3", "seal 3: its hash does not follow"),
    "two changes trade places": (
        "UPDATE incidents_seal SET number = -number WHERE number IN (2, 3); UPDATE incidents_seal SET number = 5 + number WHERE number < 0",
        "seal 2: its hash does not follow",
    ),
    "who": (f"UPDATE incidents_change SET actor_id = 77 WHERE id = {CHANGE.format(2)}", "seal 2, change"),
    "when": (f"UPDATE incidents_change SET at = at - interval '1 day' WHERE id = {CHANGE.format(1)}", "does not match its digest"),
    "of what": (f"UPDATE incidents_change SET record_id = gen_random_uuid() WHERE id = {CHANGE.format(4)}", "does not match its digest"),
    "what kind": (f"UPDATE incidents_change SET kind = 'report.retracted' WHERE id = {CHANGE.format(4)}", "does not match its digest"),
    "where": (f"UPDATE incidents_change SET agreement_id = NULL WHERE id = {CHANGE.format(4)}", "does not match its digest"),
    "a change's digest": (rf"UPDATE incidents_change SET digest = '\x00' WHERE id = {CHANGE.format(2)}", "does not match its digest"),
    "a number in a payload": (
        f"UPDATE incidents_changepayload SET body = jsonb_set(body, '{{after,count}}', '1') WHERE change_id = {CHANGE.format(1)}",
        "the payload does not match its hash, and no erasure",
    ),
    "a salt": (rf"UPDATE incidents_changepayload SET salt = '\x00' WHERE change_id = {CHANGE.format(1)}", "the payload does not match its hash"),
    "a payload is gone": (f"DELETE FROM incidents_changepayload WHERE change_id = {CHANGE.format(3)}", "its payload is gone"),
    "a payload says it was erased": (
        f"""UPDATE incidents_changepayload SET body = '{{"erased": true}}' WHERE change_id = {CHANGE.format(3)}""",
        "no erasure on record says so",
    ),
    "the head's number": ("UPDATE incidents_sealhead SET number = 9", "the head says 9, the last seal is 4"),
    "the head's hash": (r"UPDATE incidents_sealhead SET hash = '\x00'", "with another hash"),
    "the head is gone": ("DELETE FROM incidents_sealhead", "the head says 0"),
}


def test_every_planted_fault_is_found_and_named() -> None:
    for fault, (statements, expected) in FAULTS.items():
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(statements)
            with pytest.raises(integrity.Fault) as found:
                integrity.walk("owner")
            assert expected in str(found.value), fault
            transaction.set_rollback(True, using="owner")
    assert integrity.verify().sealed == 4


def test_a_fault_ends_the_command_with_its_name() -> None:
    by_owner("DELETE FROM incidents_seal WHERE number = 2")
    with pytest.raises(CommandError, match="The log is not whole: seal 2 is missing"):
        said("verify_changes")


def test_a_change_rewritten_with_digest_and_chain_is_found_by_its_payload() -> None:
    change = Change.objects.select_related("payload").get(pk=change_of(2))
    change.payload.body["after"]["count"] = 1
    by_owner("UPDATE incidents_changepayload SET body = jsonb_set(body, '{after,count}', '1') WHERE change_id = %s", change.pk)
    change.payload_hash = change.payload.computed_hash()
    by_owner("UPDATE incidents_change SET payload_hash = %s WHERE id = %s", change.payload_hash, change.pk)
    with pytest.raises(integrity.Fault, match="digest"):
        integrity.verify()
    by_owner("UPDATE incidents_change SET digest = %s WHERE id = %s", change.computed_digest(), change.pk)
    with pytest.raises(integrity.Fault, match="seal 2: its hash"):
        integrity.verify()


def test_a_log_rewritten_as_a_whole_is_found_by_seals_noted_elsewhere(tmp_path: Path) -> None:
    noted = tmp_path / "seals.json"
    noted.write_text(said("verify_changes", "--note"), encoding="utf-8")
    assert list(json.loads(noted.read_text())["seals"]) == ["4"]
    assert "1 seals noted elsewhere" in said("verify_changes", "--against", str(noted))
    change = Change.objects.get(pk=change_of(2))
    change.actor_id = 77
    by_owner("UPDATE incidents_change SET actor_id = 77, digest = %s WHERE id = %s", change.computed_digest(), change.pk)
    rehash_from(2)
    assert integrity.verify().sealed == 4  # whole in itself
    with pytest.raises(CommandError, match="seal 4 is not the one that was noted elsewhere"):
        said("verify_changes", "--against", str(noted))


def test_a_log_cut_short_is_found_by_seals_noted_elsewhere(tmp_path: Path) -> None:
    noted = tmp_path / "seals.json"
    noted.write_text(said("verify_changes", "--note"), encoding="utf-8")
    cut_after(3)
    assert integrity.verify().sealed == 3
    with pytest.raises(CommandError, match="the log ends at 3"):
        said("verify_changes", "--against", str(noted))


def test_the_walk_goes_on_past_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrity, "BATCH", 3)
    assert integrity.verify().sealed == 4
    aggregates.retract(claim=make_claim(3), by=None, reason="printed by mistake")
    sealed_and_posted()
    assert integrity.verify().sealed == ChangePayload.objects.count() == 6
