"""The append-only record of change: audit trail, feed and outbox in one.

A Change is written in the transaction that makes it. The sealer then gives it a number and chains its hash, in commit
order, so that a reader who pages by number misses nothing. Nothing here is ever updated or deleted; values that may have
to be erased one day sit in the payload, of which the Change keeps only a salted hash.
"""

import hashlib
import json
import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeKind(models.TextChoices):
    """What happened to a record. An unknown kind is an error, not a silent skip."""

    REPORT_SUBMITTED = "report.submitted", _("Report submitted")
    REPORT_SUPERSEDED = "report.superseded", _("Report superseded")
    REPORT_RETRACTED = "report.retracted", _("Report retracted")
    REPORT_RESTORED = "report.restored", _("Report restored")
    REPORTS_TOLD_APART = "report.told_apart", _("Reports told apart")
    REPORT_ATTACHED = "report.attached", _("Report attached to an incident")
    REPORT_DETACHED = "report.detached", _("Report detached from its incident")
    REPORT_MOVED = "report.moved", _("Report moved to another incident")
    INCIDENT_OPENED = "incident.opened", _("Incident opened")
    INCIDENT_RENAMED = "incident.renamed", _("Incident renamed")
    INCIDENT_MERGED = "incident.merged", _("Incident merged into another")
    INCIDENT_SPLIT = "incident.split", _("Incident split")
    INCIDENT_RESTORED = "incident.restored", _("Incident restored")
    INCIDENT_WITHDRAWN = "incident.withdrawn", _("Incident withdrawn")
    CASE_ASSIGNED = "case.assigned", _("Case assigned")
    COMMENT_ADDED = "comment.added", _("Comment added")
    AGGREGATE_CLAIM_LOGGED = "aggregate_claim.logged", _("Statement logged")
    AGGREGATE_CLAIM_SUPERSEDED = "aggregate_claim.superseded", _("Statement superseded")
    AGGREGATE_CLAIM_RETRACTED = "aggregate_claim.retracted", _("Statement retracted")
    COVERAGE_LOGGED = "coverage.logged", _("Coverage logged")
    COVERAGE_REMOVED = "coverage.removed", _("Coverage removed")
    RESPONSE_LOGGED = "response.logged", _("Response logged")
    ASSESSMENT_DECIDED = "assessment.decided", _("Assessment decided")
    ASSESSMENT_CONFIRMED = "assessment.confirmed", _("Assessment confirmed")
    ASSESSMENT_WITHDRAWN = "assessment.withdrawn", _("Decision taken back")
    ASSESSMENT_SENT_BACK = "assessment.sent_back", _("Decision sent back")
    ASSESSMENT_REOPENED = "assessment.reopened", _("Assessment reopened")
    CONVOY_PLANNED = "convoy.planned", _("Convoy entered")
    CONVOY_CHANGED = "convoy.changed", _("Convoy changed")
    CONVOY_EVENT_ADDED = "convoy.event_added", _("Convoy event added")
    CONVOY_RELEASED = "convoy.released", _("Convoy released")
    CONVOY_REMOVED = "convoy.removed", _("Convoy removed")
    EVIDENCE_ATTACHED = "evidence.attached", _("Evidence attached")
    IMPORT_COMMITTED = "import.committed", _("Import committed")
    IMPORT_UNDONE = "import.undone", _("Import undone")
    WEBHOOK_ADDED = "webhook.added", _("Webhook added")
    WEBHOOK_CHANGED = "webhook.changed", _("Webhook changed")
    WEBHOOK_REMOVED = "webhook.removed", _("Webhook removed")
    TALLIES_HEALED = "tallies.healed", _("Tallies corrected by a recount")
    PAYLOAD_ERASED = "payload.erased", _("Personal payload erased")
    ROLE_GRANTED = "role.granted", _("Role granted on an agreement")
    ROLE_TAKEN = "role.taken", _("Role on an agreement taken back")
    SNAPSHOT_PUBLISHED = "snapshot.published", _("Figure published")
    PROFILE_ADDED = "profile.added", _("Visibility profile added")
    PROFILE_CHANGED = "profile.changed", _("Visibility profile changed")
    INVITATION_MADE = "invitation.made", _("Invitation made")
    INVITATION_TAKEN = "invitation.taken", _("Invitation taken")
    INVITATION_REVOKED = "invitation.revoked", _("Invitation taken back")
    KEY_ISSUED = "key.issued", _("Key issued")
    KEY_ROTATED = "key.rotated", _("Key rotated")
    KEY_REVOKED = "key.revoked", _("Key revoked")
    REFERENCE_ADDED = "reference.added", _("Reference data added")
    REFERENCE_CHANGED = "reference.changed", _("Reference data changed")
    REFERENCE_REMOVED = "reference.removed", _("Reference data removed")
    PLACE_MERGED = "place.merged", _("Place merged into another")


