"""Keys with which machines ask, and what they have sent."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from incidents.models.accounts import User

LONGEST = timedelta(days=90)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, now: datetime) -> Self:
        """Return the keys that open something now: not revoked, not expired, their owner active."""
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


class ApiKey(models.Model):
    """A key: its first part looks it up, its second is kept only as a hash. 256 random bits need no slow hash."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    lookup = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.lookup})"

    @classmethod
    def issue(cls, *, user: User, name: str) -> tuple["ApiKey", str]:
        """Return a new key and the text to hand over, which is shown once and cannot be had again."""
        lookup, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        key = cls.objects.create(user=user, name=name, lookup=lookup, secret_hash=_hashed(secret), expires_at=timezone.now() + LONGEST)
        return key, f"truce_{lookup}_{secret}"

    @classmethod
    def opened_by(cls, text: str, now: datetime) -> "ApiKey | None":
        """Return the usable key that this text opens, or None. Unknown and wrong take the same path."""
        prefix, _, rest = text.partition("_")
        lookup, _, secret = rest.partition("_")
        key = cls.objects.usable(now).select_related("user").filter(lookup=lookup[:16]).first()
        matches = hmac.compare_digest(key.secret_hash if key else "0" * 64, _hashed(secret))
        return key if prefix == "truce" and matches else None


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class SentRequest(models.Model):
    """A write that came with an `Idempotency-Key`, and what was answered. Kept in the transaction that did the write."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="sent_request_once")]

    def __str__(self) -> str:
        return self.key
