"""The change feed of one reader: what exists for them, and in which order it last changed.

A record has one row, which moves to the end of the feed when the record changes and stays as a tombstone when it leaves the
reader's view. So numbers follow one another within what this reader may see, and no gap tells of anything else.
"""

from django.conf import settings
from django.db import models


class Feed(models.Model):
    """How far a reader's feed has followed the sealed log (`followed`), and when all that they may see was last looked at."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed")
    number = models.BigIntegerField(default=0)
    followed = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    # The reader's profile and its version, as of which it was told: after an edit every record is told anew.
    seen_as = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.number}"


class FeedRow(models.Model):
    """One record in one reader's feed. `is_there` is false where the record has left their view."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="rows")
    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()
    number = models.BigIntegerField()
    is_there = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "record_type", "record_id"], name="feed_row_once_per_record")]
        # A page of the feed: the rows after a number.
        indexes = [models.Index(fields=["feed", "number"], name="feed_page")]

    def __str__(self) -> str:
        return f"{self.feed_id}:{self.number} {self.record_type} {self.record_id}"
