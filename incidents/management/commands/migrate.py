"""Migrate as the database's owner, then give the web's role its rights."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from incidents import database_rights

OWNER = "owner"


class Command(migrate.Command):
    help = "Update the database schema as its owner (DATABASE_OWNER_URL) and grant the web's role (DATABASE_URL) what it needs."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["database"] != OWNER or options["plan"] or options["check_unapplied"]:
            return
        web, owner = settings.DATABASES[DEFAULT_DB_ALIAS]["USER"], settings.DATABASES[OWNER]["USER"]
        if web == owner:
            message = "DATABASE_URL and DATABASE_OWNER_URL name the same role, so the web could rewrite the record. Give the web a role of its own."
            if not settings.DEBUG:
                raise CommandError(message)
            self.stderr.write(self.style.WARNING(message))
            return
        if "truce_seal" in _functions():
            database_rights.grant(connections[OWNER], web)


def _functions() -> set[str]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        return {row[0] for row in cursor.fetchall()}
