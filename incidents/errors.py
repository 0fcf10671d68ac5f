"""What can go wrong in ordinary use, named so that the desk can show it on a form and the API as a problem body."""

from django.utils.functional import Promise


class RuleBroken(Exception):
    """An ordinary mistake: `code` for machines, `field` where it was made (or ""), `message` for people."""

    def __init__(self, code: str, message: str | Promise, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message


class StaleRecord(RuleBroken):
    """The record changed since the reader opened it; nothing was overwritten."""
