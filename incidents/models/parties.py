"""Parties: anyone who acts or speaks."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, one_of
from incidents.vocabulary import PartyKind


class Party(Record):
    """A state, group, coalition, monitor, aid organisation or medium, under a neutral name.

    An organ (a general staff, a reconciliation centre) is a party that speaks for another: what it claims counts for that one.
    """

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    short_name_ar = models.CharField(_("short name in Arabic"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=PartyKind.choices)
    organ_of = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="organs", verbose_name=_("speaks for"))

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = _("parties")
        constraints = [
            models.CheckConstraint(condition=Q(organ_of__isnull=True) | ~Q(organ_of=F("id")), name="party_not_its_own_organ"),
            one_of("kind", PartyKind, "party_kind_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return the name in the reader's language, or the English one where none is known."""
        return ((get_language() or "").startswith("ar") and self.name_ar) or self.name

    @property
    def short_label(self) -> str:
        """Return the short name in the reader's language, as used inside sentences."""
        arabic = (get_language() or "").startswith("ar") and (self.short_name_ar or self.name_ar)
        return arabic or self.short_name or self.name

    @property
    def principal(self) -> "Party":
        """Return the party that this one speaks for, or itself."""
        return self.organ_of or self


class PartyAlias(models.Model):
    """Another name, spelling or acronym of a party, as sources write it."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="aliases")
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=10, blank=True)

    class Meta:
        verbose_name_plural = _("party aliases")
        constraints = [models.UniqueConstraint(fields=["party", "name"], name="party_alias_once")]

    def __str__(self) -> str:
        return self.name
