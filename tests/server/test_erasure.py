"""Personal values can be erased from the log, and the log still verifies, and the ledger still equals a recount."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import ProgrammingError, connections, transaction

from incidents.actions import aggregates, erasure, reports, tallies
from incidents.errors import RuleBroken
from incidents.models import Change, ChangeKind, ChangePayload, LedgerEntry
from incidents.queries import history, integrity
from incidents.queries import tallies as figures
from incidents.vocabulary import HarmGroup, HarmKind
from tests.builders import correct_claim, make_agreement, make_claim, make_party, make_report, make_user, sealed_and_posted
from tests.server.conftest import by_owner, said

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

SECRETS = ("salma", "Abu Khalil", "behind the bakery", "the baker's son", "+963 11 555", "Umm Hasan")
HARM = reports.HarmStated(HarmKind.KILLED, 2, 3, 4, group=HarmGroup.CIVILIANS)


def telling_report(**facts: object) -> reports.Report:
    """Return a report whose free texts all hold something personal."""
    return make_report(
        by=make_user(username=f"salma-{uuid.uuid4().hex[:6]}"),
        harm=[HARM],
        spoken_by="Abu Khalil",
        accused_as_worded="the baker's son",
        place_as_worded="behind the bakery",
        wording="Abu Khalil says the baker's son did it. +963 11 555",
        summary="Umm Hasan saw it",
        **facts,
    )


def logged() -> list[int | None]:
    return [side.logged for side in figures.of_agreement(make_agreement()).sides]


def everything_in_payloads() -> str:
    return json.dumps(list(ChangePayload.objects.values_list("body", flat=True)), ensure_ascii=False)


def test_words_go_and_what_is_counted_stays() -> None:
    report = telling_report(stated_count=3)
    make_claim(254, spoken_by="Abu Khalil", note="Umm Hasan")
    sealed_and_posted()
    counted = logged()
    for word in SECRETS:
        assert word in everything_in_payloads()
    output = said("erase_payloads", "--record", str(report.public_id), "--reason", "asked for by the person named")
    assert "1 payloads erased, of 1 records" in output
    said("erase_payloads", "--older-than", "0", "--reason", "kept for two years, then erased")
    for word in SECRETS:
        assert word not in everything_in_payloads()
    sealed_and_posted()
    assert logged() == counted
    assert tallies.differences(make_agreement()) == []
    assert integrity.verify().erased == 2
    kept = ChangePayload.objects.filter(change__record_id=report.public_id).order_by("change_id")[0].body["after"]
    assert (kept["stated_count"], kept["violation_type"], kept["occurred_on"], kept["wording"]) == (3, "shelling", "2020-06-02", "")
    assert kept["harm"] == [HARM_FACTS]


HARM_FACTS = {"kind": "killed", "group": "civilians", "low": 2, "best": 3, "high": 4, "qualifier": "exactly"}


def test_an_erasure_is_on_record_with_its_reason() -> None:
    report = telling_report()
    sealed_and_posted()
    erasure.erase_record(record_id=report.public_id, reason="asked for")
    change = Change.objects.get(kind=ChangeKind.PAYLOAD_ERASED)
    assert (change.record_id, change.agreement_id, change.record_type) == (report.public_id, make_agreement().public_id, "report")
    entries = history.of(report)
    assert [(entry.actor, entry.note) for entry in entries] == [("", ""), ("", "asked for")]
    sealed_and_posted()
    assert integrity.verify().sealed == Change.objects.count()


def test_erasing_twice_erases_once_and_only_what_is_old() -> None:
    report = telling_report()
    assert erasure.erase_older(than=timedelta(days=1), reason="retention") == (0, 0)
    assert "salma" in everything_in_payloads()
    assert erasure.erase_record(record_id=report.public_id, reason="asked for") == 1
    assert erasure.erase_record(record_id=report.public_id, reason="asked for") == 0
    assert erasure.erase_older(than=timedelta(0), reason="retention") == (0, 0)
    assert Change.objects.filter(kind=ChangeKind.PAYLOAD_ERASED).count() == 1


def test_what_was_not_posted_yet_counts_as_before() -> None:
    report = telling_report(stated_count=3)
    make_claim(254)
    erasure.erase_older(than=timedelta(0), reason="retention")
    sealed_and_posted()
    assert 1 in logged()
    assert tallies.differences(make_agreement()) == []
    assert LedgerEntry.objects.filter(record_id=report.public_id, measure="stated").get().best == 3
    integrity.verify()


def test_the_ledger_goes_on_from_erased_statements() -> None:
    """A new statement is counted against all earlier ones, of which only what was left of them is known."""
    first = make_claim(254, note="Umm Hasan")
    make_claim(302, claimant=make_party("Lowlands"), accused=[make_agreement().sides.get(code="B")], wording="Abu Khalil")
    sealed_and_posted()
    erasure.erase_older(than=timedelta(0), reason="retention")
    second = correct_claim(first, 260)
    sealed_and_posted()
    assert tallies.differences(make_agreement()) == []
    assert [claim.count for side in figures.of_agreement(make_agreement()).sides for claim in side.claimed] == [260, 302]
    aggregates.retract(claim=second, by=None, reason="withdrawn")
    sealed_and_posted()
    assert tallies.differences(make_agreement()) == []
    integrity.verify()


def test_a_report_erased_and_then_retracted_is_reversed() -> None:
    report = telling_report()
    sealed_and_posted()
    erasure.erase_record(record_id=report.public_id, reason="asked for")
    reports.retract(report=report, by=None, reason="wrong day")
    sealed_and_posted()
    assert 1 not in logged()
    assert tallies.differences(make_agreement()) == []


def test_a_payload_gone_altogether_is_tolerated_by_the_ledger_and_found_by_verifying() -> None:
    report = telling_report()
    sealed_and_posted()
    by_owner("DELETE FROM incidents_changepayload WHERE change_id = %s", Change.objects.get(record_id=report.public_id).pk)
    make_claim(254)
    sealed_and_posted()
    assert tallies.differences(make_agreement()) == []
    assert history.of(report)[0].actor == ""
    with pytest.raises(integrity.Fault, match="its payload is gone"):
        integrity.verify()


def test_neither_what_an_erasure_left_nor_its_trace_can_be_changed_unseen() -> None:
    report = telling_report(stated_count=3)
    sealed_and_posted()
    erasure.erase_record(record_id=report.public_id, reason="asked for")
    sealed_and_posted()
    for statement in (
        "UPDATE incidents_changepayload SET body = jsonb_set(body, '{after,stated_count}', '1') WHERE body ? 'erased'",
        "UPDATE incidents_changepayload SET body = jsonb_set(body, '{note}', '1') WHERE body->'before' ? 'erased'",
    ):
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 1
            with pytest.raises(integrity.Fault, match="no erasure on record"):
                integrity.walk("owner")
            transaction.set_rollback(True, using="owner")
    assert integrity.verify().erased == 1


def test_the_web_may_not_erase_and_nobody_without_a_reason() -> None:
    report = telling_report()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        ChangePayload.objects.filter(change__record_id=report.public_id).update(body={})

    with pytest.raises(RuleBroken, match="reason"):
        erasure.erase_record(record_id=uuid.uuid4(), reason=" ")
    with pytest.raises(CommandError, match="days"):
        said("erase_payloads", "--older-than", "-1", "--reason", "x")