class Change(models.Model):
    """Who changed what, when. `record_type` and `record_id` are values, not keys, so that history outlives the record."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=40, choices=ChangeKind.choices)
    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()
    agreement_id = models.UUIDField(null=True)
    actor_id = models.IntegerField(null=True)
    operation_id = models.UUIDField()
    payload_hash = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=ChangeKind.values), name="change_kind_known")]
        indexes = [
            # A record's history, and the statements of one agreement as they stood at a change.
            models.Index(fields=["record_id", "id"], name="change_of_record"),
            models.Index(fields=["agreement_id", "record_type", "id"], name="change_in_agreement"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"

    def said(self) -> dict[str, Any]:
        """Return everything this row says, as it is hashed and exported."""
        return {
            "at": self.at.isoformat(),
            "kind": self.kind,
            "record_type": self.record_type,
            "record_id": str(self.record_id),
            "agreement_id": self.agreement_id and str(self.agreement_id),
            "actor_id": self.actor_id,
            "operation_id": str(self.operation_id),
            "payload_hash": bytes(self.payload_hash).hex(),
        }

    def computed_digest(self) -> bytes:
        """Return the SHA-256 over everything this row says, which the seal chains."""
        return hashlib.sha256(canonical(self.said())).digest()


class ChangePayload(models.Model):
    """What a Change says in values: actor's name, note, the record before and after. Erasable; the hash stays in the Change."""

    change = models.OneToOneField(Change, models.PROTECT, primary_key=True, related_name="payload")
    salt = models.BinaryField(max_length=16)
    body = models.JSONField()

    def __str__(self) -> str:
        return str(self.change_id)

    def computed_hash(self) -> bytes:
        """Return the salted SHA-256 of the body."""
        return hashlib.sha256(bytes(self.salt) + canonical(self.body)).digest()

    @staticmethod
    def fresh_salt() -> bytes:
        """Return sixteen random bytes."""
        return secrets.token_bytes(16)


def canonical(values: Any) -> bytes:
    """Return the one JSON spelling of these values that hashes are made over: sorted keys, no blanks, UTF-8."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


class Seal(models.Model):
    """A Change's place in the feed: a number without gaps, in commit order, and the hash of the chain up to here.

    Written by the database function `truce_seal` alone.
    """

    number = models.BigIntegerField(primary_key=True)
    change = models.OneToOneField(Change, models.PROTECT, related_name="seal")
    sealed_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        # What was known at an instant.
        indexes = [models.Index(fields=["sealed_at"], name="seal_by_instant")]

    def __str__(self) -> str:
        return str(self.number)


class Unsealed(models.Model):
    """A Change that waits for its seal. Filled by a trigger, emptied by `truce_seal`."""

    change = models.OneToOneField(Change, models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.change_id)


class SealHead(models.Model):
    """The one row that the sealer locks: the last number given and its hash."""

    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.number)
