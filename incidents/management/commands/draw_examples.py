"""Draw the examples of the published schema from the demo."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from incidents.demo import examples


class Command(BaseCommand):
    help = "Ask the interface about the demo, and keep what it answers as the examples of the published schema. Nothing is changed in the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kept = settings.BASE_DIR / "incidents" / "api" / "examples.json"
        parser.add_argument("--file", type=Path, default=kept, help="where to write them (default: where the schema takes them from)")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        drawn = examples.drawn()
        file.write_text(json.dumps(drawn, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(drawn)} examples in {file}")
