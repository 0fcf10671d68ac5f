"""Keys with which machines ask, and what they have sent."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from incidents.models.accounts import User
from incidents.models.base import Facts, Record, together
from incidents.rules import networks
from incidents.vocabulary import Scope

LONGEST = timedelta(days=90)
USUAL_RATE, HIGHEST_RATE = 600, 60_000


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, now: datetime) -> Self:
        """Return the keys that open something now: not revoked, not expired, their owner active."""
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


def every_scope() -> list[str]:
    """Return all scopes: a key then opens what its owner may do."""
    return list(Scope.values)


class ApiKey(Record):
    """A key: its first part looks it up, its second is kept only as a hash. 256 random bits need no slow hash.

    It opens what its owner may do, less what its scopes and agreements leave out. After a rotation the secret before opens it, too, for a while.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys", verbose_name=_("owner"))
    name = models.CharField(_("name"), max_length=100)
    lookup = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    former_hash = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=20), default=every_scope, verbose_name=_("opens"))
    is_every_agreement = models.BooleanField(_("all agreements"), default=True, help_text=_("All that its owner sees. Otherwise those named."))
    agreements: "models.ManyToManyField[Any, Any]" = models.ManyToManyField("Agreement", blank=True, related_name="+", verbose_name=_("agreements"))
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True, verbose_name=_("from these addresses"))
    per_minute = models.PositiveIntegerField(_("requests a minute"), default=USUAL_RATE)
    rotated_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    # Whether the secret that opened it now is the one before the last rotation.
    is_former = False

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            together("former_until", "rotated_at", name="key_former_secret_only_after_a_rotation"),
            models.CheckConstraint(condition=Q(scopes__contained_by=list(Scope.values)), name="key_scopes_known"),
            models.CheckConstraint(condition=Q(per_minute__range=(1, HIGHEST_RATE)), name="key_rate_in_range"),
            models.CheckConstraint(
                condition=Q(expires_at__lte=Coalesce(F("rotated_at"), F("created_at")) + LONGEST + timedelta(minutes=1)),
                name="key_expires_in_ninety_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.lookup})"

    @property
    def is_usable(self) -> bool:
        """Return whether it opens something now, as far as the key itself decides."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @cached_property
    def named(self) -> frozenset[int] | None:
        """Return the keys of the agreements it opens; None for all that its owner sees."""
        return None if self.is_every_agreement else frozenset(self.agreements.values_list("pk", flat=True))

    def facts(self) -> Facts:
        """Return what the change log keeps: what it opens, for whom, until when; no hash, and nothing that a use changes."""
        kept = ("name", "lookup", "scopes", "is_every_agreement", "networks", "per_minute")
        dated = {name: value and value.isoformat() for name, value in (("expires_at", self.expires_at), ("revoked_at", self.revoked_at))}
        named = sorted(agreement.slug for agreement in self.agreements.all()) if self.pk else []
        return {name: getattr(self, name) for name in kept} | dated | {"user": self.user.get_username(), "agreements": named}

    @classmethod
    def issue(cls, *, user: User, name: str, **facts: Any) -> tuple["ApiKey", str]:
        """Return a new key and the text to hand over, which is shown once and cannot be had again."""
        lookup, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        values = {"expires_at": timezone.now() + LONGEST} | facts
        key = cls.objects.create(user=user, name=name, lookup=lookup, secret_hash=_hashed(secret), **values)
        return key, f"truce_{lookup}_{secret}"

    def renewed(self, until: datetime) -> str:
        """Return the text of a new secret, set but not saved; the present one opens the key until then."""
        secret = secrets.token_urlsafe(32)
        self.former_hash, self.former_until, self.secret_hash = self.secret_hash, until, _hashed(secret)
        return f"truce_{self.lookup}_{secret}"

    @classmethod
    def opened_by(cls, text: str, now: datetime, address: str | None = None) -> "ApiKey | None":
        """Return the usable key that this text opens from this address, or None. Unknown, wrong and elsewhere take the same path.

        Without an address none is asked for: so the key is only looked at, not used.
        """
        prefix, _mark, rest = text.partition("_")
        lookup, _mark, secret = rest.partition("_")
        key = cls.objects.usable(now).select_related("user__profile").filter(lookup=lookup[:16]).first()
        hashed = _hashed(secret)
        matches = hmac.compare_digest(key.secret_hash if key else "0" * 64, hashed)
        is_former = hmac.compare_digest((key and key.former_hash) or "0" * 64, hashed)
        is_former = bool(is_former and key and key.former_until and key.former_until > now)
        is_here = key is not None and (address is None or networks.holds(key.networks, address))
        if key is None or prefix != "truce" or not (matches or is_former) or not is_here:
            return None
        key.user.key, key.is_former = key, not matches
        return key


class KeyBucket(models.Model):
    """How many requests a key may make at once. Unlogged: what a crash forgets is a full bucket."""

    key = models.OneToOneField(ApiKey, models.CASCADE, primary_key=True, related_name="bucket")
    tokens = models.FloatField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.key_id)


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
