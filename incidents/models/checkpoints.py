"""Checkpoints of the log: a Merkle root over all seals, to be held by others. (Those of a road are in `convoys`.)"""

import hashlib

from django.db import models
from django.db.models import Q

from incidents.models.changes import canonical


class LogCheckpoint(models.Model):
    """The log as it stood at a seal. Whoever holds it can tell later whether anything before that seal was changed. Insert-only.

    Each names the digest of the one before, so that holding the last is holding all.
    """

    number = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32, null=True)
    made_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gt=0), name="checkpoint_of_a_seal")]

    def __str__(self) -> str:
        return str(self.number)

    def said(self) -> dict[str, object]:
        """Return what is hashed: the number and hash of the last seal, the root, the digest of the checkpoint before, the instant."""
        return {
            "made_at": self.made_at.isoformat(),
            "number": self.number,
            "previous": bytes(self.previous).hex() if self.previous is not None else None,
            "root": bytes(self.root).hex(),
            "seals": {str(self.number): bytes(self.hash).hex()},
        }

    def computed_digest(self) -> bytes:
        """Return the SHA-256 over everything this checkpoint says."""
        return hashlib.sha256(canonical(self.said())).digest()

    def shown(self) -> dict[str, object]:
        """Return what is handed out, in print and as JSON."""
        return {**self.said(), "digest": bytes(self.digest).hex()}
