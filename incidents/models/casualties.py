"""Casualty claims: what one report says befell people. Contradictory ones stand side by side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Facts, in_order, not_negative, one_of
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier


class StatedHarm(models.Model):
    """Killed, wounded, missing or detained people as stated: "at least 62" has a low and no high. All null: not stated how many."""

    kind = models.CharField(_("harm"), max_length=20, choices=HarmKind.choices)
    group = models.CharField(_("of whom"), max_length=20, choices=HarmGroup.choices, default=HarmGroup.UNKNOWN)
    low = models.PositiveIntegerField(_("lowest"), null=True, blank=True)
    best = models.PositiveIntegerField(_("best"), null=True, blank=True)
    high = models.PositiveIntegerField(_("highest"), null=True, blank=True)
    qualifier = models.CharField(_("as stated"), max_length=20, choices=Qualifier.choices, default=Qualifier.EXACTLY)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.low}-{self.best}-{self.high}"

    def facts(self) -> Facts:
        """Return the claim as plain JSON values."""
        return {name: getattr(self, name) for name in ("kind", "group", "low", "best", "high", "qualifier")}


class CasualtyClaim(StatedHarm):
    """Harm as one report states it."""

    report = models.ForeignKey("Report", models.CASCADE, related_name="casualty_claims")

    class Meta:
        ordering = ["report", "id"]
        constraints = [
            in_order("low", "best", "high", name="casualty_claim_in_order"),
            not_negative(["low", "best", "high"], "casualty_claim_not_negative"),
            one_of("kind", HarmKind, "casualty_claim_kind_known"),
            one_of("group", HarmGroup, "casualty_claim_group_known"),
            one_of("qualifier", Qualifier, "casualty_claim_qualifier_known"),
            models.UniqueConstraint(fields=["report", "kind", "group"], name="casualty_claim_once_per_kind_and_group"),
        ]
