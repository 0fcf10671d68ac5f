"""Agreements, their terms and sides, who is what to them, and what parties declare of them."""

import zoneinfo
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, in_order, one_of
from incidents.rules import timespans
from incidents.vocabulary import Role, Stance, TermSubject


class Agreement(Record):
    """A truce: cessation of hostilities, ceasefire, humanitarian pause, local truce, or the renewal of another."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    country_ar = models.CharField(_("country in Arabic"), max_length=100, blank=True)
    timezone = models.CharField(_("local time zone"), max_length=64, help_text=_("A name such as Asia/Damascus; days are counted in it."))
    announced_on = models.DateField(_("announced on"), null=True, blank=True)
    in_force_from = models.DateTimeField(_("in force from"))
    in_force_until = models.DateTimeField(_("in force until"), null=True, blank=True, help_text=_("Empty: no end date was agreed."))
    renews = models.ForeignKey("Agreement", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("renews"))
    reference = models.CharField(_("public reference"), max_length=200, blank=True)
    source_link = models.TextField(_("source"), blank=True)
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        ordering = ["-in_force_from", "id"]
        constraints = [in_order("in_force_from", "in_force_until", name="agreement_ends_after_it_begins")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return the name in the reader's language, or the English one where none is known."""
        return ((get_language() or "").startswith("ar") and self.name_ar) or self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Return the zone in which this agreement's days are counted."""
        return zoneinfo.ZoneInfo(self.timezone)

    def local_day(self, instant: datetime) -> date:
        """Return the local day on which an instant falls."""
        return instant.astimezone(self.zone).date()

    @property
    def first_day(self) -> date:
        """Return the first local day in force."""
        return timespans.days_in_force(self.in_force_from, self.in_force_until, self.zone)[0]

    @property
    def last_day(self) -> date | None:
        """Return the last local day in force; None where no end was agreed."""
        return timespans.days_in_force(self.in_force_from, self.in_force_until, self.zone)[1]


class Term(Record):
    """A numbered article. A violation breaks a term."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="terms")
    number = models.CharField(_("number"), max_length=20)
    subject = models.CharField(_("subject"), max_length=30, choices=TermSubject.choices)
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="term_number_once_in_agreement"),
            one_of("subject", TermSubject, "term_subject_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_subject_display()}"


class Side(Record):
    """One camp of ONE agreement, in the order in which the agreement names them."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="sides")
    code = models.CharField(_("letter"), max_length=1)
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)

    class Meta:
        ordering = ["agreement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "code"], name="side_code_once_in_agreement"),
            models.UniqueConstraint(fields=["agreement", "position"], name="side_position_once_in_agreement"),
            models.CheckConstraint(condition=Q(code__regex="^[A-Z]$"), name="side_code_is_a_letter"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return the name in the reader's language, or the English one where none is known."""
        return ((get_language() or "").startswith("ar") and self.name_ar) or self.name


class Membership(Record):
    """What a party is to an agreement, between two local days (both included; null: from the start, to the end)."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="memberships")
    party = models.ForeignKey("Party", models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    side = models.ForeignKey(Side, models.PROTECT, null=True, blank=True, related_name="memberships")
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["agreement", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.ON_SIDE, side__isnull=False) | (~Q(role=Role.ON_SIDE) & Q(side__isnull=True)),
                name="membership_names_a_side_exactly_when_on_one",
            ),
            in_order("from_on", "until_on", name="membership_ends_after_it_begins"),
            ExclusionConstraint(
                name="membership_on_one_side_at_a_time",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("party", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    (Func("from_on", "until_on", Value("[]"), function="daterange", output_field=DateRangeField()), RangeOperators.OVERLAPS),
                ],
                condition=Q(role=Role.ON_SIDE),
            ),
            one_of("role", Role, "membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.party} - {self.side or self.get_role_display()}"


class Declaration(Record):
    """A party's dated word on the truce. The standing of an agreement is derived from these and from its dates."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="declarations")
    party = models.ForeignKey("Party", models.PROTECT, related_name="declarations")
    spoken_by = models.CharField(_("spoken by"), max_length=200, blank=True)
    stance = models.CharField(_("stance"), max_length=20, choices=Stance.choices)
    blamed: "models.ManyToManyField[Any, Any]" = models.ManyToManyField("Party", blank=True, related_name="+", verbose_name=_("blamed"))
    declared_on = models.DateField(_("declared on"))
    declared_at = models.DateTimeField(_("at"), null=True, blank=True, help_text=_("Where the hour is known."))
    wording = models.TextField(_("wording, quoted"), blank=True)
    wording_ar = models.TextField(_("wording in Arabic"), blank=True)
    gist = models.TextField(_("in our words"), blank=True)
    source = models.ForeignKey("Source", models.PROTECT, related_name="declarations")
    link = models.TextField(_("link"), blank=True)

    class Meta:
        ordering = ["declared_on", "id"]
        constraints = [one_of("stance", Stance, "declaration_stance_known")]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_stance_display()} ({self.declared_on})"

    @property
    def quoted(self) -> str:
        """Return the quoted words in the reader's language where they were kept in it."""
        return ((get_language() or "").startswith("ar") and self.wording_ar) or self.wording
