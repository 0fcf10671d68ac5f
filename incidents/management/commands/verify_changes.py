"""Walk the sealed log and say whether it is whole."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.queries import integrity


class Command(BaseCommand):
    help = "Check every seal, change and payload of the log against their hashes; fails naming the first fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--against", type=Path, metavar="FILE", help="seals noted elsewhere: a backup's manifest.json, or what --note printed")
        parser.add_argument("--note", action="store_true", help="print each day's last seal as JSON, to be kept where nobody here can change it")

    def handle(self, *args: Any, **options: Any) -> None:
        known = _known(options["against"]) if options["against"] else {}
        try:
            found = integrity.verify(known=known)
        except integrity.Fault as fault:
            raise CommandError(f"The log is not whole: {fault}") from None
        if options["note"]:
            self.stdout.write(json.dumps({"seals": integrity.noted()}, indent=1))
            return
        self.stdout.write(f"The log is whole: {found.sealed} sealed changes, {found.erased} of them erased, {found.waiting} more waiting for a seal.")
        if options["against"]:
            self.stdout.write(f"{len(found.checked)} seals noted elsewhere are among them.")
        self.stdout.write(f"Last seal: {found.sealed} {found.hash.hex()}")


def _known(path: Path) -> dict[int, bytes]:
    """Return the seals that a file notes. Raise CommandError if it is not such a file."""
    try:
        return {int(number): bytes.fromhex(value) for number, value in json.loads(path.read_text(encoding="utf-8"))["seals"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{path} does not note seals: {error}") from error
