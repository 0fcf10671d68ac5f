"""Incidents: the events we believe lie behind one or more reports."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class Incident(Record):
    """One event, under a working title. What is known of it is derived from its reports."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return ((get_language() or "").startswith("ar") and self.name_ar) or self.name
