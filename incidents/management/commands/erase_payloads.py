"""Erase personal values from the record of change, as the database's owner."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from incidents.actions import erasure
from incidents.errors import RuleBroken


class Command(BaseCommand):
    help = "Erase names, notes and wording from the record of change, of one record or of all that is old. The log still verifies."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--record", type=UUID, metavar="UUID", help="the record whose changes' payloads are erased")
        which.add_argument("--older-than", type=int, metavar="DAYS", help="erase the payloads of all changes older than that")
        parser.add_argument("--reason", required=True, help="why; kept on record")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["older_than"] is not None and options["older_than"] < 0:
            raise CommandError("--older-than takes a number of days, 0 or more.")
        try:
            if options["record"]:
                payloads, records = erasure.erase_record(record_id=options["record"], reason=options["reason"]), 1
            else:
                payloads, records = erasure.erase_older(than=timedelta(days=options["older_than"]), reason=options["reason"])
        except RuleBroken as error:
            raise CommandError(str(error.message)) from None
        except ProgrammingError as error:
            if "permission denied" in str(error):
                raise CommandError("Only the database's owner may erase: set DATABASE_OWNER_URL.") from None
            raise
        self.stdout.write(f"{payloads} payloads erased, of {records if payloads else 0} records.")
        self.stdout.write("Copies in older backups and with partners are not touched.")
