"""The relay: seals changes as they are announced, and hands over to Celery what the log says is to be done.

Two loops, because they must not wait for each other: sealing touches PostgreSQL alone and goes on while the broker is
dead or frozen; handing over may take seconds to fail and is tried again, since PostgreSQL remembers what is not done.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from incidents.actions import seals
from incidents.models import ConvoyLedgerHead, FoldHead, LedgerHead, SealHead
from incidents.queries import exports, imports, recounts, webhooks
from incidents.tasks import draw_export, fold_ledger, post_ledger, recount_ledger, serve_webhook, work_on_import

log = logging.getLogger(__name__)

SWEEP = 2.0  # seconds between looks when nothing is announced
PAUSE = 0.5  # seconds before trying PostgreSQL again
# Seconds between two hand-overs of one import. A worker goes on with it for a shorter time, so that tallies get their turn.
IMPORT_AGAIN = 2.5
# Seconds between two hand-overs of folding. Readers add what is not folded yet to the roll-ups, so nobody waits for it.
FOLD_AGAIN = 1.0


class Relay:
    """Runs until `stop` is called."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._sealed = threading.Event()
        self._handed: dict[tuple[str, int], float] = {}

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
        try:
            while not self._stopping.is_set():
                try:
                    loop()
                except (DatabaseError, InterfaceError) as error:
                    log.warning("PostgreSQL: %s; trying again", str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
                    connection.close()
                    self._stopping.wait(PAUSE)
        finally:
            # Whatever ends one loop ends the other: half a relay would look alive, and nobody would start it again.
            self.stop()
            connection.close()

    def _seal(self) -> None:
        connection.ensure_connection()
        connection.cursor().execute("LISTEN truce_changes")
        while not self._stopping.is_set():
            while seals.seal():
                self._sealed.set()
            # Wait for an announcement, but look again before long: one may come between the look and the wait.
            # This is the driver's own, whose errors Django does not translate by itself.
            with connection.wrap_database_errors:
                for _announcement in connection.connection.notifies(timeout=SWEEP, stop_after=1):
                    pass

    def _hand_over(self) -> None:
        while not self._stopping.is_set():
            self._sealed.wait(SWEEP)
            self._sealed.clear()
            if self._stopping.is_set():
                continue
            try:
                self._hand_over_again(work_on_import, imports.waiting())
                self._hand_over_again(recount_ledger, recounts.waiting())
                self._hand_over_again(draw_export, exports.waiting(timezone.now()))
                self._hand_over_again(serve_webhook, webhooks.at_work(timezone.now()))
                if _folds_lag() and self._may_hand_over("fold", FOLD_AGAIN):
                    fold_ledger.apply_async(retry=False, expires=10)
                if not _lags():
                    continue
                # No retry and an early expiry: what does not get through now is found again by the next look.
                post_ledger.apply_async(retry=False, expires=60)
            except (KombuError, RedisError, OSError) as error:
                log.warning("broker: %s; the work stays in PostgreSQL and is handed over when it answers", error)
                self._stopping.wait(1)
            # At most twenty a second: one task posts all that is sealed by then.
            self._stopping.wait(0.05)

    def _hand_over_again(self, task: Any, waiting: Iterable[int]) -> None:
        """Hand over each of these, again and again until it is done: a task goes on with it for a turn."""
        for key in waiting:
            if self._may_hand_over(task.name, IMPORT_AGAIN, key):
                task.apply_async((key,), retry=False, expires=10)

    def _may_hand_over(self, name: str, pause: float, key: int = 0) -> bool:
        """Return whether it was not handed over for so many seconds, and take note that it is now."""
        now = time.monotonic()
        if now - self._handed.get((name, key), -pause) < pause:
            return False
        self._handed = {handed: at for handed, at in self._handed.items() if now - at < IMPORT_AGAIN} | {(name, key): now}
        return True


def _lags() -> bool:
    sealed = SealHead.objects.values_list("number", flat=True).first() or 0
    posted = [head.objects.values_list("number", flat=True).first() or 0 for head in (LedgerHead, ConvoyLedgerHead)]
    return sealed > min(posted)


def _folds_lag() -> bool:
    posted, folded = (head.objects.values_list("number", flat=True).first() or 0 for head in (LedgerHead, FoldHead))
    return posted > folded
