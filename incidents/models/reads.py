"""The read log: who looked at what is protected. Insert-only, and never part of the feed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadEntry(models.Model):
    """One look at a protected thing."""

    class What(models.TextChoices):
        """What was looked at."""

        SOURCE = "source", _("Protected source")
        ORIGINAL = "original", _("Original of evidence")

    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.IntegerField()
    what = models.CharField(max_length=40, choices=What.choices)
    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()

    class Meta:
        verbose_name_plural = "read entries"
        indexes = [models.Index(fields=["record_id", "at"], name="read_of_record")]

    def __str__(self) -> str:
        return f"{self.what} {self.record_id}"
