"""Places, with their names in several languages and scripts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, one_of, together
from incidents.vocabulary import PlacePrecision


class StandingPlaces(models.Manager["Place"]):
    """The places that stand in the gazetteer: none that was merged into another."""

    def get_queryset(self) -> models.QuerySet["Place"]:
        """Return the places that were not merged away."""
        return super().get_queryset().filter(merged_into=None)


class Place(Record):
    """A place in the gazetteer. Coordinates are WGS84 degrees.

    One that was merged into another stays for what the log says of it, and its address leads to the other: `every` has it, `objects` does not.
    """

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    parent = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("lies in"))
    pcode = models.CharField(_("p-code"), max_length=40, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=20, choices=PlacePrecision.choices)
    merged_into = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("merged into"))

    every: models.Manager["Place"] = models.Manager()
    objects = StandingPlaces()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            together("latitude", "longitude", name="place_has_both_coordinates"),
            models.CheckConstraint(condition=Q(latitude__isnull=True) | Q(latitude__range=(-90, 90)), name="place_latitude_in_range"),
            models.CheckConstraint(condition=Q(longitude__isnull=True) | Q(longitude__range=(-180, 180)), name="place_longitude_in_range"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="place_not_within_itself"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="place_not_merged_into_itself"),
            one_of("precision", PlacePrecision, "place_precision_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Return the name in the reader's language, or the other one where none is known."""
        return ((get_language() or "").startswith("ar") and self.name_ar) or self.name

    @property
    def other_label(self) -> str:
        """Return the name in the other of the two languages; "" where none is known."""
        return "" if not self.name_ar else self.name if self.label == self.name_ar else self.name_ar


class PlaceAlias(models.Model):
    """Another name or spelling of a place."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="aliases")
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="place_alias_once")]

    def __str__(self) -> str:
        return self.name
