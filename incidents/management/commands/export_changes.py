"""Write the sealed log into a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.queries import checkpoints


class Command(BaseCommand):
    help = "Write the sealed log as lines of JSON, which docs/verify_log.py checks anywhere. Without --full, only what every partner may know."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="a file that is not there yet")
        parser.add_argument("--full", action="store_true", help="all changes with their payloads: names, notes, protected sources, convoys")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["to"]
        count = -1
        try:
            path.touch(mode=0o600, exist_ok=False)
            with path.open("wb") as file:
                for line in checkpoints.lines(is_full=options["full"]):
                    file.write(line)
                    count += 1
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{count} sealed changes written to {path}.")
