"""Incidents: the events we believe lie behind one or more reports."""

from typing import Self

from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class Heir(Func):
    """The key of the incident to which a merged one leads, through any number of mergers."""

    template = (
        "(WITH RECURSIVE led (id, next) AS (SELECT %(expressions)s UNION SELECT way.id, way.merged_into_id"
        " FROM incidents_incident way JOIN led ON way.id = led.next) SELECT id FROM led WHERE next IS NULL)"
    )
    output_field = models.BigIntegerField()


class IncidentQuerySet(models.QuerySet["Incident"]):
    def with_heirs(self) -> Self:
        """Return them with `heir` to ask of: the key of the incident in which each goes on, its own where it was not merged."""
        return self.alias(heir=Case(When(merged_into=None, then=F("id")), default=Heir(F("id"), F("merged_into"))))


class Incident(Record):
    """One event, under a working title. What is known of it is derived from its reports."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)

    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey("Incident", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into"))
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text=_("Its reports went elsewhere and none is left."))

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="incident_not_merged_into_itself"),
            models.CheckConstraint(condition=Q(merged_into__isnull=True) | Q(withdrawn_at__isnull=True), name="incident_merged_or_withdrawn"),
        ]

    def __str__(self) -> str:
        return ((get_language() or "").startswith("ar") and self.name_ar) or self.name

    @property
    def heir(self) -> "Incident":
        """Return the incident to which this one leads, through any number of mergers; itself if it was not merged."""
        found = self
        while found.merged_into is not None:
            found = found.merged_into
        return found
