"""Saved filters: one's own."""

from typing import Any

from django.db.models import QuerySet

from incidents.models import SavedFilter


def own(reader: Any) -> QuerySet[SavedFilter]:
    """Return the filters that this person saved, by name."""
    return SavedFilter.objects.filter(owner=reader).order_by("name", "id")
