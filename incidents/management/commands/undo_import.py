"""Undo a whole import."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from incidents.actions import imports as action
from incidents.errors import RuleBroken
from incidents.imports import running
from incidents.models import ImportBatch, Report, User
from incidents.permissions import Capability, may
from incidents.vocabulary import ReportState


class Command(BaseCommand):
    help = "Undo an import: its reports and totals are retracted with a reason, what nothing refers to is removed, and the log keeps all of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("import_id", help="the id that the import printed")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", default="", help="name of the person who undoes it")

    def handle(self, *args: Any, import_id: str, reason: str, by: str, **options: Any) -> None:
        try:
            batch = ImportBatch.objects.filter(public_id=import_id).first()
        except ValidationError as error:
            raise CommandError(f"“{import_id}” is no id of an import.") from error
        if batch is None:
            raise CommandError(f"There is no import {import_id}.")
        user = User.objects.filter(username=by).first() if by else None
        if by and not may(user, Capability.IMPORT, batch):
            raise CommandError(f"“{by}” may not undo imports.")
        try:
            # One that was interrupted while it was being undone goes on.
            if batch.undone_at is None or batch.state == ImportBatch.State.UNDONE:
                batch = action.begin_undo(batch=batch, by=user, reason=reason)
        except RuleBroken as broken:
            raise CommandError(str(broken.message)) from broken
        batch = running.undo(batch)
        ids = batch.rows.filter(record_type="report", is_known=False).values("record_id")
        left = Report.objects.filter(public_id__in=ids, state=ReportState.SUBMITTED).count()
        self.stdout.write(f"Import {batch.public_id} is undone; {left} of its reports are still counted.")
