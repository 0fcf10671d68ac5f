"""Evidence: files and links behind reports. The original is sealed at receipt and never rewritten."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, together


class Evidence(Record):
    """A file or a link attached to a report, with the SHA-256 of what was received. Insert-only for the web."""

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
            models.UniqueConstraint(fields=["report", "sha256"], condition=Q(sha256__isnull=False), name="evidence_file_once_a_report"),
        ]
        # Whether a stored file belongs to anything, and which originals have no copy yet.
        indexes = [models.Index(fields=["sha256"], condition=Q(sha256__isnull=False), name="evidence_by_hash")]

    def __str__(self) -> str:
        return self.title or self.original_name or self.link


class EvidenceCopy(models.Model):
    """The copy of an image that is shared: drawn anew, without metadata. Or why there is none. Made from the original at any time."""

    class Problem(models.TextChoices):
        TOO_LARGE = "too_large", _("too many pixels")
        UNREADABLE = "unreadable", _("not readable as an image")
        NOT_WHOLE = "not_whole", _("the original is missing or altered")

    original = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    problem = models.CharField(max_length=20, blank=True, choices=Problem.choices)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "evidence copies"
        constraints = [
            together("sha256", "size", name="evidence_copy_has_hash_and_size"),
            models.CheckConstraint(condition=Q(problem="") ^ Q(sha256__isnull=True), name="evidence_copy_or_problem"),
        ]

    def __str__(self) -> str:
        return self.original


class EvidenceCheck(models.Model):
    """One look at everything in the evidence store: what was there, and what was wrong. Insert-only."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    files = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    faults = models.JSONField()
    unclaimed = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="evidence_check_latest")]

    def __str__(self) -> str:
        return self.started_at.isoformat()
