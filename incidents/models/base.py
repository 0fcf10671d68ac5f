"""What all records share: a public identity, a version against silent overwriting, and constraints written once."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q

Facts = dict[str, Any]


class Record(models.Model):
    """A record with an integer key inside and a UUID in addresses, API and exports."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def facts(self) -> Facts:
        """Return what the change log keeps of this record: plain JSON values, other records by public id or slug."""
        return {
            field.name: _plain(getattr(self, field.attname), field, self)
            for field in self._meta.concrete_fields
            if field.name not in {"id", "public_id", "created_at"}
        }


def _plain(value: Any, field: Any, record: models.Model) -> Any:
    if value is None or isinstance(value, bool | int | str):
        if field.is_relation and value is not None:
            related = getattr(record, field.name)
            return str(getattr(related, "slug", None) or getattr(related, "public_id", related.pk))
        return value
    if isinstance(value, list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def together(*names: str, name: str) -> models.CheckConstraint:
    """Return a constraint: these fields are all set or all null."""
    none = Q(**{f"{field}__isnull": True for field in names})
    every = Q(**{f"{field}__isnull": False for field in names})
    return models.CheckConstraint(condition=none | every, name=name)


def in_order(*names: str, name: str) -> models.CheckConstraint:
    """Return a constraint: `low <= best <= high`, `starts <= ends`, wherever both neighbours are known."""
    condition = Q()
    for index, lower in enumerate(names):
        for upper in names[index + 1 :]:
            condition &= Q(**{f"{lower}__isnull": True}) | Q(**{f"{upper}__isnull": True}) | Q(**{f"{lower}__lte": F(upper)})
    return models.CheckConstraint(condition=condition, name=name)


def one_of(field: str, choices: type[models.TextChoices], name: str, *, blank: bool = False) -> models.CheckConstraint:
    """Return a constraint: the field holds a word of the vocabulary (or nothing, where it may be blank)."""
    words = [*choices.values, ""] if blank else list(choices.values)
    return models.CheckConstraint(condition=Q(**{f"{field}__in": words}), name=name)


def at_most_one(*names: str, name: str) -> models.CheckConstraint:
    """Return a constraint: no two of these fields are set."""
    condition = Q()
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            condition &= Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True})
    return models.CheckConstraint(condition=condition, name=name)


def once_in_agreement(field: str, name: str) -> models.UniqueConstraint:
    """Return a constraint: no two records of one agreement, or of none, say the same. Another's may: that it is taken there tells nobody here."""
    return models.UniqueConstraint(fields=["agreement", field], nulls_distinct=False, condition=Q(**{f"{field}__isnull": False}), name=name)


def not_negative(names: Iterable[str], name: str) -> models.CheckConstraint:
    """Return a constraint: these counts are unknown or zero or more."""
    condition = Q()
    for field in names:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})
    return models.CheckConstraint(condition=condition, name=name)
