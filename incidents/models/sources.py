"""Sources: where a statement was published or received."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, one_of
from incidents.vocabulary import Reliability, SourceKind


class Source(Record):
    """A bulletin, newspaper, organisation, hotline or field team. The identity of a protected one is withheld from partners."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind.choices)
    link = models.TextField(_("link"), blank=True)
    reliability = models.CharField(_("reliability"), max_length=1, choices=Reliability.choices, default=Reliability.F)
    is_protected = models.BooleanField(_("identity is protected"), default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [one_of("reliability", Reliability, "source_reliability_known"), one_of("kind", SourceKind, "source_kind_known")]

    def __str__(self) -> str:
        return self.name
