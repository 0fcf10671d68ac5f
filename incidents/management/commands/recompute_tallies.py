"""Have all tallies counted anew by a worker, and see how far it is."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.actions import recounts
from incidents.models import Recount


class Command(BaseCommand):
    help = "Recount every record, correct the ledger where it differs and sum up its roll-ups. A worker does it; this shows how far it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--here", action="store_true", help="do it in this process, with no relay or worker")
        parser.add_argument("--no-wait", action="store_true", help="only ask for it")

    def handle(self, *args: Any, **options: Any) -> None:
        recount = recounts.request()
        if options["no_wait"]:
            self.stdout.write(f"Recount {recount.pk} is asked for.")
            return
        said = ""
        while recount.state not in {Recount.State.DONE, Recount.State.FAILED}:
            if options["here"]:
                recounts.work(recount.pk)
            else:
                time.sleep(0.2)
            recount.refresh_from_db()
            now = f"{recount.get_state_display()}: {recount.agreements_done} of {recount.agreements or '?'} agreements, {recount.subjects} records"
            if now != said:
                self.stdout.write(said := now)
        if recount.state == Recount.State.FAILED:
            raise CommandError(recount.problem)
        self.stdout.write(f"{len(recount.found)} differences" + (", corrected:" if recount.found else "."))
        for line in recount.found:
            self.stdout.write(line)
