"""Compare the ledger with a recount of the records."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.actions import convoy_tallies, tallies
from incidents.models import Agreement, LedgerHead, SealHead


class Command(BaseCommand):
    help = "Compare every balance of the ledger with a recount of the records behind it; fails where they differ."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, posted = (model.objects.values_list("number", flat=True).first() or 0 for model in (SealHead, LedgerHead))
        wrong = [f"{agreement.slug}: {line}" for agreement in Agreement.objects.all() for line in tallies.differences(agreement)]
        wrong += convoy_tallies.differences()
        for line in wrong:
            self.stdout.write(line)
        if sealed != posted:
            self.stdout.write(f"{sealed - posted} sealed changes are not posted yet: differences may be theirs.")
        if wrong:
            raise CommandError(f"{len(wrong)} balances differ from a recount.")
        self.stdout.write(f"The ledger equals a recount of the records, at change {posted}.")
