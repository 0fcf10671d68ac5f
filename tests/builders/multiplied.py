"""More of what there is: copies of rows, made without knowing what they are, so that a new noun is multiplied without being listed."""

import uuid
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CharField, IntegerField, Model, UUIDField

# Counted from records, sealed, or held by hash: what is counted is made more of by making more of what counts.
LEFT_ALONE = {
    "change", "changepayload", "seal", "sealhead", "posting", "ledgerentry", "ledgerhead", "user", "evidencecopy", "feed", "feedrow", "case",
    "sideontheday", "side", "agreement",
}  # fmt: skip


def multiply(times: int) -> dict[str, int]:
    """Copy each row so many times, with what must differ differing. Return how many rows of each model were made."""
    made = {}
    for model in apps.get_app_config("incidents").get_models():
        name = model._meta.model_name or ""
        if name in LEFT_ALONE or "roll" in name or "tally" in name or "fold" in name:
            continue
        # A second copy of a copy is no other case: the first rows are enough.
        for row in model._default_manager.order_by("pk")[:4]:
            for number in range(times):
                made[name] = made.get(name, 0) + _copied(row, number)
    return made


def _copied(row: Model, number: int) -> int:
    copy: Any = type(row)()
    fields = row._meta.concrete_fields
    apart = {name for names in row._meta.total_unique_constraints for name in names.fields}
    for field in fields:
        if field.primary_key:
            continue
        value = getattr(row, field.attname)
        if isinstance(field, UUIDField) and field.unique:
            value = uuid.uuid4()
        elif value is not None and (field.unique or field.name in apart):
            value = _another(field, value, number)
        setattr(copy, field.attname, value)
    try:
        with transaction.atomic():
            type(row)._default_manager.bulk_create([copy])
    except IntegrityError:
        return 0
    return 1


def _another(field: Any, value: Any, number: int) -> Any:
    if isinstance(field, IntegerField) and not field.is_relation:
        return value + 10 + number
    if isinstance(field, CharField) and not field.choices:
        end = f"-{uuid.uuid4().hex[:6]}"
        if field.name.endswith("hash"):
            return uuid.uuid4().hex * 2
        return value[: (field.max_length or 100) - len(end)] + end
    return None if field.one_to_one and field.null else value
