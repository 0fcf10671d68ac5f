"""Published figures: numbers as they stood at a point of the log, with their definition, at an address that stays. Insert-only."""

import hashlib
from typing import Any

from django.conf import settings
from django.db import models

from incidents.models.base import Record
from incidents.models.changes import canonical


class Snapshot(Record):
    """A published figure. `content` is all that it says, in two languages, and `hash` the SHA-256 over the one JSON spelling of it."""

    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="snapshots")
    content = models.JSONField()
    hash = models.BinaryField(max_length=32)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.content['method']} {self.agreement_id} {self.content['change']}"

    @staticmethod
    def hash_of(content: dict[str, Any]) -> bytes:
        """Return the hash that a figure of this content has."""
        return hashlib.sha256(canonical(content)).digest()

    def facts(self) -> dict[str, Any]:
        """Return what the change log keeps: the content and its hash."""
        return {"agreement": self.agreement.slug, "content": self.content, "hash": bytes(self.hash).hex()}
