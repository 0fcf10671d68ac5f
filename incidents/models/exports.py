"""Exports: downloads that a worker prepares, with what must be known of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class ExportJob(Record):
    """A download asked for: of what, how filtered, for whom; and when it is ready its file, size, hash and expiry.

    `change` is the number of the last sealed change when the rows were read, `sight` all that decided then what its reader may see.
    A worker holds the job until `claimed_until`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")

    of = models.CharField(_("of what"), max_length=40)
    format = models.CharField(_("format"), max_length=40)
    filter = models.JSONField(default=dict)
    mark = models.CharField(_("drawn for"), max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.QUEUED)
    claimed_until = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    written = models.BigIntegerField(_("bytes written"), default=0)
    change = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    sight = models.CharField(max_length=64, blank=True)
    stored_as = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["queued", "running", "done", "failed", "expired"]), name="export_state_known"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(sha256=""), name="export_done_has_a_hash"),
        ]
        indexes = [models.Index(fields=["claimed_until"], condition=Q(state__in=["queued", "running"]), name="export_waiting")]

    def __str__(self) -> str:
        return f"{self.of} {self.format} {self.public_id}"
