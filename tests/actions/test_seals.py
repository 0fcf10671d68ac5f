"""Seals: one number each, no gaps, in commit order, chained."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from incidents.actions import changes, seals
from incidents.models import Change, ChangeKind, Seal, SealHead, Unsealed
from tests.builders import make_claim, make_report


@pytest.mark.django_db
def test_each_change_gets_the_next_number_and_the_chain_checks() -> None:
    for count in range(5):
        make_claim(count)
    assert seals.seal(limit=3) == 3
    assert seals.seal() == 2
    assert seals.seal() == 0
    before = bytes(32)
    for expected, seal in enumerate(Seal.objects.select_related("change__payload").order_by("number"), start=1):
        assert seal.number == expected
        assert bytes(seal.change.payload_hash) == seal.change.payload.computed_hash()
        assert bytes(seal.change.digest) == seal.change.computed_digest()
        before = hashlib.sha256(b"\x01" + before + expected.to_bytes(8, "big") + bytes(seal.change.digest)).digest()
        assert bytes(seal.hash) == before
    assert bytes(SealHead.objects.get().hash) == before


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_a_transaction_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        changes.record(by=None, kind=ChangeKind.AGGREGATE_CLAIM_LOGGED, record=make_claim())


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_sealed_late_and_never_lost() -> None:
    make_report()  # so that the slow writer below makes nothing but its report
    seals.seal()
    written, sealed = threading.Event(), threading.Event()

    def slow() -> int:
        try:
            with transaction.atomic():
                late = make_report(summary="late")
                written.set()
                assert sealed.wait(10)
                return Change.objects.get(record_id=late.public_id).pk
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        future = pool.submit(slow)
        assert written.wait(10)
        early = make_report(summary="early")
        assert seals.seal() == 1
        sealed.set()
        late_change = future.result()
    early_change = Change.objects.get(record_id=early.public_id).pk
    assert late_change < early_change  # it was written first ...
    assert seals.seal() == 1
    numbers = dict(Seal.objects.values_list("change_id", "number"))
    assert numbers[early_change] < numbers[late_change]  # ... and committed last
    assert not Unsealed.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_give_one_chain() -> None:
    for _ in range(40):
        make_report()

    def work(_: int) -> int:
        try:
            total = 0
            while done := seals.seal(limit=3):
                total += done
            return total
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 40
    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 41))
