"""Coverage: where and when somebody could observe, and where observation was denied. Silence is not peace."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, in_order, once_in_agreement, one_of
from incidents.vocabulary import CoverageKind


class Coverage(Record):
    """An observer's presence at a place over local days (both included), or its denial."""

    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="coverage", verbose_name=_("agreement"))
    observer = models.ForeignKey("Party", models.PROTECT, related_name="coverage", verbose_name=_("observer"))
    kind = models.CharField(_("kind"), max_length=20, choices=CoverageKind.choices)
    is_denied = models.BooleanField(_("observation was denied"), default=False)
    denied_by = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("denied by"))
    place = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="coverage", verbose_name=_("place"))
    place_as_worded = models.CharField(_("place, as worded"), max_length=300, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    source = models.ForeignKey("Source", models.PROTECT, related_name="coverage", verbose_name=_("source"))
    link = models.TextField(_("link"), blank=True)
    note = models.TextField(_("note"), blank=True)
    external_id = models.CharField(_("id where it came from"), max_length=200, null=True, blank=True)

    class Meta:
        ordering = ["agreement", "from_on", "id"]
        verbose_name_plural = _("coverage")
        constraints = [
            once_in_agreement("external_id", "coverage_external_id_once_in_agreement"),
            in_order("from_on", "until_on", name="coverage_ends_after_it_begins"),
            one_of("kind", CoverageKind, "coverage_kind_known"),
            models.CheckConstraint(
                condition=models.Q(denied_by__isnull=True) | models.Q(is_denied=True), name="coverage_denied_by_somebody_only_if_denied"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.observer}: {self.get_kind_display()}, {self.place or self.place_as_worded} ({self.from_on})"
