"""Evidence: files and links behind reports. The original is sealed at receipt and never rewritten."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, together


class Evidence(Record):
    """A file or a link attached to a report, with the SHA-256 of what was received."""

    report = models.ForeignKey("Report", models.PROTECT, related_name="evidence", verbose_name=_("report"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    link = models.TextField(_("link"), blank=True)
    file = models.CharField(_("file"), max_length=200, blank=True, help_text=_("Its name in the evidence store: the hash of its content."))
    original_name = models.CharField(_("name when received"), max_length=300, blank=True)
    media_type = models.CharField(_("type, as sniffed"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    received_at = models.DateTimeField(_("received at"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["report", "id"]
        verbose_name_plural = _("evidence")
        constraints = [
            together("sha256", "size", name="evidence_file_has_hash_and_size"),
            models.CheckConstraint(condition=Q(sha256__isnull=True) | Q(sha256__regex="^[0-9a-f]{64}$"), name="evidence_hash_is_sha256"),
            models.CheckConstraint(condition=~Q(link="") | Q(sha256__isnull=False), name="evidence_is_a_file_or_a_link"),
        ]

    def __str__(self) -> str:
        return self.title or self.original_name or self.link
