"""Load the demo."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.demo import loading
from incidents.demo.reading import BrokenFact


class Command(BaseCommand):
    help = "Load the demo: the Syrian truces of 2016 and a few sums of others. Loading it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-other-claims", action="store_true", help="leave out the daily bulletins and other published totals")

    def handle(self, *args: Any, without_other_claims: bool, **options: Any) -> None:
        try:
            loading.load(without_other_claims=without_other_claims, tell=self._tell)
        except BrokenFact as error:
            raise CommandError(str(error)) from error

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
