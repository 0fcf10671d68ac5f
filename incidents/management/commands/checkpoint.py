"""Make a checkpoint of the log."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.actions import checkpoints
from incidents.queries.integrity import Fault


class Command(BaseCommand):
    help = (
        "Make a checkpoint over all seals up to now and print it as JSON, to be kept where nobody here can change it: "
        "`verify_changes --against` and docs/verify_log.py --checkpoint take it. Fails if the log does not agree with earlier checkpoints."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = checkpoints.make()
        except Fault as fault:
            raise CommandError(f"The log is not whole: {fault}") from None
        if made is None:
            raise CommandError("Nothing is sealed yet.")
        self.stdout.write(json.dumps(made.shown(), indent=1))
