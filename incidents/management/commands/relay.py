"""Run the relay until it is told to stop."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from incidents.relay import Relay


class Command(BaseCommand):
    help = "Seal changes in commit order and hand over to Celery what they call for, until TERM or INT."

    def handle(self, *args: Any, **options: Any) -> None:
        relay = Relay()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            relay.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        relay.run()
