"""Saving a filter under a name, and dropping it. Nothing of the record: no change is written."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import SavedFilter, User

MOST = 50


@transaction.atomic
def keep(*, name: str, asked: Mapping[str, str], by: User) -> SavedFilter:
    """Return the filter, saved under this name; one that was saved under it is replaced."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("name_required", _("Give the filter a name."), "name")
    if len(name) > 60:
        raise RuleBroken("too_long", _("This is longer than %(longest)d characters.") % {"longest": 60}, "name")
    User.objects.select_for_update().get(pk=by.pk)
    if SavedFilter.objects.filter(owner=by).exclude(name=name).count() >= MOST:
        raise RuleBroken("too_many", _("No more than %(most)d filters are kept. Drop one first.") % {"most": MOST}, "name")
    return SavedFilter.objects.update_or_create(owner=by, name=name, defaults={"asked": dict(asked)})[0]


@transaction.atomic
def discard(*, saved: SavedFilter) -> None:
    """Drop a saved filter."""
    SavedFilter.objects.filter(pk=saved.pk).delete()
