"""Invitations: a link, good once and not for long, by which somebody makes their own account with the role that an administrator chose."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.accounts import User
from incidents.models.base import Facts, Record, together


class Invitation(Record):
    """Who is awaited, as what, and until when. Of the link only a hash is kept."""

    whom = models.CharField(_("for whom"), max_length=100)
    role = models.CharField(_("role"), max_length=20, choices=User.Role.choices)
    is_every_agreement = models.BooleanField(_("all agreements"), default=True)
    agreements: "models.ManyToManyField[Any, Any]" = models.ManyToManyField("Agreement", blank=True, related_name="+", verbose_name=_("agreements"))
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires"))
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            together("taken_at", "taken_by", name="invitation_taken_together"),
            models.CheckConstraint(condition=Q(taken_at=None) | Q(revoked_at=None), name="invitation_taken_or_revoked"),
            models.CheckConstraint(condition=Q(role__in=User.Role.values), name="invitation_role_known"),
        ]

    def __str__(self) -> str:
        return self.whom

    def is_open(self, now: datetime) -> bool:
        """Return whether the link still opens. One to single agreements does not outlive the last of them: it would be one to all."""
        is_somewhere = self.is_every_agreement or bool(self.agreements.all())
        return self.taken_at is None and self.revoked_at is None and self.expires_at > now and is_somewhere

    def facts(self) -> Facts:
        """Return what the change log keeps: whom, as what, until when; nothing of the link."""
        named = sorted(agreement.slug for agreement in self.agreements.all()) if self.pk else []
        kept = {"whom": self.whom, "role": self.role, "agreements": named, "expires_at": self.expires_at.isoformat()}
        return kept | {"taken_by": self.taken_by.get_username() if self.taken_by else None}


def fresh_token() -> str:
    """Return the secret part of a link."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return what is kept of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
