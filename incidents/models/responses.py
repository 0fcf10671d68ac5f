"""Responses: how the accused, or another party, answers for an event."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, one_of
from incidents.vocabulary import ResponseKind


class Response(Record):
    """A dated, sourced answer to what is said of an incident."""

    incident = models.ForeignKey("Incident", models.PROTECT, related_name="responses")
    party = models.ForeignKey("Party", models.PROTECT, related_name="responses")
    spoken_by = models.CharField(_("spoken by"), max_length=200, blank=True)
    kind = models.CharField(_("answer"), max_length=40, choices=ResponseKind.choices)
    blamed = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("blamed"))
    target_party = models.ForeignKey(
        "Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party that it says was aimed at")
    )
    answered_on = models.DateField(_("answered on"))
    wording = models.TextField(_("wording, quoted"), blank=True)
    gist = models.TextField(_("in our words"), blank=True)
    source = models.ForeignKey("Source", models.PROTECT, related_name="responses")
    link = models.TextField(_("link"), blank=True)

    class Meta:
        ordering = ["answered_on", "id"]
        constraints = [one_of("kind", ResponseKind, "response_kind_known")]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_kind_display()}"
