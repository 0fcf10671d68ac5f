"""Drafts: what somebody has begun to write down. Not yet a claim, and seen by those at the desk alone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class Draft(Record):
    """The fields of a report as they were typed, however incomplete. `version` tells two people who edit it apart."""

    agreement = models.ForeignKey("Agreement", models.CASCADE, related_name="drafts", verbose_name=_("agreement"))
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at"]
        indexes = [models.Index(fields=["begun_by", "-changed_at"], name="draft_of_person")]

    def __str__(self) -> str:
        return f"{self.begun_by} {self.changed_at}"
