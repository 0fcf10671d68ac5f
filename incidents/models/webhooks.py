"""Webhooks: partners who want to be told, and each attempt to tell them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record


class Webhook(Record):
    """A subscription: where to, signed with what, filtered how."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(max_length=100)
    filter = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    sent_up_to = models.BigIntegerField(default=0, help_text=_("The number of the last change that was considered."))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One sealed change on its way to one webhook. Long retries wait here, not in the broker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("given up")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    number = models.BigIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_problem = models.TextField(blank=True)

    class Meta:
        ordering = ["webhook", "number"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "number"], name="delivery_once_per_change")]
        # What is due, for the sweep.
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.webhook_id}:{self.number}"
