"""The ledger of convoys: what each counts under, added and reversed like every other tally, never changed in place."""

from django.db import models
from django.db.models import Q


class ConvoyLedgerHead(models.Model):
    """The one row that a posting worker locks: the number of the last sealed Change in the ledger of convoys."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class ConvoyEntry(models.Model):
    """One line: that one convoy counts under one outcome, or how many people it is said to be for, in one cell.

    `controller` is "" in the lines that count each convoy once; beside them it counts once under each side (by its code) that
    controls a part of its way, under "no_side", or under "unknown". `month` None: nobody says when. Amounts that are not known
    are 0 with a 1 in the column beside, so that unknown never becomes zero. `records` is 1 for a line and -1 for its reversal.
    """

    number = models.BigIntegerField()
    record_id = models.UUIDField()
    agreement = models.ForeignKey("Agreement", models.PROTECT, null=True, related_name="+")
    controller = models.CharField(max_length=20, blank=True)
    month = models.DateField(null=True)
    mode = models.CharField(max_length=20, blank=True)
    destination_class = models.CharField(max_length=20, blank=True)
    measure = models.CharField(max_length=20)
    records = models.SmallIntegerField()
    low = models.BigIntegerField(default=0)
    best = models.BigIntegerField(default=0)
    high = models.BigIntegerField(default=0)
    low_unknown = models.SmallIntegerField(default=0)
    best_unknown = models.SmallIntegerField(default=0)
    high_unknown = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "convoy entries"
        indexes = [
            # What a convoy contributes at present, to be reversed.
            models.Index(fields=["record_id", "number"], name="convoy_entry_of_record"),
            # The balance of an agreement's cells, now or up to a change.
            models.Index(fields=["agreement", "controller", "number"], name="convoy_entry_balance"),
        ]
        constraints = [models.CheckConstraint(condition=Q(records__in=[1, -1]), name="convoy_entry_adds_or_reverses")]

    def __str__(self) -> str:
        return f"{self.measure} {self.best} ({self.record_id})"
