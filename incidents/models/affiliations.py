"""Affiliations: how parties are tied to one another for a time."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, in_order, one_of
from incidents.vocabulary import AffiliationKind


class Affiliation(Record):
    """A group joins a coalition, is renamed, splits; both local days included, null: not known or still so."""

    party = models.ForeignKey("Party", models.PROTECT, related_name="affiliations", verbose_name=_("party"))
    kind = models.CharField(_("tie"), max_length=20, choices=AffiliationKind.choices)
    other = models.ForeignKey("Party", models.PROTECT, related_name="affiliated", verbose_name=_("other party"))
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    source = models.ForeignKey("Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source"))
    link = models.TextField(_("link"), blank=True)

    class Meta:
        ordering = ["party", "from_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(party=F("other")), name="affiliation_is_with_another"),
            in_order("from_on", "until_on", name="affiliation_ends_after_it_begins"),
            one_of("kind", AffiliationKind, "affiliation_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.get_kind_display()} {self.other}"
