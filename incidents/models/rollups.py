"""Roll-ups of the ledger: bounded sums that pages read instead of all entries, and the recounts that check both.

The entries are the truth. A roll-up is a cache of their sums up to one change, thrown away and made anew without loss.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, one_of


class Grain(models.TextChoices):
    """By what a roll-up is kept, beside what every one is kept by: series, bucket, side, unit, measure and group of harm."""

    TYPE = "type"  # claimant and violation type
    DAY = "day"  # local day, with the span of what has none; of what is claimed for single days also the claimant
    AREA = "area"  # place
    MONTH = "month"  # month of the local day, and violation type


class FoldHead(models.Model):
    """The one row that a folding worker locks: the number of the last change whose entries are in the roll-ups."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class FoldedWindow(models.Model):
    """The days in force by which an agreement's roll-ups say `in_force`. Where the agreement has others by now, they do not answer."""

    agreement = models.OneToOneField("Agreement", models.CASCADE, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.first_day} {self.last_day}"


class Rollup(models.Model):
    """The sum of all entries of one cell, up to the fold. What a grain does not keep apart is null or empty."""

    agreement = models.ForeignKey("Agreement", models.CASCADE, related_name="+")
    grain = models.CharField(max_length=10)
    series = models.CharField(max_length=20)
    bucket = models.CharField(max_length=20)
    side = models.ForeignKey("Side", models.CASCADE, null=True, related_name="+")
    unit = models.CharField(max_length=20)
    measure = models.CharField(max_length=20)
    harm_group = models.CharField(max_length=20, blank=True)
    in_force = models.BooleanField()
    claimant = models.ForeignKey("Party", models.CASCADE, null=True, related_name="+")
    violation_type = models.CharField(max_length=30, blank=True)
    day = models.DateField(null=True)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    month = models.DateField(null=True)
    area = models.ForeignKey("Place", models.CASCADE, null=True, related_name="+")
    records = models.BigIntegerField()
    low = models.BigIntegerField()
    best = models.BigIntegerField()
    high = models.BigIntegerField()
    low_unknown = models.BigIntegerField()
    best_unknown = models.BigIntegerField()
    high_unknown = models.BigIntegerField()

    class Meta:
        constraints = [
            # Also the order in which cells are folded, and the way to all of one grain.
            models.UniqueConstraint(
                fields=[
                    "agreement", "grain", "series", "measure", "bucket", "side", "unit", "harm_group", "in_force",
                    "claimant", "violation_type", "day", "first_day", "last_day", "month", "area",
                ],
                nulls_distinct=False,
                name="rollup_once_per_cell",
            ),
            one_of("grain", Grain, "rollup_grain_known"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.grain} {self.series} {self.measure} {self.best}"


class Recount(Record):
    """One comparison of the ledger and its roll-ups with a recount of the records: how far it is, what it found, what it healed."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.QUEUED)
    heals = models.BooleanField(_("heals what differs"), default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.BigIntegerField(_("as of change"), null=True, blank=True)
    agreements = models.PositiveIntegerField(_("agreements"), null=True, blank=True)
    agreements_done = models.PositiveIntegerField(_("agreements recounted"), default=0)
    subjects = models.PositiveBigIntegerField(_("records recounted"), default=0)
    found = models.JSONField(_("differences"), default=list, blank=True)
    problem = models.TextField(_("problem"), blank=True)
    seen_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.state}"
