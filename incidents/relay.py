"""The relay: seals changes as they are announced, and hands over to Celery what the log says is to be done.

Two loops, because they must not wait for each other: sealing touches PostgreSQL alone and goes on while the broker is
dead or frozen; handing over may take seconds to fail and is tried again, since PostgreSQL remembers what is not done.
"""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from incidents.actions import seals
from incidents.models import LedgerHead, SealHead
from incidents.tasks import post_ledger

log = logging.getLogger(__name__)

SWEEP = 2.0  # seconds between looks when nothing is announced
PAUSE = 0.5  # seconds before trying PostgreSQL again


class Relay:
    """Runs until `stop` is called."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._sealed = threading.Event()

    def stop(self) -> None:
        """End both loops soon."""
        self._stopping.set()
        self._sealed.set()

    def run(self) -> None:
        """Seal and hand over until stopped."""
        handing = threading.Thread(target=self._persist, args=(self._hand_over,), name="hand-over")
        handing.start()
        self._persist(self._seal)
        handing.join(timeout=10)

    def _persist(self, loop: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                loop()
            except (DatabaseError, InterfaceError) as error:
                log.warning("PostgreSQL: %s; trying again", str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
                connection.close()
                self._stopping.wait(PAUSE)
        connection.close()

    def _seal(self) -> None:
        connection.ensure_connection()
        connection.cursor().execute("LISTEN truce_changes")
        while not self._stopping.is_set():
            while seals.seal():
                self._sealed.set()
            # Wait for an announcement, but look again before long: one may come between the look and the wait.
            for _announcement in connection.connection.notifies(timeout=SWEEP, stop_after=1):
                pass

    def _hand_over(self) -> None:
        while not self._stopping.is_set():
            self._sealed.wait(SWEEP)
            self._sealed.clear()
            if self._stopping.is_set() or not _lags():
                continue
            try:
                # No retry and an early expiry: what does not get through now is found again by the next look.
                post_ledger.apply_async(retry=False, expires=60)
            except (KombuError, RedisError, OSError) as error:
                log.warning("broker: %s; the work stays in PostgreSQL and is handed over when it answers", error)
                self._stopping.wait(1)
            # At most twenty a second: one task posts all that is sealed by then.
            self._stopping.wait(0.05)


def _lags() -> bool:
    sealed = SealHead.objects.values_list("number", flat=True).first() or 0
    posted = LedgerHead.objects.values_list("number", flat=True).first() or 0
    return sealed > posted
