"""Saved filters: what somebody often asks the list of reports, under a name of their own. Nobody else is shown them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class SavedFilter(Record):
    """The words of an address, kept under a name. What they find is decided whenever they are asked."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=60)
    asked = models.JSONField(default=dict)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_named_once")]

    def __str__(self) -> str:
        return self.name
