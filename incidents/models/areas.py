"""Areas: what an agreement covers on the map, and what it leaves out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, in_order


class AgreementArea(Record):
    """An area that an agreement includes or excludes, between two local days, as a place or as GeoJSON. None at all: everywhere."""

    agreement = models.ForeignKey("Agreement", models.CASCADE, related_name="areas", verbose_name=_("agreement"))
    name = models.CharField(_("name"), max_length=200)
    is_excluded = models.BooleanField(_("left out of the agreement"), default=False)
    place = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    geometry = models.JSONField(_("GeoJSON"), null=True, blank=True, help_text=_("A Polygon or MultiPolygon, longitude before latitude."))
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["agreement", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(place__isnull=False) | Q(geometry__isnull=False), name="area_is_a_place_or_a_geometry"),
            in_order("from_on", "until_on", name="area_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name
