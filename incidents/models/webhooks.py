"""Webhooks: readers who want to be told that there is something new in their feed, and each attempt to tell them."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class Webhook(Record):
    """A subscription: where to, signed with what, of which types of records and which agreements (none named: of all).

    `sent_up_to` is the place in the reader's feed up to which deliveries have been made out.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    secret = models.CharField(max_length=100)
    filter = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    sent_up_to = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url

    def facts(self) -> dict[str, object]:
        """Return what the change log keeps: everything but the secret."""
        return {name: value for name, value in super().facts().items() if name not in {"secret", "sent_up_to"}}

    @staticmethod
    def fresh_secret() -> str:
        """Return 256 random bits, written so that they can be copied."""
        return f"whsec_{secrets.token_urlsafe(32)}"


class Delivery(Record):
    """Some rows of a feed on their way to one webhook. Long retries wait here, not in the broker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("given up")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    events = models.JSONField(default=list)
    is_test = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_problem = models.TextField(blank=True)

    class Meta:
        ordering = ["webhook", "id"]
        verbose_name_plural = "deliveries"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=["waiting", "delivered", "dead"]), name="delivery_state_known")]
        # What is due, for the sweep.
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.webhook_id}:{self.public_id}"
