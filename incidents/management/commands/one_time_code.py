"""Say the code that an account of the demo signs in with now."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.actions import one_time_codes
from incidents.management.commands.demo_credentials import ROLES
from incidents.models import User

STEP = 30  # seconds


class Command(BaseCommand):
    help = "Print the code that a sample account of the demo (editor, second-editor, admin) signs in with now. It opens once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=list(ROLES), nargs="?", default="editor")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        secret = one_time_codes.secret_of(user) if user else ""
        if not secret:
            raise CommandError(f"{name} signs in without a code.")
        now = int(time.time())
        self.stdout.write(one_time_codes.code(secret, now // STEP))
        self.stderr.write(f"for {STEP - now % STEP} s and half a minute more; each code opens once")
