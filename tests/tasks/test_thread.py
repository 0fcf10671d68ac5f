"""The thread, on real parts: a record saved, sealed by a real relay, posted by a real Celery worker, read as a tally."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from incidents.actions import tallies
from incidents.models import LedgerHead, Seal, Unsealed
from incidents.queries import tallies as figures
from incidents.relay import Relay
from tests import processes
from tests.builders import correct_claim, make_agreement, make_claim, make_report

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "processes.log"
    path.touch()
    yield path
    sys.stdout.write(path.read_text(errors="replace")[-4000:])  # shown where a test fails


def claimed() -> int | None:
    figures_of_a = figures.of_agreement(make_agreement()).sides[0].claimed
    return figures_of_a[0].count if figures_of_a else None


def logged() -> int | None:
    return figures.of_agreement(make_agreement()).sides[0].logged


def test_a_saved_claim_is_counted_by_a_worker(log: Path) -> None:
    with processes.running(processes.RELAY, processes.WORKER, log=log):
        make_claim(254)
        processes.eventually(lambda: claimed() == 254)
        make_report()
        processes.eventually(lambda: logged() == 1)
    assert tallies.differences(make_agreement()) == []


@pytest.mark.slow
def test_without_a_relay_nothing_is_sealed_and_nothing_is_lost(log: Path) -> None:
    make_claim(254)
    assert Unsealed.objects.count() == 1
    with processes.running(processes.RELAY, processes.WORKER, log=log):
        processes.eventually(lambda: claimed() == 254)
    assert not Unsealed.objects.exists()


@pytest.mark.slow
def test_a_relay_that_loses_postgresql_seals_again(log: Path) -> None:
    with processes.running(processes.RELAY, log=log) as (relay,):
        for _time in range(3):
            make_report()
            processes.eventually(lambda: not Unsealed.objects.exists())
            time.sleep(0.2)  # let it wait for the next announcement
            with connection.cursor() as cursor:
                # Of this test's own database alone: others may be testing beside it.
                here = "pid <> pg_backend_pid() AND usename = current_user AND datname = current_database()"
                cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {here}")
        make_report()
        processes.eventually(lambda: not Unsealed.objects.exists())
        assert relay.poll() is None


def test_what_ends_half_a_relay_ends_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    whole = Relay()
    monkeypatch.setattr(whole, "_seal", broken)
    with pytest.raises(ZeroDivisionError):
        whole.run()
    processes.eventually(lambda: not any(thread.name == "hand-over" for thread in threading.enumerate()))


@pytest.mark.slow
def test_a_killed_worker_leaves_the_figure_and_its_successor_goes_on(log: Path) -> None:
    with processes.running(processes.RELAY, log=log):
        with processes.running(processes.WORKER, log=log) as (worker,):
            claim = make_claim(254)
            processes.eventually(lambda: claimed() == 254)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        change = figures.of_agreement(make_agreement()).change
        correct_claim(claim, 260)
        processes.eventually(lambda: not Unsealed.objects.exists())
        assert (claimed(), figures.of_agreement(make_agreement()).change) == (254, change)
        with processes.running(processes.WORKER, log=log):
            processes.eventually(lambda: claimed() == 260)


@pytest.mark.slow
def test_a_frozen_broker_delays_the_count_and_nothing_else(log: Path) -> None:
    with processes.running(processes.RELAY, processes.WORKER, log=log):
        claim = make_claim(254)
        processes.eventually(lambda: claimed() == 254)
        with processes.frozen(processes.broker_pid()):
            began = time.monotonic()
            correct_claim(claim, 260)
            assert time.monotonic() - began < 1
            processes.eventually(lambda: not Unsealed.objects.exists())  # sealing does not wait for the broker either
        processes.eventually(lambda: claimed() == 260, within=60)


@pytest.mark.slow
def test_a_broker_that_forgets_everything_is_told_again(log: Path) -> None:
    with processes.running(processes.RELAY, log=log):
        make_claim(254)
        processes.eventually(lambda: Seal.objects.exists())
        processes.broker().flushall()
        assert not LedgerHead.objects.exists()
        with processes.running(processes.WORKER, log=log):
            processes.eventually(lambda: claimed() == 254)
