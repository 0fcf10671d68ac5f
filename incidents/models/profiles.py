"""Visibility profiles: what of the record a partner is given, and how exactly. `queries/visibility.py` makes it so, in SQL."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Facts, Record
from incidents.vocabulary import Grid, Occurrence, ReportState

LONGEST_DELAY = 8_784  # hours: a leap year


def told_states() -> list[str]:
    """Return the states of reports that partners see where nothing else is said: all but drafts."""
    return [state for state in ReportState.values if state != ReportState.DRAFT]


class Profile(Record):
    """What whoever carries it sees of the record. A partner without one sees all but drafts, protected sources and unreleased convoys.

    Each field can only take away from what the role allows, own or granted. Whoever carries one reads, and does no more.
    """

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=100)
    is_every_agreement = models.BooleanField(_("all agreements"), default=True, help_text=_("Also those still to come. Otherwise those named."))
    agreements: "models.ManyToManyField[Any, Any]" = models.ManyToManyField("Agreement", blank=True, related_name="+", verbose_name=_("agreements"))
    report_states = ArrayField(models.CharField(max_length=20), verbose_name=_("reports in these states"), default=told_states)
    occurrences = ArrayField(
        models.CharField(max_length=30),
        verbose_name=_("judged as"),
        default=list,
        blank=True,
        help_text=_("Only what a second editor has confirmed as one of these. None chosen: judged or not."),
    )
    delay_hours = models.PositiveIntegerField(_("delay in hours"), default=0, help_text=_("What came in since does not exist yet."))
    grid = models.CharField(
        _("coordinates"), max_length=10, choices=Grid.choices, default=Grid.EXACT, help_text=_("Snapped: places finer than the grid are not named.")
    )
    shows_sources = models.BooleanField(_("names sources"), default=True, help_text=_("Without: no source, link, wording or speaker."))
    shows_wording = models.BooleanField(
        _("gives the wording received"), default=True, help_text=_("Words may name a place more exactly than the grid.")
    )
    shows_convoys = models.BooleanField(_("gives convoys that are released"), default=True)
    shows_evidence = models.BooleanField(_("gives evidence"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(delay_hours__lte=LONGEST_DELAY), name="profile_delay_of_a_year_at_most"),
            models.CheckConstraint(condition=Q(grid__in=Grid.values), name="profile_grid_known"),
            models.CheckConstraint(condition=Q(report_states__contained_by=told_states()), name="profile_states_known_and_no_drafts"),
            models.CheckConstraint(condition=Q(occurrences__contained_by=list(Occurrence.values)), name="profile_occurrences_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def step(self) -> Decimal | None:
        """Return the width of the grid in degrees; None where coordinates are exact."""
        return None if self.grid == Grid.EXACT else Decimal(self.grid)

    @cached_property
    def named(self) -> frozenset[int] | None:
        """Return the keys of the agreements it opens; None for all."""
        return None if self.is_every_agreement else frozenset(self.agreements.values_list("pk", flat=True))

    @property
    def hides_reports(self) -> bool:
        """Return whether it leaves out reports for what they are, not for what they belong to."""
        return bool(self.delay_hours or self.occurrences) or set(self.report_states) != set(told_states())

    def facts(self) -> Facts:
        """Return what the change log keeps of it."""
        return super().facts() | {"agreements": _slugs(self.agreements.all()) if self.pk else []}


def _slugs(agreements: Iterable[Any]) -> list[str]:
    return sorted(agreement.slug for agreement in agreements)
