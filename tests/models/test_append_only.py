"""The web's role may add to the record of change and the ledger, and nothing else. Each attack is tried."""

import pytest
from django.db import ProgrammingError, connection, transaction

from incidents.models import Change, LedgerEntry, Posting, Seal
from tests.builders import make_claim, sealed_and_posted

pytestmark = pytest.mark.django_db

INSERT_ONLY = [
    "incidents_change",
    "incidents_changepayload",
    "incidents_posting",
    "incidents_ledgerentry",
    "incidents_convoyentry",
    "incidents_readentry",
    "incidents_snapshot",
    "incidents_logcheckpoint",
    "incidents_evidence",
    "incidents_evidencecheck",
]
SEALERS_OWN = ["incidents_seal", "incidents_sealhead", "incidents_unsealed"]

REWRITING = {
    "incidents_change": "UPDATE incidents_change SET actor_id = 99",
    "incidents_changepayload": "UPDATE incidents_changepayload SET body = '{}'",
    "incidents_seal": "UPDATE incidents_seal SET hash = '\\x00'",
    "incidents_sealhead": "UPDATE incidents_sealhead SET number = 0",
    "incidents_unsealed": "UPDATE incidents_unsealed SET change_id = change_id",
    "incidents_convoyentry": "UPDATE incidents_convoyentry SET best = 0",
    "incidents_posting": "UPDATE incidents_posting SET detail = '{}'",
    "incidents_snapshot": "UPDATE incidents_snapshot SET content = '{}'",
    "incidents_readentry": "UPDATE incidents_readentry SET actor_id = 1",
    "incidents_logcheckpoint": "UPDATE incidents_logcheckpoint SET root = '\\x00'",
    "incidents_evidence": "UPDATE incidents_evidence SET sha256 = NULL",
    "incidents_evidencecheck": "UPDATE incidents_evidencecheck SET faults = '[]'",
    "incidents_ledgerentry": "UPDATE incidents_ledgerentry SET best = best + 1",
}


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


@pytest.fixture(autouse=True)
def something_on_record() -> None:
    make_claim(254)
    sealed_and_posted()


@pytest.mark.parametrize("table", INSERT_ONLY + SEALERS_OWN)
def test_rows_cannot_be_rewritten(table: str) -> None:
    assert refused(REWRITING[table])


@pytest.mark.parametrize("table", INSERT_ONLY + SEALERS_OWN)
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "DROP TABLE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL"])
def test_rows_and_tables_cannot_be_removed(table: str, verb: str) -> None:
    assert refused(verb.format(table))


def test_a_seal_cannot_be_forged() -> None:
    change = Change.objects.latest("id")
    assert refused(f"INSERT INTO incidents_seal (number, change_id, sealed_at, hash) VALUES (999, {change.pk}, now(), '\\x00')")
    assert refused("INSERT INTO incidents_unsealed (change_id) SELECT id FROM incidents_change")


@pytest.mark.parametrize(
    "statement",
    ["DROP TRIGGER announce ON incidents_change", "DROP FUNCTION truce_seal(integer)", "SET ROLE pg_read_all_data", "CREATE TABLE t (i int)"],
)
def test_what_seals_cannot_be_taken_away(statement: str) -> None:
    assert refused(statement)


def test_the_orm_meets_the_same_wall() -> None:
    for rows in (Change.objects.all(), Seal.objects.all(), Posting.objects.all(), LedgerEntry.objects.all()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            rows._raw_delete(rows.db)
