"""Keys: issued, rotated and revoked, each with a change that says who did; and counted as they are used."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import Agreement, ApiKey, ChangeKind, User
from incidents.models.keys import HIGHEST_RATE, LONGEST, USUAL_RATE
from incidents.permissions import Capability, may, may_somewhere
from incidents.vocabulary import Scope

LONGEST_OVERLAP = timedelta(days=7)
# A use is written down so often at most: what matters is whether a key is used still, not when to the second.
NOTED_EVERY = timedelta(minutes=10)


@transaction.atomic
def issue(
    *,
    user: User,
    by: User,
    name: str,
    scopes: Iterable[str],
    agreements: Iterable[Agreement] | None = None,
    networks: Iterable[str] = (),
    days: int = LONGEST.days,
    per_minute: int = USUAL_RATE,
) -> tuple[ApiKey, str]:
    """Return a new key and its text, which is shown once. Administrators issue any, others their own. `agreements`: None for all."""
    _must_manage(by, user)
    chosen, named = list(dict.fromkeys(scopes)), None if agreements is None else list(agreements)
    if not name.strip():
        raise RuleBroken("required", _("Say what the key is for."), "name")
    if unknown := [scope for scope in chosen if scope not in Scope.values]:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": unknown[0]}, "scopes")
    if Scope.READ not in chosen:
        raise RuleBroken("required", _("A key that cannot read opens nothing."), "scopes")
    if named == []:
        raise RuleBroken("required", _("Name an agreement at least, or all."), "agreements")
    if not 1 <= days <= LONGEST.days:
        raise RuleBroken("out_of_range", _("A key is good for 1 to %(longest)d days.") % {"longest": LONGEST.days}, "days")
    if not 1 <= per_minute <= HIGHEST_RATE:
        raise RuleBroken("out_of_range", _("This is a number from %(least)d to %(most)d.") % {"least": 1, "most": HIGHEST_RATE}, "per_minute")
    facts: dict[str, Any] = {"scopes": chosen, "networks": list(networks), "per_minute": per_minute, "is_every_agreement": named is None}
    key, text = ApiKey.issue(user=user, name=name.strip(), expires_at=timezone.now() + timedelta(days=days), **facts)
    key.agreements.set(named or [])
    changes.record(by=by, kind=ChangeKind.KEY_ISSUED, record=key, agreement=None, after=key.facts())
    return key, text


@transaction.atomic
def rotate(*, key: ApiKey, by: User, overlap: timedelta = timedelta(days=1)) -> tuple[ApiKey, str]:
    """Return the key with a new secret, and its text; the secret before opens it for the overlap, and no longer than it would have.

    A person gives it as long again as it had; a key that renews itself gains no time, or whoever stole it could keep it for good.
    The secret before the last rotation renews nothing, or whoever stole that one could shut the owner out.
    """
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("user").get(pk=key.pk)
    _must_manage(by, key.user, key)
    now = timezone.now()
    if key.revoked_at is not None or key.expires_at <= now:
        raise RuleBroken("not_current", _("This key opens nothing any more: issue another."), "key")
    if by.key is not None and (by.key.is_former or by.key.secret_hash != key.secret_hash):
        raise RuleBroken("former_secret", _("A key is rotated with its present secret, or by its owner on the pages."), "key")
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise RuleBroken("out_of_range", _("The secret before holds for %(longest)d days at most.") % {"longest": LONGEST_OVERLAP.days}, "overlap")
    before = key.facts()
    lasting = key.expires_at - (key.rotated_at or key.created_at)
    text = key.renewed(min(now + overlap, key.expires_at))
    key.rotated_at, key.expires_at = now, key.expires_at if by.key else now + min(lasting, LONGEST)
    key.save(update_fields=["secret_hash", "former_hash", "former_until", "rotated_at", "expires_at"])
    changes.record(by=by, kind=ChangeKind.KEY_ROTATED, record=key, agreement=None, before=before, after=key.facts())
    return key, text


@transaction.atomic
def revoke(*, key: ApiKey, by: User) -> ApiKey:
    """Return the key, which opens nothing from the next request on. One revoked earlier keeps its instant."""
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("user").get(pk=key.pk)
    _must_manage(by, key.user, key)
    if key.revoked_at is None:
        before = key.facts()
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        changes.record(by=by, kind=ChangeKind.KEY_REVOKED, record=key, agreement=None, before=before, after=key.facts())
    return key


def _must_manage(by: User, owner: User, key: ApiKey | None = None) -> None:
    """Raise PermissionDenied unless these are one's own keys, or one administers. No key makes keys, nor changes any but itself."""
    if by.key is not None:
        allowed = key is not None and by.key.pk == key.pk
    else:
        allowed = (by.pk == owner.pk and may_somewhere(by, Capability.READ)) or may(by, Capability.ADMINISTER)
    if not allowed:
        raise PermissionDenied


# --- As keys are used


def note_use(*, key: ApiKey, now: datetime | None = None) -> None:
    """Write down that the key is used, where that was not written lately."""
    at = now or timezone.now()
    if settings.READ_ONLY or (key.last_used_at is not None and key.last_used_at > at - NOTED_EVERY):
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)


def take(*, key: ApiKey) -> float:
    """Take one request from the key's bucket. Return how many are left; less than zero, and then minus the seconds to wait, if there was none.

    One statement on one row of an unlogged table: nothing is flushed to disk for it. A read-only copy counts in each process.
    """
    if settings.READ_ONLY:
        return _take_here(key)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key.pk, "most": float(key.per_minute), "rate": key.per_minute / 60})
        row = cursor.fetchone()
        if row is not None:
            return float(row[0])
        cursor.execute(_WAIT, {"key": key.pk, "most": float(key.per_minute), "rate": key.per_minute / 60})
        row = cursor.fetchone()
    return -max(0.001, float(row[0])) if row else -1.0


_NOW_IN_IT = "least(%(most)s, bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.at) * %(rate)s)"
_TAKE = f"""
    INSERT INTO incidents_keybucket AS bucket (key_id, tokens, at) VALUES (%(key)s, %(most)s - 1, clock_timestamp())
    ON CONFLICT (key_id) DO UPDATE SET tokens = {_NOW_IN_IT} - 1, at = clock_timestamp() WHERE {_NOW_IN_IT} >= 1
    RETURNING tokens
"""
_WAIT = f"SELECT (1 - {_NOW_IN_IT}) / %(rate)s FROM incidents_keybucket bucket WHERE key_id = %(key)s"
_here: dict[int, tuple[float, float]] = {}


def _take_here(key: ApiKey) -> float:
    rate, now = key.per_minute / 60, time.monotonic()
    tokens, at = _here.get(key.pk, (float(key.per_minute), now))
    tokens = min(float(key.per_minute), tokens + (now - at) * rate)
    if tokens < 1:
        return -max(0.001, (1 - tokens) / rate)
    _here[key.pk] = (tokens - 1, now)
    return tokens - 1
