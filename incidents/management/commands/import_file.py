"""Import a file of rows in a format that Truce knows."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from incidents.actions import imports as action
from incidents.errors import RuleBroken
from incidents.imports import readers, receiving, registry, running
from incidents.imports.base import Format
from incidents.imports.messages import said
from incidents.imports.readers import Opened
from incidents.models import Agreement, ImportBatch, User
from incidents.permissions import Capability, may
from incidents.queries import imports as batches


class Command(BaseCommand):
    help = "Import a file: every row is imported, rejected or held, and says why. The same file twice imports nothing new; a killed import goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", required=True, help=f"one of: {', '.join(registry.formats())}")
        parser.add_argument("--agreement", default="", help="slug of the agreement that the rows are about")
        parser.add_argument("--by", default="", help="name of the person who imports; without it nobody is named")
        parser.add_argument("--encoding", default="", help="where it cannot be told: utf-8, utf-16, windows-1256, windows-1252 ...")
        parser.add_argument("--separator", default="", help="where it cannot be told: comma, semicolon, tab or pipe")
        parser.add_argument("--sheet", default="", help="which sheet of a spreadsheet with several")
        parser.add_argument("--column", action="append", default=[], metavar="OURS=THEIRS", help="which of the file's columns is which of ours")
        parser.add_argument("--value", action="append", default=[], metavar="OURS=TEXT", help="a value that holds for every row")
        parser.add_argument("--option", action="append", default=[], metavar="NAME=yes|no", help="what the format does only when told to")
        parser.add_argument("--dry-run", action="store_true", help="do all the work and keep none of it")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            self._import(file, dry_run, options)
        except RuleBroken as broken:
            asked = {"encoding": "--encoding", "separator": "--separator", "sheet": "--sheet", "agreement": "--agreement"}.get(broken.field, "")
            raise CommandError(f"{file.name}: {broken.message}{f' ({asked})' if asked else ''}") from broken
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error

    def _import(self, file: Path, dry_run: bool, options: dict[str, Any]) -> None:
        began = monotonic()
        format = registry.named(options["format"])
        opened = readers.examine(
            file, encoding=options["encoding"], separator=options["separator"], sheet=options["sheet"], recognised=format.recognises
        )
        self.stdout.write(f"{file.name}: {opened.rows} rows, {opened.size} bytes, SHA-256 {opened.sha256}")
        for message in opened.said:
            self.stdout.write(f"  {message}")
        facts = self._facts(format, opened, options)
        mapping = receiving.chosen(format, opened, facts["mapping"])
        if lacking := receiving.missing(format, mapping):
            raise CommandError(f"No column for: {', '.join(lacking)}. Name them with --column OURS=THEIRS or --value OURS=TEXT.")
        if dry_run:
            with transaction.atomic():
                batch = receiving.received(opened, format=format, file_name=file.name, **facts)
                found = running.rehearsed(batch, opened, self._progress(began))
                transaction.set_rollback(True)
            self._sum_up(found, opened.rows, began, "Nothing was kept: ")
            return
        batch = batches.unfinished(opened.sha256, format.name, facts["agreement"], mapping) or receiving.received(
            opened, format=format, file_name=file.name, **facts
        )
        if batch.rows_read:
            self.stdout.write(f"  going on after {batch.rows_read} rows of {batch.rows_sent}")
        batch = running.from_file(batch, opened, self._progress(began))
        self._sum_up(action.counts(batch), opened.rows, began, f"Import {batch.public_id}: ")
        self._tell(batch)

    def _facts(self, format: Format, opened: Opened, options: dict[str, Any]) -> dict[str, Any]:
        agreement = None
        listed = ", ".join(Agreement.objects.values_list("slug", flat=True)) or "none"
        if options["agreement"]:
            agreement = Agreement.objects.filter(slug=options["agreement"]).first()
            if agreement is None:
                raise CommandError(f"There is no agreement “{options['agreement']}”. There are: {listed}")
        elif format.needs_agreement:
            raise CommandError(f"Say which agreement the rows are about (--agreement): {listed}")
        by = None
        if options["by"]:
            by = User.objects.filter(username=options["by"]).first()
            if not may(by, Capability.IMPORT, agreement):
                raise CommandError(f"“{options['by']}” may not import.")
        mapping: dict[str, dict[str, str]] = {}
        for kind, given in (("header", options["column"]), ("value", options["value"])):
            for pair in given:
                name, equals, value = pair.partition("=")
                if not equals or name not in {column.name for column in format.columns()}:
                    raise CommandError(f"“{pair}”: write one of {', '.join(column.name for column in format.columns())}, then =, then which.")
                if kind == "header" and value not in opened.header:
                    raise CommandError(f"The file has no column “{value}”. It has: {', '.join(opened.header)}")
                mapping[name] = {kind: value}
        chosen: dict[str, bool] = {name: default for name, (_label, default) in format.options.items()}
        for pair in options["option"]:
            name, _equals, value = pair.partition("=")
            if name not in format.options or value not in {"yes", "no"}:
                raise CommandError(f"“{pair}”: the options of {format.name} are {', '.join(format.options) or 'none'}, each yes or no.")
            chosen[name] = value == "yes"
        return {"agreement": agreement, "by": by, "mapping": mapping, "options": chosen}

    def _progress(self, began: float) -> running.Progress:
        last = [monotonic()]

        def tell(read: int, of: int | None) -> None:
            if monotonic() - last[0] >= 1:
                last[0] = monotonic()
                self.stdout.write(f"  {read} of {of} rows, {read / (monotonic() - began):.0f} a second")
                self.stdout.flush()

        return tell

    def _sum_up(self, counts: dict[str, int], rows: int, began: float, before: str) -> None:
        self.stdout.write(
            f"{before}{counts['imported']} imported (of them {counts['known']} known before) + {counts['rejected']} rejected + "
            f"{counts['held']} held = {rows} sent; {counts['flagged']} flagged; {monotonic() - began:.1f} s."
        )

    def _tell(self, batch: ImportBatch) -> None:
        for (level, code), (number, example) in batches.kinds_of_messages(batch).items():
            self.stdout.write(f"  {level} {code}: {number}, first on line {example[0]}: {said(example[1])}")
        open_names = Counter(batch.unresolved.filter(resolved_at=None).values_list("kind", flat=True))
        if open_names:
            waiting = ", ".join(f"{number} {kind} names" for kind, number in sorted(open_names.items()))
            self.stdout.write(f"  {waiting} lead nowhere: resolve them on the page of this import, and its held rows go on.")
