"""Incidents: the events we believe lie behind one or more reports."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class Incident(Record):
    """One event, under a working title. What is known of it is derived from its reports."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)

    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey("Incident", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into"))
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text=_("Its reports went elsewhere and none is left."))

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="incident_not_merged_into_itself"),
            models.CheckConstraint(condition=Q(merged_into__isnull=True) | Q(withdrawn_at__isnull=True), name="incident_merged_or_withdrawn"),
        ]

    def __str__(self) -> str:
        return ((get_language() or "").startswith("ar") and self.name_ar) or self.name
