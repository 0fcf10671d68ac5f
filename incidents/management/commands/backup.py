"""Back up the database and the files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.actions import backups
from incidents.queries.integrity import Fault


class Command(BaseCommand):
    help = "Write everything into a new folder: the database as of one instant, the files, and a digest of each. Truce may go on running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a folder that is empty or not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backups.backup(options["to"].absolute(), say=self.stdout.write)
        except backups.NotPossible as error:
            raise CommandError(str(error)) from None
        except Fault as fault:
            raise CommandError(f"The log is not whole, and a copy of it would not be either: {fault}") from None
        self.stdout.write(f"Backed up to {options['to']}. Last seal: {manifest['last_seal']['number']} {manifest['last_seal']['hash']}")
