#!/usr/bin/env python
"""Run a management command with Truce's settings."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "truce.settings")
    from django.core.management import execute_from_command_line

    import truce.celery  # noqa: F401  (makes our Celery app the current one)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
