"""Compare the ledgers and the roll-ups with a recount of the records, and heal what differs if asked to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.actions import recounts
from incidents.models import LedgerHead, Recount, SealHead


class Command(BaseCommand):
    help = "Compare every balance of the ledger, and every roll-up, with a recount of the records behind it; fails where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heal", action="store_true", help="correct what differs, by entries that name a change of their own")

    def handle(self, *args: Any, **options: Any) -> None:
        recount = recounts.request(heals=options["heal"])
        while not recounts.work(recount.pk):
            pass
        recount.refresh_from_db()
        for line in recount.found:
            self.stdout.write(line)
        if recount.state == Recount.State.FAILED:
            raise CommandError(recount.problem)
        sealed, posted = (model.objects.values_list("number", flat=True).first() or 0 for model in (SealHead, LedgerHead))
        if sealed != posted:
            self.stdout.write(f"{sealed - posted} sealed changes are not posted yet; a relay and a worker post them.")
        if recount.found and not recount.heals:
            raise CommandError(f"{len(recount.found)} balances differ from a recount.")
        if recount.found:
            self.stdout.write(f"{len(recount.found)} balances differed from a recount and are corrected once their change is posted.")
        else:
            self.stdout.write(f"The ledger equals a recount of the records, at change {posted}.")
