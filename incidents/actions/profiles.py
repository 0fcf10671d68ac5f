"""Visibility profiles: kept by administrators, each edit with a change that says who made it."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import Agreement, ChangeKind, Profile, User
from incidents.permissions import Capability, may


@transaction.atomic
def save(*, profile: Profile, agreements: Iterable[Agreement], by: User) -> Profile:
    """Return the profile, stored with the agreements it names. Whoever carries it sees accordingly from the next request on."""
    if not may(by, Capability.ADMINISTER):
        raise PermissionDenied
    named = list(agreements)
    if not profile.is_every_agreement and not named:
        raise RuleBroken("required", _("Name an agreement at least, or all."), "agreements")
    stored = Profile.objects.select_for_update().filter(pk=profile.pk).first() if profile.pk else None
    before: dict[str, Any] | None = stored.facts() if stored else None
    profile.version = stored.version + 1 if stored else 1
    profile.save()
    profile.agreements.set([] if profile.is_every_agreement else named)
    profile.__dict__.pop("named", None)
    kind = ChangeKind.PROFILE_CHANGED if stored else ChangeKind.PROFILE_ADDED
    changes.record(by=by, kind=kind, record=profile, agreement=None, before=before, after=profile.facts())
    return profile
