"""Bring a backup back, into an empty database and an empty folder of files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.actions import backups


class Command(BaseCommand):
    help = "Restore a backup into an empty place, compare it digest by digest, and migrate it if it is older. Where anything differs, nothing stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="folder", type=Path, required=True, metavar="FOLDER", help="a backup, as `backup` made it")
        parser.add_argument("--check", action="store_true", help="only look whether the backup is undamaged")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].absolute()
        try:
            if options["check"]:
                manifest = backups.check(folder)
                self.stdout.write(f"The backup of {manifest['made_at']} is undamaged.")
                return
            manifest = backups.restore(folder, say=self.stdout.write)
        except backups.NotPossible as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Restored from {options['folder']}. Last seal: {manifest['last_seal']['number']} {manifest['last_seal']['hash']}")
