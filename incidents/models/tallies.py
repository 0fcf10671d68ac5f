"""The ledger behind every tally, as in bookkeeping: entries are added, never changed; a balance is their sum.

A Posting is what one sealed Change did to one subject (a report, or a claimant's claimed figure against a side): the
old contribution reversed, the new one added. "As known on" a change is the sum of entries up to its number.
"""

from django.db import models

from incidents.vocabulary import Bucket, Series, Unit, ViolationType


class LedgerHead(models.Model):
    """The one row that a posting worker locks: the number of the last sealed Change in the ledger."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Posting(models.Model):
    """What one Change did to one subject. Once per change and subject, so that posting twice is harmless.

    `detail` holds what travels with a claimed figure: its flags, and how its numbers were hedged.
    """

    number = models.BigIntegerField()
    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="postings")
    subject = models.CharField(max_length=250)
    detail = models.JSONField(default=dict)
    posted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "agreement", "number"], name="posting_once_per_change")]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"


class LedgerEntry(models.Model):
    """One line: how much of one measure, for one cell, because of one record.

    `measure` is "count" (of `unit`), "stated" (the multiplicity that reports state) or a kind of harm of `harm_group`.
    Known amounts add up in low, best and high; what is not known is counted in the columns beside them, so that
    unknown never becomes zero. `records` is 1 for a contribution and -1 for its reversal.
    """

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    number = models.BigIntegerField()
    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="+")
    series = models.CharField(max_length=20)
    bucket = models.CharField(max_length=20)
    side = models.ForeignKey("Side", models.PROTECT, null=True, related_name="+")
    claimant = models.ForeignKey("Party", models.PROTECT, null=True, related_name="+")
    violation_type = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=20)
    day = models.DateField(null=True)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    area = models.ForeignKey("Place", models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=250)
    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()
    measure = models.CharField(max_length=20)
    harm_group = models.CharField(max_length=20, blank=True)
    records = models.SmallIntegerField()
    low = models.BigIntegerField(default=0)
    best = models.BigIntegerField(default=0)
    high = models.BigIntegerField(default=0)
    low_unknown = models.SmallIntegerField(default=0)
    best_unknown = models.SmallIntegerField(default=0)
    high_unknown = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            # The balance of a cell, now or up to a change.
            models.Index(fields=["agreement", "series", "measure", "number"], name="entry_balance"),
            # What a subject contributes at present, to be reversed.
            models.Index(fields=["subject", "agreement"], name="entry_subject"),
            # What came after the last fold.
            models.Index(fields=["number"], name="entry_number"),
            # How many records name no time at all, which stands beside the numbers of every window.
            models.Index(fields=["agreement", "series", "measure"], condition=models.Q(last_day=None), name="entry_timeless"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(series__in=Series.values), name="entry_series_known"),
            models.CheckConstraint(condition=models.Q(bucket__in=Bucket.values), name="entry_bucket_known"),
            models.CheckConstraint(condition=models.Q(unit__in=Unit.values), name="entry_unit_known"),
            models.CheckConstraint(condition=models.Q(violation_type__in=[*ViolationType.values, ""]), name="entry_type_known"),
            models.CheckConstraint(condition=models.Q(records__in=[1, -1]), name="entry_adds_or_reverses"),
            models.CheckConstraint(
                condition=models.Q(bucket=Bucket.SIDE, side__isnull=False) | (~models.Q(bucket=Bucket.SIDE) & models.Q(side__isnull=True)),
                name="entry_names_a_side_exactly_when_on_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.measure} {self.best} ({self.subject})"
