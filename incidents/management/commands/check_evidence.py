"""Look at every file of evidence."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.actions import evidence


class Command(BaseCommand):
    help = "Hold every file of evidence against the hash it had at receipt, write down what is wrong, and fail if anything is."

    def handle(self, *args: Any, **options: Any) -> None:
        found = evidence.check()
        if found is None:
            raise CommandError("Another check is running; it writes down what it finds.")
        for one in found.unclaimed:
            self.stdout.write(f"{one['name']} belongs to nothing; " + ("cleared." if one["cleared"] else "to be cleared when it is a day old."))
        for fault in found.faults:
            self.stderr.write(" ".join(f"{name}={value}" for name, value in fault.items()))
        if found.faults:
            raise CommandError(f"{len(found.faults)} of {found.files} files or their records are not as they were received.")
        self.stdout.write(f"{found.files} files, {found.size} bytes: all as they were received.")
