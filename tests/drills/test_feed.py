"""Writers that are slow to commit, and a reader who follows the feed meanwhile: nothing is missed, nothing told twice."""

import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from incidents.actions import changes, seals
from incidents.models import ChangeKind, Report, User
from tests.api.conftest import client_of
from tests.builders import make_report, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WRITERS, ROWS = 8, 30_000


def _write(seed: int, rows: int, like: Report) -> set[UUID]:
    """Write so many reports, a few in each transaction, with a pause of up to a tenth of a second between writing and committing."""
    chance, written = random.Random(seed), set[UUID]()
    own = {"id", "public_id", "submitted_at", "created_at"}
    fields = [field for field in Report._meta.concrete_fields if field.name not in own and not field.generated]
    facts = {field.name: getattr(like, field.name) for field in fields}
    try:
        while len(written) < rows:
            with transaction.atomic():
                some = min(chance.randint(1, 60), rows - len(written))
                made = Report.objects.bulk_create(Report(**facts, submitted_at=timezone.now()) for _turn in range(some))
                for report in made:
                    changes.record(by=None, kind=ChangeKind.REPORT_SUBMITTED, record=report, agreement=like.agreement)
                time.sleep(chance.uniform(0, 0.1))
            written |= {report.public_id for report in made}
        return written
    finally:
        connection.close()


def _seal(done: threading.Event) -> None:
    """Seal, as the relay does, until all is written and sealed."""
    try:
        while seals.seal() or not done.is_set():
            time.sleep(0.02)
    finally:
        connection.close()


def test_a_reader_behind_slow_writers_misses_none_and_is_told_none_twice() -> None:
    seed = random.SystemRandom().randrange(2**32)
    like, done, told, asked = make_report(), threading.Event(), Counter[str](), 0
    client: Any = client_of(make_user(User.Role.PARTNER))

    def follow(cursor: str) -> tuple[str, bool]:
        nonlocal asked
        asked += 1
        answer = client.get("/api/v1/changes/", {"type": "report", "limit": 1000} | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.content
        body = answer.json()
        told.update(row["id"] for row in body["results"])
        return body["cursor"], body["has_more"]

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        sealer = pool.submit(_seal, done)
        writers = [pool.submit(_write, seed + number, ROWS // WRITERS, like) for number in range(WRITERS)]
        cursor = ""
        while not all(writer.done() for writer in writers):
            cursor, _more = follow(cursor)
        done.set()
        sealer.result()
        more = True
        while more:
            cursor, more = follow(cursor)
    written = {str(key) for writer in writers for key in writer.result()} | {str(like.public_id)}
    missed, twice = written - told.keys(), [key for key, times in told.items() if times > 1]
    sys.stdout.write(
        f"\nseed {seed}: {len(written):,} rows by {WRITERS} writers, {asked} answers of the feed, {len(missed)} missed, {len(twice)} told twice\n"
    )
    assert (len(missed), len(twice), len(told)) == (0, 0, ROWS + 1)
