"""Whether what Truce stands on answers: PostgreSQL, the broker, and how far the ledger is behind.

Outside the relay and the workers this is the only place that speaks to the broker, and it never waits for it longer than a second.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import redis
from django.conf import settings
from django.db import Error, connections
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.4
LONGEST_WAIT = 0.9
MOST_COUNTED = 10_000
LATE_AFTER = 60.0


class Status(StrEnum):
    """How a part, or the whole, is."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True)
class Ledger:
    """How far the ledger is behind the record. `unsealed` stops counting at 10,000; `oldest_seconds` is None when nothing waits."""

    sealed: int
    posted: int
    waiting: int
    unsealed: int
    oldest_seconds: float | None

    @property
    def status(self) -> Status:
        """Return whether what waits has waited too long for the relay and a worker to be well."""
        return Status.DEGRADED if (self.oldest_seconds or 0) > LATE_AFTER else Status.OK


@dataclass(frozen=True)
class Health:
    """The parts, and what follows from them. Only without the database can nothing be done."""

    database: Status
    broker: Status
    ledger: Ledger | None

    @property
    def status(self) -> Status:
        """Return DOWN without the database, DEGRADED where tallies may fall behind, OK otherwise."""
        if self.database is Status.DOWN or self.ledger is None:
            return Status.DOWN
        return Status.OK if self.broker is Status.OK and self.ledger.status is Status.OK else Status.DEGRADED


def now() -> Health:
    """Return how things are. Takes about a second at most while the broker hangs."""
    ledger = _ledger()
    return Health(database=Status.OK if ledger else Status.DOWN, broker=_broker(settings.CELERY_BROKER_URL), ledger=ledger)


def _ledger() -> Ledger | None:
    """Return how far the ledger is, or None if the database does not say. It is asked on a connection of its own, with short limits."""
    probe = connections["default"].copy()
    options = probe.settings_dict["OPTIONS"] = dict(probe.settings_dict.get("OPTIONS") or {})
    options["connect_timeout"] = 2
    try:
        with probe.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', '1s', false)")
            cursor.execute(_LAG, [MOST_COUNTED])
            sealed, posted, unsealed, oldest = cursor.fetchone()
            return Ledger(sealed, posted, sealed - posted, unsealed, _age(oldest))
    except Error:
        return None
    finally:
        probe.close()


# The oldest change that is not in the ledger: the first one without a seal, or the first sealed one that is not posted.
_LAG = """
    SELECT head.sealed, head.posted,
           (SELECT count(*) FROM (SELECT 1 FROM incidents_unsealed LIMIT %s) capped),
           least(
               (SELECT at FROM incidents_unsealed queue JOIN incidents_change change ON change.id = queue.change_id ORDER BY change.id LIMIT 1),
               (SELECT at FROM incidents_seal seal JOIN incidents_change change ON change.id = seal.change_id WHERE number = head.posted + 1)
           )
    FROM (SELECT coalesce((SELECT number FROM incidents_sealhead LIMIT 1), 0) AS sealed,
                 coalesce((SELECT number FROM incidents_ledgerhead LIMIT 1), 0) AS posted) head
"""


def _age(at: datetime | None) -> float | None:
    return round(max((timezone.now() - at).total_seconds(), 0.0), 1) if at else None


def _broker(address: str) -> Status:
    """Return whether the broker answers a PING. The asking is left behind if even looking its name up takes too long."""
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(_pongs(address)), daemon=True)
    asking.start()
    asking.join(LONGEST_WAIT)
    return Status.OK if answers == [True] else Status.DOWN


def _pongs(address: str) -> bool:
    # Celery's word for a Unix socket differs from the client library's.
    url = address.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=", 1)
    try:
        client = redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
        )
        with client:
            return bool(client.ping())
    except (redis.RedisError, OSError, ValueError):
        return False
